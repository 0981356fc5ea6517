//! From what a document says to what is live, with as little change as a step allows.

use indexmap::IndexMap;

use super::Step;
use crate::manifest::edit::Data;
use crate::model::units::{Bytes, Duration};

/// Where in a document something stands: names only, as far as the list it is in.
pub(super) type Path = Vec<String>;

/// What a document's new text is made by.
pub(super) struct Blend<'a> {
    /// How far it may be changed.
    pub(super) step: Step,
    /// Where something differs.
    pub(super) spots: &'a [Path],
    /// Maps and lists that leave the rest to others.
    pub(super) additive: &'a [Path],
    /// Whether a section of the document is not exported, so that it stays as it is.
    pub(super) is_foreign: &'a dyn Fn(&str) -> bool,
}

type Entries = IndexMap<String, Data>;

impl Blend<'_> {
    /// What the document is to say: `old` is written in it, `inherited` is what that comes to, `new` what is live.
    pub(super) fn document(&self, old: &Data, inherited: &Data, new: &Data) -> Data {
        match (old, inherited, new) {
            (Data::Map(old), Data::Map(inherited), Data::Map(new)) => {
                Data::Map(self.map(&mut Vec::new(), old, inherited, new))
            }
            _ => new.clone(),
        }
    }

    fn map(&self, path: &mut Path, old: &Entries, inherited: &Entries, new: &Entries) -> Entries {
        let mut blended = Entries::new();
        for (key, value) in new {
            path.push(key.clone());
            let value = match old.get(key) {
                Some(own) => Some(self.value(path, own, inherited.get(key), value)),
                None => self.missing(path, inherited.get(key), value),
            };
            path.pop();
            blended.extend(value.map(|value| (key.clone(), value)));
        }
        for (key, value) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
            path.push(key.clone());
            if self.stays(path) {
                blended.insert(key.clone(), value.clone());
            }
            path.pop();
        }
        // What a layer grants and nobody has, a repository must say.
        if path.len() == 2 && path[0] == "permissions" {
            let is_granted = |value: &&Data| !matches!(value, Data::Text(role) | Data::Bare(role) if role == "none");
            for (key, _) in inherited.iter().filter(|(_, value)| is_granted(value)) {
                if !old.contains_key(key) && !new.contains_key(key) {
                    blended.insert(key.clone(), Data::text("none"));
                }
            }
        }
        blended
    }

    fn value(&self, path: &mut Path, old: &Data, inherited: Option<&Data>, new: &Data) -> Data {
        match (old, new) {
            _ if self.step < Step::Export && same(old, new) => old.clone(),
            (Data::Map(own), _) if is_external(own) => old.clone(),
            (Data::Map(own), Data::Map(wanted)) if !is_reference(own) && !is_reference(wanted) => {
                let nothing = Entries::new();
                let inherited = match inherited {
                    Some(Data::Map(inherited)) => inherited,
                    _ => &nothing,
                };
                Data::Map(self.map(path, own, inherited, wanted))
            }
            (Data::List(own), Data::List(wanted)) => Data::List(self.list(path, own, wanted)),
            _ => new.clone(),
        }
    }

    /// What is live and not written here.
    fn missing(&self, path: &mut Path, inherited: Option<&Data>, new: &Data) -> Option<Data> {
        match (inherited, new) {
            (Some(inherited), new) if same(inherited, new) => None,
            (Some(Data::Map(inherited)), Data::Map(wanted)) if !is_reference(wanted) => {
                let own = self.map(path, &Entries::new(), inherited, wanted);
                (!own.is_empty()).then_some(Data::Map(own))
            }
            _ if self.is_left_to_others(path) => None,
            _ => Some(new.clone()),
        }
    }

    fn list(&self, path: &Path, old: &[Data], new: &[Data]) -> Vec<Data> {
        let concerns = |spot: &Path| spot.starts_with(path) || path.starts_with(spot);
        if self.step == Step::Differences && !self.spots.iter().any(concerns) {
            return old.to_vec();
        }
        // Where order matters, only the last step says so.
        if self.step == Step::Export {
            return new.to_vec();
        }
        let adds = !self.additive.contains(path);
        let mut open: Vec<Option<&Data>> = new.iter().map(Some).collect();
        // Which of the new items each stands for.
        let mut blended: Vec<(usize, Data)> = Vec::new();
        for item in old {
            let is_it = |candidate: &Option<&Data>| candidate.is_some_and(|new| same(item, new));
            if let Some(index) = open.iter().position(is_it) {
                open[index] = None;
                blended.push((index, item.clone()));
            }
        }
        for (index, item) in open.into_iter().enumerate().filter(|_| adds) {
            let Some(item) = item else { continue };
            let before = blended.iter().rposition(|(other, _)| *other < index);
            blended.insert(before.map_or(0, |before| before + 1), (index, item.clone()));
        }
        blended.into_iter().map(|(_, item)| item).collect()
    }

    /// Whether something stays that the export does not say.
    fn stays(&self, path: &Path) -> bool {
        let key = path.last().map_or("", String::as_str);
        let is_about_text = key == "registries" || key == "<<" || key == "previously" || key.starts_with("x-");
        if path.len() == 1 && (is_about_text || key == "manage" || (self.is_foreign)(key)) {
            return true;
        }
        if path.first().is_some_and(|first| first == "manage") {
            return true;
        }
        // A tombstone of what is there.
        if key == "absent" {
            return false;
        }
        self.step == Step::Differences && !self.spots.iter().any(|spot| spot.starts_with(path))
    }

    fn is_left_to_others(&self, path: &Path) -> bool {
        self.additive.iter().any(|additive| path.starts_with(additive))
    }
}

