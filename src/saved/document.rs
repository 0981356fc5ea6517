//! The whole document of a plan, as `--format json` prints it.

use serde_json::{Value as Json, json};

use crate::model::{Gap, Narrowed, Plan, Sources};
use crate::read::Recalled;

use super::parts::Parts;
use super::{FORMAT_VERSION, access, change};

/// What the document says besides the plan.
#[derive(Default)]
pub struct Rest<'a> {
    /// What the registry is known by.
    pub registry: &'a str,
    /// How many requests reading took, and how many seconds.
    pub read: (usize, f64),
    /// How many requests and seconds were expected once the lists were there.
    pub estimated_read: (usize, f64),
    /// What came from the cache instead.
    pub recalled: Option<Recalled>,
    /// The problems of manifests and plan, as JSON.
    pub diagnostics: Vec<Json>,
}

/// The whole plan. Secrets are references, with their digests where a salt is given, and never texts.
pub fn document(plan: &Plan, sources: &Sources, rest: Rest<'_>, salt: Option<&str>) -> Json {
    let calls: usize = plan.changes.iter().map(|change| change.calls.len()).sum();
    let ((read, seconds), (estimated_read, estimated_seconds)) = (rest.read, rest.estimated_read);
    let mut document = json!({
        "format_version": FORMAT_VERSION,
        "registry": rest.registry,
        "summary": plan.summary,
        "requests": {
            "read": read,
            "estimated_read": estimated_read,
            "estimated_write": calls,
            "seconds": seconds,
            "estimated_seconds": estimated_seconds,
        },
        "changes": plan.changes.iter().map(|each| change(each, sources, salt)).collect::<Vec<_>>(),
        "access": access::encode(&plan.access),
        "unmanaged": plan.unmanaged,
        "gaps": plan.gaps.iter().map(gap).collect::<Vec<_>>(),
        "refusals": plan.refusals.iter().map(|refusal| json!({
            "guard": refusal.guard,
            "message": refusal.message,
            "addresses": refusal.addresses,
            "remarks": refusal.remarks,
            "way_out": refusal.way_out,
            "overridable": refusal.overridable,
        })).collect::<Vec<_>>(),
        "diagnostics": rest.diagnostics,
    });
    if let Some(recalled) = rest.recalled {
        document["requests"]["cached"] = json!(recalled.requests);
        document["requests"]["cached_at"] = json!(recalled.since);
    }
    if let Some(narrowed) = &plan.narrowed {
        document["narrowed"] = encode_narrowed(narrowed);
    }
    document
}

fn encode_narrowed(narrowed: &Narrowed) -> Json {
    json!({
        "targets": narrowed.targets,
        "exclude": narrowed.exclude,
        "paths": narrowed.paths,
        "pulled_in": narrowed.pulled_in,
        "left_out": narrowed.left_out.iter().map(|(address, cause)| json!({
            "address": address,
            "because_of": cause,
        })).collect::<Vec<_>>(),
    })
}

pub(super) fn narrowed(parts: &Parts<'_>) -> Result<Option<Narrowed>, String> {
    if parts.json().get("narrowed").is_none() {
        return Ok(None);
    }
    let parts = parts.inner("narrowed")?;
    let texts = |key| -> Result<Vec<String>, String> { Ok(parts.texts(key)?.into_iter().map(str::to_owned).collect()) };
    Ok(Some(Narrowed {
        targets: texts("targets")?,
        exclude: texts("exclude")?,
        paths: texts("paths")?,
        pulled_in: parts.addresses("pulled_in")?,
        left_out: parts.each("left_out", |each| {
            Ok((each.address("address")?, each.address("because_of")?))
        })?,
    }))
}

/// What could not be read.
pub fn gap(gap: &Gap) -> Json {
    json!({ "request": gap.target, "reason": gap.reason })
}

pub(super) fn gaps(parts: &Parts<'_>) -> Result<Vec<Gap>, String> {
    parts.each("gaps", |each| {
        Ok(Gap {
            target: each.text("request")?.to_owned(),
            reason: each.text("reason")?.to_owned(),
        })
    })
}
