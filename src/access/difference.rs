//! Who gains and who loses what by a plan: exact for all that was read, and folded, so that thousands of like
//! repositories and people cost as much as one.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccessChange, Address, Change, Ground, Role, Shift, Standing, Subject, World};

use super::bearing::bears_on_access;
use super::causes::Causes;
use super::people::{Both, People, Teams};
use super::role::subject;
use super::side::{Grants, Side};

/// What changes for people between a registry and what a plan makes of it. What superusers may do as such, and what is
/// given only to everybody at once, is not repeated for each of them.
pub fn difference(changes: &[Change], live: &World, after: &World) -> AccessChange {
    let bearing: Vec<&Change> = changes.iter().filter(|change| bears_on_access(change)).collect();
    // A robot is taken out of the teams of other organizations, too.
    let touched = bearing
        .iter()
        .flat_map(|change| change.takes_along.iter().chain([&change.address]));
    let names: BTreeSet<&str> = touched.map(Address::namespace).collect();
    let causes = Causes::new(&bearing);
    let mut shifts = Vec::new();
    for name in names {
        let both = Both::new(name, live, after);
        let people = both.people(live);
        let mut found = Found::default();
        found.on_repositories(&both, &people);
        found.in_organization(&both, &people);
        found.on_next_repositories(&both);
        shifts.extend(found.shifts(&both, &people, &causes));
    }
    let (gained, lost) = shifts.into_iter().partition(|(is_gain, _)| *is_gain);
    let plain = |shifts: Vec<(bool, Shift)>| shifts.into_iter().map(|(_, shift)| shift).collect();
    AccessChange {
        gained: plain(gained),
        lost: plain(lost),
    }
}

/// Which changes cause what happens to some subjects of an organization on something, for each of these questions: a
/// shift tells it only of all together.
pub fn causes(
    changes: &[Change],
    (live, after): (&World, &World),
    organization: &str,
    questions: &[(BTreeSet<Subject>, Ground)],
) -> Vec<Vec<Address>> {
    let bearing: Vec<&Change> = changes.iter().filter(|change| bears_on_access(change)).collect();
    let causes = Causes::new(&bearing);
    let both = Both::new(organization, live, after);
    let people = both.people(live);
    let questions = questions.iter();
    questions
        .map(|(subjects, on)| causes.of(&both, &people, subjects, on))
        .collect()
}

/// From what to what, and whether an invitation must be accepted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    is_gain: bool,
    before: &'static str,
    after: &'static str,
    once_accepted: bool,
}

impl Step {
    fn of<T: Ord>(before: T, after: T, word: impl Fn(T) -> &'static str, once_accepted: bool) -> Option<Self> {
        (before != after).then(|| Step {
            is_gain: before < after,
            before: word(before),
            after: word(after),
            once_accepted,
        })
    }
}

/// Repositories on which teams and everybody have the same before, and the same after.
type Alike<'b> = (&'b Grants<'b>, &'b Grants<'b>, Vec<&'b str>);

/// The steps, by those to whom they happen.
#[derive(Default)]
struct Found<'b> {
    /// By subjects.
    repositories: BTreeMap<(Vec<Subject>, Step), BTreeSet<&'b str>>,
    organization: BTreeMap<Step, BTreeSet<Subject>>,
    next: BTreeMap<(Option<String>, Step), BTreeSet<Subject>>,
}

