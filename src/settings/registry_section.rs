//! The sections `[registry]` and `[registries.NAME]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use url::Url;

use super::section::{Problems, Section};
use crate::model::{Diagnostic, Located, Place, Reference};

/// All registries that the file names.
#[derive(Debug, Clone, Default)]
pub(super) struct Registries {
    pub(super) unnamed: Option<RegistrySection>,
    pub(super) named: BTreeMap<String, RegistrySection>,
}

impl Registries {
    /// Where their tokens come from.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &Reference> {
        let sections = self.unnamed.iter().chain(self.named.values());
        sections.filter_map(|section| section.token.as_ref())
    }
}

/// One of them, as it is written.
#[derive(Debug, Clone, Default)]
pub(super) struct RegistrySection {
    pub(super) url: Option<Url>,
    pub(super) token: Option<Reference>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) insecure: bool,
}

/// The environment variable that overrides a setting of a registry: `QUAYFORM_TOKEN`, or `QUAYFORM_PROD_TOKEN` for `prod`.
pub(super) fn variable(registry: Option<&str>, setting: &str) -> String {
    match registry {
        Some(name) => format!("QUAYFORM_{}_{setting}", name.to_uppercase().replace('-', "_")),
        None => format!("QUAYFORM_{setting}"),
    }
}

/// Reads both sections.
pub(super) fn decode(root: &mut Section<'_>) -> Registries {
    let problems = root.problems;
    let mut tokens = Vec::new();
    let unnamed = root
        .section("registry")
        .map(|section| decode_one(section, None, &mut tokens));
    let mut named = BTreeMap::new();
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in root.section("registries").into_iter().flat_map(Section::named) {
        check_name(problems, &name, &mut variables);
        let Some(section) = Section::of(format!("[registries.{}]", name.value), value, problems) else {
            continue;
        };
        let decoded = decode_one(section, Some(&name.value), &mut tokens);
        named.insert(name.value, decoded);
    }
    let owners = [None].into_iter().chain(named.keys().map(|name| Some(name.as_str())));
    check_token_variables(problems, &tokens, &owners.collect::<Vec<_>>());
    Registries { unnamed, named }
}

/// A token that is read from an environment variable: whose it is, the variable, and where that is written.
type TokenVariable = (Option<String>, Located<String>);

fn decode_one(mut section: Section<'_>, name: Option<&str>, tokens: &mut Vec<TokenVariable>) -> RegistrySection {
    let problems = section.problems;
    let url = section.text("url").and_then(|written| match parse_url(&written.value) {
        Ok(url) => Some(url),
        Err(reason) => {
            if written.value.contains('@') {
                problems.hide(written.place);
            }
            problems.bad_value(
                reason,
                written.place,
                "write the registry's address, such as https://quay.example.com",
            );
            None
        }
    });
    let token = token(&mut section);
    if let Some(Located {
        value: Reference::Env(variable),
        place,
    }) = &token
    {
        tokens.push((name.map(str::to_owned), Located::new(variable.clone(), *place)));
    }
    let ca_file = section.text("ca_file").map(|path| PathBuf::from(path.value));
    let insecure = section.switch("insecure").unwrap_or(false);
    for key in ["username", "password"] {
        if let Some(value) = section.value(key) {
            let place = problems.place(value.span());
            problems.hide(place);
            problems.bad_value(
                "signing in with a password is not supported",
                place,
                "set `token` to an OAuth token",
            );
        }
    }
    section.finish();
    RegistrySection {
        url,
        token: token.map(|token| token.value),
        ca_file,
        insecure,
    }
}

/// The origin that a text names; the error says what is wrong with it.
pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    if text.contains('@') {
        // Not shown: it may hold a password.
        return Err("the URL holds a user name or password".to_owned());
    }
    // Nor is what follows a host: somebody may have put a token there.
    let shown = text.split_inclusive(['?', '#']).next().unwrap_or_default();
    let url = Url::parse(text).map_err(|error| format!("`{shown}` is not a URL: {error}"))?;
    let reason = if !matches!(url.scheme(), "http" | "https") {
        "starts with neither https:// nor http://"
    } else if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        "goes on after the host"
    } else {
        return Ok(url);
    };
    Err(format!("`{shown}` {reason}"))
}

fn token(section: &mut Section<'_>) -> Option<Located<Reference>> {
    const HELP: &str = "write token = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" }";
    let problems = section.problems;
    let value = section.value("token")?;
    let place = problems.place(value.span());
    if value.get_ref().is_str() {
        problems.hide(place);
        problems.report(Diagnostic::error("secret-in-file", "a token must not stand in this file", place).help(HELP));
        return None;
    }
    let mut inner = Section::of("`token`", value, problems)?;
    let written = [
        inner.text("env").map(|text| text.map(Reference::Env)),
        inner.text("file").map(|text| text.map(Reference::File)),
        inner.text("command").map(|text| text.map(Reference::Command)),
    ];
    inner.finish();
    let mut written: Vec<Located<Reference>> = written.into_iter().flatten().collect();
    if written.len() != 1 {
        problems.bad_value("`token` needs exactly one source", place, HELP);
        return None;
    }
    written.pop()
}

fn check_name(problems: &Problems, name: &Located<String>, variables: &mut BTreeMap<String, String>) {
    let text = &name.value;
    let well_formed = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter));
    if !well_formed || text == "all" {
        let help = "use lower-case letters, digits, `-` and `_`; `all` stands for every registry";
        problems.bad_value(format!("`{text}` cannot be the name of a registry"), name.place, help);
    }
    if let Some(other) = variables.insert(variable(Some(text), "TOKEN"), text.clone()) {
        let message = format!("`{other}` and `{text}` would share one environment variable for their tokens");
        problems.bad_value(message, name.place, "rename one of them");
    }
}

/// The token of one registry must not be sent to another, whatever a pull request writes here.
fn check_token_variables(problems: &Problems, tokens: &[TokenVariable], owners: &[Option<&str>]) {
    for (registry, Located { value: written, place }) in tokens {
        let of_another =
            |owner: &&Option<&str>| **owner != registry.as_deref() && variable(**owner, "TOKEN") == *written;
        if owners.iter().any(|owner| of_another(&owner)) {
            report_foreign_token(problems, written, *place, registry.as_deref());
        }
    }
}

fn report_foreign_token(problems: &Problems, written: &str, place: Place, registry: Option<&str>) {
    let message = format!("`{written}` is the token of another registry");
    let help = format!("this one's is {}", variable(registry, "TOKEN"));
    problems.report(Diagnostic::error("foreign-token", message, place).help(help));
}
