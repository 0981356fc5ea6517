//! Access in between: what a plan may do while only a part of it is done.

use quayform::model::{Address, Change};
use quayform::plan::{predict, safety};
use serde_json::json;

use crate::lab::{Lab, Planned};

fn lab(organization: &serde_json::Value) -> Lab {
    let people = ["alice", "bob", "carol", "dave", "erin"].map(|name| json!({"name": name}));
    Lab::seeded(&json!({"users": people, "organizations": [organization]}).to_string()).allow(&["*"])
}

/// Converges, and proves that the checker would have seen it if the order were left to chance.
fn safe_by_its_order(lab: &Lab, text: &str) -> Planned {
    let objections = without_order(lab, text);
    assert!(!objections.is_empty(), "without its order the plan would be as safe");
    lab.converge(text)
}

/// What the checker says of the plan without any edge between roles.
fn without_order(lab: &Lab, text: &str) -> Vec<String> {
    let planned = lab.plan(text);
    let (_, after) = predict(&planned.desired, &planned.live, &lab.options);
    let mut changes = planned.plan.changes;
    changes.iter_mut().for_each(|change| change.after.clear());
    let safety = safety::check(&changes, &planned.live, &after);
    let interruptions = safety.interruptions.iter().map(|(address, people)| {
        let people: Vec<String> = people.iter().map(ToString::to_string).collect();
        format!("{} less on {address}", people.join(", "))
    });
    safety
        .breaches
        .iter()
        .map(|breach| breach.message.clone())
        .chain(interruptions)
        .collect()
}

fn comes_before(planned: &Planned, first: &str, later: &str) -> bool {
    let of = |name: &str| {
        let found = planned
            .plan
            .changes
            .iter()
            .find(|change| change.address.to_string() == name);
        found.unwrap_or_else(|| panic!("no {name} in {:#?}", planned.lines()))
    };
    fn reaches<'a>(changes: &'a [Change], from: &'a Change, to: &Address) -> bool {
        let mut before = from.after.iter();
        before.any(|first| {
            let change = changes.iter().find(|change| change.address == *first);
            first == to || change.is_some_and(|change| reaches(changes, change, to))
        })
    }
    reaches(&planned.plan.changes, of(later), &of(first).address)
}

