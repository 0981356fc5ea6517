//! What of an answer nobody may see, and what it hands out.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

use super::operation::{Handout, Login};

/// Fields of answers that hold a secret, wherever they stand.
const SECRET_FIELDS: [&str; 15] = [
    "access_token",
    "buildServerClientKey",
    "client_secret",
    "encrypted_password",
    "external_registry_password",
    "flow_api_token",
    "http_proxy",
    "https_proxy",
    "notification_token",
    "password",
    "private_key",
    "token",
    "token_code",
    "upstream_registry_password",
    "write_token",
];

/// Whether a field of that name holds a secret.
pub fn is_secret(field: &str) -> bool {
    SECRET_FIELDS.contains(&field)
}

/// Puts `{"$secret": {}}` in the place of every secret, as plans do. Addresses in the configuration of a notification
/// count as secrets: they often hold one.
pub fn hide(answer: &mut Json) {
    hide_below(answer, false);
}

fn hide_below(value: &mut Json, in_configuration: bool) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| hide_below(item, in_configuration)),
        Json::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let holds_one = is_secret(name) || (in_configuration && name == "url");
                match value {
                    Json::String(text) if holds_one && !text.is_empty() => *value = json!({ "$secret": {} }),
                    _ => hide_below(value, in_configuration || name == "config"),
                }
            }
        }
        _ => {}
    }
}

/// A secret that an answer hands out. Its `Debug` form does not show it.
#[derive(Debug, Clone)]
pub struct Handed {
    /// What its file is called.
    pub name: String,
    /// Who logs in with it, if anybody does.
    pub user: Option<String>,
    /// The secret.
    pub text: SecretString,
}

impl Handed {
    /// The secret as a text, for whoever asked to see it.
    pub fn shown(&self) -> String {
        self.text.expose_secret().to_owned()
    }
}

/// Takes the secret out of an answer; `None` where it is not there.
pub fn handed_out(handout: &Handout, answer: &Json) -> Option<Handed> {
    let at = |pointer: &str| answer.pointer(pointer)?.as_str().map(str::to_owned);
    let told = |pointer: &str| {
        if pointer.starts_with('/') {
            at(pointer)
        } else {
            Some(pointer.to_owned())
        }
    };
    Some(Handed {
        name: told(handout.name)?,
        user: handout.login.and_then(|login| match login {
            Login::At(pointer) => at(pointer),
            Login::Always(name) => Some(name.to_owned()),
        }),
        text: SecretString::from(at(handout.at)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let mut answer = json!({
            "robots": [{"name": "acme+ci", "token": "CANARY"}],
            "notifications": [{"config": {"url": "https://CANARY"}, "url": "https://shown", "title": ""}],
            "token": {"token_code": "CANARY", "title": "laptop"},
            "password": "", "client_secret": null,
        });
        hide(&mut answer);
        let text = answer.to_string();
        assert!(!text.contains("CANARY"), "{text}");
        for shown in ["acme+ci", "https://shown", "laptop"] {
            assert!(text.contains(shown), "{text}");
        }
    }
}
