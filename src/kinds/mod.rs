//! One file per resource kind, and the contract between a kind and the engine.

pub mod abilities;
pub mod application;
pub mod auto_prune;
pub mod default_permission;
pub mod exclusive;
pub mod federation;
pub mod immutability;
pub mod invite;
pub mod kept;
pub mod label;
pub mod member;
pub mod message;
pub mod mirror;
pub mod notification;
pub mod organization;
pub mod organization_member;
pub mod organization_mirror;
pub mod organization_notification;
pub mod permission;
pub mod policy;
pub mod proxy_cache;
pub mod quota;
pub mod quota_limit;
pub mod registry;
pub mod repository;
pub mod repository_state;
pub mod repository_trust;
pub mod robot;
pub mod service_key;
pub mod shapes;
pub mod sight;
pub mod tag;
pub mod targets;
pub mod team;
pub mod team_sync;
pub mod trigger;
pub mod user;
pub mod user_quota;
pub mod user_quota_limit;
pub mod wishes;

use std::collections::BTreeSet;

use crate::model::address::matches_glob;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Desired, Effect, ExactList, Exported, Field, Fields, Interest,
    Object, Pattern, Query, Reversibility, World,
};

/// What tells objects of a kind from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// A name chosen by people: the address alone says which object is meant.
    Path,
    /// The content: equal items may exist several times and are matched as multisets, equal in all fields first,
    /// then by address.
    Content,
}

/// What becomes of an object that nobody declares where the list is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// It goes.
    Nothing,
    /// It stays, since it belongs to something else that is there.
    Quietly,
    /// It stays, and the plan says why.
    Because(String),
}

/// Everything the engine knows about a resource kind.
///
/// All methods are pure: reading, planning, verifying, estimating and explaining use the same two functions,
/// [`Kind::queries`] and [`Kind::live`], so that no kind is ever read in two ways.
pub trait Kind: Sync {
    /// The name in addresses, such as `default_permission`.
    fn name(&self) -> &'static str;

    /// How objects are told apart.
    fn identity(&self) -> Identity {
        Identity::Path
    }

    /// The fields, and how a difference in each is dealt with.
    fn fields(&self) -> &'static [Field];

    /// The collection that an object stands in.
    fn collection(&self, address: &Address) -> Collection {
        Collection::new(self.name(), &*address.identity)
    }

    /// The repository that the object with this identity, or the collection with this prefix, is or belongs to.
    fn repository<'a>(&self, identity: &'a str) -> Option<&'a str> {
        let (name, _) = identity.split_once(':')?;
        Some(name).filter(|name| name.contains('/'))
    }

    /// The requests that the interest still needs, given what is known; asked again until nothing new comes.
    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query>;

    /// Puts what the answers say into the world: objects, complete collections, gaps.
    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World);

    /// Asks for whatever there may be of the kind in a namespace, as far as it is known what stands in it; asked again
    /// until nothing new comes.
    fn explore(&self, namespace: &str, known: &World, answers: &Answers, interest: &mut Interest);

    /// How a live object is written in a manifest: what [`Kind::live`] has read, so that nothing is planned.
    fn export(&self, object: &Object, world: &World) -> Exported;

    /// Where the list of a collection stands in a manifest, if it is owned exactly where it is written.
    fn exact_list(&self, _collection: &Collection, _world: &World) -> Option<ExactList> {
        None
    }

    /// What tells items with one label apart, for kinds that are matched by content.
    fn key(&self, _fields: &Fields) -> String {
        String::new()
    }

    /// Whether an item that is left over may be changed into any other of its label: nothing but its content says which
    /// one is meant.
    fn turns_into_any(&self) -> bool {
        false
    }

    /// Whether a label stands for one object, so that others with the label of a declared one go, whoever owns the rest.
    fn is_one_of_its_label(&self) -> bool {
        false
    }

    /// Whether the change must wait for the births of this run, since it would fire on them.
    fn waits_for_births(&self, _change: &Change) -> bool {
        false
    }

    /// Why a wish cannot be fulfilled by this server, if so: a feature that is off, a right that is missing.
    fn impossible(&self, _change: &Change, _world: &World) -> Option<String> {
        None
    }

    /// Why this server does not take a value in a field, if so: the field is blocked, and the rest of the object goes on.
    fn refuses(&self, _field: &str, _wanted: &crate::model::Value, _world: &World) -> Option<String> {
        None
    }

    /// Why the server will only carry out a change later, if so.
    fn postponed(&self, _change: &Change, _world: &World, _desired: &Desired) -> Option<String> {
        None
    }

    /// What the server is doing with an object, where it would lose parts of a change meanwhile: an apply waits for it.
    fn busy(&self, _object: &Object) -> Option<&'static str> {
        None
    }

    /// Whether an object that nobody declares stays all the same in an exactly owned collection.
    fn keeps(&self, _object: &Object, _world: &World) -> Keep {
        Keep::Nothing
    }

    /// Whether manifests leave an object that they do not name to somebody else, although its collection is exact.
    fn is_managed_elsewhere(&self, _object: &Object, _desired: &Desired) -> bool {
        false
    }

    /// What the change takes away that another apply cannot bring back: data, history, or a credential.
    fn reversibility(&self, _change: &Change) -> Reversibility {
        Reversibility::Reversible
    }

    /// Whether the answer to such a change holds a credential, under `token`.
    fn hands_out_credential(&self, _action: Action) -> bool {
        false
    }

    /// Fields that the server fills at creation where the manifest says nothing.
    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, crate::model::Value)> {
        Vec::new()
    }

    /// Fields that the calls of an update send along although they do not change: they are read again before, so that
    /// nobody else's change of them is written over.
    fn sends_along(&self, _change: &Change) -> &'static [&'static str] {
        &[]
    }

    /// What an update makes of fields that it does not touch, until a later request of the same update sets them again: one
    /// that is cut off in between would leave them so.
    fn unsettles(&self, _change: &Change) -> Fields {
        Fields::new()
    }

    /// The requests that carry out the change. `world` is the registry before it.
    fn calls(&self, change: &Change, world: &World) -> Vec<Call>;

    /// What the server does besides. `world` is the registry before it, without the object's own change.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect>;

    /// Why the server may take a change of a field and make nothing of it, whatever is sent, with the way out: only that it
    /// reads as before, after a change that was done, shows it.
    fn stuck(&self, _field: &str) -> Option<&'static str> {
        None
    }

    /// Whether a difference in a field is one that the server makes by itself. `wanted` is all that is wanted of the object.
    fn moved_by_server(&self, _field: &str, _wanted: &Fields, _live: &Object) -> bool {
        false
    }
}

