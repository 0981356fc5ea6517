//! Reads TOML tables key by key; collects every problem with its place.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::address::matches_glob;
use crate::model::{Diagnostic, Diagnostics, Located, Pattern, Place};

/// The problems of one file.
pub(super) struct Problems {
    source: u32,
    found: RefCell<Found>,
}

/// What is wrong with a file, and where it holds secrets that must not be shown with it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) diagnostics: Diagnostics,
    pub(super) secrets: Vec<Place>,
}

impl Problems {
    pub(super) fn new(source: u32) -> Self {
        Problems {
            source,
            found: RefCell::default(),
        }
    }

    /// The place of a stretch of this file.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place {
            source: self.source,
            start: span.start as u32,
            end: span.end as u32,
        }
    }

    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().diagnostics.push(diagnostic);
    }

    /// Somebody wrote a secret there.
    pub(super) fn hide(&self, place: Place) {
        self.found.borrow_mut().secrets.push(place);
    }

    /// A value that has the right type and still means nothing.
    pub(super) fn bad_value(&self, message: impl Into<String>, place: Place, help: impl Into<String>) {
        self.report(Diagnostic::error("bad-value", message, place).help(help));
    }

    /// All of them, by their places.
    pub(super) fn into_found(self) -> Found {
        let mut found = self.found.into_inner();
        found.diagnostics.sort();
        found
    }
}

/// One table of the file. Keys that nobody asked for are reported by [`Section::finish`].
pub(super) struct Section<'t> {
    title: String,
    entries: &'t DeTable<'t>,
    pub(super) problems: &'t Problems,
    known: Vec<&'static str>,
}

impl<'t> Section<'t> {
    /// The table under a title that is shown in messages.
    pub(super) fn new(title: impl Into<String>, entries: &'t DeTable<'t>, problems: &'t Problems) -> Self {
        Section {
            title: title.into(),
            entries,
            problems,
            known: Vec::new(),
        }
    }

    /// The table that this value should be.
    pub(super) fn of(
        title: impl Into<String>,
        value: &'t Spanned<DeValue<'t>>,
        problems: &'t Problems,
    ) -> Option<Self> {
        let title = title.into();
        let Some(entries) = value.get_ref().as_table() else {
            wrong_type(problems, &title, "a table", value);
            return None;
        };
        Some(Section::new(title, entries, problems))
    }

    /// The value of a key, whatever it is.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.entries
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(_, value)| value)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        let value = self.value(key)?;
        text(self.problems, &format!("`{key}`"), value)
    }

    pub(super) fn switch(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let switch = value.get_ref().as_bool();
        if switch.is_none() {
            wrong_type(self.problems, &format!("`{key}`"), "true or false", value);
        }
        switch
    }

    /// Where a key's value stands.
    pub(super) fn place(&mut self, key: &'static str) -> Option<Place> {
        let problems = self.problems;
        self.value(key).map(|value| problems.place(value.span()))
    }

    /// A whole number from 0 on.
    pub(super) fn number(&mut self, key: &'static str) -> Option<u32> {
        let value = self.value(key)?;
        let number = whole_number(value.get_ref());
        if number.is_none() {
            wrong_type(self.problems, &format!("`{key}`"), "a whole number from 0 on", value);
        }
        number
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Located<String>>> {
        let value = self.value(key)?;
        texts(self.problems, &format!("`{key}`"), value)
    }

    /// Patterns of addresses. Their kinds must be among those that exist: a guard for one that does not guards nothing.
    pub(super) fn patterns(&mut self, key: &'static str, kinds: &[&str]) -> Vec<Located<Pattern>> {
        let written = self.texts(key).unwrap_or_default();
        written
            .iter()
            .filter_map(|written| pattern(self.problems, written, kinds))
            .collect()
    }

    /// The one pattern of addresses that stands under a key.
    pub(super) fn pattern(&mut self, key: &'static str, kinds: &[&str]) -> Option<Located<Pattern>> {
        let written = self.text(key)?;
        pattern(self.problems, &written, kinds)
    }

    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'t>> {
        let value = self.value(key)?;
        Section::of(format!("[{key}]"), value, self.problems)
    }

    /// Every entry, where the keys are names that the user chooses.
    pub(super) fn named(self) -> impl Iterator<Item = (Located<String>, &'t Spanned<DeValue<'t>>)> {
        let problems = self.problems;
        self.entries.iter().map(|(name, value)| {
            let place = problems.place(name.span());
            (Located::new(name.get_ref().clone().into_owned(), place), value)
        })
    }

    /// Reports the keys that do not belong here.
    pub(super) fn finish(self) {
        for (name, value) in self
            .entries
            .iter()
            .filter(|(name, _)| !self.known.contains(&name.get_ref().as_ref()))
        {
            // A secret whose key is misspelt is one all the same.
            self.problems.hide(self.problems.place(value.span()));
            let message = format!("unknown key `{}` in {}", name.get_ref(), self.title);
            let place = self.problems.place(name.span());
            let help = match closest(name.get_ref(), &self.known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("{} knows {}", self.title, self.known.join(", ")),
            };
            self.problems
                .report(Diagnostic::error("unknown-key", message, place).help(help));
        }
    }
}

fn pattern(problems: &Problems, written: &Located<String>, kinds: &[&str]) -> Option<Located<Pattern>> {
    let pattern = match Pattern::parse(&written.value) {
        Ok(pattern) => pattern,
        Err(message) => {
            problems.report(Diagnostic::error("bad-address", message, written.place));
            return None;
        }
    };
    if kinds.iter().any(|kind| matches_glob(pattern.kind(), kind)) {
        return Some(Located::new(pattern, written.place));
    }
    let message = format!("`{pattern}` names the kind `{}`, which does not exist", pattern.kind());
    let help = match closest(pattern.kind(), kinds) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the kinds are {}", kinds.join(", ")),
    };
    problems.report(Diagnostic::error("bad-address", message, written.place).help(help));
    None
}

/// The text that this value should be; an empty one is wrong everywhere.
pub(super) fn text(problems: &Problems, what: &str, value: &Spanned<DeValue<'_>>) -> Option<Located<String>> {
    let place = problems.place(value.span());
    match value.get_ref().as_str() {
        Some("") => problems.bad_value(format!("{what} is empty"), place, "write a value, or delete the key"),
        Some(text) => return Some(Located::new(text.to_owned(), place)),
        None => wrong_type(problems, what, "a text", value),
    }
    None
}

/// The list of texts that this value should be; wrong items are reported and left out.
pub(super) fn texts(problems: &Problems, what: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<Located<String>>> {
    let Some(items) = value.get_ref().as_array() else {
        wrong_type(problems, what, "a list of texts", value);
        return None;
    };
    Some(
        items
            .iter()
            .filter_map(|item| text(problems, &format!("an item of {what}"), item))
            .collect(),
    )
}

pub(super) fn whole_number(value: &DeValue<'_>) -> Option<u32> {
    let number = value.as_integer()?;
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}

pub(super) fn wrong_type(problems: &Problems, what: &str, wanted: &str, value: &Spanned<DeValue<'_>>) {
    let message = format!("{what} must be {wanted}, not {}", described(value.get_ref()));
    problems.report(Diagnostic::error("wrong-type", message, problems.place(value.span())));
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The known word that was probably meant.
pub(super) fn closest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let allowed = (written.chars().count() / 3).max(1);
    let near = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), *word));
    near.filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}
