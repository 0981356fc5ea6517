//! What a plan may not do without being told.

use toml::Spanned;
use toml::de::DeValue;

use super::policy::Denial;
use super::section::{Problems, Section, whole_number, wrong_type};
use crate::model::Pattern;

/// The section `[guards]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Guards {
    /// How many objects of one kind and organization a plan may delete.
    pub max_deletes: MaxDeletes,
    /// What may be deleted although data or a credential is lost.
    pub allow_destroy: Vec<Pattern>,
    /// What is never deleted, whatever the manifests say.
    pub protected: Vec<Pattern>,
    /// The accounts that run quayform and are never locked out, besides the token's own user.
    pub operators: Vec<String>,
    /// How many humans must remain in an organization's admin teams.
    pub min_admins: u32,
    /// What nobody may gain: `[policy] deny`.
    pub deny: Vec<Denial>,
}

impl Default for Guards {
    fn default() -> Self {
        Guards {
            max_deletes: MaxDeletes::Share(25),
            allow_destroy: Vec::new(),
            protected: Vec::new(),
            operators: Vec::new(),
            min_admins: 1,
            deny: Vec::new(),
        }
    }
}

/// How many objects may be deleted in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxDeletes {
    /// So many.
    Number(u32),
    /// So many in a hundred of those that exist.
    Share(u32),
}

impl MaxDeletes {
    /// How many of `existing` objects may be deleted: a share is rounded up and never below 5.
    pub fn allowed(self, existing: usize) -> usize {
        match self {
            MaxDeletes::Number(number) => number as usize,
            MaxDeletes::Share(percent) => (existing * percent as usize).div_ceil(100).max(5),
        }
    }
}

impl std::fmt::Display for MaxDeletes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MaxDeletes::Number(number) => write!(formatter, "{number}"),
            MaxDeletes::Share(percent) => write!(formatter, "{percent}%"),
        }
    }
}

/// Reads `[guards]`; what is not written keeps its default. `kinds` are those that exist.
pub(super) fn decode(mut section: Section<'_>, kinds: &[&str]) -> Guards {
    let default = Guards::default();
    let problems = section.problems;
    let guards = Guards {
        max_deletes: section
            .value("max_deletes")
            .and_then(|value| max_deletes(problems, value))
            .unwrap_or(default.max_deletes),
        allow_destroy: allow_destroy(&mut section, kinds),
        protected: section
            .patterns("protected", kinds)
            .into_iter()
            .map(|pattern| pattern.value)
            .collect(),
        operators: section
            .texts("operators")
            .unwrap_or_default()
            .into_iter()
            .map(|name| name.value)
            .collect(),
        min_admins: section.number("min_admins").unwrap_or(default.min_admins),
        deny: default.deny,
    };
    section.finish();
    guards
}

/// What allows everything would be a global force.
fn allow_destroy(section: &mut Section<'_>, kinds: &[&str]) -> Vec<Pattern> {
    let (mut patterns, problems) = (section.patterns("allow_destroy", kinds), section.problems);
    patterns.retain(|pattern| {
        if pattern.value.spans_kinds() {
            let message = format!("`{}` does not name one kind", pattern.value);
            let help = "write what is meant, such as robot[acme+old]: nothing allows everything";
            problems.bad_value(message, pattern.place, help);
        }
        !pattern.value.spans_kinds()
    });
    patterns.into_iter().map(|pattern| pattern.value).collect()
}

fn max_deletes(problems: &Problems, value: &Spanned<DeValue<'_>>) -> Option<MaxDeletes> {
    if let Some(number) = whole_number(value.get_ref()) {
        return Some(MaxDeletes::Number(number));
    }
    let Some(text) = value.get_ref().as_str() else {
        wrong_type(problems, "`max_deletes`", "a number or a share", value);
        return None;
    };
    let percent = text
        .strip_suffix('%')
        .and_then(|digits| digits.trim().parse().ok())
        .filter(|percent| *percent <= 100);
    if percent.is_none() {
        let place = problems.place(value.span());
        problems.bad_value(
            format!("`{text}` is not a share"),
            place,
            "write a number, or 0% to 100%",
        );
    }
    percent.map(MaxDeletes::Share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up_and_never_below_five() {
        for (existing, allowed) in [(0, 5), (20, 5), (21, 6), (100, 25), (101, 26)] {
            assert_eq!(MaxDeletes::Share(25).allowed(existing), allowed, "{existing}");
        }
        assert_eq!(MaxDeletes::Number(2).allowed(1000), 2);
    }
}
