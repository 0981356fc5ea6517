//! Notifications by e-mail: only to addresses that were confirmed for the repository.

use serde_json::Value as Json;

use crate::lab::{Lab, Planned};

const TEXT: &str = "kind: Repository\nname: acme/web\nnotifications:\n\
                    \x20 - {title: mail, event: repo_push, email: {email: ops@acme.example}}\n\
                    \x20 - {title: hook, event: repo_push, webhook: {url: 'https://hooks.example/a'}}\n";

fn lab() -> Lab {
    let lab = Lab::seeded(r#"{"organizations": [{"name": "acme", "repositories": [{"name": "web"}]}]}"#);
    lab.emulator.with(|registry| registry.set_feature("MAILING", true));
    lab
}

fn reason(planned: &Planned) -> &str {
    let mut reasons = planned
        .plan
        .changes
        .iter()
        .filter_map(|change| change.reason.as_deref());
    reasons.next().unwrap_or_default()
}

#[test]
fn an_address_that_nobody_confirmed_blocks_its_notification_alone() {
    let lab = lab();
    for _ in 0..2 {
        let planned = lab.converge(TEXT);
        assert_eq!(planned.lines()[0], "blocked notification[acme/web:mail]");
        assert!(reason(&planned).starts_with("ops@acme.example is not confirmed for acme/web"));
        // Asked, and not answered yet: the next round.
        lab.by_hand(
            "POST",
            "/repository/acme/web/authorizedemail/ops@acme.example",
            Json::Null,
        );
    }
    lab.emulator
        .with(|registry| registry.confirm_email("acme/web", "ops@acme.example"));
    assert_eq!(lab.converge(TEXT).lines(), ["create notification[acme/web:mail]"]);
    let again = lab.plan(TEXT);
    assert!(
        !again.asked.iter().any(|target| target.contains("authorizedemail")),
        "{:#?}",
        again.asked
    );
}

#[test]
fn without_mail_it_is_blocked_and_nothing_is_asked() {
    let lab = lab();
    lab.emulator.with(|registry| registry.set_feature("MAILING", false));
    let planned = lab.converge(TEXT);
    assert_eq!(planned.lines()[0], "blocked notification[acme/web:mail]");
    assert!(reason(&planned).contains("FEATURE_MAILING is off"));
    assert!(!planned.asked.iter().any(|target| target.contains("authorizedemail")));
}

#[test]
fn a_repository_that_is_yet_to_be_made_has_no_confirmed_address() {
    let planned = lab().converge(&TEXT.replace("acme/web", "acme/new"));
    let lines = planned.lines();
    assert!(
        lines.contains(&"blocked notification[acme/new:mail]".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"create notification[acme/new:hook]".to_owned()),
        "{lines:?}"
    );
}
