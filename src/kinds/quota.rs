//! How much an organization may store.

use serde_json::Value as Json;

use super::organization;
use super::quota_limit::QuotaLimitSpec;
use super::wishes::{Wishes, set};
use super::{Kind, organization_notification, quota_limit, registry, sight, targets};
use crate::http::Method;
use crate::manifest::decode::List;
use crate::manifest::documents::OrganizationDocument;
use crate::manifest::record::{Check, record};
use crate::model::units::Bytes;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Document, Effect, Exported, Field, Fields, Gap,
    Interest, Located, Object, Place, Query, Value, World, Written,
};

record! {
    /// How much the organization may store, and what happens on the way there.
    pub struct QuotaSpec {
        /// The size that counts as 100 %, such as `500 GiB`.
        limit: Bytes,
        /// What happens at which share of the limit; without a `reject` nothing is ever refused.
        limits: List<QuotaLimitSpec>,
        /// Removes the quota and its limits; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_quota;
}

fn check_quota(quota: &QuotaSpec, check: &mut Check<'_>) {
    if let Some(limit) = quota.limit.as_ref().filter(|limit| limit.value.bytes == 0) {
        let help = "write a size, or `quota: {absent: true}` to remove the quota";
        check.bad_value("the registry ignores a quota of 0", limit.place, help);
    }
    // The registry refuses a second limit of the same type and share.
    let mut seen: Vec<(_, Place)> = Vec::new();
    for limit in quota.limits.iter().flat_map(|limits| &limits.value) {
        let (Some(limit_type), Some(at)) = (&limit.value.limit_type, &limit.value.at) else {
            continue;
        };
        let key = (limit_type.value, at.value);
        match seen.iter().find(|(other, _)| *other == key) {
            None => seen.push((key, limit.place)),
            Some((_, first)) => check.diagnostics.push(
                Diagnostic::error("duplicate-limit", "this limit is written twice", limit.place)
                    .also(*first, "first written here")
                    .help("keep one of the two"),
            ),
        }
    }
}

/// The kind's name.
pub const NAME: &str = "quota";

/// How much an organization may store.
pub struct Quota;

/// The address of an organization's quota.
pub fn address(organization: &str) -> Address {
    Address::new(NAME, organization)
}

const FIELDS: &[Field] = &[Field::updated("limit")];

/// What a document wants of its organization's quota and the quota's limits.
pub fn desired(
    organization: &str,
    document: &OrganizationDocument,
    spec: &Located<QuotaSpec>,
    wishes: &mut Wishes<'_>,
) {
    let quota = &spec.value;
    if quota.absent.is_some() {
        return wishes.forbid(address(organization), spec.place);
    }
    let mut fields = Fields::new();
    set(&mut fields, "limit", &quota.limit, |limit| (limit.bytes as i64).into());
    wishes.want(
        address(organization),
        fields,
        vec![organization::address(organization)],
        spec.place,
    );
    if let Some(limits) = &quota.limits {
        wishes.own(
            quota_limit::of_organization(organization),
            document.manage_limits(),
            limits.place,
        );
        for limit in &limits.value {
            quota_limit::desired(organization, limit, wishes);
        }
    }
}

/// The size as it is written.
pub(super) fn written_limit(quota: &Object) -> Option<Written> {
    let bytes = quota.fields.get("limit").and_then(Value::as_integer)?;
    let bytes = u64::try_from(bytes).ok().filter(|bytes| *bytes > 0)?;
    Some(Written::text(Bytes::new(bytes).to_string()))
}

impl Kind for Quota {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// The quota comes with the organization itself.
    fn queries(&self, _interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        Vec::new()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
            let collection = Collection::new(NAME, organization);
            if let Some(gap) = hidden(view, organization, world) {
                world.gaps.insert(collection, gap);
                return;
            }
            for quota in sight::list(view, "quotas") {
                let limit = quota.get("limit_bytes").map_or(Value::Null, Value::from_json);
                let mut object = Object::new(address(organization), Fields::from([("limit", limit)]));
                object.handle = number_id(quota);
                world.put(object);
            }
            world.complete.insert(collection);
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest
            .collections
            .extend(is_one.then(|| Collection::new(NAME, namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let document = Document::Organization(object.address.identity.to_string());
        match written_limit(object) {
            Some(limit) => Exported::at(document, &["quota", "limit"], limit),
            None => Exported::not("a quota of 0 is none, and the registry would not set it"),
        }
    }

    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        refusal(world)
    }

    /// Without full access only the path for superusers is open, which keeps no log (API guide §3.7).
    fn calls(&self, change: &Change, world: &World) -> Vec<Call> {
        let path = ["superuser", "organization", change.address.identity.as_str(), "quota"];
        let own = if world.features.has(FULL_ACCESS) {
            &path[1..]
        } else {
            &path
        };
        calls_at(own, change)
    }

    /// The limits go with their quota.
    fn effects(&self, change: &Change, _world: &World) -> Vec<Effect> {
        match change.action {
            Action::Delete => vec![
                Effect::RemoveAll(quota_limit::of_organization(&change.address.identity)),
                Effect::RemoveAll(organization_notification::of_organization(&change.address.identity)),
            ],
            _ => Vec::new(),
        }
    }
}

/// The requests for a quota that is reached at a path.
pub(super) fn calls_at(path: &[&str], change: &Change) -> Vec<Call> {
    let limit = change.wanted.get("limit").cloned().unwrap_or(Value::Null);
    match change.action {
        Action::Create => vec![Call::new(Method::Post, path).body([("limit_bytes", limit)])],
        Action::Update => vec![
            Call::new(Method::Put, path)
                .handle(&change.address)
                .body([("limit_bytes", limit)]),
        ],
        Action::Delete => vec![
            Call::new(Method::Delete, path)
                .handle(&change.address)
                .already(404, "Not Found"),
        ],
        _ => Vec::new(),
    }
}

/// A server that manages quotas shows them to every administrator; one that does not may say nothing of them.
pub fn hidden(view: &Json, organization: &str, world: &World) -> Option<Gap> {
    let manages = world.features.has("QUOTA_MANAGEMENT") && world.features.has("EDIT_QUOTA");
    (manages && view.get("quotas").is_none()).then(|| Gap {
        target: targets::organization(organization),
        reason: "the answer says nothing of quotas, although the server manages them".to_owned(),
    })
}

/// The server's id of a quota or limit, which is a number.
pub fn number_id(view: &Json) -> Option<String> {
    view.get("id").and_then(Json::as_i64).map(|id| id.to_string())
}

/// That superusers may do everything in every namespace.
pub const FULL_ACCESS: &str = "SUPERUSERS_FULL_ACCESS";

/// Why this token cannot write quotas on this server, if so.
pub fn refusal(world: &World) -> Option<String> {
    for feature in ["QUOTA_MANAGEMENT", "EDIT_QUOTA", "SUPER_USERS"] {
        if !world.features.has(feature) {
            return Some(format!("FEATURE_{feature} is off on this server"));
        }
    }
    if world.caller.superuser {
        return None;
    }
    Some(format!(
        "only a superuser may change quotas, and {} is none",
        world.caller.name
    ))
}