fn codes(planned: &Planned) -> Vec<&'static str> {
    planned
        .plan
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn a_write_grant_moves_from_a_user_to_a_team() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member"}},
        "repositories": [{"name": "api", "permissions": {"users": {"bob": "write"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {developers: {members: [bob]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {developers: write}, users: {}}\n";
    assert_eq!(without_order(&lab, text), ["bob less on repository[acme/api]"]);
    let planned = lab.converge(text);
    let revoked = "permission[acme/api:user/bob]";
    assert!(comes_before(&planned, "member[acme/developers/bob]", revoked));
    assert!(comes_before(&planned, "permission[acme/api:team/developers]", revoked));
    assert!(codes(&planned).is_empty());
}

/// The checker did not know of teams that the plan makes: whoever went on to one seemed to have nothing afterwards, and
/// the plan was refused.
#[test]
fn who_moves_on_to_a_new_team_has_what_that_team_is_to_have() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"developers": "write"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {developers: {members: []}, maintainers: {members: [bob]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {developers: admin, maintainers: admin}}\n";
    let less = ["bob less on organization[acme]", "bob less on repository[acme/api]"];
    assert_eq!(without_order(&lab, text), less);
    let planned = lab.converge(text);
    let left = "member[acme/developers/bob]";
    assert!(comes_before(&planned, "member[acme/maintainers/bob]", left));
    assert!(comes_before(&planned, "permission[acme/api:team/maintainers]", left));
    assert!(codes(&planned).is_empty());
}

/// Nor did it see when nothing was left in between.
#[test]
fn who_moves_on_to_a_new_team_keeps_what_the_old_one_gave() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"developers": "read"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {developers: {members: []}, maintainers: {members: [bob]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {maintainers: write}}\n";
    let less = ["bob less on organization[acme]", "bob less on repository[acme/api]"];
    assert_eq!(without_order(&lab, text), less);
    let planned = lab.converge(text);
    assert!(comes_before(
        &planned,
        "permission[acme/api:team/maintainers]",
        "permission[acme/api:team/developers]"
    ));
    assert!(codes(&planned).is_empty());
}

#[test]
fn who_joins_a_team_does_not_get_what_the_team_is_losing() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"developers": "admin"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {developers: {members: [bob, carol]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {developers: read}}\n";
    let expected = "carol would have admin on repository[acme/api], with nothing before the plan and read after it";
    assert_eq!(without_order(&lab, text), [expected]);
    let planned = lab.converge(text);
    assert!(comes_before(
        &planned,
        "permission[acme/api:team/developers]",
        "member[acme/developers/carol]"
    ));
}

#[test]
fn who_leaves_a_team_does_not_get_what_the_team_is_to_have() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob", "carol"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"developers": "read"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {developers: {members: [bob]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {developers: admin}}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "member[acme/developers/carol]",
        "permission[acme/api:team/developers]"
    ));
}

#[test]
fn an_admin_team_is_replaced_by_another() {
    let lab = lab(&json!({
        "name": "acme",
        "teams": {"platform": {"role": "admin", "members": ["alice", "bob"]}, "owners": {"role": "admin"}},
        "repositories": [{"name": "api"}],
    }));
    let text = "kind: Organization\nname: acme\nmanage: {teams: exact}\nteams:\n  owners: {members: []}\n  \
        stewards: {role: admin, members: [alice, carol, quayadmin]}\n  platform: {role: member, members: [alice, bob]}\n";
    let locked_out = "alice would have member on organization[acme], with admin before the plan and admin after it";
    assert!(without_order(&lab, text).contains(&locked_out.to_owned()));
    let planned = lab.converge(text);
    assert!(comes_before(
        &planned,
        "member[acme/stewards/alice]",
        "team[acme/platform]"
    ));
}

#[test]
fn administrators_are_exchanged_within_their_team() {
    let lab = lab(&json!({"name": "acme", "teams": {
        "owners": {"role": "admin", "members": ["alice"]}, "support": {"role": "member", "members": ["quayadmin"]},
    }}));
    let text = "kind: Organization\nname: acme\nteams: {owners: {members: [bob]}}\n";
    assert_eq!(without_order(&lab, text), ["nobody would administer acme"]);
    assert!(comes_before(
        &lab.converge(text),
        "member[acme/owners/bob]",
        "member[acme/owners/alice]"
    ));
}

#[test]
fn a_team_that_becomes_an_admin_team_has_lost_first_who_is_to_leave_it() {
    let lab = lab(&json!({"name": "acme", "teams": {
        "owners": {"role": "admin", "members": ["alice"]}, "support": {"role": "member", "members": ["bob", "carol"]},
    }}));
    let text = "kind: Organization\nname: acme\nteams: {support: {role: admin, members: [bob]}}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "member[acme/support/carol]",
        "team[acme/support]"
    ));
}

#[test]
fn nobody_joins_an_admin_team_before_it_is_none_any_more() {
    let lab = lab(&json!({"name": "acme", "teams": {
        "owners": {"role": "admin", "members": ["alice"]}, "support": {"role": "admin", "members": ["bob"]},
    }, "repositories": [{"name": "api"}]}));
    let text = "kind: Organization\nname: acme\nteams: {support: {role: member, members: [bob, carol]}}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "team[acme/support]",
        "member[acme/support/carol]"
    ));
}

#[test]
fn a_public_repository_becomes_private_and_gets_grants() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob"]}},
        "repositories": [{"name": "api", "visibility": "public"}],
    }));
    let text = "kind: Repository\nname: acme/api\nvisibility: private\n\
        permissions: {teams: {developers: write}, users: {erin: read}}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "repository[acme/api]",
        "permission[acme/api:team/developers]"
    ));
    assert!(comes_before(
        &planned,
        "repository[acme/api]",
        "permission[acme/api:user/erin]"
    ));
    let told: Vec<&str> = planned
        .plan
        .diagnostics
        .iter()
        .filter(|told| told.code == "interrupted-access")
        .map(|told| told.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["for a moment, erin, team developers can do less on repository[acme/api] than before and after"]
    );
}

#[test]
fn a_private_repository_becomes_public_when_its_grants_have_gone() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"developers": "write"}, "users": {"erin": "write"}}}],
    }));
    let text = "kind: Repository\nname: acme/api\nvisibility: public\npermissions: {teams: {}, users: {erin: admin}}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "permission[acme/api:team/developers]",
        "repository[acme/api]"
    ));
    assert!(comes_before(
        &planned,
        "permission[acme/api:user/erin]",
        "repository[acme/api]"
    ));
}

