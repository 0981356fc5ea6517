//! The program is killed at every write of an apply, before and after the registry commits it. One more apply, from the
//! same directory or from another machine, ends where an apply that nobody killed does.
#![cfg(unix)]

use std::io::Read;
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use quayform::emulator::{Emulator, Registry, SCOPES, When};
use serde_json::{Value as Json, json};

use super::program::Program;
use super::server;
use crate::end_state::{differences, end_state};

const SIGKILL: i32 = 9;

/// The token of the run that is killed. Afterwards it is dead: a request of that run that is still on its way when the
/// next run begins must not be taken for one of that run's.
const FIRST_TOKEN: &str = "first-run";
const NEXT_TOKEN: &str = "next-run";

/// How many cases are under way at once.
const AT_ONCE: usize = 2;

/// An apply that is to be killed everywhere.
struct Apply {
    /// The state of the registry before it.
    start: Json,
    /// The project, in a directory of its own each time.
    project: Box<dyn Fn() -> Program + Sync>,
    /// Whether what a killed run has started may end after the next one has planned: then that holds back what has
    /// come by itself, and one more finds it.
    goes_on: bool,
}

/// Where an apply is killed.
#[derive(Debug, Clone, Copy)]
struct Point {
    write: u64,
    when: When,
}

/// One registry over a port, set back for each case.
struct Bench {
    emulator: Emulator,
    url: String,
}

impl Bench {
    fn new() -> Self {
        let emulator = server::registry("{}");
        let url = server::serve(emulator.clone());
        Bench { emulator, url }
    }

    fn begin(&self, start: &Json) {
        let mut registry = Registry::from_json(start.clone()).unwrap();
        for token in [FIRST_TOKEN, NEXT_TOKEN] {
            registry.add_token("quayadmin", token, &SCOPES);
        }
        self.emulator.unwatch();
        self.emulator.with(|present| *present = registry);
    }

    fn project(&self, apply: &Apply) -> Program {
        (apply.project)()
            .with("QUAYFORM_URL", &self.url)
            .with("QUAYFORM_COCKTAIL_URL", &self.url)
            .with("QUAYFORM_COCKTAIL_TOKEN", NEXT_TOKEN)
    }

    /// Begins an apply and kills it at that write. Its connections end, and nothing it sent later is carried out.
    fn kill(&self, program: &Program, point: Point) {
        let child: Arc<Mutex<Option<Child>>> = Arc::default();
        let victim = Arc::clone(&child);
        let mut writes = 0;
        self.emulator.watch(move |write| {
            let is_of_this_run = write.request.token.as_deref() == Some(FIRST_TOKEN);
            writes += u64::from(is_of_this_run && write.when == When::BeforeCommit);
            if !is_of_this_run || (writes, write.when) != (point.write, point.when) {
                return ControlFlow::Continue(());
            }
            let mut victim = victim.lock().unwrap();
            let victim = victim.as_mut().unwrap();
            victim.kill().unwrap();
            victim.wait().unwrap();
            ControlFlow::Break(())
        });
        let mut stdout = {
            let mut child = child.lock().unwrap();
            let mut command = program.command(&["apply", "--auto-approve"]);
            command.env("QUAYFORM_TOKEN", FIRST_TOKEN);
            command.env("QUAYFORM_COCKTAIL_TOKEN", FIRST_TOKEN);
            let mut begun = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let stdout = begun.stdout.take().unwrap();
            *child = Some(begun);
            stdout
        };
        let mut said = String::new();
        stdout.read_to_string(&mut said).unwrap();
        self.emulator.with(|registry| registry.expire_token(FIRST_TOKEN));
        self.emulator.unwatch();
        let ended = child.lock().unwrap().as_mut().unwrap().wait().unwrap();
        assert_eq!(ended.signal(), Some(SIGKILL), "{point:?}: it ended by itself: {said}");
    }

