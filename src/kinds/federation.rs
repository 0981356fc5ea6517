//! Federations of robots: outside identities that may act as a robot without its token.

use serde_json::Value as Json;

use super::sight::{self, Sight, text};
use super::wishes::Wishes;
use super::{Kind, abilities, robot, shapes, targets};
use crate::http::Method;
use crate::manifest::decode::List;
use crate::manifest::record::{Check, record};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Entries, Exported, Field, Fields, Interest,
    Located, Object, Query, Value, World, Written,
};

record! {
    /// An identity of another service, such as a workload of a cluster, whose tokens stand for the robot's.
    pub struct FederatedIdentitySpec {
        /// Who issues its tokens: the `http` or `https` address of an OpenID Connect issuer.
        issuer: String = required,
        /// Whom the tokens are about, such as `system:serviceaccount:prod:default`.
        subject: String = required,
    }
    check: check_identity;
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn check_identity(identity: &FederatedIdentitySpec, check: &mut Check<'_>) {
    if let Some(issuer) = identity.issuer.as_ref().filter(|issuer| !is_address(&issuer.value)) {
        let help = "write the issuer with its scheme, such as `https://issuer.example`";
        check.bad_value("`issuer` is no `http` or `https` address", issuer.place, help);
    }
    if let Some(subject) = identity.subject.as_ref().filter(|subject| subject.value.is_empty()) {
        let help = "write whom the issuer's tokens are about, as in their claim `sub`";
        check.bad_value("`subject` is empty", subject.place, help);
    }
}

/// Reports identities that are written twice: the registry refuses such a list.
pub fn check_list(list: &Located<List<FederatedIdentitySpec>>, check: &mut Check<'_>) {
    let all: Vec<Value> = list.value.iter().map(|item| wanted(&item.value)).collect();
    for (index, item) in list.value.iter().enumerate() {
        if all[..index].contains(&all[index]) {
            let message = "this identity is written twice in one `federation`";
            check.bad_value(message, item.place, "delete one of the two");
        }
    }
}

/// The kind's name.
pub const NAME: &str = "federation";

/// The list of outside identities that may act as a robot; there is one where it is not empty.
pub struct Federation;

/// The address of a robot's federation, by the robot's full name.
pub fn address(robot: &str) -> Address {
    Address::new(NAME, robot)
}

const FIELDS: &[Field] = &[Field::updated("identities")];

/// Who else is to act as a robot; an empty list is nobody.
pub fn desired(robot: &str, list: &Located<List<FederatedIdentitySpec>>, wishes: &mut Wishes<'_>) {
    if list.value.is_empty() {
        return wishes.forbid(address(robot), list.place);
    }
    let identities = in_order(list.value.iter().map(|item| wanted(&item.value)));
    let fields = Fields::from([("identities", identities)]);
    wishes.want(address(robot), fields, vec![robot::address(robot)], list.place);
}

fn wanted(spec: &FederatedIdentitySpec) -> Value {
    let of = |text: &Option<Located<String>>| text.as_ref().map_or("", |text| text.value.as_str()).to_owned();
    identity(&of(&spec.issuer), &of(&spec.subject))
}

fn identity(issuer: &str, subject: &str) -> Value {
    Value::Map(Entries::from([
        ("issuer".to_owned(), issuer.into()),
        ("subject".to_owned(), subject.into()),
    ]))
}

/// The order says nothing: two lists with the same identities are equal.
fn in_order(identities: impl Iterator<Item = Value>) -> Value {
    let mut identities: Vec<Value> = identities.collect();
    identities.sort_by_key(ToString::to_string);
    Value::List(identities)
}

impl Kind for Federation {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// One GET per robot that declares one and is there: no list shows it.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let visible = sight::visible(NAME, interest, answers).into_iter();
        let wanted = visible.flat_map(|(organization, _)| {
            let listed = robot::listed(answers, organization);
            let prefixes = interest.prefixes(NAME, organization);
            prefixes.filter(move |robot| listed.contains(robot))
        });
        let ask = |robot: &str| {
            let serves = vec![Collection::new(NAME, robot)];
            let reason = "the outside identities that may act as a robot";
            targets::ask(target(answers, robot), &shapes::ROBOT_FEDERATION, reason, serves)
        };
        wanted.map(ask).chain(doubt(interest, answers)).collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            if let Some(missing) = missing(organization, answers) {
                let collections = interest.prefixes(NAME, organization);
                world
                    .complete
                    .extend(collections.map(|robot| Collection::new(NAME, robot)));
                world.features.lacks.insert(missing);
                return;
            }
            let listed = robot::listed(answers, organization);
            for robot in interest.prefixes(NAME, organization) {
                let proof = match listed.contains(robot) {
                    true => target(answers, robot),
                    false => robot::list(answers, organization),
                };
                world
                    .objects
                    .extend(read(robot, answers).map(|object| (object.address.clone(), object)));
                sight::settle(world, answers, Collection::new(NAME, robot), &[proof]);
            }
        });
        // An organization that is still to be made shows nothing.
        let absent = |owner: &&str| matches!(sight::sight(answers, owner), Sight::Absent);
        let new = interest.namespaces().into_iter().filter(absent);
        let missing = new.filter_map(|owner| missing(owner, answers));
        world.features.lacks.extend(missing);
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let robots = robot::explored(known, namespace);
        interest
            .collections
            .extend(robots.map(|robot| Collection::new(NAME, robot)));
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        let (owner, short) = object.address.identity.split_once('+').unwrap_or_default();
        let identities = object.fields.get("identities").and_then(Written::of);
        let Some(Written::List(identities)) = identities else {
            return Exported::not("a manifest cannot write what an identity consists of");
        };
        let has = |identity: &Written, key: &str, test: fn(&str) -> bool| match identity {
            Written::Map(entries) => matches!(entries.get(key), Some(Written::Text(text)) if test(text)),
            _ => false,
        };
        let is_right = |identity: &Written| {
            has(identity, "issuer", is_address) && has(identity, "subject", |text| !text.is_empty())
        };
        if !identities.iter().all(is_right) {
            return Exported::not("an identity has no subject, or an issuer that is no address");
        }
        let document = Document::of_namespace(owner, world);
        Exported::at(document, &["robots", short, "federation"], Written::List(identities))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let is_own = change.address.namespace() == world.caller.name;
        let missing = if is_own { OF_ACCOUNTS } else { OF_ORGANIZATIONS };
        world
            .features
            .lacks
            .contains(missing)
            .then(|| format!("this server knows no {missing}"))
    }

    /// The list is replaced as a whole.
    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let path = |method| robot::path(method, &change.address.identity, &world.caller).segment("federation");
        match change.action {
            Action::Create | Action::Update => {
                let identities = change.wanted.get("identities").cloned();
                vec![
                    path(Method::Post)
                        .body_value(identities.unwrap_or(Value::List(Vec::new())))
                        .repeatable(),
                ]
            }
            Action::Delete => vec![path(Method::Delete).already(400, "Could not find robot")],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

/// What older servers lack, in words.
const OF_ORGANIZATIONS: &str = "federation of robots (Quay 3.13 does)";
const OF_ACCOUNTS: &str = "federation of robots of users' accounts (Quay 3.18 does)";

/// What the server lacks for the robots of this owner, if its description was asked for and does not have it.
fn missing(owner: &str, answers: &Answers) -> Option<&'static str> {
    let (start, missing) = match sight::is_own_account(answers, owner) {
        true => ("/api/v1/user/robots/", OF_ACCOUNTS),
        false => ("/api/v1/organization/", OF_ORGANIZATIONS),
    };
    let has = abilities::has_route(answers, start, "/federation")?;
    (!has).then_some(missing)
}

