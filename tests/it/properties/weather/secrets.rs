//! What is secret is marked, so that it is found wherever it is told.

use std::sync::{Mutex, PoisonError};

use quayform::apply::Applied;
use quayform::apply::journal::{Event, Journal, Recording};

use crate::lab::{Planned, detail};

/// Stands in every secret of these projects, and in nothing else.
pub(in super::super) const MARK: &str = "MARKED";

/// Whether a text tells a secret.
pub(super) fn is_told_in(text: &str) -> bool {
    text.contains(MARK) || text.contains("emulator-token")
}

/// A journal that is read at the end.
#[derive(Default)]
pub(super) struct Notes(Mutex<String>);

impl Journal for Notes {
    fn record(&self, event: Event) -> Recording<'_> {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push_str(&serde_json::to_string(&event).unwrap_or_default());
        Box::pin(std::future::ready(Ok(())))
    }
}

/// No secret in what people and programs see of a run.
pub(super) fn keeps_secrets(planned: &Planned, applied: Option<&Applied>, journal: &Notes) {
    let mut seen = planned.details().join("\n");
    if let Some(applied) = applied {
        let told = applied.outcomes.iter().filter_map(|outcome| outcome.state.detail());
        told.for_each(|text| seen.push_str(text));
        for residual in applied.verified.iter().flat_map(|verified| &verified.residual) {
            seen.push_str(&detail(&residual.change));
        }
        let unproven = applied.verified.iter().flat_map(|verified| &verified.unproven);
        unproven.for_each(|text| seen.push_str(text));
    }
    seen.push_str(&journal.0.lock().unwrap_or_else(PoisonError::into_inner));
    assert!(!is_told_in(&seen), "a secret is told: {seen}");
}
