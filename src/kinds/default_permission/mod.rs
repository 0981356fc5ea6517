//! Default permissions: what new repositories of an organization grant from the start.

mod spec;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::sight::{self, Sight, text};
use super::wishes::Wishes;
use super::{Identity, Kind, numbered, registry, repository, robot, shapes, targets, user};
use super::{organization, team};
use crate::http::Method;
use crate::manifest::decode::List;
use crate::manifest::documents::OrganizationDocument;
use crate::manifest::is_account;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Entries, ExactList, Exported, Field, Fields,
    Interest, Located, Object, Query, Value, World, Written,
};

pub use spec::DefaultPermissionSpec;

/// The kind's name.
pub const NAME: &str = "default_permission";

/// Marks what a plan has changed, in its picture of the registry.
const MOVED: &str = "moved";

/// A grant that fires when a repository is created; the server calls it prototype.
pub struct DefaultPermission;

/// All default permissions of an organization.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}:"))
}

/// Creator (empty for all), sort and name of the subject, from `[CREATOR:]team|robot|user/NAME` in the address.
pub fn parts(address: &Address) -> (&str, &str, &str) {
    let key = address.identity.split_once(':').unwrap_or_default().1;
    let key = key.split('#').next().unwrap_or(key);
    let (creator, subject) = key.rsplit_once(':').unwrap_or(("", key));
    let (sort, name) = subject.split_once('/').unwrap_or_default();
    (creator, sort, name)
}

/// Whether it grants something to this team, robot (short name) or user.
pub fn is_of(address: &Address, sort: &str, name: &str) -> bool {
    address.kind == NAME && (parts(address).1, parts(address).2) == (sort, name)
}

/// Whether it only fires for repositories that this account creates.
pub fn is_created_by(address: &Address, creator: &str) -> bool {
    address.kind == NAME && parts(address).0 == creator
}

/// Roles from the weakest to the strongest.
pub fn strength(role: &str) -> usize {
    ["read", "write", "admin"]
        .iter()
        .position(|each| *each == role)
        .map_or(0, |at| at + 1)
}

const FIELDS: &[Field] = &[Field::updated("role")];

/// What every new repository is to grant from the start.
pub fn desired(
    organization: &str,
    document: &OrganizationDocument,
    list: &Located<List<DefaultPermissionSpec>>,
    wishes: &mut Wishes<'_>,
) {
    wishes.own(
        of_organization(organization),
        document.manage_default_permissions(),
        list.place,
    );
    for item in &list.value {
        let spec = &item.value;
        let mut needs = vec![organization::address(organization)];
        let (sort, name) = match (&spec.team, &spec.robot, &spec.user) {
            (Some(name), _, _) => ("team", name),
            (_, Some(name), _) => ("robot", name),
            (_, _, Some(name)) => ("user", name),
            (None, None, None) => continue,
        };
        match sort {
            "team" => needs.push(team::address(organization, &name.value)),
            "robot" => needs.push(robot::address(&robot::full_name(organization, &name.value))),
            _ => needs.extend(wishes.user(&name.value)),
        }
        let creator = spec.created_by.as_ref().map_or("", |creator| creator.value.as_str());
        if creator.contains('+') {
            needs.push(robot::address(creator));
        }
        needs.extend(wishes.user(creator));
        let label = label(
            organization,
            creator,
            sort,
            robot::short_name(organization, &name.value),
        );
        let fields = Fields::from([(
            "role",
            spec.role
                .as_ref()
                .map_or(Value::Null, |role| role.value.as_str().into()),
        )]);
        let address = wishes.next(NAME, &label);
        wishes.want(address, fields, needs, item.place);
    }
}

impl Kind for DefaultPermission {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn waits_for_births(&self, change: &Change) -> bool {
        let before = change
            .field("role")
            .and_then(|field| field.before.as_ref())
            .and_then(Value::as_text);
        match change.action {
            Action::Create => true,
            Action::Update => strength(change.text("role")) > strength(before.unwrap_or_default()),
            _ => false,
        }
    }

