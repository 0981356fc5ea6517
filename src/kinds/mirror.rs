//! Mirrors: repositories that copy another registry's repository at intervals.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Kind, default_permission, permission, repository, robot, targets};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::record::{Check, record};
use crate::manifest::secret::TextOrReference;
use crate::manifest::suggest::all_of;
use crate::model::units::{Duration, Moment};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Effect, Field, Fields, Interest, Object, Place,
    Query, Value, Way, World,
};
use crate::model::{Located, Secret};

record! {
    /// What the repository copies, and how often; only the mirror's robot can push to it then.
    pub struct MirrorSpec {
        /// The repository to copy: host and path without a scheme, such as `docker.io/library/nginx`.
        external_reference: String,
        /// Which tags to copy, as glob patterns, such as `["1.*", latest]`.
        tags: List<String>,
        /// How long from one copy to the next, such as `6h`.
        sync_interval: Duration,
        /// When to copy for the first time, such as `2026-01-01T00:00:00Z`; not written, at once.
        sync_start_date: Moment,
        /// The organization's robot that pushes the copies, by its short name such as `mirror`; it gets `write`.
        robot: String,
        /// Whether to copy (the default of a new mirror) or to pause.
        enabled: bool,
        /// How to sign in at the other registry; `{}` for not at all.
        credentials: MirrorCredentialsSpec,
        /// Whether the other registry's certificate is checked, which it is unless this says `false`.
        verify_tls: bool,
        /// Whether images without a valid signature are copied, too.
        unsigned_images: bool,
        /// The proxy through which the other registry is reached.
        proxy: MirrorProxySpec,
        /// How long one copy may take, at least `300s`, which is also the default.
        skopeo_timeout: Duration,
        /// For which architectures to copy, such as `[amd64, arm64]`; `[]` for all.
        architectures: List<Architecture>,
        /// Stops the mirror and makes the repository writable again; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_mirror;
}

record! {
    /// How to sign in at the registry that is copied from.
    pub struct MirrorCredentialsSpec {
        /// The user name.
        username: String,
        /// The password, never read back: a text, or better `{env: NAME}`.
        password: TextOrReference,
    }
    check: check_credentials;
}

record! {
    /// The proxy through which the registry that is copied from is reached.
    pub struct MirrorProxySpec {
        /// The proxy for `http://`, such as `http://proxy.acme.example:3128`.
        http_proxy: TextOrReference,
        /// The proxy for `https://`, such as `http://proxy.acme.example:3128`.
        https_proxy: TextOrReference,
        /// Hosts that are reached without the proxy, separated by commas.
        no_proxy: String,
    }
}

choice! {
    /// A processor architecture.
    pub enum Architecture {
        /// Intel and AMD, 64 bits.
        Amd64 = "amd64",
        /// ARM, 64 bits.
        Arm64 = "arm64",
        /// IBM POWER, little-endian.
        Ppc64le = "ppc64le",
        /// IBM Z.
        S390x = "s390x",
    }
}

/// The least that the registry takes.
const LEAST_SKOPEO_TIMEOUT: Duration = Duration::from_seconds(300);

fn check_mirror(mirror: &MirrorSpec, check: &mut Check<'_>) {
    if let Some(reference) = &mirror.external_reference
        && let Some(message) = refuse_reference(&reference.value)
    {
        check.bad_value(
            message,
            reference.place,
            "write host and path, such as `docker.io/library/nginx`",
        );
    }
    if let Some(tags) = mirror
        .tags
        .as_ref()
        .filter(|tags| tags.value.is_empty() && check.is_complete)
    {
        check.bad_value(
            "a mirror needs at least one tag pattern",
            tags.place,
            "write `[\"*\"]` for all tags",
        );
    }
    for tag in mirror
        .tags
        .iter()
        .flat_map(|tags| &tags.value)
        .filter(|tag| tag.value.trim().is_empty())
    {
        check.bad_value(
            "a tag pattern cannot be empty",
            tag.place,
            "write a name or a pattern such as `1.*`",
        );
    }
    if let Some(interval) = mirror
        .sync_interval
        .as_ref()
        .filter(|interval| interval.value.seconds == 0)
    {
        check.bad_value(
            "the interval of a mirror is at least one second",
            interval.place,
            "write something like `6h`",
        );
    }
    if let Some(timeout) = mirror
        .skopeo_timeout
        .as_ref()
        .filter(|timeout| timeout.value < LEAST_SKOPEO_TIMEOUT)
    {
        check.bad_value(
            "the timeout of a mirror is at least 300 seconds",
            timeout.place,
            "write `5m` or more",
        );
    }
    if check.is_complete {
        check.diagnostics.extend(incomplete(mirror, check.place));
    }
}

fn refuse_reference(reference: &str) -> Option<&'static str> {
    let (host, path) = reference.split_once('/').unwrap_or((reference, ""));
    match () {
        () if reference.contains("://") => Some("an external reference has no scheme"),
        () if host.is_empty() || path.is_empty() => Some("an external reference needs a repository path"),
        () if reference.contains(char::is_whitespace) => Some("an external reference has no blanks"),
        () => None,
    }
}

