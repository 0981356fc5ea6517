//! Mirrors: repositories that copy another registry's repository at intervals.

mod desired;
mod export;
mod spec;
mod timeout;
mod wire;

use std::collections::BTreeSet;

use crate::http::Method;
use crate::kinds::sight::{self, text};
use crate::kinds::{Kind, default_permission, exclusive, permission, repository, robot, shapes, targets};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Effect, Entries, Exported, Field, Fields, Interest, Object,
    Query, Value, Way, World,
};
use wire::{body, read};

pub use desired::{desired, wanted_credentials, wanted_proxy};
pub use export::{duration, proxy, signing_in, start_date, without_password};
pub use spec::{Architecture, MirrorCredentialsSpec, MirrorProxySpec, MirrorSpec, lacking};
pub use wire::read_proxy;

/// The kind's name.
pub const NAME: &str = "mirror";

/// The name in addresses of a configuration that does nothing.
const DORMANT: &str = "dormant_mirror";

/// The least time in seconds that the server accepts for one image, and what quayform sends where nothing is written.
const SKOPEO_TIMEOUT: i64 = 300;

/// What keeps a repository in step with one elsewhere.
pub struct Mirror;

/// The address of a repository's mirror.
pub fn address(repository: &str) -> Address {
    Address::new(NAME, repository)
}

/// A configuration that does nothing since its repository is not in the state MIRROR: it counts as absent, but a new
/// mirror has to re-use it.
pub fn dormant(repository: &str) -> Address {
    Address::new(DORMANT, repository)
}

/// Whether it is a mirror, awake or dormant, whose robot this is.
pub fn is_by(object: &Object, robot: &str) -> bool {
    [NAME, DORMANT].contains(&object.address.kind) && object.text("robot") == robot
}

pub(super) const NEVER_SHOWN: &str =
    "the server never shows it; it is sent with every other change and by apply --resend-secrets";
pub(super) const ADVANCED: &str = "the server advances it with every run: equal if whole sync intervals lie between";

const FIELDS: &[Field] = &[
    Field::updated("external_reference"),
    Field::updated("tags"),
    Field::updated("sync_interval"),
    Field {
        name: "sync_start_date",
        way: Way::Moved(ADVANCED),
    },
    Field::updated("robot"),
    Field::updated("enabled"),
    Field::updated("username"),
    Field {
        name: "password",
        way: Way::WriteOnly(NEVER_SHOWN),
    },
    Field::updated("verify_tls"),
    Field::updated("unsigned_images"),
    Field::updated("proxy"),
    Field::updated("skopeo_timeout"),
    Field::updated("architectures"),
];

