//! Mistakes that other reconcilers have made, each made impossible here and tested by its name.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::Arc;

use quayform::http::Method;
use quayform::kinds;
use quayform::model::{Action, State};
use quayform::report::reference::catalog;
use serde_json::json;

use crate::binary::program::Program;
use crate::binary::server;
use crate::contract;
use crate::lab::{Lab, Planned};
use crate::meddler::{Meddler, answer};
use crate::scenarios::company::{self, ACME};

const SMALL: &str = "\
kind: Organization
name: acme
teams: {owners: {members: [quayadmin, alice]}, developers: {members: [carol]}}
robots: {ci: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: write}, robots: {ci: write}}
";

const PEOPLE: &str = r#"{"users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}]}"#;

/// A dry run on a stable release deployed, since its flag was not known there and nobody said so.
#[test]
fn a_dry_run_that_writes() {
    let emulator = server::registry(PEOPLE);
    let url = server::serve(emulator.clone());
    let program = Program::new(&[("acme.yaml", SMALL)]).at(&url, "emulator-token");
    for (arguments, code) in [
        (vec!["plan"], 0),
        (vec!["plan", "--detailed-exitcode"], 2),
        (vec!["plan", "--format", "json"], 0),
        // Nobody can be asked here, so nobody has approved.
        (vec!["apply"], 1),
        (vec!["apply", "--auto-approve", "--dry-run"], 1),
        (vec!["apply", "--auto-approve", "--dry_run"], 1),
        (vec!["validate"], 0),
    ] {
        let run = program.run(&arguments);
        assert_eq!(run.code, Some(code), "{}", run.shown());
        assert!(
            emulator.with(|registry| registry.write_log().is_empty()),
            "{}",
            run.shown()
        );
    }
}

/// A preview left out what the apply then did, or what its author had not thought of.
#[test]
fn a_preview_that_omits_what_apply_does() {
    let lab = company::lab();
    for text in [ACME.to_owned(), ACME.replace("role: creator", "role: member"), fewer()] {
        lab.emulator.with(|registry| registry.clear_log());
        let planned = lab.converge(&text);
        let calls = planned.plan.changes.iter().flat_map(|change| &change.calls);
        let mut announced: Vec<String> = calls
            .map(|call| format!("{} /api/v1{}", call.method, call.shown_path()))
            .collect();
        for write in lab.writes() {
            let at = announced.iter().position(|call| is_the_same(call, &write));
            let at = at.unwrap_or_else(|| panic!("{write} was not announced: {announced:#?}"));
            announced.remove(at);
        }
        assert_eq!(announced, Vec::<String>::new(), "announced and not done");
    }
}

/// Everything that may be removed from the company without losing data.
fn fewer() -> String {
    ACME.replace("[{type: warning, at: 80%}, {type: reject, at: 100%}]", "[]")
        .replace("[carol, acme+ci]", "[]")
        .replace("users: {erin: read}", "users: {}")
        .replace(
            "  - {title: pushes, event: repo_push, slack: {url: {env: SLACK_URL}}}\n",
            "",
        )
}

/// The server's ids are not known when a plan is shown.
fn is_the_same(announced: &str, written: &str) -> bool {
    let written = written.replace("%2B", "+");
    match (announced.split_once("{id of "), announced.rsplit_once('}')) {
        (Some((start, _)), Some((_, end))) => written.starts_with(start) && written.ends_with(end),
        _ => announced == written,
    }
}

/// For every kind: what stands in two manifests, and what makes both objects go.
const DEPARTURES: &[(&str, &str, &str)] = &[
    ("organization", "", "absent: true"),
    ("quota", "quota: {limit: 1 GiB}", "quota: {absent: true}"),
    (
        "quota_limit",
        "quota: {limit: 1 GiB, limits: [{type: reject, at: 90%}]}",
        "quota: {limit: 1 GiB, limits: []}",
    ),
    ("team", "teams: {old: {}}", "teams: {old: {absent: true}}"),
    ("robot", "robots: {old: {}}", "robots: {old: {absent: true}}"),
    (
        "member",
        "teams: {old: {members: [alice]}}",
        "teams: {old: {members: []}}",
    ),
    (
        "default_permission",
        "default_permissions: [{role: read, user: alice}]",
        "default_permissions: []",
    ),
    ("repository", "", "absent: true"),
    (
        "application",
        "applications: {portal: {}}",
        "applications: {portal: {absent: true}}",
    ),
    ("auto_prune", "auto_prune: [{keep_tags: 5}]", "auto_prune: []"),
    (
        "mirror",
        "mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: copier}",
        "mirror: {absent: true}",
    ),
    (
        "permission",
        "permissions: {users: {alice: read}}",
        "permissions: {users: {}}",
    ),
    (
        "notification",
        "notifications: [{event: repo_push, webhook: {url: 'https://hooks.example/a'}}]",
        "notifications: []",
    ),
];

