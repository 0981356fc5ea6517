//! What runs come to: waiting, following, paging, refusing.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use quayform::emulator::Emulator;
use quayform::http::Clock;
use quayform::http::clock::Sleeping;
use quayform::operations::read::Waited;

use super::lines::lab;
use super::runs::{TOKEN, carry_out, carry_out_as, with_ids};
use crate::binary::server::registry;

/// Time passes only where somebody waits.
struct Virtual(Mutex<Timestamp>);

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Sleeping<'_> {
        *self.0.lock().unwrap() += duration;
        Box::pin(std::future::ready(()))
    }
}

/// A repository, and a builder that is away or fails.
fn builder(builder: &str) -> Emulator {
    registry(&format!(
        r#"{{"builder": {builder}, "organizations": [{{"name": "images", "repositories": [{{"name": "app"}}]}}]}}"#
    ))
}

const START: &str = "build start images/app --archive-url https://example.com/context.tar.gz --tag built --wait";

fn requests(emulator: &Emulator) -> Vec<String> {
    emulator.with(|registry| {
        let entries = registry.request_log().iter();
        entries
            .map(|entry| format!("{} {}", entry.method, entry.target))
            .collect()
    })
}

#[test]
fn what_is_waited_for_ends_well_or_badly_or_not_in_time() {
    let waited = |emulator: &Emulator| {
        let clock = Virtual(Mutex::new(Timestamp::UNIX_EPOCH));
        carry_out_as(emulator, START, TOKEN, clock).1.unwrap().waited
    };
    assert_eq!(waited(&builder("{}")), Some(Waited::Good("complete".to_owned())));
    let failing = builder(r#"{"failures": {"https://example.com/context.tar.gz": "no base image"}}"#);
    assert_eq!(waited(&failing), Some(Waited::Bad("error".to_owned())));
    assert_eq!(
        waited(&builder(r#"{"away": true}"#)),
        Some(Waited::Unfinished("waiting".to_owned()))
    );
}

#[test]
fn a_log_is_followed_to_its_end() {
    let emulator = builder("{}");
    carry_out(&emulator, START.trim_end_matches(" --wait")).1.unwrap();
    let line = with_ids(&emulator, "build logs {build} --repository images/app --follow");
    let done = carry_out(&emulator, &line).1.unwrap();
    let messages: Vec<&str> = done.found.body["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["message"].as_str().unwrap())
        .collect();
    assert!(messages.contains(&"Step 2/2 : COPY . /"), "{messages:?}");
    assert_eq!(messages.last(), Some(&"complete"));
}

/// The server's own words for these are no help.
#[test]
fn what_is_not_there_or_not_enough_is_said_in_plain_words() {
    let emulator = lab();
    for (line, message) in [
        ("build start images/app", "the registry wants to be told more"),
        (
            "robot show acme+nobody",
            "the registry has no such thing, or does not show it to the token's user",
        ),
        (
            "logs list nobody",
            "the registry has no such thing, or does not show it to the token's user",
        ),
        (
            "notification show images/app nothing",
            "the registry has no such thing, or does not show it to the token's user",
        ),
    ] {
        let problem = carry_out(&emulator, line).1.unwrap_err();
        assert_eq!(problem.message, message, "{line}: {problem:?}");
    }
}

#[test]
fn a_usage_log_that_cannot_be_searched_is_not_shown_as_empty() {
    let emulator = lab();
    emulator.with(|registry| registry.set_log_search(false));
    for line in [
        "logs list acme",
        "logs aggregate acme",
        "logs list",
        "logs aggregate --superuser",
    ] {
        let problem = carry_out(&emulator, line).1.unwrap_err();
        assert_eq!(
            problem.message, "the registry cannot search its usage log now",
            "{line}"
        );
        assert_eq!(problem.certain, "nothing was changed");
    }
}

#[test]
fn a_list_ends_where_it_was_asked_to() {
    let emulator = lab();
    emulator.with(|registry| registry.clear_log());
    let done = carry_out(&emulator, "logs list acme --limit 5").1.unwrap();
    assert_eq!(done.found.body["logs"].as_array().unwrap().len(), 5);
    assert!(done.found.has_more && done.found.body.get("next_page").is_none());
    assert_eq!(requests(&emulator).len(), 1);
    let all = carry_out(&emulator, "logs list --superuser --all").1.unwrap();
    assert!(all.found.body["logs"].as_array().unwrap().len() > 5 && !all.found.has_more);
}

/// Below a repository the server would take the path for another repository's.
#[test]
fn what_the_server_cannot_do_is_not_sent() {
    let emulator = lab();
    emulator.with(|registry| {
        registry.set_feature("REPO_MIRROR", false);
        registry.clear_log();
    });
    let problem = carry_out(&emulator, "mirror sync-now acme/api").1.unwrap_err();
    assert_eq!(
        problem.message,
        "the registry cannot do this: FEATURE_REPO_MIRROR is off"
    );
    assert_eq!(requests(&emulator), ["GET /config"]);
}

#[test]
fn a_dead_token_is_called_so_for_reads_and_writes() {
    let emulator = lab();
    for line in [
        "robot list acme2",
        "mirror show acme/api",
        "mirror sync-now acme/api",
        "token list",
    ] {
        let clock = Virtual(Mutex::new(Timestamp::UNIX_EPOCH));
        let Err(problem) = carry_out_as(&emulator, line, "dead", clock).1 else {
            panic!("{line} works with a dead token");
        };
        assert_eq!(
            problem.message, "the registry does not accept the token for this",
            "{line}"
        );
        assert_eq!(problem.certain, "nothing was changed");
    }
}

#[test]
fn a_tag_that_is_not_there_is_said_before_anything_is_sent_about_it() {
    let emulator = lab();
    emulator.with(|registry| registry.clear_log());
    let problem = carry_out(&emulator, "label add images/app nothing key value")
        .1
        .unwrap_err();
    assert_eq!(problem.message, "there is no tag nothing");
    assert_eq!(
        requests(&emulator),
        ["GET /api/v1/repository/images/app/tag/?onlyActiveTags=true&specificTag=nothing"]
    );
}
