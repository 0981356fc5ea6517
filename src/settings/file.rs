//! `quayform.toml`, section by section.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::credential_rules::{self, CredentialRules};
use super::drift_rules::{self, DriftRules};
use super::guards::{self, Guards};
use super::policy::{self, Denial};
use super::read_rules::{self, ReadRules};
use super::registry_section::{self, Registries};
use super::secret_rules::{self, SecretRules};
use super::section::{Found, Problems, Section, texts, whole_number, wrong_type};
use crate::model::Diagnostic;

/// The version of the files that this program reads.
const FORMAT: u32 = 1;

/// What stands in the file, with the defaults of what does not.
#[derive(Debug, Clone, Default)]
pub(super) struct ProjectFile {
    /// Empty for every `*.yaml` and `*.yml`.
    pub(super) manifests: Vec<String>,
    pub(super) registries: Registries,
    /// Nothing where the section is not written.
    pub(super) guards: Option<Guards>,
    pub(super) secrets: SecretRules,
    pub(super) credentials: CredentialRules,
    pub(super) read: ReadRules,
    pub(super) drift: DriftRules,
}

/// Reads the text, or gives everything that is wrong with it. `kinds` are those that patterns may name.
pub(super) fn decode(text: &str, source: u32, kinds: &[&str]) -> Result<ProjectFile, Found> {
    let problems = Problems::new(source);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let place = problems.place(error.span().unwrap_or_default());
        problems.report(Diagnostic::error(
            "toml-syntax",
            error.message().replace('\n', ", "),
            place,
        ));
    }
    // What a half-read file seems to say would only add noise.
    let file = errors
        .is_empty()
        .then(|| sections(Section::new("quayform.toml", table.get_ref(), &problems), kinds));
    let found = problems.into_found();
    match file {
        Some(file) if found.diagnostics.is_empty() => Ok(file),
        _ => Err(found),
    }
}

fn sections(mut root: Section<'_>, kinds: &[&str]) -> ProjectFile {
    let problems = root.problems;
    if let Some(format) = root.value("format") {
        check_format(problems, format);
    }
    let manifests = root
        .value("manifests")
        .and_then(|value| manifest_patterns(problems, value));
    let registries = registry_section::decode(&mut root);
    let guards = root.section("guards").map(|section| guards::decode(section, kinds));
    let policy = root.section("policy").map(policy::decode);
    let secrets = root.section("secrets").map(secret_rules::decode);
    let credentials = root.section("credentials").map(credential_rules::decode);
    let read = root.section("read").map(read_rules::decode);
    let drift = root.section("drift").map(|section| drift_rules::decode(section, kinds));
    let secrets = SecretRules {
        reserved: registries.secrets().cloned().collect(),
        ..secrets.unwrap_or_default()
    };
    root.finish();
    ProjectFile {
        manifests: manifests.unwrap_or_default(),
        registries,
        guards: with_policy(guards, policy),
        secrets,
        credentials: credentials.unwrap_or_default(),
        read: read.unwrap_or_default(),
        drift: drift.unwrap_or_default(),
    }
}

/// A policy guards by itself; the file that `--guards-from` names must have one or the other.
fn with_policy(guards: Option<Guards>, policy: Option<Vec<Denial>>) -> Option<Guards> {
    match policy {
        None => guards,
        Some(deny) => Some(Guards {
            deny,
            ..guards.unwrap_or_default()
        }),
    }
}

fn check_format(problems: &Problems, value: &Spanned<DeValue<'_>>) {
    match whole_number(value.get_ref()) {
        Some(FORMAT) => {}
        Some(other) => problems.report(
            Diagnostic::error(
                "unknown-format",
                format!("format {other} is not known"),
                problems.place(value.span()),
            )
            .help(format!("this version of quayform reads format {FORMAT}")),
        ),
        None => wrong_type(problems, "`format`", &format!("the number {FORMAT}"), value),
    }
}

fn manifest_patterns(problems: &Problems, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let written = texts(problems, "`manifests`", value)?;
    if value.get_ref().as_array().is_some_and(|items| items.is_empty()) {
        let help = "write a glob, or delete the key: then every *.yaml and *.yml is a manifest";
        problems.bad_value("`manifests` names no file", problems.place(value.span()), help);
    }
    for pattern in &written {
        if pattern.value.starts_with('/') || pattern.value.split('/').any(|part| part == "..") {
            let message = format!("`{}` leads out of the project", pattern.value);
            let help = "write globs relative to this file, such as orgs/**/*.yaml";
            problems.bad_value(message, pattern.place, help);
        }
    }
    Some(written.into_iter().map(|pattern| pattern.value).collect())
}
