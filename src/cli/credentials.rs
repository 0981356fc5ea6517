//! Where the tokens of robots go: the flags of `apply`, and `[credentials]` in `quayform.toml`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::EnumValueParser;
use clap::{Arg, ArgMatches, Args, ValueEnum};

use super::context::Context;
use super::failure::Failure;
use super::prepare::Prepared;
use crate::apply::{Sink, concerns_credentials, hands_out_once};
use crate::model::{Address, CredentialFormat};
use crate::sinks::{Command, Directory, Form};

/// The arguments that decide where tokens go.
#[derive(Debug, Args)]
pub struct Credentials {
    /// Keep the token of every declared robot in a file of its own in DIR, readable by you alone
    #[arg(long, value_name = "DIR")]
    credentials_out: Option<PathBuf>,

    /// How a token is written down, in DIR or to the command of [credentials] [default: docker]
    #[arg(long, value_enum, value_name = "FORMAT")]
    credentials_format: Option<Format>,
}

/// How a token is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A configuration of Docker, Podman or Skopeo
    Docker,
    /// A Kubernetes Secret to pull images with
    Kubernetes,
    /// User name and token, a line each
    Plain,
}

impl From<Format> for CredentialFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Docker => CredentialFormat::Docker,
            Format::Kubernetes => CredentialFormat::Kubernetes,
            Format::Plain => CredentialFormat::Plain,
        }
    }
}

/// The flag that says how a token is written down, for commands that are made from the table of operations.
pub(super) fn format_argument() -> Arg {
    Arg::new("credentials-format")
        .long("credentials-format")
        .value_name("FORMAT")
        .value_parser(EnumValueParser::<Format>::new())
        .requires("credentials-out")
        .help("How a login is written down in DIR [default: docker]")
}

/// What that flag says.
pub(super) fn format_of(matches: &ArgMatches) -> Option<CredentialFormat> {
    matches.get_one::<Format>("credentials-format").copied().map(Into::into)
}

/// The sink that is meant, if any: the flag comes before the file. What is shown only once must have one.
pub fn sink(arguments: &Credentials, prepared: &Prepared, context: &Context) -> Result<Option<Arc<dyn Sink>>, Failure> {
    let sink = chosen(arguments, prepared, context)?;
    let once = prepared.plan.changes.iter().find(|change| hands_out_once(change));
    match once {
        Some(change) if sink.is_none() && !context.globals.emulator => Err(unkept(&change.address)),
        _ => Ok(sink),
    }
}

fn unkept(address: &Address) -> Failure {
    Failure::new(format!(
        "the credential of {address} would be lost: it is shown only once, and nothing keeps it"
    ))
    .certain("nothing was changed")
    .help("write it to a file with --credentials-out DIR, or set `command` in [credentials] of quayform.toml")
}

fn chosen(arguments: &Credentials, prepared: &Prepared, context: &Context) -> Result<Option<Arc<dyn Sink>>, Failure> {
    let (rules, connection) = (&prepared.credentials, &prepared.connection);
    let form = Form {
        host: connection.host.clone(),
        format: arguments.credentials_format.map_or(rules.format, Into::into),
    };
    if let Some(directory) = &arguments.credentials_out {
        // Robots of the same name in two registries must not meet.
        let directory = match &connection.name {
            Some(name) => context.path(directory).join(name),
            None => context.path(directory),
        };
        return Ok(Some(Arc::new(Directory::new(directory, form))));
    }
    if rules.command.is_empty() {
        return unused_format(arguments).map_or(Ok(None), Err);
    }
    if context.globals.emulator || !concerns_credentials(&prepared.desired, &prepared.plan.changes) {
        // Tokens of the embedded registry are good for nothing, and must not replace real ones.
        return Ok(None);
    }
    if !context.globals.allow_commands {
        return Err(not_allowed());
    }
    let command = Command::new(rules.command.clone(), prepared.root.clone(), form);
    Ok(Some(Arc::new(command)))
}

fn not_allowed() -> Failure {
    Failure::new("the command of [credentials] in quayform.toml was not allowed to run")
        .certain("nothing was changed")
        .help("allow it with --allow-commands, or write the tokens to files with --credentials-out DIR")
}

fn unused_format(arguments: &Credentials) -> Option<Failure> {
    arguments.credentials_format.map(|_| {
        Failure::new("--credentials-format says how, and nothing says where to")
            .certain("nothing was changed")
            .help("add --credentials-out DIR, or `command` in [credentials] of quayform.toml")
    })
}
