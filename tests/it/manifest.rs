//! Manifests that are right, wrong and hostile.

mod edit;
mod examples;
mod files;
mod format;
mod hostile;
mod oracle;

use std::path::{Path, PathBuf};

use quayform::manifest::{self, Loaded};
use quayform::report::diagnostics::{Appearance, render, tally};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn parse(text: &str) -> Loaded {
    manifest::parse_sources([("a.yaml".into(), text.to_owned())])
}

fn rendered(loaded: &Loaded) -> String {
    let text = render(
        &loaded.diagnostics,
        &loaded.sources,
        &loaded.secrets,
        Appearance::default(),
    );
    format!("{text}\n{}\n", tally(&loaded.diagnostics))
}

/// The codes of all diagnostics.
fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// Every scenario is a file, or a directory of several, with its diagnostics beside it.
#[test]
fn every_problem_is_shown_where_it_stands() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("manifests");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    let directory = root().join("tests/it/manifests");
    let mut scenarios: Vec<PathBuf> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension == "yaml"))
        .collect();
    scenarios.sort();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        let loaded = if scenario.is_dir() {
            manifest::load(&scenario, &[])
        } else {
            manifest::load(
                &directory,
                &[scenario.file_name().unwrap().to_str().unwrap().to_owned()],
            )
        };
        assert_eq!(
            loaded.project.is_none(),
            loaded.diagnostics.has_errors(),
            "{}",
            scenario.display()
        );
        insta::assert_snapshot!(scenario.file_stem().unwrap().to_str().unwrap(), rendered(&loaded));
    }
}

#[test]
fn a_narrow_plain_terminal_and_a_coloured_one_show_the_same() {
    let loaded = parse("kind: Organization\nname: acme\nteams: {devs: {role: membre, members: [a, b, c]}}\n");
    let narrow = Appearance {
        width: 50,
        color: false,
        unicode: false,
    };
    let shown = render(&loaded.diagnostics, &loaded.sources, &loaded.secrets, narrow);
    insta::assert_snapshot!(shown, @r"
    error[bad-value]: `role` cannot be `membre`
       ,-[a.yaml:3:22]
     3 | teams: {devs: {role: membre, members: …
       :                      ^^^^^^
       `----
      help: did you mean `member`?
    ");
    let coloured = Appearance {
        color: true,
        ..Appearance::default()
    };
    let shown = render(&loaded.diagnostics, &loaded.sources, &loaded.secrets, coloured);
    assert!(
        shown.starts_with("\u{1b}[1;31merror[bad-value]\u{1b}[0m: "),
        "{shown:?}"
    );
}

#[test]
fn no_secret_is_ever_shown() {
    let text = std::fs::read_to_string(root().join("tests/it/manifests/secrets.yaml")).unwrap();
    let shown = rendered(&parse(&text));
    for secret in [
        "literal",
        "anchored",
        "misplaced",
        "misnamed",
        "not-a-password",
        "/list",
    ] {
        assert!(text.contains(secret) && !shown.contains(secret), "{secret}\n{shown}");
    }
    // Also where nothing could be decoded, and over several lines.
    for text in [
        "mirror: {credentials: {password: do-not-show}\n",
        "kind: Repository\nname: acme/api\nnotifications:\n  - event: repo_push\n    slack:\n      url: >-\n        do-not-show\n     x: y\n",
        "kind: Repository\nname: acme/api\nmirror: {robt: x, credentials: {username: u, password: \"do-not\\\n  -show\"}}\n",
    ] {
        let shown = rendered(&parse(text));
        assert!(!shown.contains("do-not") && !shown.contains("-show"), "{shown}");
    }
}

#[test]
fn names_are_what_is_written_and_keep_their_order() {
    let loaded = parse(
        "kind: Organization\nname: 0x1f\nteams: {zz: {}, no: {}, 007: {}, null: {}, 1e3: {members: [123, true, 1_0]}}\n",
    );
    let project = loaded.project.unwrap();
    let teams = &project.organizations["0x1f"].teams.as_ref().unwrap().value;
    assert_eq!(teams.keys().collect::<Vec<_>>(), ["zz", "no", "007", "null", "1e3"]);
    let members = &teams["1e3"].value.members.as_ref().unwrap().value;
    assert_eq!(
        members.iter().map(|member| member.value.as_str()).collect::<Vec<_>>(),
        ["123", "true", "1_0"]
    );
    assert_eq!(loaded.sources.locate(teams["007"].name).unwrap().2, 25);
}

#[test]
fn a_tombstone_needs_a_name() {
    assert_eq!(codes(&parse("kind: Organization\nabsent: true\n")), ["missing-field"]);
}

#[test]
fn references_of_secrets_are_told_with_their_places() {
    let loaded = parse(
        "kind: Repository\nname: acme/api\nnotifications:\n  - {event: repo_push, slack: {url: {env: SLACK_URL}}}\n",
    );
    let [reference] = loaded.references.as_slice() else {
        panic!("{:?}", loaded.references)
    };
    assert_eq!(reference.value.to_string(), "env SLACK_URL");
    assert_eq!(loaded.sources.locate(reference.place).unwrap().1, 4);
}