impl<'b> Found<'b> {
    fn on_repositories(&mut self, both: &'b Both<'_>, people: &'b [People<'_>]) {
        static NOTHING: Grants<'static> = Grants::NOTHING;
        let (before, after) = (&both.before, &both.after);
        let of = |side: &'b Side<'_>, name: &str| side.repositories.get(name).unwrap_or(&NOTHING);
        let mut classes: BTreeMap<_, Alike<'b>> = BTreeMap::new();
        let names: BTreeSet<&str> = before
            .repositories
            .keys()
            .chain(after.repositories.keys())
            .copied()
            .collect();
        for name in names {
            let (old, new) = (of(before, name), of(after, name));
            let key = (old.open, &old.teams, new.open, &new.teams);
            classes
                .entry(key)
                .or_insert_with(|| (old, new, Vec::new()))
                .2
                .push(name);
        }
        for (old, new, names) in classes.values() {
            if let Some(step) = Step::of(old.to_all(), new.to_all(), Role::word, false) {
                self.note(vec![Subject::Anyone], step, names.iter().copied());
            }
            for some in people {
                let mine = |name: &&&str| !some.own.contains_key(**name);
                let nothing = (Role::None, Role::None);
                for step in steps(both, some, (old, new), nothing) {
                    self.note(some.subjects.clone(), step, names.iter().filter(mine).copied());
                }
            }
        }
        for some in people {
            for (name, own) in &some.own {
                for step in steps(both, some, (of(before, name), of(after, name)), *own) {
                    self.note(some.subjects.clone(), step, [*name].into_iter());
                }
            }
        }
    }

    fn note(&mut self, subjects: Vec<Subject>, step: Step, names: impl Iterator<Item = &'b str>) {
        let mut names = names.peekable();
        if names.peek().is_some() {
            self.repositories.entry((subjects, step)).or_default().extend(names);
        }
    }

    fn in_organization(&mut self, both: &Both<'_>, people: &[People<'_>]) {
        for some in people {
            let (before, after) = (
                both.before.standing_of(&some.before),
                both.after.standing_of(&some.after),
            );
            let accepted = both.after.standing_of(&with(&some.after, &some.asked));
            let now = Step::of(before, after, Standing::word, false);
            let later = Step::of(after, accepted, Standing::word, true);
            for step in now.into_iter().chain(later) {
                self.organization
                    .entry(step)
                    .or_default()
                    .extend(some.subjects.iter().cloned());
            }
        }
    }

    fn on_next_repositories(&mut self, both: &Both<'_>) {
        let (before, after) = (&both.before.next, &both.after.next);
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let of = |side: &BTreeMap<(&str, &str, &str), Role>| side.get(key).copied().unwrap_or(Role::None);
            let (creator, sort, name) = *key;
            let subject = subject(both.name, sort, name);
            if let Some(step) = Step::of(of(before), of(after), Role::word, false) {
                let creator = Some(creator.to_owned()).filter(|creator| !creator.is_empty());
                self.next.entry((creator, step)).or_default().insert(subject);
            }
        }
    }

    /// Everything that was found, those together to whom the same happens on the same.
    fn shifts(self, both: &Both<'_>, people: &[People<'_>], causes: &Causes<'_>) -> Vec<(bool, Shift)> {
        let mut grounds: BTreeMap<(Ground, Step), BTreeSet<Subject>> = BTreeMap::new();
        for (step, subjects) in self.organization {
            grounds.insert((Ground::Organization(both.name.to_owned()), step), subjects);
        }
        for ((subjects, step), names) in self.repositories {
            let names = names.into_iter().map(str::to_owned).collect();
            grounds
                .entry((Ground::Repositories(names), step))
                .or_default()
                .extend(subjects);
        }
        for ((created_by, step), subjects) in self.next {
            let organization = both.name.to_owned();
            grounds.insert(
                (
                    Ground::NextRepositories {
                        organization,
                        created_by,
                    },
                    step,
                ),
                subjects,
            );
        }
        let shift = |((on, step), subjects): ((Ground, Step), BTreeSet<Subject>)| {
            let because = causes.of(both, people, &subjects, &on);
            let shift = Shift {
                subjects: subjects.into_iter().collect(),
                on,
                before: step.before,
                after: step.after,
                once_accepted: step.once_accepted,
                because,
            };
            (step.is_gain, shift)
        };
        grounds.into_iter().map(shift).collect()
    }
}

/// What happens to some people on like repositories, now, and once they accept what they are newly asked to join.
fn steps(both: &Both<'_>, people: &People<'_>, grants: (&Grants<'_>, &Grants<'_>), own: (Role, Role)) -> Vec<Step> {
    let (old, new) = grants;
    let of = |side: &Side<'_>, teams: &Teams<'_>, grants: &Grants<'_>, own: Role| {
        let role = side.role_of(teams, grants);
        if grants.open.is_some() { role.max(own) } else { role }
    };
    let before = of(&both.before, &people.before, old, own.0);
    let after = of(&both.after, &people.after, new, own.1);
    let accepted = of(&both.after, &with(&people.after, &people.asked), new, own.1);
    let is_everybodys = (before, after) == (old.to_all(), new.to_all());
    let now = Step::of(before, after, Role::word, false).filter(|_| !is_everybodys);
    let later = Step::of(after, accepted, Role::word, true);
    now.into_iter().chain(later).collect()
}

fn with<'w>(teams: &Teams<'w>, more: &Teams<'w>) -> Teams<'w> {
    teams.union(more).copied().collect()
}