/// Whoever says what to copy describes a mirror that can be created; anything less only adjusts an existing one.
fn incomplete(mirror: &MirrorSpec, place: Place) -> Option<Diagnostic> {
    let reference = mirror.external_reference.as_ref()?;
    let fields = [
        ("tags", mirror.tags.is_some()),
        ("sync_interval", mirror.sync_interval.is_some()),
        ("robot", mirror.robot.is_some()),
    ];
    let missing: Vec<&str> = fields
        .iter()
        .filter(|(_, written)| !written)
        .map(|(name, _)| *name)
        .collect();
    (!missing.is_empty()).then(|| {
        Diagnostic::error("missing-field", format!("this mirror lacks {}", all_of(missing)), place)
            .also(reference.place, "a mirror of this needs them, too")
            .help("the registry cannot create a mirror without them")
    })
}

fn check_credentials(credentials: &MirrorCredentialsSpec, check: &mut Check<'_>) {
    if let (None, Some(password), true) = (&credentials.username, &credentials.password, check.is_complete) {
        check.diagnostics.push(
            Diagnostic::error("missing-field", "a password needs a `username`", password.place)
                .help("add `username`; the registry takes both together only"),
        );
    }
}

/// The kind's name.
pub const NAME: &str = "mirror";

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
    Address::new("dormant_mirror", repository)
}

const NEVER_SHOWN: &str = "the server never shows it; it is sent with every other change and by apply --resend-secrets";
const ADVANCED: &str = "the server advances it with every run: equal if whole sync intervals lie between";

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

