//! The sections `[registry]`, `[registries.NAME]` and, since none may use the token of another, `[cocktail]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use url::{ParseError, Url};

use super::cocktail_section::{self, CocktailSection};
use super::section::{Problems, Section};
use crate::model::{Diagnostic, Located, Reference};

/// Whatever the file names that is talked to.
#[derive(Debug, Clone, Default)]
pub(super) struct Registries {
    pub(super) unnamed: Option<RegistrySection>,
    pub(super) named: BTreeMap<String, RegistrySection>,
    pub(super) cocktail: CocktailSection,
}

impl Registries {
    /// Where their tokens and passwords come from.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Reference> {
        let sections = self.unnamed.iter().chain(self.named.values());
        let own = sections.flat_map(|section| section.token.iter().chain(&section.password));
        own.chain(&self.cocktail.token)
    }
}

/// One of them, as it is written.
#[derive(Debug, Clone, Default)]
pub(super) struct RegistrySection {
    pub(super) url: Option<Url>,
    pub(super) token: Option<Reference>,
    pub(super) username: Option<String>,
    pub(super) password: Option<Reference>,
    pub(super) ca_file: Option<PathBuf>,
    /// The files of the certificate and of its key.
    pub(super) client_certificate: Option<(PathBuf, PathBuf)>,
    pub(super) insecure: bool,
    pub(super) max_in_flight: Option<u32>,
}

/// More than this at a time no registry serves any faster.
const MOST_IN_FLIGHT: u32 = 64;

/// The environment variable that overrides a setting of a registry: `QUAYFORM_TOKEN`, or `QUAYFORM_PROD_TOKEN` for `prod`.
pub(super) fn variable(registry: Option<&str>, setting: &str) -> String {
    match registry {
        Some(name) => format!("QUAYFORM_{}_{setting}", name.to_uppercase().replace('-', "_")),
        None => format!("QUAYFORM_{setting}"),
    }
}

/// Reads all of these sections.
pub(super) fn decode(root: &mut Section<'_>) -> Registries {
    let problems = root.problems;
    let mut holders = Vec::new();
    let unnamed = root
        .section("registry")
        .map(|section| decode_one(section, None, &mut holders));
    let mut named = BTreeMap::new();
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in root.section("registries").into_iter().flat_map(Section::named) {
        check_name(problems, &name, &mut variables);
        let Some(section) = Section::of(format!("[registries.{}]", name.value), value, problems) else {
            continue;
        };
        let decoded = decode_one(section, Some(&name.value), &mut holders);
        named.insert(name.value, decoded);
    }
    let cocktail = root
        .section("cocktail")
        .map(|section| cocktail_section::decode(section, &mut holders))
        .unwrap_or_default();
    let owners = [None, Some(cocktail_section::NAME)].into_iter();
    let owners = owners.chain(named.keys().map(|name| Some(name.as_str())));
    check_secret_variables(problems, &holders, &owners.collect::<Vec<_>>());
    Registries {
        unnamed,
        named,
        cocktail,
    }
}

/// A token or password that is read from an environment variable: whose it is, the variable, and where that is written.
pub(super) type SecretVariable = (Option<String>, Located<String>);

fn decode_one(mut section: Section<'_>, name: Option<&str>, holders: &mut Vec<SecretVariable>) -> RegistrySection {
    let problems = section.problems;
    let url = address(
        &mut section,
        "write the registry's address, such as https://quay.example.com",
    );
    let token = secret(&mut section, "token");
    let username = section.text("username").map(|name| name.value);
    let password = secret(&mut section, "password");
    if let (Some(_), Some(password)) = (&token, &password) {
        let help = "keep `password` (and `username`) to sign in, or `token`";
        problems.bad_value(
            "`token` and `password` are two ways to prove one user",
            password.place,
            help,
        );
    }
    for reference in token.iter().chain(&password) {
        hold(holders, name, reference);
    }
    let decoded = RegistrySection {
        url,
        token: token.map(|token| token.value),
        username,
        password: password.map(|password| password.value),
        ca_file: section.text("ca_file").map(|path| PathBuf::from(path.value)),
        client_certificate: client_certificate(&mut section),
        insecure: section.switch("insecure").unwrap_or(false),
        max_in_flight: max_in_flight(&mut section),
    };
    section.finish();
    decoded
}

/// Notes the variable in which a token or password of a section is.
pub(super) fn hold(holders: &mut Vec<SecretVariable>, name: Option<&str>, reference: &Located<Reference>) {
    if let Reference::Env(variable) = &reference.value {
        holders.push((name.map(str::to_owned), Located::new(variable.clone(), reference.place)));
    }
}