/// The server's description, where a robot that is not there yet is to have a federation, or the one of a robot that is
/// there cannot be read: on an older server there is nothing to read.
fn doubt(interest: &Interest, answers: &Answers) -> Option<Query> {
    let owners = interest.namespaces().into_iter();
    let unsure = owners.filter(|owner| {
        let mut wanted = interest.prefixes(NAME, owner);
        match sight::sight(answers, owner) {
            Sight::Absent => wanted.next().is_some(),
            Sight::Whole(_) => {
                let listed = robot::listed(answers, owner);
                let is_read = answers.body(&robot::list(answers, owner)).is_some();
                is_read && wanted.any(|robot| !listed.contains(robot) || answers.gap(&target(answers, robot)).is_some())
            }
            Sight::Unknown | Sight::Hidden(_) => false,
        }
    });
    let serves: Vec<Collection> = unsure.map(robot::of_organization).collect();
    let reason = "whether this server knows federation of robots";
    (!serves.is_empty() && !interest.subjects_are_known).then(|| abilities::query(reason, serves))
}

fn target(answers: &Answers, robot: &str) -> String {
    let (organization, short) = robot.split_once('+').unwrap_or_default();
    match sight::is_own_account(answers, organization) {
        true => targets::own_robot_federation(short),
        false => targets::robot_federation(organization, short),
    }
}

/// The federation of a robot, if it was read and names anybody.
fn read(robot: &str, answers: &Answers) -> Option<Object> {
    let views = answers.body(&target(answers, robot)).and_then(Json::as_array)?;
    let identities = in_order(
        views
            .iter()
            .map(|view| identity(text(view, "issuer"), text(view, "subject"))),
    );
    (!views.is_empty()).then(|| Object::new(address(robot), Fields::from([("identities", identities)])))
}