/// What a document wants of its repository's mirror.
pub fn desired(name: &str, spec: &Located<MirrorSpec>, wishes: &mut Wishes<'_>) {
    let mirror = &spec.value;
    if mirror.absent.is_some() {
        return wishes.forbid(address(name), spec.place);
    }
    let organization = name.split('/').next().unwrap_or_default();
    let mut fields = Fields::new();
    set(&mut fields, "external_reference", &mirror.external_reference, |text| {
        Value::text(text)
    });
    set(&mut fields, "tags", &mirror.tags, |tags| {
        tags.iter().map(|tag| Value::text(&tag.value)).collect()
    });
    set(&mut fields, "sync_interval", &mirror.sync_interval, |time| {
        (time.seconds as i64).into()
    });
    set(&mut fields, "sync_start_date", &mirror.sync_start_date, |moment| {
        Value::text(moment.to_string())
    });
    set(&mut fields, "robot", &mirror.robot, |short| {
        Value::text(robot::full_name(organization, short))
    });
    set(&mut fields, "enabled", &mirror.enabled, |switch| (*switch).into());
    set(&mut fields, "verify_tls", &mirror.verify_tls, |switch| (*switch).into());
    set(&mut fields, "unsigned_images", &mirror.unsigned_images, |switch| {
        (*switch).into()
    });
    set(&mut fields, "skopeo_timeout", &mirror.skopeo_timeout, |time| {
        (time.seconds as i64).into()
    });
    set(&mut fields, "architectures", &mirror.architectures, |list| {
        let words: std::collections::BTreeSet<&str> = list.iter().map(|each| each.value.as_str()).collect();
        words.into_iter().map(Value::text).collect()
    });
    set(&mut fields, "proxy", &mirror.proxy, |proxy| wanted_proxy(proxy, wishes));
    if let Some(credentials) = &mirror.credentials {
        let username = credentials
            .value
            .username
            .as_ref()
            .map_or("", |name| name.value.as_str());
        fields.insert("username", username.into());
        wishes.seal(&mut fields, "password", &credentials.value.password);
    }
    let mut needs = vec![repository::address(name)];
    if let Some(robot) = &mirror.robot {
        let robot = robot::address(&robot::full_name(organization, &robot.value));
        wishes.refer(robot.clone(), spec.place);
        needs.push(robot);
    }
    wishes.want(address(name), fields, needs, spec.place);
}

