//! Runs of CocktailCloud's builds that a change starts: followed to their end, and explained where they fail.
//!
//! Nothing there lists runs, and one whose number is not known can never be found. What decides is the tag itself: one
//! that is there is not built. Beyond that, the number of a run is noted as soon as it is told, so that the next apply
//! from the same directory goes on with it; and a start without an answer is not made again, but the tag waited for.

use std::time::Duration;

use crate::cocktail::run::target;
use crate::cocktail::{Run, Stage};
use crate::http::Response;
use crate::kinds;
use crate::model::{Call, Change, State, Value};
use crate::quay::error_text;

use super::builds::pauses;
use super::journal::Event;
use super::send::Sender;
use super::settle::Found;

/// From one look for an image that was made to the next.
const PAUSE: Duration = Duration::from_secs(5);

/// From one look for a tag to the next, where nobody knows the run.
const PAUSE_OF_TAG: Duration = Duration::from_secs(15);

/// So many looks in a row may go wrong.
const LOST: u32 = 5;

/// So often it is looked whether an image has arrived that was made.
const ARRIVES: u32 = 3;

/// So many lines are shown of the log of a step that failed.
const LINES: usize = 20;

/// What a look at a run shows.
enum Look {
    Run(Box<Run>),
    /// There is no such run.
    Gone,
    Lost(String),
}

impl Sender {
    /// Runs a build, unless an earlier apply has started a run that still goes on; waits for its end, and for the tag.
    pub(super) async fn cocktail_run(
        &self,
        change: &Change,
        call: &Call,
        path: &str,
        answer: &mut Option<Response>,
    ) -> State {
        let known = match self.begun(change, path).await {
            Ok(known) => known,
            Err(problem) => {
                return State::Failed(format!(
                    "{problem}: whether it is being built already is not known, so that nothing was started"
                ));
            }
        };
        let seq = match known {
            Some(seq) => seq,
            None => match self.start_run(change, call, path, answer).await {
                Ok(seq) => seq,
                Err(state) => return state,
            },
        };
        if self.build_patience.is_zero() {
            return State::Deferred(format!("run {seq} is under way; {}", next_time()));
        }
        self.follow_run(change, seq).await
    }

    /// The run that an earlier apply has started for the same tag by the same request, if it goes on.
    async fn begun(&self, change: &Change, path: &str) -> Result<Option<u64>, String> {
        let Some((started_by, seq)) = self.work.get(&change.address.to_string()) else {
            return Ok(None);
        };
        if started_by != path {
            // The manifest means another build now.
            self.note_end(change).await;
            return Ok(None);
        }
        match self.look_at_run(*seq).await {
            Look::Run(run) if run.stage() == Stage::UnderWay && is_of(&run, change, path) => {
                self.tell(&change.address, format!("run {seq} goes on: {}", run.word()));
                Ok(Some(*seq))
            }
            Look::Run(_) | Look::Gone => {
                self.note_end(change).await;
                Ok(None)
            }
            Look::Lost(problem) => Err(format!("GET {}: {problem}", target(*seq))),
        }
    }

    /// Starts a run and notes its number.
    async fn start_run(
        &self,
        change: &Change,
        call: &Call,
        path: &str,
        answer: &mut Option<Response>,
    ) -> Result<u64, State> {
        match self.call(change, call, path, answer).await {
            State::Done => {}
            State::Unknown(said) if is_lost(answer.as_ref()) => return Err(self.wait_for_tag(change, said).await),
            other => return Err(other),
        }
        let said = answer.as_ref().and_then(Response::json);
        let Some(run) = said.as_ref().and_then(Run::read) else {
            // Reading has shown the tag, or the answer is none of this API.
            let said = "a run was started, and the answer does not tell its number".to_owned();
            return Err(self.wait_for_tag(change, said).await);
        };
        let begins = Event::WorkBegins {
            address: change.address.to_string(),
            path: path.to_owned(),
            number: run.seq,
        };
        self.note(begins).await;
        Ok(run.seq)
    }

    /// Looks for the tag of a run that nobody can look at, as long as there is patience.
    async fn wait_for_tag(&self, change: &Change, said: String) -> State {
        let looks = self.build_patience.as_secs() / PAUSE_OF_TAG.as_secs();
        if looks > 0 {
            self.tell(&change.address, format!("{said}; waiting for the tag"));
        }
        for look in 0..=looks {
            if self.look_for(change).await == Found::There {
                return State::Done;
            }
            if look < looks && !self.stop.wait(self.clock.as_ref(), PAUSE_OF_TAG).await {
                break;
            }
        }
        State::Unknown(format!(
            "{said}: a run may be under way, and its tag has not come; the next apply that does not find the tag \
             starts a run"
        ))
    }