    fn collection(&self, address: &Address) -> Collection {
        of_organization(address.namespace())
    }

    /// F, where they are managed, will fire because a declared repository does not exist yet, or go with a team.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let wanted = |name: &&str| {
            sight::is_whole(answers, name)
                && !sight::is_own_account(answers, name)
                && (interest.wants(NAME, name)
                    || repository::any_missing(interest, answers, name)
                    || !team::ending(interest, answers, name).is_empty())
        };
        let organizations = interest.namespaces().into_iter().filter(wanted);
        let lists = organizations.map(list_query);
        let robots = declared(interest).flat_map(accounts);
        let robots = robots.flat_map(|name| robot::lookup(name, interest, answers));
        lists.chain(lookups(interest, answers)).chain(robots).collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        for organization in interest.namespaces() {
            let target = targets::default_permissions(organization);
            for view in answers.list(&target, "prototypes") {
                let (label, fields) = read(organization, view);
                let mut object = Object::new(numbered(world, NAME, &label), fields);
                object.handle = view.get("id").and_then(Json::as_str).map(ToOwned::to_owned);
                world.put(object);
            }
            if answers.get(&target).is_some() {
                sight::settle(world, answers, of_organization(organization), &[target]);
            }
        }
        sight::each_organization(NAME, interest, answers, world, |_, _, _| {});
        for name in declared(interest).flat_map(accounts) {
            user::learn(name, answers, world);
            robot::learn(name, interest, answers, world);
        }
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest.collections.extend(is_one.then(|| of_organization(namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let organization = object.address.namespace();
        let (creator, sort, name) = parts(&object.address);
        let accounts = [creator, if sort == "user" { name } else { "" }];
        if accounts.iter().any(|name| !name.is_empty() && !is_account(name)) {
            return Exported::not("a manifest cannot write this name");
        }
        let entries = [
            ("role", Some(Written::text(object.text("role")))),
            (sort, Some(Written::text(name))),
            ("created_by", (!creator.is_empty()).then(|| Written::text(creator))),
        ];
        let document = Document::Organization(organization.to_owned());
        let mut exported = Exported::item(document, &["default_permissions"], Written::map(entries));
        exported = match sort {
            "team" => exported.needing(team::address(organization, name)),
            "robot" => exported.needing(robot::address(&robot::full_name(organization, name))),
            _ => exported,
        };
        match creator.contains('+') {
            true => exported.needing(robot::address(creator)),
            false => exported,
        }
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let document = Document::Organization(collection.namespace().to_owned());
        let manage = ["manage", "default_permissions"];
        let list = ExactList::new(collection.clone(), document, &["default_permissions"], &manage);
        Some(list.always(Written::List(Vec::new())))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        people(&change.address)
            .find_map(|name| user::unknown(name, world))
            .filter(|_| change.action == Action::Create)
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let organization = change.address.namespace();
        let path = ["organization", organization, "prototypes"];
        let role = Value::text(change.text("role"));
        match change.action {
            Action::Create => {
                let (creator, sort, name) = parts(&change.address);
                let name = if sort == "robot" {
                    robot::full_name(organization, name)
                } else {
                    name.to_owned()
                };
                let kind = if sort == "team" { "team" } else { "user" };
                let named = |entries: &[(&str, &str)]| {
                    Value::Map(
                        entries
                            .iter()
                            .map(|(key, value)| ((*key).to_owned(), Value::text(*value)))
                            .collect(),
                    )
                };
                let mut body = Entries::from([
                    ("role".to_owned(), role),
                    ("delegate".to_owned(), named(&[("kind", kind), ("name", &name)])),
                ]);
                if !creator.is_empty() {
                    body.insert("activating_user".to_owned(), named(&[("name", creator)]));
                }
                vec![Call::new(Method::Post, &path).body_map(body)]
            }
            Action::Update => vec![
                Call::new(Method::Put, &path)
                    .handle(&change.address)
                    .body([("role", role)]),
            ],
            Action::Delete => vec![
                Call::new(Method::Delete, &path)
                    .handle(&change.address)
                    .already(404, "Not Found"),
            ],
            _ => Vec::new(),
        }
    }

    /// The database gives a changed row after the others (prototypes, exchange 32).
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let stands = world.get(&change.address).filter(|_| change.action == Action::Update);
        let last = stands.map(|object| {
            let mut fields = change.wanted.clone();
            fields.insert(MOVED, true.into());
            Effect::Put(Object {
                fields,
                ..object.clone()
            })
        });
        last.into_iter().collect()
    }
}