fn wanted_proxy(proxy: &MirrorProxySpec, wishes: &mut Wishes<'_>) -> Value {
    let mut wanted = Fields::new();
    wishes.seal(&mut wanted, "http_proxy", &proxy.http_proxy);
    wishes.seal(&mut wanted, "https_proxy", &proxy.https_proxy);
    set(&mut wanted, "no_proxy", &proxy.no_proxy, |hosts| Value::text(hosts));
    Value::Map(wanted.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

impl Kind for Mirror {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        Collection::new(NAME, address.identity.clone())
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
            queries.extend(
                wanted.map(|name| targets::ask(targets::mirror(name), "its mirror", vec![Collection::new(NAME, name)])),
            );
            for name in decisive(interest, answers, organization) {
                let serves = vec![permission::of_repository(name, "robot")];
                let reason = "which robot mirrors it, and keeps its grant";
                queries.push(targets::ask(targets::mirror(name), reason, serves));
            }
        }
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
                    targets::repositories(organization)
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
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has("REPO_MIRROR") {
            return Some("FEATURE_REPO_MIRROR is off on this server".to_owned());
        }
        if filters(change) && !world.features.has("SPARSE_INDEX") {
            return Some("FEATURE_SPARSE_INDEX is off on this server: it copies all architectures or none".to_owned());
        }
        let needed = ["external_reference", "tags", "sync_interval", "robot"];
        let missing: Vec<&str> = needed
            .into_iter()
            .filter(|field| !change.wanted.contains_key(field))
            .collect();
        let lacks = change.action == Action::Create && !missing.is_empty();
        lacks.then(|| format!("a new mirror also needs {}", missing.join(", ")))
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![
            ("enabled", true.into()),
            ("sync_start_date", Value::Now),
            ("skopeo_timeout", SKOPEO_TIMEOUT.into()),
            ("verify_tls", true.into()),
            ("unsigned_images", false.into()),
            ("proxy", Value::Map(BTreeMap::new())),
        ]
    }

    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let repository = change.address.identity.as_str();
        let state =
            |state: &str| repository::path(Method::Put, repository, &["changestate"]).body([("state", state.into())]);
        let put = |body| {
            let mut call = repository::path(Method::Put, repository, &["mirror"]);
            call.body = Some(Value::Map(body));
            call
        };
        match change.action {
            Action::Create if world.get(&dormant(repository)).is_some() => {
                let body = body(change, |_| true);
                vec![put(body.clone()), put(body), state("MIRROR")]
            }
            Action::Create => {
                let mut call = repository::path(Method::Post, repository, &["mirror"]);
                call.body = Some(Value::Map(body(change, |_| true)));
                vec![call]
            }
            Action::Update => {
                let body = body(change, |field| change.touches(field));
                // The first proxy key is lost where there was no proxy before (measured: "Hazards"), so it is sent twice.
                let times = if change.touches("proxy") { 2 } else { 1 };
                vec![put(body); times]
            }
            Action::Delete => vec![
                put(BTreeMap::from([("is_enabled".to_owned(), false.into())])),
                state("NORMAL"),
            ],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// The repository's state follows, and the robot gets the right to write, unless a team gives it that already: then
    /// or not yet, depending on which of the two changes comes first.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let name = change.address.identity.as_str();
        let repository = |state: &str| {
            let mut object = world.get(&repository::address(name))?.clone();
            object.fields.insert("state", state.into());
            Some(Effect::Put(object))
        };
        match change.action {
            Action::Create | Action::Update => {
                let robot = robot::short_name(change.address.namespace(), change.text("robot"));
                let grant = permission::address(name, "robot", robot);
                let role = world.get(&grant).map_or("", |grant| grant.text("role"));
                let grown = (default_permission::strength(role) < default_permission::strength("write"))
                    .then(|| Effect::Perhaps(Object::new(grant, Fields::from([("role", "write".into())]))));
                let awake = Effect::Remove(dormant(name));
                repository("MIRROR").into_iter().chain(grown).chain([awake]).collect()
            }
            Action::Delete => {
                let mut asleep = Object::new(dormant(name), change.wanted.clone());
                asleep.fields.insert("enabled", false.into());
                repository("NORMAL").into_iter().chain([Effect::Put(asleep)]).collect()
            }
            _ => Vec::new(),
        }
    }

    fn moved_by_server(&self, field: &str, wanted: &Value, live: &Object) -> bool {
        if field != "sync_start_date" {
            return false;
        }
        let interval = live
            .fields
            .get("sync_interval")
            .and_then(Value::as_integer)
            .unwrap_or(1)
            .max(1);
        let seconds = |value: &Value| {
            value
                .as_text()?
                .parse::<jiff::Timestamp>()
                .ok()
                .map(jiff::Timestamp::as_second)
        };
        match (seconds(wanted), live.fields.get(field).and_then(seconds)) {
            (Some(wanted), Some(live)) => (wanted - live) % interval == 0,
            // A cancelled run leaves no date behind.
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }
}

/// Repositories that mirror something, although no manifest says so, and where a robot has a grant that none declares.
fn decisive<'a>(interest: &'a Interest, answers: &'a Answers, organization: &'a str) -> impl Iterator<Item = &'a str> {
    let list = answers.list(&targets::repositories(organization), "repositories");
    let mirrors = move |name: &str| {
        let mut ours = list.iter().filter(|view| text(view, "state") == "MIRROR");
        ours.any(|view| name.strip_prefix(organization).and_then(|name| name.strip_prefix('/')) == Some(text(view, "name")))
    };
    permission::with_undeclared_robots(interest, answers, organization).filter(move |name| mirrors(name))
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

/// Whether the change asks for some architectures only.
fn filters(change: &Change) -> bool {
    let wanted = change.field("architectures").and_then(|field| field.after.as_ref());
    matches!(wanted, Some(Value::List(items)) if !items.is_empty())
}

