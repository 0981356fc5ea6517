//! A grown organization in which one manifest speaks of one team.

use serde_json::json;

use crate::lab::Lab;

/// 40 repositories, a look-alike organization, a foreign robot in a team, duplicates, a dormant mirror, a repository
/// made by push, a pending invitation and teams that nobody declares.
fn seed() -> String {
    let mut repositories: Vec<_> = (0..38)
        .map(|number| json!({"name": format!("repo{number}"), "permissions": {"users": {"dave": "read", "a_b+ci": "write"}}}))
        .collect();
    repositories.push(json!({"name": "pushed", "pushed": true}));
    repositories.push(json!({"name": "asleep", "mirror": {
        "external_reference": "docker.io/library/nginx", "robot": "a_b+ci", "tags": ["latest"], "dormant": true
    }}));
    let notification = json!({"title": "pushes", "event": "repo_push", "method": "webhook", "config": {"url": "https://hooks.example/x"}});
    repositories[0]["notifications"] = json!([notification, notification]);
    let people = ["alice", "bob", "carol", "dave"];
    let users: Vec<_> = people
        .iter()
        .map(|name| json!({"name": name, "email": format!("{name}@example.com")}))
        .collect();
    let prototype = json!({"role": "read", "team": "developers"});
    json!({
        "users": users,
        "organizations": [
            {
                "name": "a_b",
                "teams": {
                    "owners": {"role": "admin", "members": ["quayadmin", "alice"]},
                    "developers": {"role": "creator", "members": ["bob", "axb+spy"], "invited": ["carol"]},
                    "others": {"role": "member", "members": ["dave", "a_b+ci"]},
                },
                "robots": [{"name": "ci"}, {"name": "extra"}],
                "default_permissions": [prototype, prototype],
                "repositories": repositories,
            },
            {"name": "axb", "robots": [{"name": "spy"}, {"name": "other"}]},
        ],
    })
    .to_string()
}

#[test]
fn only_the_declared_team_is_planned_and_everything_else_stays_untouched() {
    let lab = Lab::seeded(&seed());
    let before = lab.emulator.with(|registry| registry.to_json());
    lab.emulator.with(|registry| registry.clear_log());
    let text = "kind: Organization\nname: a_b\nteams: {support: {description: Answers the phone, members: [dave]}}\n";
    let planned = lab.converge(text);
    assert_eq!(
        planned.lines(),
        ["create team[a_b/support]", "create member[a_b/support/dave]"]
    );
    assert_eq!(
        lab.writes(),
        [
            "PUT /api/v1/organization/a_b/team/support",
            "PUT /api/v1/organization/a_b/team/support/members/dave",
        ]
    );
    let after = lab.emulator.with(|registry| registry.to_json());
    assert_eq!(before["store"]["repositories"], after["store"]["repositories"]);
    assert_eq!(before["store"]["robots"], after["store"]["robots"]);
}

#[test]
fn a_foreign_robot_and_an_invitation_are_seen_and_removed_when_the_list_is_exact() {
    let lab = Lab::seeded(&seed());
    let text = "kind: Organization\nname: a_b\nteams: {developers: {members: [bob]}}\n";
    assert_eq!(
        lab.converge(text).lines(),
        [
            "delete member[a_b/developers/axb+spy]",
            "delete member[a_b/developers/carol]"
        ]
    );
}

#[test]
fn with_invitations_on_pending_ones_count_as_members() {
    let lab = Lab::seeded(&seed());
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    let text = "kind: Organization\nname: a_b\nteams: {developers: {members: [bob, carol, axb+spy]}}\n";
    assert!(
        lab.plan(text).plan.is_empty(),
        "carol is invited already: {:?}",
        lab.plan(text).lines()
    );
    let without = "kind: Organization\nname: a_b\nteams: {developers: {members: [bob, axb+spy]}}\n";
    assert_eq!(lab.converge(without).lines(), ["delete member[a_b/developers/carol]"]);
}

#[test]
fn deleting_an_organization_names_the_robots_of_its_look_alikes() {
    let lab = Lab::seeded(&seed()).allow(&["organization[a_b]"]);
    let text = "kind: Organization\nname: a_b\nabsent: true\n";
    let plan = lab.plan(text).plan;
    let named: Vec<String> = plan.refusals[0].addresses.iter().map(ToString::to_string).collect();
    assert_eq!(named, ["robot[axb+other]", "robot[axb+spy]"]);
    let lab = lab.allow(&["robot", "robot[axb+*]"]);
    assert_eq!(
        lab.plan(text).plan.refusals[0].addresses.len(),
        2,
        "nobody thinks of them"
    );
    lab.allow(&["robot[axb+other]", "robot[axb+spy]"]).converge(text);
}

#[test]
fn a_repository_made_by_push_has_an_empty_description() {
    let lab = Lab::seeded(&seed());
    let text = "kind: Repository\nname: a_b/pushed\ndescription: ''\nvisibility: private\n";
    assert!(lab.plan(text).plan.is_empty(), "{:?}", lab.plan(text).details());
}

#[test]
fn a_dormant_mirror_is_used_again() {
    let lab = Lab::seeded(&seed());
    let text = "kind: Repository\nname: a_b/asleep\nmirror: {external_reference: docker.io/library/redis, tags: [latest], sync_interval: 1h, robot: ci}\n\
                ---\nkind: Organization\nname: a_b\nexternal: true\n";
    let text = format!("{text}---\n").replace("external: true\n---\n", "robots: {ci: {external: true}}\n");
    assert_eq!(lab.converge(&text).lines(), ["create mirror[a_b/asleep]"]);
}
