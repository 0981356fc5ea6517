//! Saved plans: made on a pull request, reviewed, and carried out as they were.

use quayform::emulator::{Emulator, IncomingRequest};
use serde_json::{Value as Json, json};

use super::program::{Program, check};
use super::server::{registry, serve};

const PEOPLE: &str = r#"{"users": [{"name": "bob"}, {"name": "carol"}, {"name": "erin"}],
  "organizations": [
    {"name": "acme", "robots": ["ci"], "teams": {"devs": {"role": "member", "members": ["bob"]}},
     "repositories": [{"name": "api", "description": "Old", "permissions": {"teams": {"devs": "read"}}},
                      {"name": "web", "description": "Old"}]}]}"#;

const PROJECT: &str = "
{kind: Organization, name: acme, teams: {devs: {role: creator, members: [carol]}, ops: {members: [erin]}}}
---
{kind: Repository, name: acme/api, description: New, permissions: {teams: {devs: write, ops: read}},
 notifications: [{title: pushes, event: repo_push, webhook: {url: {env: HOOK}}}]}
---
{kind: Repository, name: acme/web, description: New}
";

struct Bench {
    program: Program,
    emulator: Emulator,
}

impl Bench {
    fn new(project: &str) -> Self {
        let emulator = registry(PEOPLE);
        let program = Program::new(&[("acme.yaml", project)])
            .at(&serve(emulator.clone()), "emulator-token")
            .with("HOOK", "https://hooks.example/1");
        Bench { program, emulator }
    }

    fn save(&self, arguments: &[&str]) -> Json {
        let run = self.program.run(&[&["plan", "--out", "plan.json"], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.shown());
        self.saved()
    }

    fn saved(&self) -> Json {
        serde_json::from_str(&std::fs::read_to_string(self.program.path("plan.json")).unwrap()).unwrap()
    }

    fn by_hand(&self, method: &str, path: &str, body: &Json) {
        let request = IncomingRequest::new(method, &format!("/api/v1{path}")).with_token("emulator-token");
        let answer = self.emulator.handle(&request.with_json(body)).unwrap();
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {}",
            answer.status
        );
    }

    fn apply(&self) -> super::program::Run {
        self.program.run(&["apply", "plan.json", "--auto-approve"])
    }

    fn writes(&self) -> usize {
        self.emulator.with(|registry| registry.write_log().len())
    }
}

#[test]
fn a_saved_plan_needs_no_manifests_and_is_done_once() {
    let bench = Bench::new(PROJECT);
    bench.save(&[]);
    std::fs::rename(bench.program.path("acme.yaml"), bench.program.path("away")).unwrap();
    let first = bench.apply();
    assert_eq!(first.code, Some(0), "{}", first.shown());
    let writes = bench.writes();
    let again = bench.apply();
    assert_eq!(bench.writes(), writes, "{}", again.shown());
    std::fs::rename(bench.program.path("away"), bench.program.path("acme.yaml")).unwrap();
    let planned = bench.program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(planned.code, Some(0), "{}", planned.shown());
    check("saved-applied", &[first, again]);
}

#[test]
fn what_moved_is_held_back_and_the_rest_is_done() {
    let bench = Bench::new(PROJECT);
    bench.save(&[]);
    bench.by_hand(
        "PUT",
        "/repository/acme/api",
        &json!({"description": "Somebody else's"}),
    );
    bench.by_hand("PUT", "/organization/acme/team/devs", &json!({"role": "admin"}));
    bench.by_hand(
        "PUT",
        "/organization/acme/robots/cd",
        &json!({"description": "no concern of the plan"}),
    );
    let run = bench.apply();
    assert_eq!(run.code, Some(4), "{}", run.shown());
    let planned = bench.program.run(&["plan"]);
    bench.program.run(&["apply", "--auto-approve"]);
    let end = bench.program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(end.code, Some(0), "{}", end.shown());
    check("saved-stale", &[run, planned]);
}

