//! What happens when an organization has stored a share of its quota.

use serde_json::Value as Json;

use super::sight::text;
use super::wishes::Wishes;
use super::{Kind, quota, registry, sight};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::record::record;
use crate::model::units::Percent;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest,
    Located, Object, Query, World, Written,
};

record! {
    /// One threshold of a quota.
    pub struct QuotaLimitSpec {
        /// What happens: `warning` or `reject`.
        limit_type: QuotaLimitType as "type" = required,
        /// From which share of the quota on, such as `80%`.
        at: Percent = required,
    }
}

choice! {
    /// What happens at a threshold of a quota.
    pub enum QuotaLimitType {
        /// The owners are notified.
        Warning = "warning",
        /// Pushes are refused.
        Reject = "reject",
    }
}

/// The kind's name.
pub const NAME: &str = "quota_limit";

/// A threshold of a quota, told apart by its type and share.
pub struct QuotaLimit;

/// The address of a limit: `quota_limit[acme:warning/80]`.
pub fn address(organization: &str, kind: &str, percent: i64) -> Address {
    Address::new(NAME, format!("{organization}:{kind}/{percent}"))
}

/// All limits of an organization's quota.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}:"))
}

pub(super) fn parts(address: &Address) -> (&str, &str, i64) {
    let (organization, key) = address.identity.split_once(':').unwrap_or_default();
    let (kind, percent) = key.split_once('/').unwrap_or_default();
    (organization, kind, percent.parse().unwrap_or_default())
}

/// One wanted limit.
pub fn desired(organization: &str, spec: &Located<QuotaLimitSpec>, wishes: &mut Wishes<'_>) {
    if let (Some(kind), Some(at)) = (&spec.value.limit_type, &spec.value.at) {
        let address = address(organization, kind.value.as_str(), i64::from(at.value.percent));
        wishes.want(address, Fields::new(), vec![quota::address(organization)], spec.place);
    }
}

/// Puts the limits of a live quota into the world, each under the address that its type and its share make.
pub(super) fn show(quota: &Json, address: impl Fn(&str, i64) -> Address, world: &mut World) {
    for limit in sight::list(quota, "limits") {
        let percent = limit.get("limit_percent").and_then(Json::as_i64).unwrap_or_default();
        let kind = text(limit, "type").to_lowercase();
        let mut object = Object::new(address(&kind, percent), Fields::new());
        object.handle = quota::number_id(limit);
        world.put(object);
    }
}

/// A limit as it is written.
pub(super) fn written(address: &Address) -> Written {
    let (_, kind, percent) = parts(address);
    Written::map([
        ("type", Some(Written::text(kind))),
        ("at", Some(Written::text(format!("{percent}%")))),
    ])
}

impl Kind for QuotaLimit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        &[]
    }

    fn collection(&self, address: &Address) -> Collection {
        of_organization(parts(address).0)
    }

    /// Limits come with the organization itself.
    fn queries(&self, _interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        Vec::new()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
            if let Some(gap) = quota::hidden(view, organization, world) {
                world.gaps.insert(of_organization(organization), gap);
                return;
            }
            for quota in sight::list(view, "quotas") {
                show(quota, |kind, percent| address(organization, kind, percent), world);
            }
            world.complete.insert(of_organization(organization));
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest.collections.extend(is_one.then(|| of_organization(namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let (organization, ..) = parts(&object.address);
        let document = Document::Organization(organization.to_owned());
        Exported::item(document, &["quota", "limits"], written(&object.address))
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let document = Document::Organization(collection.namespace().to_owned());
        let path = ["quota", "limits"];
        Some(ExactList::new(
            collection.clone(),
            document,
            &path,
            &["manage", "limits"],
        ))
    }

    /// The path for superusers has no limits.
    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        quota::refusal(world).or_else(|| {
            let features = &world.features;
            (features.limits_need_full_access && !features.has(quota::FULL_ACCESS)).then(|| {
                "FEATURE_SUPERUSERS_FULL_ACCESS is off: the server lets superusers set the quota, but not its limits"
                    .to_owned()
            })
        })
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        calls_below(&quota::address(parts(&change.address).0), change)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

/// The requests for a limit of this quota; those of a user are reached in the same way.
pub(super) fn calls_below(quota: &Address, change: &Change) -> Vec<Call> {
    let (owner, kind, percent) = parts(&change.address);
    let limit = |method| {
        Call::new(method, &["organization", owner, "quota"])
            .handle(quota)
            .segment("limit")
    };
    match change.action {
        Action::Create => {
            let name = if kind == "reject" { "Reject" } else { "Warning" };
            let body = [("type", name.into()), ("threshold_percent", percent.into())];
            vec![
                limit(Method::Post)
                    .already(400, "Quota limit already exists")
                    .body(body),
            ]
        }
        Action::Delete => vec![limit(Method::Delete).handle(&change.address).already(404, "Not Found")],
        _ => Vec::new(),
    }
}
