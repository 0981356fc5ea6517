//! Tags: names in a repository that point to images.

mod build;
mod cocktail;
mod read;
mod spec;

use crate::http::Method;
use crate::kinds::wishes::{Wishes, place, set};
use crate::kinds::{Kind, label, repository, robot};
use crate::manifest::decode::Entry;
use crate::manifest::documents::Manage;
use crate::model::units::Moment;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Desired, Document, Effect, Exported, Field, Fields, Interest,
    Object, OnUnknown, Query, Value, Way, World, Written,
};

pub use build::BuildSpec;
pub use cocktail::CocktailSpec;
pub use spec::{TagSpec, is_name};

/// The kind's name.
pub const NAME: &str = "tag";

/// A name that points to an image.
pub struct Tag;

/// The address of a tag of a repository.
pub fn address(repository: &str, name: &str) -> Address {
    Address::new(NAME, format!("{repository}:{name}"))
}

/// All tags of a repository.
pub fn of_repository(repository: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:"))
}

/// The repository and the name of a tag.
pub fn parts(address: &Address) -> (&str, &str) {
    address.identity.split_once(':').unwrap_or_default()
}

/// When it began to point there, in unix seconds: the server counts expirations from then on.
const START: &str = "start";

/// The shortest and the longest life of a tag that expires, in seconds (API guide §3.16).
const SHORTEST_LIFE: i64 = 3_600;
const LONGEST_LIFE: i64 = 104 * 604_800;

/// How a tag does not expire.
const NEVER: &str = "never";

const CLAMPED: &str =
    "the server keeps it between 1 hour and 104 weeks after the tag's start: what that makes of it is equal";
const ONCE: &str = "it says how a missing tag is made; an existing one stays as it is";

const FIELDS: &[Field] = &[
    Field::updated("digest"),
    Field {
        name: "from_tag",
        way: Way::CreateOnly(ONCE),
    },
    Field {
        name: "build",
        way: Way::CreateOnly(ONCE),
    },
    Field {
        name: "cocktail",
        way: Way::CreateOnly(ONCE),
    },
    Field {
        name: "expiration",
        way: Way::Moved(CLAMPED),
    },
    Field::updated("immutable"),
];

/// What a document wants of one tag, and of the labels of its manifest.
pub fn desired(repository: &str, name: &str, entry: &Entry<TagSpec>, labels: Manage, wishes: &mut Wishes<'_>) {
    let (address, spec) = (address(repository, name), &entry.value);
    if spec.absent.is_some() {
        return wishes.forbid(address, entry.name);
    }
    let mut fields = Fields::new();
    let mut needs = vec![repository::address(repository)];
    set(&mut fields, "digest", &spec.digest, |digest| Value::text(digest));
    if let Some(from) = &spec.from_tag {
        fields.insert("from_tag", Value::text(&from.value));
        let source = self::address(repository, &from.value);
        wishes.detail(source.clone());
        needs.push(source);
    }
    let organization = repository.split('/').next().unwrap_or_default();
    if let Some(spec) = &spec.build {
        fields.insert("build", build::wanted(organization, &spec.value));
        if let Some(robot) = build::pull_robot(organization, &spec.value) {
            let address = robot::address(&robot.value);
            wishes.refer(address.clone(), robot.place);
            needs.push(address);
        }
    }
    if let Some(spec) = &spec.cocktail {
        fields.insert("cocktail", cocktail::wanted(&spec.value));
    }
    set(&mut fields, "expiration", &spec.expiration, |moment| {
        Value::text(moment.to_string())
    });
    set(&mut fields, "immutable", &spec.immutable, |switch| (*switch).into());
    if let Some(digest) = &spec.digest {
        wishes.detail(pin(repository, name, &digest.value));
    }
    wishes.want(address, fields, needs, entry.name);
    wishes.written(&[
        ("digest", place(&spec.digest)),
        ("from_tag", place(&spec.from_tag)),
        ("build", place(&spec.build)),
        ("cocktail", place(&spec.cocktail)),
        ("expiration", place(&spec.expiration)),
        ("immutable", place(&spec.immutable)),
    ]);
    if let (Some(digest), Some(list)) = (&spec.digest, &spec.labels) {
        label::desired(repository, &digest.value, list, labels, wishes);
    }
}

/// Stands for the wish that a tag points to a manifest: whether there is one decides whether it can. No tag has such a
/// name.
fn pin(repository: &str, name: &str, digest: &str) -> Address {
    address(repository, &format!("{name}@{digest}"))
}