fn read(view: &Json) -> Fields {
    let config = view.get("external_registry_config").unwrap_or(&Json::Null);
    let of = |key: &str| view.get(key).map_or(Value::Null, Value::from_json);
    let switch = |key: &str, default: bool| config.get(key).and_then(Json::as_bool).unwrap_or(default);
    let mut architectures: Vec<Value> = match of("architecture_filter") {
        Value::List(items) => items,
        _ => Vec::new(),
    };
    architectures.sort_by_key(ToString::to_string);
    Fields::from([
        ("external_reference", of("external_reference")),
        (
            "tags",
            view.pointer("/root_rule/rule_value")
                .map_or(Value::Null, Value::from_json),
        ),
        ("sync_interval", of("sync_interval")),
        ("sync_start_date", of("sync_start_date")),
        ("robot", Value::text(text(view, "robot_username"))),
        ("enabled", of("is_enabled")),
        ("username", Value::text(text(view, "external_registry_username"))),
        ("verify_tls", switch("verify_tls", true).into()),
        ("unsigned_images", switch("unsigned_images", false).into()),
        ("proxy", read_proxy(config)),
        ("skopeo_timeout", of("skopeo_timeout_interval")),
        ("architectures", Value::List(architectures)),
    ])
}

/// The proxy's keys; what is null is left out, and the addresses may hold a password.
fn read_proxy(config: &Json) -> Value {
    let mut proxy = BTreeMap::new();
    for key in PROXY {
        let value = config.get("proxy").map_or("", |proxy| text(proxy, key));
        let sealed = match key {
            _ if value.is_empty() => continue,
            "no_proxy" => Value::text(value),
            _ => Value::Secret(Secret::known(value)),
        };
        proxy.insert(key.to_owned(), sealed);
    }
    Value::Map(proxy)
}

const PROXY: [&str; 3] = ["http_proxy", "https_proxy", "no_proxy"];

/// The server's names for the fields that `sends` lets through, nested as it wants them.
fn body(change: &Change, sends: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let wanted = |field: &str| sends(field).then(|| change.wanted.get(field).cloned()).flatten();
    let mut body = BTreeMap::new();
    for (field, key) in [
        ("external_reference", "external_reference"),
        ("sync_interval", "sync_interval"),
        ("sync_start_date", "sync_start_date"),
        ("robot", "robot_username"),
        ("enabled", "is_enabled"),
        ("skopeo_timeout", "skopeo_timeout_interval"),
        ("architectures", "architecture_filter"),
    ] {
        if let Some(value) = wanted(field) {
            body.insert(key.to_owned(), value);
        }
    }
    if let Some(tags) = wanted("tags") {
        let rule = [
            ("rule_kind".to_owned(), "tag_glob_csv".into()),
            ("rule_value".to_owned(), tags),
        ];
        body.insert("root_rule".to_owned(), Value::Map(BTreeMap::from(rule)));
    }
    if sends("username") || sends("password") {
        body.extend(credentials(change));
    }
    let config = config(change, &sends);
    if !config.is_empty() {
        body.insert("external_registry_config".to_owned(), Value::Map(config));
    }
    body
}

/// A password only goes with its user name, a name alone keeps the password, and no name removes both.
fn credentials(change: &Change) -> Vec<(String, Value)> {
    let (name, password) = (
        "external_registry_username".to_owned(),
        "external_registry_password".to_owned(),
    );
    let Some(username) = change.wanted.get("username") else {
        return Vec::new();
    };
    if change.text("username").is_empty() {
        return vec![(name, Value::Null), (password, Value::Null)];
    }
    let sealed = change.wanted.get("password").cloned();
    let sealed = sealed.map(|sealed| (password, sealed));
    [(name, username.clone())].into_iter().chain(sealed).collect()
}

/// The nested configuration; the server merges it key by key, so that a proxy's missing keys are sent as null.
fn config(change: &Change, sends: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let mut config = BTreeMap::new();
    for field in ["verify_tls", "unsigned_images"] {
        if let Some(value) = change.wanted.get(field).filter(|_| sends(field)) {
            config.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(Value::Map(wanted)) = change.wanted.get("proxy").filter(|_| sends("proxy")) {
        let keys = PROXY.map(|key| (key.to_owned(), wanted.get(key).cloned().unwrap_or(Value::Null)));
        config.insert("proxy".to_owned(), Value::Map(BTreeMap::from(keys)));
    }
    config
}
