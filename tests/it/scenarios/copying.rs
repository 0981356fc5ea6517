//! Mirrors that are copying while they are to be changed: the server would leave out parts of a change.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use quayform::apply::Applied;
use quayform::emulator::{Emulator, IncomingRequest, Role};
use quayform::http::clock::Sleeping;
use quayform::http::{Clock, Stop, SystemClock};
use quayform::model::State;
use serde_json::{Value as Json, json};

use crate::lab::{Lab, Surroundings};

const WANTED: &str = "kind: Organization\nname: acme\nemail: new@acme.example\nrobots: {ci: {external: true}}\n\
    teams: {developers: {}}\n---\nkind: Repository\nname: acme/busy\n\
    mirror: {external_reference: docker.io/library/redis, tags: [latest], sync_interval: 1d, robot: ci}\n";

fn lab() -> Lab {
    let seed = json!({"organizations": [{"name": "acme", "robots": ["ci"], "repositories": [{"name": "busy", "mirror": {
        "external_reference": "docker.io/library/nginx", "robot": "acme+ci", "tags": ["latest"], "sync_status": "SYNCING"
    }}]}]});
    Lab::seeded(&seed.to_string())
}

/// What happens to the registry while somebody waits: the call is made in place of this sleep.
struct Meanwhile {
    emulator: Emulator,
    at: u32,
    calls: Vec<(&'static str, &'static str, Json)>,
    slept: AtomicU32,
    stop: Option<Stop>,
}

impl Clock for Meanwhile {
    fn now(&self) -> jiff::Timestamp {
        SystemClock.now()
    }

    fn sleep(&self, _: Duration) -> Sleeping<'_> {
        if self.slept.fetch_add(1, Ordering::Relaxed) + 1 == self.at {
            for (method, path, body) in &self.calls {
                let request = IncomingRequest::new(method, path).with_token("emulator-token");
                let answer = self.emulator.handle(&request.with_json(body)).unwrap();
                assert!(answer.status < 300, "{method} {path}: {}", answer.status);
            }
            if let Some(stop) = &self.stop {
                stop.ask();
                return Box::pin(std::future::pending());
            }
        }
        Box::pin(std::future::ready(()))
    }
}

const MIRROR: &str = "/api/v1/repository/acme/busy/mirror";

fn ends() -> (&'static str, &'static str, Json) {
    ("POST", "/api/v1/repository/acme/busy/mirror/sync-cancel", json!({}))
}

/// Applies while the calls are made in the fourth pause; with how often it slept.
fn apply(lab: &Lab, calls: Vec<(&'static str, &'static str, Json)>, stop: Option<Stop>) -> (Applied, u32) {
    let clock = Arc::new(Meanwhile {
        emulator: lab.emulator.clone(),
        at: 4,
        calls,
        slept: AtomicU32::new(0),
        stop: stop.clone(),
    });
    let surroundings = Surroundings {
        clock: Arc::clone(&clock) as _,
        stop: stop.unwrap_or_default(),
        ..lab.surroundings()
    };
    let applied = lab.carry_out_in(&lab.plan(WANTED), surroundings).unwrap();
    (applied, clock.slept.load(Ordering::Relaxed))
}

fn states(applied: &Applied) -> Vec<String> {
    let each = applied.outcomes.iter();
    each.map(|outcome| format!("{} {}", outcome.state.word(), outcome.address))
        .collect()
}

#[test]
fn the_change_waits_for_the_end_of_the_copy() {
    let lab = lab();
    let (applied, slept) = apply(&lab, vec![ends()], None);
    assert_eq!(
        states(&applied),
        [
            "done organization[acme]",
            "done team[acme/developers]",
            "done mirror[acme/busy]"
        ]
    );
    assert_eq!(slept, 4);
    assert!(applied.verified.is_some_and(|verified| verified.converged()));
    assert_eq!(
        lab.writes().last().unwrap(),
        &format!("PUT {MIRROR}"),
        "others do not wait"
    );
    assert!(lab.plan(WANTED).plan.is_empty());
}

#[test]
fn a_copy_without_end_puts_the_change_off() {
    let lab = lab();
    let (applied, slept) = apply(&lab, Vec::new(), None);
    let last = &applied.outcomes.last().unwrap().state;
    assert!(
        matches!(last, State::Deferred(why) if why.contains("10 minutes")),
        "{last:?}"
    );
    assert_eq!(slept, 40, "ten minutes");
    assert!(applied.verified.is_some_and(|verified| verified.converged()));
    assert_eq!(lab.plan(WANTED).lines(), ["update mirror[acme/busy]"]);
    lab.by_hand("POST", "/repository/acme/busy/mirror/sync-cancel", Json::Null);
    lab.converge(WANTED);
}