impl Kind for Mirror {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn repository<'a>(&self, identity: &'a str) -> Option<&'a str> {
        Some(identity)
    }

    /// One GET per repository whose mirror is declared: a dormant configuration shows nowhere else. And one where a robot
    /// would lose its grant, which it keeps if the mirror is its own.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for organization in interest
            .namespaces()
            .into_iter()
            .filter(|name| interest.wants(NAME, name) || interest.wants(permission::NAME, name))
        {
            let live = repository::names(answers, organization);
            let wanted = interest
                .prefixes(NAME, organization)
                .filter(|name| live.contains(*name));
            queries.extend(wanted.map(|name| {
                targets::ask(
                    targets::mirror(name),
                    &shapes::MIRROR,
                    "the mirror of a repository",
                    vec![Collection::new(NAME, name)],
                )
            }));
            for name in decisive(interest, answers, organization) {
                let serves = vec![permission::of_repository(name, "robot")];
                let reason = "which robot mirrors a repository, and keeps its grant";
                queries.push(targets::ask(targets::mirror(name), &shapes::MIRROR, reason, serves));
            }
        }
        queries.extend(timeout::doubt(interest, answers));
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for name in interest.prefixes(NAME, organization) {
                let proof = if live.contains(name) {
                    show(name, answers, world);
                    targets::mirror(name)
                } else {
                    repository::list(answers, organization)
                };
                sight::settle(world, answers, Collection::new(NAME, name), &[proof]);
            }
        });
        for organization in interest.namespaces() {
            for name in decisive(interest, answers, organization) {
                show(name, answers, world);
                sight::settle(world, answers, Collection::new(NAME, name), &[targets::mirror(name)]);
            }
        }
        if timeout::is_known(interest, answers) == Some(false) {
            world.features.lacks.insert(timeout::MISSING);
        }
    }

    /// Only the state of a repository says that it mirrors something: a dormant configuration counts as absent.
    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let mirrors = |name: &&str| {
            let repository = known.get(&repository::address(name));
            repository.is_some_and(|repository| repository.text("state") == "MIRROR")
        };
        let mirroring = repository::explored(known, namespace).filter(mirrors);
        interest
            .collections
            .extend(mirroring.map(|name| Collection::new(NAME, name)));
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        export::export(object, world)
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has("REPO_MIRROR") {
            return Some("FEATURE_REPO_MIRROR is off on this server".to_owned());
        }
        if let Some(reason) = exclusive::in_the_way(NAME, change.address.namespace(), world)
            && change.action == Action::Create
        {
            return Some(reason);
        }
        let needed = ["external_reference", "tags", "sync_interval", "robot"];
        let missing: Vec<&str> = needed
            .into_iter()
            .filter(|field| !change.wanted.contains_key(field))
            .collect();
        let lacks = change.action == Action::Create && !missing.is_empty();
        lacks.then(|| format!("a new mirror also needs {}", missing.join(", ")))
    }

    fn refuses(&self, field: &str, wanted: &Value, world: &World) -> Option<String> {
        match (field, wanted) {
            ("architectures", Value::List(list)) if !list.is_empty() && !world.features.has("SPARSE_INDEX") => {
                Some("FEATURE_SPARSE_INDEX is off on this server: it copies all architectures or none".to_owned())
            }
            ("skopeo_timeout", _) if world.features.lacks.contains(timeout::MISSING) => {
                Some(format!("this server knows no {}", timeout::MISSING))
            }
            _ => None,
        }
    }

    /// While a copy is under way the server leaves out parts of a change, and answers as if it had not.
    fn busy(&self, object: &Object) -> Option<&'static str> {
        (object.text("status") == "SYNCING").then_some("it is copying")
    }

    fn defaults(&self, _change: &Change, world: &World) -> Vec<(&'static str, Value)> {
        let mut defaults = vec![
            ("enabled", true.into()),
            ("sync_start_date", Value::Now),
            ("verify_tls", true.into()),
            ("unsigned_images", false.into()),
            ("proxy", Value::Map(Entries::new())),
        ];
        // Newer servers demand it, and older ones break over it (API guide §3.8).
        if !world.features.lacks.contains(timeout::MISSING) {
            defaults.push(("skopeo_timeout", SKOPEO_TIMEOUT.into()));
        }
        defaults
    }

    /// A password only goes with its user name.
    fn sends_along(&self, change: &Change) -> &'static [&'static str] {
        if change.touches("password") { &["username"] } else { &[] }
    }

    /// Measured: "Hazards".
    fn stuck(&self, field: &str) -> Option<&'static str> {
        (field == "tags").then_some(
            "the server changes a rule that an earlier creation of this mirror left behind when it failed, and not this \
             one: delete the repository and have it made anew, or have the rule taken out of the server's database",
        )
    }

    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let repository = change.address.identity.as_str();
        let state =
            |state: &str| repository::path(Method::Put, repository, &["changestate"]).body([("state", state.into())]);
        let send = |method, body| repository::path(method, repository, &["mirror"]).body_map(body);
        let put = |body| send(Method::Put, body);
        let mut calls: Vec<Call> = grant(change, world).into_iter().collect();
        match change.action {
            Action::Create if world.get(&dormant(repository)).is_some() => {
                let body = body(change, |_| true);
                calls.extend([put(body.clone()), put(body), state("MIRROR")]);
                calls
            }
            Action::Create => {
                calls.push(send(Method::Post, body(change, |_| true)));
                calls
            }
            Action::Update => {
                let body = body(change, |field| change.touches(field));
                // The first proxy key is lost where there was no proxy before (measured: "Hazards"), so it is sent twice.
                let times = if change.touches("proxy") { 2 } else { 1 };
                calls.extend(vec![put(body); times]);
                calls
            }
            Action::Delete => {
                let pause = put(Entries::from([("is_enabled".to_owned(), false.into())]));
                [pause]
                    .into_iter()
                    .chain(mirrors(repository, world).then(|| state("NORMAL")))
                    .collect()
            }
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// The repository's state follows, and the robot has the right to write.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let name = change.address.identity.as_str();
        let repository = |state: &str| {
            let mut object = world.get(&repository::address(name))?.clone();
            object.fields.insert("state", state.into());
            Some(Effect::Put(object))
        };
        match change.action {
            Action::Create | Action::Update => {
                let written = || Fields::from([("role", "write".into())]);
                let grown = lacking_grant(change, world).map(|grant| Effect::Put(Object::new(grant, written())));
                let awake = Effect::Remove(dormant(name));
                repository("MIRROR").into_iter().chain(grown).chain([awake]).collect()
            }
            Action::Delete => {
                let mut asleep = Object::new(dormant(name), change.wanted.clone());
                asleep.fields.insert("enabled", false.into());
                let normal = mirrors(name, world).then(|| repository("NORMAL")).flatten();
                normal.into_iter().chain([Effect::Put(asleep)]).collect()
            }
            _ => Vec::new(),
        }
    }

    fn moved_by_server(&self, field: &str, wanted: &Fields, live: &Object) -> bool {
        field == "sync_start_date" && is_whole_intervals_on(wanted, live)
    }
}

