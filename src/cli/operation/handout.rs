//! What becomes of a secret that an answer hands out: into a file, onto the terminal where that is asked for, or nowhere.

use std::path::PathBuf;

use clap::ArgMatches;
use secrecy::SecretString;

use crate::apply::Sink;
use crate::cli::connect::Connection;
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::failure::Failure;
use crate::model::Credential;
use crate::operations::Handout;
use crate::operations::secrets::Handed;
use crate::sinks::{Directory, Form};

/// Where it goes.
pub(super) struct Destination {
    directory: Option<Directory>,
    /// Whether it is printed.
    pub(super) is_shown: bool,
}

impl Destination {
    /// Nowhere: nothing is handed out.
    pub(super) fn none() -> Self {
        Destination {
            directory: None,
            is_shown: false,
        }
    }

    /// The place that the flags name; refused before anything is sent where there is none, or it cannot be written to.
    pub(super) fn of(
        handout: &Handout,
        matches: &ArgMatches,
        connection: &Connection,
        context: &Context,
    ) -> Result<Self, Failure> {
        let is_shown = matches.get_flag("show-secret");
        let path = matches.get_one::<String>("credentials-out").map(PathBuf::from);
        if path.is_none() && !is_shown {
            return Err(Failure::new(format!("it is not said where {} goes", handout.what))
                .certain("nothing was sent")
                .help("add --credentials-out DIR to keep it in a file, or --show-secret to print it"));
        }
        let form = Form {
            host: connection.host.clone(),
            format: credentials::format_of(matches).unwrap_or_default(),
        };
        let directory = path.map(|path| Directory::new(context.path(&path), form));
        if let Some(directory) = &directory {
            directory.prepare().map_err(|problem| {
                Failure::new("the directory of --credentials-out cannot be used")
                    .because(problem)
                    .certain("nothing was sent")
                    .help("name a directory that you can write to")
            })?;
        }
        Ok(Destination { directory, is_shown })
    }

    /// Brings it there; says which file holds it now.
    pub(super) fn keep(&self, handout: &Handout, handed: &Handed) -> Result<Option<PathBuf>, Failure> {
        let Some(directory) = &self.directory else {
            return Ok(None);
        };
        let kept = match &handed.user {
            Some(user) => directory.keep_as(&handed.name, &credential(user, &handed.text)),
            None => directory.keep_text(&handed.name, &handed.text),
        };
        let lost = if handout.is_shown_once {
            "the registry has made it and never shows it again: revoke it and make another one"
        } else {
            "the registry has it; nothing else holds it"
        };
        kept.map(Some).map_err(|problem| {
            Failure::new(format!("{} could not be kept", handout.what))
                .because(problem)
                .certain(lost)
                .help("name a directory that you can write to")
        })
    }
}

fn credential(user: &str, token: &SecretString) -> Credential {
    Credential {
        robot: user.to_owned(),
        token: token.clone(),
        sort: crate::model::CredentialSort::Login,
    }
}
