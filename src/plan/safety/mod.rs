//! Whether a plan is safe at every moment, in whatever order its edges allow: the walker begins each change as soon as
//! what it comes after is done, and any change may fail.
//!
//! Written apart from [`super::order`]: it takes the edges as they are and steps the world through them.

mod prefixes;
mod sequence;
mod slice;

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::repository;
use crate::model::{Action, Address, Breach, Change, Standing, Subject, World};

use super::ways::{Administration, Pair, Target, Ways, Worth};
use crate::access::{role, standing};
use prefixes::{Done, Precedence, Walk};

/// What the order of a plan means for those whom it concerns.
#[derive(Debug, Clone, Default)]
pub struct Safety {
    /// What must not be; the first moment of each kind for each subject and target.
    pub breaches: Vec<Breach>,
    /// Who may do less in between than before and after, by the object concerned: it could not be helped.
    pub interruptions: BTreeMap<Address, BTreeSet<Subject>>,
}

/// Steps a plan through everything that can be done while the rest is not. `live` and `after` are the registry before
/// and after it.
pub fn check(changes: &[Change], live: &World, after: &World) -> Safety {
    let ways = Ways::new(changes, live, after);
    let (pairs, administrations) = (ways.pairs(), ways.administrations());
    let pairs = a_sample(pairs);
    let mut checker = Checker {
        limit: (MOMENTS / pairs.len().max(1)).clamp(LEAST, MOST),
        ways: &ways,
        precedence: Precedence::new(changes),
        base: slice::base(live),
        safety: Safety::default(),
    };
    pairs.iter().for_each(|pair| checker.pair(pair));
    administrations
        .iter()
        .for_each(|administration| checker.somebody_administers(administration));
    let sequence = sequence::breaches(&ways, &checker.precedence);
    checker.safety.breaches.extend(sequence);
    checker.safety
}

struct Checker<'a> {
    ways: &'a Ways<'a>,
    precedence: Precedence,
    base: World,
    limit: usize,
    safety: Safety,
}

/// How many pairs are looked at; of more there is a sample, so that no plan takes more than a moment to check.
const PAIRS: usize = 4_000;

/// How many moments are looked at in all, for each pair at least and at most.
const MOMENTS: usize = 160_000;
const LEAST: usize = 40;
const MOST: usize = 4_096;

/// Every n-th pair, so that all organizations and repositories have their share.
fn a_sample(pairs: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
    let each = pairs.len().div_ceil(PAIRS).max(1);
    pairs.into_iter().step_by(each).collect()
}

/// What somebody may do at the ends, and what they may have in between.
struct Bounds {
    before: Worth,
    after: Worth,
    /// What a birth grants by itself, until a step of the plan takes it back.
    born: Worth,
}

