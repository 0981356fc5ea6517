//! What is wrong, where, and what to do about it.

use super::place::Place;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something a person should know; nothing is refused because of it.
    Warning,
    /// Something that must be put right first.
    Error,
}

/// One problem, with the places it concerns and the way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// A stable, readable code such as `unknown-field`.
    pub code: &'static str,
    /// Whether the run can go on.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The places, the main one first, each with a short remark (may be empty).
    pub labels: Vec<(Place, String)>,
    /// What to do, in one sentence.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at one place.
    pub fn error(code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![(place, String::new())],
            help: None,
        }
    }

    /// A warning at one place.
    pub fn warning(code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(code, message, place)
        }
    }

    /// A diagnostic that concerns no place in a file.
    pub fn without_place(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// Says something at the main place.
    #[must_use]
    pub fn remark(mut self, remark: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.1 = remark.into();
        }
        self
    }

    /// Adds a second place with its remark.
    #[must_use]
    pub fn also(mut self, place: Place, remark: impl Into<String>) -> Self {
        self.labels.push((place, remark.into()));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Every problem of one run, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Leaves out those that are not chosen.
    pub fn retain(&mut self, chosen: impl Fn(&Diagnostic) -> bool) {
        self.list.retain(chosen);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Keeps the first of those that say the same of the same places.
    pub fn remove_repetitions(&mut self) {
        let mut kept: Vec<Diagnostic> = Vec::new();
        for diagnostic in std::mem::take(&mut self.list) {
            if !kept.contains(&diagnostic) {
                kept.push(diagnostic);
            }
        }
        self.list = kept;
    }

    /// Sorts by file and position, those without a place first.
    pub fn sort(&mut self) {
        self.list
            .sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.0));
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, more: T) {
        self.list.extend(more);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
