//! `drift` as a pipeline runs it: who did what in a night, the figures, the messages.

use std::fs;

use quayform::emulator::Emulator;
use serde_json::{Value as Json, json};

use super::program::{Program, Run, check};
use super::server;
use crate::meddler::by;

const SEED: &str = r#"{"users": [
    {"name": "alice"}, {"name": "bob"}, {"name": "mallory"}, {"name": "carol", "token": "carol-token"},
    {"name": "dave", "token": "dave-token"}, {"name": "erin", "token": "erin-token"}
]}"#;

const MANIFEST: &str = "\
kind: Organization
name: acme
teams:
  owners: {role: admin, members: [quayadmin, carol]}
  operations: {role: admin, members: [dave]}
  maintainers: {members: [erin]}
  developers: {role: creator, description: Application developers, members: [alice, bob]}
robots:
  ci: {description: Pushes from CI}
---
kind: Repository
name: acme/api
visibility: private
permissions:
  teams: {developers: write, maintainers: admin}
  robots: {ci: write}
  users: {}
";

const DRIFT: [&str; 3] = ["drift", "--settle", "0"];

/// The registry of a project that was applied, and that project.
fn applied(manifest: &str, settings: &str) -> (Emulator, Program) {
    let emulator = server::registry(SEED);
    let url = server::serve(emulator.clone());
    let program = Program::new(&[("acme.yaml", manifest), ("quayform.toml", settings)]).at(&url, "emulator-token");
    let applied = program.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    (emulator, program)
}

fn drift(program: &Program, more: &[&str]) -> Run {
    program.run(&[&DRIFT, more].concat())
}

