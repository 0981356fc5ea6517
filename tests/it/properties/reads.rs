//! The planned read against the truth: for any registry, the few requests tell what reading everything one by one tells.

use proptest::collection::vec;
use proptest::prelude::*;
use quayform::emulator::{Emulator, IncomingRequest};
use quayform::kinds;
use serde_json::{Value as Json, json};

use super::case::{Case, case};
use super::config;
use super::hands::{ByHand, by_hand};
use super::predicts::{naive_world, reads_all};

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_planned_read_tells_the_truth(case in case(), more in vec(by_hand(), 0..24), strangers in vec(stranger(), 0..3)) {
        tells_the_truth(&case, &more, &strangers);
    }
}

/// What only a robot of another organization brings about: it is a delegate or a member, and a repository is born.
#[derive(Debug, Clone)]
struct Stranger {
    organization: &'static str,
    robot: &'static str,
    repository: &'static str,
    team: Option<&'static str>,
}

fn stranger() -> impl Strategy<Value = Stranger> {
    let pick = proptest::sample::select::<&'static str>;
    let team = proptest::option::of(pick(vec!["owners", "devs", "ops"]));
    let names = (
        pick(vec!["a_b", "axb"]),
        pick(vec!["axb+ci", "a_b+cd", "other+ci"]),
        pick(vec!["api", "web", "lib/core"]),
    );
    (names, team).prop_map(|((organization, robot, repository), team)| Stranger {
        organization,
        robot,
        repository,
        team,
    })
}

impl Stranger {
    fn arrive(&self, emulator: &Emulator) {
        let Stranger {
            organization,
            robot,
            repository,
            team,
        } = self;
        let (owner, short) = robot.split_once('+').unwrap();
        send(
            emulator,
            "POST",
            "/organization/",
            json!({"name": "other", "email": "other@acme.example"}),
        );
        send(
            emulator,
            "PUT",
            &format!("/organization/{owner}/robots/{short}"),
            json!({}),
        );
        let delegate = json!({"role": "write", "delegate": {"kind": "user", "name": robot}});
        send(
            emulator,
            "POST",
            &format!("/organization/{organization}/prototypes"),
            delegate,
        );
        if let Some(team) = team {
            send(
                emulator,
                "PUT",
                &format!("/organization/{organization}/team/{team}/members/{robot}"),
                Json::Null,
            );
        }
        let body =
            json!({"namespace": organization, "repository": repository, "visibility": "private", "description": ""});
        send(emulator, "POST", "/repository", body);
    }
}

fn send(emulator: &Emulator, method: &str, path: &str, body: Json) {
    let mut request = IncomingRequest::new(method, &format!("/api/v1{path}")).with_token("emulator-token");
    if !body.is_null() {
        request = request.with_json(&body);
    }
    emulator.handle(&request).unwrap();
}

fn tells_the_truth(case: &Case, more: &[ByHand], strangers: &[Stranger]) {
    let lab = case.lab();
    strangers.iter().for_each(|stranger| stranger.arrive(&lab.emulator));
    more.iter().for_each(|hand| hand.send(&lab.emulator));
    let planned = lab.plan(&case.wanted.text());
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    let declared = planned
        .desired
        .objects
        .iter()
        .map(|declared| kinds::collection(&declared.address));
    for collection in declared.chain(planned.desired.owned.keys().cloned()) {
        assert!(
            planned.live.is_complete(&collection),
            "{collection} is not known: {:#?}",
            planned.asked
        );
    }
    reads_all(&planned, &naive_world(&lab, &planned));
}
