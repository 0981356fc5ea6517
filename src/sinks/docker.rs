//! The configuration file of Docker, Podman and Skopeo (`config.json`, `auth.json`), with one login in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::model::Credential;

/// The JSON text, with a line break at its end.
pub(super) fn render(host: &str, credential: &Credential) -> String {
    let login = format!("{}:{}", credential.robot, credential.token.expose_secret());
    format!(
        "{:#}\n",
        json!({ "auths": { host: { "auth": STANDARD.encode(login) } } })
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_is_what_docker_expects() {
        let text = render("quay.example.com:8443", &super::super::example());
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let auth = json["auths"]["quay.example.com:8443"]["auth"].as_str().unwrap();
        assert_eq!(STANDARD.decode(auth).unwrap(), b"acme+ci:CANARY");
        assert!(text.ends_with("}\n"));
    }
}
