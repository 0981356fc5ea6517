//! A Kubernetes Secret of the type `kubernetes.io/dockerconfigjson`, as a manifest in JSON, which `kubectl apply` takes
//! like YAML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{docker, file_name};
use crate::model::Credential;

/// The longest name of a Secret.
const LONGEST: usize = 253;

/// The JSON text, with a line break at its end. The namespace is for whoever applies it to say.
pub(super) fn render(host: &str, credential: &Credential) -> String {
    let manifest = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name(&credential.robot),
            "annotations": { "quay-robot": credential.robot },
        },
        "type": "kubernetes.io/dockerconfigjson",
        "data": { ".dockerconfigjson": STANDARD.encode(docker::render(host, credential)) },
    });
    format!("{manifest:#}\n")
}

/// A DNS name that no other robot has: `acme--ci` for `acme+ci`.
///
/// Names in a registry have single separators between letters and digits. So `--` for `+` and `---` for `_` cannot be
/// mistaken for anything else, and older names, which need not keep that rule, get a digest after four of them.
fn name(robot: &str) -> String {
    let plain = robot.split('+').count() == 2 && robot.split(['+', '.', '_', '-']).all(is_word);
    let name = robot.replace('+', "--").replace('_', "---");
    if plain && name.len() <= LONGEST {
        return name;
    }
    let lower = robot.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let shown: String = words.join("-").chars().take(200).collect();
    let shown = if words.is_empty() {
        "robot"
    } else {
        shown.trim_end_matches('-')
    };
    format!("{shown}----{}", file_name::digest(robot))
}

fn is_word(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_manifest_holds_the_docker_configuration() {
        let text = render("quay.example.com", &super::super::example());
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["metadata"]["name"], "acme--ci");
        let data = json["data"][".dockerconfigjson"].as_str().unwrap();
        let inner = STANDARD.decode(data).unwrap();
        assert_eq!(
            inner,
            docker::render("quay.example.com", &super::super::example()).as_bytes()
        );
    }

    #[test]
    fn every_robot_has_a_dns_name_of_its_own() {
        let long = format!("{}+{}", "a_".repeat(60) + "a", "b_".repeat(60) + "b");
        let robots = [
            "acme+ci", "acme+c-i", "acme-c+i", "acme+c_i", "acme_c+i", "acme+c.i", "acme.c+i", "a-b+c", "a+b-c",
            "a--b+c", "a+b--c", "a__b+c", "Acme+ci", "acme+Ci", "acme+_ci", "acme+ci-", "ücme+ci", "+", "++", &long,
        ];
        let names: BTreeSet<String> = robots.iter().map(|robot| name(robot)).collect();
        assert_eq!(names.len(), robots.len(), "{names:#?}");
        for name in names {
            let is_part = |part: &str| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-');
            let letters =
                |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-".contains(letter);
            assert!(
                name.len() <= LONGEST && name.chars().all(letters) && name.split('.').all(is_part),
                "{name}"
            );
        }
    }
}
