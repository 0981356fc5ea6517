//! Corners that random projects and registries have shown.

use quayform::kinds::member;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

/// Two organizations with a team of the same name, in the first of which sits a robot of the second.
fn two() -> Lab {
    Lab::seeded(
        r#"{"users": [{"name": "bob"}, {"name": "carol"}], "organizations": [
            {"name": "other", "robots": ["ci", "cd"], "teams": {"devs": {"role": "member"}}},
            {"name": "acme", "robots": ["cd"],
             "teams": {"devs": {"role": "member", "members": ["bob", "other+ci"], "invited": ["bob", "carol", "x@acme.example"]}},
             "repositories": [
                {"name": "web", "notifications": [
                    {"title": "one", "event": "repo_push", "method": "slack", "config": {"url": "https://hooks.example/1"}},
                    {"title": "one", "event": "repo_push", "method": "slack", "config": {"url": "https://hooks.example/1"}}]},
                {"name": "asleep", "mirror": {
                    "external_reference": "docker.io/library/old", "robot": "acme+cd", "tags": ["old"], "dormant": true}}]}
        ]}"#,
    )
}

const MIRROR: &str =
    "mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: bot}";

#[test]
fn a_robot_in_a_team_of_the_same_name_elsewhere_is_no_member() {
    let text = "{kind: Organization, name: other, teams: {devs: {members: []}}}";
    assert!(two().plan(text).plan.is_empty());
}

#[test]
fn a_robot_elsewhere_does_not_hide_a_stranger() {
    let lab = two();
    lab.by_hand("PUT", "/organization/other/team/devs/members/acme%2Bcd", Json::Null);
    lab.converge("{kind: Organization, name: other, teams: {devs: {members: []}}}");
    lab.by_hand("PUT", "/organization/other/team/devs/members/acme%2Bcd", Json::Null);
    let text = "{kind: Organization, name: other, teams: {devs: {members: [other+ci]}}, robots: {ci: {}}}";
    assert_eq!(
        lab.converge(text).lines(),
        [
            "create member[other/devs/other+ci]",
            "delete member[other/devs/acme+cd]"
        ]
    );
}

#[test]
fn who_is_member_and_invited_goes_with_both_and_an_e_mail_address_is_no_member() {
    let text = "{kind: Organization, name: acme, teams: {devs: {members: []}}}";
    assert_eq!(
        two().converge(text).lines(),
        [
            "delete member[acme/devs/bob]",
            "delete member[acme/devs/carol]",
            "delete member[acme/devs/other+ci]"
        ]
    );
}

/// Where mail is off and no robot is about, a team's own list is read only for the sake of whoever goes: the server would
/// withdraw the invitation, and leave the member in.
#[test]
fn who_was_invited_once_goes_with_the_invitation() {
    let lab = Lab::seeded(
        r#"{"users": [{"name": "bob"}, {"name": "carol"}], "organizations": [{"name": "acme", "teams": {
            "devs": {"role": "member", "members": ["bob", "carol"], "invited": ["bob", "carol"]}}}]}"#,
    );
    let with = |members: &str| format!("{{kind: Organization, name: acme, teams: {{devs: {{members: [{members}]}}}}}}");
    let target = "/api/v1/organization/acme/team/devs/members";
    let planned = lab.converge(&with("carol"));
    assert_eq!(planned.lines(), ["delete member[acme/devs/bob]"]);
    assert!(
        planned.asked.iter().any(|asked| asked.contains(target)),
        "{:#?}",
        planned.asked
    );
    let again = lab.plan(&with("carol"));
    assert!(
        !again.asked.iter().any(|asked| asked.contains(target)),
        "{:#?}",
        again.asked
    );
}

/// Somebody of the same name who is made later is somebody else, and waits for nothing.
#[test]
fn the_invitations_of_an_account_go_with_it() {
    let lab = Lab::seeded(
        r#"{"organizations": [{"name": "acme", "teams": {"devs": {"role": "member"}}}],
            "users": [{"name": "frank"}]}"#,
    );
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    lab.by_hand("PUT", "/organization/acme/team/devs/members/frank", Json::Null);
    lab.by_hand("DELETE", "/superuser/users/frank", Json::Null);
    lab.emulator.with(|registry| registry.garbage_collect());
    let text = "{kind: Organization, name: acme, teams: {devs: {members: []}}}\n---\n\
                {kind: Registry, users: {frank: {email: frank@acme.example}}}";
    assert_eq!(lab.converge(text).lines(), ["create user[frank]"]);
    let list = "/organization/acme/team/devs/members?includePending=true";
    assert_eq!(lab.by_hand("GET", list, Json::Null)["members"], json!([]));
}

