//! OAuth applications of an organization: what people and pipelines get access tokens for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::organization;
use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Keep, Kind, numbered, registry, shapes, targets};
use crate::http::Method;
use crate::manifest::decode::Entry;
use crate::manifest::record::record;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Object,
    Query, Reversibility, Value, World, Written,
};

record! {
    /// An OAuth application. Its client id and secret are the registry's, and never shown.
    pub struct ApplicationSpec {
        /// Where people are sent back to once they have authorized it; `''` for nowhere.
        redirect_uri: String,
        /// Its home page; `''` for none.
        application_uri: String,
        /// What it is for; `''` for nothing.
        description: String,
        /// The e-mail address whose avatar it shows; `''` for none.
        avatar_email: String,
        /// Deletes the application with its secret and all of its tokens; stands alone.
        absent: bool,
    }
    marks: [absent];
}

/// The kind's name.
pub const NAME: &str = "application";

/// The name that the server keeps for an application of its own.
pub const RESERVED: &str = "__quay_bootstrap_app";

/// An OAuth application of an organization.
pub struct Application;

/// The address of an application.
pub fn address(organization: &str, name: &str) -> Address {
    Address::new(NAME, format!("{organization}/{name}"))
}

/// All applications of an organization.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}/"))
}

const FIELDS: &[Field] = &[
    Field::updated("redirect_uri"),
    Field::updated("application_uri"),
    Field::updated("description"),
    Field::updated("avatar_email"),
];

/// What a change sends: all of it, since an update replaces the whole application.
const SENT: &[&str] = &["redirect_uri", "application_uri", "description", "avatar_email"];

/// Whether others of the organization have the same name, so that it says nothing.
const AMBIGUOUS: &str = "ambiguous";

/// Whether the token's own user has authorized an application of this name.
const AUTHORIZED: &str = "authorized";

/// What the server does not show to read-only superusers.
const HIDDEN_FIELDS: [&str; 2] = ["redirect_uri", "avatar_email"];

/// There where the server shows only a part of it.
const HIDDEN: &str = "hidden";

/// What a document wants of one application.
pub fn desired(organization: &str, name: &str, entry: &Entry<ApplicationSpec>, wishes: &mut Wishes<'_>) {
    let (address, spec) = (address(organization, name), &entry.value);
    if spec.absent.is_some() {
        return wishes.forbid(address, entry.name);
    }
    let mut fields = Fields::new();
    set(&mut fields, "redirect_uri", &spec.redirect_uri, |text| {
        Value::text(text)
    });
    set(&mut fields, "application_uri", &spec.application_uri, |text| {
        Value::text(text)
    });
    set(&mut fields, "description", &spec.description, |text| Value::text(text));
    set(&mut fields, "avatar_email", &spec.avatar_email, |text| {
        Value::text(text)
    });
    wishes.want(address, fields, vec![organization::address(organization)], entry.name);
}

