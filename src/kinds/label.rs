//! Labels of manifests, as far as they were added to them later.

use super::sight::{self, text};
use super::wishes::Wishes;
use super::{Identity, Kind, numbered, repository, shapes, tag, targets};
use crate::http::Method;
use crate::manifest::decode::Map;
use crate::manifest::documents::Manage;
use crate::model::{
    Address, Answer, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Located,
    Object, Query, Value, Way, World, Written,
};

/// The kind's name.
pub const NAME: &str = "label";

/// A label of a manifest. The server takes several with one key; a key that manifests write has the one value that they
/// write, so that others with it go.
pub struct Label;

/// All labels that were added to a manifest of a repository.
pub fn of_manifest(repository: &str, digest: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:{digest}/"))
}

/// The name in addresses of a manifest that a repository proved not to have.
const LACKING: &str = "lacking_manifest";

/// Notes that a repository has no such manifest, if the question for its labels said so.
pub fn note_lacking(repository: &str, digest: &str, answers: &Answers, world: &mut World) {
    if matches!(answers.get(&targets::labels(repository, digest)), Some(Answer::Missing)) {
        let address = Address::new(LACKING, format!("{repository}:{digest}"));
        world.put(Object::new(address, Fields::new()));
    }
}

/// Why there is no such manifest, if that is proven.
pub fn lacking(repository: &str, digest: &str, world: &World) -> Option<String> {
    if repository::is_new(repository, world) {
        return Some("the repository is only being made, and has no images".to_owned());
    }
    let lacking = Address::new(LACKING, format!("{repository}:{digest}"));
    world
        .get(&lacking)
        .map(|_| format!("{repository} has no image {digest}: push it first"))
}

/// The repository, the digest and the key of a label.
fn parts(identity: &str) -> (&str, &str, &str) {
    let (repository, rest) = identity.split_once(':').unwrap_or_default();
    let (digest, key) = rest.rsplit_once('/').unwrap_or_default();
    (repository, digest, key.split('#').next().unwrap_or_default())
}

/// Beginnings of keys that the registry keeps for others (API guide §3.16).
const RESERVED: [&str; 7] = [
    "com.docker.",
    "io.docker.",
    "org.opencontainers.",
    "io.quay.",
    "quay.",
    "io.k8s.",
    "internal.",
];

/// Whether a text can be the key of a label.
pub fn is_key(text: &str) -> bool {
    let is_run = |run: &str| {
        !run.is_empty()
            && run
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= 255 && text.split(['-', '.']).all(is_run) && !RESERVED.iter().any(|prefix| text.starts_with(prefix))
}

const FIELDS: &[Field] = &[Field {
    name: "value",
    way: Way::Replace,
}];

/// What labels a document wants on a manifest.
pub fn desired(repository: &str, digest: &str, list: &Located<Map<String>>, manage: Manage, wishes: &mut Wishes<'_>) {
    wishes.own(of_manifest(repository, digest), manage, list.place);
    for (key, entry) in &list.value {
        let fields = Fields::from([("value", Value::text(&entry.value))]);
        let address = Address::new(NAME, format!("{repository}:{digest}/{key}"));
        // Another tag that points there may say the same.
        if wishes.next(NAME, &address.identity) == address {
            wishes.want(address, fields, vec![repository::address(repository)], entry.name);
        }
    }
}

impl Kind for Label {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn is_one_of_its_label(&self) -> bool {
        true
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        let (repository, digest, _) = parts(&address.identity);
        of_manifest(repository, digest)
    }

    /// One GET per manifest whose labels are declared: no list shows them.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for (name, collection) in repository::wanted(NAME, interest, answers) {
            let (_, digest, _) = parts(&collection.prefix);
            let target = targets::labels(&name, digest);
            let reason = "the labels of a manifest";
            queries.push(targets::ask(target, &shapes::LABELS, reason, vec![collection.clone()]));
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for prefix in interest.prefixes(NAME, organization) {
                let (name, digest, _) = parts(prefix);
                let target = targets::labels(name, digest);
                note_lacking(name, digest, answers, world);
                let added = answers.list(&target, "labels").iter();
                for view in added.filter(|view| text(view, "source_type") == "api") {
                    let fields = Fields::from([("value", text(view, "value").into())]);
                    let label = format!("{prefix}{}", text(view, "key"));
                    let mut object = Object::new(numbered(world, NAME, &label), fields);
                    object.handle = Some(text(view, "id").to_owned());
                    world.put(object);
                }
                let proof = if live.contains(name) {
                    target
                } else {
                    repository::list(answers, organization)
                };
                sight::settle(world, answers, Collection::new(NAME, prefix), &[proof]);
            }
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        for repository in repository::explored(known, namespace) {
            let tags = known.of(&tag::of_repository(repository));
            let manifests = tags.map(|tag| of_manifest(repository, tag.text("digest")));
            interest.collections.extend(manifests);
        }
    }

    /// Under each tag that points to the manifest.
    fn export(&self, object: &Object, world: &World) -> Exported {
        let (repository, digest, key) = parts(&object.address.identity);
        let second = Address::new(NAME, format!("{repository}:{digest}/{key}#2"));
        if !is_key(key) || world.get(&second).is_some() {
            return Exported::not(
                "the manifest has several labels with this key, or it is one that is kept for others",
            );
        }
        let mut exported = Exported::nothing();
        let tags = world.of(&tag::of_repository(repository));
        for tag in tags.filter(|tag| tag.text("digest") == digest) {
            let (_, name) = tag::parts(&tag.address);
            let document = Document::Repository(repository.to_owned());
            let value = Written::text(object.text("value"));
            exported = exported.and(document, &["tags", name, "labels", key], value);
        }
        exported
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let (repository, digest, _) = parts(&change.address.identity);
        lacking(repository, digest, world).or_else(|| repository::refusal(repository, world))
    }

    /// There is no update. The old one goes first: after a crash there one is missing, which any later apply sees.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (repository, digest, key) = parts(&change.address.identity);
        let path = |method| repository::path(method, repository, &["manifest", digest, "labels"]);
        let create = || {
            path(Method::Post).body([
                ("key", key.into()),
                ("value", change.text("value").into()),
                ("media_type", "text/plain".into()),
            ])
        };
        let delete = || path(Method::Delete).handle(&change.address).already(404, "Not Found");
        super::without_update(change.action, create, delete)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
