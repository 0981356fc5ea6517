//! Who gains and who loses what by a plan, in words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::repository;
use crate::model::{
    Address, Declared, Ground, HashMap, HashSet, Origin, Plan, Role, Shift, Sources, Standing, Subject,
};

use super::fold::{EXCEPTIONS, Names, but_not};
use super::words::{counted, first_of};

/// How many people and repositories a line names before it counts them.
pub(crate) const NAMED: usize = 5;

/// How many shifts are told one by one.
pub(crate) const TOLD: usize = 20;

/// Everybody to whom the same happens, on as much as they have in common.
pub(crate) struct Told<'s> {
    /// Who.
    pub(crate) who: String,
    /// What they may do from then on: `write instead of read`, `no more read`.
    pub(crate) what: String,
    /// On what, and under which condition.
    pub(crate) place: String,
    /// `orgs/acme.yaml:9 and 1 more`; empty where no manifest says so.
    pub(crate) cause: String,
    /// How much that weighs: the gravest first.
    weight: (bool, u8),
    /// What the line counts some people or repositories of instead of naming them.
    cut: Option<&'s Shift>,
}

impl Told<'_> {
    /// Everybody and everything by name, where the line counts some of them instead.
    pub(crate) fn all(&self) -> Option<String> {
        let shift = self.cut?;
        let who: Vec<String> = shift.subjects.iter().map(name).collect();
        Some(format!("{}: {}", who.join(", "), named(&shift.on)))
    }
}

/// Where the changes of a plan are written, and of which repositories it or the manifests speak.
pub(crate) struct Causes<'a> {
    origins: HashMap<&'a Address, Origin>,
    repositories: BTreeSet<&'a str>,
    sources: &'a Sources,
}

impl<'a> Causes<'a> {
    /// Looks the changes up once.
    pub(crate) fn new(plan: &'a Plan, declared: &'a [Declared], sources: &'a Sources) -> Self {
        let changed = plan.changes.iter().map(|change| &change.address);
        let all = changed.chain(declared.iter().map(|declared| &declared.address));
        let repositories = all.filter(|address| address.kind == repository::NAME);
        let origins = plan
            .changes
            .iter()
            .filter_map(|change| Some((&change.address, change.origin?)));
        Causes {
            origins: origins.collect(),
            repositories: repositories.map(|address| address.identity.as_str()).collect(),
            sources,
        }
    }

    /// Names as a pattern, with what it would mean as well: `acme/*, but not acme/web`.
    fn pattern(&self, names: &[&str]) -> String {
        let found = Names::of(names);
        let besides = found.besides.iter().map(|name| format!(", {name}")).collect::<String>();
        let named: HashSet<&str> = names.iter().copied().collect();
        let others = self
            .repositories
            .iter()
            .filter(|name| found.matches(name) && !named.contains(*name));
        let others: Vec<&str> = others.take(EXCEPTIONS + 1).copied().collect();
        format!("{}{besides}{}", found.pattern(), but_not(&others))
    }

    /// The first line of a manifest that causes it, and how many other changes do.
    pub(crate) fn of(&self, because: &[Address]) -> String {
        let place = |address: &Address| {
            let (path, line, _) = self.sources.locate(self.origins.get(address)?.place)?;
            Some(format!("{}:{line}", path.display()))
        };
        match (because.iter().find_map(place), because.len()) {
            (None, _) => String::new(),
            (Some(place), 0 | 1) => place,
            (Some(place), number) => format!("{place} and {} more", number - 1),
        }
    }
}

/// The shifts, the gravest first: one by one as long as they are few, and otherwise those from the same to the same
/// together. Where more than [`NAMED`] people and repositories may be named in a line, all shifts are told one by one. A
/// pattern in place of names says what else it would mean.
pub(crate) fn told<'s>(shifts: &'s [Shift], gains: bool, causes: &Causes<'_>, limit: usize) -> Vec<Told<'s>> {
    let mut lines = if limit > NAMED || shifts.len() <= TOLD {
        shifts.iter().map(|shift| one(shift, gains, causes, limit)).collect()
    } else {
        folded(shifts, gains, causes, limit)
    };
    lines.sort_by_key(|told| Reverse(told.weight));
    lines
}

/// Everybody who gains something, with the most that they gain: `anyone` first, then whoever administers; no more names
/// than that, and how many more there are.
pub(crate) fn gainers(plan: &Plan, most: usize) -> (Vec<(&Subject, &str)>, usize) {
    let mut all: BTreeMap<&Subject, (u8, &str)> = BTreeMap::new();
    for shift in &plan.access.gained {
        let (_, weight) = weight(shift);
        for subject in &shift.subjects {
            let gained = all.entry(subject).or_insert((weight, shift.after));
            if weight > gained.0 {
                *gained = (weight, shift.after);
            }
        }
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(subject, (weight, _))| (**subject != Subject::Anyone, Reverse(*weight)));
    let more = all.len().saturating_sub(most);
    let named = all.into_iter().take(most);
    (named.map(|(subject, (_, word))| (subject, word)).collect(), more)
}

