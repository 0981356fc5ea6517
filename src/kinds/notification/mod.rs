//! Notifications: what a repository tells whom when something happens.

mod desired;
mod export;
mod mail;
mod spec;
mod wire;

use serde_json::Value as Json;

use crate::http::Method;
use crate::kinds::sight::{self, text};
use crate::kinds::{Identity, Kind, numbered, repository, shapes, targets};
use crate::model::{
    Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest, Object,
    Query, Value, Way, World,
};

pub use desired::{desired, wanted_config};
pub use export::{told_team, written_method};
pub use spec::*;
pub use wire::{body, read};

/// The kind's name.
pub const NAME: &str = "notification";

/// A message that the registry sends about a repository.
pub struct Notification;

/// All notifications of a repository.
pub fn of_repository(repository: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:"))
}

/// The levels of a vulnerability, whose number is their place (API guide §3.10).
pub const LEVELS: [&str; 6] = ["critical", "high", "medium", "low", "negligible", "unknown"];

/// Keys of a method's configuration that nobody may see.
const SECRET_KEYS: [&str; 3] = ["url", "notification_token", "flow_api_token"];

/// What of an answer about notifications may be kept between runs: no secret is in it.
pub fn keep(body: &Json, salt: &str) -> Option<Json> {
    wire::keep(body, salt)
}

/// What tells notifications with one label apart.
pub fn key(fields: &Fields) -> String {
    ["title", "event", "method"]
        .map(|name| fields.get(name).map_or(String::new(), Value::to_string))
        .join("\n")
}

/// The address's identity without a number: the title, or event and method where there is none.
pub fn label(owner: &str, fields: &Fields) -> String {
    let of = |name: &str| fields.get(name).and_then(Value::as_text).unwrap_or_default();
    match of("title") {
        "" => format!("{owner}:{}.{}", of("event"), of("method")),
        title => format!("{owner}:{title}"),
    }
}

const FIELDS: &[Field] = &[
    Field {
        name: "title",
        way: Way::Replace,
    },
    Field {
        name: "event",
        way: Way::Replace,
    },
    Field {
        name: "method",
        way: Way::Replace,
    },
    Field {
        name: "config",
        way: Way::Replace,
    },
    Field {
        name: "filter",
        way: Way::Replace,
    },
];

impl Kind for Notification {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn key(&self, fields: &Fields) -> String {
        key(fields)
    }

    fn collection(&self, address: &Address) -> Collection {
        of_repository(address.identity.split(':').next().unwrap_or_default())
    }

    /// One GET per repository that declares some: no list goes over several repositories.
    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = mail::queries(interest, known, answers);
        for organization in interest
            .namespaces()
            .into_iter()
            .filter(|name| interest.wants(NAME, name))
        {
            let live = repository::names(answers, organization);
            let wanted = interest
                .prefixes(NAME, organization)
                .map(|prefix| prefix.trim_end_matches(':'));
            queries.extend(wanted.filter(|name| live.contains(*name)).map(|name| {
                targets::ask(
                    targets::notifications(name),
                    &shapes::NOTIFICATIONS,
                    "the notifications of a repository",
                    vec![of_repository(name)],
                )
            }));
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for prefix in interest.prefixes(NAME, organization) {
                let name = prefix.trim_end_matches(':');
                let target = targets::notifications(name);
                for view in answers.list(&target, "notifications") {
                    let fields = read(view);
                    let mut object = Object::new(numbered(world, NAME, &label(name, &fields)), fields);
                    object.handle = Some(text(view, "uuid").to_owned());
                    world.put(object);
                }
                let proof = if live.contains(name) {
                    target
                } else {
                    repository::list(answers, organization)
                };
                sight::settle(world, answers, Collection::new(NAME, prefix), &[proof]);
            }
        });
        mail::live(interest, answers, world);
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let repositories = repository::explored(known, namespace);
        interest.collections.extend(repositories.map(of_repository));
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        export::export(object, world)
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let document = Document::Repository(collection.prefix.trim_end_matches(':').to_owned());
        let manage = ["manage", "notifications"];
        Some(ExactList::new(
            collection.clone(),
            document,
            &["notifications"],
            &manage,
        ))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        mail::impossible(change, world)
    }

    /// There is no update. The old one goes first, although events between the two calls are missed: after a crash
    /// there, one is missing, which any later apply sees; two would stay wherever the list is additive.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.split(':').next().unwrap_or_default();
        let create = || {
            repository::path(Method::Post, name, &["notification"])
                .slash()
                .body_map(body(change))
        };
        let delete = || {
            repository::path(Method::Delete, name, &["notification"])
                .handle(&change.address)
                .already(400, "No repository notification found")
        };
        super::without_update(change.action, create, delete)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
