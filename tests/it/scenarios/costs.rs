//! What reading costs, in requests.

use std::fmt::Write;

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

#[test]
fn fifty_repositories_with_nothing_to_do_take_at_most_forty_requests() {
    let lab = Lab::new();
    let text = fifty();
    lab.converge(&text);
    let planned = lab.plan(&text);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
    assert!(
        planned.requests <= 40,
        "{} requests: {:#?}",
        planned.requests,
        planned.asked
    );
    assert!(planned.rounds <= 4, "{} rounds", planned.rounds);
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
