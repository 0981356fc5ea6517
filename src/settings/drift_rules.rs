//! The section `[drift]`: differences that are expected for a while, and who is told of the others.

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use super::registry_section::secret;
use super::section::{Problems, Section, wrong_type};
use crate::model::{Pattern, Reference};

/// What `drift` does not count, and where it sends what it finds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DriftRules {
    /// The rules of `[[drift.ignore]]`, those that are over included.
    pub ignore: Vec<IgnoreRule>,
    /// `[drift.webhook]`.
    pub webhook: Option<Webhook>,
}

/// A difference that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreRule {
    /// The objects.
    pub pattern: Pattern,
    /// The one field that is meant; `None` for the whole object.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds; `None` for a rule of the command line.
    pub until: Option<Date>,
}

impl std::fmt::Display for IgnoreRule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.field {
            Some(field) => write!(formatter, "{}.{field}", self.pattern),
            None => write!(formatter, "{}", self.pattern),
        }
    }
}

/// Where messages about drift go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The address, which is a secret: whoever knows it can send messages.
    pub url: Reference,
    /// How messages are written.
    pub format: WebhookFormat,
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WebhookFormat {
    /// `{"text": …}`, as Slack and what is compatible with it take it.
    #[default]
    Slack,
    /// What is new and what is gone, in the form of the report.
    Json,
}

/// Reads `[drift]`. `kinds` are those that exist.
pub(super) fn decode(mut section: Section<'_>, kinds: &[&str]) -> DriftRules {
    let problems = section.problems;
    let items = section.value("ignore").map(|value| match value.get_ref().as_array() {
        Some(items) => items.iter().filter_map(|item| rule(problems, item, kinds)).collect(),
        None => {
            wrong_type(problems, "`ignore`", "a list of rules", value);
            Vec::new()
        }
    });
    let webhook = section.value("webhook").and_then(|value| webhook(problems, value));
    section.finish();
    DriftRules {
        ignore: items.unwrap_or_default(),
        webhook,
    }
}

fn rule(problems: &Problems, value: &Spanned<DeValue<'_>>, kinds: &[&str]) -> Option<IgnoreRule> {
    let mut section = Section::of("[[drift.ignore]]", value, problems)?;
    let pattern = section.pattern("address", kinds);
    let field = section.text("field").map(|field| field.value);
    let reason = section.text("reason");
    let until = section.value("until");
    let was_written = until.is_some();
    let until = until.and_then(|until| date(problems, until));
    let is_written = [section.place("address").is_some(), reason.is_some(), was_written];
    section.finish();
    if is_written != [true; 3] {
        let message = "a rule needs `address`, `reason` and `until`";
        let help = "write what is expected, why, and how long: until = 2026-12-31";
        problems.bad_value(message, problems.place(value.span()), help);
        return None;
    }
    let pattern = pattern?;
    if pattern.value.means_everything() {
        let help = "name what is expected to differ, such as team[acme/sandbox-*]";
        problems.bad_value(format!("`{}` ignores everything", pattern.value), pattern.place, help);
        return None;
    }
    Some(IgnoreRule {
        pattern: pattern.value,
        field,
        reason: reason?.value,
        until: Some(until?),
    })
}

/// A date of TOML, or the same as a text.
fn date(problems: &Problems, value: &Spanned<DeValue<'_>>) -> Option<Date> {
    let written = match value.get_ref() {
        DeValue::Datetime(written) => written.to_string(),
        DeValue::String(written) => written.to_string(),
        _ => {
            wrong_type(problems, "`until`", "a date", value);
            return None;
        }
    };
    let date = written.parse().ok().filter(|_| written.len() == "2026-12-31".len());
    if date.is_none() {
        let place = problems.place(value.span());
        let help = "write the last day on which the rule holds, such as 2026-12-31";
        problems.bad_value(format!("`{written}` is not a date"), place, help);
    }
    date
}

fn webhook(problems: &Problems, value: &Spanned<DeValue<'_>>) -> Option<Webhook> {
    let mut section = Section::of("[drift.webhook]", value, problems)?;
    let url = secret(&mut section, "url");
    let is_written = section.place("url").is_some();
    let format = section
        .text("format")
        .map(|written| (WebhookFormat::from_word(&written.value), written));
    section.finish();
    if !is_written {
        let help = "write url = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" }";
        problems.bad_value("`url` is missing", problems.place(value.span()), help);
    }
    let format = match format {
        None => WebhookFormat::default(),
        Some((Some(format), _)) => format,
        Some((None, written)) => {
            let message = format!("`{}` is not a format of messages", written.value);
            problems.bad_value(message, written.place, "write slack or json");
            return None;
        }
    };
    Some(Webhook {
        url: url?.value,
        format,
    })
}

impl WebhookFormat {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "slack" => Some(WebhookFormat::Slack),
            "json" => Some(WebhookFormat::Json),
            _ => None,
        }
    }
}
