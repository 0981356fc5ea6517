//! What reading takes is said before it is paid, limited, and explained.

use std::fmt::Write;

use quayform::emulator::Emulator;

use super::program::Program;
use super::server;

/// 40 repositories with notifications, which no list shows: 2 requests for the preflight, 1 for the organization, 2 for
/// the lists, and 40.
fn manifest() -> String {
    let mut text = String::from("kind: Organization\nname: acme\nrobots: {ci: {}}\n");
    for number in 0..40 {
        writeln!(
            text,
            "---\nkind: Repository\nname: acme/repo{number}\nvisibility: private"
        )
        .unwrap();
        text.push_str(
            "notifications: [{title: pushes, event: repo_push, webhook: {url: 'https://hooks.example/x'}}]\n",
        );
    }
    text
}

const ALL: u64 = 45;

fn applied() -> (Emulator, Program) {
    let emulator = server::registry("{}");
    let program = Program::new(&[("acme.yaml", &manifest())]).at(&server::serve(emulator.clone()), "emulator-token");
    let run = program.run(&["apply", "--auto-approve"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    (emulator, program)
}

#[test]
fn the_price_is_estimated_to_the_request() {
    let (_, program) = applied();
    let requests = program.run(&["plan", "--format", "json"]).json()["requests"].clone();
    assert_eq!(requests["read"], ALL, "{requests:#}");
    assert_eq!(requests["estimated_read"], ALL, "{requests:#}");
    assert!(requests["estimated_seconds"].is_number(), "{requests:#}");
    let shown = program.command(&["plan"]).output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&shown.stdout),
        String::from_utf8_lossy(&shown.stderr),
    );
    assert!(
        stderr.contains(&format!("\nReading takes {ALL} requests, some ")),
        "{stderr}"
    );
    let last = stdout.lines().last().unwrap();
    assert!(last.contains(&format!("Read {ALL} requests in ")), "{last}");
    assert!(last.contains(&format!("Estimated: {ALL} in ")), "{last}");
}

#[test]
fn more_than_is_allowed_is_not_sent() {
    let (emulator, program) = applied();
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let sent = requests_during(&emulator, || {
            let run = program.run(&[command, &["--max-requests", "44"]].concat());
            assert_eq!(run.code, Some(3), "{}", run.shown());
            for said in [
                "error: planning takes at least 45 requests (some ",
                ", and --max-requests allows 44\n",
                "cause: 40 for the notifications of a repository; ",
                "certain: 5 requests were sent, all of them to read; nothing was changed\n",
                "--max-requests 45\n",
            ] {
                assert!(run.stderr.contains(said), "{said}: {}", run.shown());
            }
        });
        assert_eq!(sent, 5);
    }
    let run = program.run(&["plan", "--max-requests", "45"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let run = program.run(&["plan", "--max-requests", "44", "--format", "json"]);
    assert_eq!(run.json()["error"]["exit_code"], 3, "{}", run.shown());
}

#[test]
fn the_very_first_requests_count_too() {
    let emulator = server::registry("{}");
    let program = Program::new(&[("acme.yaml", &manifest())]).at(&server::serve(emulator.clone()), "emulator-token");
    let sent = requests_during(&emulator, || {
        let run = program.run(&["plan", "--max-requests", "2"]);
        assert_eq!(run.code, Some(3), "{}", run.shown());
    });
    assert_eq!(sent, 0);
}

#[test]
fn every_request_is_explained() {
    let (emulator, program) = applied();
    let mut run = None;
    let sent = requests_during(&emulator, || run = Some(program.run(&["plan", "--explain-reads"])));
    let run = run.unwrap();
    let lines = run.stdout.lines().filter(|line| line.starts_with("  GET "));
    assert_eq!(lines.count(), sent, "{}", run.shown());
    assert!(
        run.stdout
            .starts_with("40 requests for the notifications of a repository\n"),
        "{}",
        run.shown()
    );
    let one = "  GET /api/v1/repository/acme/repo0/notification/  for notification[acme/repo0:*]\n";
    assert!(run.stdout.contains(one), "{}", run.shown());
    let document = program.run(&["plan", "--explain-reads", "--format", "json"]).json();
    let groups = document["reads"].as_array().unwrap();
    let total: u64 = groups.iter().map(|group| group["requests"].as_u64().unwrap()).sum();
    assert_eq!(total, ALL, "{document:#}");
    assert_eq!(groups[0]["each"].as_array().unwrap().len(), 40);
    assert!(program.run(&["plan", "--format", "json"]).json().get("reads").is_none());
}

/// How many requests arrive at the registry meanwhile.
fn requests_during(emulator: &Emulator, action: impl FnOnce()) -> usize {
    emulator.with(|registry| registry.clear_log());
    action();
    emulator.with(|registry| registry.request_log().len())
}
