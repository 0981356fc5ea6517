//! `apply PATH --within FILE`: only what stands in the reviewed plan.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::prepare::Prepared;
use super::saved_plan;
use crate::model::{Change, Sources};
use crate::saved::{self, SavedPlan};

/// How many changes are named.
const NAMED: usize = 20;

/// Refuses a plan that does anything which the reviewed one does not do in exactly the same way, and a file that is not
/// the reviewed one by its digest.
pub fn check(prepared: &Prepared, reviewed: &Path, digest: Option<&str>, context: &Context) -> Result<(), Failure> {
    let file = saved_plan::read(reviewed, context)?;
    if let Some(digest) = digest.filter(|digest| *digest != file.digest) {
        return Err(another_plan(&file, digest));
    }
    if file.origin.registry != prepared.connection.identity {
        let message = format!(
            "{} was planned for {}, and this is {}",
            reviewed.display(),
            file.origin.registry,
            prepared.connection.identity
        );
        return Err(Failure::new(message).certain("nothing was changed"));
    }
    let known: BTreeSet<String> = file
        .plan
        .changes
        .iter()
        .map(|change| essence(change, &file.salt))
        .collect();
    let writing = prepared.plan.changes.iter().filter(|change| change.action.writes());
    let others: Vec<&Change> = writing
        .filter(|change| !known.contains(&essence(change, &file.salt)))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let more = others.len().saturating_sub(NAMED);
    let mut named: Vec<String> = others
        .iter()
        .take(NAMED)
        .map(|change| format!("{} {}", change.action.word(), change.address))
        .collect();
    named.extend((more > 0).then(|| format!("{more} more")));
    let message = format!("{} of the changes are not in {}", others.len(), reviewed.display());
    Err(Failure::new(message)
        .because(named.join(", "))
        .certain("nothing was changed")
        .help("have the plan as it is now reviewed: quayform plan --out FILE")
        .ending(Exit::Stale))
}

/// A saved plan that has not the digest of the reviewed one.
pub fn another_plan(saved: &SavedPlan, digest: &str) -> Failure {
    let message = format!(
        "this is not the plan that was reviewed: its digest is {}, not {digest}",
        saved.digest
    );
    Failure::new(message)
        .certain("nothing was changed")
        .help("have this plan reviewed, or apply the file that was")
}

/// What makes a change this change: its object, what happens to it, and what is sent.
fn essence(change: &Change, salt: &str) -> String {
    let whole = saved::change(change, &Sources::default(), Some(salt));
    let parts = ["address", "action", "fields", "calls"].map(|key| whole.get(key).cloned().unwrap_or(Json::Null));
    json!(parts).to_string()
}
