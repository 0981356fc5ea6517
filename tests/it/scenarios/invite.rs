//! Invitations by e-mail: sent once, withdrawn where an exact list does not hold them.

use serde_json::Value as Json;

use crate::lab::Lab;

fn lab() -> Lab {
    let lab = Lab::new();
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    lab
}

fn with(team: &str) -> String {
    format!("kind: Organization\nname: acme\nteams:\n  developers: {team}\n")
}

const INVITE: &str = "/organization/acme/team/developers/invite";

#[test]
fn an_address_is_invited_once_and_never_again_while_nobody_has_answered() {
    let lab = lab();
    let text = with("{invites: [kim@acme.example]}");
    let made = lab.converge(&text);
    assert!(
        made.lines()
            .contains(&"create invite[acme/developers/kim@acme.example]".to_owned())
    );
    lab.emulator.with(|registry| registry.clear_log());
    lab.converge(&text);
    assert_eq!(lab.writes(), Vec::<String>::new());
}

#[test]
fn what_an_exact_list_does_not_hold_is_withdrawn_as_often_as_it_was_sent() {
    let lab = lab();
    lab.converge(&with("{invites: [kim@acme.example]}"));
    for _ in 0..2 {
        lab.by_hand("PUT", &format!("{INVITE}/lee@acme.example"), Json::Null);
    }
    let additive = with("{invites: [kim@acme.example], manage: {invites: additive}}");
    assert!(lab.plan(&additive).plan.is_empty());
    lab.emulator.with(|registry| registry.clear_log());
    let planned = lab.converge(&with("{invites: []}"));
    let mut lines = planned.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "delete invite[acme/developers/kim@acme.example]",
            "delete invite[acme/developers/lee@acme.example]"
        ]
    );
    assert_eq!(lab.writes().len(), 3);
}

#[test]
fn a_server_without_mail_invites_nobody() {
    let lab = Lab::new();
    let planned = lab.converge(&with("{members: [alice], invites: [kim@acme.example]}"));
    let lines = planned.lines();
    assert!(
        lines.contains(&"blocked invite[acme/developers/kim@acme.example]".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"create member[acme/developers/alice]".to_owned()),
        "{lines:?}"
    );
}

/// Where mail is off, a team's own list is read only for the sake of robots: also of one that is to come, so that one
/// plan sees what the next one would.
#[test]
fn an_invitation_that_is_left_over_goes_in_the_first_plan() {
    let lab = Lab::seeded(
        r#"{"users": [{"name": "carol"}], "organizations": [
            {"name": "acme", "robots": ["ci"], "teams": {"developers": {"role": "member", "invited": ["carol"]}}}]}"#,
    );
    let text = with("{members: [acme+ci]}") + "robots: {ci: {}}\n";
    let mut lines = lab.converge(&text).lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "create member[acme/developers/acme+ci]",
            "delete member[acme/developers/carol]"
        ]
    );
}
