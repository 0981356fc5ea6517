//! Brings robots' tokens to their sink: a new one before its change counts as done, all declared ones at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde_json::Value as Json;

use crate::http::{ReadOnly, Response};
use crate::kinds::{self, organization, robot, targets};
use crate::model::{Action, Address, Answer, Change, Credential, Desired, Intent, Outcome, State, World};
use crate::quay::settle;

use super::Context;
use super::sink::{Kept, Sink, SinkProblem};

/// What became of the credentials in one apply.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// Where they went, as the sink calls itself.
    pub to: String,
    /// Robots whose credential was handed over.
    pub written: BTreeSet<Address>,
    /// Robots whose credential was there already.
    pub unchanged: BTreeSet<Address>,
    /// Robots that are gone, and their credential with them.
    pub removed: BTreeSet<Address>,
    /// What did not work, for people.
    pub problems: Vec<String>,
}

/// Whether a change that is done hands out a credential.
pub fn hands_out(change: &Outcome) -> bool {
    let kind = kinds::find(change.address.kind);
    change.state == State::Done && kind.is_some_and(|kind| kind.hands_out_credential(change.action))
}

/// Whether there is anything for a sink to do.
pub fn concerns_credentials(desired: &Desired, changes: &[Change]) -> bool {
    let declared = desired.objects.iter().any(|wish| wish.address.kind == robot::NAME);
    declared || changes.iter().any(|change| change.address.kind == robot::NAME)
}

/// Hands credentials to one sink, and remembers what became of them.
pub(super) struct Keeper {
    sink: Arc<dyn Sink>,
    client: ReadOnly,
    delivered: Mutex<Delivered>,
    /// Robots whose change failed at the sink and says so; they are not tried twice in one run.
    failed: Mutex<BTreeSet<Address>>,
    requests: AtomicUsize,
}

impl Keeper {
    pub(super) fn new(sink: Arc<dyn Sink>, client: ReadOnly) -> Self {
        let to = sink.name();
        Keeper {
            sink,
            client,
            delivered: Mutex::new(Delivered {
                to,
                ..Delivered::default()
            }),
            failed: Mutex::default(),
            requests: Default::default(),
        }
    }