fn declared(interest: &Interest) -> impl Iterator<Item = &Address> {
    interest.addresses.iter().filter(|address| address.kind == NAME)
}

/// The users whom a default permission names, and the robots that it names in full.
fn accounts(address: &Address) -> impl Iterator<Item = &str> {
    let (creator, sort, name) = parts(address);
    let in_full = name.contains('+') || sort == "user";
    let subject = (sort != "team" && in_full).then_some(name);
    subject.into_iter().chain((!creator.is_empty()).then_some(creator))
}

fn people(address: &Address) -> impl Iterator<Item = &str> {
    accounts(address).filter(|name| !name.contains('+'))
}

/// F, which also tells the robots of other organizations that repositories are born with.
pub fn list_query(organization: &str) -> Query {
    targets::ask(
        targets::default_permissions(organization),
        &shapes::DEFAULT_PERMISSIONS,
        "every default permission",
        vec![of_organization(organization)],
    )
}

/// Users that are declared in default permissions which are not there yet.
fn lookups<'a>(interest: &'a Interest, answers: &'a Answers) -> impl Iterator<Item = Query> + 'a {
    let open = declared(interest).filter(|address| {
        let organization = address.namespace();
        let target = targets::default_permissions(organization);
        let key = address.identity.split('#').next().unwrap_or_default();
        match sight::sight(answers, organization) {
            Sight::Absent => true,
            Sight::Whole(_) => {
                let list = answers.list(&target, "prototypes");
                answers.body(&target).is_some() && !list.iter().any(|view| read(organization, view).0 == key)
            }
            Sight::Hidden(_) | Sight::Unknown => false,
        }
    });
    open.flat_map(people).filter_map(|name| user::lookup(name, interest))
}

/// The label of the address and the fields of a live default permission.
fn read(organization: &str, view: &Json) -> (String, Fields) {
    let null = Json::Null;
    let delegate = view.get("delegate").unwrap_or(&null);
    let name = text(delegate, "name");
    let (sort, name) = if text(delegate, "kind") == "team" {
        ("team", name)
    } else if name.contains('+') {
        ("robot", robot::short_name(organization, name))
    } else {
        ("user", name)
    };
    let creator = view.get("activating_user").map_or("", |user| text(user, "name"));
    (
        label(organization, creator, sort, name),
        Fields::from([("role", Value::text(text(view, "role")))]),
    )
}

/// The address's identity, without a number.
pub fn label(organization: &str, creator: &str, sort: &str, name: &str) -> String {
    if creator.is_empty() {
        format!("{organization}:{sort}/{name}")
    } else {
        format!("{organization}:{creator}:{sort}/{name}")
    }
}

/// What fires when `creator` makes a repository: subject (sort, name) to role. For one subject the creator's own entry
/// wins over a general one, and of several equal ones the first (API guide §3.4; measured: "Hazards"). What a plan changes
/// stands behind the others from then on.
pub fn firing<'a>(world: &'a World, organization: &str, creator: &str) -> BTreeMap<(&'a str, &'a str), &'a str> {
    let mut all: Vec<&Object> = world.of(&of_organization(organization)).collect();
    all.sort_by_key(|object| object.fields.contains_key(MOVED));
    let mut grants = BTreeMap::new();
    for own in [false, true] {
        let mut round = BTreeMap::new();
        for object in &all {
            let (by, sort, name) = parts(&object.address);
            let applies = if own { by == creator } else { by.is_empty() };
            if applies && !(sort == "user" && name == creator) {
                round.entry((sort, name)).or_insert_with(|| object.text("role"));
            }
        }
        grants.extend(round);
    }
    grants
}
