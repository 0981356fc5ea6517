//! Teams whose people come from a group of the registry's directory.

use serde_json::{Value as Json, json};

use crate::lab::{Lab, Planned};

fn lab(authentication: &str) -> Lab {
    let lab = Lab::new();
    lab.emulator
        .with(|registry| registry.set_authentication(authentication));
    lab
}

fn with(team: &str) -> String {
    format!("kind: Organization\nname: acme\nteams:\n  operations: {team}\nrobots: {{ci: {{}}}}\n")
}

const LDAP: &str = "{members: [acme+ci], sync: {ldap: 'cn=ops,dc=acme'}}";

fn reason(planned: &Planned) -> String {
    let blocked = planned.plan.changes.iter().find_map(|change| change.reason.clone());
    blocked.unwrap_or_default()
}

#[test]
fn a_synchronization_begins_moves_to_another_group_and_ends() {
    let lab = lab("LDAP");
    let made = lab.converge(&with(LDAP)).lines();
    assert!(
        made.contains(&"create team_sync[acme/operations]".to_owned()),
        "{made:?}"
    );
    lab.emulator.with(|registry| registry.clear_log());
    let moved = lab.converge(&with(&LDAP.replace("cn=ops", "cn=others")));
    assert_eq!(
        moved.details(),
        ["replace team_sync[acme/operations] group: cn=ops,dc=acme -> cn=others,dc=acme"]
    );
    let syncing = "/api/v1/organization/acme/team/operations/syncing";
    assert_eq!(lab.writes(), [format!("DELETE {syncing}"), format!("POST {syncing}")]);
    let ended = lab.converge(&with("{members: [acme+ci, alice], sync: {absent: true}}"));
    assert_eq!(
        ended.lines(),
        [
            "delete team_sync[acme/operations]",
            "create member[acme/operations/alice]"
        ]
    );
}

/// Whom the directory brings is neither taken out nor drift; robots are owned exactly as in any team.
#[test]
fn people_of_a_synchronized_team_are_managed_elsewhere() {
    let lab = lab("LDAP");
    lab.converge(&with(LDAP));
    lab.emulator
        .with(|registry| registry.synchronize("acme", "operations", &["alice", "bob"]));
    assert!(lab.plan(&with(LDAP)).plan.is_empty());
    let none = LDAP.replace("[acme+ci]", "[]");
    assert_eq!(
        lab.converge(&with(&none)).lines(),
        ["delete member[acme/operations/acme+ci]"]
    );
    let team = lab.by_hand("GET", "/organization/acme/team/operations/members", Json::Null);
    assert_eq!(team["members"].as_array().unwrap().len(), 2);
}

/// Otherwise a server that cannot synchronize would have the team emptied.
#[test]
fn people_stay_where_the_server_cannot_synchronize() {
    for (authentication, feature, said) in [
        (
            "Database",
            true,
            "people sign in with Database on this server, not with LDAP",
        ),
        ("LDAP", false, "FEATURE_TEAM_SYNCING is off"),
    ] {
        let lab = lab(authentication);
        lab.emulator
            .with(|registry| registry.set_feature("TEAM_SYNCING", feature));
        lab.converge(&with("{members: [alice, acme+ci]}"));
        let planned = lab.converge(&with(LDAP));
        assert_eq!(planned.lines(), ["blocked team_sync[acme/operations]"]);
        assert!(reason(&planned).contains(said), "{}", reason(&planned));
    }
}

#[test]
fn openid_connect_lets_people_in_one_by_one() {
    let lab = lab("OIDC");
    lab.converge(&with("{members: [alice, acme+ci]}"));
    let planned = lab.converge(&with("{members: [acme+ci], sync: {oidc: operators}}"));
    assert_eq!(planned.lines(), ["create team_sync[acme/operations]"]);
    let team = lab.by_hand("GET", "/organization/acme/team/operations/members", Json::Null);
    assert_eq!(team["synced"]["config"], json!({"group_name": "operators"}));
    assert_eq!(team["members"].as_array().unwrap().len(), 1);
}
