//! What of the drift has not been told yet, and what of it has gone.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::found::Drifted;
use super::report::Report;
use crate::kinds;
use crate::model::{Plan, Shard, hexadecimal};

/// What is to be told, and what is told afterwards.
#[derive(Debug, Clone, Default)]
pub struct News<'a> {
    /// What is new, or differs in another way than it did.
    pub new: Vec<&'a Drifted>,
    /// The addresses of what is as it should be again.
    pub gone: Vec<String>,
    /// What will have been told: addresses, with digests of the differences.
    pub told: BTreeMap<String, String>,
}

impl News<'_> {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty()
    }
}

/// Compares what drifted with what was `told`. What this run could not look at, or was not to, has not gone.
pub fn news<'a>(report: &'a Report, plan: &Plan, shard: Option<Shard>, told: &BTreeMap<String, String>) -> News<'a> {
    let mut now: BTreeMap<String, (String, Vec<&Drifted>)> = BTreeMap::new();
    for drifted in &report.drifted {
        let (digests, all) = now.entry(drifted.change.address.to_string()).or_default();
        digests.push_str(&digest(drifted));
        all.push(drifted);
    }
    let mut news = News::default();
    for (address, (digest, all)) in now {
        if told.get(&address) != Some(&digest) {
            news.new.extend(all);
        }
        news.told.insert(address, digest);
    }
    for (address, digest) in told {
        if news.told.contains_key(address) {
            continue;
        }
        if was_looked_at(address, plan, shard) {
            news.gone.push(address.clone());
        } else {
            news.told.insert(address.clone(), digest.clone());
        }
    }
    news
}

/// Whether this run would have seen that the object differs.
fn was_looked_at(address: &str, plan: &Plan, shard: Option<Shard>) -> bool {
    let Some(address) = kinds::address(address) else {
        return true;
    };
    let namespace = address.namespace();
    plan.narrowed.is_none() && !plan.unreadable.contains(namespace) && shard.is_none_or(|shard| shard.holds(namespace))
}

/// The same difference has the same digest from run to run; secrets have no part in it.
fn digest(drifted: &Drifted) -> String {
    let mut hash = Sha256::new();
    hash.update(drifted.sort.word());
    for field in &drifted.change.fields {
        let value = |value: &Option<crate::model::Value>| value.as_ref().map(ToString::to_string);
        hash.update(format!("{:?}", (field.name, value(&field.before), value(&field.after))));
    }
    hexadecimal(&hash.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::{Sort, Untold, Verdict};
    use crate::model::{Action, Address, Change, FieldChange};

    fn report(teams: &[(&str, &str)]) -> Report {
        let drifted = |(name, role): &(&str, &str)| {
            let mut change = Change::new(Address::new("team", format!("acme/{name}")), Action::Update);
            change.fields = vec![FieldChange {
                name: "role",
                before: Some((*role).into()),
                after: Some("member".into()),
                note: None,
            }];
            Drifted {
                change,
                sort: Sort::Differs,
                verdicts: vec![(Some("role"), Verdict::Untold(Untold::NoLog))],
            }
        };
        Report {
            drifted: teams.iter().map(drifted).collect(),
            ..Report::default()
        }
    }

    fn told(report: &Report, plan: &Plan, told: &BTreeMap<String, String>) -> (Vec<String>, Vec<String>, usize) {
        let news = news(report, plan, None, told);
        let new = news.new.iter().map(|it| it.change.address.to_string()).collect();
        (new, news.gone, news.told.len())
    }

    #[test]
    fn the_same_drift_is_told_once_and_another_difference_again() {
        let plan = Plan::default();
        let (one, other) = (report(&[("dev", "admin")]), report(&[("dev", "creator")]));
        let first = news(&one, &plan, None, &BTreeMap::new());
        assert_eq!(first.new.len(), 1);
        assert!(news(&one, &plan, None, &first.told).is_empty());
        assert_eq!(
            told(&other, &plan, &first.told),
            (vec!["team[acme/dev]".to_owned()], vec![], 1)
        );
        let (new, gone, rest) = told(&Report::default(), &plan, &first.told);
        assert_eq!((new, gone, rest), (vec![], vec!["team[acme/dev]".to_owned()], 0));
    }

    #[test]
    fn what_was_not_looked_at_has_not_gone() {
        let first = news(&report(&[("dev", "admin")]), &Plan::default(), None, &BTreeMap::new()).told;
        let unreadable = Plan {
            unreadable: ["acme".to_owned()].into(),
            ..Plan::default()
        };
        assert_eq!(told(&Report::default(), &unreadable, &first), (vec![], vec![], 1));
        let narrowed = Plan {
            narrowed: Some(Default::default()),
            ..Plan::default()
        };
        assert_eq!(told(&Report::default(), &narrowed, &first), (vec![], vec![], 1));
    }
}