    /// How many requests it took so far.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn delivered(&self) -> Delivered {
        self.noted(|delivered| delivered.clone())
    }

    /// Takes the token of a robot that was just created from the answer, or asks for it where the answer was lost.
    pub(super) async fn take(&self, robot: &Address, answer: Option<&Response>) -> Result<(), String> {
        let answered = answer.and_then(Response::json).and_then(|body| token(&body));
        let kept = match answered {
            Some(token) => self.keep(robot, token).await,
            None => self.ask_and_keep(robot).await,
        };
        kept.map_err(|reason| {
            self.failed().insert(robot.clone());
            let again = "the next apply with the same sink fetches it";
            format!("it was created, but its token did not reach its sink: {reason}; {again}")
        })
    }

    async fn ask_and_keep(&self, robot: &Address) -> Result<(), String> {
        let (organization, short) = robot.identity.split_once('+').unwrap_or_default();
        match self.get(targets::robot(organization, short)).await {
            Answer::Body(body) => match token(&body) {
                Some(token) => self.keep(robot, token).await,
                None => Err(hidden(organization)),
            },
            Answer::Missing => Err("the registry knows no such robot".to_owned()),
            Answer::Gap(gap) => Err(format!("GET {}: {}", gap.target, gap.reason)),
        }
    }

    async fn get(&self, target: String) -> Answer {
        self.requests.fetch_add(1, Ordering::Relaxed);
        settle(&target, &self.client.get(&target).await)
    }

    async fn keep(&self, robot: &Address, token: SecretString) -> Result<(), String> {
        let credential = Credential {
            robot: robot.identity.clone(),
            token,
        };
        match self.at_sink(move |sink| sink.keep(&credential)).await {
            Ok(Kept::Written) => self.noted(|delivered| _ = delivered.written.insert(robot.clone())),
            Ok(Kept::Unchanged) => self.noted(|delivered| _ = delivered.unchanged.insert(robot.clone())),
            Err(SinkProblem(reason)) => return Err(reason),
        }
        Ok(())
    }

    /// Brings the sink to what is declared: one request for each organization with robots whose token was not handed
    /// over in this run.
    pub(super) async fn reconcile(&self, context: &Context<'_>, live: &World, outcomes: &[Outcome]) {
        for address in gone(live, outcomes) {
            self.forget(&address).await;
        }
        for (organization, robots) in self.open(context.desired) {
            if context.stop.is_asked() {
                let what = format!("the robots of {organization} were not looked at: the run was interrupted");
                return self.noted(|delivered| delivered.problems.push(what));
            }
            match self.get(targets::robot_tokens(&organization)).await {
                Answer::Body(body) => self.bring(&organization, &robots, &body).await,
                // Nothing is declared of it that exists: the plan says so.
                Answer::Missing => {}
                Answer::Gap(gap) => {
                    let what = format!(
                        "the tokens of {organization} cannot be read: GET {}: {}",
                        gap.target, gap.reason
                    );
                    self.noted(|delivered| delivered.problems.push(what));
                }
            }
        }
    }

    /// The robots to look at, by organization: declared ones that were not served yet, and dead ones with a credential.
    fn open(&self, desired: &Desired) -> BTreeMap<String, Vec<(Address, Intent)>> {
        let mut served = self.noted(|delivered| &delivered.written | &delivered.unchanged);
        served.extend(self.failed().iter().cloned());
        let mut open: BTreeMap<String, Vec<(Address, Intent)>> = BTreeMap::new();
        for wish in desired.objects.iter().filter(|wish| wish.address.kind == robot::NAME) {
            let concerns = match wish.intent {
                Intent::Present => !served.contains(&wish.address),
                Intent::Absent => self.sink.holds(&wish.address.identity),
                Intent::External => false,
            };
            if concerns {
                let robots = open.entry(wish.address.namespace().to_owned()).or_default();
                robots.push((wish.address.clone(), wish.intent));
            }
        }
        open
    }

    async fn bring(&self, organization: &str, robots: &[(Address, Intent)], body: &Json) {
        let Some(listed) = body.get("robots").and_then(Json::as_array) else {
            let what = format!("the tokens of {organization} cannot be read: the answer is no list of robots");
            return self.noted(|delivered| delivered.problems.push(what));
        };
        // The list holds robots of look-alike organizations too: only the full name tells.
        let listed: BTreeMap<&str, &Json> = listed
            .iter()
            .filter_map(|view| Some((view.get("name")?.as_str()?, view)))
            .collect();
        for (address, intent) in robots {
            let problem = match (listed.get(address.identity.as_str()), intent) {
                (None, Intent::Absent) => {
                    self.forget(address).await;
                    None
                }
                (Some(view), Intent::Present) => match token(view) {
                    Some(token) => self.keep(address, token).await.err(),
                    None => Some(hidden(organization)),
                },
                _ => None,
            };
            if let Some(reason) = problem {
                self.noted(|delivered| delivered.problems.push(format!("{address}: {reason}")));
            }
        }
    }

    async fn forget(&self, robot: &Address) {
        let name = robot.identity.clone();
        if !self.sink.holds(&name) {
            return;
        }
        match self.at_sink(move |sink| sink.forget(&name)).await {
            Ok(()) => self.noted(|delivered| _ = delivered.removed.insert(robot.clone())),
            Err(SinkProblem(reason)) => self.noted(|delivered| delivered.problems.push(format!("{robot}: {reason}"))),
        }
    }

    /// Sinks wait for disks and programs, which must not hold up the requests of other changes.
    async fn at_sink<T: Send + 'static>(&self, work: impl FnOnce(&dyn Sink) -> T + Send + 'static) -> T {
        let sink = Arc::clone(&self.sink);
        match tokio::task::spawn_blocking(move || work(&*sink)).await {
            Ok(done) => done,
            // A panic is a bug of quayform and must not look like an outcome.
            Err(problem) => std::panic::resume_unwind(problem.into_panic()),
        }
    }

    fn failed(&self) -> MutexGuard<'_, BTreeSet<Address>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn noted<T>(&self, note: impl FnOnce(&mut Delivered) -> T) -> T {
        note(&mut self.delivered.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Robots that this apply deleted, by themselves or with their organization.
fn gone(live: &World, outcomes: &[Outcome]) -> BTreeSet<Address> {
    let deleted = |kind: &'static str| {
        let done = outcomes
            .iter()
            .filter(|outcome| outcome.action == Action::Delete && outcome.state == State::Done);
        done.map(|outcome| &outcome.address)
            .filter(move |address| address.kind == kind)
    };
    let organizations: BTreeSet<&str> = deleted(organization::NAME)
        .map(|address| address.identity.as_str())
        .collect();
    let with_them = live
        .objects
        .keys()
        .filter(|address| address.kind == robot::NAME && organizations.contains(address.namespace()));
    deleted(robot::NAME).chain(with_them).cloned().collect()
}

fn token(view: &Json) -> Option<SecretString> {
    let text = view.get("token")?.as_str().filter(|text| !text.is_empty())?;
    Some(SecretString::from(text))
}

fn hidden(organization: &str) -> String {
    format!("the registry does not show its token: only an administrator of {organization} sees it")
}