#[test]
fn what_others_change_while_it_waits_is_not_written_over() {
    let lab = lab();
    let other = ("PUT", MIRROR, json!({"external_reference": "docker.io/library/httpd"}));
    let (applied, _) = apply(&lab, vec![other, ends()], None);
    let last = &applied.outcomes.last().unwrap().state;
    assert!(matches!(last, State::Stale(what) if what.contains("httpd")), "{last:?}");
}

#[test]
fn an_interrupt_ends_the_wait() {
    let lab = lab();
    let (applied, slept) = apply(&lab, Vec::new(), Some(Stop::default()));
    assert_eq!(applied.outcomes.last().unwrap().state, State::Cancelled);
    assert_eq!(slept, 4);
    assert!(!lab.writes().iter().any(|write| write.contains("mirror")));
}

/// The server gives a robot a grant only where it has no other way to write: one that was about to lose that way was left
/// with a mirror that could not push.
#[test]
fn a_robot_can_push_whichever_way_it_had_before() {
    let with = |team: &str, permissions: &str, mirror: &str| {
        format!(
            "kind: Organization\nname: acme\nrobots: {{ci: {{}}}}\nteams: {{pushers: {{members: {team}}}}}\n---\n\
             kind: Repository\nname: acme/api\npermissions: {{teams: {permissions}}}\n{mirror}"
        )
    };
    let mirror =
        "mirror: {external_reference: docker.io/library/redis, tags: [latest], sync_interval: 1d, robot: ci}\n";
    for (team, permissions) in [
        ("[acme+ci]", "{}"),
        ("[]", "{pushers: write}"),
        ("[acme+ci]", "{pushers: write}"),
    ] {
        let lab = Lab::new();
        lab.converge(&with("[acme+ci]", "{pushers: write}", ""));
        lab.converge(&with(team, permissions, mirror));
        let role = lab.emulator.with(|registry| registry.role_of("acme+ci", "acme/api"));
        assert_eq!(role, Some(Role::Write), "{team} {permissions}");
        let list = lab.by_hand("GET", "/repository/acme/api/permissions/user/", Json::Null);
        assert_eq!(list["permissions"]["acme+ci"]["role"], "write", "{list}");
    }
}

/// A password goes along with what is written, and not with what cannot be.
#[test]
fn a_password_is_not_sent_for_a_field_that_the_server_does_not_take() {
    let mut lab = Lab::new();
    lab.variables = vec![("HUB_PASSWORD", "not-a-password")];
    lab.emulator
        .with(|registry| registry.set_feature("SPARSE_INDEX", false));
    let text = "kind: Organization\nname: acme\nrobots: {ci: {}}\n---\nkind: Repository\nname: acme/api\n\
         mirror: {external_reference: docker.io/library/redis, tags: [latest], sync_interval: 1d, robot: ci, \
         architectures: [arm64], credentials: {username: acme, password: {env: HUB_PASSWORD}}}\n";
    let lines = lab.converge(text).lines();
    assert!(lines.contains(&"blocked mirror[acme/api]".to_owned()), "{lines:#?}");
    assert_eq!(lab.plan(text).lines(), ["blocked mirror[acme/api]"]);
    lab.options.resend_secrets = true;
    assert_eq!(lab.plan(text).lines().len(), 2);
}

/// The server does not give a mirror's robot a grant of its own while a team lets it write, and takes it for granted later:
/// a plan that took the team's way left a mirror behind that could not push.
#[test]
fn a_robot_keeps_its_right_to_push_when_the_way_of_its_team_goes() {
    let with = |team: &str, permissions: &str| {
        format!(
            "kind: Organization\nname: acme\nrobots: {{ci: {{}}}}\nteams: {{pushers: {{members: {team}}}}}\n---\n\
             kind: Repository\nname: acme/api\npermissions: {{teams: {permissions}}}\n\
             mirror: {{external_reference: docker.io/library/redis, tags: [latest], sync_interval: 1d, robot: ci}}\n"
        )
    };
    for (team, permissions) in [
        ("[acme+ci]", "{}"),
        ("[]", "{pushers: write}"),
        ("[acme+ci]", "{pushers: read}"),
    ] {
        let lab = Lab::new();
        lab.converge(&with("[acme+ci]", "{pushers: write}"));
        let own = "/repository/acme/api/permissions/user/acme%2Bci";
        lab.by_hand("DELETE", own, Json::Null);
        assert!(lab.plan(&with("[acme+ci]", "{pushers: write}")).plan.is_empty());
        let planned = lab.converge(&with(team, permissions));
        assert!(
            planned
                .lines()
                .contains(&"create permission[acme/api:robot/ci]".to_owned()),
            "{:#?}",
            planned.lines()
        );
        let role = lab.emulator.with(|registry| registry.role_of("acme+ci", "acme/api"));
        assert_eq!(role, Some(Role::Write), "{team} {permissions}");
    }
}