#[test]
fn a_repository_is_born_after_those_who_leave_have_left() {
    let lab = lab(&json!({
        "name": "acme",
        "teams": {"owners": {"role": "admin", "members": ["alice", "bob"]}, "readers": {"role": "member", "members": ["carol"]}},
        "default_permissions": [{"role": "read", "team": "readers"}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {owners: {members: [alice]}, readers: {members: [dave]}}\n---\n\
        kind: Repository\nname: acme/api\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "member[acme/owners/bob]",
        "repository[acme/api]"
    ));
    assert!(comes_before(
        &planned,
        "member[acme/readers/carol]",
        "repository[acme/api]"
    ));
}

#[test]
fn what_a_birth_grants_too_much_is_taken_back_before_the_mirror_fills_it() {
    let lab = lab(&json!({
        "name": "acme", "robots": ["sync"], "teams": {"readers": {"role": "member", "members": ["carol"]}},
        "default_permissions": [{"role": "write", "team": "readers"}],
    }));
    let text = "kind: Repository\nname: acme/copy\npermissions: {teams: {}}\nmirror: {external_reference: docker.io/library/nginx, \
        tags: [latest], sync_interval: 1d, robot: sync}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "permission[acme/copy:team/readers]",
        "mirror[acme/copy]"
    ));
    let objections = without_order(&lab_with_mirror(), text);
    let filled =
        "team readers would have write on repository[acme/copy], with nothing before the plan and nothing after it";
    assert!(objections.contains(&filled.to_owned()), "{objections:#?}");
}

/// Of the grant that a birth gives, a part stays: who leaves the team is not to have even that.
#[test]
fn who_leaves_a_team_has_left_before_the_mirror_fills_what_the_team_may_still_read() {
    let lab = lab_with_mirror();
    let text = "kind: Organization\nname: acme\nteams: {readers: {members: []}}\n\
        robots: {sync: {external: true}}\n---\nkind: Repository\nname: acme/copy\n\
        permissions: {teams: {readers: read}}\nmirror: {external_reference: docker.io/library/nginx, tags: [latest], \
        sync_interval: 1d, robot: sync}\n";
    let planned = safe_by_its_order(&lab, text);
    assert!(comes_before(
        &planned,
        "member[acme/readers/carol]",
        "mirror[acme/copy]"
    ));
}

fn lab_with_mirror() -> Lab {
    lab(&json!({
        "name": "acme", "robots": ["sync"], "teams": {"readers": {"role": "member", "members": ["carol"]}},
        "default_permissions": [{"role": "write", "team": "readers"}],
    }))
}

