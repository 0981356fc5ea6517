//! Why a residual is there, as far as the usage log tells.

use std::collections::BTreeMap;

use crate::drift::{self, Log, Residual, Window};
use crate::http::ReadOnly;
use crate::kinds::{registry, targets};
use crate::model::{Address, Change, Gap, Plan};

/// The residual with its causes, and what it took to find them.
pub(super) struct Causes {
    pub(super) residual: Vec<Residual>,
    /// Logs that could not be read, or not far enough.
    pub(super) unread: Vec<Gap>,
    pub(super) requests: usize,
}

/// Why the residual is there. The usage log is read where there is one, once per organization.
pub(super) async fn causes(residual: Vec<Change>, plan: &Plan, window: &Window, client: &ReadOnly) -> Causes {
    let written = plan.changes.iter().filter(|change| change.action.writes());
    let written: BTreeMap<&Address, &Change> = written.map(|change| (&change.address, change)).collect();
    let mut logs: BTreeMap<String, Option<Log>> = BTreeMap::new();
    let mut causes = Causes {
        residual: Vec::new(),
        unread: Vec::new(),
        requests: 0,
    };
    for change in residual {
        let organization = change.address.namespace().to_owned();
        if registry::owns(change.address.kind) {
            // What is done to the registry as a whole stands in no organization's log.
            causes.residual.push(drift::explain(change, None, None, window));
            continue;
        }
        if !logs.contains_key(&organization) {
            let target = match organization == window.caller {
                true => targets::OWN_USAGE_LOG.to_owned(),
                false => targets::usage_log(&organization),
            };
            let (log, requests) = drift::read(client, &organization, &target, window.reach()).await;
            causes.requests += requests;
            causes.unread.extend(unread(&organization, &log));
            let log = log.ok();
            logs.insert(organization.clone(), log);
        }
        let planned = written.get(&change.address).copied();
        let log = logs.get(&organization).and_then(Option::as_ref);
        causes.residual.push(drift::explain(change, planned, log, window));
    }
    causes
}

/// What of a log is not known.
fn unread(organization: &str, log: &Result<Log, Gap>) -> Option<Gap> {
    match log {
        Err(gap) => Some(gap.clone()),
        Ok(log) if log.cut => Some(Gap {
            target: targets::usage_log(organization),
            reason: format!("only its newest {} entries were read", log.entries.len()),
        }),
        Ok(_) => None,
    }
}
