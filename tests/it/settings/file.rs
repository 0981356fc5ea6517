use std::path::Path;

use quayform::model::Address;
use quayform::settings::{self, Guards, MaxDeletes, SecretRules, SettingsProblem};

use super::{KINDS, load, project};

/// The problems of a file, one per line: place, code, message, help.
fn problems(text: &str) -> Vec<String> {
    let Err(SettingsProblem::File {
        sources, diagnostics, ..
    }) = load(text)
    else {
        return Vec::new();
    };
    let shown = diagnostics.iter().map(|diagnostic| {
        let (path, line, column) = sources.locate(diagnostic.labels[0].0).unwrap();
        let help = diagnostic.help.as_deref().unwrap_or("-");
        format!(
            "{}:{line}:{column}: {}: {} ({help})",
            path.display(),
            diagnostic.code,
            diagnostic.message
        )
    });
    shown.collect()
}

const WHOLE: &str = r#"
format = 1
manifests = ["orgs/**/*.yaml"]

[registry]
url = "https://quay.example.com"
token = { env = "QUAYFORM_TOKEN" }
ca_file = "ca.pem"

[registries.staging-2]
url = "https://staging.example.com:8443/"
token = { file = "staging.token" }
insecure = true

[guards]
max_deletes = 7
allow_destroy = ["robot[acme+old]", "application"]
protected = ["repository[acme/prod-*]"]
operators = ["quay-automation"]
min_admins = 2

[read]
cache = true

[secrets]
env = ["SLACK_*"]
files = ["secrets/*", "/run/secrets/*"]
[secrets.commands]
vault = ["vault", "kv", "get"]
"#;

#[test]
fn every_key_arrives() {
    let settings = load(WHOLE).unwrap();
    assert_eq!(settings.manifest_patterns, ["orgs/**/*.yaml"]);
    assert_eq!(settings.registry_names(), [None, Some("staging-2".to_owned())]);
    let guards = &settings.guards;
    assert_eq!((guards.max_deletes, guards.min_admins), (MaxDeletes::Number(7), 2));
    assert_eq!(guards.operators, ["quay-automation"]);
    assert!(
        guards
            .allow_destroy
            .iter()
            .any(|pattern| pattern.matches(&Address::new("application", "acme/web")))
    );
    assert!(guards.protected[0].matches(&Address::new("repository", "acme/prod-a")));
    assert!(settings.read.cache);
    let rules = &settings.secrets;
    assert_eq!(rules.environment, Some(vec!["SLACK_*".to_owned()]));
    assert_eq!(
        rules.files,
        Some(vec!["secrets/*".to_owned(), "/run/secrets/*".to_owned()])
    );
    assert_eq!(rules.commands["vault"], ["vault", "kv", "get"]);
}

#[test]
fn nothing_has_to_be_written() {
    let settings = load("").unwrap();
    assert!(settings.manifest_patterns.is_empty());
    assert_eq!(settings.guards, Guards::default());
    assert_eq!(settings.guards.max_deletes, MaxDeletes::Share(25));
    assert_eq!(settings.secrets, SecretRules::default());
    assert_eq!(settings.registry_names(), []);
}