#[test]
fn a_plan_that_was_touched_is_refused() {
    let bench = Bench::new(PROJECT);
    bench.save(&[]);
    let text = std::fs::read_to_string(bench.program.path("plan.json")).unwrap();
    let mut runs = Vec::new();
    for (name, content) in [
        ("edited.json", text.replace("New", "Newer")),
        ("half.json", text[..text.len() / 2].to_owned()),
        (
            "later.json",
            text.replace("\"format_version\": 1", "\"format_version\": 2"),
        ),
        (
            "printed.json",
            bench.program.run(&["plan", "--format", "json"]).json().to_string(),
        ),
        ("other.json", "{\"a\": 1}".to_owned()),
    ] {
        bench.program.write(name, &content);
        let run = bench.program.run(&["apply", name, "--auto-approve"]);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        runs.push(run);
    }
    assert_eq!(bench.writes(), 0);
    for run in &mut runs {
        for (pattern, shown) in [
            ("sha256:[0-9a-f]{64}", "sha256:[digest]"),
            (r"JSON: .* at line \d+ column \d+", "JSON: [where]"),
        ] {
            let pattern = regex::Regex::new(pattern).unwrap();
            run.stderr = pattern.replace_all(&run.stderr, shown).into_owned();
        }
    }
    check("saved-touched", &runs);
}

#[test]
fn a_plan_of_another_registry_is_refused() {
    let bench = Bench::new(PROJECT);
    bench.save(&[]);
    let other = serve(registry(PEOPLE));
    let command = bench.program.command(&["apply", "plan.json", "--auto-approve"]);
    let output = { command }.env("QUAYFORM_URL", other).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("this plan is for http://"), "{stderr}");
    assert_eq!(bench.writes(), 0);
}

#[test]
fn the_reviewed_digest_is_demanded() {
    let bench = Bench::new(PROJECT);
    let digest = bench.save(&[])["digest"].as_str().unwrap().to_owned();
    let apply = |digest: &str| {
        bench
            .program
            .run(&["apply", "plan.json", "--auto-approve", "--digest", digest])
    };
    let wrong = apply("sha256:0000");
    assert_eq!((wrong.code, bench.writes()), (Some(1), 0), "{}", wrong.shown());
    assert!(
        wrong.stderr.contains("not the plan that was reviewed"),
        "{}",
        wrong.shown()
    );
    let right = apply(&digest);
    assert_eq!(right.code, Some(0), "{}", right.shown());
}

#[test]
fn only_what_the_reviewed_plan_has_is_done() {
    let bench = Bench::new(PROJECT);
    bench.save(&[]);
    let within = || {
        bench
            .program
            .run(&["apply", ".", "--within", "plan.json", "--auto-approve"])
    };
    // Somebody has done a part of it, and another pull request was merged.
    bench.by_hand("PUT", "/repository/acme/web", &json!({"description": "New"}));
    bench.program.write("more.yaml", "{kind: Repository, name: acme/more}");
    let refused = within();
    assert_eq!((refused.code, bench.writes()), (Some(4), 1), "{}", refused.shown());
    bench
        .program
        .write("more.yaml", "{kind: Organization, name: acme, robots: {}}");
    std::fs::remove_file(bench.program.path("more.yaml")).unwrap();
    let done = within();
    assert_eq!(done.code, Some(0), "{}", done.shown());
    assert!(
        refused.stderr.contains("create repository[acme/more]"),
        "{}",
        refused.shown()
    );
}

#[test]
fn what_is_within_a_plan_is_asked_for_its_digest_too() {
    let bench = Bench::new(PROJECT);
    let digest = bench.save(&[])["digest"].as_str().unwrap().to_owned();
    let within = |digest: &str| {
        let arguments = [
            "apply",
            ".",
            "--within",
            "plan.json",
            "--auto-approve",
            "--digest",
            digest,
        ];
        bench.program.run(&arguments)
    };
    let wrong = within("sha256:0000");
    assert_eq!((wrong.code, bench.writes()), (Some(1), 0), "{}", wrong.shown());
    assert!(
        wrong.stderr.contains("not the plan that was reviewed"),
        "{}",
        wrong.shown()
    );
    let right = within(&digest);
    assert_eq!(right.code, Some(0), "{}", right.shown());
}

