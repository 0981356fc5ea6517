//! Pure planning: compare wishes with the registry, predict, order, guard. No clock, no client, no waiting.

pub mod access;
mod compare;
mod guards;
mod matching;
mod order;
pub mod safety;
mod stage;
mod step;
mod ways;

use crate::kinds;
use crate::model::{Desired, Pattern, Plan, Severity, World};
use crate::settings::Guards;

pub use order::CycleError;
pub use step::advance;

/// What a plan is made under.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The guards of `quayform.toml`.
    pub guards: Guards,
    /// What this run may delete besides: `--allow`.
    pub allow: Vec<Pattern>,
    /// Whether write-only values of objects that stay as they are shall be sent again.
    pub resend_secrets: bool,
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
    live.operators = match options.guards.operators.as_slice() {
        [] => [live.caller.name.clone()].into_iter().collect(),
        operators => operators.iter().cloned().collect(),
    };
    let mut stage = stage::Stage::new(desired, &live, options);
    for kind in kinds::ALL {
        stage.kind(*kind);
    }
    let staged = stage.finish();
    let mut plan = staged.plan;
    plan.refusals = guards::check(&plan, &live, &staged.after, options);
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
