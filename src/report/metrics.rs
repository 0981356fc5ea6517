//! The figures of a run in the text format of Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::Timestamp;

use crate::drift::{Covered, Report};
use crate::model::{Action, Desired, Outcome, Plan};

/// A figure with its name, what it means, and how it is had.
type Count<T> = (&'static str, &'static str, fn(&T) -> usize);

/// The figures of one run.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// The command.
    pub command: &'static str,
    /// When it ended.
    pub finished: Timestamp,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The exit code.
    pub exit_code: u8,
    /// Each registry that was asked.
    pub registries: Vec<Figures>,
}

/// What one registry was found to be like, and what was done about it.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// What it is known by.
    pub registry: String,
    /// How many requests it was sent.
    pub requests: u64,
    gaps: usize,
    /// `None` where drift was not looked for.
    drift: Option<DriftFigures>,
    /// By action; empty where nothing was planned.
    planned: BTreeMap<&'static str, usize>,
    /// By the word of the state they ended in; empty where nothing was to be applied.
    applied: BTreeMap<&'static str, usize>,
}

#[derive(Debug, Clone, Default)]
struct DriftFigures {
    /// By organization, kind and cause.
    objects: BTreeMap<(String, &'static str, &'static str), usize>,
    blocked: usize,
    ignored: usize,
    unapplied: usize,
    unmanaged: BTreeMap<&'static str, usize>,
    coverage: BTreeMap<&'static str, Covered>,
}

/// Every action and every state has a line, so that none keeps the number of an earlier run.
const ACTIONS: [Action; 6] = [
    Action::Create,
    Action::Update,
    Action::Replace,
    Action::Delete,
    Action::Blocked,
    Action::Deferred,
];
const STATES: [&str; 6] = ["done", "deferred", "failed", "stale", "skipped", "cancelled"];

impl Figures {
    /// The figures of a look for drift. An organization that was looked at and has none is counted with 0.
    pub fn of_drift(registry: &str, requests: u64, report: &Report, plan: &Plan, desired: &Desired) -> Self {
        let mut objects: BTreeMap<_, usize> = BTreeMap::new();
        let looked_at: BTreeSet<&str> = desired.objects.iter().map(|it| it.address.namespace()).collect();
        for organization in looked_at.into_iter().filter(|name| !plan.unreadable.contains(*name)) {
            objects.insert((organization.to_owned(), "none", "none"), 0);
        }
        for drifted in &report.drifted {
            let address = &drifted.change.address;
            let organization = address.namespace().to_owned();
            objects.remove(&(organization.clone(), "none", "none"));
            *objects
                .entry((organization, address.kind, drifted.verdict().word()))
                .or_default() += 1;
        }
        let mut unmanaged: BTreeMap<_, usize> = BTreeMap::new();
        for address in &plan.unmanaged {
            *unmanaged.entry(address.kind).or_default() += 1;
        }
        let coverage = report
            .coverage
            .as_ref()
            .map(|coverage| coverage.kinds.clone())
            .unwrap_or_default();
        // A kind without unmanaged objects has a 0, so that its line does not end with the last of them.
        for kind in coverage.keys() {
            unmanaged.entry(kind).or_default();
        }
        let tally = report.tally();
        Figures {
            registry: registry.to_owned(),
            requests,
            gaps: plan.gaps.len(),
            drift: Some(DriftFigures {
                objects,
                blocked: tally.blocked,
                ignored: tally.ignored,
                unapplied: tally.unapplied,
                unmanaged,
                coverage,
            }),
            ..Figures::default()
        }
    }

    /// The figures of a plan.
    pub fn of_plan(registry: &str, requests: u64, plan: &Plan) -> Self {
        let mut planned: BTreeMap<_, usize> = ACTIONS.iter().map(|action| (action.word(), 0)).collect();
        for change in &plan.changes {
            *planned.entry(change.action.word()).or_default() += 1;
        }
        Figures {
            registry: registry.to_owned(),
            requests,
            gaps: plan.gaps.len(),
            planned,
            ..Figures::default()
        }
    }

    /// The same with what became of the changes.
    #[must_use]
    pub fn with_outcomes(mut self, outcomes: &[Outcome]) -> Self {
        self.applied = STATES.iter().map(|state| (*state, 0)).collect();
        for outcome in outcomes {
            *self.applied.entry(outcome.state.word()).or_default() += 1;
        }
        self
    }
}

