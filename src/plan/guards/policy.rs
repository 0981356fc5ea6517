//! `policy`: what nobody may gain, whatever the manifests say.

use std::collections::BTreeSet;

use crate::access::has_joined;
use crate::kinds::member;
use crate::model::address::matches_glob;
use crate::model::{Address, Ground, Refusal, Role, Shift, Standing, Subject};
use crate::settings::Denial;

use super::{Case, allowance, words};

/// One refusal for each rule that a plan breaks; what is allowed by the exact address of a change that causes it does not
/// count.
pub(super) fn check(case: &Case<'_>) -> Vec<Refusal> {
    let rules = case.options.guards.deny.iter();
    rules.filter_map(|rule| refusal(rule, case)).collect()
}

fn refusal(rule: &Denial, case: &Case<'_>) -> Option<Refusal> {
    let mut subjects = BTreeSet::new();
    let mut grounds = BTreeSet::new();
    let mut causes = BTreeSet::new();
    for shift in &case.plan.access.gained {
        if shift.because.iter().any(|cause| allowance::names(case, cause)) {
            continue;
        }
        for (organization, ground) in grounds_of(rule, shift) {
            let concerned = shift
                .subjects
                .iter()
                .filter(|subject| !is_excepted(rule, subject, organization, case));
            let concerned: Vec<String> = concerned.map(ToString::to_string).collect();
            if !concerned.is_empty() {
                subjects.extend(concerned);
                grounds.insert(ground);
                causes.extend(shift.because.first());
            }
        }
    }
    let some = |names: BTreeSet<String>| words::some(&names.into_iter().collect::<Vec<_>>());
    let unless = rule.unless_team.as_ref();
    let unless = unless.map_or(String::new(), |team| format!(" to whoever is not in team {team}"));
    let causes: Vec<&Address> = causes.into_iter().collect();
    (!subjects.is_empty()).then(|| Refusal {
        guard: "policy",
        message: format!(
            "{} would gain {} or more on {}; [policy] denies that on {}{unless}",
            some(subjects),
            rule.gains.word(),
            some(grounds),
            rule.on
        ),
        addresses: causes.iter().map(|cause| (*cause).clone()).collect(),
        remarks: Vec::new(),
        way_out: allowance::way_out_by_flags(&causes),
        overridable: true,
    })
}

/// Where a shift gives as much as the rule denies, with the organizations. Whoever administers an organization, and
/// what is given to repositories that come later, may concern what the rule means although it is not there yet.
fn grounds_of<'s>(rule: &Denial, shift: &'s Shift) -> Vec<(&'s str, String)> {
    let organization_of = |name: &'s str| name.split('/').next().unwrap_or(name);
    let pattern = rule.on.split('/').next().unwrap_or_default();
    let role = Role::from_word(shift.after);
    match &shift.on {
        Ground::Repositories(names) if role >= rule.gains => {
            let meant = names.iter().filter(|name| matches_glob(&rule.on, name));
            meant.map(|name| (organization_of(name), name.clone())).collect()
        }
        Ground::Organization(name)
            if Standing::from_word(shift.after) == Standing::Admin && matches_glob(pattern, name) =>
        {
            vec![(name, format!("organization {name}"))]
        }
        Ground::NextRepositories { organization, .. } if role >= rule.gains && matches_glob(pattern, organization) => {
            vec![(organization, format!("later repositories of {organization}"))]
        }
        _ => Vec::new(),
    }
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
