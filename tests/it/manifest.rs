//! Manifests that are right, wrong and hostile.

use quayform::manifest::{self, Loaded};
use quayform::report::diagnostics::{Appearance, render};

fn read(files: &[(&str, &str)]) -> Loaded {
    manifest::parse_sources(files.iter().map(|(path, text)| (path.into(), (*text).to_owned())))
}

fn rendered(files: &[(&str, &str)]) -> String {
    let loaded = read(files);
    render(
        &loaded.diagnostics,
        &loaded.sources,
        &loaded.secrets,
        Appearance::default(),
    )
}

#[test]
fn every_mistake_of_a_file_is_shown_at_once() {
    insta::assert_snapshot!(rendered(&[(
        "orgs/acme.yaml",
        include_str!("manifests/five-mistakes.yaml")
    )]));
}

#[test]
fn play() {
    println!(
        "{}",
        rendered(&[
            ("a.yaml", "kind: Organization\nname: acme\nteams: {devs: {}}\n"),
            (
                "b.yaml",
                "kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\npermissions: {teams: {dev: read}}\nnotifications:\n  - {event: repo_pus, slack: {url: \"https://hooks.slack.com/T/B/xyz\"}}\n---\na: b\n  c: d\n---\nkind: Repo\n---\n- 1\n"
            )
        ])
    );
}
