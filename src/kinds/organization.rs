use crate::http::Method;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Effect, Field, Fields, Interest, Object, Query, Value, World,
};

use super::sight::{self, text};
use super::{Kind, member, robot, targets, team};

/// The kind's name.
pub const NAME: &str = "organization";

/// An organization and its settings.
pub struct Organization;

/// The address of an organization.
pub fn address(name: &str) -> Address {
    Address::new(NAME, name)
}

const FIELDS: &[Field] = &[
            Field::updated("email"),
            Field::updated("invoice_email"),
            Field::updated("invoice_email_address"),
            Field::updated("tag_expiration"),
        ];

impl Kind for Organization {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        Collection::new(NAME, address.identity.clone())
    }

    /// A, once per organization that anything is wanted of: it is also the proof of sight.
    fn queries(&self, interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        let whole = |name| interest.collections.iter().filter(|each| each.namespace() == name).cloned().collect();
        interest
            .namespaces()
            .into_iter()
            .map(|name| targets::ask(targets::organization(name), "settings, teams and quota; proof of sight", whole(name)))
            .collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, name, view| {
            let fields = Fields::from([
                ("email", Value::text(text(view, "email"))),
                ("invoice_email", Value::Boolean(view.get("invoice_email") == Some(&true.into()))),
                ("invoice_email_address", Value::text(text(view, "invoice_email_address"))),
                ("tag_expiration", view.get("tag_expiration_s").map_or(Value::Null, Value::from_json)),
            ]);
            world.put(Object::new(address(name), fields));
            world.complete.insert(Collection::new(NAME, name));
        });
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let seconds = change.field("tag_expiration").and_then(|field| field.after.as_ref()).and_then(Value::as_integer)?;
        if !world.features.has("CHANGE_TAG_EXPIRATION") {
            return Some("FEATURE_CHANGE_TAG_EXPIRATION is off: the server ignores tag_expiration without a word".to_owned());
        }
        let options = &world.features.tag_expirations;
        if options.is_empty() || options.contains(&seconds) {
            return None;
        }
        let options: Vec<String> = options.iter().map(|option| format!("{option} s")).collect();
        Some(format!("this server only allows a tag_expiration of {}", options.join(", ")))
    }

    fn loss(&self) -> Option<&'static str> {
        Some("all of its repositories with their images, and every credential in it")
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.as_str();
        match change.action {
            Action::Create => {
                let mut body = vec![("name".to_owned(), Value::text(name))];
                if !change.text("email").is_empty() {
                    body.push(("email".to_owned(), Value::text(change.text("email"))));
                }
                let mut create = Call::new(Method::Post, &["organization"]).slash().later(400, "Username is not available");
                create.body = Some(Value::Map(body.into_iter().collect()));
                [Some(create), settings(change)].into_iter().flatten().collect()
            }
            Action::Update => settings(change).into_iter().collect(),
            Action::Delete => vec![Call::new(Method::Delete, &["organization", name]).already(404, "Not Found")],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// The creator lands in `owners`; a deletion takes everything along, and the robots of look-alike organizations
    /// too, whose names fit when `_` stands for any character (measured: "Hazards").
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let name = change.address.identity.as_str();
        match change.action {
            Action::Create => vec![
                Effect::Put(team::owners(name)),
                Effect::Put(Object::new(member::address(name, "owners", &world.caller.name), Fields::new())),
            ],
            Action::Delete => world
                .objects
                .keys()
                .filter(|address| address.namespace() == name || is_look_alike(name, address))
                .map(|address| Effect::Remove(address.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Everything but name and e-mail can only be set by a PUT after the creation.
fn settings(change: &Change) -> Option<Call> {
    let mut body = std::collections::BTreeMap::new();
    for (field, key) in [
        ("email", "email"),
        ("invoice_email", "invoice_email"),
        ("invoice_email_address", "invoice_email_address"),
        ("tag_expiration", "tag_expiration_s"),
    ] {
        let sent_on_creation = change.action == Action::Create && field == "email";
        if let Some(after) = change.field(field).and_then(|field| field.after.clone())
            && !sent_on_creation
        {
            body.insert(key.to_owned(), after);
        }
    }
    if body.is_empty() {
        return None;
    }
    let mut call = Call::new(Method::Put, &["organization", &change.address.identity]);
    call.body = Some(Value::Map(body));
    Some(call)
}

/// Whether a robot's organization is another one that the server's pattern for `organization+…` also fits.
pub fn is_look_alike(organization: &str, address: &Address) -> bool {
    let other = address.namespace();
    address.kind == robot::NAME
        && other != organization
        && other.len() == organization.len()
        && organization.bytes().zip(other.bytes()).all(|(ours, theirs)| ours == b'_' || ours == theirs)
}
