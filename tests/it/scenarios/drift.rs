//! Who made a registry differ from its manifests, as far as its usage log tells, and how much of it is read for that.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use quayform::drift::{
    Bounds, Coverage, Covered, Investigation, Own, OwnWrites, Report, Settling, Standing, Surroundings, Untold,
    Verdict, coverage, investigate, settled,
};
use quayform::emulator::Emulator;
use quayform::http::clock::Sleeping;
use quayform::http::{Clock, ReadOnly, Stop, Transport};
use quayform::state::{FileJournal, own_writes};
use secrecy::SecretString;
use serde_json::{Value as Json, json};

use crate::lab::{self, Lab, runtime};
use crate::meddler::{Meddler, answer, by};

const MANIFEST: &str = r#"
kind: Organization
name: acme
teams:
  owners: {role: admin, members: [quayadmin, carol]}
  developers: {role: creator, members: [alice, bob]}
  operators: {}
robots: {ci: {}}
auto_prune: [{keep_tags: 50}]
---
kind: Repository
name: acme/api
visibility: private
permissions:
  teams: {developers: write}
  users: {}
"#;

const TEAM: &str = "/organization/acme/team/developers";
const DAY: i64 = 86_400;
const BOUNDS: Bounds = Bounds {
    most_pages: 10,
    since: SignedDuration::from_hours(30 * 24),
};