impl Checker<'_> {
    /// Never wider than the wider of before and after; never narrower than the narrower, where that can be had.
    fn pair(&mut self, pair: &Pair<'_>) {
        let mirror = slice::mirror_step(self.ways, pair);
        let walk = self.walk(
            slice::of_pair(self.ways, &self.base, pair),
            pair.steps().into_iter().chain(mirror),
        );
        let end = walk.end();
        let bounds = Bounds {
            before: worth(&walk.start, pair),
            after: worth(&end, pair),
            born: match self.is_made_by(pair) {
                true => Standing::Admin as Worth,
                false => {
                    let births = slice::born(self.ways, pair, &walk.start, &end);
                    births.iter().map(|world| worth(world, pair)).max().unwrap_or_default()
                }
            },
        };
        let mirror = mirror.and_then(|mirror| walk.steps.iter().position(|step| *step == mirror));
        let (mut breach, mut interrupted) = (None, false);
        walk.visit(&mut |world, done| {
            let now = worth(world, pair);
            let is_filled = mirror.is_some_and(|mirror| done[mirror]);
            if now > bounds.most(is_filled) || (now < bounds.least() && is_lock_out(pair, &bounds)) {
                breach = Some(moment(&walk, done, bounds.message(pair, now)));
            }
            interrupted |= now < bounds.least();
            breach.is_none()
        });
        match breach {
            Some(breach) => self.safety.breaches.push(breach),
            None if interrupted => self.interrupted(pair),
            None => {}
        }
    }

    /// Whether whoever runs quayform makes it in this plan: the server makes them its administrator.
    fn is_made_by(&self, pair: &Pair<'_>) -> bool {
        let step = self.ways.step(&slice::address(&pair.target));
        let is_new = step.is_some_and(|step| self.ways.changes[step].action == Action::Create);
        is_new && pair.subject == Subject::Account(self.ways.live.caller.name.clone())
    }

    fn interrupted(&mut self, pair: &Pair<'_>) {
        let people = pair.people.iter().cloned().map(Subject::Account);
        let people: Vec<Subject> = people.chain([pair.subject.clone()]).collect();
        let others = pair.repositories.iter().map(|name| repository::address(name));
        for address in others.chain([slice::address(&pair.target)]) {
            let concerned = self.safety.interruptions.entry(address).or_default();
            concerned.extend(people.iter().cloned());
        }
    }

    /// Where somebody administers an organization before and after, somebody does so all the time.
    fn somebody_administers(&mut self, administration: &Administration<'_>) {
        let steps: BTreeSet<usize> = administration.ways.iter().flat_map(|(_, _, way)| way.steps()).collect();
        let walk = self.walk(slice::of_administration(self.ways, &self.base, administration), steps);
        let people: BTreeSet<Subject> = administration
            .ways
            .iter()
            .filter(|(account, ..)| !account.contains('+'))
            .map(|(account, ..)| Subject::Account(account.clone()))
            .collect();
        let organization = administration.organization.as_str();
        let anybody = |world: &World| {
            people
                .iter()
                .any(|subject| standing(world, subject, organization) == Standing::Admin)
        };
        if !anybody(&walk.start) || !anybody(&walk.end()) {
            return;
        }
        let mut breach = None;
        walk.visit(&mut |world, done| {
            if !anybody(world) {
                breach = Some(moment(&walk, done, format!("nobody would administer {organization}")));
            }
            breach.is_none()
        });
        self.safety.breaches.extend(breach);
    }

    fn walk(&self, start: World, steps: impl IntoIterator<Item = usize>) -> Walk<'_> {
        let steps: BTreeSet<usize> = steps.into_iter().collect();
        Walk {
            start,
            changes: self.ways.changes,
            steps: steps.into_iter().collect(),
            precedence: &self.precedence,
            limit: self.limit,
        }
    }
}

impl Bounds {
    fn most(&self, is_filled: bool) -> Worth {
        let ends = self.before.max(self.after);
        if is_filled { ends } else { ends.max(self.born) }
    }

    fn least(&self) -> Worth {
        self.before.min(self.after)
    }

    fn message(&self, pair: &Pair<'_>, now: Worth) -> String {
        let word = |worth| word(&pair.target, worth);
        format!(
            "{} would have {} on {}, with {} before the plan and {} after it",
            pair.subject,
            word(now),
            slice::address(&pair.target),
            word(self.before),
            word(self.after),
        )
    }
}

/// Whether somebody administers an organization before and after: they must not lose that in between.
fn is_lock_out(pair: &Pair<'_>, bounds: &Bounds) -> bool {
    matches!(pair.target, Target::Organization(_)) && bounds.least() == Standing::Admin as Worth
}

fn worth(world: &World, pair: &Pair<'_>) -> Worth {
    match &pair.target {
        Target::Repository(name) => role(world, &pair.subject, name) as Worth,
        Target::Organization(name) => standing(world, &pair.subject, name) as Worth,
    }
}

fn word(target: &Target, worth: Worth) -> &'static str {
    let words = match target {
        Target::Repository(_) => ["nothing", "read", "write", "admin"],
        Target::Organization(_) => ["nothing", "member", "creator", "admin"],
    };
    words.get(usize::from(worth)).copied().unwrap_or("admin")
}

/// A moment in the words of the plan.
fn moment(walk: &Walk<'_>, done: &Done, message: String) -> Breach {
    let of = |wanted: bool| {
        let steps = walk.steps.iter().zip(done).filter(move |(_, done)| **done == wanted);
        steps.map(|(step, _)| walk.changes[*step].address.clone()).collect()
    };
    Breach {
        message,
        done: of(true),
        open: of(false),
    }
}
