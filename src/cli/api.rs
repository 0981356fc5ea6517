//! `quayform api METHOD PATH`: any request to the registry's API, the way out for what has no command.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::connect::Connection;
use super::context::Context;
use super::everywhere::everywhere;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use crate::http;
use crate::operations::read::Found;
use crate::operations::secrets::hide;
use crate::operations::{Paging, Prepared, act, free, read};

/// The arguments of `api`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The method
    #[arg(value_enum, ignore_case = true)]
    method: Method,

    /// The path below /api/v1, such as /organization/acme; final slashes count
    path: String,

    /// A field of the body, of GET in the query: KEY=TEXT, or KEY:=JSON; a/b is b inside of a
    #[arg(long = "field", short = 'f', value_name = "KEY=VALUE", value_parser = parse_field)]
    fields: Vec<(String, Json)>,

    /// Read the body from this JSON file; - is standard input
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// Read all pages of a list
    #[arg(long)]
    paginate: bool,

    /// Do not ask before a write
    #[arg(long)]
    auto_approve: bool,

    /// Send a write although the registry's own description of its API does not have it
    #[arg(long)]
    unlisted: bool,

    /// Print secrets in the answer, for whoever can read the terminal or the log
    #[arg(long)]
    show_secret: bool,
}

/// The methods of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Read
    Get,
    /// Create or start something
    Post,
    /// Change something
    Put,
    /// Delete something
    Delete,
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => http::Method::Get,
            Method::Post => http::Method::Post,
            Method::Put => http::Method::Put,
            Method::Delete => http::Method::Delete,
        }
    }
}

/// Sends the request and prints the answer as JSON.
pub async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let input = arguments.input.as_ref().map(|path| body(path, context)).transpose()?;
    let prepared = free::prepare(arguments.method.into(), &arguments.path, &arguments.fields, input)?;
    let settings = context.settings(&[])?;
    let only_one = (arguments.method != Method::Get).then_some("sent to");
    let one = async |connection: &Connection| one(arguments, &prepared, connection, context).await;
    everywhere(&settings, only_one, format, context, one).await
}

async fn one(
    arguments: &Arguments,
    prepared: &Prepared,
    connection: &Connection,
    context: &Context,
) -> Result<(Exit, Json), Failure> {
    let reader = connection.reader();
    let mut found = if arguments.method == Method::Get {
        let paging = if arguments.paginate { Paging::Any } else { Paging::Whole };
        read::pages(&reader, prepared.route, &prepared.target, None, paging, usize::MAX).await?
    } else {
        if !arguments.unlisted {
            free::check(prepared, &read::description(&reader).await?)?;
        }
        let question = format!(
            "Send {} {} to {}?",
            prepared.route.method, prepared.target, connection.identity
        );
        if !arguments.auto_approve && !context.ui.confirm(&question)? {
            context.ui.message("Nothing was changed.");
            return Ok((Exit::Error, Json::Null));
        }
        Found {
            body: act::act(&Arc::clone(&connection.writer()), connection.token.clone(), prepared).await?,
            has_more: false,
        }
    };
    if !arguments.show_secret {
        hide(&mut found.body);
    }
    if context.ui.format() == Format::Text {
        context.ui.data(&format!("{:#}", found.body));
    }
    let document = json!({
        "format_version": 1,
        "registry": connection.identity,
        "operation": format!("{} {}", prepared.route.method, prepared.target),
        "answer": found.body,
    });
    Ok((Exit::Done, document))
}

fn body(path: &Path, context: &Context) -> Result<Json, Failure> {
    let unusable = |cause: String| {
        Failure::new(format!("--input {} cannot be used", path.display()))
            .because(cause)
            .certain("nothing was sent")
            .help("name a file that holds one JSON document, or - for standard input")
    };
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(context.path(path)).map(|read| text = read)
    };
    read.map_err(|error| unusable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))
}

/// `key=text` or `key:=json`.
fn parse_field(text: &str) -> Result<(String, Json), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=TEXT or KEY:=JSON")?;
    match key.strip_suffix(':') {
        Some(key) => {
            let value = serde_json::from_str(value).map_err(|error| format!("this is no JSON: {error}"))?;
            Ok((key.to_owned(), value))
        }
        None => Ok((key.to_owned(), Json::from(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_texts_unless_they_say_that_they_are_json() {
        assert_eq!(parse_field("a=1=2"), Ok(("a".to_owned(), json!("1=2"))));
        assert_eq!(parse_field("a:=[1]"), Ok(("a".to_owned(), json!([1]))));
        assert!(parse_field("a").is_err() && parse_field("a:=x").is_err());
    }
}
