//! A plan that a guard refuses says by how much, what it is about and the way out; nothing is written.

use super::program::{Program, Run, check};

const SEED: &str = r#"{"users": [
    {"name": "alice", "email": "alice@example.com"},
    {"name": "bob", "email": "bob@example.com"},
    {"name": "carol", "email": "carol@example.com"}
]}"#;

/// Applies the first manifest, then plans the second and applies it, which must be refused.
fn refused(settings: &str, first: &str, second: &str) -> [Run; 2] {
    let program = Program::new(&[("seed.json", SEED), ("quayform.toml", ""), ("acme.yaml", first)]);
    program.converge();
    program.write("quayform.toml", settings);
    program.write("acme.yaml", second);
    let before = std::fs::read(program.path(".quayform/emulator.json")).unwrap();
    let runs = [
        program.run(&["plan", "--emulator"]),
        program.run(&["apply", "--emulator", "--auto-approve"]),
    ];
    for run in &runs {
        assert_eq!(run.code, Some(3), "{}", run.shown());
    }
    assert!(runs[1].stderr.contains("Nothing was changed."), "{}", runs[1].shown());
    let after = std::fs::read(program.path(".quayform/emulator.json")).unwrap();
    assert!(before == after, "the registry was written to");
    runs
}

fn organization(rest: &str) -> String {
    format!("kind: Organization\nname: acme\n{rest}")
}

#[test]
fn max_deletes() {
    let grants = |users: &str| {
        organization("") + &format!("---\nkind: Repository\nname: acme/api\npermissions: {{users: {users}}}\n")
    };
    let runs = refused(
        "[guards]\nmax_deletes = 1\n",
        &grants("{alice: read, bob: read, carol: read}"),
        &grants("{carol: read}"),
    );
    check("guard-max-deletes", &runs);
}

#[test]
fn allow_destroy() {
    let runs = refused(
        "",
        &organization("robots: {old: {}, ci: {}}\n"),
        &organization("robots: {old: {absent: true}, ci: {}}\n"),
    );
    check("guard-allow-destroy", &runs);
}

#[test]
fn protected() {
    let repository = |rest: &str| organization("") + "---\nkind: Repository\nname: acme/prod-api\n" + rest;
    let runs = refused(
        "[guards]\nprotected = [\"repository[acme/prod-*]\"]\nallow_destroy = [\"repository[*]\"]\n",
        &repository("visibility: private\n"),
        &repository("absent: true\n"),
    );
    check("guard-protected", &runs);
}

#[test]
fn operators() {
    let owners = |team: &str| {
        organization(&format!(
            "teams:\n  owners: {{role: admin, members: [alice, quayadmin]}}\n{team}"
        ))
    };
    let runs = refused(
        "[guards]\noperators = [\"carol\"]\n",
        &owners("  keepers: {role: admin, members: [carol]}\n"),
        &owners("  keepers: {role: member, members: [carol]}\n"),
    );
    check("guard-operators", &runs);
}

#[test]
fn min_admins() {
    let owners = |members: &str| organization(&format!("teams:\n  owners: {{role: admin, members: {members}}}\n"));
    let runs = refused(
        "[guards]\nmin_admins = 3\n",
        &owners("[alice, bob, quayadmin]"),
        &owners("[alice, quayadmin]"),
    );
    check("guard-min-admins", &runs);
}

#[test]
fn deny() {
    let grant = |role: &str| {
        let teams = organization("teams: {security: {members: [alice]}, dev: {members: [bob, carol]}}\n");
        format!(
            "{teams}---\nkind: Repository\nname: acme/prod-api\npermissions: {{teams: {{security: {role}, dev: {role}}}}}\n"
        )
    };
    let settings = "[policy]\ndeny = [{gains = \"admin\", unless_team = \"security\", on = \"acme/prod-*\"}]\n";
    let runs = refused(settings, &grant("write"), &grant("admin"));
    check("guard-deny", &runs);
}

/// The way out that a refusal names allows this, and nothing more.
#[test]
fn the_way_out_of_a_denial_is_the_one_it_names() {
    let grants = |api: &str, web: &str| {
        let of = |name: &str, users: &str| {
            format!("---\nkind: Repository\nname: acme/{name}\npermissions: {{users: {users}}}\n")
        };
        organization("") + &of("prod-api", api) + &of("prod-web", web)
    };
    let program = Program::new(&[
        ("seed.json", SEED),
        ("quayform.toml", ""),
        ("acme.yaml", &grants("{}", "{}")),
    ]);
    program.converge();
    program.write(
        "quayform.toml",
        "[policy]\ndeny = [{gains = \"write\", on = \"acme/prod-*\"}]\n",
    );
    program.write("acme.yaml", &grants("{bob: admin}", "{}"));
    let refused = program.run(&["plan", "--emulator"]);
    assert_eq!(refused.code, Some(3), "{}", refused.shown());
    let way_out = refused
        .stdout
        .split("--allow '")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    assert_eq!(
        way_out,
        Some("permission[acme/prod-api:user/bob]"),
        "{}",
        refused.shown()
    );
    let flags = ["--emulator", "--auto-approve", "--allow", way_out.unwrap()];
    program.write("acme.yaml", &grants("{bob: admin}", "{bob: admin}"));
    let wider = program.run(&[&["apply"], &flags[..]].concat());
    assert_eq!(wider.code, Some(3), "{}", wider.shown());
    assert!(
        wider.stdout.contains("--allow 'permission[acme/prod-web:user/bob]'"),
        "{}",
        wider.shown()
    );
    program.write("acme.yaml", &grants("{bob: admin}", "{}"));
    let allowed = program.run(&[&["apply"], &flags[..]].concat());
    assert_eq!(allowed.code, Some(0), "{}", allowed.shown());
}

