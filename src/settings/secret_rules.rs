//! The section `[secrets]`: what manifests may take secrets from.

use std::collections::BTreeMap;

use super::section::{Section, texts};
use crate::model::Reference;

/// Which sources manifests may name; commands only by their name here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretRules {
    /// Names of environment variables, with `*`. `None`: any but `QUAYFORM_*`.
    pub environment: Option<Vec<String>>,
    /// Paths, relative to the project's root or absolute, with `*` for any characters. `None`: any below the root.
    pub files: Option<Vec<String>>,
    /// Programs with their arguments, by the name that manifests use.
    pub commands: BTreeMap<String, Vec<String>>,
    /// Where the registries' own tokens come from: no manifest can name these.
    pub reserved: Vec<Reference>,
}

/// Reads `[secrets]`.
pub(super) fn decode(mut section: Section<'_>) -> SecretRules {
    let values = |list: Vec<crate::model::Located<String>>| list.into_iter().map(|item| item.value).collect();
    let rules = SecretRules {
        environment: section.texts("env").map(values),
        files: section.texts("files").map(values),
        commands: section
            .value("commands")
            .map(|value| commands(&section, value))
            .unwrap_or_default(),
        reserved: Vec::new(),
    };
    section.finish();
    rules
}

fn commands<'t>(
    section: &Section<'t>,
    value: &'t toml::Spanned<toml::de::DeValue<'t>>,
) -> BTreeMap<String, Vec<String>> {
    let problems = section.problems;
    let mut commands = BTreeMap::new();
    for (name, value) in Section::of("[secrets.commands]", value, problems)
        .into_iter()
        .flat_map(Section::named)
    {
        let Some(words) = texts(problems, &format!("`{}`", name.value), value) else {
            continue;
        };
        if words.is_empty() {
            let message = format!("`{}` names no program", name.value);
            problems.bad_value(message, name.place, "write [\"program\", \"argument\"]");
        }
        commands.insert(name.value, words.into_iter().map(|word| word.value).collect());
    }
    commands
}