impl Kind for Tag {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        of_repository(parts(address).0)
    }

    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        read::queries(interest, answers)
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        read::live(interest, answers, world);
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        for repository in repository::explored(known, namespace) {
            let all = of_repository(repository);
            // Only so the whole list is read.
            interest.exact.insert(all.clone());
            interest.collections.insert(all);
        }
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let (repository, name) = parts(&object.address);
        if !is_name(name) {
            return Exported::not("a manifest cannot write this name");
        }
        let expiration = Some(object.text("expiration")).filter(|expiration| *expiration != NEVER);
        let entries = [
            ("digest", Some(Written::text(object.text("digest")))),
            ("expiration", expiration.map(Written::text)),
            (
                "immutable",
                is_immutable(&object.fields).then_some(Written::Switch(true)),
            ),
        ];
        let document = Document::Repository(repository.to_owned());
        let exported = Exported::at(document, &["tags", name], Written::map(entries));
        exported.elsewhere("the image has to be pushed")
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if let Some(state) = repository::refusal(parts(&change.address).0, world) {
            return Some(state);
        }
        if change.action == Action::Create
            && ["digest", "from_tag", "build", "cocktail"]
                .iter()
                .all(|means| !change.wanted.contains_key(means))
        {
            return Some("there is no such tag, and the manifest does not say how it comes to be".to_owned());
        }
        let points = matches!(change.action, Action::Create | Action::Update) && change.touches("digest");
        if points && let Some(reason) = label::lacking(parts(&change.address).0, change.text("digest"), world) {
            return Some(reason);
        }
        let builds = change.action == Action::Create && change.wanted.contains_key("build");
        if builds && !world.features.has("BUILD_SUPPORT") {
            return Some("FEATURE_BUILD_SUPPORT is off on this server, which builds nothing".to_owned());
        }
        let is_protected = world
            .get(&change.address)
            .is_some_and(|live| is_immutable(&live.fields));
        let moves = change.action == Action::Delete || change.touches("digest") || change.touches("expiration");
        (is_protected && moves && is_immutable(&change.wanted))
            .then(|| "it is immutable: write `immutable: false` first".to_owned())
    }

    fn refuses(&self, field: &str, wanted: &Value, world: &World) -> Option<String> {
        let protects = field == "immutable" && wanted.as_boolean() == Some(true);
        (protects && !world.features.has("IMMUTABLE_TAGS"))
            .then(|| "FEATURE_IMMUTABLE_TAGS is off on this server".to_owned())
    }

    /// A tag that this run has still to make points to something that is not known yet.
    fn postponed(&self, change: &Change, _world: &World, _desired: &Desired) -> Option<String> {
        let copies = change.action == Action::Create && !change.text("from_tag").is_empty();
        let waits = copies && change.text("digest").is_empty();
        waits.then(|| {
            format!(
                "{} is only being made; the next apply copies it",
                change.text("from_tag")
            )
        })
    }

    /// A copy points to where its source does.
    fn defaults(&self, change: &Change, world: &World) -> Vec<(&'static str, Value)> {
        let source = address(parts(&change.address).0, change.text("from_tag"));
        let digest = world.get(&source).and_then(|source| source.fields.get("digest"));
        digest.map(|digest| ("digest", digest.clone())).into_iter().collect()
    }

    /// A tag that is moved begins anew, without its expiration and its protection: they are sent again.
    fn sends_along(&self, change: &Change) -> &'static [&'static str] {
        if change.touches("digest") {
            &["expiration", "immutable"]
        } else {
            &[]
        }
    }

    /// One that is immutable does not move at all.
    fn unsettles(&self, change: &Change) -> Fields {
        match change.touches("digest") {
            true => Fields::from([("expiration", NEVER.into())]),
            false => Fields::new(),
        }
    }

    /// Free it, move it, let it expire, protect it: the server would begin with the expiration of what it then leaves
    /// behind, so that each is a request of its own (API guide §3.16).
    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let (repository, name) = parts(&change.address);
        let path = |method| repository::path(method, repository, &["tag", name]);
        let put = |field: &str, value: Value| path(Method::Put).body([(field, value)]);
        if change.action == Action::Delete {
            return vec![path(Method::Delete).already(404, "Not Found")];
        }
        let was_immutable = world
            .get(&change.address)
            .is_some_and(|live| is_immutable(&live.fields));
        let moves = change.action == Action::Create || change.touches("digest");
        let mut calls = Vec::new();
        if change.action == Action::Create {
            calls.extend(built(change, repository, name));
        }
        let is_built = !calls.is_empty();
        if was_immutable && !is_immutable(&change.wanted) {
            calls.push(put("immutable", false.into()));
        }
        if moves && !is_built {
            calls.push(put("manifest_digest", change.text("digest").into()));
        }
        let expiration = change.text("expiration");
        match Moment::parse_echoed(expiration) {
            Some(moment) if moves || change.touches("expiration") => {
                calls.push(put("expiration", moment.seconds.into()));
            }
            None if change.touches("expiration") && change.action == Action::Update && !moves => {
                calls.push(put("expiration", Value::Null));
            }
            _ => {}
        }
        if is_immutable(&change.wanted) && (moves || !was_immutable) {
            calls.push(put("immutable", true.into()));
        }
        for call in calls.iter_mut().filter(|call| call.starts.is_none()) {
            call.on_unknown = OnUnknown::Repeat;
        }
        calls
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }

    /// Whether it expires when the server makes it expire that was asked for this moment.
    fn moved_by_server(&self, field: &str, wanted: &Fields, live: &Object) -> bool {
        let moment = |value: Option<&Value>| Some(Moment::parse_echoed(value?.as_text()?)?.seconds);
        let start = live.fields.get(START).and_then(Value::as_integer);
        let (Some(wanted), Some(found), Some(start)) =
            (moment(wanted.get(field)), moment(live.fields.get(field)), start)
        else {
            return false;
        };
        field == "expiration" && found == start + (wanted - start).clamp(SHORTEST_LIFE, LONGEST_LIFE)
    }
}

/// What has a missing tag built.
fn built(change: &Change, repository: &str, name: &str) -> Option<Call> {
    match (change.wanted.get("build"), change.wanted.get("cocktail")) {
        (Some(Value::Map(build)), _) => Some(build::start(repository, name, build)),
        (None, Some(Value::Map(cocktail))) => Some(cocktail::start(name, cocktail)),
        _ => None,
    }
}

fn is_immutable(fields: &Fields) -> bool {
    fields.get("immutable").and_then(Value::as_boolean) == Some(true)
}