#[test]
fn mistakes_are_refused_where_they_stand() {
    for (text, expected) in [
        (
            "format = 2",
            "1:10: unknown-format: format 2 is not known (this version of quayform reads format 1)",
        ),
        (
            "format = \"1\"",
            "1:10: wrong-type: `format` must be the number 1, not a text (-)",
        ),
        (
            "formt = 1",
            "1:1: unknown-key: unknown key `formt` in quayform.toml (did you mean `format`?)",
        ),
        (
            "registry = 1",
            "1:12: wrong-type: [registry] must be a table, not a number (-)",
        ),
        (
            "manifests = \"a.yaml\"",
            "1:13: wrong-type: `manifests` must be a list of texts, not a text (-)",
        ),
        (
            "manifests = []",
            "1:13: bad-value: `manifests` names no file (write a glob, or delete the key: then every *.yaml and *.yml is a manifest)",
        ),
        (
            "manifests = [\"../*.yaml\"]",
            "1:14: bad-value: `../*.yaml` leads out of the project (write globs relative to this file, such as orgs/**/*.yaml)",
        ),
        (
            "[guards]\nmin_admin = 1",
            "2:1: unknown-key: unknown key `min_admin` in [guards] (did you mean `min_admins`?)",
        ),
        (
            "[guards]\nmin_admins = -1",
            "2:14: wrong-type: `min_admins` must be a whole number from 0 on, not a number (-)",
        ),
        (
            "[guards]\nmax_deletes = \"120%\"",
            "2:15: bad-value: `120%` is not a share (write a number, or 0% to 100%)",
        ),
        (
            "[guards]\nprotected = [\"robot[acme+a]\", \"acme/x\"]",
            "2:31: bad-address: `acme/x` is not an address; write KIND[NAME], for example robot[acme+ci] or repository[acme/*] (-)",
        ),
        (
            "[guards]\nprotected = [\"repositry[acme/prod-*]\"]",
            "2:14: bad-address: `repositry[acme/prod-*]` names the kind `repositry`, which does not exist (did you mean `repository`?)",
        ),
        (
            "[guards]\nallow_destroy = [\"tree[acme]\"]",
            "2:18: bad-address: `tree[acme]` names the kind `tree`, which does not exist (the kinds are repository, robot, application)",
        ),
        (
            "[guards]\nallow_destroy = [\"robot\", \"*[acme/*]\"]",
            "2:27: bad-value: `*[acme/*]` does not name one kind (write what is meant, such as robot[acme+old]: nothing allows everything)",
        ),
        (
            "[registry]\ntoken = \"abc\"",
            "2:9: secret-in-file: a token must not stand in this file (write token = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" })",
        ),
        (
            "[registry]\ntoken = { env = \"A\", file = \"b\" }",
            "2:9: bad-value: `token` needs exactly one source (write token = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" })",
        ),
        (
            "[registry]\nurl = \"quay.example.com\"",
            "2:7: bad-value: `quay.example.com` lacks https:// before it (write the registry's address, such as https://quay.example.com)",
        ),
        (
            "[registry]\nurl = \"https://me:secret@quay.example.com\"",
            "2:7: bad-value: the URL holds a user name or password (write the registry's address, such as https://quay.example.com)",
        ),
        (
            "[registry]\nurl = \"https://quay.example.com/api\"",
            "2:7: bad-value: `https://quay.example.com/api` goes on after the host (write the registry's address, such as https://quay.example.com)",
        ),
        (
            "[registry]\nusername = \"me\"\npassword = \"secret\"",
            "3:12: secret-in-file: a password must not stand in this file (write password = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" })",
        ),
        (
            "[registry]\ntoken = { env = \"A\" }\npassword = { env = \"B\" }",
            "3:20: bad-value: `token` and `password` are two ways to prove one user (keep `password` (and `username`) to sign in, or `token`)",
        ),
        (
            "[registry]\npassword = { env = \"QUAYFORM_PROD_PASSWORD\" }\n[registries.prod]\n",
            "2:20: foreign-token: `QUAYFORM_PROD_PASSWORD` is the password of another registry (this one's is QUAYFORM_PASSWORD)",
        ),
        (
            "[registry]\nclient_key = \"key.pem\"",
            "2:14: bad-value: `client_certificate` is missing beside it (both name a PEM file; they may name the same one)",
        ),
        (
            "[registry]\nmax_in_flight = 0",
            "2:17: bad-value: 0 requests in flight are not possible (write a number from 1 to 64, or delete the key: then it is 8)",
        ),
        (
            "[registries.all]\n",
            "1:13: bad-value: `all` cannot be the name of a registry (use lower-case letters, digits, `-` and `_`; `all` stands for every registry)",
        ),
        (
            "[registries.a-b]\n[registries.a_b]\n",
            "2:13: bad-value: `a-b` and `a_b` would share one environment variable for their tokens (rename one of them)",
        ),
        (
            "[registries.prod]\ntoken = { env = \"QUAYFORM_TOKEN\" }\n[registry]\n",
            "2:17: foreign-token: `QUAYFORM_TOKEN` is the token of another registry (this one's is QUAYFORM_PROD_TOKEN)",
        ),
        (
            "[registry]\ntoken = { env = \"QUAYFORM_PROD_TOKEN\" }\n[registries.prod]\n",
            "2:17: foreign-token: `QUAYFORM_PROD_TOKEN` is the token of another registry (this one's is QUAYFORM_TOKEN)",
        ),
        (
            "[registries.cocktail]\n",
            "1:13: bad-value: a registry cannot be named `cocktail`: its variables are those of CocktailCloud (name it otherwise)",
        ),
        (
            "[cocktail]\ntoken = { env = \"QUAYFORM_TOKEN\" }",
            "2:17: foreign-token: `QUAYFORM_TOKEN` is the token of another registry (this one's is QUAYFORM_COCKTAIL_TOKEN)",
        ),
        (
            "[registry]\ntoken = { env = \"QUAYFORM_COCKTAIL_TOKEN\" }",
            "2:17: foreign-token: `QUAYFORM_COCKTAIL_TOKEN` is the token of CocktailCloud (this one's is QUAYFORM_TOKEN)",
        ),
        (
            "[cocktail]\nurl = \"https://me:secret@cocktail.example\"",
            "2:7: bad-value: the URL holds a user name or password (write the address of CocktailCloud's API gateway, such as https://cocktail.example.com)",
        ),
        (
            "[cocktail]\ntoken = \"secret\"",
            "2:9: secret-in-file: a token must not stand in this file (write token = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" })",
        ),
        (
            "[secrets.commands]\nvault = []",
            "2:1: bad-value: `vault` names no program (write [\"program\", \"argument\"])",
        ),
        (
            "[secrets]\nenv = [\"\"]",
            "2:8: bad-value: an item of `env` is empty (write a value, or delete the key)",
        ),
    ] {
        assert_eq!(problems(text), [format!("quayform.toml:{expected}")], "{text}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let text = "formt = 1\n[registry]\nurl = 5\ntoken = { envv = \"A\" }\n[guards]\nmin_admins = true\n";
    let codes: Vec<String> = problems(text)
        .iter()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        codes,
        [
            "quayform.toml:1:1 unknown-key",
            "quayform.toml:3:7 wrong-type",
            "quayform.toml:4:9 bad-value",
            "quayform.toml:4:11 unknown-key",
            "quayform.toml:6:14 wrong-type",
        ]
    );
    let broken = problems("a = \nb = 1\nb = 2\n");
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(broken.iter().all(|line| line.contains("toml-syntax")), "{broken:?}");
}

#[test]
fn guards_can_be_taken_from_another_file() {
    let directory = project(&[
        ("base.toml", "[guards]\nmin_admins = 3\n"),
        ("defaults.toml", "[guards]\n"),
        ("bad.toml", "[guards]\nmin_adminz = 3\n"),
        ("none.toml", "[registry]\nurl = \"https://quay.example.com\"\n"),
        ("empty.toml", ""),
    ]);
    let from = |name: &str| settings::load_guards(Path::new(name), directory.path(), KINDS);
    assert_eq!(from("base.toml").unwrap().min_admins, 3);
    assert_eq!(from("defaults.toml").unwrap(), Guards::default());
    for (name, expected) in [
        ("bad.toml", "unknown-key"),
        // Guards that are not there must not turn into guards that allow.
        ("none.toml", "no-guards"),
        ("empty.toml", "no-guards"),
        ("missing.toml", "unreadable-file"),
    ] {
        let Err(SettingsProblem::File { diagnostics, .. }) = from(name) else {
            panic!("{name} is taken");
        };
        let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, [expected], "{name}");
    }
}