impl Kind for Application {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        of_organization(address.namespace())
    }

    /// G, and where one is to go what the own user has authorized: quayform's token may be one of its.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for (organization, _) in sight::visible(NAME, interest, answers) {
            let (target, all) = (targets::applications(organization), of_organization(organization));
            let names = answers
                .list(&target, "applications")
                .iter()
                .map(|view| text(view, "name"));
            let any_ends = names
                .map(|name| address(organization, name))
                .any(|it| interest.ends(&it, &all));
            let reason = "every OAuth application";
            queries.push(targets::ask(target, &shapes::APPLICATIONS, reason, vec![all.clone()]));
            if any_ends {
                let reason = "the applications that the own user has authorized, before one goes";
                let target = targets::AUTHORIZATIONS.to_owned();
                queries.push(targets::ask(target, &shapes::AUTHORIZATIONS, reason, vec![all]));
            }
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let target = targets::applications(organization);
            let views = answers.list(&target, "applications");
            let mut number: BTreeMap<&str, usize> = BTreeMap::new();
            views
                .iter()
                .for_each(|view| *number.entry(text(view, "name")).or_default() += 1);
            let authorized = authorized(organization, answers);
            for view in views {
                let name = text(view, "name");
                let label = format!("{organization}/{name}");
                let mut object = Object::new(numbered(world, NAME, &label), read(view));
                object.fields.insert(AMBIGUOUS, (number[name] > 1).into());
                object.fields.insert(AUTHORIZED, authorized.contains(name).into());
                object.handle = Some(text(view, "client_id").to_owned());
                world.put(object);
            }
            sight::settle(world, answers, of_organization(organization), &[target]);
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest.collections.extend(is_one.then(|| of_organization(namespace)));
    }

    /// The registry's own goes without saying.
    fn export(&self, object: &Object, _world: &World) -> Exported {
        let (organization, name) = object.address.identity.split_once('/').unwrap_or_default();
        if name == RESERVED {
            return Exported::nothing();
        }
        if name.is_empty() || object.fields.get(AMBIGUOUS) == Some(&Value::Boolean(true)) {
            return Exported::not("it has no name, or one that another one has too: nothing would say which is meant");
        }
        let is_hidden = object.fields.contains_key(HIDDEN);
        let shown = SENT
            .iter()
            .filter(|field| !(is_hidden && HIDDEN_FIELDS.contains(field)))
            .map(|field| (*field, object.text(field)));
        let entries = shown.map(|(field, text)| (field, (!text.is_empty()).then(|| Written::text(text))));
        let document = Document::Organization(organization.to_owned());
        let exported = Exported::at(document, &["applications", name], Written::map(entries));
        match is_hidden {
            true => exported.without(Some("redirect_uri"), "the server shows it to administrators only"),
            false => exported,
        }
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let is = |mark: &str| change.wanted.get(mark).and_then(Value::as_boolean) == Some(true);
        if is(AMBIGUOUS) {
            let reason = "several applications have this name, and nothing says which of them is meant: give the others \
                          another name, or delete them, in the registry's web pages";
            return Some(reason.to_owned());
        }
        (change.action == Action::Delete && is(AUTHORIZED)).then(|| own(world))
    }

    fn keeps(&self, object: &Object, world: &World) -> Keep {
        match object.fields.get(AUTHORIZED).and_then(Value::as_boolean) {
            Some(true) => Keep::Because(own(world)),
            _ => Keep::Nothing,
        }
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Delete => Reversibility::Lossy(
                "its client id and secret and all of its tokens: everything that uses them stops working",
            ),
            _ => Reversibility::Reversible,
        }
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        FIELDS.iter().map(|field| (field.name, Value::text(""))).collect()
    }

    /// What the body leaves out would be lost.
    fn sends_along(&self, _change: &Change) -> &'static [&'static str] {
        SENT
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let organization = change.address.namespace();
        let path = ["organization", organization, "applications"];
        match change.action {
            Action::Create => vec![Call::new(Method::Post, &path).body_map(body(change))],
            Action::Update => vec![
                Call::new(Method::Put, &path)
                    .handle(&change.address)
                    .body_map(body(change)),
            ],
            Action::Delete => vec![
                Call::new(Method::Delete, &path)
                    .handle(&change.address)
                    .already(404, "Not Found"),
            ],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// Read-only superusers are shown nothing in place of some fields.
    fn moved_by_server(&self, field: &str, _wanted: &Fields, live: &Object) -> bool {
        HIDDEN_FIELDS.contains(&field) && live.fields.contains_key(HIDDEN)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

fn own(world: &World) -> String {
    format!(
        "{} has authorized it, so that quayform's own token may be one of its: revoke that authorization first, or let \
         another user delete it",
        world.caller.name
    )
}

/// An avatar's address that is not there must be left out: null is refused.
fn body(change: &Change) -> BTreeMap<String, Value> {
    let name = change.address.identity.split_once('/').unwrap_or_default().1;
    let fields = SENT
        .iter()
        .filter(|field| **field != "avatar_email" || !change.text(field).is_empty());
    let fields = fields.map(|field| ((*field).to_owned(), Value::text(change.text(field))));
    fields.chain([("name".to_owned(), name.into())]).collect()
}

/// The secret is left where it is; who is not shown it is not shown all of the rest either.
fn read(view: &Json) -> Fields {
    let mut fields: Fields = SENT
        .iter()
        .map(|field| (*field, Value::text(text(view, field))))
        .collect();
    if view.get("client_secret") == Some(&Json::Null) {
        fields.insert(HIDDEN, true.into());
    }
    fields
}

/// The names of the organization's applications that the own user has authorized, as far as that can be read.
fn authorized<'a>(organization: &str, answers: &'a Answers) -> BTreeSet<&'a str> {
    let all = answers.list(targets::AUTHORIZATIONS, "authorizations").iter();
    let applications = all.filter_map(|view| view.get("application"));
    let ours = applications.filter(|view| {
        view.get("organization")
            .is_some_and(|it| text(it, "name") == organization)
    });
    ours.map(|view| text(view, "name")).collect()
}