/// Each repetition is an invitation of its own, and none of them makes a member.
#[test]
fn who_is_invited_twice_is_no_member_and_goes_with_both() {
    let lab = two();
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    for _ in 0..2 {
        lab.by_hand("PUT", "/organization/other/team/devs/members/carol", Json::Null);
    }
    let with =
        |members: &str| format!("{{kind: Organization, name: other, teams: {{devs: {{members: [{members}]}}}}}}");
    let planned = lab.plan(&with("carol"));
    assert!(planned.plan.is_empty());
    let carol = planned.live.get(&member::address("other", "devs", "carol")).unwrap();
    assert_eq!(carol.fields.get("pending"), Some(&true.into()));
    lab.emulator.with(|registry| registry.clear_log());
    assert_eq!(lab.converge(&with("")).lines(), ["delete member[other/devs/carol]"]);
    let withdrawal = "DELETE /api/v1/organization/other/team/devs/members/carol";
    assert_eq!(lab.writes(), [withdrawal; 2]);
}

#[test]
fn where_nobody_has_to_accept_who_is_invited_is_added() {
    let text = "{kind: Organization, name: acme, teams: {devs: {members: [bob, carol]}}}";
    assert_eq!(
        two().converge(text).lines(),
        ["create member[acme/devs/carol]", "delete member[acme/devs/other+ci]"]
    );
}

#[test]
fn a_default_permission_for_somebody_who_does_not_exist_is_blocked() {
    let text = "{kind: Organization, name: acme, default_permissions: [{role: read, user: nobody}, {role: read, user: bob, created_by: ghost}, {role: read, user: bob}]}";
    assert_eq!(
        two().converge(text).lines(),
        [
            "blocked default_permission[acme:user/nobody]",
            "blocked default_permission[acme:ghost:user/bob]",
            "create default_permission[acme:user/bob]",
        ]
    );
}

#[test]
fn a_robot_of_another_organization_must_exist_or_be_made_first() {
    let alone = "{kind: Organization, name: acme, teams: {devs: {members: [bob, carol, other+ci, other+new]}}}";
    assert_eq!(
        two().converge(alone).lines(),
        ["create member[acme/devs/carol]", "blocked member[acme/devs/other+new]"]
    );
    let together = format!("{alone}\n---\n{{kind: Organization, name: other, robots: {{ci: {{}}, new: {{}}}}}}");
    assert_eq!(
        two().converge(&together).lines(),
        [
            "create robot[other+new]",
            "create member[acme/devs/carol]",
            "create member[acme/devs/other+new]"
        ]
    );
}

#[test]
fn a_robot_leaves_the_teams_of_other_organizations_when_it_goes() {
    let text = "{kind: Organization, name: other, robots: {ci: {absent: true}}}\n---\n{kind: Organization, name: acme, teams: {devs: {members: [bob]}}}";
    let lines = two().allow(&["robot"]).converge(text).lines();
    assert_eq!(lines, ["delete robot[other+ci]", "delete member[acme/devs/carol]"]);
}

#[test]
fn architectures_are_blocked_where_the_server_cannot_choose_them() {
    let mirror = MIRROR.replace("robot: bot", "robot: bot, architectures: [arm64]");
    let text = format!(
        "kind: Organization\nname: acme\nrobots: {{bot: {{}}}}\n---\nkind: Repository\nname: acme/new\n{mirror}\n"
    );
    let planned = two().converge(&text);
    assert_eq!(planned.lines().last().unwrap(), "blocked mirror[acme/new]");
}

#[test]
fn a_notification_with_the_title_of_unwanted_ones_replaces_all_of_them() {
    let text = "kind: Repository\nname: acme/web\nnotifications: [{title: one, event: repo_push, hipchat: {notification_token: t, room_id: '12'}}]\n";
    assert_eq!(
        two().converge(text).lines(),
        [
            "create notification[acme/web:one#3]",
            "delete notification[acme/web:one]",
            "delete notification[acme/web:one#2]",
        ]
    );
}

