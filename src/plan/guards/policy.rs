//! `policy`: what nobody may gain, whatever the manifests say.

use std::collections::BTreeSet;

use crate::access::{self, has_joined};
use crate::kinds::member;
use crate::model::address::matches_glob;
use crate::model::{Address, Ground, Refusal, Role, Shift, Standing, Subject};
use crate::settings::Denial;

use super::{Case, allowance, words};

/// One refusal for each rule that a plan breaks; what is allowed by the exact address of every change that causes it does
/// not count.
pub(super) fn check(case: &Case<'_>) -> Vec<Refusal> {
    let rules = case.options.guards.deny.iter();
    rules.filter_map(|rule| refusal(rule, case)).collect()
}

fn refusal(rule: &Denial, case: &Case<'_>) -> Option<Refusal> {
    let mut denied = Denied::default();
    for shift in &case.plan.access.gained {
        let Some((organization, on)) = meant(rule, shift) else {
            continue;
        };
        let subjects = shift.subjects.iter();
        let concerned =
            subjects.filter(|each| !is_excepted(rule, each, organization, case) && !has_all(each, organization, case));
        let concerned: BTreeSet<Subject> = concerned.cloned().collect();
        if !concerned.is_empty() {
            denied.take(case, organization, concerned, on);
        }
    }
    let some = |names: BTreeSet<String>| words::some(&names.into_iter().collect::<Vec<_>>());
    let unless = rule.unless_team.as_ref();
    let unless = unless.map_or(String::new(), |team| format!(" to whoever is not in team {team}"));
    let causes: Vec<&Address> = denied.causes.iter().collect();
    (!denied.subjects.is_empty()).then(|| Refusal {
        guard: "policy",
        message: format!(
            "{} would gain {} or more on {}; [policy] denies that on {}{unless}",
            some(denied.subjects),
            rule.gains.word(),
            some(denied.grounds),
            rule.on
        ),
        remarks: Vec::new(),
        way_out: allowance::way_out_by_flags(&causes),
        addresses: denied.causes.iter().cloned().collect(),
        overridable: true,
    })
}

/// Who would gain what a rule denies, on what and by which changes.
#[derive(Default)]
struct Denied {
    subjects: BTreeSet<String>,
    grounds: BTreeSet<String>,
    causes: BTreeSet<Address>,
}

impl Denied {
    /// Takes what is not allowed. One shift is about all to whom the same happens, and some of that may be allowed: then
    /// each of them is looked at by itself.
    fn take(&mut self, case: &Case<'_>, organization: &str, subjects: BTreeSet<Subject>, on: Ground) {
        let sides = (case.live, case.after);
        let causes = |questions: &[_]| access::causes(&case.plan.changes, sides, organization, questions);
        let whole = [(subjects, on)];
        let all = causes(&whole);
        if !all.iter().flatten().any(|cause| allowance::names(case, cause)) {
            return self.add(&whole, all);
        }
        let [(subjects, on)] = whole;
        let single = |subject: &Subject| {
            parts(&on)
                .into_iter()
                .map(|on| (BTreeSet::from([subject.clone()]), on))
                .collect()
        };
        let questions: Vec<_> = subjects.iter().flat_map::<Vec<_>, _>(single).collect();
        let answers = causes(&questions).into_iter().zip(questions);
        let is_open = |(causes, _): &(Vec<Address>, _)| !causes.iter().all(|cause| allowance::names(case, cause));
        for (causes, question) in answers.filter(is_open) {
            self.add(&[question], [causes]);
        }
    }

    fn add(&mut self, denied: &[(BTreeSet<Subject>, Ground)], causes: impl IntoIterator<Item = Vec<Address>>) {
        for (subjects, on) in denied {
            self.subjects.extend(subjects.iter().map(ToString::to_string));
            match on {
                Ground::Repositories(names) => self.grounds.extend(names.iter().cloned()),
                Ground::Organization(name) => drop(self.grounds.insert(format!("organization {name}"))),
                Ground::NextRepositories { organization, .. } => {
                    self.grounds.insert(format!("later repositories of {organization}"));
                }
            }
        }
        self.causes.extend(causes.into_iter().flatten());
    }
}

fn parts(on: &Ground) -> Vec<Ground> {
    match on {
        Ground::Repositories(names) => {
            let single = names.iter().map(|name| Ground::Repositories(vec![name.clone()]));
            single.collect()
        }
        other => vec![other.clone()],
    }
}

/// Where a shift gives as much as the rule denies, with the organization. Whoever administers an organization, and
/// what is given to repositories that come later, may concern what the rule means although it is not there yet.
fn meant<'s>(rule: &Denial, shift: &'s Shift) -> Option<(&'s str, Ground)> {
    let pattern = rule.on.split('/').next().unwrap_or_default();
    let role = Role::from_word(shift.after);
    match &shift.on {
        Ground::Repositories(names) if role >= rule.gains => {
            let meant = names.iter().filter(|name| matches_glob(&rule.on, name));
            let meant: Vec<String> = meant.cloned().collect();
            // Shifts are found in one organization after the other.
            let organization = names.first()?.split('/').next()?;
            (!meant.is_empty()).then_some((organization, Ground::Repositories(meant)))
        }
        Ground::Organization(name)
            if Standing::from_word(shift.after) == Standing::Admin && matches_glob(pattern, name) =>
        {
            Some((name, shift.on.clone()))
        }
        Ground::NextRepositories { organization, .. } if role >= rule.gains && matches_glob(pattern, organization) => {
            Some((organization, shift.on.clone()))
        }
        _ => None,
    }
}

/// Whether somebody administers the organization, as before: to a new repository such people come by nothing, for they
/// could have made it, and given it to themselves.
fn has_all(subject: &Subject, organization: &str, case: &Case<'_>) -> bool {
    let administers = |world| access::standing(world, subject, organization) == Standing::Admin;
    administers(case.live) && administers(case.after)
}

fn is_excepted(rule: &Denial, subject: &Subject, organization: &str, case: &Case<'_>) -> bool {
    let Some(team) = &rule.unless_team else { return false };
    match subject {
        Subject::Anyone => false,
        Subject::Team(name) => name == team,
        Subject::Account(name) => {
            let membership = case.after.get(&member::address(organization, team, name));
            membership.is_some_and(has_joined)
        }
    }
}