    /// Looks at a run until it has ended, as long as there is patience.
    async fn follow_run(&self, change: &Change, seq: u64) -> State {
        let (mut shown, mut lost) = (String::new(), 0);
        for pause in pauses(self.build_patience) {
            match self.look_at_run(seq).await {
                Look::Run(run) => {
                    lost = 0;
                    let stands = standing(&run);
                    if stands != shown {
                        self.tell(&change.address, format!("run {seq}: {stands}"));
                        shown = stands;
                    }
                    if run.stage() != Stage::UnderWay {
                        self.note_end(change).await;
                        return self.outcome(change, &run).await;
                    }
                }
                Look::Gone => {
                    self.note_end(change).await;
                    return State::Failed(format!("run {seq} is not there any more: somebody has removed it"));
                }
                Look::Lost(problem) if lost == LOST => {
                    return State::Failed(format!("run {seq} is under way and cannot be followed: {problem}"));
                }
                Look::Lost(_) => lost += 1,
            }
            if !self.stop.wait(self.clock.as_ref(), pause).await {
                return State::Deferred(format!("run {seq} goes on; {}", next_time()));
            }
        }
        let minutes = self.build_patience.as_secs() / 60;
        State::Deferred(format!(
            "run {seq} has not ended within {minutes} minutes; {}",
            next_time()
        ))
    }

    async fn outcome(&self, change: &Change, run: &Run) -> State {
        match run.stage() {
            Stage::Done => self.arrived(change, run).await,
            _ => State::Failed(self.without_token(&explained(run))),
        }
    }

    /// Whether the registry has what a run says that it has made.
    async fn arrived(&self, change: &Change, run: &Run) -> State {
        let (seq, mut why) = (run.seq, String::new());
        for _ in 0..ARRIVES {
            let world = self.look_at(&change.address).await;
            match world.get(&change.address) {
                Some(live) => {
                    let found = live.fields.get("digest").and_then(Value::as_text).unwrap_or_default();
                    return match run.digest.as_deref().filter(|made| *made != found) {
                        None => State::Done,
                        Some(made) => State::Failed(format!(
                            "run {seq} has made {made}, and the tag points to {found}: somebody else has moved it, or \
                             the build pushes elsewhere ({})",
                            pushed(run)
                        )),
                    };
                }
                None if world.is_complete(&kinds::collection(&change.address)) => {
                    why = format!(
                        "the registry has no such tag: the build pushes elsewhere ({})",
                        pushed(run)
                    );
                }
                None => "the tag cannot be read".clone_into(&mut why),
            }
            if !self.stop.wait(self.clock.as_ref(), PAUSE).await {
                break;
            }
        }
        State::Failed(format!("run {seq} is done, and {why}"))
    }

    async fn note_end(&self, change: &Change) {
        let address = change.address.to_string();
        self.note(Event::WorkEnds { address }).await;
    }

    async fn look_at_run(&self, seq: u64) -> Look {
        let Some(client) = self.cocktail.as_ref().map(crate::cocktail::Cocktail::reader) else {
            return Look::Lost("there is no way to CocktailCloud".to_owned());
        };
        self.count_read();
        match client.get(&target(seq)).await {
            Err(problem) => Look::Lost(problem.to_string()),
            Ok(answer) if answer.status == 404 => Look::Gone,
            Ok(answer) if !answer.is_success() => Look::Lost(error_text(&answer)),
            Ok(answer) => match answer.json() {
                Some(body) if is_nothing(&body) => Look::Gone,
                Some(body) => match Run::read(&body) {
                    Some(run) => Look::Run(Box::new(run)),
                    None => Look::Lost("the answer is not one of this API".to_owned()),
                },
                None => Look::Lost("the answer is no JSON".to_owned()),
            },
        }
    }
}

/// Whether the answer got lost, on its way or at a gateway; one of the server itself, also that it failed, is there.
fn is_lost(answer: Option<&Response>) -> bool {
    answer.is_none_or(|answer| answer.is_success() || matches!(answer.status, 502..=504))
}

/// A list of runs without any, or none at all.
fn is_nothing(body: &serde_json::Value) -> bool {
    body.is_null() || body.as_array().is_some_and(Vec::is_empty)
}

/// Whether a run is one of the build that a path starts, and for the tag: on another server the same number means another.
fn is_of(run: &Run, change: &Change, path: &str) -> bool {
    let build = path.split('?').next().and_then(|path| path.rsplit('/').next());
    let tag = change.address.identity.rsplit(':').next();
    let is_build = run.build_seq.is_none_or(|seq| build == Some(seq.to_string().as_str()));
    is_build && (run.tag.is_empty() || tag == Some(run.tag.as_str()))
}

/// What the next apply does about a run that goes on.
fn next_time() -> &'static str {
    "the next apply from this directory goes on with it"
}

/// The state of a run, and the step that it has come to.
fn standing(run: &Run) -> String {
    let begun = run.steps.iter().rev().find(|step| step.state != "WAIT");
    match begun.filter(|_| run.stage() == Stage::UnderWay) {
        Some(step) => format!("{}, {} of {}: {}", run.word(), step.order, run.steps.len(), step.sort),
        None => run.word().to_owned(),
    }
}

/// How a run ended, with the end of the log of what failed.
fn explained(run: &Run) -> String {
    let mut said = format!("run {} of CocktailCloud ended as `{}`", run.seq, run.word());
    let failing = run.failing();
    if failing.is_empty() {
        return said + "; it has no log";
    }
    for step in failing {
        said.push_str(&format!("; the log of step {}, {}, ends:", step.order, step.sort));
        let lines: Vec<&str> = step.log.lines().map(str::trim_end).collect();
        for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
            said.push_str(&format!("\n  {line}"));
        }
    }
    said
}

/// Where a run says that it has pushed.
fn pushed(run: &Run) -> String {
    match run.image.as_str() {
        "" => format!("tag {}", run.tag),
        image => format!("{image}:{}", run.tag),
    }
}
