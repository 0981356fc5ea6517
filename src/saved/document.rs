//! The whole document of a plan, as `--format json` prints it.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value as Json, json};

use crate::model::{Change, Gap, Narrowed, Plan, Refusal, Sources};
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

/// The whole document of a plan. Its changes are encoded one by one while it is written: as JSON they would take more
/// memory than everything that they come from. Secrets are references, with their digests where a salt is given, and
/// never texts.
pub struct Document<'a> {
    before: Map<String, Json>,
    changes: &'a [Change],
    sources: &'a Sources,
    salt: Option<&'a str>,
    after: Map<String, Json>,
}

impl<'a> Document<'a> {
    /// The document of a plan.
    pub fn new(plan: &'a Plan, sources: &'a Sources, rest: Rest<'_>, salt: Option<&'a str>) -> Self {
        let mut before = Map::new();
        before.insert("format_version".to_owned(), json!(FORMAT_VERSION));
        before.insert("registry".to_owned(), json!(rest.registry));
        before.insert("summary".to_owned(), json!(plan.summary));
        before.insert("requests".to_owned(), requests(plan, &rest));
        let mut after = Map::new();
        after.insert("access".to_owned(), access::encode(&plan.access));
        after.insert("unmanaged".to_owned(), json!(plan.unmanaged));
        after.insert("gaps".to_owned(), plan.gaps.iter().map(gap).collect());
        after.insert("refusals".to_owned(), plan.refusals.iter().map(refusal).collect());
        after.insert("diagnostics".to_owned(), Json::Array(rest.diagnostics));
        if let Some(narrowed) = &plan.narrowed {
            after.insert("narrowed".to_owned(), encode_narrowed(narrowed));
        }
        Document {
            before,
            changes: &plan.changes,
            sources,
            salt,
            after,
        }
    }

    /// Adds an entry at its end.
    pub fn insert(&mut self, key: &str, value: Json) {
        self.after.insert(key.to_owned(), value);
    }

    /// All of it at once.
    pub fn into_json(self) -> Json {
        let changes = self.encoded().collect();
        let mut entries = self.before;
        entries.insert("changes".to_owned(), changes);
        entries.extend(self.after);
        Json::Object(entries)
    }

    fn encoded(&self) -> impl Iterator<Item = Json> {
        self.changes.iter().map(|each| change(each, self.sources, self.salt))
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(None)?;
        for (key, value) in &self.before {
            entries.serialize_entry(key, value)?;
        }
        entries.serialize_entry("changes", &Changes(self))?;
        for (key, value) in &self.after {
            entries.serialize_entry(key, value)?;
        }
        entries.end()
    }
}

struct Changes<'d>(&'d Document<'d>);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.encoded())
    }
}

fn requests(plan: &Plan, rest: &Rest<'_>) -> Json {
    let calls: usize = plan.changes.iter().map(|change| change.calls.len()).sum();
    let ((read, seconds), (estimated_read, estimated_seconds)) = (rest.read, rest.estimated_read);
    let mut requests = json!({
        "read": read,
        "estimated_read": estimated_read,
        "estimated_write": calls,
        "seconds": seconds,
        "estimated_seconds": estimated_seconds,
    });
    if let Some(recalled) = rest.recalled {
        requests["cached"] = json!(recalled.requests);
        requests["cached_at"] = json!(recalled.since);
    }
    requests
}

fn refusal(refusal: &Refusal) -> Json {
    json!({
        "guard": refusal.guard,
        "message": refusal.message,
        "addresses": refusal.addresses,
        "remarks": refusal.remarks,
        "way_out": refusal.way_out,
        "overridable": refusal.overridable,
    })
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
