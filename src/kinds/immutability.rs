//! Immutability: rules by which tags can neither be moved nor deleted.

use super::policy::{self, Sort};
use super::wishes::{Wishes, set};
use super::{Identity, Kind, auto_prune, exclusive, registry, repository, shapes};
use crate::http::Method;
use crate::manifest::decode::List;
use crate::manifest::documents::Manage;
use crate::manifest::record::{Check, add_condition, record};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Document, Effect, ExactList, Exported, Field,
    Fields, Interest, Located, Object, OnUnknown, Query, Reversibility, Value, World, Written,
};

record! {
    /// A rule by which tags can neither be moved nor deleted. Exactly one of `tags` and `except` must be written.
    pub struct ImmutabilitySpec {
        /// Tags that match the whole of this regular expression, such as `v[0-9]+.*`.
        tags: String,
        /// Tags that do not match it, such as `dev-.*`.
        except: String,
    }
    check: check_immutability;
    schema: one_pattern;
}

/// The longest pattern that the registry takes.
const LONGEST: usize = 256;

fn check_immutability(rule: &ImmutabilitySpec, check: &mut Check<'_>) {
    auto_prune::check_patterns(rule.tags.as_ref(), rule.except.as_ref(), check);
    if check.is_complete && rule.tags.is_none() && rule.except.is_none() {
        let missing = Diagnostic::error(
            "missing-field",
            "this rule does not say which tags it is about",
            check.place,
        );
        check.diagnostics.push(missing.help("add `tags` or `except`"));
    }
    for pattern in [&rule.tags, &rule.except].into_iter().flatten() {
        if pattern.value.chars().count() > LONGEST {
            check.bad_value(
                "the registry takes patterns of at most 256 letters",
                pattern.place,
                "write several rules",
            );
        }
    }
}

fn one_pattern(schema: &mut schemars::Schema) {
    let alternatives = ["tags", "except"].map(|name| serde_json::json!({ "required": [name] }));
    add_condition(schema, serde_json::json!({ "oneOf": alternatives }));
}

/// The pattern of a rule and whether it is the registry's usual sense: the pattern alone tells rules apart there.
pub fn pattern(rule: &ImmutabilitySpec) -> Option<&Located<String>> {
    rule.tags.as_ref().or(rule.except.as_ref())
}

/// The kind's name.
pub const NAME: &str = "immutability";

/// A rule by which tags cannot be changed.
pub struct Immutability;

const SORT: Sort = Sort {
    kind: NAME,
    feature: "IMMUTABLE_TAGS",
    route: "immutabilitypolicy",
    form: &shapes::IMMUTABILITY,
    reason: "the immutability rules of an organization or a repository",
    read: |view| Fields::from(policy::read_pattern(view)),
};

const FIELDS: &[Field] = &[Field::updated("tags"), Field::updated("except")];

/// Which tags of an organization or a repository (`acme/api`) are to be immutable.
pub fn desired(owner: &str, manage: Manage, list: &Located<List<ImmutabilitySpec>>, wishes: &mut Wishes<'_>) {
    wishes.own(policy::of_owner(NAME, owner), manage, list.place);
    for item in &list.value {
        let mut fields = Fields::from([("tags", "".into()), ("except", "".into())]);
        set(&mut fields, "tags", &item.value.tags, |pattern| Value::text(pattern));
        set(&mut fields, "except", &item.value.except, |pattern| {
            Value::text(pattern)
        });
        exclusive::watch(NAME, owner.split('/').next().unwrap_or_default(), wishes);
        let address = wishes.next(NAME, &policy::label(owner));
        wishes.want(address, fields, vec![policy::parent(owner)], item.place);
    }
}

impl Kind for Immutability {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// The pattern, in either sense: the server keeps it once.
    fn key(&self, fields: &Fields) -> String {
        let of = |name: &str| fields.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
        of("tags") + &of("except")
    }

    fn turns_into_any(&self) -> bool {
        true
    }

    fn collection(&self, address: &Address) -> Collection {
        policy::of_owner(NAME, policy::owner(address))
    }

    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        SORT.queries(interest, known, answers)
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        SORT.live(interest, answers, world);
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        if registry::is_organization(namespace, known) {
            let repositories = repository::explored(known, namespace);
            let owners = repositories.chain([namespace]);
            interest
                .collections
                .extend(owners.map(|owner| policy::of_owner(NAME, owner)));
        }
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        if let Some(reason) = exclusive::beside(&object.address, world) {
            return Exported::not(reason);
        }
        let pattern = |field: &'static str| Some(object.text(field)).filter(|pattern| !pattern.is_empty());
        let entries = [
            ("tags", pattern("tags").map(Written::text)),
            ("except", pattern("except").map(Written::text)),
        ];
        let document = Document::of_owner(policy::owner(&object.address), world);
        Exported::item(document, &["immutability"], Written::map(entries))
    }

    fn exact_list(&self, collection: &Collection, world: &World) -> Option<ExactList> {
        Some(policy::exact_list(collection, "immutability", world))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let in_the_way = || exclusive::in_the_way(NAME, change.address.namespace(), world);
        SORT.missing(world)
            .or_else(|| in_the_way().filter(|_| change.action == Action::Create))
    }

    /// What matches is marked at once, and stays so when the rule goes.
    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Create | Action::Update => Reversibility::Irreversible(
                "the way back for every tag that matches: none of them can be moved or deleted any more, and taking the \
                 rule away does not free them",
            ),
            _ => Reversibility::Reversible,
        }
    }

    /// The server takes no pattern twice, so that sending a rule again does no harm; a change keeps its id.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let body = policy::pattern_body(change);
        let body = body
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<crate::model::Entries>();
        match change.action {
            Action::Create => {
                let mut call = SORT
                    .to_list(Method::Post, &change.address)
                    .already_when_repeated(400, "A policy with the same tag_pattern already exists")
                    .body_map(body);
                call.on_unknown = OnUnknown::Repeat;
                vec![call]
            }
            Action::Update => vec![SORT.to_one(Method::Put, &change.address).body_map(body)],
            Action::Delete => vec![SORT.to_one(Method::Delete, &change.address).already(404, "Not Found")],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
