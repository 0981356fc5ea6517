//! Whether clients are told to take only signed images from a repository.

use serde_json::Value as Json;

use super::sight;
use super::wishes::Wishes;
use super::{Kind, repository, shapes, targets};
use crate::http::Method;
use crate::model::{
    Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Located, Object,
    OnUnknown, Query, Value, World, Written,
};

/// The kind's name.
pub const NAME: &str = "repository_trust";

/// Whether a repository's images are signed: every repository says so.
pub struct RepositoryTrust;

/// The address of a repository's trust.
pub fn address(repository: &str) -> Address {
    Address::new(NAME, repository)
}

/// That of a new repository.
pub fn of_new(repository: &str) -> Object {
    Object::new(address(repository), Fields::from([(TRUST, false.into())]))
}

const TRUST: &str = "trust";

const FIELDS: &[Field] = &[Field::updated(TRUST)];

/// What a document wants of its repository.
pub fn desired(repository: &str, trust: &Located<bool>, wishes: &mut Wishes<'_>) {
    let fields = Fields::from([(TRUST, trust.value.into())]);
    let needs = vec![repository::address(repository)];
    wishes.want(address(repository), fields, needs, trust.place);
}

impl Kind for RepositoryTrust {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn repository<'a>(&self, identity: &'a str) -> Option<&'a str> {
        Some(identity)
    }

    /// One GET per repository that declares it: no list shows it.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let wanted = repository::wanted(NAME, interest, answers).into_iter();
        let ask = |(name, collection): (String, Collection)| {
            let reason = "whether a repository's images are signed";
            targets::ask(
                targets::repository(&name),
                &shapes::REPOSITORY,
                reason,
                vec![collection],
            )
        };
        wanted.map(ask).collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for name in interest.prefixes(NAME, organization) {
                let target = targets::repository(name);
                if let Some(view) = answers.body(&target) {
                    let trust = view.get("trust_enabled") == Some(&Json::Bool(true));
                    world.put(Object::new(address(name), Fields::from([(TRUST, trust.into())])));
                }
                let proof = if live.contains(name) {
                    target
                } else {
                    repository::list(answers, organization)
                };
                sight::settle(world, answers, Collection::new(NAME, name), &[proof]);
            }
        });
    }

    /// Where nothing is signed, nobody needs to know.
    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        if known.features.has("SIGNING") {
            let repositories = repository::explored(known, namespace);
            interest
                .collections
                .extend(repositories.map(|name| Collection::new(NAME, name)));
        }
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let document = Document::Repository(object.address.identity.to_string());
        match object.fields.get(TRUST).and_then(Value::as_boolean) {
            Some(true) => Exported::at(document, &[TRUST], Written::Switch(true)),
            _ => Exported::nothing(),
        }
    }

    /// Where nothing is signed, the server breaks (`repository.json` 77).
    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        let is_off = !world.features.has("SIGNING");
        is_off.then(|| "FEATURE_SIGNING is off on this server, which signs nothing".to_owned())
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let trust = change.wanted.get(TRUST).cloned().unwrap_or(false.into());
        let mut call =
            repository::path(Method::Post, &change.address.identity, &["changetrust"]).body([("trust_enabled", trust)]);
        call.on_unknown = OnUnknown::Repeat;
        vec![call]
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
