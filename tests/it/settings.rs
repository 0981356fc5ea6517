//! `quayform.toml`, flags and environment: what is accepted, what is refused and where, and what wins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quayform::model::{Address, Reference};
use quayform::settings::{
    self, Environment, Guards, MaxDeletes, RegistryChoice, RegistryProblem, RegistrySettings, SecretProblem,
    SecretRules, Secrets, Settings, SettingsProblem,
};
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// A directory with these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn environment(variables: &[(&str, &str)]) -> Arc<dyn Environment> {
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Arc::new(move |name: &str| variables.get(name).cloned())
}

fn load(text: &str) -> Result<Settings, SettingsProblem> {
    let directory = project(&[("quayform.toml", text)]);
    settings::load(&[], directory.path())
}

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
            "[registry]\ntoken = \"abc\"",
            "2:9: secret-in-file: a token must not stand in this file (write token = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" })",
        ),
        (
            "[registry]\ntoken = { env = \"A\", file = \"b\" }",
            "2:9: bad-value: `token` needs exactly one source (write token = { env = \"NAME\" }, { file = \"PATH\" } or { command = \"NAME\" })",
        ),
        (
            "[registry]\nurl = \"quay.example.com\"",
            "2:7: bad-value: `quay.example.com` is not a URL: relative URL without a base (write the registry's address, such as https://quay.example.com)",
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
            "[registry]\nusername = \"me\"",
            "2:12: bad-value: signing in with a password is not supported (set `token` to an OAuth token)",
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
fn the_project_is_found_from_the_paths() {
    let directory = project(&[
        ("quayform.toml", ""),
        ("orgs/acme/a.yaml", ""),
        ("examples/inner/quayform.toml", ""),
        ("examples/inner/b.yaml", ""),
    ]);
    let root = directory.path().canonicalize().unwrap();
    let inner = root.join("examples/inner");
    for (from, paths, expected_root, narrowed) in [
        ("", vec![], &root, vec![]),
        ("orgs/acme", vec![], &root, vec![]),
        ("orgs/acme", vec!["."], &root, vec!["orgs/acme"]),
        ("", vec!["."], &root, vec![]),
        ("", vec!["quayform.toml"], &root, vec![]),
        (
            "",
            vec!["orgs", "orgs/acme/a.yaml"],
            &root,
            vec!["orgs", "orgs/acme/a.yaml"],
        ),
        ("", vec!["orgs", "."], &root, vec![]),
        ("", vec!["examples/inner"], &inner, vec![]),
        ("orgs", vec!["../examples/inner/b.yaml"], &inner, vec!["b.yaml"]),
    ] {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let settings = settings::load(&paths, &root.join(from)).unwrap();
        assert_eq!(&settings.root, expected_root, "{from} {paths:?}");
        assert_eq!(
            settings.narrowed_to,
            narrowed.iter().map(PathBuf::from).collect::<Vec<_>>(),
            "{from} {paths:?}"
        );
        assert_eq!(settings.state_directory, expected_root.join(".quayform"));
    }
    for paths in [vec!["orgs", "examples/inner"], vec!["nowhere"]] {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        assert!(
            matches!(settings::load(&paths, &root), Err(SettingsProblem::Discovery(_))),
            "{paths:?}"
        );
    }
}

#[test]
fn a_path_outside_any_project_is_the_project() {
    let directory = project(&[("loose/a.yaml", ""), ("loose/b.yaml", "")]);
    let root = directory.path().canonicalize().unwrap();
    let whole = settings::load(&[PathBuf::from("loose")], &root).unwrap();
    assert_eq!(
        (whole.root, whole.file, whole.state_directory),
        (root.join("loose"), None, root.join(".quayform"))
    );
    assert!(whole.manifest_patterns.is_empty());
    let file = settings::load(&[PathBuf::from("loose/a.yaml")], &root).unwrap();
    assert_eq!(
        (file.root, file.manifest_patterns),
        (root.join("loose"), vec!["a.yaml".to_owned()])
    );
}

/// Settles the registry for a file, variables and flags (`--registry`, `--url`).
fn registry(
    text: &str,
    variables: &[(&str, &str)],
    name: Option<&str>,
    url: Option<&str>,
) -> Result<RegistrySettings, RegistryProblem> {
    let settings = load(text).unwrap();
    let environment = environment(variables);
    let secrets = Secrets::new(
        settings.secrets.clone(),
        settings.root.clone(),
        environment.clone(),
        false,
    );
    let choice = RegistryChoice {
        name: name.map(str::to_owned),
        url: url.map(str::to_owned),
    };
    settings.registry(&choice, environment.as_ref(), &secrets)
}

const TWO: &str = "[registry]\nurl = \"https://file.example\"\ntoken = { env = \"TOKEN\" }\n\
                   [registries.prod]\nurl = \"https://prod.example\"\n";

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let (url, token) = (
        ("QUAYFORM_URL", "https://environment.example"),
        ("QUAYFORM_TOKEN", "environment\n"),
    );
    let prod = ("QUAYFORM_PROD_TOKEN", "prod");
    let file = ("TOKEN", "file");
    for (variables, name, flag, expected) in [
        (vec![file], None, None, "https://file.example file"),
        (vec![file, token], None, None, "https://file.example environment"),
        (
            vec![file, url, token],
            None,
            None,
            "https://environment.example environment",
        ),
        (
            vec![file, url],
            None,
            Some("https://flag.example/"),
            "https://flag.example file",
        ),
        (
            vec![file, ("QUAYFORM_URL", "")],
            None,
            None,
            "https://file.example file",
        ),
        (
            vec![file, url, token, prod],
            Some("prod"),
            None,
            "https://prod.example prod",
        ),
        (
            vec![file, url, token],
            Some("prod"),
            None,
            "https://prod.example (none)",
        ),
        (
            vec![prod, ("QUAYFORM_PROD_URL", "http://127.0.0.1:8080")],
            Some("prod"),
            None,
            "http://127.0.0.1:8080 prod",
        ),
    ] {
        let found = registry(TWO, &variables, name, flag).unwrap();
        let token = found.token.as_ref().map_or("(none)", |token| token.expose_secret());
        assert_eq!(format!("{} {token}", found.identity()), expected, "{variables:?}");
        assert_eq!(found.required_token().is_ok(), token != "(none)");
    }
}