/// Whether something live has a place that a document does not say anything of.
pub(super) fn lacks(path: &mut Path, inherited: &Data, new: &Data, additive: &[Path]) -> bool {
    let (Data::Map(inherited), Data::Map(new)) = (inherited, new) else {
        return false;
    };
    if additive.contains(path) || is_reference(new) || is_external(inherited) {
        return false;
    }
    new.iter().any(|(key, value)| {
        path.push(key.clone());
        let lacks = match inherited.get(key) {
            _ if key == "manage" && path.len() == 1 => false,
            Some(inherited) => lacks(path, inherited, value, additive),
            None => !additive.contains(path),
        };
        path.pop();
        lacks
    })
}

/// Whether two values are the same in other words: `14d` and `2w`, a list in another order, another name for a secret.
pub(super) fn same(one: &Data, other: &Data) -> bool {
    match (one, other) {
        (Data::Text(one) | Data::Bare(one), Data::Text(other) | Data::Bare(other)) => {
            one == other || is_same_amount(one, other)
        }
        (Data::List(one), Data::List(other)) => {
            let mut open: Vec<&Data> = other.iter().collect();
            let mut found = |item: &Data| {
                let index = open.iter().position(|candidate| same(item, candidate));
                index.map(|index| open.remove(index)).is_some()
            };
            one.len() == other.len() && one.iter().all(&mut found)
        }
        (Data::Map(one), Data::Map(other)) => {
            let is_entry = |(key, value): (&String, &Data)| other.get(key).is_some_and(|other| same(value, other));
            (is_reference(one) && is_reference(other)) || (one.len() == other.len() && one.iter().all(is_entry))
        }
        _ => false,
    }
}

fn is_same_amount(one: &str, other: &str) -> bool {
    let durations = Duration::parse(one).ok().zip(Duration::parse(other).ok());
    let amounts = Bytes::parse(one).ok().zip(Bytes::parse(other).ok());
    durations.is_some_and(|(one, other)| one == other) || amounts.is_some_and(|(one, other)| one == other)
}

/// Whether a map says where a secret comes from.
fn is_reference(entries: &Entries) -> bool {
    let keys = ["env", "file", "command"];
    entries.len() == 1 && entries.keys().all(|key| keys.contains(&key.as_str()))
}

/// Whether somebody else manages what a map describes.
fn is_external(entries: &Entries) -> bool {
    entries.contains_key("external")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Data {
        Data::List(items.iter().map(|item| Data::text(*item)).collect())
    }

    fn blended(step: Step, spots: &[Path], old: &Data, inherited: &Data, new: &Data) -> Data {
        let blend = Blend {
            step,
            spots,
            additive: &[],
            is_foreign: &|key| key == "tags",
        };
        blend.document(old, inherited, new)
    }

    #[test]
    fn what_is_the_same_in_other_words_stays() {
        let old = Data::map([("limit", Data::text("14d")), ("members", list(&["bob", "alice"]))]);
        let new = Data::map([("limit", Data::text("2w")), ("members", list(&["alice", "bob"]))]);
        assert!(blended(Step::Everything, &[], &old, &old, &new) == old);
        assert!(blended(Step::Export, &[], &old, &old, &new) != old);
    }

    #[test]
    fn items_go_and_come_where_they_belong() {
        let old = Data::map([("members", list(&["carol", "alice", "gone"]))]);
        let new = Data::map([("members", list(&["alice", "bob", "carol", "dave"]))]);
        let spots = [vec!["members".to_owned()]];
        let wanted = Data::map([("members", list(&["carol", "alice", "bob", "dave"]))]);
        assert!(blended(Step::Differences, &spots, &old, &old, &new) == wanted);
        assert!(blended(Step::Differences, &[], &old, &old, &new) == old);
    }

    #[test]
    fn what_is_inherited_is_not_written_again_and_what_is_not_granted_is_said() {
        let grants = |grants: &[(&str, &str)]| {
            let map = Data::map(grants.iter().map(|(name, role)| (*name, Data::text(*role))));
            Data::map([("permissions", Data::map([("teams", map)]))])
        };
        let inherited = grants(&[("developers", "write"), ("testers", "read")]);
        let new = grants(&[("developers", "write"), ("operators", "admin")]);
        let wanted = grants(&[("operators", "admin"), ("testers", "none")]);
        assert!(blended(Step::Differences, &[], &Data::map([]), &inherited, &new) == wanted);
    }

    #[test]
    fn other_sections_and_what_is_about_the_text_stay() {
        let old = Data::map([
            ("tags", Data::map([])),
            ("x-shared", Data::text("a")),
            ("description", Data::text("default")),
        ]);
        let kept = Data::map([("tags", Data::map([])), ("x-shared", Data::text("a"))]);
        assert!(blended(Step::Differences, &[], &old, &old, &Data::map([])) == old);
        assert!(blended(Step::Everything, &[], &old, &old, &Data::map([])) == kept);
    }
}
