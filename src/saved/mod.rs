//! Plans as documents: what `plan --out` saves and `apply FILE` carries out, and the changes of every JSON report.
//!
//! A saved plan holds everything that an apply needs, and no secret: references and salted digests only. Its own digest
//! covers all of it, so that what was reviewed can be told from what is applied. A digest detects accidents; that a
//! file is the reviewed one is only certain if its digest comes from another place than the file.

mod access;
mod call;
mod change;
mod document;
mod parts;
mod precondition;
mod seal;
mod wishes;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::kinds::{self, robot};
use crate::model::{Desired, Plan, Refusal, Sources};

pub use access::subject;
pub use change::{ACTIONS, encode as change};
pub use document::{Document, Rest, gap};
pub use seal::{digest, digest_of_files, seal};

use parts::{Outlines, Parts};

/// The version of the documents.
pub const FORMAT_VERSION: u32 = 1;

/// What a plan was made from, besides the plan itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the registry is known by: its normalized URL, or the state file of the embedded one.
    pub registry: String,
    /// Its name in `[registries.NAME]`.
    pub registry_name: Option<String>,
    /// Whose token it was planned with, or whom `--as` named.
    pub actor: String,
    /// When, as `2026-01-31T12:00:00Z`.
    pub created: String,
    /// The digest of the manifests.
    pub manifests: String,
}

/// A plan that was saved.
#[derive(Debug, Clone, Default)]
pub struct SavedPlan {
    /// What it was made from.
    pub origin: Origin,
    /// The plan.
    pub plan: Plan,
    /// The wishes that concern its changes, for the proof afterwards.
    pub desired: Desired,
    /// Where the wishes stand: paths and lines, without the text.
    pub sources: Arc<Sources>,
    /// The digest of the whole, as `sha256:…`.
    pub digest: String,
    /// The salt of the secrets' digests in it.
    pub salt: String,
}

/// Why a file is no plan that can be carried out; nothing was read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedProblem {
    /// It is no JSON, or not whole.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but no saved plan.
    #[error("it is not a saved plan: {0}")]
    NotAPlan(&'static str),
    /// Another version of quayform wrote it.
    #[error("its format_version is {0}, and this quayform reads {FORMAT_VERSION}")]
    OtherVersion(String),
    /// Its content is not what was saved.
    #[error("its content does not match its digest: {written} is written, {found} is found")]
    OtherDigest {
        /// What the file says.
        written: String,
        /// What its content has.
        found: String,
    },
    /// The content cannot be understood.
    #[error("it cannot be understood: {0}")]
    Malformed(String),
}

/// Completes the document of a plan for saving, and seals it. `salt` is that of its secrets' digests.
pub fn save(
    mut document: Json,
    plan: &Plan,
    desired: &Desired,
    sources: &Sources,
    origin: &Origin,
    salt: &str,
) -> Json {
    let writes = plan.changes.iter().filter(|change| change.action.writes());
    // The tokens of declared robots belong into their sink, whatever else there is to do.
    let robots = desired
        .objects
        .iter()
        .filter(|declared| declared.address.kind == robot::NAME);
    let addresses = writes
        .map(|change| &change.address)
        .chain(robots.map(|declared| &declared.address));
    let touched: BTreeSet<_> = addresses.map(kinds::collection).collect();
    let concerned = desired.narrowed(&touched, kinds::collection);
    if let Some(entries) = document.as_object_mut() {
        entries.insert("registry_name".to_owned(), json!(origin.registry_name));
        entries.insert("actor".to_owned(), json!(origin.actor));
        entries.insert("created".to_owned(), json!(origin.created));
        entries.insert("manifests".to_owned(), json!(origin.manifests));
        entries.insert("quayform".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        entries.insert("salt".to_owned(), json!(salt));
        entries.insert("unreadable".to_owned(), json!(plan.unreadable));
        entries.insert("wishes".to_owned(), wishes::encode(&concerned, sources, salt));
    }
    seal(document)
}

/// Reads what `save` made.
pub fn load(text: &str) -> Result<SavedPlan, SavedProblem> {
    let document: Json = serde_json::from_str(text).map_err(|error| SavedProblem::NotJson(error.to_string()))?;
    check(&document)?;
    decode(&document).map_err(SavedProblem::Malformed)
}

/// Whether a text looks as if somebody meant it as a saved plan.
pub fn is_meant(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"format_version\"")
}

fn check(document: &Json) -> Result<(), SavedProblem> {
    let Some(version) = document.get("format_version") else {
        return Err(SavedProblem::NotAPlan("it has no format_version"));
    };
    if *version != json!(FORMAT_VERSION) {
        return Err(SavedProblem::OtherVersion(version.to_string()));
    }
    let Some(written) = document.get("digest").and_then(Json::as_str) else {
        return Err(SavedProblem::NotAPlan(
            "it has no digest (was it printed instead of saved with --out?)",
        ));
    };
    let found = digest(document);
    if found == written {
        Ok(())
    } else {
        let written = written.to_owned();
        Err(SavedProblem::OtherDigest { written, found })
    }
}

fn decode(document: &Json) -> Result<SavedPlan, String> {
    let parts = Parts::new(document, "the plan");
    let salt = parts.text("salt")?.to_owned();
    let mut outlines = Outlines::default();
    let mut plan = Plan {
        unreadable: parts.texts("unreadable")?.into_iter().map(str::to_owned).collect(),
        gaps: document::gaps(&parts)?,
        refusals: parts.each("refusals", refusal)?,
        unmanaged: parts.addresses("unmanaged")?,
        narrowed: document::narrowed(&parts)?,
        access: access::decode(&parts.inner("access")?)?,
        ..Plan::default()
    };
    plan.changes = parts.each("changes", |each| change::decode(each, &salt, &mut outlines))?;
    plan.summary =
        serde_json::from_value(parts.get("summary")?.clone()).map_err(|error| format!("the summary: {error}"))?;
    let desired = wishes::decode(parts.inner("wishes")?, &salt, &mut outlines)?;
    let origin = Origin {
        registry: parts.text("registry")?.to_owned(),
        registry_name: parts.optional_text("registry_name").map(str::to_owned),
        actor: parts.text("actor")?.to_owned(),
        created: parts.text("created")?.to_owned(),
        manifests: parts.text("manifests")?.to_owned(),
    };
    Ok(SavedPlan {
        origin,
        plan,
        desired,
        sources: Arc::new(outlines.sources()),
        digest: parts.text("digest")?.to_owned(),
        salt,
    })
}

fn refusal(parts: &Parts<'_>) -> Result<Refusal, String> {
    let name = parts.text("guard")?;
    let known = crate::plan::GUARDS.iter().find(|guard| **guard == name);
    Ok(Refusal {
        guard: known.ok_or_else(|| format!("there is no guard `{name}`"))?,
        message: parts.text("message")?.to_owned(),
        addresses: parts.addresses("addresses")?,
        remarks: parts.texts("remarks")?.into_iter().map(str::to_owned).collect(),
        way_out: parts.text("way_out")?.to_owned(),
        overridable: parts.flag("overridable"),
    })
}