/// What the reviewer of a tombstone for a whole organization has to see.
#[test]
fn what_goes_with_an_organization() {
    let robots = (1..=7)
        .map(|number| format!("robot{number}: {{}}"))
        .collect::<Vec<_>>()
        .join(", ");
    let whole = organization(&format!(
        "robots: {{{robots}}}\nteams: {{dev: {{role: member, members: [bob]}}}}\n\
         ---\nkind: Repository\nname: acme/api\npermissions: {{teams: {{dev: write}}}}\n"
    ));
    let runs = refused("", &whole, &organization("absent: true\n"));
    check("guard-organization", &runs);
}

#[test]
fn more_than_ten_objects() {
    let grants = |users: &str| {
        let repository =
            |number| format!("---\nkind: Repository\nname: acme/r{number}\npermissions: {{users: {users}}}\n");
        organization("") + &(1..=12).map(repository).collect::<String>()
    };
    let runs = refused("", &grants("{alice: read}"), &grants("{}"));
    check("guard-many", &runs);
}

#[test]
fn robots_of_look_alike_organizations() {
    let two = |first: &str| {
        format!("kind: Organization\nname: a_b\n{first}---\nkind: Organization\nname: axb\nrobots: {{ci: {{}}}}\n")
    };
    let allowed = "[guards]\nallow_destroy = [\"organization[a_b]\", \"robot\"]\n";
    let runs = refused(allowed, &two(""), "kind: Organization\nname: a_b\nabsent: true\n");
    check("guard-look-alikes", &runs);
}

/// A pull request that wants to delete what the base branch protects.
#[test]
fn guards_of_the_base_branch() {
    let repository = |rest: &str| organization("") + "---\nkind: Repository\nname: acme/prod-api\n" + rest;
    let program = Program::new(&[
        ("seed.json", SEED),
        ("acme.yaml", &repository("visibility: private\n")),
        ("quayform.toml", "[guards]\nallow_destroy = [\"repository\"]\n"),
        ("base.toml", "[guards]\nmax_deletes = 0\n"),
        ("no-guards.toml", "format = 1\n"),
        ("broken.toml", "[guards]\nprotectd = [\"repository[acme/*]\"]\n"),
    ]);
    program.converge();
    program.write("acme.yaml", &repository("absent: true\n"));
    let own = program.run(&["plan", "--emulator"]);
    assert_eq!(own.code, Some(0), "{}", own.shown());
    let runs = [
        program.run(&["plan", "--emulator", "--guards-from", "base.toml"]),
        program.run(&["apply", "--emulator", "--auto-approve", "--guards-from", "base.toml"]),
        program.run(&["plan", "--emulator", "--guards-from", "missing.toml"]),
        program.run(&["plan", "--emulator", "--guards-from", "no-guards.toml"]),
        program.run(&["apply", "--emulator", "--auto-approve", "--guards-from", "broken.toml"]),
    ];
    let codes: Vec<_> = runs.iter().map(|run| run.code).collect();
    assert_eq!(codes, [Some(3), Some(3), Some(1), Some(1), Some(1)]);
    check("guards-from", &runs);
}

#[test]
fn an_allowance_that_means_nothing() {
    let program = Program::new(&[("seed.json", SEED), ("acme.yaml", &organization("robots: {old: {}}\n"))]);
    program.converge();
    program.write("acme.yaml", &organization("robots: {old: {absent: true}}\n"));
    let words = ["--emulator", "--allow", "robot[acme+odl]", "--allow", "robot[acme+old]"];
    let run = program.run(&[&["plan"], words.as_slice()].concat());
    assert_eq!(run.code, Some(0), "{}", run.shown());
    check(
        "guard-unused-allow",
        &[run, program.run(&["plan", "--emulator", "--allow", "*"])],
    );
}

#[test]
fn a_refusal_is_in_the_json_too() {
    let program = Program::new(&[("seed.json", SEED), ("acme.yaml", &organization("robots: {old: {}}\n"))]);
    program.converge();
    program.write("acme.yaml", &organization("robots: {old: {absent: true}}\n"));
    for words in [vec!["plan"], vec!["apply", "--auto-approve"]] {
        let run = program.run(&[words, vec!["--emulator", "--format", "json"]].concat());
        let document = run.json();
        assert_eq!((run.code, run.stderr.as_str()), (Some(3), ""), "{}", run.shown());
        assert_eq!(document["refusals"][0]["guard"], "allow_destroy");
        assert_eq!(document["refusals"][0]["addresses"][0], "robot[acme+old]");
        assert_eq!(document["refusals"][0]["overridable"], true);
        assert_eq!(
            document["changes"][0]["reversibility"],
            serde_json::json!({
                "class": "loses_history_or_credential",
                "lost": "its token: everything that logs in with it stops working",
                "takes_along": [],
            })
        );
    }
    let allowed = program.run(&["apply", "--emulator", "--auto-approve", "--allow", "robot[acme+old]"]);
    assert_eq!(allowed.code, Some(0), "{}", allowed.shown());
}
