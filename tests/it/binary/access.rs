//! Who may do what: from the registry, as the manifests would have it, and with wrong questions.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::program::{Program, Run, check};

const SETTINGS: &str = "manifests = [\"acme.yaml\"]\n";
const MANIFEST: &str = "kind: Organization\nname: acme\ntag_expiration: 2w\nteams:\n  owners: {role: admin, members: [alice, quayadmin]}\n  \
    dev: {role: creator, members: [bob, acme+ci]}\nrobots: {ci: {}}\n\
    default_permissions: [{role: read, robot: ci}]\n---\n\
    kind: Repository\nname: acme/api\npermissions: {teams: {dev: write}, users: {bob: read}, robots: {}}\n---\n\
    kind: Repository\nname: acme/site\nvisibility: public\npermissions: {teams: {}, users: {}, robots: {ci: write}}\n";
const SEED: &str = r#"{"users": [{"name": "alice"}, {"name": "bob"}]}"#;

fn program() -> Program {
    Program::new(&[
        ("quayform.toml", SETTINGS),
        ("acme.yaml", MANIFEST),
        ("seed.json", SEED),
    ])
}

#[test]
fn the_registry_and_the_manifests_say_the_same_once_they_are_applied() {
    let program = program();
    let desired = program.run(&["access", "--desired", "--format", "csv"]);
    assert_eq!(desired.code, Some(0), "{}", desired.shown());
    program.converge();
    let live = program.run(&["access", "--emulator", "--format", "csv"]);
    assert_eq!(live.code, Some(0), "{}", live.shown());
    let others = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !is_who_applies(line));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(others(&live.stdout), others(&desired.stdout));
}

/// Each sort of way once: who has it, on what, and how the document names it.
const WAYS: [(&str, &str, &str); 9] = [
    ("bob", "acme/api", "grant"),
    ("acme+ci", "acme/api", "team"),
    ("alice", "acme/api", "admin_team"),
    ("anyone", "acme/site", "public"),
    ("quayadmin", "acme/api", "superuser"),
    ("acme+ci", "later in acme", "default_permission"),
    ("bob", "later in acme", "team"),
    ("carol", "later in acme by bob", "default_permission"),
    ("bob", "later in acme by bob", "creator_team"),
];

/// The registry knows their name and that they are superuser, and manifests do not.
fn is_who_applies(line: &str) -> bool {
    line.contains("quayadmin") || line.contains("(whoever applies)")
}

fn told(document: &Json) -> BTreeSet<(String, String, String)> {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let mut told = BTreeSet::new();
    for row in document["rows"].as_array().unwrap() {
        let on = match (&row["on"]["next_repositories"], &row["on"]["created_by"]) {
            (Json::Null, _) => text(&row["on"]["repository"]),
            (organization, Json::Null) => format!("later in {}", text(organization)),
            (organization, creator) => format!("later in {} by {}", text(organization), text(creator)),
        };
        let subject = &row["subject"];
        let named = ["user", "robot", "team"]
            .into_iter()
            .find_map(|sort| subject[sort].as_str());
        let who = named.unwrap_or("anyone").to_owned();
        for way in row["ways"].as_array().unwrap() {
            told.insert((who.clone(), on.clone(), text(&way["by"])));
        }
    }
    told
}

#[test]
fn every_sort_of_way_is_told_of_the_registry_and_of_the_manifests() {
    let more = "[{role: read, robot: ci}, {role: read, team: dev}, {role: write, user: carol, created_by: bob}]";
    let manifest = MANIFEST.replace("[{role: read, robot: ci}]", more);
    let seed = SEED.replace(r#"{"name": "bob"}"#, r#"{"name": "bob"}, {"name": "carol"}"#);
    let program = Program::new(&[
        ("quayform.toml", SETTINGS),
        ("acme.yaml", &manifest),
        ("seed.json", &seed),
    ]);
    program.converge();
    let live = told(&program.run(&["access", "--emulator", "--format", "json"]).json());
    let desired = told(&program.run(&["access", "--desired", "--format", "json"]).json());
    for (who, on, by) in WAYS {
        let way = (who.to_owned(), on.to_owned(), by.to_owned());
        assert!(live.contains(&way), "{way:?} in {live:#?}");
        // Manifests name no superuser.
        assert_eq!(desired.contains(&way), by != "superuser", "{way:?} in {desired:#?}");
    }
}

#[test]
fn the_manifests_are_asked_as_the_registry_is() {
    let program = program();
    program.converge();
    for question in [
        vec!["acme/a*", "--who-can", "admin"],
        vec!["acme/site", "--user", "bob"],
        vec!["--robot", "acme+ci"],
        vec!["acme", "--team", "dev", "--who-can", "write"],
    ] {
        for format in ["csv", "json", "text"] {
            let asked = |from: &str| program.run(&[&["access", from, "--format", format], &question[..]].concat());
            let (live, desired) = (asked("--emulator"), asked("--desired"));
            assert_eq!((live.code, desired.code), (Some(0), Some(0)), "{}", desired.shown());
            if format == "json" {
                let named = |run: &Run| {
                    let told = told(&run.json()).into_iter();
                    told.filter(|way| !is_who_applies(&way.0)).collect::<Vec<_>>()
                };
                assert_eq!(named(&live), named(&desired), "{question:?}");
            } else {
                // Columns are as wide as the longest name.
                let others = |run: &Run| -> Vec<String> {
                    let lines = run.stdout.lines().filter(|line| !is_who_applies(line));
                    lines
                        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                        .collect()
                };
                assert_eq!(others(&live), others(&desired), "{question:?} as {format}");
            }
            assert!(!live.stdout.is_empty(), "{question:?} as {format}");
        }
    }
}

#[test]
fn what_is_of_the_whole_registry_is_no_organization() {
    let whole = "kind: Registry\nmessages: [{content: hello, severity: info}]\n";
    let program = Program::new(&[
        ("acme.yaml", "kind: Organization\nname: acme\n"),
        ("registry.yaml", whole),
    ]);
    program.converge();
    let all = program.run(&["access", "--emulator"]);
    assert_eq!(all.code, Some(0), "{}", all.shown());
    assert_eq!(all.stdout, program.run(&["access", "--emulator", "acme"]).stdout);
}

#[test]
fn tables() {
    let program = program();
    program.converge();
    for (name, arguments) in [
        ("access-all", vec!["access", "--emulator"]),
        ("access-bob", vec!["access", "--emulator", "acme/*", "--user", "bob"]),
        (
            "access-robot",
            vec!["access", "--emulator", "--robot", "acme+ci", "--format", "csv"],
        ),
        ("access-team", vec!["access", "--emulator", "acme/api", "--team", "dev"]),
        (
            "access-admins",
            vec!["access", "--emulator", "acme/a*", "--who-can", "admin"],
        ),
        (
            "access-json",
            vec![
                "access",
                "--emulator",
                "acme/site",
                "--who-can",
                "write",
                "--format",
                "json",
            ],
        ),
        ("access-nowhere", vec!["access", "--emulator", "nowhere"]),
        ("access-no-role", vec!["access", "--emulator", "--who-can", "owner"]),
        ("access-short-robot", vec!["access", "--emulator", "--robot", "ci"]),
        ("access-nobody-named", vec!["access", "--emulator", "other*"]),
    ] {
        check(name, &[program.run(&arguments)]);
    }
}