fn applied() -> Lab {
    let lab =
        Lab::seeded(r#"{"users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol", "token": "carol-token"}]}"#);
    lab.converge(MANIFEST);
    lab
}

fn carol(lab: &Lab, method: &str, path: &str, body: &Json) {
    by(&lab.emulator, "carol-token", method, path, body);
}

fn later(lab: &Lab, seconds: i64) {
    lab.emulator
        .with(|registry| registry.set_clock(registry.clock() + seconds));
}

fn now(emulator: &Emulator) -> Timestamp {
    Timestamp::from_second(emulator.with(|registry| registry.clock())).unwrap()
}

/// What is found out about what differs from `text`, over this way to the registry.
fn look_through(
    lab: &Lab,
    text: &str,
    transport: Arc<dyn Transport>,
    bounds: Bounds,
    journal: OwnWrites,
) -> Investigation {
    let planned = lab.plan(text);
    let own = Own {
        journal,
        operators: ["quayadmin".to_owned()].into(),
    };
    let surroundings = Surroundings {
        client: &ReadOnly::new(transport, Some(SecretString::from("emulator-token"))),
        own: &own,
        bounds,
        now: now(&lab.emulator),
    };
    runtime().block_on(investigate(planned.plan.changes, &planned.live, &surroundings))
}

fn look(lab: &Lab, text: &str, bounds: Bounds) -> Investigation {
    look_through(lab, text, Arc::new(lab.emulator.clone()), bounds, OwnWrites::default())
}

/// `team[acme/developers]: changed carol org_set_team_role` for every difference.
fn told(investigation: &Investigation) -> Vec<String> {
    let told = |(address, verdict): (String, &Verdict)| {
        let entry = match verdict {
            Verdict::Untold(Untold::NotLogged(entry)) => Some(entry),
            Verdict::Unapplied { last, .. } => last.as_ref(),
            verdict => verdict.entry(),
        };
        let who = entry.map(|entry| format!(" {} {}", entry.performer.as_deref().unwrap_or("-"), entry.event));
        format!("{address}: {}{}", verdict.word(), who.unwrap_or_default())
    };
    let all = investigation.drifted.iter();
    let all = all.flat_map(|each| each.verdicts.iter().map(|it| (each.change.address.to_string(), &it.1)));
    let mut lines: Vec<String> = all.map(told).collect();
    lines.sort();
    lines
}

#[test]
fn what_the_manifests_changed_is_not_applied_yet() {
    let lab = applied();
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    let text = MANIFEST
        .replace("operators: {}", "operators: {role: creator}")
        .replace("robots: {ci: {}}", "robots: {ci: {}, new: {}}");
    let found = look(&lab, &text, BOUNDS);
    assert_eq!(
        told(&found),
        [
            "robot[acme+new]: unapplied",
            "team[acme/developers]: changed carol org_set_team_role",
            "team[acme/operators]: unapplied quayadmin org_create_team",
        ]
    );
    // All of it stands on the newest page.
    assert_eq!((found.logs[0].pages, found.requests), (1, 1));
}

/// What goes with a team, a robot or a repository is told by the one entry there is.
#[test]
fn what_came_or_went_with_something_else_is_told_by_that() {
    let lab = applied();
    carol(&lab, "DELETE", TEAM, &Json::Null);
    carol(&lab, "DELETE", "/repository/acme/api", &Json::Null);
    let new = json!({ "repository": "api", "namespace": "acme", "visibility": "private", "description": "" });
    carol(&lab, "POST", "/repository", &new);
    assert_eq!(
        told(&look(&lab, MANIFEST, BOUNDS)),
        [
            "member[acme/developers/alice]: changed carol org_delete_team",
            "member[acme/developers/bob]: changed carol org_delete_team",
            "permission[acme/api:team/developers]: changed carol create_repo",
            "permission[acme/api:user/carol]: changed carol create_repo",
            "team[acme/developers]: changed carol org_delete_team",
        ]
    );
}

/// Taking somebody out of the whole organization leaves no entry: nobody is accused, and it is not taken for a change
/// of the manifests either.
#[test]
fn what_left_no_entry_is_told_as_that() {
    let lab = applied();
    carol(&lab, "DELETE", "/organization/acme/members/bob", &Json::Null);
    assert_eq!(
        told(&look(&lab, MANIFEST, BOUNDS)),
        ["member[acme/developers/bob]: untold quayadmin org_add_team_member"]
    );
}

#[test]
fn items_without_a_name_are_told_by_what_was_done_to_their_list() {
    let lab = applied();
    let rules = lab.by_hand("GET", "/organization/acme/autoprunepolicy/", Json::Null);
    let id = rules["policies"][0]["uuid"].as_str().unwrap().to_owned();
    let other = json!({ "uuid": id, "method": "number_of_tags", "value": 5 });
    carol(&lab, "PUT", &format!("/organization/acme/autoprunepolicy/{id}"), &other);
    let lines = told(&look(&lab, MANIFEST, BOUNDS));
    assert!(!lines.is_empty());
    for line in lines {
        assert!(
            line.ends_with(": changed carol update_namespace_autoprune_policy"),
            "{line}"
        );
    }
}

/// Thousands of entries of traffic stand between now and the change: only the days on which something changed are read.
#[test]
fn days_of_traffic_are_passed_over() {
    let lab = applied();
    later(&lab, DAY);
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    for _ in 0..9 {
        later(&lab, DAY);
        for _ in 0..45 {
            let export = json!({ "callback_email": "dave@example.com" });
            carol(&lab, "POST", "/organization/acme/exportlogs", &export);
        }
    }
    let found = look(&lab, MANIFEST, BOUNDS);
    assert_eq!(told(&found), ["team[acme/developers]: changed carol org_set_team_role"]);
    // The newest page, the counts, and the day of the change.
    assert_eq!((found.logs[0].pages, found.requests), (2, 3));

    // Where events are not counted, all pages are read.
    let uncounted = || {
        Arc::new(Meddler::new(&lab.emulator).before(|request| {
            let is_count = request.target.contains("/aggregatelogs");
            is_count.then(|| answer(403, &json!({ "detail": "Unauthorized" })))
        }))
    };
    let all = Bounds {
        most_pages: 100,
        ..BOUNDS
    };
    let found = look_through(&lab, MANIFEST, uncounted(), all, OwnWrites::default());
    assert_eq!(told(&found), ["team[acme/developers]: changed carol org_set_team_role"]);
    let pages = found.logs[0].pages;
    assert!((20..30).contains(&pages), "{pages}");

    // No further than is allowed.
    let found = look_through(&lab, MANIFEST, uncounted(), BOUNDS, OwnWrites::default());
    assert_eq!(told(&found), ["team[acme/developers]: untold"]);
    assert_eq!(found.drifted[0].verdict(), &Verdict::Untold(Untold::NoEntryIn(10)));
}

#[test]
fn a_change_from_before_the_days_that_are_asked_for_is_nobodys() {
    let lab = applied();
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    later(&lab, 20 * DAY);
    let week = Bounds {
        since: SignedDuration::from_hours(7 * 24),
        ..BOUNDS
    };
    let found = look(&lab, MANIFEST, week);
    let Verdict::Untold(Untold::NoEntrySince(since)) = found.drifted[0].verdict() else {
        panic!("{found:#?}");
    };
    let days = now(&lab.emulator).duration_since(*since).as_hours() / 24;
    assert_eq!(days, 7);
    assert_eq!(
        told(&look(&lab, MANIFEST, BOUNDS)),
        ["team[acme/developers]: changed carol org_set_team_role"]
    );
    // Months are counted one after the other.
    later(&lab, 100 * DAY);
    let year = Bounds {
        since: SignedDuration::from_hours(365 * 24),
        ..BOUNDS
    };
    let found = look(&lab, MANIFEST, year);
    assert_eq!(told(&found), ["team[acme/developers]: changed carol org_set_team_role"]);
}

#[test]
fn a_log_that_cannot_be_read_accuses_nobody() {
    let lab = applied();
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    let blind = Meddler::new(&lab.emulator).before(|request| {
        let is_log = request.target.contains("/logs");
        is_log.then(|| answer(403, &json!({ "detail": "Unauthorized" })))
    });
    let found = look_through(&lab, MANIFEST, Arc::new(blind), BOUNDS, OwnWrites::default());
    let verdict = found.drifted[0].verdict();
    assert!(matches!(verdict, Verdict::Untold(Untold::Unreadable(_))), "{verdict:?}");
}

/// With Splunk behind it, a registry may be unable to look into its log: that nothing is shown is not that nothing was
/// done.
#[test]
fn a_log_that_cannot_be_searched_accuses_nobody_and_says_so() {
    let lab = applied();
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    lab.emulator.with(|registry| registry.set_log_search(false));
    let found = look(&lab, MANIFEST, BOUNDS);
    let Verdict::Untold(Untold::Unreadable(reason)) = found.drifted[0].verdict() else {
        panic!("{:?}", found.drifted[0].verdict());
    };
    assert!(reason.contains("cannot search its usage log"), "{reason}");
    lab.emulator.with(|registry| registry.set_log_search(true));
    assert_eq!(
        told(&look(&lab, MANIFEST, BOUNDS)),
        ["team[acme/developers]: changed carol org_set_team_role"]
    );
}

#[test]
fn an_organization_that_is_not_there_is_not_asked_for_its_log() {
    let lab = applied();
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    let text = format!(
        "{}---\nkind: Organization\nname: other\nrobots: {{ci: {{}}}}\n",
        MANIFEST.trim_start()
    );
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let way = Meddler::new(&lab.emulator).before(move |request| {
        let is_of_it = request.target.contains("/organization/other/");
        counted.fetch_add(usize::from(is_of_it), Ordering::Relaxed);
        None
    });
    let found = look_through(&lab, &text, Arc::new(way), BOUNDS, OwnWrites::default());
    assert_eq!(
        told(&found),
        [
            "organization[other]: untold",
            "robot[other+ci]: untold",
            "team[acme/developers]: changed carol org_set_team_role",
        ]
    );
    assert_eq!((asked.load(Ordering::Relaxed), found.logs.len()), (0, 1));
    let of_other = found
        .drifted
        .iter()
        .filter(|it| it.change.address.namespace() == "other");
    for each in of_other {
        assert_eq!(each.verdict(), &Verdict::Untold(Untold::NoOrganization));
    }
}

#[test]
fn a_registry_as_it_should_be_costs_no_log() {
    let lab = applied();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let way = Meddler::new(&lab.emulator).before(move |request| {
        counted.fetch_add(usize::from(request.target.contains("logs")), Ordering::Relaxed);
        None
    });
    let found = look_through(&lab, MANIFEST, Arc::new(way), BOUNDS, OwnWrites::default());
    assert_eq!((found.drifted.len(), asked.load(Ordering::Relaxed)), (0, 0));
}

/// The registry's own clock, which its log is written by.
struct Theirs(Emulator);

impl Clock for Theirs {
    fn now(&self) -> Timestamp {
        now(&self.0)
    }

    fn sleep(&self, _: Duration) -> Sleeping<'_> {
        Box::pin(std::future::ready(()))
    }
}

