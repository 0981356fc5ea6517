//! The way to CocktailCloud, for plans that have images built there and for its own commands.

use std::path::PathBuf;
use std::sync::Arc;

use super::connect::{Connection, authorities, identity};
use super::context::Context;
use super::failure::Failure;
use super::prepare::Prepared;
use crate::apply::needs_cocktail;
use crate::cocktail::{Cocktail, Gateway};
use crate::http::{Client, ClientOptions, Pacing};
use crate::model::{Diagnostic, Plan};
use crate::settings::{Secrets, Settings};

/// How many requests are in flight there: its tokens have a limit of requests.
const IN_FLIGHT: usize = 2;

/// The way there, if the plan needs it; without what it takes, nothing is applied.
pub(super) fn needed(prepared: &Prepared, paths: &[PathBuf], context: &Context) -> Result<Option<Cocktail>, Failure> {
    let Some(address) = needs_cocktail(&prepared.plan).next() else {
        return Ok(None);
    };
    if context.globals.emulator {
        // The state file is taken already, by this very run.
        let connection = &prepared.connection;
        return Ok(Some(Cocktail::new(connection.writer(), connection.token.clone())));
    }
    let settings = context.settings(paths)?;
    let connection = context.cocktail(&settings, &context.secrets(&settings));
    let connection = connection.map_err(|failure| {
        failure
            .certain("nothing was changed")
            .because(format!("CocktailCloud is to build {address}"))
    })?;
    Ok(Some(Cocktail {
        transport: connection.writer(),
        token: connection.token,
    }))
}

/// What an apply of the plan will lack, in time to be set.
pub(super) fn lacking(plan: &Plan, settings: &Settings, context: &Context) -> Option<Diagnostic> {
    let addresses: Vec<_> = needs_cocktail(plan).collect();
    let first = addresses.first().filter(|_| !context.globals.emulator)?;
    let problem = settings.cocktail_sources(context.environment.as_ref()).err()?;
    let others = match addresses.len() {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let change = plan.changes.iter().find(|change| change.address == **first);
    let place = change
        .and_then(|change| change.origin.as_ref())
        .map(|origin| origin.place);
    let message = format!("CocktailCloud is to build {first}{others}: {problem}");
    Some(Diagnostic::warning("no-cocktail", message, place.unwrap_or_default()).help(problem.help()))
}

impl Context {
    /// Prepares the way to CocktailCloud; nothing is sent yet.
    pub(super) fn cocktail(&self, settings: &Settings, secrets: &Secrets) -> Result<Connection, Failure> {
        if self.globals.emulator {
            let connection = self.embedded(settings)?;
            let gateway = Gateway::new(connection.writer());
            return Ok(connection.over(self.paced(Arc::new(gateway), Pacing::default())));
        }
        let mut cocktail = settings.cocktail(self.environment.as_ref(), secrets)?;
        cocktail.insecure |= self.globals.insecure;
        self.warn_of(&cocktail.url, "token", cocktail.insecure);
        let client = Client::new(&ClientOptions {
            authorities: cocktail.ca_file.as_deref().map(authorities).transpose()?,
            identity: cocktail.client_certificate.as_ref().map(identity).transpose()?,
            insecure: cocktail.insecure,
            ..ClientOptions::new(cocktail.url.clone())
        })?;
        let pacing = Pacing {
            in_flight: IN_FLIGHT,
            ..Pacing::default()
        };
        let gateway = Gateway::new(Arc::new(client));
        Ok(Connection::new(
            &cocktail.url,
            cocktail.token,
            self.paced(Arc::new(gateway), pacing),
        ))
    }
}
