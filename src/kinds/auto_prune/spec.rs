//! What manifests can say of a rule that deletes tags, and its value checks.

use schemars::Schema;
use serde_json::json;

use crate::manifest::record::{Check, add_condition, record};
use crate::model::units::Duration;
use crate::model::{Diagnostic, Located, Place};

record! {
    /// A rule by which the registry deletes tags by itself. Exactly one of `keep_tags` and `older_than` must be written.
    pub struct AutoPruneSpec {
        /// Keeps this many tags of a repository, the newest, and deletes the others.
        keep_tags: u32,
        /// Deletes tags that are older than this, such as `30d`.
        older_than: Duration,
        /// Only tags that match this regular expression, such as `^pr-`; not written, all.
        tags: String,
        /// Only tags that do not match this regular expression, such as `^v[0-9]`.
        except: String,
    }
    check: check_auto_prune;
    schema: one_method;
}

fn check_auto_prune(rule: &AutoPruneSpec, check: &mut Check<'_>) {
    let keep_tags = rule.keep_tags.as_ref().map(|number| number.place);
    let older_than = rule.older_than.as_ref().map(|age| age.place);
    match (keep_tags, older_than) {
        (None, None) if check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "this rule does not say which tags go", check.place)
                .help("add `keep_tags` or `older_than`"),
        ),
        (Some(first), Some(second)) => check.diagnostics.push(
            Diagnostic::error("one-of", "this rule has both `keep_tags` and `older_than`", second)
                .also(first, "the other one")
                .help("write one entry for each"),
        ),
        _ => {}
    }
    if let Some(number) = rule.keep_tags.as_ref().filter(|number| number.value == 0) {
        let help = "write 1 or more, or `older_than: 0` to delete every tag";
        check.bad_value("the registry keeps at least one tag", number.place, help);
    }
    check_patterns(rule.tags.as_ref(), rule.except.as_ref(), check);
}

/// Checks the patterns of a rule about tags: at most one, and none that the server changes.
pub fn check_patterns(tags: Option<&Located<String>>, except: Option<&Located<String>>, check: &mut Check<'_>) {
    if let (Some(tags), Some(except)) = (tags, except) {
        check.diagnostics.push(
            Diagnostic::error("one-of", "this rule has both `tags` and `except`", except.place)
                .also(tags.place, "the other one")
                .help("keep one of the two: the registry knows one pattern for each rule"),
        );
    }
    for pattern in [tags, except].into_iter().flatten() {
        if let Some(message) = refuse_pattern(&pattern.value) {
            check.bad_value(message, pattern.place, "write a regular expression such as `^pr-`");
        }
    }
}

fn refuse_pattern(pattern: &str) -> Option<&'static str> {
    match pattern.trim() {
        "" => Some("a tag pattern cannot be empty"),
        trimmed if trimmed != pattern => Some("the registry drops blanks around a tag pattern"),
        _ => None,
    }
}

/// The error for a rule that stands twice in a list: the registry refuses it.
pub fn written_twice(place: Place, first: Place) -> Diagnostic {
    Diagnostic::error("duplicate-policy", "this rule is written twice", place)
        .also(first, "first written here")
        .help("keep one of the two")
}

fn one_method(schema: &mut Schema) {
    let alternatives: Vec<_> = ["keep_tags", "older_than"]
        .iter()
        .map(|method| json!({ "required": [method] }))
        .collect();
    add_condition(schema, json!({ "oneOf": alternatives }));
    add_condition(schema, json!({ "not": { "required": ["tags", "except"] } }));
}