/// The robot's own grant, where it is to get one: where it has less than `write` by itself.
fn lacking_grant(change: &Change, world: &World) -> Option<Address> {
    let gets_a_robot = change.action == Action::Create || change.touches("robot");
    let robot = robot::short_name(change.address.namespace(), change.text("robot"));
    let grant = permission::address(&change.address.identity, "robot", robot);
    let role = world.get(&grant).map_or("", |grant| grant.text("role"));
    let is_weak = default_permission::strength(role) < default_permission::strength("write");
    (gets_a_robot && is_weak).then_some(grant)
}

/// Gives the robot the right to write. The server does so itself where the robot has less at that moment: one that pushes by
/// way of a team would be left without a right when that way is taken later, and the end would depend on the order.
fn grant(change: &Change, world: &World) -> Option<Call> {
    lacking_grant(change, world)?;
    let repository = change.address.identity.as_str();
    // Where it is not known what the robot has, it may be more.
    let is_known = world.is_complete(&permission::of_repository(repository, "robot"));
    let path = ["permissions", "user", change.text("robot")];
    is_known.then(|| repository::path(Method::Put, repository, &path).body([("role", "write".into())]))
}

/// Whether a mirror's live `sync_start_date` is the wanted one, or whole intervals away from it: runs advance it. The
/// interval is the one that the mirror is to have: by another one, that is about to change, a date may fit by chance.
pub fn is_whole_intervals_on(wanted: &Fields, live: &Object) -> bool {
    let interval = wanted.get("sync_interval").or_else(|| live.fields.get("sync_interval"));
    let interval = interval.and_then(Value::as_integer).unwrap_or(1).max(1);
    let start = |fields: &Fields| {
        let date = fields.get("sync_start_date")?.as_text()?;
        date.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
    };
    match (start(wanted), start(&live.fields)) {
        (Some(wanted), Some(live)) => (wanted - live) % interval == 0,
        // A cancelled run leaves no date behind.
        (_, None) => true,
        (None, Some(_)) => false,
    }
}

/// Repositories that mirror something, although no manifest says so, and where a robot has a grant that none declares.
fn decisive<'a>(interest: &'a Interest, answers: &'a Answers, organization: &'a str) -> impl Iterator<Item = &'a str> {
    let list = answers.list(&repository::list(answers, organization), "repositories");
    let mirroring = list.iter().filter(|view| text(view, "state") == "MIRROR");
    let mirroring: BTreeSet<String> = mirroring
        .map(|view| format!("{organization}/{}", text(view, "name")))
        .collect();
    permission::with_undeclared_robots(interest, answers, organization)
        .into_iter()
        .filter(move |name| mirroring.contains(*name))
}

/// Puts a repository's mirror into the world, if it was read.
fn show(name: &str, answers: &Answers, world: &mut World) {
    let Some(view) = answers.body(&targets::mirror(name)) else {
        return;
    };
    let repository = world.get(&repository::address(name));
    let address = match repository.map_or("", |repository| repository.text("state")) {
        "MIRROR" => address(name),
        _ => dormant(name),
    };
    world.put(Object::new(address, read(view)));
}

/// Whether the repository is still a mirror by its state, which the manifest may move to another one by itself.
fn mirrors(name: &str, world: &World) -> bool {
    let repository = world.get(&repository::address(name));
    repository.is_none_or(|repository| repository.text("state") == "MIRROR")
}