#[test]
fn a_plan_is_for_whoever_it_was_made_for() {
    let bench = Bench::new("{kind: Repository, name: acme/new, permissions: {users: {}}}");
    bench.by_hand("PUT", "/organization/acme/team/owners/members/bob", &json!({}));
    bench.emulator.with(|registry| registry.clear_log());
    bench.save(&["--as", "bob"]);
    let refused = bench.apply();
    assert_eq!((refused.code, bench.writes()), (Some(1), 0), "{}", refused.shown());
    assert!(
        refused.stderr.contains("quayform plan --as quayadmin"),
        "{}",
        refused.shown()
    );
    let token = bench.emulator.with(|registry| {
        registry.add_token(
            "bob",
            "bobs-token",
            &[
                "repo:read",
                "repo:write",
                "repo:admin",
                "repo:create",
                "org:admin",
                "user:read",
            ],
        );
        "bobs-token"
    });
    for arguments in [
        ["apply", "plan.json", "--auto-approve"],
        ["plan", ".", "--detailed-exitcode"],
    ] {
        let command = bench.program.command(&arguments);
        let output = { command }.env("QUAYFORM_TOKEN", token).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_secret_that_moved_is_not_sent() {
    let bench = Bench::new(PROJECT);
    let saved = bench.save(&[]);
    assert!(!saved.to_string().contains("hooks.example"), "{saved:#}");
    let command = bench.program.command(&["apply", "plan.json", "--auto-approve"]);
    let output = { command }.env("HOOK", "https://hooks.example/2").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), bench.writes()), (Some(4), 0), "{stderr}");
    assert!(stderr.contains("env HOOK has another value"), "{stderr}");
}

#[test]
fn a_secret_that_is_written_out_comes_from_the_manifests() {
    let project = PROJECT.replace("{env: HOOK}", "https://hooks.example/written-out");
    let bench = Bench::new(&project);
    let saved = bench.save(&[]);
    assert!(!saved.to_string().contains("written-out"), "{saved:#}");
    bench.program.write("acme.yaml", PROJECT);
    let refused = bench.apply();
    assert_eq!((refused.code, bench.writes()), (Some(1), 0), "{}", refused.shown());
    assert!(
        refused.stderr.contains("a saved plan holds no secrets"),
        "{}",
        refused.shown()
    );
    bench.program.write("acme.yaml", &project);
    let done = bench.apply();
    assert_eq!(done.code, Some(0), "{}", done.shown());
}

#[test]
fn a_refused_plan_is_saved_and_its_digest_allows_exactly_it() {
    let bench = Bench::new("{kind: Organization, name: acme, robots: {ci: {absent: true}}}");
    let planned = bench.program.run(&["plan", "--out", "plan.json"]);
    assert_eq!(planned.code, Some(3), "{}", planned.shown());
    let refused = bench.apply();
    assert_eq!((refused.code, bench.writes()), (Some(3), 0), "{}", refused.shown());
    let digest = bench.saved()["digest"].as_str().unwrap().to_owned();
    for (allow, code) in [("sha256:0000", 3), ("robot[acme+cd]", 3), (digest.as_str(), 0)] {
        let run = bench
            .program
            .run(&["apply", "plan.json", "--auto-approve", "--allow", allow]);
        assert_eq!(run.code, Some(code), "{}", run.shown());
    }
    let planned = bench.program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(planned.code, Some(0), "{}", planned.shown());
}

#[test]
fn what_is_protected_by_now_stays_whatever_was_planned() {
    let bench = Bench::new("{kind: Organization, name: acme, robots: {ci: {absent: true}}}");
    let planned = bench
        .program
        .run(&["plan", "--out", "plan.json", "--allow", "robot[acme+ci]"]);
    assert_eq!(planned.code, Some(0), "{}", planned.shown());
    bench
        .program
        .write("quayform.toml", "[guards]\nprotected = [\"robot\"]\n");
    let digest = bench.saved()["digest"].as_str().unwrap().to_owned();
    let run = bench
        .program
        .run(&["apply", "plan.json", "--auto-approve", "--allow", &digest]);
    assert_eq!((run.code, bench.writes()), (Some(3), 0), "{}", run.shown());
    assert!(run.stdout.contains("refused by protected"), "{}", run.shown());
}

#[test]
fn flags_without_meaning_are_refused() {
    let bench = Bench::new(PROJECT);
    bench.save(&[]);
    for (arguments, said) in [
        (vec!["apply", ".", "--digest", "sha256:0"], "none is given"),
        (
            vec!["apply", "plan.json", "--within", "plan.json"],
            "a saved plan itself",
        ),
        (
            vec!["apply", "plan.json", "--resend-secrets"],
            "a saved plan stays as it is",
        ),
        (vec!["apply", "plan.json", "acme.yaml"], "there are other PATHs"),
        (vec!["plan", "plan.json"], "saved plan"),
    ] {
        let run = bench.program.run(&arguments);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert!(run.stderr.contains(said), "{}", run.shown());
    }
}