fn folded<'s>(shifts: &'s [Shift], gains: bool, causes: &Causes<'_>, limit: usize) -> Vec<Told<'s>> {
    let mut alike: BTreeMap<_, Vec<&Shift>> = BTreeMap::new();
    for shift in shifts {
        let anyone = shift.subjects.contains(&Subject::Anyone);
        let key = (anyone, sort(&shift.on), shift.before, shift.after, shift.once_accepted);
        alike.entry(key).or_default().push(shift);
    }
    let line = |together: Vec<&'s Shift>| match together.as_slice() {
        [] => None,
        [shift] => Some(one(shift, gains, causes, limit)),
        [first, ..] => Some(several(first, &together, gains, causes)),
    };
    alike.into_values().filter_map(line).collect()
}

/// Whether some people or repositories are counted instead of named.
pub(crate) fn is_cut(shifts: &[Shift]) -> bool {
    let is_long = |shift: &Shift| shift.subjects.len() > NAMED || is_many(&shift.on, NAMED);
    shifts.len() > TOLD || shifts.iter().any(is_long)
}

fn one<'s>(shift: &'s Shift, gains: bool, causes: &Causes<'_>, limit: usize) -> Told<'s> {
    let who: Vec<String> = shift.subjects.iter().map(name).collect();
    let is_cut = who.len() > limit || is_many(&shift.on, limit);
    Told {
        who: first_of(&who, limit),
        what: what(shift, gains),
        place: format!("{}{}", place(&shift.on, causes, limit), later(shift)),
        cause: causes.of(&shift.because),
        weight: weight(shift),
        cut: is_cut.then_some(shift),
    }
}

/// Many shifts in one line: how many people, and on how many repositories or organizations by which pattern.
fn several<'s>(first: &Shift, together: &[&Shift], gains: bool, causes: &Causes<'_>) -> Told<'s> {
    let who: BTreeSet<String> = together.iter().flat_map(|shift| &shift.subjects).map(name).collect();
    let who: Vec<&str> = who.iter().map(String::as_str).collect();
    let grounds: BTreeSet<&str> = together.iter().flat_map(|shift| grounds(&shift.on)).collect();
    let grounds: Vec<&str> = grounds.into_iter().collect();
    let because: BTreeSet<&Address> = together.iter().flat_map(|shift| &shift.because).collect();
    let because: Vec<Address> = because.into_iter().cloned().collect();
    let (before, noun) = match first.on {
        Ground::Organization(_) => ("in", "organization"),
        Ground::Repositories(_) => ("on", "repository"),
        Ground::NextRepositories { .. } => ("on what is created later in", "organization"),
    };
    // What each of them has is not what all of them have.
    let is_everybodys = together.iter().all(|shift| shift.subjects == first.subjects);
    let names = match grounds.as_slice() {
        [only] => format!("{before} {only}"),
        several => {
            let pattern = match first.on {
                Ground::Repositories(_) => causes.pattern(several),
                _ => Names::of(several).pattern(),
            };
            let number = counted(several.len(), noun);
            match is_everybodys {
                true => format!("{before} {number} matching {pattern}"),
                false => format!("each {before} some of {number} matching {pattern}"),
            }
        }
    };
    Told {
        cut: None,
        who: first_of(&who, NAMED),
        what: what(first, gains),
        place: format!("{names}{}", later(first)),
        cause: causes.of(&because),
        weight: weight(first),
    }
}

/// What everybody gains comes first, then whoever administers.
fn weight(shift: &Shift) -> (bool, u8) {
    let step = |word: &str| match shift.on {
        Ground::Organization(_) => Standing::from_word(word) as u8,
        _ => Role::from_word(word) as u8,
    };
    (
        shift.subjects.contains(&Subject::Anyone),
        step(shift.before).max(step(shift.after)),
    )
}

fn sort(on: &Ground) -> u8 {
    match on {
        Ground::Organization(_) => 0,
        Ground::Repositories(_) => 1,
        Ground::NextRepositories { .. } => 2,
    }
}

fn grounds(on: &Ground) -> Vec<&str> {
    match on {
        Ground::Organization(name) | Ground::NextRepositories { organization: name, .. } => vec![name],
        Ground::Repositories(names) => names.iter().map(String::as_str).collect(),
    }
}

fn what(shift: &Shift, gains: bool) -> String {
    match (gains, shift.before, shift.after) {
        (true, "none", after) => after.to_owned(),
        (true, before, after) => format!("{after} instead of {before}"),
        (false, before, "none") => format!("no more {before}"),
        (false, before, after) => format!("only {after} instead of {before}"),
    }
}

fn later(shift: &Shift) -> &'static str {
    if shift.once_accepted {
        ", once the invitation is accepted"
    } else {
        ""
    }
}

/// What somebody is called in a sentence.
pub(crate) fn name(subject: &Subject) -> String {
    match subject {
        Subject::Team(team) => format!("members of team {team}"),
        other => other.to_string(),
    }
}

fn place(on: &Ground, causes: &Causes<'_>, limit: usize) -> String {
    match on {
        Ground::Repositories(names) if is_many(on, limit) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("on {} repositories matching {}", names.len(), causes.pattern(&names))
        }
        _ => named(on),
    }
}

fn named(on: &Ground) -> String {
    match on {
        Ground::Organization(name) => format!("in organization {name}"),
        Ground::NextRepositories {
            organization,
            created_by,
        } => {
            let creator = created_by
                .as_ref()
                .map(|name| format!(" by {name}"))
                .unwrap_or_default();
            format!("on what is created later in {organization}{creator}")
        }
        Ground::Repositories(names) => format!("on {}", names.join(", ")),
    }
}

fn is_many(on: &Ground, limit: usize) -> bool {
    matches!(on, Ground::Repositories(names) if names.len() > limit)
}