/// The journal tells what the automation's own account did by hand from what an apply did.
#[test]
fn the_account_that_applies_is_named_for_what_the_journal_does_not_know() {
    let lab = applied();
    let state = tempfile::tempdir().unwrap();
    let text = MANIFEST.replace("operators: {}", "operators: {role: creator}");
    let clock = Arc::new(Theirs(lab.emulator.clone()));
    let journal = FileJournal::open(state.path(), "lab", clock.clone()).unwrap();
    let surroundings = lab::Surroundings {
        clock,
        journal: Arc::new(journal),
        ..lab.surroundings()
    };
    let applied = lab.carry_out_in(&lab.plan(&text), surroundings).unwrap();
    assert!(applied.verified.unwrap().converged());
    later(&lab, 600);
    lab.by_hand("PUT", TEAM, json!({ "role": "admin" }));
    let changed = text.replace("role: creator}\nrobots", "role: admin}\nrobots");
    let journal = own_writes(state.path(), "lab").unwrap();
    assert!(
        !journal.writes.is_empty() && journal.actors.contains("quayadmin"),
        "{journal:?}"
    );
    let transport = Arc::new(lab.emulator.clone());
    assert_eq!(
        told(&look_through(&lab, &changed, transport, BOUNDS, journal)),
        [
            "team[acme/developers]: changed quayadmin org_set_team_role",
            "team[acme/operators]: unapplied quayadmin org_set_team_role",
        ]
    );
    // Without a journal the account alone decides.
    assert_eq!(
        told(&look(&lab, &changed, BOUNDS)),
        [
            "team[acme/developers]: unapplied quayadmin org_set_team_role",
            "team[acme/operators]: unapplied quayadmin org_set_team_role",
        ]
    );
}

