//! Mirrors of whole organizations: copies of an organization or project of another registry.

mod desired;
mod export;
mod spec;
mod wire;

use crate::http::Method;
use crate::kinds::sight::{self, text};
use crate::kinds::{Kind, exclusive, mirror, registry, repository, shapes, targets};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Effect, Entries, Exported, Field, Fields, Interest, Object,
    Query, Value, Way, World,
};
use wire::{body, read};

pub use desired::desired;
pub use spec::{ExternalRegistryType, OrganizationMirrorSpec};

/// The kind's name.
pub const NAME: &str = "organization_mirror";

/// What keeps an organization in step with one elsewhere.
pub struct OrganizationMirror;

/// The address of an organization's mirror.
pub fn address(organization: &str) -> Address {
    Address::new(NAME, organization)
}

const FEATURE: &str = "ORG_MIRROR";

/// The state of repositories that an organization's mirror made.
pub const MADE: &str = "ORG_MIRROR";

/// The time in seconds that a copy may take where nothing is written.
const SKOPEO_TIMEOUT: i64 = 300;

const FIXED: &str =
    "the server passes over a change of it; end the mirror with {absent: true}, apply, and write it anew";

const FIELDS: &[Field] = &[
    Field {
        name: "external_registry_type",
        way: Way::Blocked(FIXED),
    },
    Field::updated("external_registry_url"),
    Field::updated("external_namespace"),
    Field::updated("repository_filters"),
    Field::updated("robot"),
    Field::updated("visibility"),
    Field::updated("sync_interval"),
    Field {
        name: "sync_start_date",
        way: Way::Moved(mirror::ADVANCED),
    },
    Field::updated("enabled"),
    Field::updated("username"),
    Field {
        name: "password",
        way: Way::WriteOnly(mirror::NEVER_SHOWN),
    },
    Field::updated("verify_tls"),
    Field::updated("proxy"),
    Field::updated("skopeo_timeout"),
];

impl Kind for OrganizationMirror {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// One GET for each organization whose mirror is declared, or where repositories are to be made although all that
    /// are there may be a mirror's.
    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        if !known.features.has(FEATURE) {
            return Vec::new();
        }
        let matters = |name: &&str| {
            let is_organization = sight::is_whole(answers, name) && !sight::is_own_account(answers, name);
            is_organization && (interest.wants(NAME, name) || decides_births(interest, answers, name))
        };
        let organizations = interest.namespaces().into_iter().filter(matters);
        let ask = |organization| {
            targets::ask(
                targets::organization_mirror(organization),
                &shapes::ORGANIZATION_MIRROR,
                "the mirror of an organization",
                vec![Collection::new(NAME, organization)],
            )
        };
        organizations.map(ask).collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        for organization in interest.namespaces() {
            let target = targets::organization_mirror(organization);
            if let Some(view) = answers.body(&target) {
                world.put(Object::new(address(organization), read(view)));
            }
            if answers.get(&target).is_some() {
                sight::settle(world, answers, Collection::new(NAME, organization), &[target]);
            }
        }
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            if !world.features.has(FEATURE) {
                world.complete.insert(Collection::new(NAME, organization));
            }
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest
            .collections
            .extend(is_one.then(|| Collection::new(NAME, namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        export::export(object)
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has(FEATURE) {
            return Some(format!("FEATURE_{FEATURE} is off on this server"));
        }
        if change.action != Action::Create {
            return None;
        }
        let needed = [
            "external_registry_type",
            "external_registry_url",
            "external_namespace",
            "robot",
            "sync_interval",
        ];
        let missing: Vec<&str> = needed
            .into_iter()
            .filter(|field| !change.wanted.contains_key(field))
            .collect();
        if !missing.is_empty() {
            return Some(format!("a new mirror also needs {}", missing.join(", ")));
        }
        exclusive::in_the_way(NAME, change.address.namespace(), world)
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![
            ("repository_filters", Value::List(Vec::new())),
            ("visibility", "private".into()),
            ("sync_start_date", Value::Now),
            ("enabled", true.into()),
            ("verify_tls", true.into()),
            ("proxy", Value::Map(Entries::new())),
            ("skopeo_timeout", SKOPEO_TIMEOUT.into()),
        ]
    }

    /// A password only goes with its user name, and the settings of the connection only as a whole.
    fn sends_along(&self, change: &Change) -> &'static [&'static str] {
        let connects = change.touches("verify_tls") || change.touches("proxy");
        match (change.touches("password"), connects) {
            (true, true) => &["username", "verify_tls", "proxy"],
            (true, false) => &["username"],
            (false, true) => &["verify_tls", "proxy"],
            (false, false) => &[],
        }
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let path = ["organization", change.address.identity.as_str(), "mirror"];
        match change.action {
            Action::Create => vec![Call::new(Method::Post, &path).body_map(body(change, |_| true))],
            Action::Update => {
                let body = body(change, |field| change.touches(field));
                vec![Call::new(Method::Put, &path).body_map(body)]
            }
            Action::Delete => vec![Call::new(Method::Delete, &path).already(404, "Not Found")],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// Repositories that the mirror made are ordinary ones once it has ended.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        if change.action != Action::Delete {
            return Vec::new();
        }
        let repositories = repository::of_organization(&change.address.identity);
        let made = world.of(&repositories).filter(|object| object.text("state") == MADE);
        let freed = made.map(|object| {
            let mut freed = object.clone();
            freed.fields.insert("state", "NORMAL".into());
            Effect::Put(freed)
        });
        freed.collect()
    }

    fn moved_by_server(&self, field: &str, wanted: &Fields, live: &Object) -> bool {
        field == "sync_start_date" && mirror::is_whole_intervals_on(wanted, live)
    }
}

/// Whether repositories are to be made in an organization that may be a mirror: it has no other repositories than those
/// that a mirror made.
fn decides_births(interest: &Interest, answers: &Answers, organization: &str) -> bool {
    let list = answers.list(&repository::list(answers, organization), "repositories");
    repository::any_missing(interest, answers, organization) && list.iter().all(|view| text(view, "state") == MADE)
}

/// Whether it is a mirror whose robot this is.
pub fn is_by(object: &Object, robot: &str) -> bool {
    object.address.kind == NAME && object.text("robot") == robot
}
