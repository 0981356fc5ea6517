//! What reading costs, in requests.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use quayform::emulator::Emulator;
use quayform::http::{Method, Request, Sending, Transport};

use crate::lab::Lab;

/// 50 repositories: 5 teams with 2 members each, 5 robots, 2 team grants and 1 robot grant per repository, 2 default
/// permissions, a quota with 2 limits, 1 mirror, 10 notifications; grants of people are not managed.
pub(super) fn fifty() -> String {
    let mut text = String::from(
        "kind: Organization\nname: acme\nquota: {limit: 10 GiB, limits: [{type: warning, at: 80%}, {type: reject, at: 100%}]}\n\
         teams:\n  owners: {role: admin, members: [quayadmin, alice]}\n",
    );
    for team in 1..5 {
        writeln!(text, "  team{team}: {{members: [bob, carol]}}").unwrap();
    }
    text.push_str("robots: {r1: {}, r2: {}, r3: {}, r4: {}, r5: {}}\n");
    text.push_str("default_permissions: [{role: read, team: team1}, {role: write, team: team2}]\n");
    for number in 0..50 {
        writeln!(
            text,
            "---\nkind: Repository\nname: acme/repo{number}\nvisibility: private"
        )
        .unwrap();
        let (first, second, robot) = (number % 4 + 1, (number + 1) % 4 + 1, number % 5 + 1);
        writeln!(
            text,
            "permissions: {{teams: {{team{first}: read, team{second}: write}}, robots: {{r{robot}: write}}}}"
        )
        .unwrap();
        if number < 10 {
            text.push_str(
                "notifications: [{title: pushes, event: repo_push, webhook: {url: 'https://hooks.example/x'}}]\n",
            );
        }
    }
    text = text.replacen(
        "name: acme/repo0\nvisibility: private",
        "name: acme/repo0\nvisibility: private\nmirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: r1}",
        1,
    );
    text
}

/// Applies, and demands that planning again takes no more requests, in few rounds.
fn costs_at_most(most: usize, lab: &Lab, text: &str) {
    lab.converge(text);
    let planned = lab.plan(text);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
    assert!(planned.requests <= most, "{}: {:#?}", planned.requests, planned.asked);
    assert!(planned.rounds <= 4, "{} rounds", planned.rounds);
}

#[test]
fn fifty_repositories_with_nothing_to_do_take_at_most_30_requests() {
    costs_at_most(30, &Lab::new(), &fifty());
}

/// Each carries the grant that its creator got.
#[test]
fn exact_grants_of_people_on_fifty_repositories_take_at_most_76_requests() {
    let text = fifty().replace("permissions: {", "permissions: {users: {quayadmin: admin}, ");
    assert_eq!(text.matches("users: {").count(), 50);
    costs_at_most(76, &Lab::new(), &text);
}

/// 10 teams and 20 robots with grants on 500 repositories; nothing is declared that only single requests tell.
#[test]
fn five_hundred_repositories_take_at_most_44_requests_in_4_rounds() {
    let mut text = String::from(
        "kind: Organization\nname: acme\nquota: {limit: 10 GiB}\ndefault_permissions: [{role: read, team: team1}]\n\
         teams:\n  owners: {role: admin, members: [quayadmin, alice]}\n",
    );
    (1..10).for_each(|team| writeln!(text, "  team{team}: {{members: [bob, carol]}}").unwrap());
    text.push_str("robots:\n");
    (0..20).for_each(|robot| writeln!(text, "  r{robot}: {{}}").unwrap());
    for number in 0..500 {
        let (team, robot) = (number % 9 + 1, number % 20);
        writeln!(
            text,
            "---\nkind: Repository\nname: acme/repo{number}\nvisibility: private"
        )
        .unwrap();
        writeln!(
            text,
            "permissions: {{teams: {{owners: admin, team{team}: write}}, robots: {{r{robot}: write}}}}"
        )
        .unwrap();
    }
    costs_at_most(44, &Lab::new(), &text);
}

