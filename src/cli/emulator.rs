//! `quayform emulator`: the embedded registry over a port.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use crate::emulator::{Emulator, Faults, NEWEST, OLDEST, Registry, SCOPES, Seed, serve_on};

/// The superuser that every embedded registry starts with.
pub(super) const SUPERUSER: &str = "quayadmin";

/// The token of that user, where no other is asked for.
pub(super) const TOKEN: &str = "emulator-token";

/// The arguments of `emulator`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// The OAuth token of the superuser quayadmin, with every scope
    #[arg(long, value_name = "TOKEN", default_value = TOKEN)]
    token: String,

    /// Keep the registry in this file, and go on from it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Start with these users and organizations (JSON); ignored where the state file is there
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Turn a feature on or off, such as REPO_MIRROR=off
    #[arg(long = "feature", value_name = "NAME=on|off", value_parser = parse_feature)]
    features: Vec<(String, bool)>,

    /// Play an older server, from 3.9 on: it lacks what later versions brought
    #[arg(long, value_name = "3.N", value_parser = parse_version)]
    quay_version: Option<u32>,

    /// Let requests go wrong as this schedule (JSON) declares: late, refused, cut, stale, ...
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

/// Serves until the process is ended. The state file is up to date after every request.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let format = context.only_formats(&[Format::Text, Format::Json])?;
    let seed = arguments.seed.as_deref().map(|path| context.path(path));
    let state = arguments.state.as_deref().map(|path| context.path(path));
    // Read first: a mistake in it should not leave a state file behind.
    let faults = arguments.faults.as_deref().map(|path| schedule(&context.path(path)));
    let faults = faults.transpose()?.unwrap_or_default();
    let emulator = open(state.as_deref(), seed.as_deref())?.with_faults(faults);
    emulator.with(|registry| {
        if arguments.token != TOKEN {
            registry.expire_token(TOKEN);
        }
        registry.add_token(SUPERUSER, &arguments.token, &SCOPES);
        if let Some(minor) = arguments.quay_version {
            registry.set_version(minor);
        }
        for (name, on) in &arguments.features {
            registry.set_feature(name, *on);
        }
    });
    let cannot_listen = |error| {
        Failure::new(format!("cannot listen on {}", arguments.listen))
            .because(error)
            .help("choose another --listen")
    };
    let listener = TcpListener::bind(arguments.listen).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    announce(address, &arguments.token, format, context)?;
    serve_on(emulator, listener)
        .await
        .map_err(|error| Failure::new("the embedded registry stopped").because(error))?;
    Ok(Exit::Done)
}

fn announce(address: SocketAddr, token: &str, format: Format, context: &Context) -> Result<(), Failure> {
    if !address.ip().is_loopback() {
        context
            .ui
            .warning("the embedded registry can be reached from other machines");
    }
    let url = format!("http://{address}");
    if format == Format::Json {
        return context
            .ui
            .json(&json!({"format_version": 1, "registry": url, "token": token}));
    }
    context.ui.data(&url);
    context.ui.message(&format!(
        "The embedded registry listens there until it is stopped. To use it:\n  \
         export QUAYFORM_URL={url} QUAYFORM_TOKEN={token}\n\
         It plays CocktailCloud too, with the builds of the seed:\n  \
         export QUAYFORM_COCKTAIL_URL={url} QUAYFORM_COCKTAIL_TOKEN={token}"
    ));
    Ok(())
}

/// The registry of a state file; a new one, with what the seed describes, where there is none.
pub(super) fn open(state: Option<&Path>, seed: Option<&Path>) -> Result<Emulator, Failure> {
    // Read in any case: a mistake in it should not wait until the state file is gone.
    let fresh = seed.map_or_else(|| Ok(Registry::new()), plant)?;
    let Some(path) = state else {
        return Ok(Emulator::new(fresh));
    };
    let unusable = |error| unusable(path, &error);
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(unusable)?;
    }
    Emulator::with_state_file(path, || fresh).map_err(unusable)
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    let failure = Failure::new(format!("the state of the embedded registry, {shown}, cannot be used"));
    match error.kind() {
        ErrorKind::WouldBlock => failure
            .because("another run of quayform works on it")
            .help("try again when that one has ended"),
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
            failure.because(error).help("delete the file to start afresh")
        }
        _ => {
            let directory = path.parent().unwrap_or(path).display();
            let help = format!("{directory} must be a directory that quayform can write to");
            failure.because(error).help(help)
        }
    }
    .certain("nothing was changed")
}

fn plant(path: &Path) -> Result<Registry, Failure> {
    let unusable = |error: &dyn std::fmt::Display| {
        Failure::new(format!("the seed {} cannot be used", path.display())).because(error)
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(&error))?;
    let seed = Seed::from_json(&text).map_err(|error| unusable(&error))?;
    Registry::with_seed(&seed).map_err(|error| unusable(&error))
}

fn schedule(path: &Path) -> Result<Faults, Failure> {
    let unusable = |error: &dyn std::fmt::Display, help: &str| {
        Failure::new(format!("the faults {} cannot be used", path.display()))
            .because(error)
            .help(help)
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(&error, "name a JSON file that exists"))?;
    Faults::from_json(&text).map_err(|error| unusable(&error, "docs/faults.md describes the file, with an example"))
}

fn parse_feature(text: &str) -> Result<(String, bool), String> {
    let (name, switch) = text.split_once('=').ok_or("write NAME=on or NAME=off")?;
    let on = match switch {
        "on" => true,
        "off" => false,
        _ => return Err(format!("`{switch}` is neither on nor off")),
    };
    Ok((name.trim_start_matches("FEATURE_").to_owned(), on))
}

fn parse_version(text: &str) -> Result<u32, String> {
    let minor = text.strip_prefix("3.").and_then(|minor| minor.parse().ok());
    let minor = minor.filter(|minor| (OLDEST..=NEWEST).contains(minor));
    minor.ok_or_else(|| format!("write one of 3.{OLDEST} to 3.{NEWEST}"))
}
