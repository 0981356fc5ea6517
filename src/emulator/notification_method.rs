//! What the methods of notifications want to know, and whom they refuse (api.md, 3.10; notifications.json of the
//! recordings, exchanges 22 to 48).

use serde_json::{Map, Value};

use super::answer::Answer;
use super::store::Store;

/// The methods that the server knows.
const METHODS: [&str; 6] = ["quay_notification", "email", "webhook", "flowdock", "hipchat", "slack"];

/// Hosts that webhooks must not call; private addresses are not among them (exchange 29).
const REFUSED_HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// Whether there is a method of that name.
pub(super) fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

/// Checks the configuration of a method for a notification of this namespace. E-mail is not looked at: repositories
/// and namespaces differ there.
pub(super) fn check(store: &Store, namespace: &str, method: &str, config: &Map<String, Value>) -> Result<(), Answer> {
    match method {
        "webhook" => check_webhook(config),
        "slack" => require(config, "url", "Missing Slack Callback URL"),
        "flowdock" => require(config, "flow_api_token", "Missing Flowdock API Token"),
        "hipchat" => {
            require(config, "notification_token", "Missing Hipchat Room Notification Token")?;
            // Not recorded.
            require(config, "room_id", "Missing Hipchat Room ID")
        }
        "quay_notification" => check_target(store, namespace, config),
        _ => Ok(()),
    }
}

/// Refuses where a field is absent or empty.
pub(super) fn require(config: &Map<String, Value>, field: &str, problem: &str) -> Result<(), Answer> {
    let is_empty = |value: &Value| matches!(value, Value::Null | Value::Bool(false)) || value == "" || value == 0;
    match config.get(field) {
        Some(value) if !is_empty(value) => Ok(()),
        _ => Err(Answer::invalid(problem)),
    }
}

fn check_webhook(config: &Map<String, Value>) -> Result<(), Answer> {
    require(config, "url", "Missing webhook URL")?;
    let url = config.get("url").and_then(Value::as_str).unwrap_or_default();
    if host(url).is_none_or(|host| REFUSED_HOSTS.contains(&host.as_str())) {
        return Err(Answer::invalid("Invalid webhook URL"));
    }
    match config.get("template").and_then(Value::as_str) {
        Some(template) if !template.is_empty() => check_template(template),
        _ => Ok(()),
    }
}

/// The host of a URL with a scheme that webhooks may have.
fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = place.split(':').next().unwrap_or_default();
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// A template is JSON. Of the parser's words only those of exchange 23 are recorded; others are approximate.
fn check_template(template: &str) -> Result<(), Answer> {
    let Err(error) = serde_json::from_str::<Value>(template) else {
        return Ok(());
    };
    let problem = if error.to_string().starts_with("key must be a string") {
        "Expecting property name enclosed in double quotes"
    } else {
        "Expecting value"
    };
    let (line, column) = (error.line(), error.column());
    let lines_before: usize = template.lines().take(line - 1).map(|line| line.len() + 1).sum();
    let place = lines_before + column.saturating_sub(1);
    Err(Answer::invalid(&format!(
        "Could not parse template: {problem}: line {line} column {column} (char {place})"
    )))
}

/// A target is a person, a team of the namespace, or the namespace itself; other organizations and kinds are more than
/// the server can bear (exchanges 43 and 46).
fn check_target(store: &Store, namespace: &str, config: &Map<String, Value>) -> Result<(), Answer> {
    let target = config.get("target").and_then(Value::as_object);
    let field = |name: &str| target.and_then(|target| target.get(name)).and_then(Value::as_str);
    let Some(kind) = field("kind").filter(|kind| !kind.is_empty()) else {
        return Err(Answer::invalid("Missing target"));
    };
    let name = field("name").ok_or_else(Answer::server_error)?;
    let (what, exists) = match kind {
        "user" => ("user", store.users.contains_key(name)),
        "team" => ("team", store.team(namespace, name).is_some()),
        "org" => ("organization", store.organizations.contains_key(name)),
        _ => return Err(Answer::server_error()),
    };
    match exists {
        false => Err(Answer::invalid(&format!("Unknown {what} {name}"))),
        true if kind == "org" && name != namespace => Err(Answer::server_error()),
        true => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_is_what_stands_between_user_and_port() {
        assert_eq!(
            host("http://u:p@Hooks.example.com:8080/x?y@z").as_deref(),
            Some("hooks.example.com")
        );
        assert_eq!(host("https://hooks.example.com").as_deref(), Some("hooks.example.com"));
        for url in ["ftp://x", "nonsense", "http://", "http:///x"] {
            assert_eq!(host(url), None, "{url}");
        }
    }
}