#[test]
fn a_robot_may_go_when_its_dormant_mirror_is_used_again_with_another() {
    let robots = "kind: Organization\nname: acme\nrobots: {cd: {absent: true}, bot: {}}\n---\nkind: Repository\nname: acme/asleep\n";
    let mut lines = two().allow(&["robot"]).converge(&format!("{robots}{MIRROR}\n")).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "create mirror[acme/asleep]",
            "create robot[acme+bot]",
            "delete robot[acme+cd]"
        ]
    );
    let blocked = two()
        .allow(&["robot"])
        .converge(&format!("{robots}mirror: {{enabled: true}}\n"));
    assert_eq!(
        blocked.lines(),
        [
            "deferred robot[acme+cd]",
            "create robot[acme+bot]",
            "blocked mirror[acme/asleep]"
        ]
    );
}

#[test]
fn the_grant_of_a_mirrors_robot_is_written_although_a_team_gives_it_that() {
    let text = format!(
        "kind: Organization\nname: acme\nteams: {{devs: {{members: [bob, acme+bot]}}}}\nrobots: {{bot: {{}}}}\n---\n\
         kind: Repository\nname: acme/new\npermissions: {{teams: {{devs: write}}, robots: {{bot: write}}}}\n{MIRROR}\n"
    );
    two().converge(&text);
}

#[test]
fn a_repository_becomes_public_after_new_grants_on_it() {
    let text = "kind: Repository\nname: acme/web\nvisibility: public\npermissions: {users: {bob: read}}\n";
    let planned = two().converge(text);
    assert!(!planned.plan.diagnostics.has_errors());
    assert_eq!(
        planned.lines(),
        ["create permission[acme/web:user/bob]", "update repository[acme/web]"]
    );
}

#[test]
fn an_organization_takes_its_robots_out_of_the_others() {
    let lab = two().allow(&["organization"]);
    let role = json!({"role": "read", "delegate": {"kind": "user", "name": "other+cd"}});
    lab.by_hand("POST", "/organization/acme/prototypes", role);
    let text = "{kind: Organization, name: other, absent: true}\n---\n{kind: Organization, name: acme, teams: {devs: {members: [bob]}}, default_permissions: []}";
    let lines = lab.plan(text).lines();
    assert_eq!(lines.first().unwrap(), "delete organization[other]");
    lab.converge(text);
}

#[test]
fn the_robot_of_a_mirror_that_nobody_declares_keeps_its_grant() {
    let lab = two();
    let robots = "kind: Organization\nname: acme\nrobots: {bot: {}}\n---\nkind: Repository\nname: acme/new\n";
    lab.converge(&format!("{robots}{MIRROR}\n"));
    let planned = lab.plan(&format!("{robots}permissions: {{robots: {{}}}}\n"));
    assert_eq!(planned.lines(), Vec::<String>::new());
}