#[test]
fn a_token_of_the_environment_goes_to_the_origin_of_the_environment_only() {
    let variables = [("QUAYFORM_URL", "https://quay.example.com/"), ("QUAYFORM_TOKEN", "t")];
    let error = registry(TWO, &variables, None, Some("https://evil.example")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "QUAYFORM_TOKEN is not sent to https://evil.example: it belongs to https://quay.example.com"
    );
    assert!(registry(TWO, &variables, None, Some("https://quay.example.com:443")).is_ok());
}

#[test]
fn what_is_missing_is_said() {
    for (text, variables, name, message, help) in [
        (
            "",
            vec![],
            None,
            "no registry is named",
            "set url in [registry] of quayform.toml, QUAYFORM_URL, or --url; --emulator needs none",
        ),
        (
            "[registries.a]\n[registries.b]\n",
            vec![],
            None,
            "no registry is named",
            "choose one with --registry: a, b",
        ),
        (
            TWO,
            vec![],
            Some("prd"),
            "no registry is named `prd`",
            "did you mean `prod`?",
        ),
        (
            TWO,
            vec![],
            None,
            "no token: the environment variable TOKEN is not set",
            "set TOKEN",
        ),
        (
            "",
            vec![("QUAYFORM_URL", "quay")],
            None,
            "QUAYFORM_URL: `quay` is not a URL: relative URL without a base",
            "write the registry's address, such as https://quay.example.com",
        ),
    ] {
        let error = registry(text, &variables, name, None).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.help().as_str()), (message, help));
    }
}

fn secrets(root: &Path, rules: SecretRules, variables: &[(&str, &str)], allow_commands: bool) -> Secrets {
    Secrets::new(
        rules,
        root.canonicalize().unwrap(),
        environment(variables),
        allow_commands,
    )
}

#[test]
fn variables_are_secrets_as_far_as_the_rules_allow() {
    let directory = project(&[]);
    let variables = [
        ("SLACK_URL", "s"),
        ("QUAYFORM_TOKEN", "t"),
        ("QUAYFORM_X", "x"),
        ("EMPTY", ""),
    ];
    let listed = |patterns: &[&str]| Some(patterns.iter().map(|pattern| (*pattern).to_owned()).collect());
    for (rule, name, expected) in [
        (None, "SLACK_URL", "s"),
        (
            None,
            "QUAYFORM_TOKEN",
            "env QUAYFORM_TOKEN is not allowed as a source of secrets",
        ),
        (None, "UNSET", "the environment variable UNSET is not set"),
        (None, "EMPTY", "env EMPTY is empty"),
        (listed(&["SLACK_*"]), "SLACK_URL", "s"),
        (
            listed(&["SLACK_*"]),
            "EMPTY",
            "env EMPTY is not allowed as a source of secrets",
        ),
        (
            listed(&["*"]),
            "QUAYFORM_TOKEN",
            "env QUAYFORM_TOKEN is not allowed as a source of secrets",
        ),
        (listed(&["QUAYFORM_X"]), "QUAYFORM_X", "x"),
        (
            listed(&[]),
            "SLACK_URL",
            "env SLACK_URL is not allowed as a source of secrets",
        ),
    ] {
        let secrets = secrets(
            directory.path(),
            SecretRules {
                environment: rule,
                ..Default::default()
            },
            &variables,
            false,
        );
        assert_eq!(
            shown(secrets.resolve(&Reference::Env(name.to_owned()))),
            expected,
            "{name}"
        );
    }
}

