//! Repositories and their settings.

mod read;

use crate::http::Method;
use crate::kinds::wishes::{Wishes, place as written_at, set};
use crate::kinds::{
    Keep, Kind, auto_prune, default_permission, exclusive, immutability, label, mirror, notification, organization,
    organization_mirror, permission, registry, repository_state, repository_trust, tag, trigger,
};
use crate::manifest::choice::choice;
use crate::manifest::documents::RepositoryDocument;
use crate::manifest::record::record;
use crate::manifest::{is_repository, route_word_in};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Object,
    Query, Reversibility, Value, World, Written,
};

record! {
    /// The settings of a repository.
    pub struct RepositorySpec {
        /// Who may pull: `private` (the default of a new repository) or `public`.
        visibility: Visibility,
        /// What the repository is for, in Markdown; `''` for none.
        description: String,
        /// Whether it takes pushes: `normal` or `read_only`. Not beside `mirror`, which decides by itself.
        state: repository_state::State,
        /// Whether clients are told to take signed images only, on servers with `FEATURE_SIGNING`.
        trust: bool,
    }
}

choice! {
    /// Who may pull from a repository.
    pub enum Visibility {
        /// Everybody.
        Public = "public",
        /// Those with a permission.
        Private = "private",
    }
}

pub use read::{any_missing, list, names, wanted};

/// The kind's name.
pub const NAME: &str = "repository";

/// A repository.
pub struct Repository;

/// The address of a repository by its full name, `acme/api`.
pub fn address(full_name: &str) -> Address {
    Address::new(NAME, full_name)
}

/// When something was last pushed, in unix seconds; known only where repositories may go or tags become immutable.
pub const LAST_PUSH: &str = "last_modified";

/// How often it was pulled, pushed or changed within a week; known only where repositories may go.
pub const USES: &str = "popularity";

/// All repositories of an organization.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}/"))
}

/// Why a repository takes no changes of what is pushed to it, if it takes none. What a plan closes takes them until then.
pub fn refusal(name: &str, world: &World) -> Option<String> {
    let repository = world.get(&address(name))?;
    let state = repository.text("state");
    let is_open = matches!(state, "" | "NORMAL") || repository.fields.contains_key(STILL_OPEN);
    (!is_open).then(|| format!("the repository is in the state {state}, which takes no pushes"))
}

/// Whether a plan makes the repository, so that nothing was ever pushed to it.
pub fn is_new(name: &str, world: &World) -> bool {
    world
        .get(&address(name))
        .is_some_and(|repository| repository.fields.contains_key(NEW))
}

/// That a repository is only being made.
const NEW: &str = "new";

/// That a repository takes pushes until its state changes, which the plan does last.
const STILL_OPEN: &str = "still_open";

/// The repository as it is in another state.
pub fn in_state(repository: &Object, state: &str) -> Object {
    let mut moved = repository.clone();
    if repository.text("state") == "NORMAL" {
        moved.fields.insert(STILL_OPEN, true.into());
    }
    moved.fields.insert("state", state.into());
    moved
}

const FIELDS: &[Field] = &[Field::updated("visibility"), Field::updated("description")];

/// What a document wants of its repository.
pub fn desired(name: &str, document: &RepositoryDocument, wishes: &mut Wishes<'_>) {
    let place = document.name.as_ref().map(|name| name.place).unwrap_or_default();
    if document.absent.is_some() {
        return wishes.forbid(address(name), place);
    }
    let mut fields = Fields::new();
    set(&mut fields, "visibility", &document.settings.visibility, |visibility| {
        visibility.as_str().into()
    });
    set(&mut fields, "description", &document.settings.description, |text| {
        Value::text(text)
    });
    if let Some(state) = &document.settings.state {
        repository_state::desired(name, state, wishes);
    }
    if let Some(trust) = &document.settings.trust {
        repository_trust::desired(name, trust, wishes);
    }
    if let Some(previously) = &document.previously {
        wishes.was(address(name), address(&previously.value));
    }
    let owner = organization::address(name.split('/').next().unwrap_or_default());
    wishes.refer(owner.clone(), place);
    wishes.want(address(name), fields, vec![owner], place);
    wishes.written(&[
        ("visibility", written_at(&document.settings.visibility)),
        ("description", written_at(&document.settings.description)),
    ]);
}

/// Why nothing can be said of a repository in a manifest, if so.
fn unspeakable(object: &Object) -> Option<&'static str> {
    if object.text("state") == organization_mirror::MADE {
        return Some("the organization's mirror makes it and keeps it as it is");
    }
    (!is_repository(&object.address.identity))
        .then_some("a part of its name is a word of the registry's API, or the registry makes no such names any more")
}

/// The full names of the repositories of a namespace that are known and can be written.
pub fn explored<'a>(known: &'a World, namespace: &str) -> impl Iterator<Item = &'a str> {
    let all = known.of(&of_organization(namespace));
    let spoken_of = all.filter(|object| unspeakable(object).is_none());
    spoken_of.map(|object| object.address.identity.as_str())
}

