//! Writes without an answer: what may have been done is read, and nothing is done twice.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quayform::apply::{Applied, settle};
use quayform::emulator::Emulator;
use quayform::http::clock::Sleeping;
use quayform::http::{Clock, Method, Request, Response, Sending, Stop, Transport, TransportError};
use quayform::model::State;

use super::company;
use crate::lab::{Lab, Planned, Surroundings};

/// How the answer to one write is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// The server never got it.
    Before,
    /// The server did it, and the connection was cut.
    After,
    /// The server does it while the client waits.
    Late,
    /// Something between gave up; the server never got it.
    BadGatewayBefore,
    /// Something between gave up; the server did it.
    BadGatewayAfter,
    /// The server did it and failed inside.
    CrashAfter,
}

const LOSSES: [Loss; 6] = [
    Loss::Before,
    Loss::After,
    Loss::Late,
    Loss::BadGatewayBefore,
    Loss::BadGatewayAfter,
    Loss::CrashAfter,
];

/// A way to the registry that loses the answer to some writes, and a clock on which no time is spent.
struct Lossy {
    emulator: Emulator,
    loss: Loss,
    /// Which writes lose their answers, by number and text (`POST /api/v1/…`).
    hits: Box<Hits>,
    state: Mutex<Seen>,
    stop: Stop,
    /// Asks to stop instead of waiting.
    impatient: bool,
}

type Hits = dyn Fn(usize, &str) -> bool + Send + Sync;

#[derive(Default)]
struct Seen {
    writes: Vec<String>,
    hit: Vec<String>,
    late: Vec<Request>,
    slept: Duration,
}

impl Lossy {
    fn new(lab: &Lab, loss: Loss, hits: impl Fn(usize, &str) -> bool + Send + Sync + 'static) -> Self {
        Lossy {
            emulator: lab.emulator.clone(),
            loss,
            hits: Box::new(hits),
            state: Mutex::default(),
            stop: Stop::default(),
            impatient: false,
        }
    }

    fn carry_out(self, lab: &Lab, planned: &Planned) -> (Applied, Seen) {
        let lossy = Arc::new(self);
        let surroundings = Surroundings {
            transport: lossy.clone(),
            clock: lossy.clone(),
            stop: lossy.stop.clone(),
            ..lab.surroundings()
        };
        let applied = lab.carry_out_in(planned, surroundings).unwrap();
        let seen = std::mem::take(&mut *lossy.state.lock().unwrap());
        (applied, seen)
    }

    async fn lose(&self, request: Request) -> Result<Response, TransportError> {
        let cut = Err(TransportError::Cut("reset by peer".to_owned()));
        let page = |status| {
            Ok(Response {
                status,
                content_type: "text/html".to_owned(),
                retry_after: None,
                body: b"<html>".to_vec(),
            })
        };
        match self.loss {
            Loss::Before => cut,
            Loss::Late => {
                self.state.lock().unwrap().late.push(request);
                Err(TransportError::Timeout(60))
            }
            Loss::After => self.emulator.send(request).await.and(cut),
            Loss::BadGatewayBefore => page(502),
            Loss::BadGatewayAfter => self.emulator.send(request).await.and(page(502)),
            Loss::CrashAfter => self.emulator.send(request).await.and(page(500)),
        }
    }
}

impl Transport for Lossy {
    fn send(&self, request: Request) -> Sending<'_> {
        let is_hit = request.method != Method::Get && {
            let mut seen = self.state.lock().unwrap();
            let text = format!("{request:?}");
            seen.writes.push(text.clone());
            let is_hit = (self.hits)(seen.writes.len(), &text);
            seen.hit.extend(is_hit.then_some(text));
            is_hit
        };
        Box::pin(async move {
            if is_hit {
                self.lose(request).await
            } else {
                self.emulator.send(request).await
            }
        })
    }
}

impl Clock for Lossy {
    fn now(&self) -> jiff::Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Sleeping<'_> {
        Box::pin(async move {
            if self.impatient {
                self.stop.ask();
                return std::future::pending().await;
            }
            let late = {
                let mut seen = self.state.lock().unwrap();
                seen.slept += duration;
                std::mem::take(&mut seen.late)
            };
            for request in late {
                // Whatever the server says, nobody listens any more.
                let _ = self.emulator.send(request).await;
            }
        })
    }
}

fn times(seen: &Seen, text: &str) -> usize {
    seen.writes.iter().filter(|write| *write == text).count()
}

/// Two equal ones are possible.
fn is_not_unique(write: &str) -> bool {
    write.starts_with("POST") && (write.ends_with("/notification/") || write.ends_with("/prototypes"))
}

/// The server refuses a second equal one, or takes it for the first: it is sent again without waiting.
fn is_harmless_twice(write: &str) -> bool {
    let ends = ["/autoprunepolicy/", "/immutabilitypolicy/", "/federation"];
    write.starts_with("POST") && ends.iter().any(|end| write.ends_with(end))
}

