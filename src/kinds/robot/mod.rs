//! Robot accounts of an organization.

mod spec;
mod stranger;

use std::collections::BTreeSet;

use jiff::fmt::rfc2822::DateTimeParser;

use super::organization;
use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{
    Kind, default_permission, federation, member, mirror, organization_mirror, permission, registry, shapes, targets,
};
use crate::http::Method;
use crate::manifest::decode::Entry;
use crate::manifest::is_name;
use crate::model::{
    Action, Address, Answers, Call, Caller, Change, Collection, Desired, Document, Effect, Exported, Field, Fields,
    Gap, Interest, Object, Query, Reversibility, Value, Way, World, Written,
};

use spec::LONGEST_DESCRIPTION;
pub use spec::{Metadata, RobotSpec};
pub use stranger::{learn, lookup};

/// The kind's name.
pub const NAME: &str = "robot";

const IMMUTABLE: &str = "the server cannot change it: delete the robot with a tombstone and create it anew, which makes a new token and loses its grants";

/// A robot account of an organization.
pub struct Robot;

/// The address of a robot by its full name, `acme+ci`.
pub fn address(full_name: &str) -> Address {
    Address::new(NAME, full_name)
}

/// The full name of a robot that a manifest names in short; full names stay as they are.
pub fn full_name(organization: &str, name: &str) -> String {
    if name.contains('+') {
        name.to_owned()
    } else {
        format!("{organization}+{name}")
    }
}

/// Whether an account is a robot of another organization.
pub fn is_stranger(organization: &str, account: &str) -> bool {
    account.split_once('+').is_some_and(|(owner, _)| owner != organization)
}

/// The name as manifests write it: short for the organization's own robots.
pub fn short_name<'a>(organization: &str, full_name: &'a str) -> &'a str {
    match full_name.split_once('+') {
        Some((owner, short)) if owner == organization => short,
        _ => full_name,
    }
}

const FIELDS: &[Field] = &[
    Field {
        name: "description",
        way: Way::Blocked(IMMUTABLE),
    },
    Field {
        name: "metadata",
        way: Way::Blocked(IMMUTABLE),
    },
];

/// When somebody last logged in with it, in unix seconds.
pub const LAST_LOGIN: &str = "last_accessed";

/// The names of the teams that it is in, also in other organizations: which are meant is not told.
pub const TEAMS: &str = "teams";

/// The list of the robots of an organization or of the own account.
pub fn list(answers: &Answers, owner: &str) -> String {
    match sight::is_own_account(answers, owner) {
        true => targets::own_robots(),
        false => targets::robots(owner),
    }
}

fn single(answers: &Answers, owner: &str, short: &str) -> String {
    match sight::is_own_account(answers, owner) {
        true => targets::own_robot(short),
        false => targets::robot(owner, short),
    }
}

/// A call about one robot of an organization, or of the own account.
pub fn path(method: Method, full_name: &str, caller: &Caller) -> Call {
    let (owner, short) = full_name.split_once('+').unwrap_or_default();
    match owner == caller.name {
        true => Call::new(method, &["user", "robots", short]),
        false => Call::new(method, &["organization", owner, "robots", short]),
    }
}

/// All robots of an organization.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}+"))
}

/// What a document wants of one robot.
pub fn desired(organization: &str, short: &str, entry: &Entry<RobotSpec>, wishes: &mut Wishes<'_>) {
    let (address, spec) = (address(&full_name(organization, short)), &entry.value);
    if spec.absent.is_some() {
        return wishes.forbid(address, entry.name);
    }
    if spec.external.is_some() {
        return wishes.rely_on(address, entry.name);
    }
    let mut fields = Fields::new();
    set(&mut fields, "description", &spec.description, |text| Value::text(text));
    set(&mut fields, "metadata", &spec.metadata, |metadata| {
        Value::Map(metadata.0.clone())
    });
    if spec.metadata.is_some() {
        wishes.detail(address.clone());
    }
    let name = address.identity.clone();
    wishes.want(address, fields, vec![organization::address(organization)], entry.name);
    if let Some(list) = &spec.federation {
        federation::desired(&name, list, wishes);
    }
}

/// The full names of the robots of a namespace that are known and can be written.
pub fn explored<'a>(known: &'a World, namespace: &str) -> impl Iterator<Item = &'a str> {
    let all = known.of(&of_organization(namespace));
    let names = all.map(|object| object.address.identity.as_str());
    names.filter(|name| name.split_once('+').is_some_and(|(_, short)| is_name(short)))
}

