//! How much a user may store.

use super::quota::{QuotaSpec, number_id};
use super::wishes::{Wishes, set};
use super::{Kind, quota, registry, sight, targets, user, user_quota_limit};
use crate::manifest::Manage;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Located,
    Object, Query, Value, World,
};

/// The kind's name.
pub const NAME: &str = "user_quota";

/// How much a user may store.
pub struct UserQuota;

/// The address of a user's quota.
pub fn address(user: &str) -> Address {
    Address::new(NAME, user)
}

const FIELDS: &[Field] = &[Field::updated("limit")];

/// What a document wants of a user's quota and the quota's limits.
pub fn desired(name: &str, manage: Manage, spec: &Located<QuotaSpec>, wishes: &mut Wishes<'_>) {
    let quota = &spec.value;
    if quota.absent.is_some() {
        return wishes.forbid(address(name), spec.place);
    }
    let mut fields = Fields::new();
    set(&mut fields, "limit", &quota.limit, |limit| (limit.bytes as i64).into());
    wishes.want(address(name), fields, vec![user::address(name)], spec.place);
    if let Some(limits) = &quota.limits {
        wishes.own(user_quota_limit::of_user(name), manage, limits.place);
        for limit in &limits.value {
            user_quota_limit::desired(name, limit, wishes);
        }
    }
}

/// For every wanted user the quotas that the list of users shows. Who is no superuser sees the own one alone: there is
/// no other that could be compared, and every change is blocked.
pub(super) fn each_user(
    kind: &'static str,
    interest: &Interest,
    answers: &Answers,
    world: &mut World,
    mut put: impl FnMut(&mut World, &str, &serde_json::Value),
) {
    let collections: Vec<Collection> = interest
        .collections
        .iter()
        .filter(|each| each.kind == kind)
        .cloned()
        .collect();
    let wants = |name: &str| collections.iter().any(|collection| collection.namespace() == name);
    let own = answers.body(targets::USER).filter(|_| !registry::is_visible(world));
    let own = own.map(|view| (sight::text(view, "username"), view));
    for (name, view) in user::views(answers).chain(own).filter(|(name, _)| wants(name)) {
        for quota in sight::list(view, "quotas") {
            put(world, name, quota);
        }
    }
    for collection in collections {
        if registry::is_visible(world) {
            sight::settle(world, answers, collection, &[targets::USERS.to_owned()]);
        } else {
            world.complete.insert(collection);
        }
    }
}

/// Where something of a user's quota is written: superusers say it of everybody, others of themselves.
pub(super) fn place(user: &str, world: &World, rest: &[&str]) -> (Document, Vec<String>) {
    let of_registry = ["users", user];
    let (document, start) = match world.caller.superuser {
        true => (Document::Registry, &of_registry[..]),
        false => (Document::Account(user.to_owned()), &[][..]),
    };
    let path = start.iter().chain(rest).map(|key| (*key).to_owned());
    (document, path.collect())
}

impl Kind for UserQuota {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// The quota comes with the list of users.
    fn queries(&self, _interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        Vec::new()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        each_user(NAME, interest, answers, world, |world, name, view| {
            let limit = view.get("limit_bytes").map_or(Value::Null, Value::from_json);
            let mut object = Object::new(address(name), Fields::from([("limit", limit)]));
            object.handle = number_id(view);
            world.put(object);
        });
    }

    fn explore(&self, namespace: &str, known: &World, answers: &Answers, interest: &mut Interest) {
        let is_own = namespace == known.caller.name;
        let own = is_own.then(|| namespace.to_owned()).into_iter();
        let all = own.chain(user::everybody(namespace, known, answers));
        interest.collections.extend(all.map(|name| Collection::new(NAME, name)));
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        let (document, path) = place(&object.address.identity, world, &["quota", "limit"]);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match quota::written_limit(object) {
            Some(limit) => Exported::at(document, &path, limit),
            None => Exported::not("a quota of 0 is none, and the registry would not set it"),
        }
    }

    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        quota::refusal(world)
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.as_str();
        quota::calls_at(&["superuser", "users", name, "quota"], change)
    }

    /// The limits go with their quota.
    fn effects(&self, change: &Change, _world: &World) -> Vec<Effect> {
        match change.action {
            Action::Delete => vec![Effect::RemoveAll(user_quota_limit::of_user(&change.address.identity))],
            _ => Vec::new(),
        }
    }
}
