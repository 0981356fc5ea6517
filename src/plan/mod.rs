//! Pure planning: compare wishes with the registry, predict, order, guard, prove safe. No clock, no client, no waiting.

mod actor;
mod compare;
mod guards;
mod matching;
mod narrow;
mod order;
pub mod preconditions;
mod promise;
mod pushing;
pub mod safety;
mod scope;
mod stage;
mod step;
mod ways;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::access;
use crate::model::{Address, Desired, Diagnostic, Narrowing, Pattern, Plan, Severity, Subject, World};
use crate::settings::Guards;

use safety::Safety;

pub use order::CycleError;
pub use promise::promise;
pub use scope::Scope;
pub use step::advance;

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
    /// What of the plan is meant, where it is not all of it.
    pub narrowing: Option<Narrowing>,
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
    let mut with_implied = Cow::Borrowed(desired);
    let mut staged = stage::stage(desired, live, options);
    let implied = pushing::implied(&staged.plan.changes, desired, live, &staged.after);
    if !implied.is_empty() {
        with_implied.to_mut().objects.extend(implied.iter().cloned());
        staged = stage::stage(&with_implied, live, options);
        pushing::explain(&mut staged.plan.changes, &implied);
    }
    let mut plan = staged.plan;
    match order::order(&mut plan.changes, &staged.causes, live, &staged.after) {
        Ok(()) => {
            let safety = safety::check(&plan.changes, live, &staged.after);
            tell(&mut plan, safety);
        }
        Err(cycle) => {
            let message = format!("these changes wait for each other: {cycle}");
            let mut diagnostic = Diagnostic::without_place("dependency-cycle", Severity::Error, message);
            diagnostic.help = Some("declare them in two steps, with an apply between".to_owned());
            plan.diagnostics.push(diagnostic);
        }
    }
    if let Some(narrowing) = &options.narrowing {
        staged.after = narrow::narrow(&mut plan, narrowing, &stage::start(live, options));
    }
    plan.access = access::difference(&plan.changes, live, &staged.after);
    let (refusals, warnings) = guards::check(&plan, live, &staged.after, options);
    plan.refusals = refusals;
    plan.diagnostics.extend(warnings);
    preconditions::decide(&mut plan.changes, &staged.causes, live, &staged.after, options);
    (plan, staged.after)
}

/// Says what the order means for those whom it concerns; one that is not safe is an error, so that nothing is applied.
fn tell(plan: &mut Plan, safety: Safety) {
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
    for breach in &safety.breaches {
        let done = match breach.done.as_slice() {
            [] => "at once".to_owned(),
            done => format!("once {} is done", enumeration(done)),
        };
        let message = format!("{} {done}, while {} is not", breach.message, enumeration(&breach.open));
        let mut diagnostic = Diagnostic::without_place("unsafe-order", Severity::Error, message);
        diagnostic.help =
            Some("this is a mistake in quayform, so nothing is applied; report it with the plan".to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Breach;

    #[test]
    fn an_order_that_is_not_safe_is_an_error() {
        let mut plan = Plan::default();
        let (team, member) = (Address::new("team", "acme/dev"), Address::new("member", "acme/dev/bob"));
        let breach = Breach {
            message: "bob would have admin on organization[acme]".to_owned(),
            done: vec![team],
            open: vec![member],
        };
        let breaches = vec![breach];
        tell(
            &mut plan,
            Safety {
                breaches,
                ..Safety::default()
            },
        );
        assert!(plan.diagnostics.has_errors());
        let told: Vec<&str> = plan.diagnostics.iter().map(|told| told.message.as_str()).collect();
        let expected =
            "bob would have admin on organization[acme] once team[acme/dev] is done, while member[acme/dev/bob] is not";
        assert_eq!(told, [expected]);
        assert_eq!(plan.breaches.len(), 1);
    }
}
