//! Brings robots' tokens to their sink: a new one before its change counts as done, all declared ones at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde_json::Value as Json;

use crate::http::{ReadOnly, Response};
use crate::kinds::{self, organization, robot, service_key, targets, user};
use crate::model::{
    Action, Address, Answer, Change, Credential, CredentialSort as Sort, Desired, Intent, Outcome, State, World,
};
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

/// Whether a change that is done hands out a credential that can be asked for again.
pub fn hands_out(change: &Outcome) -> bool {
    change.state == State::Done && change.address.kind == robot::NAME && gives(&change.address, change.action)
}

/// Whether the change hands out a credential that nobody is shown again: a user's password, a service's private key.
pub fn hands_out_once(change: &Change) -> bool {
    change.action.writes() && change.address.kind != robot::NAME && gives(&change.address, change.action)
}

fn gives(address: &Address, action: Action) -> bool {
    kinds::find(address.kind).is_some_and(|kind| kind.hands_out_credential(action))
}

/// Whether there is anything for a sink to do.
pub fn concerns_credentials(desired: &Desired, changes: &[Change]) -> bool {
    let declared = desired.objects.iter().any(|wish| wish.address.kind == robot::NAME);
    let concerned = |change: &Change| change.address.kind == robot::NAME || hands_out_once(change);
    declared || changes.iter().any(concerned)
}

/// Hands credentials to one sink, and remembers what became of them.
pub(super) struct Keeper {
    sink: Arc<dyn Sink>,
    client: ReadOnly,
    delivered: Mutex<Delivered>,
    /// Robots whose change failed at the sink and says so; they are not tried twice in one run.
    failed: Mutex<BTreeSet<Address>>,
    requests: AtomicUsize,
    /// Whose token is used: the robots of this account have paths of their own.
    account: String,
}

impl Keeper {
    pub(super) fn new(sink: Arc<dyn Sink>, client: ReadOnly, account: &str) -> Self {
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
            account: account.to_owned(),
        }
    }

    /// How many requests it took so far.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn delivered(&self) -> Delivered {
        self.noted(|delivered| delivered.clone())
    }

    /// Takes the credential of what was just created from the answer. A robot's token can be asked for where the answer
    /// was lost; nothing else is shown twice.
    pub(super) async fn take(&self, owner: &Address, answer: Option<&Response>) -> Result<(), String> {
        let answered = answer.and_then(Response::json).and_then(|body| credential(&body));
        let is_robot = owner.kind == robot::NAME;
        let kept = match answered {
            Some(token) => self.keep(owner, token).await,
            None if is_robot => self.ask_and_keep(owner).await,
            None => Err("the answer that held it was lost".to_owned()),
        };
        kept.map_err(|reason| {
            self.failed().insert(owner.clone());
            if is_robot {
                let again = "the next apply with the same sink fetches it";
                format!("it was created, but its token did not reach its sink: {reason}; {again}")
            } else {
                let again = "nothing shows it again: delete it with a tombstone and create it anew";
                format!("credential lost: it was created, but its credential did not reach its sink: {reason}; {again}")
            }
        })
    }

    async fn ask_and_keep(&self, robot: &Address) -> Result<(), String> {
        let (organization, short) = robot.identity.split_once('+').unwrap_or_default();
        let target = match organization == self.account {
            true => targets::own_robot(short),
            false => targets::robot(organization, short),
        };
        match self.get(target).await {
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
        let (owner, sort) = match robot.kind {
            service_key::NAME => (service_key::name(robot), Sort::Key),
            _ => (robot.identity.as_str(), Sort::Login),
        };
        let credential = Credential {
            robot: owner.to_owned(),
            token,
            sort,
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
            let target = match organization == self.account {
                true => targets::own_robot_tokens(),
                false => targets::robot_tokens(&organization),
            };
            match self.get(target).await {
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
    let accounts = deleted(robot::NAME).chain(deleted(user::NAME));
    accounts.chain(with_them).cloned().collect()
}

fn token(view: &Json) -> Option<SecretString> {
    secret(view, "token")
}

/// What the answer to a creation hands out, each kind of object under a name of its own.
fn credential(answer: &Json) -> Option<SecretString> {
    ["token", "password", "private_key"]
        .iter()
        .find_map(|key| secret(answer, key))
}

fn secret(view: &Json, key: &str) -> Option<SecretString> {
    let text = view.get(key)?.as_str().filter(|text| !text.is_empty())?;
    Some(SecretString::from(text))
}

fn hidden(organization: &str) -> String {
    format!("the registry does not show its token: only an administrator of {organization} sees it")
}
