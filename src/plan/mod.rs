//! Pure planning: compare wishes with the registry, predict, order, guard, prove safe. No clock, no client, no waiting.

pub mod access;
mod compare;
mod guards;
mod matching;
mod order;
pub mod safety;
mod stage;
mod step;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds;
use crate::model::{Address, Desired, Diagnostic, Pattern, Plan, Severity, World};
use crate::settings::Guards;

use access::Subject;

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
    match order::order(&mut plan.changes, &staged.causes, &live, &staged.after) {
        Ok(()) => prove_safe(&mut plan, &live, &staged.after),
        Err(cycle) => {
            let message = format!("these changes wait for each other: {cycle}");
            let mut diagnostic = Diagnostic::without_place("dependency-cycle", Severity::Error, message);
            diagnostic.help = Some("declare them in two steps, with an apply between".to_owned());
            plan.diagnostics.push(diagnostic);
        }
    }
    (plan, staged.after)
}

/// Steps the plan through everything that its order allows, and says what comes of that.
fn prove_safe(plan: &mut Plan, live: &World, after: &World) {
    let safety = safety::check(&plan.changes, live, after);
    let mut alike: BTreeMap<BTreeSet<Subject>, Vec<Address>> = BTreeMap::new();
    for (address, subjects) in safety.interruptions {
        alike.entry(subjects).or_default().push(address);
    }
    for (subjects, addresses) in &alike {
        let message = format!(
            "for a moment, {} can do less on {} than before and after",
            enumeration(subjects),
            enumeration(addresses)
        );
        let mut diagnostic = Diagnostic::without_place("interrupted-access", Severity::Warning, message);
        diagnostic.help = Some("any other order would let somebody do too much in between".to_owned());
        plan.diagnostics.push(diagnostic);
    }
    plan.breaches = safety.breaches;
}

/// `a, b, c and 7 more`.
fn enumeration<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    let (named, more) = all.split_at(all.len().min(3));
    match more.len() {
        0 => named.join(", "),
        count => format!("{} and {count} more", named.join(", ")),
    }
}
