//! Secrets as references: a name for each, and the same name for the same secret of one namespace.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Document, Secret, Written};

/// A variable that the manifests name.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// In whose document it is named first.
    pub document: Document,
    /// What it is, such as `slack url`.
    pub label: String,
    /// Its text, where the registry shows it.
    pub secret: Option<Secret>,
}

/// Puts references in the place of secrets, and returns the variables that they name, in the order of documents.
pub(super) fn take_out(documents: &mut BTreeMap<Document, Written>) -> Vec<Variable> {
    let mut names = Names::default();
    for (document, tree) in documents {
        names.of(document, tree);
    }
    names.variables
}

#[derive(Default)]
struct Names {
    variables: Vec<Variable>,
    taken: BTreeSet<String>,
}

impl Names {
    fn of(&mut self, document: &Document, tree: &mut Written) {
        match tree {
            Written::Secret { label, secret } => {
                let name = self.name(document, label, secret.as_ref());
                *tree = Written::map([("env", Some(Written::text(name)))]);
            }
            Written::List(items) => items.iter_mut().for_each(|item| self.of(document, item)),
            Written::Map(entries) => entries.values_mut().for_each(|value| self.of(document, value)),
            _ => {}
        }
    }

    fn name(&mut self, document: &Document, label: &str, secret: Option<&Secret>) -> String {
        let namespace = |document: &Document| document.name().split('/').next().map(str::to_owned);
        let is_same = |variable: &&Variable| {
            let ours = variable.secret.as_ref().zip(secret);
            ours.is_some_and(|(one, other)| one.is_comparable() && one == other)
                && namespace(&variable.document) == namespace(document)
        };
        if let Some(known) = self.variables.iter().find(is_same) {
            return known.name.clone();
        }
        let name = self.free(&in_capitals(&format!("{} {label}", document.name())));
        self.variables.push(Variable {
            name: name.clone(),
            document: document.clone(),
            label: label.to_owned(),
            secret: secret.cloned(),
        });
        name
    }

    /// The name, or the first numbered one that nothing else has.
    fn free(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1;
        while !self.taken.insert(free.clone()) {
            number += 1;
            free = format!("{name}_{number}");
        }
        free
    }
}

/// A name that a shell takes, and that no reference is refused by default.
pub(crate) fn in_capitals(words: &str) -> String {
    let letter = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = words.trim().chars().map(letter).collect();
    let is_refused = name.starts_with("QUAYFORM_") || name.starts_with(|first: char| first.is_ascii_digit());
    if is_refused { format!("SECRET_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_secret_has_one_name_and_two_have_two() {
        let url = |text: &str| Written::Secret {
            label: "slack url".to_owned(),
            secret: Some(Secret::known(text)),
        };
        let repository = |name: &str| Document::Repository(name.to_owned());
        let mut documents = BTreeMap::from([
            (
                repository("acme/api"),
                Written::List(vec![url("one"), url("two"), url("one")]),
            ),
            (repository("acme/web"), Written::List(vec![url("two")])),
            (repository("beta/web"), Written::List(vec![url("two")])),
        ]);
        let variables = take_out(&mut documents);
        let names: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(
            names,
            ["ACME_API_SLACK_URL", "ACME_API_SLACK_URL_2", "BETA_WEB_SLACK_URL"]
        );
        let second = Written::map([("env", Some(Written::text("ACME_API_SLACK_URL_2")))]);
        assert_eq!(documents[&repository("acme/web")], Written::List(vec![second]));
        assert_eq!(in_capitals("1and1/x slack url"), "SECRET_1AND1_X_SLACK_URL");
        assert_eq!(in_capitals("quayform/x y"), "SECRET_QUAYFORM_X_Y");
    }
}