    /// Applies to the end and proves that nothing is left to do; gives the registry's state.
    fn finish(&self, program: &Program, apply: &Apply) -> Result<Json, String> {
        if apply.goes_on {
            let run = program.run(&["apply", "--auto-approve"]);
            if run.code != Some(0) && run.code != Some(4) {
                return Err(run.shown());
            }
        }
        for arguments in [["apply", "--auto-approve"], ["plan", "--detailed-exitcode"]] {
            let run = program.run(&arguments);
            if run.code != Some(0) {
                return Err(run.shown());
            }
        }
        Ok(end_state(&self.emulator))
    }
}

/// Kills the apply at every write, before and after its commit, and gives how many writes it has.
fn killed_everywhere(apply: &Apply) -> u64 {
    let bench = Bench::new();
    bench.begin(&apply.start);
    let uninterrupted = bench.project(apply).with("QUAYFORM_TOKEN", NEXT_TOKEN);
    let expected = bench.finish(&uninterrupted, apply).unwrap();
    let writes = bench.emulator.with(|registry| registry.write_log().len()) as u64;
    let points: Vec<Point> = (1..=writes)
        .flat_map(|write| [When::BeforeCommit, When::AfterCommit].map(|when| Point { write, when }))
        .collect();
    let next = AtomicU64::new(0);
    let work = || {
        let bench = Bench::new();
        let mut problems = Vec::new();
        while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            let problem = killed_at(&bench, apply, *point, &expected).err();
            problems.extend(problem.map(|problem| format!("{point:?}: {problem}")));
        }
        problems
    };
    let problems: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    writes
}

/// Kills the apply there, and applies once more: from the same directory, from one that has forgotten everything, or
/// from another machine's.
fn killed_at(bench: &Bench, apply: &Apply, point: Point, expected: &Json) -> Result<(), String> {
    bench.begin(&apply.start);
    let first = bench.project(apply);
    bench.kill(&first, point);
    let next = match (point.write % 2, point.when) {
        (0, _) => first,
        (_, When::BeforeCommit) => {
            // The run may have been killed before it wrote anything there.
            let _ = std::fs::remove_dir_all(first.path(".quayform"));
            first
        }
        (_, When::AfterCommit) => bench.project(apply),
    };
    let state = bench.finish(&next.with("QUAYFORM_TOKEN", NEXT_TOKEN), apply)?;
    match differences(&state, expected) {
        differences if differences.is_empty() => Ok(()),
        differences => Err(differences.join("\n")),
    }
}

#[test]
fn a_project_that_begins_from_nothing() {
    let seed = std::fs::read_to_string(Program::example("acme").path("seed.json")).unwrap();
    let apply = Apply {
        start: server::registry(&seed).with(|registry| registry.to_json()),
        project: Box::new(|| {
            Program::example("acme")
                .with("SLACK_URL", "https://hooks.example/slack")
                .with("SECURITY_WEBHOOK_URL", "https://hooks.example/security")
                .with("HUB_PASSWORD", "not-a-password")
        }),
        goes_on: false,
    };
    let writes = killed_everywhere(&apply);
    assert!(writes > 60, "{writes}");
}

/// Something of every kind, to be changed.
const BEFORE: &str = r#"
kind: Organization
name: acme
email: platform@acme.example
tag_expiration: 1w
quota: {limit: 500 GiB, limits: [{type: warning, at: 80%}, {type: reject, at: 100%}]}
teams:
  owners: {role: admin, members: [quayadmin, alice, bob]}
  developers: {role: creator, description: Developers, members: [carol, acme+ci]}
  operations: {members: [dave]}
  former: {members: [erin]}
robots: {ci: {}, spare: {}, mirror: {}}
default_permissions:
  - {role: write, team: developers}
  - {role: read, robot: ci, created_by: carol}
---
kind: Repository
name: acme/api
visibility: private
description: The public API.
permissions: {teams: {developers: write, former: read}, robots: {ci: write}, users: {erin: read}}
notifications:
  - {title: pushes, event: repo_push, slack: {url: "https://hooks.example/old"}}
  - {event: vulnerability_found, level: high, webhook: {url: "https://hooks.example/quay"}}
  - {event: build_failure, quay_notification: {team: developers}}