/// What needs a registry that was made for it: `scenarios::guards` counts deletions of every kind.
const COUNTED_ELSEWHERE: &[&str] = &[
    "federation",
    "immutability",
    "invite",
    "label",
    "message",
    "organization_member",
    "organization_mirror",
    "organization_notification",
    "proxy_cache",
    "repository_state",
    "repository_trust",
    "service_key",
    "tag",
    "team_sync",
    "trigger",
    "user",
    "user_quota",
    "user_quota_limit",
];

/// The same line in two organizations, or in a repository of each.
fn twice(kind: &str, line: &str) -> String {
    let is_in_repository = ["repository", "mirror", "permission", "notification"].contains(&kind);
    let of = |name: &str| match is_in_repository {
        true => format!(
            "kind: Organization\nname: {name}\nrobots: {{copier: {{}}}}\n---\nkind: Repository\nname: {name}/api\n{line}\n"
        ),
        false => format!("kind: Organization\nname: {name}\n{line}\n"),
    };
    format!("{}---\n{}", of("one"), of("two"))
}

/// A limit on removals counted members of the organization and teams, and the incident removed members of teams.
#[test]
fn a_guard_on_one_collection_only() {
    let covered: BTreeSet<&str> = DEPARTURES.iter().map(|(kind, ..)| *kind).collect();
    let all: BTreeSet<&str> = kinds::ALL.iter().map(|kind| kind.name()).collect();
    let elsewhere: BTreeSet<&str> = COUNTED_ELSEWHERE.iter().copied().collect();
    assert_eq!(&covered | &elsewhere, all);
    for (kind, before, after) in DEPARTURES {
        let program = Program::new(&[("seed.json", PEOPLE), ("quayform.toml", "")]);
        program.write("all.yaml", &twice(kind, before));
        program.converge();
        let guards = format!("[guards]\nmax_deletes = 0\nallow_destroy = [\"{kind}\"]\n");
        program.write("quayform.toml", &guards);
        program.write("all.yaml", &twice(kind, after));
        let state = || std::fs::read(program.path(".quayform/emulator.json")).unwrap();
        let untouched = state();
        let run = program.run(&["apply", "--emulator", "--auto-approve"]);
        assert_eq!(run.code, Some(3), "{kind}: {}", run.shown());
        assert!(run.shown().contains("max_deletes"), "{kind}: {}", run.shown());
        assert!(state() == untouched, "{kind}: {}", run.shown());
    }
}

/// A limit that only a general `--force` could pass, which then passed everything.
#[test]
fn a_guard_without_scoped_override() {
    let robots = |line: &str| format!("kind: Organization\nname: acme\nrobots: {{{line}}}\n");
    let program = Program::new(&[("acme.yaml", robots("old: {}, other: {}").as_str())]);
    program.converge();
    program.write("acme.yaml", &robots("old: {absent: true}, other: {absent: true}"));
    let refused = program.run(&["apply", "--emulator", "--auto-approve"]);
    assert_eq!(refused.code, Some(3), "{}", refused.shown());
    assert!(refused.shown().contains("robot[acme+old]"), "{}", refused.shown());
    for way_round in ["--force", "--yes", "--allow-all"] {
        let run = program.run(&["apply", "--emulator", "--auto-approve", way_round]);
        assert_eq!(run.code, Some(1), "{}", run.shown());
    }
    let one = ["apply", "--emulator", "--auto-approve", "--allow", "robot[acme+old]"];
    let still = program.run(&one);
    assert_eq!(
        still.code,
        Some(3),
        "what is not named stays refused: {}",
        still.shown()
    );
    program.write("acme.yaml", &robots("old: {absent: true}, other: {}"));
    let allowed = program.run(&one);
    assert_eq!(allowed.code, Some(0), "{}", allowed.shown());
}