fn not_done(applied: &Applied) -> Vec<String> {
    let open = applied.outcomes.iter().filter(|outcome| outcome.state != State::Done);
    open.map(|outcome| format!("{}: {:?}", outcome.address, outcome.state))
        .collect()
}

#[test]
fn whichever_write_loses_its_answer_nothing_is_done_twice() {
    let whole = company::lab();
    let planned = whole.plan(company::ACME);
    let (_, seen) = Lossy::new(&whole, Loss::Before, |_, _| false).carry_out(&whole, &planned);
    assert!(seen.writes.len() > 30, "{:#?}", seen.writes);
    let mut met = BTreeSet::new();
    for (write, number) in seen.writes.iter().zip(1..).filter(|(write, _)| met.insert(*write)) {
        // What may be repeated is, whatever became of the first one.
        let losses = if write.starts_with("POST") {
            &LOSSES[..]
        } else {
            &LOSSES[..2]
        };
        for loss in losses {
            one_loss(*loss, number);
        }
    }
}

fn one_loss(loss: Loss, number: usize) {
    let lab = company::lab();
    let planned = lab.plan(company::ACME);
    let (applied, seen) = Lossy::new(&lab, loss, move |at, _| at == number).carry_out(&lab, &planned);
    let write = seen.hit[0].as_str();
    let told = format!("{loss:?} of {write}: {:#?}", not_done(&applied));
    let never_sent = matches!(loss, Loss::Before | Loss::BadGatewayBefore);
    // What the server did before it failed inside is never guessed.
    let is_repeated = is_harmless_twice(write) && loss != Loss::CrashAfter;
    if write.starts_with("POST") {
        assert_eq!(seen.slept >= settle::TIME, !is_repeated, "{told}");
    }
    if is_harmless_twice(write) {
        let sent = expected_posts(&planned, write) + usize::from(is_repeated);
        assert_eq!(times(&seen, write), sent, "{told}");
        assert_eq!(not_done(&applied), Vec::<String>::new(), "{told}");
    } else if is_not_unique(write) {
        assert_eq!(times(&seen, write), expected_posts(&planned, write), "{told}");
        assert_eq!(not_done(&applied).len(), usize::from(never_sent), "{told}");
    } else {
        // A name of its own: it was found, or sent again.
        assert_eq!(not_done(&applied), Vec::<String>::new(), "{told}");
    }
    assert!(applied.verified.as_ref().unwrap().converged(), "{told}");
    if not_done(&applied).is_empty() {
        assert_eq!(lab.plan(company::ACME).lines(), Vec::<String>::new(), "{told}");
    } else {
        lab.converge(company::ACME);
    }
    for (path, list, count) in [
        ("/organization/acme/prototypes", "prototypes", 3),
        ("/organization/acme/applications", "applications", 1),
        ("/organization/acme/autoprunepolicy/", "policies", 2),
        ("/organization/acme/immutabilitypolicy/", "policies", 1),
        ("/repository/acme/api/autoprunepolicy/", "policies", 1),
        ("/repository/acme/api/immutabilitypolicy/", "policies", 1),
        ("/repository/acme/api/notification/", "notifications", 4),
    ] {
        let all = lab.by_hand("GET", path, serde_json::Value::Null);
        assert_eq!(all[list].as_array().unwrap().len(), count, "{path}: {told}");
    }
}

/// How often the plan sends a request with this path: once for each object.
fn expected_posts(planned: &Planned, write: &str) -> usize {
    let calls = planned.plan.changes.iter().flat_map(|change| &change.calls);
    calls
        .filter(|call| format!("{} /api/v1{}", call.method, call.shown_path()) == write)
        .count()
}

#[test]
fn what_is_lost_twice_is_not_sent_a_third_time() {
    let lab = Lab::new();
    let planned = lab.plan("kind: Organization\nname: acme\nteams: {devs: {}}\n");
    let hits = |_: usize, write: &str| write == "POST /api/v1/organization/";
    let (applied, seen) = Lossy::new(&lab, Loss::Before, hits).carry_out(&lab, &planned);
    assert_eq!(seen.writes, ["POST /api/v1/organization/"; 2]);
    assert_eq!(seen.slept, settle::TIME * 2);
    let open = not_done(&applied);
    assert!(open[0].contains("read again: it was not done"), "{open:#?}");
    assert!(open[1].contains("it comes after organization[acme]"), "{open:#?}");
}

