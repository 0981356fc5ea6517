//! Many like changes in one line, by a pattern that names its exceptions. The JSON document has them all.

mod like;
mod names;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::permission;
use crate::model::{Action, Address, Change, Declared, FieldChange, HashMap, HashSet};

use super::words::counted;
pub(super) use names::Names;

/// From how many like changes on they are folded.
const FOLDED_FROM: usize = 4;

/// What fits a screen, in lines.
const SCREEN: usize = 60;

/// What somebody still reads from its beginning to its end, in lines.
const READABLE: usize = 300;

/// Up to how many names may take the place of a pattern.
const NAMED: usize = 6;

/// How many exceptions of a pattern are named.
pub(super) const EXCEPTIONS: usize = 3;

/// How much is folded, from nothing to everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// Every change stands by itself.
    Nothing,
    /// Grants of the same role to the same subject are one line.
    Grants,
    /// Whatever happens in the same way is one line.
    Alike,
    /// What is of one kind and changes in the same fields is one line, whatever their values; but grants to different
    /// subjects are not.
    Subjects,
    /// What is of one kind and changes in the same fields is one line, grants of one role to whomever too.
    Kinds,
    /// The same, for all organizations at once.
    Organizations,
}

/// The changes of one organization, or of several where they are folded over organizations.
pub(crate) struct Section<'a> {
    /// The organizations, in order.
    pub(crate) namespaces: Vec<&'a str>,
    /// What happens in them.
    pub(crate) groups: Vec<Group<'a>>,
}

/// One line of a report: a change by itself, or several like ones.
pub(crate) struct Group<'a> {
    /// The changes, in the plan's order; never none.
    pub(crate) changes: Vec<&'a Change>,
    /// What they are called together: empty for a change by itself.
    pub(crate) title: String,
}

/// What the values of a field have in common in a group.
pub(crate) enum Shared<'a> {
    /// All of them.
    Same(&'a FieldChange),
    /// Nothing: so many different ones.
    Different(&'static str, usize),
}

/// Folds as little as makes a text that can be read: within a screen, or at least from its beginning to its end, and
/// otherwise as much as there is to fold.
pub(crate) fn readable<'a>(changes: &'a [Change], declared: &[Declared]) -> Vec<Section<'a>> {
    for (depth, limit) in [
        (Depth::Grants, READABLE),
        (Depth::Alike, READABLE),
        (Depth::Subjects, SCREEN),
        (Depth::Kinds, SCREEN),
    ] {
        let sections = fold(changes, depth, declared);
        if height(&sections) <= limit {
            return sections;
        }
    }
    fold(changes, Depth::Organizations, declared)
}

/// Folds to this depth; sections and lines in the order of the plan. Exceptions of patterns are found among other changes
/// and what is declared.
pub(crate) fn fold<'a>(
    changes: impl IntoIterator<Item = &'a Change>,
    depth: Depth,
    declared: &[Declared],
) -> Vec<Section<'a>> {
    let mut sections: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let namespace = match depth {
            Depth::Organizations => "",
            _ => change.address.namespace(),
        };
        sections.entry(namespace).or_default().push(change);
    }
    sections
        .into_values()
        .map(|changes| section(changes, depth, declared))
        .collect()
}

fn section<'a>(changes: Vec<&'a Change>, depth: Depth, declared: &[Declared]) -> Section<'a> {
    let mut namespaces: Vec<&str> = changes.iter().map(|change| change.address.namespace()).collect();
    // Most stand together already: so few are left to sort.
    namespaces.dedup();
    namespaces.sort_unstable();
    namespaces.dedup();
    let groups = groups(changes, depth, declared);
    Section { namespaces, groups }
}

fn groups<'a>(changes: Vec<&'a Change>, depth: Depth, declared: &[Declared]) -> Vec<Group<'a>> {
    let keys: Vec<Option<like::Key>> = changes.iter().map(|change| like::key(change, depth)).collect();
    let mut alike: HashMap<&like::Key, Vec<&Change>> = HashMap::default();
    for (change, key) in changes.iter().zip(&keys) {
        if let Some(key) = key {
            alike.entry(key).or_default().push(change);
        }
    }
    let mut groups = Vec::new();
    for (change, key) in changes.iter().zip(&keys) {
        let together = key.as_ref().and_then(|key| alike.get_mut(key));
        match together {
            Some(together) if together.len() >= FOLDED_FROM => {
                let together = std::mem::take(together);
                let title = title(&together, &changes, depth, declared);
                groups.push(Group {
                    changes: together,
                    title,
                });
            }
            Some(together) if together.is_empty() => {}
            _ => groups.push(Group {
                changes: vec![change],
                title: String::new(),
            }),
        }
    }
    groups
}

/// What like changes are called together: how many, by which pattern, and what of it is an exception.
fn title(together: &[&Change], all: &[&Change], depth: Depth, declared: &[Declared]) -> String {
    let grant = together.first().and_then(|change| like::grant(change));
    let grant = grant.filter(|_| depth <= Depth::Subjects);
    // Of grants to one subject the repositories tell them apart.
    let short = |address: &'_ Address| match grant {
        Some(_) => permission::parts(address).0.to_owned(),
        None => address.identity.to_string(),
    };
    let names: Vec<String> = together.iter().map(|change| short(&change.address)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let kind = together.first().map_or("", |change| change.address.kind);
    let exceptions: Vec<String> = exceptions(together, all, declared).into_iter().map(short).collect();
    let is_vague = exceptions.len() > EXCEPTIONS;
    let pattern = Names::of(&names);
    let what = match &grant {
        // A pattern that means others more often than not says less than the names.
        Some(grant) if is_vague && names.len() <= NAMED => return format!("{grant} on {}", names.join(", ")),
        Some(grant) => format!(
            "{grant} on {} matching {}",
            counted(names.len(), "repository"),
            pattern.pattern()
        ),
        None => format!("{} × {kind}[{}]", names.len(), pattern.pattern()),
    };
    let besides = match pattern.besides.as_slice() {
        [] => String::new(),
        besides => format!(", and {}", besides.join(", ")),
    };
    format!("{what}{besides}{}", but_not(&exceptions))
}

