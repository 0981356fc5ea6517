//! From the live fields to the manifest.

use super::SKOPEO_TIMEOUT;
use crate::kinds::mirror::{duration, proxy, signing_in, start_date, without_password};
use crate::kinds::robot;
use crate::model::{Document, Exported, Object, Value, Written};

/// The mirror of an organization as it is written.
pub(super) fn export(object: &Object) -> Exported {
    let organization = object.address.identity.as_str();
    let robot = object.text("robot");
    let interval = duration(object, "sync_interval");
    if robot.is_empty() || interval.is_none() {
        return Exported::not("it lacks a robot or an interval, without which a manifest describes none");
    }
    let text = |field: &'static str| (field, Some(Written::text(object.text(field))));
    let is = |field: &str, switch: bool| object.fields.get(field) == Some(&Value::Boolean(switch));
    let filters = object.fields.get("repository_filters").and_then(Written::of);
    let filters = filters.filter(|list| !matches!(list, Written::List(items) if items.is_empty()));
    let timeout = object.fields.get("skopeo_timeout").and_then(Value::as_integer);
    let timeout = timeout.filter(|seconds| *seconds != SKOPEO_TIMEOUT);
    let entries = [
        text("external_registry_type"),
        text("external_registry_url"),
        text("external_namespace"),
        ("repository_filters", filters),
        ("robot", Some(Written::text(robot::short_name(organization, robot)))),
        text("visibility"),
        ("sync_interval", interval),
        ("sync_start_date", start_date(object)),
        ("enabled", is("enabled", false).then_some(Written::Switch(false))),
        ("credentials", signing_in(object)),
        ("verify_tls", is("verify_tls", false).then_some(Written::Switch(false))),
        ("proxy", proxy(object)),
        (
            "skopeo_timeout",
            timeout.and_then(|_| duration(object, "skopeo_timeout")),
        ),
    ];
    let document = Document::Organization(organization.to_owned());
    let exported = Exported::at(document, &["mirror"], Written::map(entries)).needing(robot::address(robot));
    without_password(exported, object)
}
