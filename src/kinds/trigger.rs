//! Build triggers: what starts builds of a repository when its source changes. The API cannot make them.

use std::collections::BTreeMap;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Kind, repository, shapes, targets};
use crate::http::Method;
use crate::manifest::decode::Entry;
use crate::manifest::record::record;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Object,
    OnUnknown, Query, Reversibility, World, Written,
};

record! {
    /// A build trigger, which the registry makes through its web page only; named by its source or by its id.
    pub struct TriggerSpec {
        /// Whether it starts builds.
        enabled: bool,
        /// Deletes the trigger; stands alone.
        absent: bool,
    }
    marks: [absent];
}

/// The kind's name.
pub const NAME: &str = "trigger";

/// What starts builds of a repository.
pub struct Trigger;

/// All build triggers of a repository.
pub fn of_repository(repository: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:"))
}

fn address(repository: &str, name: &str) -> Address {
    Address::new(NAME, format!("{repository}:{name}"))
}

const FIELDS: &[Field] = &[Field::updated("enabled")];

/// What a document wants of one trigger.
pub fn desired(repository: &str, name: &str, entry: &Entry<TriggerSpec>, wishes: &mut Wishes<'_>) {
    let address = address(repository, name);
    if entry.value.absent.is_some() {
        return wishes.forbid(address, entry.name);
    }
    let mut fields = Fields::new();
    set(&mut fields, "enabled", &entry.value.enabled, |switch| (*switch).into());
    wishes.want(address, fields, vec![repository::address(repository)], entry.name);
}

/// The name of a trigger: its id where a manifest or an equal source calls for it, else its source.
fn name<'a>(
    view: &'a serde_json::Value,
    all: &'a [serde_json::Value],
    interest: &Interest,
    repository: &str,
) -> &'a str {
    let (id, source) = (text(view, "id"), text(view, "build_source"));
    let of_source = all.iter().filter(|other| text(other, "build_source") == source);
    let is_meant = interest.addresses.contains(&address(repository, id));
    if is_meant || source.is_empty() || of_source.count() > 1 {
        id
    } else {
        source
    }
}

impl Kind for Trigger {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        of_repository(address.identity.split(':').next().unwrap_or_default())
    }

    /// One GET per repository that declares some: no list goes over several repositories.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let wanted = repository::wanted(NAME, interest, answers).into_iter();
        let ask = |(name, collection): (String, Collection)| {
            let reason = "the build triggers of a repository";
            targets::ask(targets::triggers(&name), &shapes::TRIGGERS, reason, vec![collection])
        };
        wanted.map(ask).collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for prefix in interest.prefixes(NAME, organization) {
                let repository = prefix.trim_end_matches(':');
                let target = targets::triggers(repository);
                let all = answers.list(&target, "triggers");
                for view in all {
                    let switch = |key: &str| view.get(key) == Some(&serde_json::Value::Bool(true));
                    let fields = Fields::from([
                        ("enabled", switch("enabled").into()),
                        ("active", switch("is_active").into()),
                    ]);
                    let mut object = Object::new(address(repository, name(view, all, interest, repository)), fields);
                    object.handle = Some(text(view, "id").to_owned());
                    world.put(object);
                }
                let proof = if live.contains(repository) {
                    target
                } else {
                    repository::list(answers, organization)
                };
                sight::settle(world, answers, Collection::new(NAME, prefix), &[proof]);
            }
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        if known.features.has("BUILD_SUPPORT") {
            let repositories = repository::explored(known, namespace);
            interest.collections.extend(repositories.map(of_repository));
        }
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let (repository, name) = object.address.identity.split_once(':').unwrap_or_default();
        let enabled = object.fields.get("enabled").and_then(Written::of);
        let document = Document::Repository(repository.to_owned());
        let exported = Exported::at(document, &["triggers", name], Written::map([("enabled", enabled)]));
        exported.elsewhere("triggers are set up on a registry's web page")
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let repository = change.address.identity.split(':').next().unwrap_or_default();
        let live = world.get(&change.address);
        let is_active = live.and_then(|live| live.fields.get("active")?.as_boolean()) == Some(true);
        match change.action {
            Action::Create => {
                Some("the registry makes build triggers through its web page only: set it up there".to_owned())
            }
            _ if !world.features.has("BUILD_SUPPORT") => Some("FEATURE_BUILD_SUPPORT is off on this server".to_owned()),
            Action::Update if !is_active => {
                Some("it was never activated: finish its set-up on the registry's web page, or delete it".to_owned())
            }
            _ => repository::refusal(repository, world),
        }
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Delete => Reversibility::Irreversible("its set-up, its key and its webhook address"),
            _ => Reversibility::Reversible,
        }
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let repository = change.address.identity.split(':').next().unwrap_or_default();
        let path = |method| repository::path(method, repository, &["trigger"]).handle(&change.address);
        match change.action {
            Action::Update => {
                let enabled = change.wanted.get("enabled").cloned().unwrap_or(true.into());
                let mut put = path(Method::Put).body_map(BTreeMap::from([("enabled".to_owned(), enabled)]));
                put.on_unknown = OnUnknown::Repeat;
                vec![put]
            }
            Action::Delete => vec![path(Method::Delete).already(404, "Not Found")],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
