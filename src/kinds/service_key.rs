//! Keys with which services prove themselves to the registry.

use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value as Json;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Keep, Kind, numbered, registry, shapes, targets};
use crate::http::Method;
use crate::manifest::decode::Entry;
use crate::manifest::is_service_key;
use crate::manifest::record::{Check, record};
use crate::model::units::Moment;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Document, Effect, Exported, Field, Fields,
    Interest, Object, Query, Reversibility, Value, Way, World, Written,
};

record! {
    /// A key with which a service proves itself to the registry. Its private half is handed out once, when it is made.
    pub struct ServiceKeySpec {
        /// The service that uses the key, in lower-case letters, digits and `_`; fixed at creation.
        service: String,
        /// Until when it counts, such as `2027-01-01T00:00:00Z`; not written, for ever, or as long as it is.
        expiration: Moment,
        /// Approves a key that a service made by itself and that nobody has approved; those made here are approved.
        approved: bool,
        /// Deletes the key: the service can no longer prove itself; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_key;
}

/// Whether the registry takes a text for the name of a service.
fn is_service(name: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    !name.is_empty() && name.bytes().all(allowed)
}

fn check_key(key: &ServiceKeySpec, check: &mut Check<'_>) {
    let is_absent = key.absent.as_ref().is_some_and(|absent| absent.value);
    if key.service.is_none() && !is_absent && check.is_complete {
        let diagnostic = Diagnostic::error("missing-field", "`service` is missing", check.place);
        check
            .diagnostics
            .push(diagnostic.help("name the service that uses the key, such as `scanner`"));
    }
    if let Some(service) = key.service.as_ref().filter(|service| !is_service(&service.value)) {
        let help = "use lower-case letters, digits and `_`";
        check.bad_value("this is no name for a service", service.place, help);
    }
    if let Some(approved) = key.approved.as_ref().filter(|approved| !approved.value) {
        let help = "write `approved: true`, or nothing; to take a key back, write `{absent: true}`";
        check.bad_value("the registry cannot take an approval back", approved.place, help);
    }
}

/// The kind's name.
pub const NAME: &str = "service_key";

const FIXED: &str =
    "the server cannot change it: delete the key with a tombstone and create it anew, which makes a new pair of keys";

/// A key with which a service proves itself to the registry.
pub struct ServiceKey;

/// The address of a key by its name.
pub fn address(name: &str) -> Address {
    Address::new(NAME, format!("{}/{name}", registry::NAMESPACE))
}

/// The name in an address.
pub fn name(address: &Address) -> &str {
    address.identity.split_once('/').unwrap_or_default().1
}

/// All keys.
pub fn all() -> Collection {
    Collection::new(NAME, format!("{}/", registry::NAMESPACE))
}

const FIELDS: &[Field] = &[
    Field {
        name: "service",
        way: Way::Blocked(FIXED),
    },
    Field::updated("expiration"),
    Field::updated("approved"),
];

/// Whether the registry made the key for itself; not compared.
const OWN: &str = "own";

/// Whether several keys have the name: nothing says which of them is meant; not compared.
const AMBIGUOUS: &str = "ambiguous";

/// A key's name; its id where it has none.
fn shown(view: &Json) -> &str {
    match text(view, "name") {
        "" => text(view, "kid"),
        name => name,
    }
}

/// What a document wants of one key.
pub fn desired(name: &str, entry: &Entry<ServiceKeySpec>, wishes: &mut Wishes<'_>) {
    let spec = &entry.value;
    if spec.absent.is_some() {
        return wishes.forbid(address(name), entry.name);
    }
    let mut fields = Fields::new();
    set(&mut fields, "service", &spec.service, |text| Value::text(text));
    set(&mut fields, "expiration", &spec.expiration, |moment| {
        Value::Integer(moment.seconds)
    });
    set(&mut fields, "approved", &spec.approved, |switch| (*switch).into());
    wishes.want(address(name), fields, Vec::new(), entry.name);
}

impl Kind for ServiceKey {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, _address: &Address) -> Collection {
        all()
    }

    /// One list, for superusers only: without their rights nothing is asked, and every change is blocked.
    fn queries(&self, interest: &Interest, known: &World, _answers: &Answers) -> Vec<Query> {
        let ask = || {
            let reason = "every service key";
            targets::ask(
                targets::SERVICE_KEYS.to_owned(),
                &shapes::SERVICE_KEYS,
                reason,
                vec![all()],
            )
        };
        let asks = interest.collections.contains(&all()) && registry::is_visible(known);
        asks.then(ask).into_iter().collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        if !interest.collections.contains(&all()) {
            return;
        }
        if !registry::is_visible(world) {
            world.complete.insert(all());
            return;
        }
        let views = answers.list(targets::SERVICE_KEYS, "keys");
        for view in views {
            let label = address(shown(view)).identity;
            let mut object = Object::new(numbered(world, NAME, &label), read(view));
            let of_this_name = views.iter().filter(|other| shown(other) == shown(view));
            object.fields.insert(AMBIGUOUS, (of_this_name.count() > 1).into());
            object.handle = Some(text(view, "kid").to_owned());
            world.put(object);
        }
        sight::settle(world, answers, all(), &[targets::SERVICE_KEYS.to_owned()]);
    }

