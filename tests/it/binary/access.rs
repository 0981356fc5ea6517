//! Who may do what: from the registry, as the manifests would have it, and with wrong questions.

use super::program::{Program, check};

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
    // Whoever applied is superuser there, and of the manifests nobody knows that.
    let others = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.contains("quayadmin") && !line.contains("whoever"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(others(&live.stdout), others(&desired.stdout));
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
