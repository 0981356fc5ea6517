//! Other names: the registry renames neither teams nor repositories, and nothing is made anew behind somebody's back.

use crate::lab::Lab;

const BEFORE: &str = "
kind: Organization
name: acme
teams: {devs: {role: member}}
---
{kind: Repository, name: acme/api}
";

const AFTER: &str = "
kind: Organization
name: acme
teams: {developers: {previously: devs, members: [alice]}}
manage: {teams: exact, repositories: exact}
---
{kind: Repository, name: acme/core, previously: acme/api}
";

#[test]
fn what_is_there_under_its_old_name_is_neither_made_anew_nor_deleted() {
    let lab = Lab::new();
    lab.converge(BEFORE);
    let planned = lab.plan(AFTER);
    assert_eq!(
        planned.lines(),
        [
            "blocked team[acme/developers]",
            "blocked member[acme/developers/alice]",
            "blocked repository[acme/core]"
        ]
    );
    let reason = planned.plan.changes[0].reason.clone().unwrap_or_default();
    assert!(
        reason.starts_with("it is team[acme/devs], which the registry cannot give another name: keep the old name;"),
        "{reason}"
    );
    let kept = planned
        .plan
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "kept");
    assert_eq!(kept.count(), 2);
}

#[test]
fn where_there_is_nothing_of_that_name_another_one_is_made() {
    Lab::new().converge(AFTER);
}