/// Every kind, in the order in which plans look at them: what others refer to comes first.
pub const ALL: &[&dyn Kind] = &[
    &message::Message,
    &service_key::ServiceKey,
    &user::User,
    &user_quota::UserQuota,
    &user_quota_limit::UserQuotaLimit,
    &organization::Organization,
    &quota::Quota,
    &quota_limit::QuotaLimit,
    &team::Team,
    &team_sync::TeamSync,
    &robot::Robot,
    &federation::Federation,
    &application::Application,
    &organization_mirror::OrganizationMirror,
    &proxy_cache::ProxyCache,
    &organization_member::OrganizationMember,
    &member::Member,
    &invite::Invite,
    &default_permission::DefaultPermission,
    &organization_notification::OrganizationNotification,
    &repository::Repository,
    &repository_state::RepositoryState,
    &repository_trust::RepositoryTrust,
    &mirror::Mirror,
    &permission::Permission,
    &notification::Notification,
    &tag::Tag,
    &label::Label,
    &trigger::Trigger,
    &auto_prune::AutoPrune,
    &immutability::Immutability,
];

/// The kind with this name.
pub fn find(name: &str) -> Option<&'static dyn Kind> {
    ALL.iter().copied().find(|kind| kind.name() == name)
}

/// Reads an address such as `team[acme/developers]`; `None` where it is none, or of a kind that does not exist.
pub fn address(text: &str) -> Option<Address> {
    let (kind, rest) = text.split_once('[')?;
    let identity = rest.strip_suffix(']').filter(|identity| !identity.is_empty())?;
    Some(Address::new(find(kind)?.name(), identity))
}

/// The fields of the kinds that a pattern means.
pub fn fields_meant(pattern: &Pattern) -> BTreeSet<&'static str> {
    let meant = ALL.iter().filter(|kind| matches_glob(pattern.kind(), kind.name()));
    meant.flat_map(|kind| kind.fields()).map(|field| field.name).collect()
}

/// The names of all kinds.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|kind| kind.name()).collect()
}

/// The collection that an object stands in; an unknown kind stands alone.
pub fn collection(address: &Address) -> Collection {
    match find(address.kind) {
        Some(kind) => kind.collection(address),
        None => Collection::new(address.kind, &*address.identity),
    }
}

/// The requests for an object that the server cannot change: it is deleted and made anew.
fn without_update(action: Action, create: impl FnOnce() -> Call, delete: impl FnOnce() -> Call) -> Vec<Call> {
    match action {
        Action::Create => vec![create()],
        Action::Replace => vec![delete(), create()],
        Action::Delete => vec![delete()],
        Action::Update | Action::Blocked | Action::Deferred => Vec::new(),
    }
}

/// What all kinds together still need to know.
pub fn queries(interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
    ALL.iter()
        .flat_map(|kind| kind.queries(interest, known, answers))
        .collect()
}

/// Puts everything that the answers say into the world.
pub fn live(interest: &Interest, answers: &Answers, world: &mut World) {
    for kind in ALL {
        kind.live(interest, answers, world);
    }
}

/// An address that is free in the world: the label, then `#2`, `#3` and so on for further equal ones.
pub fn numbered(world: &World, kind: &'static str, label: &str) -> Address {
    let taken = |address: &Address| world.get(address).is_some();
    let mut address = Address::new(kind, label);
    let mut number = 1;
    while taken(&address) {
        number += 1;
        address.identity = format!("{label}#{number}").into();
    }
    address
}