impl Kind for Repository {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        of_organization(address.namespace())
    }

    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        read::queries(interest, answers)
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        read::live(interest, answers, world);
    }

    fn explore(&self, namespace: &str, _known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = namespace != registry::NAMESPACE;
        interest.collections.extend(is_one.then(|| of_organization(namespace)));
    }

    /// Who may pull is always written: a repository that becomes public by hand shall show.
    fn export(&self, object: &Object, world: &World) -> Exported {
        let name = object.address.identity.as_str();
        if let Some(reason) = unspeakable(object) {
            return Exported::not(reason);
        }
        let document = || Document::Repository(name.to_owned());
        let visibility = Written::text(object.text("visibility"));
        let mut exported = Exported::document(document()).and(document(), &["visibility"], visibility);
        let description = object.text("description");
        if !description.is_empty() {
            exported = exported.and(document(), &["description"], Written::text(description));
        }
        let is_without_mirror = || {
            let collection = Collection::new(mirror::NAME, name);
            world.is_complete(&collection) && world.get(&mirror::address(name)).is_none()
        };
        match object.text("state") {
            "" | "NORMAL" | "READ_ONLY" => exported,
            "MIRROR" if !is_without_mirror() => exported,
            state => exported.without(
                Some("state"),
                format!("manifests have no word for the state {state} by itself"),
            ),
        }
    }

    fn repository<'a>(&self, identity: &'a str) -> Option<&'a str> {
        Some(identity).filter(|name| !name.ends_with('/'))
    }

    /// A request about it would be about something else.
    fn keeps(&self, object: &Object, _world: &World) -> Keep {
        match route_word_in(&object.address.identity) {
            Some(word) => Keep::Because(format!(
                "the API takes `{word}` in its name for a part of another repository"
            )),
            None => Keep::Nothing,
        }
    }

    /// In an organization that is a mirror, the mirror makes them.
    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let organization = change.address.namespace();
        exclusive::in_the_way(NAME, organization, world).filter(|_| change.action == Action::Create)
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Delete => Reversibility::Irreversible("its images and their history"),
            _ => Reversibility::Reversible,
        }
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![
            ("visibility", Value::text("private")),
            ("description", Value::text("")),
            ("state", Value::text("NORMAL")),
            (NEW, true.into()),
        ]
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (organization, name) = change.address.identity.split_once('/').unwrap_or_default();
        match change.action {
            Action::Create => vec![Call::new(Method::Post, &["repository"]).body([
                ("namespace", organization.into()),
                ("repository", name.into()),
                ("visibility", change.text("visibility").into()),
                ("description", change.text("description").into()),
            ])],
            Action::Update => updates(change),
            Action::Delete => vec![path(Method::Delete, &change.address.identity, &[])],
            _ => Vec::new(),
        }
    }

    /// The creator becomes administrator and the default permissions fire; a deletion takes everything along.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let repository = change.address.identity.as_str();
        match change.action {
            Action::Create => {
                let creator = world.caller.name.as_str();
                let born = |sort: &str, name: &str, role: &str| {
                    let fields = Fields::from([("role", Value::text(role))]);
                    Effect::Put(Object::new(permission::address(repository, sort, name), fields))
                };
                let fired = default_permission::firing(world, change.address.namespace(), creator);
                let fired = fired.into_iter().map(|((sort, name), role)| born(sort, name, role));
                // Who owns the namespace administers it anyway, and no list of grants is asked for that.
                let own = (creator != change.address.namespace()).then(|| born("user", creator, "admin"));
                let settings = [
                    repository_state::of_new(repository),
                    repository_trust::of_new(repository),
                ];
                fired.chain(own).chain(settings.map(Effect::Put)).collect()
            }
            Action::Delete => [
                permission::NAME,
                notification::NAME,
                auto_prune::NAME,
                tag::NAME,
                label::NAME,
                trigger::NAME,
                immutability::NAME,
            ]
            .map(|kind| Effect::RemoveAll(Collection::new(kind, format!("{repository}:"))))
            .into_iter()
            .chain([
                Effect::Remove(mirror::address(repository)),
                Effect::Remove(mirror::dormant(repository)),
                Effect::Remove(repository_state::address(repository)),
                Effect::Remove(repository_trust::address(repository)),
            ])
            .collect(),
            _ => Vec::new(),
        }
    }
}

/// A call below one repository, whose name may hold slashes.
pub fn path(method: Method, repository: &str, rest: &[&str]) -> Call {
    let segments: Vec<&str> = ["repository"]
        .into_iter()
        .chain(repository.split('/'))
        .chain(rest.iter().copied())
        .collect();
    Call::new(method, &segments)
}

/// What narrows access goes first, what widens it last.
fn updates(change: &Change) -> Vec<Call> {
    let repository = change.address.identity.as_str();
    let visibility = change.field("visibility").map(|_| {
        path(Method::Post, repository, &["changevisibility"])
            .body([("visibility", change.text("visibility").into())])
            .null_is_missing()
    });
    let description = change
        .field("description")
        .map(|_| path(Method::Put, repository, &[]).body([("description", change.text("description").into())]));
    let both = if change.text("visibility") == "private" {
        [visibility, description]
    } else {
        [description, visibility]
    };
    both.into_iter()
        .flatten()
        .map(|mut call| {
            call.on_unknown = crate::model::OnUnknown::Repeat;
            call
        })
        .collect()
}