impl Kind for Robot {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        Collection::new(NAME, format!("{}+", address.namespace()))
    }

    /// C for all robots; metadata, which lists leave out, only of robots that are declared with some.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for organization in interest.namespaces() {
            let needed = [NAME, federation::NAME, member::NAME, permission::NAME]
                .iter()
                .any(|kind| interest.wants(kind, organization));
            if needed && sight::is_whole(answers, organization) {
                let serves = vec![Collection::new(NAME, format!("{organization}+"))];
                let reason = "all robots, their teams and the names of repositories they have grants on";
                queries.push(targets::ask(
                    list(answers, organization),
                    &shapes::ROBOTS,
                    reason,
                    serves,
                ));
            }
        }
        for wanted in interest.detailed.iter().filter(|address| address.kind == NAME) {
            let (organization, short) = wanted.identity.split_once('+').unwrap_or_default();
            let listed = answers.list(&list(answers, organization), "robots");
            if listed.iter().any(|robot| text(robot, "name") == wanted.identity) {
                let serves = vec![self.collection(wanted)];
                queries.push(targets::ask(
                    single(answers, organization, short),
                    &shapes::ROBOT,
                    "the metadata of a robot",
                    serves,
                ));
            }
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        for organization in interest.namespaces() {
            let target = list(answers, organization);
            if answers.get(&target).is_none() {
                continue;
            }
            let robots = answers.list(&target, "robots");
            if let Some(gap) = hidden(robots, &target) {
                world.gaps.insert(of_organization(organization), gap);
                continue;
            }
            for view in robots {
                world.put(robot(view, answers));
            }
            let mut proof = vec![target];
            proof.extend(details(interest, organization, answers));
            sight::settle(
                world,
                answers,
                Collection::new(NAME, format!("{organization}+")),
                &proof,
            );
        }
        sight::each_organization(NAME, interest, answers, world, |_, _, _| {});
    }

    /// Lists leave the metadata out.
    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        if namespace != registry::NAMESPACE {
            interest.collections.insert(of_organization(namespace));
            let robots = known.of(&of_organization(namespace));
            interest.detailed.extend(robots.map(|robot| robot.address.clone()));
        }
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        let (owner, short) = object.address.identity.split_once('+').unwrap_or_default();
        if !is_name(short) {
            return Exported::not("the registry makes no robots of such a name any more");
        }
        let description = object.text("description");
        let fits = description.chars().count() <= LONGEST_DESCRIPTION;
        let metadata = object.fields.get("metadata");
        let metadata = metadata.filter(|metadata| !matches!(metadata, Value::Map(entries) if entries.is_empty()));
        let written = metadata.map(|metadata| Written::of(metadata).filter(|it| matches!(it, Written::Map(_))));
        let entries = [
            (
                "description",
                (fits && !description.is_empty()).then(|| Written::text(description)),
            ),
            ("metadata", written.clone().flatten()),
        ];
        let document = Document::of_namespace(owner, world);
        let mut exported = Exported::at(document, &["robots", short], Written::map(entries));
        if !fits {
            exported = exported.without(Some("description"), "it is longer than the registry takes today");
        }
        if written == Some(None) {
            exported = exported.without(
                Some("metadata"),
                "it is no map, or holds null, which no manifest can say",
            );
        }
        exported
    }

    /// The server refuses while any mirror, also a dormant one, names the robot.
    fn postponed(&self, change: &Change, world: &World, desired: &Desired) -> Option<String> {
        if change.action != Action::Delete {
            return None;
        }
        let other = Value::text(&change.address.identity);
        let leaves = |object: &Object| {
            let mirror = mirror::address(&object.address.identity);
            let wish = desired.objects.iter().find(|wish| wish.address == mirror);
            wish.and_then(|wish| wish.fields.get("robot"))
                .is_some_and(|robot| *robot != other)
        };
        let uses = |object: &&Object| mirror::is_by(object, &change.address.identity) && !leaves(object);
        let mirror = world.objects.values().find(uses)?;
        Some(format!(
            "{} still uses it; once that has gone, and the server has cleaned up, the next apply deletes it",
            mirror.address
        ))
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Delete => Reversibility::Lossy("its token: everything that logs in with it stops working"),
            _ => Reversibility::Reversible,
        }
    }

    fn hands_out_credential(&self, action: Action) -> bool {
        action == Action::Create
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![("description", Value::text(""))]
    }

    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let path = |method| path(method, &change.address.identity, &world.caller);
        match change.action {
            Action::Create => {
                let description = Value::text(change.text("description"));
                let put = path(Method::Put).already_when_repeated(400, "Existing robot with name");
                match change.wanted.get("metadata") {
                    Some(metadata) => {
                        vec![put.body([
                            ("description", description),
                            ("unstructured_metadata", metadata.clone()),
                        ])]
                    }
                    None => vec![put.body([("description", description)])],
                }
            }
            Action::Delete => vec![
                path(Method::Delete)
                    .already(400, "Could not find robot")
                    .later(400, "Robot is being used by a mirror"),
            ],
            _ => Vec::new(),
        }
    }

    /// Grants, memberships and default permissions go with their robot, also those in other organizations.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        if change.action != Action::Delete {
            return Vec::new();
        }
        traces(world, &change.address.identity)
            .cloned()
            .map(Effect::Remove)
            .collect()
    }
}

