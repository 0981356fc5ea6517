//! What happens when a user has stored a share of the quota.

use super::quota_limit::{QuotaLimitSpec, parts};
use super::wishes::Wishes;
use super::{Kind, quota, quota_limit, user, user_quota};
use crate::model::{
    Address, Answers, Call, Change, Collection, Effect, ExactList, Exported, Field, Fields, Interest, Located, Object,
    Query, World,
};

/// The kind's name.
pub const NAME: &str = "user_quota_limit";

/// A threshold of a user's quota, told apart by its type and share.
pub struct UserQuotaLimit;

/// The address of a limit: `user_quota_limit[bob:warning/80]`.
pub fn address(user: &str, kind: &str, percent: i64) -> Address {
    Address::new(NAME, format!("{user}:{kind}/{percent}"))
}

/// All limits of a user's quota.
pub fn of_user(user: &str) -> Collection {
    Collection::new(NAME, format!("{user}:"))
}

/// One wanted limit.
pub fn desired(user: &str, spec: &Located<QuotaLimitSpec>, wishes: &mut Wishes<'_>) {
    if let (Some(kind), Some(at)) = (&spec.value.limit_type, &spec.value.at) {
        let address = address(user, kind.value.as_str(), i64::from(at.value.percent));
        wishes.want(address, Fields::new(), vec![user_quota::address(user)], spec.place);
    }
}

impl Kind for UserQuotaLimit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        &[]
    }

    fn collection(&self, address: &Address) -> Collection {
        of_user(parts(address).0)
    }

    /// Limits come with the list of users.
    fn queries(&self, _interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        Vec::new()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        user_quota::each_user(NAME, interest, answers, world, |world, name, quota| {
            quota_limit::show(quota, |kind, percent| address(name, kind, percent), world);
        });
    }

    fn explore(&self, namespace: &str, known: &World, answers: &Answers, interest: &mut Interest) {
        let is_own = namespace == known.caller.name;
        let own = is_own.then(|| namespace.to_owned()).into_iter();
        let all = own.chain(user::everybody(namespace, known, answers));
        interest.collections.extend(all.map(|name| of_user(&name)));
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        let (user, ..) = parts(&object.address);
        let (document, path) = user_quota::place(user, world, &["quota", "limits"]);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        Exported::item(document, &path, quota_limit::written(&object.address))
    }

    fn exact_list(&self, collection: &Collection, world: &World) -> Option<ExactList> {
        let user = collection.prefix.trim_end_matches(':');
        let (document, path) = user_quota::place(user, world, &["quota", "limits"]);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(ExactList::new(
            collection.clone(),
            document,
            &path,
            &["manage", "limits"],
        ))
    }

    /// The path for superusers has no limits: they are set as those of an organization (measured, 8).
    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        quota::refusal(world).or_else(|| {
            (!world.features.has(quota::FULL_ACCESS)).then(|| {
                "FEATURE_SUPERUSERS_FULL_ACCESS is off: the server lets nobody set limits of another user's quota"
                    .to_owned()
            })
        })
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        quota_limit::calls_below(&user_quota::address(parts(&change.address).0), change)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