#[test]
fn two_who_change_places_are_interrupted_rather_than_given_more() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"blue": {"role": "member", "members": ["bob"]}, "green": {"role": "member", "members": ["carol"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"blue": "write", "green": "read"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {blue: {members: [carol]}, green: {members: [bob]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {blue: read, green: write}}\n";
    let planned = lab.converge(text);
    assert_eq!(codes(&planned), ["interrupted-access"]);
    assert!(comes_before(
        &planned,
        "permission[acme/api:team/blue]",
        "member[acme/blue/carol]"
    ));
    assert!(comes_before(
        &planned,
        "member[acme/green/carol]",
        "permission[acme/api:team/green]"
    ));
}

/// The server lets nobody give up their last way in.
#[test]
fn whoever_makes_an_organization_stays_in_it() {
    let people = json!([{"name": "alice"}, {"name": "maker", "token": "of-the-maker"}]);
    let mut lab = Lab::seeded(&json!({"users": people}).to_string());
    lab.token = "of-the-maker".to_owned();
    lab.options.guards.operators = vec!["alice".to_owned()];
    lab.options.guards.min_admins = 1;
    let text = "kind: Organization\nname: acme\nteams: {owners: {members: [alice]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {users: {alice: read}}\n";
    let planned = lab.converge(text);
    let kept: Vec<&str> = planned
        .plan
        .diagnostics
        .iter()
        .filter(|told| told.code == "kept")
        .map(|told| told.message.as_str())
        .collect();
    assert!(
        matches!(kept[..], [one] if one.starts_with("member[acme/owners/maker] stays")),
        "{kept:#?}"
    );
}

#[test]
fn one_edge_left_out_is_enough_for_the_checker_to_object() {
    let lab = lab(&json!({
        "name": "acme", "teams": {"developers": {"role": "member", "members": ["bob"]}},
        "repositories": [{"name": "api", "permissions": {"teams": {"developers": "admin"}}}],
    }));
    let text = "kind: Organization\nname: acme\nteams: {developers: {members: [bob, carol]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {developers: read}}\n";
    let mut planned = lab.plan(text);
    let (_, after) = predict(&planned.desired, &planned.live, &lab.options);
    assert!(
        safety::check(&planned.plan.changes, &planned.live, &after)
            .breaches
            .is_empty()
    );
    let narrowed = planned
        .plan
        .changes
        .iter()
        .find(|change| change.address.kind == "permission")
        .unwrap()
        .address
        .clone();
    let joining = planned
        .plan
        .changes
        .iter_mut()
        .find(|change| change.address.kind == "member")
        .unwrap();
    joining.after.retain(|first| *first != narrowed);
    let breaches = safety::check(&planned.plan.changes, &planned.live, &after).breaches;
    assert_eq!(breaches.len(), 1, "{breaches:#?}");
    assert_eq!(breaches[0].done, [Address::new("member", "acme/developers/carol")]);
    assert_eq!(breaches[0].open, [narrowed]);
}

/// The organization acme with these teams, and a robot of it that is an owner of another one.
fn administering_elsewhere(teams: &str) -> Lab {
    let lab = Lab::new().allow(&["*"]);
    let elsewhere = "kind: Organization\nname: other\nteams: {owners: {members: [quayadmin, acme+ci]}}\n";
    lab.converge(&format!(
        "kind: Organization\nname: acme\nrobots: {{ci: {{}}}}\nteams: {teams}\n---\n{elsewhere}"
    ));
    lab
}

/// Lists of robots name their teams without the organization: that of the other one's owners is not this one's.
#[test]
fn a_robot_that_administers_elsewhere_joins_a_team_only_when_that_does_not_administer_any_more() {
    let lab = administering_elsewhere("{developers: {role: admin, members: [alice]}}");
    let text = "kind: Organization\nname: acme\nrobots: {ci: {}}\n\
        teams: {developers: {role: member, members: [acme+ci]}}\n";
    let planned = lab.converge(text);
    let (role, member) = ("team[acme/developers]", "member[acme/developers/acme+ci]");
    assert!(comes_before(&planned, role, member), "{:#?}", planned.lines());
}

/// The robot's list names owners, and means those of another organization: what it would keep by that is no reason to let
/// it lose the rest for a while.
#[test]
fn a_robot_that_administers_elsewhere_keeps_administering_here_all_the_time() {
    let lab = administering_elsewhere("{developers: {role: admin, members: [acme+ci]}, operators: {role: admin}}");
    let text = "kind: Organization\nname: acme\nrobots: {ci: {}}\n\
        teams: {owners: {manage: {members: declared}}, developers: {role: member}, operators: {members: [acme+ci]}}\n";
    let planned = lab.converge(text);
    let (member, role) = ("member[acme/operators/acme+ci]", "team[acme/developers]");
    assert!(comes_before(&planned, member, role), "{:#?}", planned.lines());
}

/// Nobody reads the members of a team that no manifest lists; the robot's own list tells that it is in it.
#[test]
fn a_robot_that_goes_has_gone_before_a_team_that_no_manifest_lists_may_do_more() {
    let lab = lab(&json!({"name": "acme", "teams": {
        "owners": {"role": "admin", "members": ["alice"]}, "support": {"role": "member", "members": ["acme+cd"]},
    }, "robots": ["cd", "ci"], "repositories": [{"name": "api"}]}));
    let text = "kind: Organization\nname: acme\nrobots: {ci: {}}\nmanage: {robots: exact}\n\
        teams: {support: {role: admin, manage: {members: declared}}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {support: write}}\n";
    let planned = lab.converge(text);
    let (robot, team) = ("robot[acme+cd]", "team[acme/support]");
    assert!(comes_before(&planned, robot, team), "{:#?}", planned.lines());
    let grant = "permission[acme/api:team/support]";
    assert!(comes_before(&planned, robot, grant), "{:#?}", planned.lines());
}

/// The mirror of a new repository has nothing to do with a robot that goes.
#[test]
fn a_robot_that_goes_has_gone_before_a_repository_is_born_that_its_team_may_read() {
    let lab = lab(&json!({"name": "acme", "teams": {
        "owners": {"role": "admin", "members": ["alice"]}, "support": {"role": "member", "members": ["acme+cd"]},
    }, "robots": ["cd", "ci"]}));
    let text = "kind: Organization\nname: acme\nrobots: {ci: {}}\nmanage: {robots: exact}\n\
        teams: {support: {members: [bob]}}\ndefault_permissions: [{role: read, team: support}]\n";
    lab.converge(
        &text
            .replace("{ci: {}}", "{ci: {}, cd: {}}")
            .replace("[bob]", "[bob, acme+cd]"),
    );
    let born = "---\nkind: Repository\nname: acme/api\n\
        mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: ci}\n";
    let planned = lab.converge(&format!("{text}{born}"));
    let (robot, repository) = ("robot[acme+cd]", "repository[acme/api]");
    assert!(comes_before(&planned, robot, repository), "{:#?}", planned.lines());
}

/// Its list names a team that administers this organization, and means one of that name elsewhere: that is no measure of what
/// it may do.
#[test]
fn a_robot_that_seems_to_administer_goes_before_its_team_may_do_more_all_the_same() {
    let lab = Lab::new().allow(&["*"]);
    let elsewhere = "kind: Organization\nname: other\nteams: {support: {members: [acme+cd]}}\n";
    lab.converge(&format!(
        "kind: Organization\nname: acme\nrobots: {{cd: {{}}}}\n\
        teams: {{support: {{role: admin}}, developers: {{members: [acme+cd]}}}}\n---\n\
        kind: Repository\nname: acme/api\n---\n{elsewhere}"
    ));
    let text = "kind: Organization\nname: acme\nrobots: {cd: {absent: true}}\n\
        teams: {developers: {members: [alice]}}\n---\n\
        kind: Repository\nname: acme/api\npermissions: {teams: {developers: write}}\n";
    let planned = lab.converge(text);
    let (robot, grant) = ("robot[acme+cd]", "permission[acme/api:team/developers]");
    assert!(comes_before(&planned, robot, grant), "{:#?}", planned.lines());
}

/// By a team that no manifest lists, as far as its own list tells: which names owners too, and means those of elsewhere.
#[test]
fn a_robot_that_administers_does_so_by_the_new_team_before_the_old_one_ceases_to() {
    let lab = Lab::new().allow(&["*"]);
    lab.converge("kind: Organization\nname: acme\nrobots: {ci: {}}\n");
    lab.converge("kind: Organization\nname: other\nteams: {owners: {members: [quayadmin, acme+ci]}}\n");
    lab.converge(
        "kind: Organization\nname: acme\nrobots: {ci: {}}\n\
        teams: {ops: {role: admin, members: [acme+ci]}, developers: {members: [alice]}}\n",
    );
    let text = "kind: Organization\nname: acme\nrobots: {ci: {}}\nteams: {ops: {role: member}, \
        developers: {role: admin, members: [alice, acme+ci]}}\n";
    let planned = lab.converge(text);
    for opens in ["team[acme/developers]", "member[acme/developers/acme+ci]"] {
        assert!(
            comes_before(&planned, opens, "team[acme/ops]"),
            "{:#?}",
            planned.lines()
        );
    }
}

/// A robot of another organization: nothing that is read tells in which team it is, and the new owner may well be in that.
#[test]
fn who_comes_to_administer_does_so_before_a_team_that_nobody_lists_ceases_to() {
    let other = "---\nkind: Organization\nname: other\nrobots: {ci: {}}\n";
    for ops in ["{role: member}", "{absent: true}"] {
        let lab = Lab::new().allow(&["*"]);
        lab.converge(&format!(
            "kind: Organization\nname: acme\nteams: {{ops: {{role: admin, members: [other+ci]}}}}\n{other}"
        ));
        let planned = lab.converge(&format!(
            "kind: Organization\nname: acme\nteams: {{ops: {ops}, owners: {{members: [quayadmin, other+ci]}}}}\n{other}"
        ));
        let opens = "member[acme/owners/other+ci]";
        assert!(
            comes_before(&planned, opens, "team[acme/ops]"),
            "{:#?}",
            planned.lines()
        );
    }
}