#[test]
fn who_is_invited_gets_one_mail() {
    for (loss, sent) in [(Loss::After, 1), (Loss::BadGatewayAfter, 1), (Loss::Before, 2)] {
        let lab = Lab::new();
        lab.emulator.with(|registry| {
            registry.set_feature("MAILING", true);
            registry.set_feature("REQUIRE_TEAM_INVITE", true);
        });
        let text = "kind: Organization\nname: acme\nemail: a@acme.example\nteams: {devs: {members: [bob]}}\n";
        let planned = lab.plan(text);
        let put = "PUT /api/v1/organization/acme/team/devs/members/bob";
        let first = Mutex::new(true);
        let hits = move |_: usize, write: &str| write == put && std::mem::take(&mut *first.lock().unwrap());
        let (applied, seen) = Lossy::new(&lab, loss, hits).carry_out(&lab, &planned);
        assert_eq!(not_done(&applied), Vec::<String>::new(), "{loss:?}");
        assert_eq!(times(&seen, put), sent, "{loss:?}");
        let carried_out = lab.writes().iter().filter(|write| *write == put).count();
        assert_eq!(carried_out, 1, "{loss:?}");
        lab.converge(text);
    }
}

#[test]
fn a_robot_that_somebody_else_makes_at_the_last_moment_is_not_ours() {
    /// Lets somebody make the robot just before it is asked for.
    struct Overtaking(Emulator, String);
    impl Transport for Overtaking {
        fn send(&self, request: Request) -> Sending<'_> {
            if request.method == Method::Put && request.target.ends_with("/robots/ci") {
                let lab = Lab {
                    emulator: self.0.clone(),
                    ..Lab::new()
                };
                lab.by_hand(
                    "PUT",
                    "/organization/acme/robots/ci",
                    serde_json::json!({"description": self.1}),
                );
            }
            self.0.send(request)
        }
    }
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: acme\n");
    let planned = lab.plan("kind: Organization\nname: acme\nrobots: {ci: {description: ours}}\n");
    let surroundings = Surroundings {
        transport: Arc::new(Overtaking(lab.emulator.clone(), "theirs".to_owned())),
        ..lab.surroundings()
    };
    let open = not_done(&lab.carry_out_in(&planned, surroundings).unwrap());
    assert!(open[0].contains("somebody else was first"), "{open:#?}");
}

#[test]
fn a_replacement_that_is_cut_in_half_leaves_no_second_one() {
    let lab = Lab::new();
    let text = |url: &str| {
        format!(
            "kind: Organization\nname: acme\nmanage: {{notifications: additive}}\n---\nkind: Repository\nname: acme/api\n\
             notifications: [{{title: one, event: repo_push, webhook: {{url: 'https://hooks.example/{url}'}}}}]\n"
        )
    };
    lab.converge(&text("old"));
    let planned = lab.plan(&text("new"));
    assert_eq!(planned.lines(), ["replace notification[acme/api:one]"]);
    // From the second write on nothing gets through any more, as if the process had died.
    let (_, seen) = Lossy::new(&lab, Loss::Before, |at, _| at > 1).carry_out(&lab, &planned);
    assert!(
        seen.writes[0].starts_with("DELETE") && seen.writes[1].starts_with("POST"),
        "{:#?}",
        seen.writes
    );
    lab.converge(&text("new"));
    let live = lab.by_hand("GET", "/repository/acme/api/notification/", serde_json::Value::Null);
    let live = live["notifications"].as_array().unwrap();
    assert_eq!(live.len(), 1);
    assert_eq!(live[0]["config"]["url"], "https://hooks.example/new");
}

#[test]
fn an_interrupt_ends_the_wait_and_nothing_is_claimed() {
    let lab = Lab::new();
    let planned = lab.plan("kind: Organization\nname: acme\nteams: {devs: {}}\n");
    let mut lossy = Lossy::new(&lab, Loss::Before, |at, _| at == 1);
    lossy.impatient = true;
    let (applied, seen) = lossy.carry_out(&lab, &planned);
    assert_eq!(seen.writes.len(), 1);
    let open = not_done(&applied);
    assert!(open[0].contains("read again too early to be sure"), "{open:#?}");
    lab.converge("kind: Organization\nname: acme\nteams: {devs: {}}\n");
}

#[test]
fn what_was_certainly_not_done_is_said_to_be_so() {
    struct Refusing(Lossy);
    impl Transport for Refusing {
        fn send(&self, request: Request) -> Sending<'_> {
            if request.method == Method::Get {
                return self.0.send(request);
            }
            Box::pin(async { Err(TransportError::Connect("refused".to_owned())) })
        }
    }
    let lab = Lab::new();
    let planned = lab.plan("kind: Organization\nname: acme\n");
    let clock = Arc::new(Lossy::new(&lab, Loss::Before, |_, _| false));
    let way = Arc::new(Refusing(Lossy::new(&lab, Loss::Before, |_, _| false)));
    let surroundings = Surroundings {
        transport: way,
        clock: clock.clone(),
        ..lab.surroundings()
    };
    let applied = lab.carry_out_in(&planned, surroundings).unwrap();
    let open = not_done(&applied);
    assert!(open[0].contains("4 times; nothing was changed"), "{open:#?}");
    // Pauses between tries, and no settling.
    assert!(clock.state.lock().unwrap().slept < settle::TIME);
}
