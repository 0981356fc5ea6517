//! Proxy caches: organizations that pass on another registry's images and keep them for a while.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Kind, exclusive, organization, registry, shapes, targets};
use crate::http::Method;
use crate::manifest::record::{Check, record};
use crate::manifest::secret::TextOrReference;
use crate::model::units::Duration;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Document, Effect, Exported, Field, Fields,
    Interest, Located, Object, Query, Reversibility, Value, Way, World, Written,
};

record! {
    /// The registry that the organization passes on. There is no update: any change deletes it and makes it anew, and is
    /// blocked while the live one has a setting that is neither the default nor written here.
    pub struct ProxyCacheSpec {
        /// The registry, or a namespace of it, without a scheme: `docker.io`, `quay.io/acme`.
        upstream_registry: String,
        /// How to sign in there; the registry never shows it.
        credentials: ProxyCacheCredentialsSpec,
        /// How long an image is kept, such as `1d`, which is also the default.
        expiration: Duration,
        /// Whether the other registry is reached without TLS, or with a certificate that nobody checks.
        insecure: bool,
        /// Removes the proxy cache; its images stay. Stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_proxy_cache;
}

record! {
    /// How to sign in at the registry that is passed on.
    pub struct ProxyCacheCredentialsSpec {
        /// The user name.
        username: String = required,
        /// The password: a text, or better `{env: NAME}`.
        password: TextOrReference = required,
    }
}

/// The longest name of a registry that the server takes.
const LONGEST: usize = 270;

fn check_proxy_cache(cache: &ProxyCacheSpec, check: &mut Check<'_>) {
    let Some(upstream) = &cache.upstream_registry else {
        if check.is_complete && cache.absent.is_none() {
            let missing = Diagnostic::error("missing-field", "this proxy cache names no registry", check.place);
            check
                .diagnostics
                .push(missing.help("add `upstream_registry`, or write `proxy_cache: {absent: true}`"));
        }
        return;
    };
    let host = upstream.value.split('/').next().unwrap_or_default();
    let message = match () {
        () if upstream.value.contains("://") => "an upstream registry has no scheme",
        () if host.is_empty() || upstream.value.contains(char::is_whitespace) => {
            "an upstream registry begins with a host"
        }
        () if upstream.value.len() > LONGEST => "an upstream registry has at most 270 letters",
        () => return,
    };
    check.bad_value(
        message,
        upstream.place,
        "write something like `docker.io` or `quay.io/acme`",
    );
}

/// The kind's name.
pub const NAME: &str = "proxy_cache";

/// What an organization passes on.
pub struct ProxyCache;

/// The address of an organization's proxy cache.
pub fn address(organization: &str) -> Address {
    Address::new(NAME, organization)
}

/// One day.
const EXPIRATION: i64 = 86_400;

const NEVER_SHOWN: &str =
    "the server never shows it; it is sent whenever the proxy cache is made anew, and by apply --resend-secrets";

const FIELDS: &[Field] = &[
    Field {
        name: "upstream_registry",
        way: Way::Replace,
    },
    Field {
        name: "username",
        way: Way::WriteOnly(NEVER_SHOWN),
    },
    Field {
        name: "password",
        way: Way::WriteOnly(NEVER_SHOWN),
    },
    Field {
        name: "expiration",
        way: Way::Replace,
    },
    Field {
        name: "insecure",
        way: Way::Replace,
    },
];

/// What a document wants its organization to pass on.
pub fn desired(organization: &str, spec: &Located<ProxyCacheSpec>, wishes: &mut Wishes<'_>) {
    let cache = &spec.value;
    if cache.absent.is_some() {
        return wishes.forbid(address(organization), spec.place);
    }
    let mut fields = Fields::new();
    set(&mut fields, "upstream_registry", &cache.upstream_registry, |text| {
        Value::text(text)
    });
    set(&mut fields, "expiration", &cache.expiration, |time| {
        (time.seconds as i64).into()
    });
    set(&mut fields, "insecure", &cache.insecure, |switch| (*switch).into());
    if let Some(credentials) = &cache.credentials {
        set(&mut fields, "username", &credentials.value.username, |name| {
            Value::text(name)
        });
        wishes.seal(&mut fields, "password", &credentials.value.password);
    }
    exclusive::watch(NAME, organization, wishes);
    let needs = vec![organization::address(organization)];
    wishes.want(address(organization), fields, needs, spec.place);
}

impl Kind for ProxyCache {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        if !known.features.has("PROXY_CACHE") {
            return Vec::new();
        }
        let visible = sight::visible(NAME, interest, answers);
        let ask = |organization: &str| {
            targets::ask(
                targets::proxy_cache(organization),
                &shapes::PROXY_CACHE,
                "the proxy cache of an organization",
                vec![Collection::new(NAME, organization)],
            )
        };
        visible.into_iter().map(|(organization, _)| ask(organization)).collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let collection = Collection::new(NAME, organization);
            if !world.features.has("PROXY_CACHE") {
                world.complete.insert(collection);
                return;
            }
            let target = targets::proxy_cache(organization);
            if let Some(view) = answers
                .body(&target)
                .filter(|view| !text(view, "upstream_registry").is_empty())
            {
                world.put(Object::new(address(organization), read(view)));
            }
            sight::settle(world, answers, collection, &[target]);
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest
            .collections
            .extend(is_one.then(|| Collection::new(NAME, namespace)));
    }

