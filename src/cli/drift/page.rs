//! Drift as a page: for an issue, for somebody who looks into it in the morning, for a pipeline that shows tests.

use super::look::Looked;
use crate::cli::output::Output;
use crate::model::{Address, Change, Plan, Summary};
use crate::report::{Report, text};

/// Adds the page of one registry. What it lists is what counts as drift, and what an apply would do about it.
pub(super) fn add(looked: &Looked, output: &mut Output<'_>) {
    let prepared = &looked.prepared;
    let drifted = &looked.report.drifted;
    let changes: Vec<Change> = drifted.iter().map(|each| each.change.clone()).collect();
    let mut summary = Summary {
        unchanged: prepared.plan.summary.unchanged,
        unmanaged: prepared.plan.summary.unmanaged,
        ..Summary::default()
    };
    changes.iter().for_each(|change| summary.count(change.action));
    let plan = Plan {
        changes,
        summary,
        ..prepared.plan.clone()
    };
    let mut remarks: Vec<(Address, String)> = drifted
        .iter()
        .flat_map(|each| {
            let told = each.verdicts.iter().map(|(_, verdict)| text::told(verdict));
            told.map(|told| (each.change.address.clone(), told))
        })
        .collect();
    // Fields that somebody changed at once have one verdict.
    remarks.dedup();
    let lead = lead(drifted.len(), looked.report.ignored.len());
    let report = Report {
        lead: &lead,
        plan: &plan,
        remarks: &remarks,
        ..prepared.report("Drift", None)
    };
    output.report(&report, true);
}

fn lead(drifted: usize, ignored: usize) -> String {
    let ignored = match ignored {
        0 => String::new(),
        number => format!(" {number} more are expected by rules."),
    };
    match drifted {
        0 => format!("Nothing has drifted.{ignored}"),
        1 => format!("1 object is not as the manifests say.{ignored} What follows is what an apply would do about it."),
        number => {
            format!(
                "{number} objects are not as the manifests say.{ignored} What follows is what an apply would do about them."
            )
        }
    }
}
