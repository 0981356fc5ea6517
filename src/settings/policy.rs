//! What nobody may gain, whatever the manifests say.

use toml::Spanned;
use toml::de::DeValue;

use super::section::{Problems, Section, wrong_type};
use crate::model::Role;

/// One rule of `[policy] deny`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The least role that is meant.
    pub gains: Role,
    /// On which repositories, as a pattern of full names such as `acme/prod-*`.
    pub on: String,
    /// Whom it does not concern: the members of this team of the repository's organization.
    pub unless_team: Option<String>,
}

/// Reads `[policy]`.
pub(super) fn decode(mut section: Section<'_>) -> Vec<Denial> {
    let problems = section.problems;
    let written = section.value("deny");
    section.finish();
    let Some(value) = written else { return Vec::new() };
    let Some(items) = value.get_ref().as_array() else {
        wrong_type(problems, "`deny`", "a list of rules", value);
        return Vec::new();
    };
    items.iter().filter_map(|item| rule(problems, item)).collect()
}

fn rule(problems: &Problems, value: &Spanned<DeValue<'_>>) -> Option<Denial> {
    let mut section = Section::of("a rule of `deny`", value, problems)?;
    let gains = section.text("gains");
    let on = section.text("on").map_or_else(|| "*".to_owned(), |on| on.value);
    let unless_team = section.text("unless_team").map(|team| team.value);
    section.finish();
    let Some(gains) = gains else {
        let message = "this rule does not say what nobody may gain";
        let help = "write it, for example {gains = \"admin\", on = \"acme/prod-*\"}";
        problems.bad_value(message, problems.place(value.span()), help);
        return None;
    };
    let role = Role::from_word(&gains.value);
    if role == Role::None {
        let message = format!("there is no role `{}`", gains.value);
        problems.bad_value(message, gains.place, "the roles are read, write and admin");
        return None;
    }
    Some(Denial {
        gains: role,
        on,
        unless_team,
    })
}
