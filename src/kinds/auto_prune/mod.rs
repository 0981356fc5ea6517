//! Auto-prune: rules by which the registry deletes tags of an organization or a repository by itself.

mod spec;
mod wire;

use serde_json::Value as Json;

use super::policy::{self, Sort};
use super::sight::{self, Sight};
use super::wishes::{Wishes, set};
use super::{Identity, Kind, abilities, registry, repository, shapes, targets};
use crate::http::Method;
use crate::manifest::decode::List;
use crate::manifest::documents::Manage;
use crate::model::units::Duration;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest,
    Located, Object, OnUnknown, Query, Reversibility, Value, World, Written,
};

pub use spec::{AutoPruneSpec, check_patterns, written_twice};

/// The kind's name.
pub const NAME: &str = "auto_prune";

/// A rule by which the registry deletes tags.
pub struct AutoPrune;

const SORT: Sort = Sort {
    kind: NAME,
    feature: "AUTO_PRUNE",
    route: "autoprunepolicy",
    form: &shapes::AUTO_PRUNE,
    reason: "the auto-prune rules of an organization or a repository",
    read: wire::read,
};

const FIELDS: &[Field] = &[
    Field::updated("keep_tags"),
    Field::updated("older_than"),
    Field::updated("tags"),
    Field::updated("except"),
];

/// What an organization or a repository (`acme/api`) is to delete by itself.
pub fn desired(owner: &str, manage: Manage, list: &Located<List<AutoPruneSpec>>, wishes: &mut Wishes<'_>) {
    wishes.own(policy::of_owner(NAME, owner), manage, list.place);
    for item in &list.value {
        let spec = &item.value;
        let mut fields = Fields::from([
            ("keep_tags", Value::Null),
            ("older_than", Value::Null),
            ("tags", "".into()),
            ("except", "".into()),
        ]);
        set(&mut fields, "keep_tags", &spec.keep_tags, |number| {
            i64::from(*number).into()
        });
        set(&mut fields, "older_than", &spec.older_than, |age| {
            (age.seconds as i64).into()
        });
        set(&mut fields, "tags", &spec.tags, |pattern| Value::text(pattern));
        set(&mut fields, "except", &spec.except, |pattern| Value::text(pattern));
        let address = wishes.next(NAME, &policy::label(owner));
        if list.value.len() > 1 || spec.tags.is_some() || spec.except.is_some() {
            wishes.detail(address.clone());
        }
        wishes.want(address, fields, vec![policy::parent(owner)], item.place);
    }
}

/// Whether it must be known how much this server can say in its rules: not before the first of them is declared that
/// an old one would not take.
fn asks_for_ability(interest: &Interest, world: &World) -> bool {
    world.features.has(SORT.feature) && interest.detailed.iter().any(|address| address.kind == NAME)
}

/// What older servers lack, in words.
const OF_REPOSITORIES: &str = "auto-prune rules of repositories (Quay 3.11 does)";

/// Whether rules are wanted of a repository that is still to be made, or whose list the server does not give.
fn is_unread(collection: &Collection, answers: &Answers) -> bool {
    let owner = collection.prefix.trim_end_matches(':');
    if collection.kind != NAME || !owner.contains('/') {
        return false;
    }
    let organization = collection.namespace();
    let is_listed = answers.body(&repository::list(answers, organization)).is_some();
    match sight::sight(answers, organization) {
        Sight::Absent => true,
        Sight::Whole(_) if is_listed => {
            !repository::names(answers, organization).contains(owner)
                || answers.gap(&targets::policies(owner, SORT.route)).is_some()
        }
        _ => false,
    }
}

/// Whether the server has tag patterns and several rules for one owner: both came together, and the description of its
/// API tells (API guide §3.12, §7).
fn is_able(discovery: &Json) -> bool {
    let definitions = discovery.get("definitions").and_then(Json::as_object);
    let properties = definitions
        .into_iter()
        .flatten()
        .filter_map(|(_, schema)| schema.get("properties"));
    let mut rules = properties.filter(|keys| keys.get("method").is_some() && keys.get("value").is_some());
    rules.any(|keys| keys.get("tagPattern").is_some())
}

impl Kind for AutoPrune {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// Rules for the same tags are the same rule, with another number.
    fn key(&self, fields: &Fields) -> String {
        ["tags", "except"]
            .map(|name| fields.get(name).map_or(String::new(), Value::to_string))
            .join("\n")
    }

    /// Nothing but the content tells rules apart: what is left over on both sides is changed, not deleted and made.
    fn turns_into_any(&self) -> bool {
        true
    }