/// The origin under `url`.
pub(super) fn address(section: &mut Section<'_>, help: &str) -> Option<Url> {
    let (problems, written) = (section.problems, section.text("url")?);
    match parse_url(&written.value) {
        Ok(url) => Some(url),
        Err(reason) => {
            if written.value.contains('@') {
                problems.hide(written.place);
            }
            problems.bad_value(reason, written.place, help);
            None
        }
    }
}

/// The files of `client_certificate` and `client_key`; neither is of use without the other.
pub(super) fn client_certificate(section: &mut Section<'_>) -> Option<(PathBuf, PathBuf)> {
    let written = (section.text("client_certificate"), section.text("client_key"));
    let (alone, missing) = match written {
        (Some(certificate), Some(key)) => return Some((certificate.value.into(), key.value.into())),
        (Some(certificate), None) => (certificate.place, "client_key"),
        (None, Some(key)) => (key.place, "client_certificate"),
        (None, None) => return None,
    };
    let help = "both name a PEM file; they may name the same one";
    let message = format!("`{missing}` is missing beside it");
    section.problems.bad_value(message, alone, help);
    None
}

fn max_in_flight(section: &mut Section<'_>) -> Option<u32> {
    let place = section.place("max_in_flight")?;
    let number = section.number("max_in_flight")?;
    if !(1..=MOST_IN_FLIGHT).contains(&number) {
        let message = format!("{number} requests in flight are not possible");
        let help = format!("write a number from 1 to {MOST_IN_FLIGHT}, or delete the key: then it is 8");
        section.problems.bad_value(message, place, help);
        return None;
    }
    Some(number)
}

/// The origin that a text names; the error says what is wrong with it.
pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    if text.contains('@') {
        // Not shown: it may hold a password.
        return Err("the URL holds a user name or password".to_owned());
    }
    // Nor is what follows a host: somebody may have put a token there.
    let shown = text.split_inclusive(['?', '#']).next().unwrap_or_default();
    let url = Url::parse(text).map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase if !shown.contains(' ') => format!("`{shown}` lacks https:// before it"),
        error => format!("`{shown}` is not a URL: {error}"),
    })?;
    let reason = if !matches!(url.scheme(), "http" | "https") {
        "starts with neither https:// nor http://"
    } else if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        "goes on after the host"
    } else {
        return Ok(url);
    };
    Err(format!("`{shown}` {reason}"))
}

/// Where a token, a password or another secret comes from.
pub(super) fn secret(section: &mut Section<'_>, key: &'static str) -> Option<Located<Reference>> {
    let help = format!("write {key} = {{ env = \"NAME\" }}, {{ file = \"PATH\" }} or {{ command = \"NAME\" }}");
    let problems = section.problems;
    let value = section.value(key)?;
    let place = problems.place(value.span());
    if value.get_ref().is_str() {
        problems.hide(place);
        let message = format!("a {key} must not stand in this file");
        problems.report(Diagnostic::error("secret-in-file", message, place).help(help));
        return None;
    }
    let mut inner = Section::of(format!("`{key}`"), value, problems)?;
    let written = [
        inner.text("env").map(|text| text.map(Reference::Env)),
        inner.text("file").map(|text| text.map(Reference::File)),
        inner.text("command").map(|text| text.map(Reference::Command)),
    ];
    inner.finish();
    let mut written: Vec<Located<Reference>> = written.into_iter().flatten().collect();
    if written.len() != 1 {
        problems.bad_value(format!("`{key}` needs exactly one source"), place, help);
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
    if text == cocktail_section::NAME {
        let message = format!("a registry cannot be named `{text}`: its variables are those of CocktailCloud");
        problems.bad_value(message, name.place, "name it otherwise");
    }
    if let Some(other) = variables.insert(variable(Some(text), "TOKEN"), text.clone()) {
        let message = format!("`{other}` and `{text}` would share one environment variable for their tokens");
        problems.bad_value(message, name.place, "rename one of them");
    }
}

/// The token or password of one registry must not be sent to another, whatever a pull request writes here.
fn check_secret_variables(problems: &Problems, holders: &[SecretVariable], owners: &[Option<&str>]) {
    for (registry, Located { value: written, place }) in holders {
        let others = || owners.iter().filter(|owner| **owner != registry.as_deref());
        for (setting, what) in [("TOKEN", "token"), ("PASSWORD", "password")] {
            if let Some(owner) = others().find(|owner| variable(**owner, setting) == *written) {
                let whose = match owner {
                    Some(cocktail_section::NAME) => "CocktailCloud",
                    _ => "another registry",
                };
                let message = format!("`{written}` is the {what} of {whose}");
                let help = format!("this one's is {}", variable(registry.as_deref(), setting));
                problems.report(Diagnostic::error("foreign-token", message, *place).help(help));
            }
        }
    }
}
