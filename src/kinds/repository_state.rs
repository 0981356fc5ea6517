//! Whether a repository takes pushes. That it is a mirror follows from its mirror.

use super::sight::{self, text};
use super::wishes::Wishes;
use super::{Kind, mirror, repository};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::model::{
    Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Located, Object,
    OnUnknown, Query, Value, World, Written,
};

choice! {
    /// Whether a repository takes pushes.
    pub enum State {
        /// Whoever may push does.
        Normal = "normal",
        /// Nobody can push, and nobody can change its tags, labels and build triggers.
        ReadOnly = "read_only",
    }
}

/// The kind's name.
pub const NAME: &str = "repository_state";

/// Whether a repository takes pushes: every repository has a state.
pub struct RepositoryState;

/// The address of a repository's state.
pub fn address(repository: &str) -> Address {
    Address::new(NAME, repository)
}

/// The state of a new repository.
pub fn of_new(repository: &str) -> Object {
    Object::new(address(repository), Fields::from([(STATE, Value::text("normal"))]))
}

const STATE: &str = "state";

const FIELDS: &[Field] = &[Field::updated(STATE)];

/// Which state a document wants its repository to have.
pub fn desired(repository: &str, state: &Located<State>, wishes: &mut Wishes<'_>) {
    let fields = Fields::from([(STATE, state.value.as_str().into())]);
    let needs = vec![repository::address(repository)];
    wishes.want(address(repository), fields, needs, state.place);
}

impl Kind for RepositoryState {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn repository<'a>(&self, identity: &'a str) -> Option<&'a str> {
        Some(identity)
    }

    /// The list of repositories tells it.
    fn queries(&self, _interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        Vec::new()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let list = repository::list(answers, organization);
            for view in answers.list(&list, "repositories") {
                let address = address(&format!("{organization}/{}", text(view, "name")));
                if interest.addresses.contains(&address) {
                    let state = text(view, "state").to_lowercase();
                    world.put(Object::new(address, Fields::from([(STATE, Value::text(&state))])));
                }
            }
            for name in interest.prefixes(NAME, organization) {
                let collection = Collection::new(NAME, name);
                sight::settle(world, answers, collection, std::slice::from_ref(&list));
            }
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_unusual = |name: &&str| {
            let repository = known.get(&repository::address(name));
            repository.is_some_and(|repository| repository.text("state") == "READ_ONLY")
        };
        for name in repository::explored(known, namespace).filter(is_unusual) {
            interest.collections.insert(Collection::new(NAME, name));
            interest.addresses.insert(address(name));
        }
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let document = Document::Repository(object.address.identity.to_string());
        Exported::at(document, &[STATE], Written::text(object.text(STATE)))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has("REPO_MIRROR") {
            return Some("FEATURE_REPO_MIRROR is off on this server, which changes no states without it".to_owned());
        }
        let is_copied = world
            .get(&change.address)
            .is_some_and(|live| live.text(STATE) == "org_mirror");
        is_copied.then(|| "the organization is a mirror, which alone writes to its repositories".to_owned())
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let state = change.text(STATE).to_uppercase();
        let mut call = repository::path(Method::Put, &change.address.identity, &["changestate"])
            .body([(STATE, Value::text(&state))]);
        call.on_unknown = OnUnknown::Repeat;
        vec![call]
    }

    /// A mirror sleeps in any other state, unless it is to go anyway.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let name = change.address.identity.as_str();
        let moved = world
            .get(&repository::address(name))
            .map(|repository| repository::in_state(repository, &change.text(STATE).to_uppercase()));
        let awake = world
            .get(&mirror::address(name))
            .filter(|mirror| !world.ending.contains(&mirror.address));
        let asleep = awake.map(|mirror| {
            let asleep = Object::new(mirror::dormant(name), mirror.fields.clone());
            [Effect::Remove(mirror.address.clone()), Effect::Put(asleep)]
        });
        let moved = moved.map(Effect::Put);
        moved.into_iter().chain(asleep.into_iter().flatten()).collect()
    }
}