/// One robot that may do everything, and one repository that every robot may use: two requests tell all roles.
#[test]
fn the_cheaper_side_is_asked_grant_by_grant() {
    let mut text = String::from("kind: Organization\nname: acme\nrobots: {r0: {}, r1: {}, r2: {}, r3: {}, r4: {}}\n");
    for number in 0..5 {
        let robots = if number == 0 {
            "r0: read, r1: read, r2: read, r3: read, r4: read"
        } else {
            "r0: read"
        };
        writeln!(
            text,
            "---\nkind: Repository\nname: acme/repo{number}\nvisibility: private"
        )
        .unwrap();
        writeln!(text, "permissions: {{robots: {{{robots}}}}}").unwrap();
    }
    let lab = Lab::new();
    costs_at_most(8, &lab, &text);
    let asked = lab.plan(&text).asked;
    let about_roles = asked
        .iter()
        .filter(|question| question.contains("permissions") && question.contains("role"));
    assert_eq!(about_roles.count(), 2, "{asked:#?}");
}

#[test]
fn organizations_are_read_side_by_side() {
    let text: String = (0..5)
        .map(|number| fifty().replace("acme", &format!("acme{number}")) + "---\n")
        .collect();
    let text = text.trim_end_matches("---\n").to_owned();
    let lab = Lab::new();
    lab.converge(&text);
    let planned = lab.plan(&text);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
    assert!(
        planned.requests <= 2 + 5 * 28,
        "{}: {:#?}",
        planned.requests,
        planned.asked
    );
    assert!(planned.rounds <= 4, "{} rounds", planned.rounds);
}

/// One has pages of repositories, one is told repository by repository, one has next to nothing: together they take what
/// each takes alone, and the rounds of the slowest.
#[test]
fn organizations_of_different_sizes_take_the_rounds_of_the_slowest() {
    let mut long = String::from("kind: Organization\nname: zoo\n");
    (0..350)
        .for_each(|number| writeln!(long, "---\nkind: Repository\nname: zoo/r{number}\nvisibility: private").unwrap());
    let all = [fifty(), long, "kind: Organization\nname: tiny\n".to_owned()];
    let lab = Lab::new();
    all.iter().for_each(|text| drop(lab.converge(text)));
    let alone = all.each_ref().map(|text| lab.plan(text));
    let together = lab.plan(&all.join("---\n"));
    assert!(together.plan.is_empty(), "{:#?}", together.details());
    // Who asks and what the server can do is asked once.
    let shared = 2 * (all.len() - 1);
    let requests: usize = alone.iter().map(|planned| planned.requests).sum();
    assert_eq!(together.requests, requests - shared, "{:#?}", together.asked);
    assert_eq!(Some(together.rounds), alone.iter().map(|planned| planned.rounds).max());
    assert!(together.rounds <= 4, "{} rounds", together.rounds);
}

/// Planning, the looks before each write, and the proof: all of it reads.
#[test]
fn a_first_apply_of_fifty_repositories_reads_at_most_70_times() {
    let (lab, text) = (Lab::new(), fifty());
    let counting = Arc::new(Counting::new(lab.emulator.clone()));
    let planned = lab.plan_through(&text, counting.clone()).unwrap();
    let applied = lab.carry_out_through(&planned, counting.clone());
    assert!(applied.verified.unwrap().converged());
    let reads = counting.reads.lock().unwrap();
    assert!(reads.len() <= 70, "{}: {reads:#?}", reads.len());
}

/// Notes every GET.
struct Counting {
    inner: Emulator,
    reads: Mutex<Vec<String>>,
}

impl Counting {
    fn new(inner: Emulator) -> Self {
        Counting {
            inner,
            reads: Mutex::default(),
        }
    }
}

impl Transport for Counting {
    fn send(&self, request: Request) -> Sending<'_> {
        if request.method == Method::Get {
            self.reads.lock().unwrap().push(request.target.clone());
        }
        self.inner.send(request)
    }
}

#[test]
fn nothing_is_asked_twice_and_every_question_has_a_reason() {
    let lab = Lab::new();
    let text = fifty();
    lab.converge(&text);
    let mut asked = lab.plan(&text).asked;
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all);
    assert!(asked.iter().all(|question| !question.ends_with("()")), "{asked:#?}");
}
