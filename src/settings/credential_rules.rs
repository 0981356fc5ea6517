//! The section `[credentials]`: the command that takes robots' tokens.

use super::section::{Section, texts};
use crate::model::CredentialFormat;

/// Where robots' tokens go without `--credentials-out`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CredentialRules {
    /// A program with its arguments, which takes one credential at a time; empty for none.
    pub command: Vec<String>,
    /// How a credential is written on its standard input.
    pub format: CredentialFormat,
}

/// Reads `[credentials]`.
pub(super) fn decode(mut section: Section<'_>) -> CredentialRules {
    let problems = section.problems;
    let command = section.value("command").and_then(|value| {
        let words = texts(problems, "`command`", value);
        if words.as_ref().is_some_and(Vec::is_empty) {
            let place = problems.place(value.span());
            problems.bad_value("`command` names no program", place, "write [\"program\", \"argument\"]");
        }
        words
    });
    let words: Vec<&str> = CredentialFormat::ALL.into_iter().map(CredentialFormat::word).collect();
    let format = section.text("format").and_then(|written| {
        let format = CredentialFormat::from_word(&written.value);
        if format.is_none() {
            let message = format!("`{}` is not a format of credentials", written.value);
            problems.bad_value(message, written.place, format!("write one of {}", words.join(", ")));
        }
        format
    });
    section.finish();
    CredentialRules {
        command: command.into_iter().flatten().map(|word| word.value).collect(),
        format: format.unwrap_or_default(),
    }
}