    fn collection(&self, address: &Address) -> Collection {
        policy::of_owner(NAME, policy::owner(address))
    }

    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = SORT.queries(interest, known, answers);
        let is_new = || interest.collections.iter().any(|each| is_unread(each, answers));
        if known.features.has(SORT.feature)
            && !interest.subjects_are_known
            && (asks_for_ability(interest, known) || is_new())
        {
            let ours = interest.collections.iter().filter(|each| each.kind == NAME);
            let reason = "which auto-prune rules this server has";
            queries.push(abilities::query(reason, ours.cloned().collect()));
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        SORT.live(interest, answers, world);
        if let Some(discovery) = answers.body(targets::DISCOVERY) {
            world.features.prunes_by_pattern = Some(is_able(discovery));
        }
        if abilities::has_route(answers, "/api/v1/repository/", "/autoprunepolicy/") == Some(false) {
            // There are none, so that what was asked could not be answered.
            let ours = |each: &&Collection| each.kind == NAME && each.prefix.contains('/');
            for collection in interest.collections.iter().filter(ours) {
                world.gaps.remove(collection);
                world.complete.insert(collection.clone());
            }
            world.features.lacks.insert(OF_REPOSITORIES);
        }
        if let Some(gap) = answers
            .gap(targets::DISCOVERY)
            .filter(|_| asks_for_ability(interest, world))
        {
            let unknown = interest.collections.iter().filter(|collection| collection.kind == NAME);
            world
                .gaps
                .extend(unknown.map(|collection| (collection.clone(), gap.clone())));
        }
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        if namespace != registry::NAMESPACE {
            let repositories = repository::explored(known, namespace);
            let owners = repositories.chain([namespace]);
            interest
                .collections
                .extend(owners.map(|owner| policy::of_owner(NAME, owner)));
        }
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        let all = world.of(&self.collection(&object.address));
        let mut before = all.take_while(|other| other.address != object.address);
        if before.any(|other| other.fields == object.fields) {
            return Exported::not("it is there twice, which the registry does not make");
        }
        let number = |field: &str| object.fields.get(field).and_then(Value::as_integer);
        let (keep_tags, older_than) = (number("keep_tags"), number("older_than"));
        let older_than = older_than.and_then(|seconds| u64::try_from(seconds).ok());
        if keep_tags.is_none() && older_than.is_none() {
            return Exported::not("a manifest cannot say which tags go by it");
        }
        let pattern = |field: &'static str| Some(object.text(field)).filter(|pattern| !pattern.is_empty());
        let entries = [
            ("keep_tags", keep_tags.map(Written::Number)),
            (
                "older_than",
                older_than.map(|seconds| Written::text(Duration::from_seconds(seconds).to_string())),
            ),
            ("tags", pattern("tags").map(Written::text)),
            ("except", pattern("except").map(Written::text)),
        ];
        let document = Document::of_owner(policy::owner(&object.address), world);
        Exported::item(document, &["auto_prune"], Written::map(entries))
    }

    fn exact_list(&self, collection: &Collection, world: &World) -> Option<ExactList> {
        Some(policy::exact_list(collection, "auto_prune", world))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if policy::owner(&change.address).contains('/') && world.features.lacks.contains(OF_REPOSITORIES) {
            return Some(format!("this server knows no {OF_REPOSITORIES}"));
        }
        if let Some(reason) = SORT.missing(world) {
            return Some(reason);
        }
        if world.features.prunes_by_pattern != Some(false) || change.action == Action::Delete {
            return None;
        }
        if !change.text("tags").is_empty() || !change.text("except").is_empty() {
            return Some("this server knows no tag patterns in auto-prune rules (Quay 3.13 does)".to_owned());
        }
        let is_second = change.action == Action::Create && world.of(&self.collection(&change.address)).next().is_some();
        is_second.then(|| "this server keeps one auto-prune rule for each owner (Quay 3.13 keeps several)".to_owned())
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Create | Action::Update => {
                Reversibility::Lossy("the tags that it deletes, once they can no longer be brought back")
            }
            _ => Reversibility::Reversible,
        }
    }

    /// The server takes no rule twice, so that sending one again does no harm; a change keeps its id.
    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let is_own = policy::owner(&change.address) == world.caller.name;
        let own = |method| Call::new(method, &["user", SORT.route]);
        let to_list = |method| match is_own {
            true => own(method).slash(),
            false => SORT.to_list(method, &change.address),
        };
        let to_one = |method| match is_own {
            true => own(method).handle(&change.address),
            false => SORT.to_one(method, &change.address),
        };
        match change.action {
            Action::Create => {
                let mut call = to_list(Method::Post)
                    .already(400, "Existing policy with same values")
                    .body_map(wire::body(change));
                call.on_unknown = OnUnknown::Repeat;
                vec![call]
            }
            Action::Update => vec![to_one(Method::Put).body_map(wire::body(change))],
            Action::Delete => vec![to_one(Method::Delete).already(404, "Not Found")],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