/// To somebody who is no administrator the server says nothing of teams and repositories, without a word about it.
fn hidden(robots: &[serde_json::Value], target: &str) -> Option<Gap> {
    let is_whole = |robot: &serde_json::Value| robot.get("teams").is_some() && robot.get("repositories").is_some();
    (!robots.iter().all(is_whole)).then(|| Gap {
        target: target.to_owned(),
        reason: "the answer hides the robots' teams and repositories: the token is not an administrator's".to_owned(),
    })
}

/// What goes with a robot: its federation, grants, memberships and default permissions, also in other organizations, and
/// the mirror of its organization. Mirrors of repositories hold their robot instead, unless it goes with its
/// organization.
pub fn traces<'a>(world: &'a World, full_name: &'a str) -> impl Iterator<Item = &'a Address> {
    let gone = move |address: &&Address| {
        let name = short_name(address.namespace(), full_name);
        permission::is_of(address, "robot", name)
            || default_permission::is_of(address, "robot", name)
            || default_permission::is_created_by(address, full_name)
            || member::is_of(address, full_name)
            || *address == &federation::address(full_name)
    };
    let mirrors = world.objects.values();
    let mirrors = mirrors.filter(move |object| organization_mirror::is_by(object, full_name));
    let mirrors = mirrors.map(|object| &object.address);
    world.objects.keys().filter(gone).chain(mirrors)
}

/// The full names of the robots in an organization's list, as far as it was read.
pub fn listed<'a>(answers: &'a Answers, organization: &str) -> BTreeSet<&'a str> {
    let robots = answers.list(&list(answers, organization), "robots");
    robots.iter().map(|view| text(view, "name")).collect()
}

/// The answers about single robots that were asked for in this organization.
fn details(interest: &Interest, organization: &str, answers: &Answers) -> Vec<String> {
    let ours = interest
        .detailed
        .iter()
        .filter(|address| address.kind == NAME && address.namespace() == organization);
    ours.filter_map(|address| address.identity.split_once('+'))
        .map(|(_, short)| single(answers, organization, short))
        .filter(|target| answers.get(target).is_some())
        .collect()
}

fn robot(view: &serde_json::Value, answers: &Answers) -> Object {
    let name = text(view, "name");
    let mut fields = Fields::from([("description", Value::text(text(view, "description")))]);
    let (organization, short) = name.split_once('+').unwrap_or_default();
    if let Some(single) = answers.body(&single(answers, organization, short)) {
        let metadata = match single.get("unstructured_metadata") {
            None | Some(serde_json::Value::Null) => Value::Map(Default::default()),
            Some(metadata) => Value::from_json(metadata),
        };
        fields.insert("metadata", metadata);
    }
    let login = DateTimeParser::new().parse_timestamp(text(view, LAST_LOGIN));
    fields.extend(login.map(|login| (LAST_LOGIN, Value::Integer(login.as_second()))));
    let teams = sight::list(view, "teams").map(|team| Value::text(text(team, "name")));
    let teams: Vec<Value> = teams.collect();
    if !teams.is_empty() {
        fields.insert(TEAMS, Value::List(teams));
    }
    Object::new(address(name), fields)
}