/// A directory that was not mounted, a file that was half written: the wish for nothing.
#[test]
fn missing_or_empty_input_read_as_delete_all() {
    let exact = "robots: {ci: {}}\nmanage: {teams: exact, robots: exact}";
    let owned = SMALL.replace("robots: {ci: {}}", exact);
    let emulator = server::registry(PEOPLE);
    let url = server::serve(emulator.clone());
    let settings = "manifests = [\"orgs/*.yaml\"]\n";
    let program =
        Program::new(&[("quayform.toml", settings), ("orgs/acme.yaml", owned.as_str())]).at(&url, "emulator-token");
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    emulator.with(|registry| registry.clear_log());
    let refused = |why: &str| {
        let run = program.run(&["apply", "--auto-approve"]);
        assert_eq!(run.code, Some(1), "{why}: {}", run.shown());
        assert!(emulator.with(|registry| registry.write_log().is_empty()), "{why}");
    };
    for (why, text) in [
        ("empty", ""),
        ("blank", "\n\n"),
        ("comments", "# nothing\n"),
        ("no documents", "---\n---\n"),
        ("null", "null\n"),
        ("cut off", &owned[..owned.len() / 2]),
        (
            "cut off in a list",
            "kind: Organization\nname: acme\nteams: {developers: {members: [carol",
        ),
    ] {
        program.write("orgs/acme.yaml", text);
        refused(why);
    }
    std::fs::remove_file(program.path("orgs/acme.yaml")).unwrap();
    refused("no file");
    std::fs::remove_dir(program.path("orgs")).unwrap();
    refused("no directory");
    std::fs::create_dir_all(program.path("orgs/acme.yaml")).unwrap();
    refused("a directory in place of the file");
}

/// A list that was forbidden, or not found, was taken for an empty one.
#[test]
fn a_403_on_a_list_read_as_empty() {
    let lab = company::lab();
    lab.converge(ACME);
    let planned = lab.plan(ACME);
    let targets: Vec<String> = planned
        .asked
        .iter()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    let lists: Vec<&String> = targets
        .iter()
        .filter(|target| target.contains("/acme/") || target.contains('='))
        .collect();
    assert!(lists.len() > 5, "{lists:?}");
    for list in lists {
        for status in [401, 403, 404, 500] {
            let refused = list.clone();
            let server = Meddler::new(&lab.emulator).before(move |request| {
                let body = json!({ "detail": "Unauthorized", "error_message": "Unauthorized" });
                (request.target == refused).then(|| answer(status, &body))
            });
            let planned = lab.plan_through(ACME, Arc::new(server)).unwrap();
            // A robot's grants can also be read from its repositories.
            let is_read_otherwise = list.contains("/robots/") && planned.plan.gaps.is_empty();
            assert!(is_read_otherwise || !planned.plan.gaps.is_empty(), "{list} {status}");
            assert_eq!(written_by(&planned), Vec::<String>::new(), "{list} {status}");
        }
    }
}

/// The changes that an apply would carry out.
fn written_by(planned: &Planned) -> Vec<String> {
    let changes = planned.plan.changes.iter();
    let writes = changes
        .filter(|change| change.action.writes() && !planned.plan.unreadable.contains(change.address.namespace()));
    writes.map(|change| change.address.to_string()).collect()
}

/// A value that the server fills in or spells otherwise is a difference in every plan, for ever.
#[test]
fn perpetual_differences_from_server_defaults() {
    for kind in kinds::ALL {
        let entry = catalog::entry(kind.name()).unwrap();
        contract::lab(*kind).converge(entry.example);
    }
    for (kind, least, _) in DEPARTURES {
        company::lab().converge(&twice(kind, least));
    }
}

/// Two programs, or one and the server, set the same value in turn, and each says every time that all is well.
#[test]
fn the_server_keeps_changing_it_back() {
    let url = server::meddled(server::registry(PEOPLE), |emulator, method, path| {
        let team = "/organization/acme/team/developers";
        if method == "PUT" && path.ends_with(team) {
            emulator.with(|registry| registry.set_clock(registry.clock() + 1));
            crate::meddler::by(emulator, "emulator-token", "PUT", team, &json!({ "role": "member" }));
        }
    });
    let text = "kind: Organization\nname: acme\nteams: {developers: {role: creator}}\n";
    let program = Program::new(&[("acme.yaml", text)]).at(&url, "emulator-token");
    program.run(&["apply", "--auto-approve"]);
    for _ in 0..2 {
        let run = program.run(&["apply", "--auto-approve"]);
        assert_eq!(run.code, Some(6), "{}", run.shown());
        assert!(run.stdout.contains("role is member, not creator"), "{}", run.shown());
        assert!(
            run.stdout.contains("kept the old value, or somebody put it back"),
            "{}",
            run.shown()
        );
    }
}