    /// Whether there are credentials is not to be seen.
    fn export(&self, object: &Object, _world: &World) -> Exported {
        let seconds = object.fields.get("expiration").and_then(Value::as_integer);
        let seconds = seconds.filter(|seconds| *seconds != EXPIRATION);
        let expiration = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        let is_insecure = object.fields.get("insecure") == Some(&Value::Boolean(true));
        let entries = [
            (
                "upstream_registry",
                Some(Written::text(object.text("upstream_registry"))),
            ),
            (
                "expiration",
                expiration.map(|seconds| Written::text(Duration::from_seconds(seconds).to_string())),
            ),
            ("insecure", is_insecure.then_some(Written::Switch(true))),
        ];
        let document = Document::Organization(object.address.identity.to_string());
        let exported = Exported::at(document, &["proxy_cache"], Written::map(entries));
        exported.without(
            Some("credentials"),
            "the server never shows them: if it has some, write them by hand",
        )
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has("PROXY_CACHE") {
            return Some("FEATURE_PROXY_CACHE is off on this server".to_owned());
        }
        let organization = change.address.namespace();
        exclusive::in_the_way(NAME, organization, world).filter(|_| change.action.makes())
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Replace if !change.wanted.contains_key("password") => {
                Reversibility::Lossy("the credentials that it may have, since the manifest writes none")
            }
            _ => Reversibility::Reversible,
        }
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![("expiration", EXPIRATION.into()), ("insecure", false.into())]
    }

    /// There is no update. After a crash between the two calls it is missing, which the next apply sees; it knows all of
    /// it from the manifest, since nothing is replaced that no manifest writes.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let path = ["organization", change.address.identity.as_str(), "proxycache"];
        let create = || Call::new(Method::Post, &path).body_map(body(change));
        let delete = || Call::new(Method::Delete, &path).already(404, "Not Found");
        super::without_update(change.action, create, delete)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

fn read(view: &Json) -> Fields {
    let of = |key: &str| view.get(key).map_or(Value::Null, Value::from_json);
    Fields::from([
        ("upstream_registry", of("upstream_registry")),
        ("expiration", of("expiration_s")),
        ("insecure", of("insecure")),
    ])
}

fn body(change: &Change) -> BTreeMap<String, Value> {
    let keys = [
        ("upstream_registry", "upstream_registry"),
        ("username", "upstream_registry_username"),
        ("password", "upstream_registry_password"),
        ("expiration", "expiration_s"),
        ("insecure", "insecure"),
    ];
    let sent = keys.into_iter().filter_map(|(field, key)| {
        let value = change.wanted.get(field)?.clone();
        Some((key.to_owned(), value))
    });
    sent.collect()
}
