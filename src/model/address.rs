//! Names of objects: `team[acme/developers]`, and of the collections they stand in.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::name::Name;

/// The name of one object; it holds no secret and no server id.
#[derive(Debug, Clone, Eq)]
pub struct Address {
    /// The resource kind, such as `team`.
    pub kind: &'static str,
    /// What tells it from others of its kind, such as `acme/developers`.
    pub identity: Name,
}

impl Address {
    /// Puts an address together.
    pub fn new(kind: &'static str, identity: impl Into<Name>) -> Self {
        Address {
            kind,
            identity: identity.into(),
        }
    }

    /// The organization or account it belongs to: the identity up to the first `/`, `:` or `+`.
    pub fn namespace(&self) -> &str {
        namespace(&self.identity)
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.identity == other.identity
    }
}

impl Ord for Address {
    /// By kind, then by identity. Names of kinds are mostly one and the same text, of which nothing needs to be compared.
    fn cmp(&self, other: &Self) -> Ordering {
        let kinds = match std::ptr::eq(self.kind, other.kind) {
            true => Ordering::Equal,
            false => self.kind.cmp(other.kind),
        };
        kinds.then_with(|| self.identity.cmp(&other.identity))
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Address {
    /// The identity alone tells nearly all addresses apart.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

/// Asked of every object time and again, and so by bytes: the three characters are one byte each.
fn namespace(name: &str) -> &str {
    let end = name.bytes().position(|byte| matches!(byte, b'/' | b':' | b'+'));
    end.map_or(name, |end| &name[..end])
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}[{}]", self.kind, self.identity)
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// All objects of one kind below one parent: those whose identity starts with `prefix`.
///
/// An object that exists at most once (quota, mirror) has a collection of its own, whose prefix is its identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Collection {
    /// The resource kind of its objects.
    pub kind: &'static str,
    /// How their identities start, such as `acme/developers/` for the members of a team.
    pub prefix: String,
}

impl Collection {
    /// Puts a collection together.
    pub fn new(kind: &'static str, prefix: impl Into<String>) -> Self {
        Collection {
            kind,
            prefix: prefix.into(),
        }
    }

    /// Whether the object would stand in this collection.
    pub fn holds(&self, address: &Address) -> bool {
        address.kind == self.kind && address.identity.starts_with(&self.prefix)
    }

    /// The organization or account it belongs to.
    pub fn namespace(&self) -> &str {
        namespace(&self.prefix)
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}[{}*]", self.kind, self.prefix)
    }
}

/// An address with `*` for any characters (also `/`), or a bare kind for all of its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// Reads a pattern: `robot[acme+old]`, `repository[acme/prod-*]` or `robot`. Errors say what is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let well_formed = match text.split_once('[') {
            Some((kind, rest)) => !kind.is_empty() && rest.len() > 1 && rest.ends_with(']'),
            None => {
                !text.is_empty()
                    && text
                        .chars()
                        .all(|letter| letter.is_ascii_lowercase() || "_*".contains(letter))
            }
        };
        if well_formed {
            Ok(Pattern { text: text.to_owned() })
        } else {
            Err(format!(
                "`{text}` is not an address; write KIND[NAME], for example robot[acme+ci] or repository[acme/*]"
            ))
        }
    }

    /// The kind that is meant, in which `*` stands for any characters.
    pub fn kind(&self) -> &str {
        self.text.split('[').next().unwrap_or(&self.text)
    }

    /// Whether it means objects of several kinds.
    pub fn spans_kinds(&self) -> bool {
        self.kind().contains('*')
    }

    /// Whether it means every object there is.
    pub fn means_everything(&self) -> bool {
        let is_star = |text: &str| !text.is_empty() && text.chars().all(|letter| letter == '*');
        match self.text.split_once('[') {
            Some((kind, identity)) => is_star(kind) && is_star(identity.trim_end_matches(']')),
            None => is_star(&self.text),
        }
    }

    /// Whether it means one object and no other.
    pub fn is_exact(&self) -> bool {
        self.text.contains('[') && !self.text.contains('*')
    }

    /// Whether an object could stand in the collection that is meant.
    pub fn may_mean_one_of(&self, collection: &Collection) -> bool {
        match self.text.split_once('[') {
            Some((kind, identity)) => {
                matches_glob(kind, collection.kind) && globs_meet(identity, &format!("{}*]", collection.prefix))
            }
            None => matches_glob(&self.text, collection.kind),
        }
    }

    /// Whether the address is meant.
    pub fn matches(&self, address: &Address) -> bool {
        match self.text.split_once('[') {
            Some(_) => matches_glob(&self.text, &address.to_string()),
            None => matches_glob(&self.text, address.kind),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Whether `text` is what `glob` describes, where `*` stands for any characters.
pub fn matches_glob(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether there is a text that both describe, where `*` stands for any characters.
fn globs_meet(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // Whether the ends of both, from these positions on, meet; filled from the back.
    let mut meet = vec![vec![false; other.len() + 1]; one.len() + 1];
    for first in (0..=one.len()).rev() {
        for second in (0..=other.len()).rev() {
            let (left, right) = (one.get(first), other.get(second));
            let is_star = |letter: Option<&u8>| letter == Some(&b'*');
            meet[first][second] = match (left, right) {
                (None, None) => true,
                _ if is_star(left) => meet[first + 1][second] || (right.is_some() && meet[first][second + 1]),
                _ if is_star(right) => meet[first][second + 1] || (left.is_some() && meet[first + 1][second]),
                _ => left == right && meet[first + 1][second + 1],
            };
        }
    }
    meet[0][0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_in_the_order_of_their_kinds_whichever_text_names_these() {
        let kind: &'static str = String::from("team").leak();
        let (one, same) = (Address::new("team", "acme/b"), Address::new(kind, "acme/b"));
        assert_eq!((one.cmp(&same), &one), (Ordering::Equal, &same));
        assert_eq!(std::collections::HashSet::from([one.clone(), same]).len(), 1);
        let mut all = [one, Address::new(kind, "acme/a"), Address::new("robot", "acme+z")];
        all.sort();
        let shown = all.map(|address| address.to_string());
        assert_eq!(shown, ["robot[acme+z]", "team[acme/a]", "team[acme/b]"]);
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        let address = Address::new("repository", "acme/prod-a/b");
        for (pattern, meant) in [
            ("repository[acme/prod-*]", true),
            ("repository[acme/*/b]", true),
            ("repository[acme/prod-a]", false),
            ("repository", true),
            ("*", true),
            ("robot", false),
            ("*[acme/*]", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(&address), meant, "{pattern}");
        }
        for wrong in ["", "robot[", "robot[]", "[acme]", "acme/api"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pattern_may_mean_what_nobody_has_declared() {
        let members = Collection::new("member", "acme/developers/");
        for (pattern, may) in [
            ("member[acme/developers/mallory]", true),
            ("member[acme/*/mallory]", true),
            ("*[*]", true),
            ("member", true),
            ("member[acme/operators/*]", false),
            ("team[acme/developers]", false),
            ("*[acme/api*]", false),
        ] {
            let meant = Pattern::parse(pattern).is_ok_and(|pattern| pattern.may_mean_one_of(&members));
            assert_eq!(meant, may, "{pattern}");
        }
    }
}
