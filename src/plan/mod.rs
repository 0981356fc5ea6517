//! Pure planning: compare wishes with the registry, predict, order, guard. No clock, no client, no waiting.

mod actor;
mod compare;
mod guards;
mod matching;
mod order;
pub mod preconditions;
mod stage;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::kinds;
use crate::model::{Desired, Pattern, Plan, Severity, World};
use crate::settings::Guards;

pub use order::CycleError;

pub use actor::depends_on_actor;
pub use guards::{NAMES as GUARDS, protected_now};

/// What a plan is made under.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The guards of `quayform.toml`.
    pub guards: Guards,
    /// What this run may delete besides: `--allow`.
    pub allow: Vec<Pattern>,
    /// The file that the guards come from, if it is not the project's own `quayform.toml`.
    pub guards_from: Option<String>,
    /// The moment of planning, for what was used lately; nothing is said of that without it.
    pub now: Option<Timestamp>,
    /// Whether write-only values of objects that stay as they are shall be sent again.
    pub resend_secrets: bool,
}

impl Options {
    /// The accounts that must keep their way in: those of the guards, and whoever asks, since the server lets nobody give
    /// up their last way in.
    pub fn operators(&self, caller: &str) -> BTreeSet<String> {
        let named = self.guards.operators.iter().cloned();
        named.chain([caller.to_owned()]).collect()
    }
}

/// Plans the way from the live registry to the wishes.
///
/// Kinds are looked at one after the other, each against the registry as the changes so far would leave it, so that
/// what the server does by itself is neither planned twice nor missed.
pub fn plan(desired: &Desired, live: &World, options: &Options) -> Plan {
    predict(desired, live, options).0
}

/// A plan, and the registry as it would leave it: with what the server does by itself, and without the ids of what is
/// new.
pub fn predict(desired: &Desired, live: &World, options: &Options) -> (Plan, World) {
    let mut live = live.clone();
    live.operators = options.operators(&live.caller.name);
    let mut stage = stage::Stage::new(desired, &live, options);
    for kind in kinds::ALL {
        stage.kind(*kind);
    }
    let staged = stage.finish();
    let mut plan = staged.plan;
    let (refusals, warnings) = guards::check(&plan, &live, &staged.after, options);
    plan.refusals = refusals;
    plan.diagnostics.extend(warnings);
    preconditions::decide(&mut plan.changes, &staged.causes, &live, &staged.after, options);
    match order::order(&mut plan.changes, &staged.causes, &live) {
        Ok(()) => (plan, staged.after),
        Err(cycle) => {
            let message = format!("these changes wait for each other: {cycle}");
            let mut diagnostic = crate::model::Diagnostic::without_place("dependency-cycle", Severity::Error, message);
            diagnostic.help = Some("declare them in two steps, with an apply between".to_owned());
            plan.diagnostics.push(diagnostic);
            (plan, staged.after)
        }
    }
}
