//! Builds that a change starts: found again, followed to their end, and explained where they fail.

use std::time::Duration;

use serde_json::Value as Json;

use crate::http::{ReadOnly, Response};
use crate::kinds::sight::{list, text};
use crate::model::{Call, Change, State, Value};
use crate::quay::error_text;

use super::send::Sender;
use super::settle::Found;

/// How long an apply waits for the end of a build.
pub const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// From one look at a build to the next; the first ones are shorter, since some builds fail at once.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// So many looks in a row may go wrong.
const LOST: u32 = 5;

/// So many of the newest builds are searched for one that is under way already.
const SEARCHED: u32 = 100;

/// So much of the log is shown of a build that failed.
const LINES: usize = 20;

/// What a phase says of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    UnderWay,
    Complete,
    Failed,
}

fn stage(phase: &str) -> Stage {
    match phase {
        "complete" => Stage::Complete,
        "error" | "internalerror" | "cancelled" | "expired" => Stage::Failed,
        _ => Stage::UnderWay,
    }
}

/// The pauses after looks at something that goes on, together about as long as there is patience.
pub(super) fn pauses(patience: Duration) -> impl Iterator<Item = Duration> {
    let longer = |pause: &Duration| Some((*pause * 2).min(LONGEST_PAUSE));
    let pauses = std::iter::successors(Some(FIRST_PAUSE), longer);
    pauses.scan(Duration::ZERO, move |passed, pause| {
        *passed += pause;
        (*passed <= patience).then_some(pause)
    })
}

impl Sender {
    /// Starts a build, unless an equal one is under way already, as after a crash; and waits for its end.
    pub(super) async fn build(&self, change: &Change, call: &Call, path: &str, answer: &mut Option<Response>) -> State {
        let running = match self.under_way(call, path).await {
            Ok(running) => running,
            Err(problem) => {
                return State::Failed(format!(
                    "GET {path}: {problem}: whether it is being built already is not known, so that nothing was started"
                ));
            }
        };
        let id = match running {
            Some(id) => id,
            None => match self.start(change, call, path, answer).await {
                Ok(id) => id,
                Err(state) => return state,
            },
        };
        if self.build_patience.is_zero() {
            return State::Deferred(format!("build {id} is under way; the next apply finds it again"));
        }
        self.follow(change, path, &id).await
    }

    async fn start(
        &self,
        change: &Change,
        call: &Call,
        path: &str,
        answer: &mut Option<Response>,
    ) -> Result<String, State> {
        match self.call(change, call, path, answer).await {
            State::Done => {}
            other => return Err(other),
        }
        let said = answer.as_ref().and_then(Response::json);
        match said.as_ref().map(|said| text(said, "id")).filter(|id| !id.is_empty()) {
            Some(id) => Ok(id.to_owned()),
            // The answer was lost, and reading has shown that the build had begun.
            None => match self.under_way(call, path).await {
                Ok(Some(id)) => Ok(id),
                _ if self.look_for(change).await == Found::There => Err(State::Done),
                _ => Err(State::Unknown(
                    "a build was started, and cannot be found any more".to_owned(),
                )),
            },
        }
    }

    /// Whether a build whose start got no answer has begun, or has even made its tag.
    pub(super) async fn has_begun(&self, change: &Change, call: &Call) -> Found {
        let Ok(path) = self.path(call).await else {
            return Found::Unsure;
        };
        match self.under_way(call, &path).await {
            Ok(Some(_)) => Found::There,
            Ok(None) => self.look_for(change).await,
            Err(_) => Found::Unsure,
        }
    }

    /// A build of the same sources for the same tag that has not ended.
    async fn under_way(&self, call: &Call, path: &str) -> Result<Option<String>, String> {
        let body = match &call.body {
            Some(Value::Map(body)) => body,
            _ => return Ok(None),
        };
        let wanted = |key: &str| body.get(key).and_then(Value::as_text).unwrap_or_default();
        let tags: Vec<&str> = match body.get("docker_tags") {
            Some(Value::List(tags)) => tags.iter().filter_map(Value::as_text).collect(),
            _ => Vec::new(),
        };
        let answer = self.look(&format!("{path}?limit={SEARCHED}")).await?;
        if !answer.get("builds").is_some_and(Json::is_array) {
            return Err("the answer is not one of this API".to_owned());
        }
        let is_same = |build: &&Json| {
            let made: Vec<&str> = list(build, "tags").filter_map(Json::as_str).collect();
            stage(text(build, "phase")) == Stage::UnderWay
                && text(build, "archive_url") == wanted("archive_url")
                && made == tags
        };
        let found = list(&answer, "builds").find(is_same);
        Ok(found.map(|build| text(build, "id").to_owned()))
    }

    /// Looks at a build until it has ended, as long as there is patience.
    async fn follow(&self, change: &Change, path: &str, id: &str) -> State {
        let (mut shown, mut lost) = (String::new(), 0);
        for pause in pauses(self.build_patience) {
            match self.look(&format!("{path}{id}/status")).await {
                Ok(build) => {
                    let phase = text(&build, "phase").to_owned();
                    lost = 0;
                    if phase != shown {
                        self.tell(&change.address, format!("build {id}: {phase}"));
                    }
                    match stage(&phase) {
                        Stage::Complete => return State::Done,
                        Stage::Failed => return State::Failed(self.failure(path, id, &phase).await),
                        Stage::UnderWay => shown = phase,
                    }
                }
                Err(problem) if lost == LOST => {
                    return State::Failed(format!("build {id} is under way and cannot be followed: {problem}"));
                }
                Err(_) => lost += 1,
            }
            if !self.stop.wait(self.clock.as_ref(), pause).await {
                return State::Deferred(format!("build {id} goes on; the next apply finds it again"));
            }
        }
        let minutes = self.build_patience.as_secs() / 60;
        State::Deferred(format!(
            "build {id} has not ended within {minutes} minutes; it goes on, and the next apply finds it again"
        ))
    }

    /// What became of a build, with the end of its log.
    async fn failure(&self, path: &str, id: &str, phase: &str) -> String {
        let said = format!("build {id} ended as `{phase}`");
        match self.look(&format!("{path}{id}/logs")).await {
            Err(problem) => format!("{said}; its log cannot be read: {problem}"),
            Ok(log) => {
                let lines: Vec<&str> = list(&log, "logs")
                    .map(|entry| text(entry, "message").trim_end())
                    .collect();
                let last = lines.iter().skip(lines.len().saturating_sub(LINES));
                let last: String = last.map(|line| format!("\n  {line}")).collect();
                match last.as_str() {
                    "" => format!("{said}; its log is not at hand any more"),
                    last => format!("{said}; its log ends:{}", self.without_token(last)),
                }
            }
        }
    }

    async fn look(&self, target: &str) -> Result<Json, String> {
        let client = ReadOnly::new(self.transport.clone(), self.token.clone());
        self.count_read();
        let answer = client.get(target).await.map_err(|problem| problem.to_string())?;
        if !answer.is_success() {
            return Err(error_text(&answer));
        }
        answer.json().ok_or_else(|| "the answer is no JSON".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rarer_and_end_with_the_patience() {
        let all: Vec<u128> = pauses(PATIENCE).map(|pause| pause.as_millis()).collect();
        assert_eq!(all[..6], [250, 500, 1000, 2000, 4000, 5000]);
        let total: u128 = all.iter().sum();
        assert!(
            total <= PATIENCE.as_millis() && total > PATIENCE.as_millis() - 5000,
            "{total}"
        );
        assert_eq!(pauses(Duration::ZERO).count(), 0);
    }
}