/// A clock on which somebody does something while one waits.
struct Meanwhile<F>(F, AtomicUsize);

impl<F: Fn() + Send + Sync> Clock for Meanwhile<F> {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> Sleeping<'_> {
        self.1.fetch_add(duration.as_secs() as usize, Ordering::Relaxed);
        (self.0)();
        Box::pin(std::future::ready(()))
    }
}

/// Looks as the command does: again once own writes have come to rest.
fn look_settled(lab: &Lab, text: &str, clock: &dyn Clock) -> (Report, Settling) {
    let settle = Duration::from_secs(120);
    let once = async || {
        // A runtime of its own reads the registry, which needs a thread of its own.
        let found = std::thread::scope(|scope| scope.spawn(|| look(lab, text, BOUNDS)).join().unwrap());
        let standing = Standing {
            differs: !found.drifted.is_empty(),
            youngest_own: found.youngest_own,
            applying: false,
        };
        Ok::<_, ()>((Report::new(found, Vec::new(), None), standing))
    };
    let (report, settling) = runtime()
        .block_on(settled((clock, &Stop::default()), settle, |_| {}, once))
        .unwrap();
    (report.settled(settling), settling)
}

#[test]
fn an_apply_under_way_is_waited_for() {
    let text = MANIFEST.replace("operators: {}", "operators: {role: creator, members: [alice]}");
    // What the manifests want is done for the first change alone, and the rest while drift waits.
    let half = || {
        let lab = applied();
        later(&lab, 3_600);
        let planned = lab.plan(&text);
        assert_eq!(planned.plan.changes.len(), 2);
        let killed = lab.carry_out_watched(&planned, lab.surroundings(), |seen| match seen.number {
            2 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        assert!(killed.is_none());
        lab
    };
    let lab = half();
    let rest = Meanwhile(
        || {
            std::thread::scope(|scope| scope.spawn(|| lab.converge(&text)).join().unwrap());
        },
        AtomicUsize::new(0),
    );
    let (report, settling) = look_settled(&lab, &text, &rest);
    assert_eq!((report.drifted.len(), settling.goes_on), (0, false));
    let waited = rest.1.load(Ordering::Relaxed);
    assert!((60..=120).contains(&waited), "{waited}");

    // One that goes on is told as that; what somebody else did meanwhile is not.
    let lab = half();
    let slow = Meanwhile(
        || carol(&lab, "PUT", TEAM, &json!({ "role": "admin" })),
        AtomicUsize::new(0),
    );
    let (report, settling) = look_settled(&lab, &text, &slow);
    assert!(settling.goes_on);
    let tally = report.tally();
    assert_eq!((tally.applying, tally.changed), (1, 1), "{report:#?}");

    // One that has ended for good is not.
    let lab = half();
    let over = Meanwhile(|| later(&lab, 600), AtomicUsize::new(0));
    let (report, settling) = look_settled(&lab, &text, &over);
    assert!(!settling.goes_on);
    assert_eq!((report.tally().applying, report.tally().unapplied), (0, 1));
}

#[test]
fn old_own_writes_and_a_registry_without_drift_are_not_waited_for() {
    let lab = applied();
    let never = Meanwhile(|| panic!("nothing is to be waited for"), AtomicUsize::new(0));
    let (report, _) = look_settled(&lab, MANIFEST, &never);
    assert_eq!(report.drifted.len(), 0);
    later(&lab, 3_600);
    carol(&lab, "PUT", TEAM, &json!({ "role": "admin" }));
    let (report, settling) = look_settled(&lab, MANIFEST, &never);
    assert_eq!((report.tally().changed, settling), (1, Settling::default()));
}

#[test]
fn coverage_counts_what_manifests_speak_for() {
    let lab = applied();
    for robot in ["other", "third"] {
        lab.by_hand("PUT", &format!("/organization/acme/robots/{robot}"), json!({}));
    }
    lab.by_hand("PUT", &format!("{TEAM}/members/carol"), json!({}));
    let text = MANIFEST.replace("robots: {ci: {}}", "robots: {ci: {}, new: {}}");
    let of = |text: &str| -> Coverage {
        let planned = lab.plan(text);
        coverage(&planned.desired, &planned.live, &planned.plan)
    };
    let kinds = of(&text).kinds;
    let covered = |managed, live| Some(Covered { managed, live });
    assert_eq!(kinds.get("robot").copied(), covered(1, 3));
    // An exact list speaks for whatever is in it, and an additive one for what it names.
    assert_eq!(kinds.get("member").copied(), covered(5, 5));
    let additive = text.replace(
        "developers: {role: creator,",
        "developers: {role: creator, manage: {members: additive},",
    );
    assert_eq!(of(&additive).kinds.get("member").copied(), covered(4, 5));
    assert_eq!(kinds.get("team").copied(), covered(3, 3));
}
