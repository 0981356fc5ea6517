//! The bodies of policies for deleting tags: what is taken, and how it is shown (autoprune.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::records::AutoPrunePolicy;

/// What every call takes that makes or changes a policy; snake_case keys are passed over (exchange 9).
pub(super) fn policy_schema() -> Value {
    json!({
        "type": "object",
        "required": ["method", "value"],
        "properties": {
            "method": { "type": "string" },
            "value": { "type": ["integer", "string"] },
            "tagPattern": { "type": "string" },
            "tagPatternMatches": { "type": "boolean" },
        },
    })
}

/// A policy without a uuid, if its values belong together (exchanges 10 to 20).
pub(super) fn draft(body: &Map<String, Value>) -> Result<AutoPrunePolicy, Answer> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let method = text("method").unwrap_or_default();
    let value = body.get("value").cloned().unwrap_or_default();
    let fits = match method {
        "number_of_tags" => value.as_i64().is_some_and(|count| count > 0),
        "creation_date" => value.as_str().is_some_and(is_age),
        _ => return Err(Answer::invalid("Invalid method provided")),
    };
    if !fits {
        return Err(Answer::invalid("Invalid value given for method type"));
    }
    let tag_pattern = text("tagPattern").map(|pattern| pattern.trim().to_owned());
    if tag_pattern.as_deref() == Some("") {
        return Err(Answer::invalid("tag_pattern cannot be empty"));
    }
    Ok(AutoPrunePolicy {
        uuid: String::new(),
        method: method.to_owned(),
        value,
        tag_pattern,
        tag_pattern_matches: body.get("tagPatternMatches").and_then(Value::as_bool).unwrap_or(true),
    })
}

/// A number with a unit, as `7d` or `1 d`; none at all is taken too (exchanges 14 to 19).
fn is_age(text: &str) -> bool {
    let Some(number) = text.strip_suffix(['s', 'm', 'h', 'd', 'w', 'y']) else {
        return false;
    };
    let number = number.trim();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a policy looks like (exchange 28).
pub(super) fn view(policy: &AutoPrunePolicy) -> Value {
    json!({
        "uuid": policy.uuid,
        "method": policy.method,
        "value": policy.value,
        "tagPattern": policy.tag_pattern,
        "tagPatternMatches": policy.tag_pattern_matches,
    })
}
