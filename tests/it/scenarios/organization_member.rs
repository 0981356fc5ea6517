//! People who leave an organization: out of all teams, and without any grant.

use quayform::manifest;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

/// Dave has everything that somebody can have, in an organization that bob and quayadmin administer.
fn lab() -> Lab {
    let seed = json!({
        "users": [{"name": "alice"}, {"name": "bob"}, {"name": "dave"}],
        "organizations": [{
            "name": "acme",
            "teams": {
                "owners": {"role": "admin", "members": ["quayadmin", "dave"]},
                "developers": {"role": "member", "members": ["dave", "bob"]}
            },
            "repositories": [
                {"name": "api", "permissions": {"users": {"dave": "admin", "bob": "read"}}},
                {"name": "web", "permissions": {"users": {"dave": "read"}}},
                {"name": "other"}
            ]
        }]
    });
    Lab::seeded(&seed.to_string())
}

fn leaves(rest: &str) -> String {
    format!("kind: Organization\nname: acme\nmembers: {{dave: {{absent: true}}}}\n{rest}")
}

#[test]
fn who_leaves_takes_all_memberships_and_grants_along() {
    let lab = lab();
    let planned = lab.converge(&leaves(""));
    assert_eq!(planned.lines(), ["delete organization_member[acme/dave]"]);
    let gone: Vec<String> = planned.plan.changes[0]
        .takes_along
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        gone,
        [
            "member[acme/developers/dave]",
            "member[acme/owners/dave]",
            "permission[acme/api:user/dave]",
            "permission[acme/web:user/dave]",
        ]
    );
    let writes = lab.writes();
    assert_eq!(writes.last().unwrap(), "DELETE /api/v1/organization/acme/members/dave");
    let lost = &planned.plan.access.lost;
    assert!(!lost.is_empty(), "the plan says what dave can no longer do");
    let people = lab.by_hand("GET", "/organization/acme/collaborators", Json::Null);
    assert_eq!(people["collaborators"], json!([]));
    // Who has gone is unchanged, and comes back only as a difference.
    lab.by_hand(
        "PUT",
        "/repository/acme/web/permissions/user/dave",
        json!({"role": "write"}),
    );
    assert_eq!(
        lab.converge(&leaves("")).lines(),
        ["delete organization_member[acme/dave]"]
    );
}

/// What exact lists would take away goes with the person, once.
#[test]
fn exact_lists_and_a_departure_are_one_request() {
    let lab = lab();
    let text = leaves(
        "teams: {developers: {members: [bob]}}\n---\nkind: Repository\nname: acme/api\npermissions: {users: {bob: read}}\n",
    );
    assert_eq!(lab.converge(&text).lines(), ["delete organization_member[acme/dave]"]);
}

#[test]
fn the_successor_comes_before_the_last_administrator_leaves() {
    let seed = json!({
        "users": [{"name": "alice"}, {"name": "dave", "token": "token-of-dave"}],
        "organizations": [{"name": "acme", "teams": {"owners": {"role": "admin", "members": ["dave"]}}}]
    });
    let lab = Lab::seeded(&seed.to_string());
    let text = leaves("teams: {owners: {members: [alice]}}\n");
    assert_eq!(
        lab.converge(&text).lines(),
        [
            "create member[acme/owners/alice]",
            "delete organization_member[acme/dave]"
        ]
    );
}

#[test]
fn the_last_administrator_and_operators_do_not_leave() {
    let seed = json!({
        "users": [{"name": "dave"}],
        "organizations": [{"name": "acme", "teams": {"owners": {"role": "admin", "members": ["dave"]}}}]
    });
    let lab = Lab::seeded(&seed.to_string());
    let refused = |lab: &Lab, text: &str| -> Vec<&str> {
        lab.plan(text)
            .plan
            .refusals
            .iter()
            .map(|refusal| refusal.guard)
            .collect()
    };
    assert_eq!(refused(&lab, &leaves("")), ["min_admins"]);
    let lab = self::lab();
    assert_eq!(refused(&lab, &leaves("").replace("dave", "quayadmin")), ["operators"]);
    let mut lab = self::lab();
    lab.options.guards.protected = vec![quayform::model::Pattern::parse("organization_member[acme/dave]").unwrap()];
    assert_eq!(refused(&lab, &leaves("")), ["protected"]);
}

/// A group would bring everybody back with the next synchronization.
#[test]
fn who_is_in_a_synchronized_team_must_leave_the_group() {
    let lab = lab();
    lab.emulator.with(|registry| registry.set_authentication("LDAP"));
    lab.emulator.with(|registry| registry.set_feature("TEAM_SYNCING", true));
    lab.by_hand(
        "POST",
        "/organization/acme/team/developers/syncing",
        json!({"group_dn": "cn=developers"}),
    );
    let planned = lab.plan(&leaves(""));
    assert_eq!(planned.lines(), ["blocked organization_member[acme/dave]"]);
    let reason = planned.plan.changes[0].reason.clone().unwrap();
    assert!(reason.contains("take dave out of the group"), "{reason}");
}

fn codes(text: &str) -> Vec<&'static str> {
    let loaded = manifest::parse_sources([("m.yaml".into(), text.to_owned())]);
    loaded.diagnostics.iter().map(|each| each.code).collect()
}

#[test]
fn nobody_leaves_who_is_named_elsewhere() {
    let everywhere = leaves(
        "teams: {developers: {members: [bob, dave]}}\ndefault_permissions: [{role: read, user: dave}]\n---\n\
         kind: Repository\nname: acme/api\npermissions: {users: {dave: read}}\n",
    );
    assert_eq!(codes(&everywhere), ["reference-to-absent"; 3]);
    let none = leaves("---\nkind: Repository\nname: acme/api\npermissions: {users: {dave: none}}\n");
    assert_eq!(codes(&none), Vec::<&str>::new());
    assert_eq!(codes(&leaves("").replace("dave:", "acme+ci:")), ["robot-as-user"]);
    assert_eq!(codes(&leaves("").replace("{absent: true}", "{}")), ["missing-field"]);
}
