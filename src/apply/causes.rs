//! Why a residual is there, as far as the usage log tells.

use std::collections::BTreeMap;

use crate::drift::{self, Log, Residual, Window};
use crate::http::ReadOnly;
use crate::model::{Change, Gap, Plan};

/// The residual with its causes, and what it took to find them.
pub(super) struct Causes {
    pub(super) residual: Vec<Residual>,
    /// Logs that could not be read.
    pub(super) unread: Vec<Gap>,
    pub(super) requests: usize,
}

/// Why the residual is there. The usage log is read where there is one, once per organization.
pub(super) async fn causes(residual: Vec<Change>, plan: &Plan, window: &Window, client: &ReadOnly) -> Causes {
    let mut logs: BTreeMap<String, Option<Log>> = BTreeMap::new();
    let mut causes = Causes {
        residual: Vec::new(),
        unread: Vec::new(),
        requests: 0,
    };
    for change in residual {
        let organization = change.address.namespace().to_owned();
        if !logs.contains_key(&organization) {
            let (log, requests) = drift::read(client, &organization, window.reach()).await;
            causes.requests += requests;
            let log = log.map_err(|gap| causes.unread.push(gap)).ok();
            logs.insert(organization.clone(), log);
        }
        let mut planned = plan.changes.iter();
        let planned = planned.find(|planned| planned.address == change.address && planned.action.writes());
        let log = logs.get(&organization).and_then(Option::as_ref);
        causes.residual.push(drift::explain(change, planned, log, window));
    }
    causes
}
