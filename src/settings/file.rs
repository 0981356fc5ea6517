//! `quayform.toml`, section by section.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::guards::{self, Guards};
use super::registry_section::{self, Registries};
use super::secret_rules::{self, SecretRules};
use super::section::{Problems, Section, whole_number, wrong_type};
use crate::model::{Diagnostic, Diagnostics, Located};

/// The version of the files that this program reads.
const FORMAT: u32 = 1;

/// What stands in the file, with the defaults of what does not.
#[derive(Debug, Clone)]
pub(super) struct ProjectFile {
    pub(super) manifests: Vec<String>,
    pub(super) registries: Registries,
    pub(super) guards: Guards,
    pub(super) secrets: SecretRules,
}

impl Default for ProjectFile {
    fn default() -> Self {
        ProjectFile {
            manifests: vec!["**/*.yaml".to_owned(), "**/*.yml".to_owned()],
            registries: Registries::default(),
            guards: Guards::default(),
            secrets: SecretRules::default(),
        }
    }
}

/// Reads the text, or gives everything that is wrong with it.
pub(super) fn decode(text: &str, source: u32) -> Result<ProjectFile, Diagnostics> {
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
        .then(|| sections(Section::new("quayform.toml", table.get_ref(), &problems)));
    let diagnostics = problems.into_diagnostics();
    match file {
        Some(file) if diagnostics.is_empty() => Ok(file),
        _ => Err(diagnostics),
    }
}

fn sections(mut root: Section<'_>) -> ProjectFile {
    let default = ProjectFile::default();
    let problems = root.problems;
    if let Some(format) = root.value("format") {
        check_format(problems, format);
    }
    let manifests = root.texts("manifests").map(|written| patterns(problems, written));
    let registries = registry_section::decode(&mut root);
    let guards = root.section("guards").map(guards::decode);
    let secrets = root.section("secrets").map(secret_rules::decode);
    root.finish();
    ProjectFile {
        manifests: manifests.unwrap_or(default.manifests),
        registries,
        guards: guards.unwrap_or(default.guards),
        secrets: secrets.unwrap_or(default.secrets),
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

fn patterns(problems: &Problems, written: Vec<Located<String>>) -> Vec<String> {
    for pattern in &written {
        if pattern.value.starts_with('/') || pattern.value.split('/').any(|part| part == "..") {
            let message = format!("`{}` leads out of the project", pattern.value);
            problems.bad_value(
                message,
                pattern.place,
                "write globs relative to this file, such as orgs/**/*.yaml",
            );
        }
    }
    written.into_iter().map(|pattern| pattern.value).collect()
}