/// The secret's text, or what is wrong.
fn shown(outcome: Result<secrecy::SecretString, SecretProblem>) -> String {
    match outcome {
        Ok(secret) => secret.expose_secret().to_owned(),
        Err(problem) => problem.to_string(),
    }
}

#[cfg(unix)]
#[test]
fn files_are_secrets_below_the_project_or_where_the_rules_say() {
    let outside = project(&[("token", "outside\r\n")]);
    let directory = project(&[
        ("secrets/a", "inside\n\n"),
        (".git/config", "credentials"),
        ("empty", "\n"),
    ]);
    std::os::unix::fs::symlink(outside.path().join("token"), directory.path().join("secrets/link")).unwrap();
    std::os::unix::fs::symlink(outside.path(), directory.path().join("mounted")).unwrap();
    let absolute = outside.path().join("token").display().to_string();
    let refused = |path: &str| format!("file {path} is not allowed as a source of secrets");
    let listed = |pattern: String| Some(vec![pattern]);
    for (rule, path, expected) in [
        (None, "secrets/a", "inside\n".to_owned()),
        (None, "empty", "file empty is empty".to_owned()),
        (None, "secrets/link", refused("secrets/link")),
        (None, absolute.as_str(), refused(&absolute)),
        (None, ".git/config", refused(".git/config")),
        (listed("secrets/*".to_owned()), "secrets/a", "inside\n".to_owned()),
        (listed("secrets/*".to_owned()), "secrets/link", refused("secrets/link")),
        (
            listed("secrets/*".to_owned()),
            "secrets/../empty",
            refused("secrets/../empty"),
        ),
        (
            listed(format!("{}/*", outside.path().display())),
            absolute.as_str(),
            "outside".to_owned(),
        ),
        (listed("mounted/*".to_owned()), "mounted/token", "outside".to_owned()),
    ] {
        let secrets = secrets(
            directory.path(),
            SecretRules {
                files: rule.clone(),
                ..Default::default()
            },
            &[],
            false,
        );
        assert_eq!(
            shown(secrets.resolve(&Reference::File(path.to_owned()))),
            expected,
            "{rule:?} {path}"
        );
    }
}

#[cfg(unix)]
#[test]
fn commands_run_once_and_only_when_allowed() {
    let directory = project(&[]);
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let commands = BTreeMap::from([
        (
            "once".to_owned(),
            words(&["sh", "-c", "echo run >> runs; wc -l < runs"]),
        ),
        ("broken".to_owned(), words(&["sh", "-c", "exit 3"])),
    ]);
    let rules = SecretRules {
        commands,
        ..Default::default()
    };
    let named = |name: &str| Reference::Command(name.to_owned());

    let forbidden = secrets(directory.path(), rules.clone(), &[], false);
    assert_eq!(shown(forbidden.resolve(&named("once"))), "the command once was not run");
    assert!(!directory.path().join("runs").exists());

    let allowed = secrets(directory.path(), rules, &[], true);
    for _ in 0..2 {
        assert_eq!(shown(allowed.resolve(&named("once"))).trim(), "1");
    }
    assert_eq!(
        shown(allowed.resolve(&named("broken"))),
        "the command broken failed: exit status: 3"
    );
    assert_eq!(shown(allowed.resolve(&named("other"))), "no command is named other");
}

#[test]
fn guards_can_be_taken_from_another_file() {
    let directory = project(&[
        ("base.toml", "[guards]\nmin_admins = 3\n"),
        ("bad.toml", "[guards]\nmin_adminz = 3\n"),
    ]);
    assert_eq!(
        settings::load_guards(&directory.path().join("base.toml"))
            .unwrap()
            .min_admins,
        3
    );
    assert!(matches!(
        settings::load_guards(&directory.path().join("bad.toml")),
        Err(SettingsProblem::File { .. })
    ));
    assert!(matches!(
        settings::load_guards(&directory.path().join("none.toml")),
        Err(SettingsProblem::File { .. })
    ));
}