/// What a pattern would mean as well, behind it: by name as long as that are few.
pub(super) fn but_not<S: Borrow<str>>(exceptions: &[S]) -> String {
    match exceptions.len() {
        0 => String::new(),
        1..=EXCEPTIONS => format!(", but not {}", exceptions.join(", ")),
        _ => ", but not all that match".to_owned(),
    }
}

/// What the pattern would mean as well: what another line tells of, and what stays as it is. One more than are named at
/// most.
fn exceptions<'a>(together: &[&Change], all: &[&'a Change], declared: &'a [Declared]) -> BTreeSet<&'a Address> {
    let identities: Vec<&str> = together.iter().map(|change| change.address.identity.as_str()).collect();
    let names = Names::of(&identities);
    let members: HashSet<&Address> = together.iter().map(|change| &change.address).collect();
    let kind = together.first().map(|change| change.address.kind);
    let others = all.iter().map(|change| &change.address);
    let others = others.chain(declared.iter().map(|wish| &wish.address));
    let mut exceptions = BTreeSet::new();
    for address in others {
        if Some(address.kind) == kind && names.matches(&address.identity) && !members.contains(address) {
            exceptions.insert(address);
        }
        if exceptions.len() > EXCEPTIONS {
            break;
        }
    }
    exceptions
}

impl<'a> Section<'a> {
    /// What it is called: an organization, or how many by which pattern.
    pub(crate) fn title(&self) -> String {
        match self.namespaces.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            several => {
                let names = Names::of(several);
                let besides = names.besides.iter().map(|name| format!(", {name}")).collect::<String>();
                format!(
                    "{} matching {}{besides}",
                    counted(several.len(), "organization"),
                    names.pattern()
                )
            }
        }
    }

    /// All changes of it.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &'a Change> {
        self.groups.iter().flat_map(|group| group.changes.iter().copied())
    }
}

impl<'a> Group<'a> {
    /// The change, where it stands by itself.
    pub(crate) fn only(&self) -> Option<&'a Change> {
        match self.changes.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The reason that all of them have, but for the names in it.
    pub(crate) fn reason(&self) -> Option<String> {
        let mut reasons = self.changes.iter().map(|change| change.reason.as_deref());
        let first = reasons.next()??;
        if reasons.clone().all(|reason| reason == Some(first)) {
            return Some(first.to_owned());
        }
        let first = like::without_names(first);
        reasons
            .all(|reason| reason.map(like::without_names).as_deref() == Some(first.as_str()))
            .then_some(first)
    }

    /// The fields that any of them changes, in order; nothing for grants, of which the title says it all.
    pub(crate) fn fields(&self) -> Vec<Shared<'a>> {
        let mut fields: Vec<(&'static str, Vec<&'a FieldChange>)> = Vec::new();
        for field in self.changes.iter().flat_map(|change| &change.fields) {
            match fields.iter_mut().find(|(name, _)| *name == field.name) {
                Some((_, found)) => found.push(field),
                None => fields.push((field.name, vec![field])),
            }
        }
        let shared = |(name, found): (&'static str, Vec<&'a FieldChange>)| {
            let distinct: BTreeSet<String> = found.iter().map(|field| like::told(field)).collect();
            match (found.first(), distinct.len()) {
                (Some(first), 1) => Shared::Same(first),
                (_, number) => Shared::Different(name, number),
            }
        };
        fields.into_iter().map(shared).collect()
    }

    /// Whether the title says what becomes of the fields.
    pub(crate) fn is_told_by_its_title(&self) -> bool {
        self.title.contains(" on ") && self.changes.iter().all(|change| like::grant(change).is_some())
    }
}

/// How many lines a text of these sections has.
pub(crate) fn height(sections: &[Section<'_>]) -> usize {
    let groups = sections.iter().flat_map(|section| &section.groups);
    let lines = groups.map(|group| match group.only() {
        Some(change) => lines_of_change(change),
        None if group.is_told_by_its_title() => 1,
        None => 1 + group.fields().len(),
    });
    lines.sum::<usize>() + 2 * sections.len()
}

fn lines_of_change(change: &Change) -> usize {
    let fields = change.fields.iter().filter(|_| change.action != Action::Delete);
    let besides = [
        change.reason.is_some(),
        change.reversibility.lost().is_some(),
        !change.takes_along.is_empty(),
    ];
    1 + fields.map(lines_of).sum::<usize>() + besides.into_iter().filter(|holds| *holds).count()
}

fn lines_of(field: &FieldChange) -> usize {
    let lines = |value: &Option<crate::model::Value>| {
        let text = value.as_ref().and_then(crate::model::Value::as_text);
        text.map_or(0, |text| text.trim_end().lines().count())
    };
    lines(&field.before).max(lines(&field.after)).max(1)
}