---
kind: Repository
name: acme/web
visibility: public
permissions: {teams: {developers: admin}, users: {}}
---
kind: Repository
name: acme/old
permissions: {teams: {developers: admin}, users: {}}
---
kind: Repository
name: acme/nginx
permissions: {teams: {developers: read}, users: {}}
mirror:
  external_reference: docker.io/library/nginx
  tags: ["1.*"]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
"#;

/// Updates, replacements and deletions of it.
const AFTER: &str = r#"
kind: Organization
name: acme
email: registry@acme.example
tag_expiration: 2w
quota: {limit: 600 GiB, limits: [{type: warning, at: 90%}, {type: reject, at: 100%}]}
teams:
  owners: {role: admin, members: [quayadmin, alice, carol]}
  developers: {role: member, description: Application developers, members: [acme+ci, acme+deploy]}
  operations: {role: admin, members: [dave, erin]}
  former: {absent: true}
robots: {ci: {}, spare: {absent: true}, mirror: {}, deploy: {}}
default_permissions:
  - {role: read, team: developers}
  - {role: admin, team: operations}
---
kind: Repository
name: acme/api
manage: {notifications: additive}
visibility: public
description: Retired.
permissions: {teams: {developers: read, operations: admin}, robots: {deploy: read}, users: {bob: read}}
notifications:
  - {title: pushes, event: repo_push, slack: {url: "https://hooks.example/new"}}
  - {event: vulnerability_found, level: low, webhook: {url: "https://hooks.example/quay"}}
  - {title: expiry, event: repo_image_expiry, days: 7, webhook: {url: "https://hooks.example/quay"}}
---
kind: Repository
name: acme/web
visibility: private
permissions: {teams: {developers: write}, users: {}}
---
kind: Repository
name: acme/old
absent: true
---
kind: Repository
name: acme/new
permissions: {teams: {operations: admin}, users: {}}
notifications:
  - {title: pushes, event: repo_push, webhook: {url: "https://hooks.example/quay"}}
---
kind: Repository
name: acme/nginx
permissions: {teams: {developers: read}, users: {}}
mirror:
  external_reference: docker.io/library/nginx
  tags: ["1.*", latest]
  sync_interval: 12h
  robot: mirror
"#;

const ALLOWED: &str = "[guards]\nallow_destroy = [\"robot[acme+spare]\", \"repository[acme/old]\"]\n";

#[test]
fn a_project_that_changes() {
    let bench = Bench::new();
    let people = ["alice", "bob", "carol", "dave", "erin"];
    let people: Vec<Json> = people.iter().map(|name| json!({"name": name})).collect();
    let seed = json!({"users": people}).to_string();
    // People are invited, which must not happen twice either.
    bench.begin(&server::registry(&seed).with(|registry| {
        registry.set_feature("MAILING", true);
        registry.to_json()
    }));
    let before = Program::new(&[("acme.yaml", BEFORE)]).at(&bench.url, NEXT_TOKEN);
    let applied = before.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    let start = bench.emulator.with(|registry| registry.to_json());
    assert!(start.to_string().contains(r#""invitations":[{"#), "{start}");
    let apply = Apply {
        start,
        project: Box::new(|| Program::new(&[("acme.yaml", AFTER), ("quayform.toml", ALLOWED)])),
        goes_on: false,
    };
    let writes = killed_everywhere(&apply);
    assert!(writes > 30, "{writes}");
}

/// Tags that both builders make, with what comes after them.
const BUILT: &str = r#"
kind: Organization
name: acme
---
kind: Repository
name: acme/api
tags:
  quay: {build: {archive_url: "https://example.com/api.tar.gz"}, expiration: 2027-01-01T00:00:00Z}
  cocktail: {cocktail: {build_seq: 1}, expiration: 2027-01-01T00:00:00Z}
"#;

/// Both are there in the end, whether or not the killed run's builds went on.
#[test]
fn tags_that_are_built() {
    let seed = r#"{"cocktail": {"builds": [{"registry": "acme", "image": "api"}]}}"#;
    let apply = Apply {
        start: server::registry(seed).with(|registry| registry.to_json()),
        project: Box::new(|| Program::new(&[("acme.yaml", BUILT)])),
        goes_on: true,
    };
    let writes = killed_everywhere(&apply);
    assert!(writes >= 6, "{writes}");
}