#[test]
fn robots_that_an_organization_s_deletion_would_take_along_are_made_after_it() {
    let lab = Lab::seeded(r#"{"organizations": [{"name": "a_b"}, {"name": "axb", "robots": ["ci"]}]}"#);
    let text = "{kind: Organization, name: a_b, absent: true}\n---\n{kind: Organization, name: axb, robots: {ci: {}, new: {}}}";
    let planned = lab.allow(&["organization", "robot[axb+ci]"]).converge(text);
    assert_eq!(
        planned.lines(),
        [
            "delete organization[a_b]",
            "create robot[axb+ci]",
            "create robot[axb+new]"
        ]
    );
    let waits = planned.plan.changes.iter().filter(|change| change.after.len() == 1);
    assert_eq!(waits.count(), 2);
}

#[test]
fn where_people_are_invited_no_robot_of_another_organization_is_taken() {
    let lab = two();
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    let text = "{kind: Organization, name: acme, teams: {ops: {members: [bob, other+cd]}}}";
    assert_eq!(
        lab.converge(text).lines(),
        [
            "create team[acme/ops]",
            "create member[acme/ops/bob]",
            "blocked member[acme/ops/other+cd]"
        ]
    );
}

#[test]
fn a_repository_becomes_public_before_the_own_grant_goes() {
    let lab = two();
    lab.by_hand(
        "PUT",
        "/repository/acme/web/permissions/user/quayadmin",
        json!({"role": "admin"}),
    );
    let text = "kind: Repository\nname: acme/web\nvisibility: public\npermissions: {users: {bob: read}}\n";
    assert_eq!(
        lab.converge(text).lines(),
        [
            "create permission[acme/web:user/bob]",
            "update repository[acme/web]",
            "delete permission[acme/web:user/quayadmin]"
        ]
    );
}

#[test]
fn a_grant_on_a_repository_of_the_same_name_elsewhere_is_not_revoked_here() {
    let lab = two();
    let role = json!({"role": "read", "delegate": {"kind": "user", "name": "other+ci"}});
    lab.by_hand("POST", "/organization/acme/prototypes", role);
    let repository = |organization: &str| json!({"namespace": organization, "repository": "same", "visibility": "private", "description": ""});
    lab.by_hand("POST", "/repository", repository("acme"));
    lab.by_hand("POST", "/repository", repository("other"));
    let none = "kind: Repository\nname: other/same\npermissions: {robots: {}}\n";
    assert!(lab.plan(none).plan.is_empty());
    lab.by_hand(
        "PUT",
        "/repository/other/same/permissions/user/other%2Bci",
        json!({"role": "write"}),
    );
    let read = "kind: Repository\nname: other/same\npermissions: {robots: {ci: read}}\n";
    let details = lab.converge(read).details();
    assert_eq!(details, ["update permission[other/same:robot/ci] role: write -> read"]);
}

#[test]
fn what_would_go_with_a_robot_waits_with_it() {
    let lab = two().allow(&["robot"]);
    let role = |name: &str| json!({"role": "read", "delegate": {"kind": "user", "name": name}});
    lab.by_hand("POST", "/organization/acme/prototypes", role("acme+cd"));
    lab.by_hand("POST", "/organization/acme/prototypes", role("bob"));
    let text = "{kind: Organization, name: acme, robots: {cd: {absent: true}}, default_permissions: []}";
    let planned = lab.plan(text);
    let applied = lab.carry_out(&planned);
    let put_off = |state: &quayform::model::State| matches!(state, quayform::model::State::Deferred(_));
    assert_eq!(applied.count(put_off), 1);
    assert!(applied.verified.unwrap().converged());
}

/// One of two equal items is changed and the other one taken away: not the same one twice.
#[test]
fn of_two_equal_default_permissions_one_changes_and_the_other_goes() {
    let lab = Lab::new().allow(&["*"]);
    let with = |list: &str| {
        format!("kind: Organization\nname: acme\nteams: {{developers: {{}}}}\ndefault_permissions: [{list}]\n")
    };
    let (write, read) = ("{role: write, team: developers}", "{role: read, team: developers}");
    lab.converge(&with(&format!("{write}, {write}")));
    let planned = lab.converge(&with(read));
    assert_eq!(
        planned.lines(),
        [
            "update default_permission[acme:team/developers]",
            "delete default_permission[acme:team/developers#2]",
        ]
    );
}

/// A repository is born with what the first of several default permissions for one team gives, and the one that was changed
/// is not the first any more.
#[test]
fn of_two_equal_default_permissions_one_changes_and_a_repository_is_born() {
    let lab = Lab::new().allow(&["*"]);
    let with = |list: &str, repository: &str| {
        format!(
            "kind: Organization\nname: acme\nteams: {{developers: {{}}}}\nmanage: {{default_permissions: additive}}\n\
             default_permissions: [{list}]\n{repository}"
        )
    };
    let write = "{role: write, team: developers}";
    lab.converge(&with(&format!("{write}, {write}"), ""));
    let born = "---\nkind: Repository\nname: acme/api\npermissions: {teams: {developers: read}}\n";
    let planned = lab.converge(&with("{role: read, team: developers}", born));
    assert_eq!(
        planned.lines(),
        [
            "update default_permission[acme:team/developers]",
            "create repository[acme/api]",
            "update permission[acme/api:team/developers]",
        ]
    );
}
