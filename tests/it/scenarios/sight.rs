//! Nothing is believed that was not seen whole.

use quayform::emulator::{Fault, Faults, Requests, Rule};
use quayform::model::{Action, State};
use quayform::quay::preflight::PreflightError;

use crate::lab::Lab;

use super::company::{ACME, lab};

#[test]
fn a_wrong_or_expired_token_plans_nothing() {
    let mut lab = lab();
    lab.converge(ACME);
    lab.token = "wrong".to_owned();
    assert_eq!(lab.try_plan(ACME).err(), Some(PreflightError::DeadToken));
    lab.token = "emulator-token".to_owned();
    lab.emulator.with(|registry| registry.expire_token("emulator-token"));
    assert_eq!(lab.try_plan(ACME).err(), Some(PreflightError::DeadToken));
}

/// To a stranger the list of an organization's repositories is empty, and no error.
#[test]
fn a_token_that_dies_while_it_is_read_proves_no_absence() {
    let dies_at = |lab: &Lab, get: u64| {
        let rule = Rule::new(Requests::Get, Fault::ExpireToken {}).from(get).times(1);
        lab.emulator.set_faults(Faults::new(vec![rule]));
    };
    let there = "kind: Repository\nname: acme/api\n";
    let gone = "kind: Repository\nname: acme/api\nabsent: true\n";
    let lab = || {
        let lab = Lab::new().allow(&["*"]);
        lab.converge(&format!("kind: Organization\nname: acme\n---\n{there}"));
        lab
    };
    let reads = lab().plan(there).asked.len() as u64;
    for get in 1..=reads {
        let lab = lab();
        dies_at(&lab, get);
        let planned = lab.try_plan(there);
        let creates =
            planned.is_ok_and(|planned| planned.plan.changes.iter().any(|each| each.action == Action::Create));
        assert!(!creates, "the token died at request {get}");
    }
    for get in 1..=reads {
        let lab = lab();
        let planned = lab.plan(gone);
        dies_at(&lab, get);
        let applied = lab.carry_out(&planned);
        let claims = applied.outcomes.iter().any(|outcome| outcome.state == State::Done);
        let deletes = lab
            .writes()
            .iter()
            .any(|write| write == "DELETE /api/v1/repository/acme/api");
        assert_eq!(
            claims, deletes,
            "the token died at request {get}: {:#?}",
            applied.outcomes
        );
    }
}

#[test]
fn a_token_without_user_read_is_told_from_a_dead_one() {
    let mut lab = lab();
    lab.converge(ACME);
    lab.emulator
        .with(|registry| registry.add_token("quayadmin", "narrow", &["org:admin"]));
    lab.token = "narrow".to_owned();
    assert_eq!(lab.try_plan(ACME).err(), Some(PreflightError::LacksUserRead));
}

#[test]
fn a_plain_member_sees_gaps_and_no_changes() {
    let mut lab = lab();
    lab.converge(ACME);
    let scopes = ["org:admin", "repo:admin", "repo:create", "user:admin"];
    lab.emulator
        .with(|registry| registry.add_token("carol", "of-carol", &scopes));
    lab.token = "of-carol".to_owned();
    let plan = lab.plan(ACME).plan;
    assert!(plan.changes.is_empty(), "{:#?}", plan.changes);
    assert!(plan.unreadable.contains("acme"));
    assert!(
        plan.gaps[0].reason.contains("no administrator of acme"),
        "{}",
        plan.gaps[0].reason
    );
}

#[test]
fn a_global_read_only_account_sees_everything() {
    let mut lab = lab();
    lab.converge(ACME);
    lab.emulator.with(|registry| {
        registry.add_user("auditor", "auditor@example.com", false);
        registry.set_global_readonly("auditor", true);
        registry.add_token(
            "auditor",
            "of-auditor",
            &["org:admin", "repo:admin", "user:admin", "super:user"],
        );
    });
    lab.token = "of-auditor".to_owned();
    let planned = lab.plan(ACME);
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
}

#[test]
fn a_token_that_may_not_list_robots_permissions_reads_them_by_repository() {
    let mut lab = lab();
    lab.converge(ACME);
    let scopes = ["org:admin", "repo:admin", "repo:create", "user:read", "super:user"];
    lab.emulator
        .with(|registry| registry.add_token("quayadmin", "no-user-admin", &scopes));
    lab.token = "no-user-admin".to_owned();
    let planned = lab.plan(ACME);
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    assert!(planned.plan.is_empty(), "{:#?}", planned.details());
}

#[test]
fn a_feature_that_is_off_blocks_what_needs_it() {
    let lab = lab();
    lab.emulator.with(|registry| {
        registry.set_feature("QUOTA_MANAGEMENT", false);
        registry.set_feature("REPO_MIRROR", false);
    });
    let planned = lab.converge(ACME);
    let blocked: Vec<_> = planned
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("blocked"))
        .collect();
    assert_eq!(
        blocked,
        [
            "blocked quota[acme]",
            "blocked quota_limit[acme:warning/80]",
            "blocked quota_limit[acme:reject/100]",
            "blocked mirror[acme/mirrors/nginx]",
        ]
    );
}

#[test]
fn architectures_are_blocked_where_the_server_refuses_them() {
    let lab = lab();
    let mirror = "kind: Organization\nname: acme\nrobots: {mirror: {}}\n---\nkind: Repository\nname: acme/nginx\nmirror: \
                  {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: mirror}\n";
    lab.converge(mirror);
    let none = mirror.replace("robot: mirror}\n", "robot: mirror, architectures: []}\n");
    assert!(lab.plan(&none).lines().is_empty());
    let some = mirror.replace("robot: mirror}\n", "robot: mirror, architectures: [amd64]}\n");
    assert_eq!(lab.plan(&some).lines(), ["blocked mirror[acme/nginx]"]);
}

#[test]
fn one_hidden_organization_does_not_stop_the_others() {
    let mut lab = Lab::new();
    let scopes = ["org:admin", "repo:admin", "repo:create", "user:admin"];
    lab.emulator
        .with(|registry| registry.add_token("alice", "of-alice", &scopes));
    lab.converge("kind: Organization\nname: hidden\n");
    lab.token = "of-alice".to_owned();
    let text =
        "kind: Organization\nname: hidden\nteams: {devs: {}}\n---\nkind: Organization\nname: open\nteams: {devs: {}}\n";
    let planned = lab.plan(text);
    assert_eq!(planned.lines(), ["create organization[open]", "create team[open/devs]"]);
    assert_eq!(planned.plan.unreadable.iter().collect::<Vec<_>>(), ["hidden"]);
    let applied = lab.carry_out(&planned);
    assert!(
        applied
            .outcomes
            .iter()
            .all(|outcome| outcome.state == quayform::model::State::Done),
        "{applied:#?}"
    );
}