    fn explore(&self, namespace: &str, _known: &World, _answers: &Answers, interest: &mut Interest) {
        interest
            .collections
            .extend((namespace == registry::NAMESPACE).then(all));
    }

    /// The registry's own keys go without saying.
    fn export(&self, object: &Object, _world: &World) -> Exported {
        let key = name(&object.address);
        if object.fields.get(OWN) == Some(&Value::Boolean(true)) {
            return Exported::nothing();
        }
        if !is_service_key(key) || !is_service(object.text("service")) {
            return Exported::not("several keys have this name, or a manifest cannot write it or its service");
        }
        let expiration = object.fields.get("expiration").and_then(Value::as_integer);
        let entries = [
            ("service", Some(Written::text(object.text("service")))),
            (
                "expiration",
                expiration.map(|seconds| Written::text(Moment { seconds }.to_string())),
            ),
        ];
        let exported = Exported::at(Document::Registry, &["service_keys", key], Written::map(entries));
        match object.fields.get("approved").and_then(Value::as_boolean) {
            Some(false) => exported.without(Some("approved"), "a manifest can only approve a key"),
            _ => exported,
        }
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let is = |mark: &str| change.wanted.get(mark) == Some(&Value::Boolean(true));
        registry::refusal(world, "read and write service keys").or_else(|| match change.action {
            Action::Delete if is(OWN) => Some("the registry made it for itself: its own parts need it".to_owned()),
            _ if is(AMBIGUOUS) => {
                let reason = "several keys have this name, and nothing says which of them is meant: delete the others in \
                              the registry's web pages";
                Some(reason.to_owned())
            }
            _ => None,
        })
    }

    /// The registry's own parts prove themselves with keys that it makes, approves and renews by itself.
    fn keeps(&self, object: &Object, _world: &World) -> Keep {
        if object.fields.get(OWN) == Some(&Value::Boolean(true)) {
            Keep::Quietly
        } else {
            Keep::Nothing
        }
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Delete => Reversibility::Lossy("the private key: the service that uses it is refused"),
            _ => Reversibility::Reversible,
        }
    }

    fn hands_out_credential(&self, action: Action) -> bool {
        action == Action::Create
    }

    /// The server approves what a superuser makes.
    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![("approved", true.into())]
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let keys = ["superuser", "keys"];
        let expiration = change.wanted.get("expiration").cloned().unwrap_or(Value::Null);
        match change.action {
            Action::Create => {
                vec![Call::new(Method::Post, &keys).body([
                    ("service", Value::text(change.text("service"))),
                    ("name", Value::text(name(&change.address))),
                    ("expiration", expiration),
                ])]
            }
            Action::Update => {
                let change_expiration = || {
                    Call::new(Method::Put, &keys)
                        .handle(&change.address)
                        .body([("expiration", expiration)])
                };
                // What is approved already stays so.
                let approve = || {
                    Call::new(Method::Post, &["superuser", "approvedkeys"])
                        .handle(&change.address)
                        .body([("notes", Value::text(""))])
                };
                let mut calls = Vec::new();
                calls.extend(change.touches("expiration").then(change_expiration));
                calls.extend(change.touches("approved").then(approve));
                calls
            }
            Action::Delete => vec![
                Call::new(Method::Delete, &keys)
                    .handle(&change.address)
                    .already(404, "Not Found"),
            ],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

/// Dates of service keys have a form of their own: `Sun, 22 Nov 2026 15:56:08 GMT` (measured, 15).
fn read(view: &Json) -> Fields {
    let expiration = DateTimeParser::new().parse_timestamp(text(view, "expiration_date"));
    let expiration = expiration.map_or(Value::Null, |moment| Value::Integer(moment.as_second()));
    let approval = view.get("approval").filter(|approval| !approval.is_null());
    let own = approval.is_some_and(|approval| text(approval, "approval_type").ends_with("AUTOMATIC"));
    Fields::from([
        ("service", Value::text(text(view, "service"))),
        ("expiration", expiration),
        ("approved", approval.is_some().into()),
        (OWN, own.into()),
    ])
}
