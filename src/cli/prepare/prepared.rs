//! What is said of a plan, for people and for programs.

use serde_json::Value as Json;

use super::{Prepared, style};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::report::metrics::Figures;
use crate::report::{Report, json, text};
use crate::saved::{Document, Rest};

impl Prepared {
    /// The exit code that the plan alone asks for: an order that is not safe, then gaps and errors, then refusals.
    pub fn exit(&self) -> Exit {
        if !self.plan.breaches.is_empty() {
            return Exit::Bug;
        }
        let unreadable = !self.plan.gaps.is_empty() || self.findings.diagnostics.has_errors();
        let refused = !self.plan.refusals.is_empty();
        let error = if unreadable { Exit::Error } else { Exit::Done };
        error.worst(if refused { Exit::Refused } else { Exit::Done })
    }

    /// How many requests the registry was sent so far.
    pub fn requests(&self) -> u64 {
        let counts = self.connection.counts();
        counts.reads + counts.writes + counts.retries
    }

    /// The figures of the plan.
    pub fn figures(&self) -> Figures {
        Figures::of_plan(&self.connection.identity, self.requests(), &self.plan)
    }

    /// Says which registry is meant, where there are several.
    pub fn head(&self, is_one_of_several: bool, context: &Context) {
        if is_one_of_several {
            let name = self.connection.name.as_deref();
            context
                .ui
                .data(&text::registry(name, &self.connection.identity, style(context)));
        }
    }

    /// Prints findings and plan for people; `-v` expands what is folded, too.
    pub fn show(&self, expand: bool, context: &Context) {
        let expand = expand || context.globals.verbose > 0;
        context.ui.findings(&self.findings);
        if self.explains_reads {
            context.ui.data(&text::reads(&self.reads, style(context)));
        }
        let shown = text::plan(&self.report("Plan", None), style(context), expand);
        context.ui.data(&shown);
    }

    /// The plan with all that a page about it tells.
    pub fn report<'a>(&'a self, title: &'a str, digest: Option<&'a str>) -> Report<'a> {
        Report {
            title,
            lead: "",
            plan: &self.plan,
            sources: &self.sources,
            declared: &self.desired.objects,
            diagnostics: &self.findings.diagnostics,
            registry: &self.connection.identity,
            name: self.connection.name.as_deref(),
            digest,
            cost: self.cost,
            remarks: &[],
        }
    }

    /// The plan for programs.
    pub fn json(&self) -> Json {
        self.document(None).into_json()
    }

    /// The plan as a document; with a salt its secrets carry their digests.
    pub fn document<'a>(&'a self, salt: Option<&'a str>) -> Document<'a> {
        let rest = Rest {
            registry: &self.connection.identity,
            read: (self.cost.read, self.cost.seconds),
            estimated_read: (self.cost.estimated_read, self.cost.estimated_seconds),
            recalled: self.cost.recalled,
            diagnostics: self.findings.json(),
        };
        let mut document = Document::new(&self.plan, &self.sources, rest, salt);
        if let Some(shard) = self.shard {
            document.insert("shard", Json::String(shard.to_string()));
        }
        if self.explains_reads {
            document.insert("reads", json::reads(&self.reads));
        }
        if let Some(told) = self.records.previous_run() {
            document.insert("previous_run", told);
        }
        document
    }
}
