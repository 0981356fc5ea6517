//! The client's model of a registry: what is there, who asks, and what the server would do.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{Address, Collection};
use super::answers::Gap;
use super::fields::Fields;
use super::shared::Shared;
use super::value::Value;

/// An object as it is in the registry, or will be.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its name.
    pub address: Address,
    /// Every field that is known, in the normal form that manifests use.
    pub fields: Fields,
    /// The id that the server gave it, where calls need one.
    pub handle: Option<String>,
}

impl Object {
    /// An object without a server id.
    pub fn new(address: Address, fields: Fields) -> Self {
        Object {
            address,
            fields,
            handle: None,
        }
    }

    /// A text field; empty where it is not set.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_text).unwrap_or_default()
    }
}

/// Which `FEATURE_…` flags are on, from `/config` (API guide §1.3).
#[derive(Debug, Clone, Default)]
pub struct Features {
    on: BTreeSet<String>,
    /// Where every other one is on.
    off: Option<BTreeSet<String>>,
    /// The allowed tag expirations in seconds; empty where the server does not say.
    pub tag_expirations: Vec<i64>,
    /// What an older server lacks and no switch tells of, in words; only what was asked for.
    pub lacks: BTreeSet<&'static str>,
    /// How people sign in, such as `Database` or `LDAP`; empty where the server does not say.
    pub authentication: String,
    /// Whether auto-prune rules have tag patterns, and an owner several of them; `None` while nobody needs to know.
    pub prunes_by_pattern: Option<bool>,
    /// Whether it takes full access to set limits of an organization's quota, as on newer servers.
    pub limits_need_full_access: bool,
    /// Whether a new organization needs an e-mail address, as on older servers that send mail.
    pub organizations_need_email: bool,
}

impl Features {
    /// Features that are on, by name without `FEATURE_`.
    pub fn new(on: impl IntoIterator<Item = String>, tag_expirations: Vec<i64>) -> Self {
        Features {
            on: on.into_iter().collect(),
            off: None,
            tag_expirations,
            lacks: BTreeSet::new(),
            authentication: String::new(),
            prunes_by_pattern: None,
            limits_need_full_access: false,
            organizations_need_email: false,
        }
    }

    /// Those of a server that can do whatever is wished of it, but for these.
    pub fn every_but(off: &[&str]) -> Self {
        Features {
            off: Some(off.iter().map(|name| (*name).to_owned()).collect()),
            ..Features::default()
        }
    }

    /// Whether a feature is on; unknown ones are off.
    pub fn has(&self, name: &str) -> bool {
        match &self.off {
            Some(off) => !off.contains(name),
            None => self.on.contains(name),
        }
    }

    /// Whether adding a human who is in no team yet sends an invitation (API guide §3.2).
    pub fn invites(&self) -> bool {
        self.has("MAILING") && self.has("REQUIRE_TEAM_INVITE")
    }
}

/// Whose token is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The user's name; empty while it is not known.
    pub name: String,
    /// Whether the server lists the user as superuser.
    pub superuser: bool,
}

/// What a change does to the registry besides itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The object appears, or changes to this.
    Put(Object),
    /// The object goes.
    Remove(Address),
    /// Everything of a collection goes.
    RemoveAll(Collection),
}

/// A registry as the client believes it to be.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Every object that is known.
    pub objects: Shared<BTreeMap<Address, Object>>,
    /// Collections of which every object is known.
    pub complete: Shared<BTreeSet<Collection>>,
    /// Collections that could not be read, with the reason.
    pub gaps: BTreeMap<Collection, Gap>,
    /// The server's switches.
    pub features: Features,
    /// Whose token is used.
    pub caller: Caller,
    /// Accounts that must never lose their way in: the configured operators and the caller.
    pub operators: BTreeSet<String>,
    /// What is there for now only, since the manifests want it away: it is in nobody's way.
    pub ending: BTreeSet<Address>,
    /// Users whose accounts this token neither shows nor changes, although manifests describe them.
    pub strange_accounts: BTreeSet<String>,
}

impl World {
    /// Whether the collection is known to its last object.
    pub fn is_complete(&self, collection: &Collection) -> bool {
        self.complete.contains(collection) && !self.gaps.contains_key(collection)
    }

    /// The object with this address.
    pub fn get(&self, address: &Address) -> Option<&Object> {
        self.objects.get(address)
    }

    /// Adds or replaces an object.
    pub fn put(&mut self, object: Object) {
        self.objects.insert(object.address.clone(), object);
    }

    /// The objects of a collection, in the order of their addresses.
    pub fn of<'a>(&'a self, collection: &Collection) -> impl Iterator<Item = &'a Object> + use<'a> {
        let collection = collection.clone();
        let first = Address::new(collection.kind, collection.prefix.clone());
        self.objects
            .range(first..)
            .map(|entry| entry.1)
            .take_while(move |object| collection.holds(&object.address))
    }

    /// Carries out effects.
    pub fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Put(object) => self.put(object),
                Effect::Remove(address) => {
                    self.objects.remove(&address);
                }
                Effect::RemoveAll(collection) => {
                    let gone: Vec<Address> = self.of(&collection).map(|object| object.address.clone()).collect();
                    for address in gone {
                        self.objects.remove(&address);
                    }
                }
            }
        }
    }
}