#[test]
fn what_is_blocked_is_not_waited_for() {
    let manifest = MANIFEST.replace("members: [erin]", "members: [erin, nobody-yet]");
    let (_emulator, program) = applied(&manifest, "");
    let run = program.run(&["drift"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert!(run.stdout.contains("1 of them blocked"), "{}", run.shown());
    assert!(!run.stderr.contains("looking again"), "{}", run.shown());
}

/// Three people change five things over the API: dave is an administrator by a team, and erin has no more than a grant of
/// her team.
fn night(emulator: &Emulator) {
    let (team, repository) = ("/organization/acme/team/developers", "/repository/acme/api");
    let description = "Application developers";
    let role = json!({ "role": "admin", "description": description });
    by(emulator, "carol-token", "PUT", team, &role);
    let visibility = format!("{repository}/changevisibility");
    by(
        emulator,
        "dave-token",
        "POST",
        &visibility,
        &json!({ "visibility": "public" }),
    );
    let grant = format!("{repository}/permissions/user/mallory");
    by(emulator, "erin-token", "PUT", &grant, &json!({ "role": "read" }));
    by(
        emulator,
        "carol-token",
        "DELETE",
        &format!("{team}/members/bob"),
        &Json::Null,
    );
    by(
        emulator,
        "dave-token",
        "DELETE",
        "/organization/acme/robots/ci",
        &Json::Null,
    );
}

/// Who did what to which object, by the document.
fn told(document: &Json) -> Vec<String> {
    let all = document["drift"].as_array().unwrap().iter();
    let text = |json: &Json| json.as_str().unwrap_or("-").to_owned();
    let line = |each: &Json| {
        let verdict = &each["verdict"];
        let entry = &verdict["entry"];
        let (address, sort) = (text(&each["address"]), text(&each["sort"]));
        let (cause, who, event) = (
            text(&verdict["cause"]),
            text(&entry["performer"]),
            text(&entry["event"]),
        );
        format!("{address} {sort}: {cause} {who} {event}")
    };
    let mut lines: Vec<String> = all.map(line).collect();
    lines.sort();
    lines
}

fn figure(program: &Program, start: &str) -> Vec<String> {
    let text = fs::read_to_string(program.path("quayform.prom")).unwrap();
    text.lines()
        .filter(|line| line.starts_with(start))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_night_of_five_changes_is_told_to_the_person_and_the_event() {
    let (emulator, program) = applied(MANIFEST, "");
    let quiet = drift(&program, &[]);
    assert_eq!(quiet.code, Some(0), "{}", quiet.shown());
    night(&emulator);
    let metrics = ["--metrics", "quayform.prom"];
    let found = drift(&program, &metrics);
    assert_eq!(found.code, Some(2), "{}", found.shown());
    let document = drift(&program, &["--format", "json"]).json();
    assert_eq!(
        told(&document),
        [
            "member[acme/developers/bob] missing: changed carol org_remove_team_member",
            "permission[acme/api:robot/ci] missing: changed dave delete_robot",
            "permission[acme/api:user/mallory] extra: changed erin change_repo_permission",
            "repository[acme/api] differs: changed dave change_repo_visibility",
            "robot[acme+ci] missing: changed dave delete_robot",
            "team[acme/developers] differs: changed carol org_set_team_role",
        ]
    );
    assert!(
        document["drift"][0]["verdict"]["entry"]["ip"] == "127.0.0.1",
        "{document:#}"
    );
    assert_eq!(document["tally"]["changed"], 6);
    let drifted = figure(&program, "quayform_drift_objects{");
    assert_eq!(drifted.len(), 5, "{drifted:?}");
    assert!(
        drifted
            .iter()
            .any(|line| line.ends_with("kind=\"robot\",cause=\"changed\"} 1")),
        "{drifted:?}"
    );
    assert_eq!(
        figure(&program, "quayform_last_run_exit_code"),
        ["quayform_last_run_exit_code{command=\"drift\"} 2"]
    );

    let repaired = program.run(&["apply", "--auto-approve"]);
    assert_eq!(repaired.code, Some(0), "{}", repaired.shown());
    let silent = drift(&program, &metrics);
    assert_eq!(silent.code, Some(0), "{}", silent.shown());
    let drifted = figure(&program, "quayform_drift_objects{");
    assert_eq!(drifted.len(), 1, "{drifted:?}");
    assert!(
        drifted[0].ends_with("organization=\"acme\",kind=\"none\",cause=\"none\"} 0"),
        "{drifted:?}"
    );
    assert_eq!(
        figure(&program, "quayform_last_run_exit_code"),
        ["quayform_last_run_exit_code{command=\"drift\"} 0"]
    );
    check(
        "a_night_of_five_changes_is_told_to_the_person_and_the_event",
        &[found, silent],
    );
}

/// Somewhere that takes what is sent, and answers with a status.
struct Taker {
    url: String,
    taken: std::sync::mpsc::Receiver<(String, String)>,
    status: std::sync::Arc<std::sync::atomic::AtomicU16>,
}

impl Taker {
    fn new() -> Self {
        use axum::extract::State;
        use axum::http::{Method, StatusCode, Uri};
        let status = std::sync::Arc::new(std::sync::atomic::AtomicU16::new(200));
        let (send, taken) = std::sync::mpsc::channel();
        type Shared = (
            std::sync::mpsc::Sender<(String, String)>,
            std::sync::Arc<std::sync::atomic::AtomicU16>,
        );
        async fn take(State((send, status)): State<Shared>, method: Method, uri: Uri, body: String) -> StatusCode {
            send.send((format!("{method} {}", uri.path()), body)).unwrap();
            StatusCode::from_u16(status.load(std::sync::atomic::Ordering::SeqCst)).unwrap()
        }
        let router = axum::Router::new().fallback(take).with_state((send, status.clone()));
        let url = server::serve_router(router);
        Taker { url, taken, status }
    }

    fn answers(&self, status: u16) {
        self.status.store(status, std::sync::atomic::Ordering::SeqCst);
    }

    /// What has come since, as `POST /path`, with its body.
    fn taken(&self) -> Vec<(String, String)> {
        self.taken.try_iter().collect()
    }
}

const WEBHOOK: &str = "[drift.webhook]\nurl = { env = \"HOOK\" }\n";

#[test]
fn a_webhook_hears_of_what_is_new_and_of_what_is_gone_and_of_nothing_twice() {
    let hook = Taker::new();
    let (emulator, program) = applied(MANIFEST, WEBHOOK);
    let program = program.with("HOOK", &format!("{}/services/secret-part", hook.url));
    assert_eq!(drift(&program, &[]).code, Some(0));
    assert_eq!(hook.taken(), []);

    let team = "/organization/acme/team/developers";
    by(&emulator, "carol-token", "PUT", team, &json!({ "role": "admin" }));
    // Nobody hears of it while the webhook is down, and the result is the same.
    hook.answers(503);
    let failed = drift(&program, &[]);
    assert_eq!(failed.code, Some(2), "{}", failed.shown());
    let warned = "[drift.webhook] was told nothing: it was answered with status 503; the next run tries again";
    assert!(failed.stderr.contains(warned), "{}", failed.shown());
    assert!(!failed.shown().contains("secret-part"), "{}", failed.shown());
    assert_eq!(hook.taken().len(), 1);

    hook.answers(200);
    assert_eq!(drift(&program, &["--no-webhook"]).code, Some(2));
    assert_eq!(hook.taken(), []);
    assert_eq!(drift(&program, &[]).code, Some(2));
    let messages = hook.taken();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0].0, "POST /services/secret-part");
    let text: Json = serde_json::from_str(&messages[0].1).unwrap();
    let text = text["text"].as_str().unwrap();
    let line = "• differs `team[acme/developers]`: carol did org_set_team_role at 2026-";
    assert!(text.contains(line) && text.ends_with("1 in all."), "{text}");
    // The same drift is no news.
    assert_eq!(drift(&program, &[]).code, Some(2));
    assert_eq!(hook.taken(), []);

    // Another difference in the same object is, and so is its end.
    by(&emulator, "carol-token", "PUT", team, &json!({ "role": "member" }));
    assert_eq!(drift(&program, &[]).code, Some(2));
    assert_eq!(hook.taken().len(), 1);
    // A run that looks elsewhere knows nothing of it.
    assert_eq!(drift(&program, &["--target", "repository[acme/api]"]).code, Some(0));
    assert_eq!(hook.taken(), []);
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    assert_eq!(drift(&program, &[]).code, Some(0));
    let messages = hook.taken();
    assert!(
        messages[0].1.contains("As it should be again: `team[acme/developers]`"),
        "{messages:?}"
    );
    assert_eq!(drift(&program, &[]).code, Some(0));
    assert_eq!(hook.taken(), []);

    // Lost state costs one message more, and never one less.
    by(&emulator, "carol-token", "PUT", team, &json!({ "role": "admin" }));
    assert_eq!(drift(&program, &[]).code, Some(2));
    assert_eq!(hook.taken().len(), 1);
    fs::remove_dir_all(program.path(".quayform")).unwrap();
    for expected in [1, 0] {
        assert_eq!(drift(&program, &[]).code, Some(2));
        assert_eq!(hook.taken().len(), expected);
    }
}

#[test]
fn a_webhook_that_takes_json_gets_the_objects_as_the_report_has_them() {
    let hook = Taker::new();
    let (emulator, program) = applied(MANIFEST, &format!("{WEBHOOK}format = \"json\"\n"));
    let program = program.with("HOOK", &hook.url);
    night(&emulator);
    let document = drift(&program, &["--format", "json"]).json();
    let messages = hook.taken();
    let message: Json = serde_json::from_str(&messages[0].1).unwrap();
    assert_eq!(message["new"].as_array().unwrap().len(), 6);
    let all = document["drift"].as_array().unwrap();
    assert!(message["new"].as_array().unwrap().iter().all(|each| all.contains(each)));
    assert_eq!(message["tally"], document["tally"]);
}

#[test]
fn a_webhook_without_an_address_is_said_and_does_no_harm() {
    let (emulator, program) = applied(MANIFEST, WEBHOOK);
    night(&emulator);
    for (address, said) in [
        (None, "the environment variable HOOK is not set"),
        (
            Some("hooks.example/hidden"),
            "its address is not an http:// or https:// URL",
        ),
        (Some("http://127.0.0.1:1/hidden"), "cannot connect"),
    ] {
        let (_, again) = (&emulator, &program);
        let run = match address {
            Some(address) => {
                let output = again
                    .command(&["drift", "--settle", "0"])
                    .env("HOOK", address)
                    .output()
                    .unwrap();
                (output.status.code(), String::from_utf8(output.stderr).unwrap())
            }
            None => {
                let run = drift(again, &[]);
                (run.code, run.stderr)
            }
        };
        assert_eq!(run.0, Some(2), "{}", run.1);
        assert!(run.1.contains(said) && !run.1.contains("hidden"), "{}", run.1);
    }
}

#[test]
fn figures_are_pushed_and_written_also_where_a_registry_is_down() {
    let gateway = Taker::new();
    let (emulator, program) = applied(MANIFEST, "");
    night(&emulator);
    let run = drift(&program, &["--push", &gateway.url, "--metrics", "quayform.prom"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let pushed = gateway.taken();
    assert_eq!(pushed[0].0, "PUT /metrics/job/quayform");
    assert_eq!(pushed[0].1, fs::read_to_string(program.path("quayform.prom")).unwrap());
    let own = format!("{}/metrics/job/night/instance/one", gateway.url);
    assert_eq!(drift(&program, &["--push", &own]).code, Some(2));
    assert_eq!(gateway.taken()[0].0, "PUT /metrics/job/night/instance/one");

    let quiet = drift(&program, &["--push", "http://user:hidden@127.0.0.1:1"]);
    assert_eq!(quiet.code, Some(2), "{}", quiet.shown());
    assert!(
        quiet.stderr.contains("--push: the figures were not taken"),
        "{}",
        quiet.shown()
    );
    let said = format!("{}{}", quiet.stdout, quiet.stderr);
    assert!(!said.contains("hidden"), "{said}");

    let unwritable = drift(&program, &["--metrics", "nowhere/quayform.prom"]);
    assert_eq!(unwritable.code, Some(1), "{}", unwritable.shown());
    assert!(unwritable.stdout.contains("carol did"), "{}", unwritable.shown());

    let down = drift(&program, &["--url", "http://127.0.0.1:1", "--metrics", "quayform.prom"]);
    assert_eq!(down.code, Some(1), "{}", down.shown());
    assert_eq!(figure(&program, "quayform_drift_objects{"), Vec::<String>::new());
    assert_eq!(
        figure(&program, "quayform_last_run_exit_code"),
        ["quayform_last_run_exit_code{command=\"drift\"} 1"]
    );
}

#[test]
fn plans_and_applies_have_figures_too() {
    let gateway = Taker::new();
    let (_, program) = applied(MANIFEST, "");
    program.write("acme.yaml", &MANIFEST.replace("  ci: {", "  cd: {}\n  ci: {"));
    let figures = ["--push", &gateway.url, "--metrics", "quayform.prom"];
    let planned = program.run(&[&["plan", "--detailed-exitcode"], &figures[..]].concat());
    assert_eq!(planned.code, Some(2), "{}", planned.shown());
    let of = |name: &str, command: &str, rest: &str| -> Vec<String> {
        let lines = figure(&program, &format!("{name}{{")).into_iter();
        let is_of_it = |line: &String| line.contains(&format!("command=\"{command}\"")) && line.contains(rest);
        let numbers = lines
            .filter(is_of_it)
            .filter_map(|line| Some(line.rsplit_once(' ')?.1.to_owned()));
        numbers.collect()
    };
    assert_eq!(of("quayform_planned_changes", "plan", "action=\"create\""), ["1"]);
    assert_eq!(of("quayform_planned_changes", "plan", "action=\"delete\""), ["0"]);
    assert_eq!(of("quayform_last_run_exit_code", "plan", ""), ["2"]);
    assert_eq!(of("quayform_last_run_timestamp", "plan", "").len(), 1);
    let read: u64 = of("quayform_requests_total", "plan", "")[0].parse().unwrap();
    assert!(read > 0, "{read}");
    // What drift alone knows must not be overwritten with nothing.
    for name in [
        "quayform_drift_objects",
        "quayform_applied_changes",
        "quayform_live_objects",
    ] {
        let text = fs::read_to_string(program.path("quayform.prom")).unwrap();
        assert!(!text.contains(name), "{text}");
    }
    let pushed = gateway.taken();
    assert_eq!(pushed[0].0, "PUT /metrics/job/quayform-plan");
    assert_eq!(pushed[0].1, fs::read_to_string(program.path("quayform.prom")).unwrap());

    let applied = program.run(&[&["apply", "--auto-approve"], &figures[..]].concat());
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    assert_eq!(of("quayform_planned_changes", "apply", "action=\"create\""), ["1"]);
    assert_eq!(of("quayform_applied_changes", "apply", "state=\"done\""), ["1"]);
    assert_eq!(of("quayform_applied_changes", "apply", "state=\"failed\""), ["0"]);
    let all: u64 = of("quayform_requests_total", "apply", "")[0].parse().unwrap();
    assert!(all > read, "{all} requests with the write, {read} without");
    assert_eq!(gateway.taken()[0].0, "PUT /metrics/job/quayform-apply");

    let down = program.run(&[
        "apply",
        "--auto-approve",
        "--url",
        "http://127.0.0.1:1",
        "--metrics",
        "quayform.prom",
    ]);
    assert_eq!(down.code, Some(1), "{}", down.shown());
    assert_eq!(of("quayform_last_run_exit_code", "apply", ""), ["1"]);
    let wrong = program.run(&["apply", "--auto-approve", "--push", "gateway:9091"]);
    assert_eq!(wrong.code, Some(1), "{}", wrong.shown());
    assert!(
        wrong.stderr.contains("nothing was read or changed"),
        "{}",
        wrong.shown()
    );
}

#[test]
fn what_is_expected_for_a_while_does_not_count() {
    let rules = "\
[[drift.ignore]]
address = \"team[acme/dev*]\"
field = \"role\"
reason = \"the auditors are in until spring\"
until = 2999-12-31
[[drift.ignore]]
address = \"repository[acme/api]\"
reason = \"open for the fair\"
until = \"2020-01-31\"
[[drift.ignore]]
address = \"robot[acme+nobody]\"
reason = \"it comes and goes\"
until = 2999-12-31
";
    let (emulator, program) = applied(MANIFEST, rules);
    night(&emulator);
    let flags = [
        "--ignore",
        "permission[acme/api:*]",
        "--ignore",
        "robot",
        "--ignore",
        "member",
    ];
    let run = drift(&program, &flags);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let all = drift(&program, &[&flags[..], &["--ignore", "repository.visibility"]].concat());
    assert_eq!(all.code, Some(0), "{}", all.shown());
    let document = drift(&program, &[&flags[..], &["--format", "json"]].concat()).json();
    assert_eq!(
        told(&document),
        ["repository[acme/api] differs: changed dave change_repo_visibility"]
    );
    assert_eq!(document["tally"]["ignored"], 5);
    assert_eq!(document["expired_rules"][0]["reason"], "open for the fair");
    check("what_is_expected_for_a_while_does_not_count", &[run]);
}

#[test]
fn blocked_counts_unless_it_is_expected() {
    let (_, program) = applied(MANIFEST, "");
    program.write("acme.yaml", &MANIFEST.replace("Pushes from CI", "Pushes"));
    let run = drift(&program, &[]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert!(run.stdout.contains("1 of them blocked"), "{}", run.shown());
    let expected = drift(&program, &["--ignore", "robot[acme+ci].description"]);
    assert_eq!(expected.code, Some(0), "{}", expected.shown());
    // A plan goes by the rules that are written down.
    let plan = |program: &Program| program.run(&["plan", "--detailed-exitcode"]).code;
    assert_eq!(plan(&program), Some(2));
    let rule = |until: &str| {
        format!(
            "[[drift.ignore]]\naddress = \"robot[acme+ci]\"\nfield = \"description\"\nreason = \"it keeps its text\"\n\
             until = {until}\n"
        )
    };
    let settings = std::fs::read_to_string(program.path("quayform.toml")).unwrap();
    program.write("quayform.toml", &format!("{settings}{}", rule("2020-01-31")));
    assert_eq!(plan(&program), Some(2));
    program.write("quayform.toml", &format!("{settings}{}", rule("2999-12-31")));
    assert_eq!(plan(&program), Some(0));
}

#[test]
fn guards_are_only_said_and_gaps_are_graver() {
    let (emulator, program) = applied(MANIFEST, "");
    program.write(
        "acme.yaml",
        &format!("{MANIFEST}---\nkind: Repository\nname: acme/web\n"),
    );
    program.run(&["apply", "--auto-approve"]);
    program.write(
        "acme.yaml",
        &format!("{MANIFEST}---\nkind: Repository\nname: acme/web\nabsent: true\n"),
    );
    let refused = drift(&program, &[]);
    assert_eq!(refused.code, Some(2), "{}", refused.shown());
    assert!(refused.stdout.contains("refused by"), "{}", refused.shown());
    night(&emulator);
    // Whoever is no administrator of the organization sees less of it, and must not see drift in that.
    let output = program
        .command(&DRIFT)
        .env("QUAYFORM_TOKEN", "erin-token")
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{shown}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn mistakes_on_the_command_line_are_said_before_anything_is_read() {
    let program = Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", "")]);
    let lines: [&[&str]; 9] = [
        &["--since", "yesterday"],
        &["--settle", "soon"],
        &["--max-log-pages", "many"],
        &["--ignore", "acme/api"],
        &["--ignore", "*"],
        &["--ignore", "team[acme/*].colour"],
        &["--ignore", "teem"],
        &["--push", "gateway:9091"],
        &["--format", "csv"],
    ];
    let runs: Vec<Run> = lines
        .iter()
        .map(|line| program.run(&[&["drift"], *line].concat()))
        .collect();
    for run in &runs {
        assert_eq!(run.code, Some(1), "{}", run.shown());
    }
    check("mistakes_on_the_command_line_are_said_before_anything_is_read", &runs);
}

#[test]
fn wrong_rules_are_shown_with_their_places() {
    let toml = "\
[[drift.ignore]]
address = \"team[acme/dev]\"
until = 2026-12-31
[[drift.ignore]]
address = \"*\"
reason = \"all of it\"
until = 2026-12-31
[[drift.ignore]]
address = \"teem[acme/dev]\"
reason = \"who knows\"
until = \"next year\"
[drift.webhook]
url = \"https://hooks.example/hidden\"
format = \"xml\"
[drift.else]
";
    let run = Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", toml)]).run(&["drift"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(!run.stderr.contains("hidden"), "{}", run.shown());
    let field =
        "[[drift.ignore]]\naddress = \"team\"\nfield = \"colour\"\nreason = \"who knows\"\nuntil = 2999-12-31\n";
    let unknown = Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", field)]).run(&["drift"]);
    check("wrong_rules_are_shown_with_their_places", &[run, unknown]);
}

/// The document is described, and what describes it is published.
#[test]
fn the_document_is_what_its_schema_says() {
    let schema: Json = serde_json::from_str(include_str!("../../../schema/drift.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (emulator, program) = applied(MANIFEST, "");
    let valid = |more: &[&str]| {
        let document = drift(&program, &[&["--format", "json"], more].concat()).json();
        let problems: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{problems:#?}\n{document:#}");
        document
    };
    valid(&[]);
    night(&emulator);
    let document = valid(&["--ignore", "robot"]);
    valid(&["--max-log-pages", "0"]);
    valid(&["--adopt"]);
    valid(&["--target", "team[acme/developers]"]);
    program.write(
        "acme.yaml",
        &MANIFEST
            .replace("Pushes from CI", "Pushes")
            .replace("ci:", "ci: {}\n  new:"),
    );
    valid(&[]);
    for key in document.as_object().unwrap().keys() {
        let described = &schema["$defs"]["report"]["properties"][key];
        assert!(described.is_object(), "{key} is not described");
    }
}

/// How far the logs are read is the user's choice: by pages, by a length, by a day.
#[test]
fn logs_are_read_no_further_than_asked_for() {
    let (emulator, program) = applied(MANIFEST, "");
    night(&emulator);
    let tally = |flags: &[&str]| {
        let document = drift(&program, &[flags, &["--format", "json"]].concat()).json();
        (
            document["tally"]["changed"].clone(),
            document["tally"]["untold"].clone(),
        )
    };
    assert_eq!(tally(&[]), (json!(6), json!(0)));
    assert_eq!(tally(&["--max-log-pages", "1"]), (json!(6), json!(0)));
    assert_eq!(tally(&["--max-log-pages", "0"]), (json!(0), json!(6)));
    emulator.with(|registry| registry.set_clock(registry.clock() + 20 * 86_400));
    for since in ["30d", "2020-01-31"] {
        assert_eq!(tally(&["--since", since]), (json!(6), json!(0)), "{since}");
    }
    for since in ["7d", "2999-12-31"] {
        assert_eq!(tally(&["--since", since]), (json!(0), json!(6)), "{since}");
    }
}

/// Nobody manages what no manifest names, and somebody should know of it: at no cost for those who are no superusers.
#[test]
fn organizations_that_no_manifest_names_are_told() {
    let seed = SEED.replace(
        "]}",
        r#"], "organizations": [
            {"name": "shadow", "teams": {"owners": {"role": "admin", "members": ["carol"]}}}, {"name": "other", "robots": ["ci"]}
        ]}"#,
    );
    let emulator = server::registry(&seed);
    let url = server::serve(emulator.clone());
    let program = Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", "")]).at(&url, "emulator-token");
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    let run = drift(&program, &["--metrics", "quayform.prom"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(
        run.stdout.contains("unmanaged: organization other, shadow\n"),
        "{}",
        run.shown()
    );
    assert!(run.stdout.contains("organization 1 of 3"), "{}", run.shown());
    let figures = figure(&program, "quayform_unmanaged_objects{");
    assert!(
        figures.iter().any(|line| line.ends_with("kind=\"organization\"} 2")),
        "{figures:?}"
    );
    let named = format!("{MANIFEST}---\nkind: Organization\nname: shadow\nexternal: true\n");
    program.write("acme.yaml", &named);
    let document = drift(&program, &["--format", "json"]).json();
    assert_eq!(document["unmanaged"], json!(["organization[other]"]));
    // Where only a part is looked at, the rest is nobody's business; and nobody is asked for more than is allowed.
    let part = drift(&program, &["--target", "team[acme/developers]"]);
    assert!(!part.stdout.contains("organization other"), "{}", part.shown());
    // The same for somebody who sees their own organizations only.
    program.write("acme.yaml", MANIFEST);
    let asked = |program: &Program| drift(program, &["--format", "json"]).json();
    let own = program.at(&url, "carol-token");
    let document = asked(&own);
    assert_eq!(document["unmanaged"], json!(["organization[shadow]"]), "{document:#}");
    let planned = own.run(&["plan", "--format", "json"]).json();
    assert_eq!(planned["requests"]["read"], document["requests"]["read"]);
}

/// With comments, a map in one line, a list over several, and what an anchor shares.
const WRITTEN: &str = "\
# The people of acme.
kind: Organization
name: acme
tag_expiration: 2w
teams:
  owners: {role: admin, members: [quayadmin, carol]}
  operations: {role: admin, members: [dave]}
  maintainers: {members: [erin]}
  developers:            # whoever writes code
    role: creator        # may make repositories
    description: Application developers
    members:
      - alice
      - bob              # until summer
robots:
  ci: {description: Pushes from CI}
  mirror: {}             # stays
---
kind: Repository
name: acme/api
visibility: private      # for now
permissions:
  teams: {developers: write, maintainers: admin}
  robots: {ci: write}
  users: {}
";

#[test]
fn what_is_live_is_written_back_into_the_very_lines() {
    let (emulator, program) = applied(WRITTEN, "");
    night(&emulator);
    let longer = json!({ "tag_expiration_s": 2_419_200 });
    by(&emulator, "carol-token", "PUT", "/organization/acme", &longer);
    let patch = drift(&program, &["--adopt"]);
    assert_eq!(patch.code, Some(2), "{}", patch.shown());
    assert_eq!(fs::read_to_string(program.path("acme.yaml")).unwrap(), WRITTEN);
    let document = drift(&program, &["--adopt", "--format", "json"]).json();
    assert_eq!(document["adoption"]["patch"], patch.stdout.as_str());
    assert_eq!(document["adoption"]["adopted"].as_array().unwrap().len(), 7);

    let written = drift(&program, &["--adopt=write"]);
    assert_eq!(written.code, Some(2), "{}", written.shown());
    let silent = drift(&program, &[]);
    assert_eq!(silent.code, Some(0), "{}", silent.shown());
    let text = fs::read_to_string(program.path("acme.yaml")).unwrap();
    for kept in [
        "# The people of acme.",
        "# whoever writes code",
        "# may make repositories",
        "# for now",
        "# stays",
    ] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    let again = drift(&program, &["--adopt"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{}", again.shown());
    check("what_is_live_is_written_back_into_the_very_lines", &[patch, written]);
}

#[test]
fn what_is_merged_and_not_applied_is_given_up_only_by_name() {
    let (emulator, program) = applied(MANIFEST, "");
    night(&emulator);
    // What nobody else did: the manifest was changed.
    let merged = MANIFEST.replace("Pushes from CI", "Pushes and signs from CI");
    let merged = merged.replace("  users: {}", "  users: {carol: read}");
    program.write("acme.yaml", &merged);
    let written = drift(&program, &["--adopt=write"]);
    let text = fs::read_to_string(program.path("acme.yaml")).unwrap();
    assert!(
        text.contains("carol: read") && text.contains("mallory"),
        "{}",
        written.shown()
    );
    let refusal = "permission[acme/api:user/carol] is not adopted: nobody else has touched it";
    assert!(written.stderr.contains(refusal), "{}", written.shown());
    let named = drift(&program, &["--adopt", "--target", "permission[acme/api:user/carol]"]);
    assert!(named.stdout.contains("carol: read"), "{}", named.shown());
}

/// What holds elsewhere too, or is decided elsewhere, is not edited blindly.
#[test]
fn what_a_layer_an_anchor_or_something_else_decides_is_not_adopted() {
    let manifest = "\
kind: RepositoryDefaults
match: acme/*
visibility: private
---
kind: Organization
name: acme
x-text: &text Shared by two
teams:
  owners: {role: admin, members: [quayadmin, carol]}
  operations: {role: admin, members: [dave]}
  maintainers: {members: [erin]}
  developers: {role: creator, description: *text, members: [alice, bob, acme+ci]}
  testers: {description: *text}
robots:
  ci: {}
---
kind: Repository
name: acme/api
permissions:
  teams: {maintainers: admin}
notifications: []
";
    let (emulator, program) = applied(manifest, "");
    let team = "/organization/acme/team/developers";
    let other = json!({ "role": "creator", "description": "Another one" });
    by(&emulator, "carol-token", "PUT", team, &other);
    let visibility = "/repository/acme/api/changevisibility";
    by(
        &emulator,
        "dave-token",
        "POST",
        visibility,
        &json!({ "visibility": "public" }),
    );
    by(
        &emulator,
        "dave-token",
        "DELETE",
        "/organization/acme/robots/ci",
        &Json::Null,
    );
    let hook = json!({
        "event": "repo_push", "method": "slack", "title": "new", "eventConfig": {},
        "config": { "url": "https://hooks.example/x" },
    });
    by(
        &emulator,
        "erin-token",
        "POST",
        "/repository/acme/api/notification/",
        &hook,
    );
    let run = drift(&program, &["--adopt=write"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let left = drift(&program, &["--format", "json"]).json();
    assert_eq!(left["tally"]["drifted"], 3, "{left:#}");
    check(
        "what_a_layer_an_anchor_or_something_else_decides_is_not_adopted",
        &[run],
    );
    // A document is not deleted.
    by(&emulator, "erin-token", "DELETE", "/repository/acme/api", &Json::Null);
    let run = drift(&program, &["--adopt"]);
    assert!(
        run.stderr
            .contains("repository[acme/api] is not adopted: it is a whole document"),
        "{}",
        run.shown()
    );
}

#[test]
fn nothing_is_adopted_from_several_registries_at_once() {
    let toml = "[registries.one]\nurl = \"http://127.0.0.1:1\"\n[registries.two]\nurl = \"http://127.0.0.1:2\"\n";
    let program = Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", toml)]);
    let run = program.run(&["drift", "--adopt", "--registry", "all"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(run.stderr.contains("--registry NAME"), "{}", run.shown());
}