/// After an error in the middle the summary said that nothing had changed.
#[test]
fn reporting_nothing_done_after_partial_failure() {
    let emulator = server::registry(PEOPLE);
    let url = server::refusing(emulator.clone(), "/api/v1/repository");
    let program = Program::new(&[("acme.yaml", SMALL)]).at(&url, "emulator-token");
    let run = program.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(run.code, Some(5), "{}", run.shown());
    let document = run.json();
    let outcomes = document["outcomes"].as_array().unwrap();
    let done: BTreeSet<&str> = outcomes
        .iter()
        .filter(|outcome| outcome["state"] == "done")
        .map(|outcome| outcome["address"].as_str().unwrap())
        .collect();
    assert!(
        done.contains("team[acme/developers]") && done.contains("robot[acme+ci]"),
        "{}",
        run.shown()
    );
    assert_eq!(document["summary"]["done"], done.len());
    let words: BTreeSet<&str> = outcomes
        .iter()
        .map(|outcome| outcome["state"].as_str().unwrap())
        .collect();
    assert_eq!(words, BTreeSet::from(["done", "failed", "skipped"]), "{}", run.shown());
    assert!(emulator.with(|registry| !registry.write_log().is_empty()));
    let again = program.run(&["apply", "--auto-approve"]);
    assert!(
        again.stdout.contains("\nApply: 1 failed, 2 skipped."),
        "{}",
        again.shown()
    );
}

/// A pipeline could not tell "there is something to do" from "it did not work".
#[test]
fn one_exit_code_for_changes_and_error() {
    let url = server::serve(server::registry(PEOPLE));
    let program = Program::new(&[("acme.yaml", SMALL)]).at(&url, "emulator-token");
    let code = |program: &Program| program.run(&["plan", "--detailed-exitcode"]).code;
    assert_eq!(code(&program), Some(2), "changes");
    assert_eq!(program.run(&["apply", "--auto-approve"]).code, Some(0));
    assert_eq!(code(&program), Some(0), "none");
    program.write("acme.yaml", "kind: Organisation\n");
    assert_eq!(code(&program), Some(1), "a mistake");
    program.write("acme.yaml", SMALL);
    assert_eq!(
        code(&program.at(&url, "wrong")),
        Some(1),
        "a registry that cannot be read"
    );
}

/// Minutes without a sign of life.
#[test]
fn silence_while_it_works() {
    for command in [vec!["plan"], vec!["apply", "--auto-approve"]] {
        let url = server::silent();
        let program = Program::new(&[("acme.yaml", SMALL)]).at(&url, "emulator-token");
        let mut child = program
            .command(&command)
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        child.kill().unwrap();
        let mut results = String::new();
        child.stdout.take().unwrap().read_to_string(&mut results).unwrap();
        child.wait().unwrap();
        assert_eq!(said, format!("Reading {url}.\n"));
        assert_eq!(results, "");
    }
}

/// The first run failed, or nothing could be previewed, where a parent was still to be made.
#[test]
fn a_dependent_on_a_parent_not_there_yet() {
    let planned = company::lab().converge(ACME);
    assert!(
        planned
            .plan
            .changes
            .iter()
            .all(|change| change.action == Action::Create || change.origin.is_some())
    );
    let below = |line: &&String| line.contains("/organization/acme/") || line.contains("/repository/acme");
    let asked: Vec<&String> = planned.asked.iter().filter(below).collect();
    assert_eq!(asked, Vec::<&String>::new(), "nothing is asked below what is not there");
}

/// One member who was not there, or had not accepted, ended the whole run.
#[test]
fn one_bad_member_stops_everything() {
    let lab = Lab::new();
    let text = SMALL.replace("[carol]", "[carol, nobody]");
    let planned = lab.plan(&text);
    assert!(
        planned
            .lines()
            .contains(&"blocked member[acme/developers/nobody]".to_owned()),
        "{:?}",
        planned.lines()
    );
    let applied = lab.carry_out(&planned);
    assert!(
        applied.outcomes.iter().all(|outcome| outcome.state == State::Done),
        "{:?}",
        applied.outcomes
    );
    assert!(applied.verified.unwrap().converged());
    assert_eq!(lab.plan(&text).lines(), ["blocked member[acme/developers/nobody]"]);

    // The same where only the server knows that it is impossible.
    let lab = Lab::new();
    let planned = lab.plan(SMALL);
    let server = Meddler::new(&lab.emulator).before(|request| {
        let is_carol = request.method != Method::Get && request.target.ends_with("/members/carol");
        is_carol.then(|| answer(400, &json!({ "message": "no such user" })))
    });
    let applied = lab.carry_out_through(&planned, Arc::new(server));
    let open: Vec<String> = applied
        .outcomes
        .iter()
        .filter(|outcome| outcome.state != State::Done)
        .map(|outcome| outcome.address.to_string())
        .collect();
    assert_eq!(open, ["member[acme/developers/carol]"]);
}
