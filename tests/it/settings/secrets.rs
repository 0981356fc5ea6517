use std::collections::BTreeMap;
use std::path::Path;

use quayform::model::Reference;
use quayform::settings::{SecretProblem, SecretRules, Secrets};
use secrecy::ExposeSecret;

use super::{environment, load, project};

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
fn the_registries_own_tokens_are_no_secrets_for_manifests() {
    let text = "[registry]\ntoken = { env = \"TOKEN\" }\n[registries.a]\ntoken = { file = \"a.token\" }\n\
                [registries.b]\ntoken = { command = \"vault\" }\n[secrets]\nenv = [\"*\"]\nfiles = [\"*\"]\n\
                [secrets.commands]\nvault = [\"true\"]\n";
    let directory = project(&[("a.token", "t")]);
    let secrets = secrets(directory.path(), load(text).unwrap().secrets, &[("TOKEN", "t")], true);
    for reference in [
        Reference::Env("TOKEN".to_owned()),
        Reference::File("./a.token".to_owned()),
        Reference::Command("vault".to_owned()),
    ] {
        let expected = format!("{reference} holds the token of a registry");
        assert_eq!(shown(secrets.resolve(&reference)), expected);
    }
}