impl Metrics {
    /// The whole text; ends with a line break.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        let command = [("command", self.command)];
        page.gauge(
            "quayform_last_run_timestamp",
            "When the last run ended, in seconds since 1970.",
        );
        page.line(&command, self.finished.as_second());
        page.gauge("quayform_last_run_duration_seconds", "How long the last run took.");
        page.line(&command, format_args!("{:.3}", self.seconds));
        page.gauge("quayform_last_run_exit_code", "The exit code of the last run.");
        page.line(&command, self.exit_code);
        page.start(
            "quayform_requests_total",
            "Requests that the last run sent to the registry.",
            "counter",
        );
        for each in &self.registries {
            page.line(
                &[("registry", &each.registry), ("command", self.command)],
                each.requests,
            );
        }
        page.gauge("quayform_gaps", "Requests without an answer that can be believed.");
        for each in &self.registries {
            page.line(&[("registry", &each.registry), ("command", self.command)], each.gaps);
        }
        self.changes(&mut page);
        if self.registries.iter().any(|each| each.drift.is_some()) {
            self.drift(&mut page);
        }
        page.text
    }

    fn changes(&self, page: &mut Page) {
        type Counts = fn(&Figures) -> &BTreeMap<&'static str, usize>;
        let counts: [(&str, &str, &str, Counts); 2] = [
            (
                "quayform_planned_changes",
                "Changes of the last plan.",
                "action",
                |it| &it.planned,
            ),
            (
                "quayform_applied_changes",
                "What became of the changes of the last apply.",
                "state",
                |it| &it.applied,
            ),
        ];
        for (name, help, label, counts) in counts {
            if self.registries.iter().all(|each| counts(each).is_empty()) {
                continue;
            }
            page.gauge(name, help);
            for each in &self.registries {
                for (word, count) in counts(each) {
                    let registry = ("registry", each.registry.as_str());
                    page.line(&[registry, ("command", self.command), (label, word)], count);
                }
            }
        }
    }

    /// The registries in which drift was looked for.
    fn looked_at(&self) -> impl Iterator<Item = (&str, &DriftFigures)> {
        let all = self.registries.iter();
        all.filter_map(|each| Some((each.registry.as_str(), each.drift.as_ref()?)))
    }

    fn drift(&self, page: &mut Page) {
        self.objects(page);
        let counts: [Count<DriftFigures>; 3] = [
            (
                "quayform_blocked_objects",
                "Differences that no apply can put right.",
                |it| it.blocked,
            ),
            ("quayform_ignored_objects", "Differences that a rule covers.", |it| {
                it.ignored
            }),
            (
                "quayform_unapplied_objects",
                "Differences because manifests changed since the last apply.",
                |it| it.unapplied,
            ),
        ];
        for (name, help, count) in counts {
            page.gauge(name, help);
            for (registry, figures) in self.looked_at() {
                page.line(&[("registry", registry)], count(figures));
            }
        }
        self.coverage(page);
    }

    fn objects(&self, page: &mut Page) {
        page.gauge("quayform_drift_objects", "Objects that are not as the manifests say.");
        for (registry, figures) in self.looked_at() {
            for ((organization, kind, cause), count) in &figures.objects {
                let labels = [
                    ("registry", registry),
                    ("organization", organization),
                    ("kind", kind),
                    ("cause", cause),
                ];
                page.line(&labels, count);
            }
        }
    }

    fn coverage(&self, page: &mut Page) {
        page.gauge("quayform_unmanaged_objects", "Live objects that no manifest declares.");
        for (registry, figures) in self.looked_at() {
            for (kind, count) in &figures.unmanaged {
                page.line(&[("registry", registry), ("kind", kind)], count);
            }
        }
        let counts: [Count<Covered>; 2] = [
            (
                "quayform_managed_objects",
                "Live objects that manifests speak for.",
                |it| it.managed,
            ),
            (
                "quayform_live_objects",
                "Live objects in what manifests speak of.",
                |it| it.live,
            ),
        ];
        for (name, help, count) in counts {
            page.gauge(name, help);
            for (registry, figures) in self.looked_at() {
                for (kind, covered) in &figures.coverage {
                    page.line(&[("registry", registry), ("kind", kind)], count(covered));
                }
            }
        }
    }
}

/// A page of metrics under way.
#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn gauge(&mut self, name: &'static str, help: &str) {
        self.start(name, help, "gauge");
    }

    fn start(&mut self, name: &'static str, help: &str, sort: &str) {
        self.name = name;
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {sort}");
    }

    fn line(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, text)| format!("{name}=\"{}\"", escaped(text)))
            .collect();
        let _ = writeln!(self.text, "{}{{{}}} {value}", self.name, labels.join(","));
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_every_name_has_its_type() {
        let figures = Figures {
            registry: "C:\\a \"b\"".to_owned(),
            requests: 7,
            drift: Some(DriftFigures {
                objects: [(("acme".to_owned(), "team", "changed"), 2)].into(),
                ..DriftFigures::default()
            }),
            planned: [("create", 3)].into(),
            applied: [("done", 3)].into(),
            ..Figures::default()
        };
        let metrics = Metrics {
            command: "drift",
            finished: Timestamp::from_second(1_767_225_600).unwrap(),
            seconds: 1.5,
            exit_code: 2,
            registries: vec![figures],
        };
        let text = metrics.text();
        for line in [
            "quayform_last_run_timestamp{command=\"drift\"} 1767225600",
            "quayform_last_run_exit_code{command=\"drift\"} 2",
            "quayform_requests_total{registry=\"C:\\\\a \\\"b\\\"\",command=\"drift\"} 7",
            "quayform_drift_objects{registry=\"C:\\\\a \\\"b\\\"\",organization=\"acme\",kind=\"team\",cause=\"changed\"} 2",
            "quayform_gaps{registry=\"C:\\\\a \\\"b\\\"\",command=\"drift\"} 0",
            "quayform_planned_changes{registry=\"C:\\\\a \\\"b\\\"\",command=\"drift\",action=\"create\"} 3",
            "quayform_applied_changes{registry=\"C:\\\\a \\\"b\\\"\",command=\"drift\",state=\"done\"} 3",
        ] {
            assert!(text.lines().any(|each| each == line), "{line}\n{text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let name = line.split('{').next().unwrap();
            assert!(text.contains(&format!("# TYPE {name} ")), "{line}");
        }
    }
}
