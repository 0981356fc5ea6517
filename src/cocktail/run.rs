//! What an answer says about a run of a build.

use serde_json::Value as Json;

/// The path that tells how a run stands, with its log.
pub fn target(seq: u64) -> String {
    format!("/v1/build/run/log/{seq}")
}

/// A run of a build, as far as anybody here needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number, through all builds.
    pub seq: u64,
    /// The number of its build, where it is told.
    pub build_seq: Option<u64>,
    /// The tag that it makes.
    pub tag: String,
    /// `CREATED`, `RUNNING`, `DONE` or `ERROR`.
    pub state: String,
    /// `BUILD`; `CANCEL` or `REMOVE` where somebody has taken it back.
    pub sort: String,
    /// The image that it has made.
    pub image: String,
    /// The digest of that image; only after a success, and perhaps not even then.
    pub digest: Option<String>,
    /// In their order.
    pub steps: Vec<Step>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place, from 1 on.
    pub order: u64,
    /// `CODE_DOWN`, `USER_TASK`, `CREATE_IMAGE` and so on.
    pub sort: String,
    /// `WAIT` and so on.
    pub state: String,
    /// What it has written so far.
    pub log: String,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It has not ended; also in a state that nobody has heard of.
    UnderWay,
    /// It has made its image.
    Done,
    /// It has ended otherwise.
    Failed,
}

impl Run {
    /// Reads a run, or the only one of a list; `None` where the answer is neither.
    pub fn read(body: &Json) -> Option<Run> {
        let run = match body {
            Json::Array(runs) => runs.first()?,
            other => other,
        };
        let steps = run.get("buildStepRuns").and_then(Json::as_array);
        let mut steps: Vec<Step> = steps.into_iter().flatten().map(Step::read).collect();
        steps.sort_by_key(|step| step.order);
        Some(Run {
            seq: number(run, "buildRunSeq")?,
            build_seq: number(run, "buildSeq"),
            tag: text(run, "tagName"),
            state: text(run, "runState"),
            sort: text(run, "runType"),
            image: text(run, "imageUrl"),
            digest: Some(text(run, "imageDigest")).filter(|digest| !digest.is_empty()),
            steps,
        })
    }

    /// Whether it goes on, and if not, how it ended.
    pub fn stage(&self) -> Stage {
        match (self.sort.as_str(), self.state.as_str()) {
            ("CANCEL" | "REMOVE", _) | (_, "ERROR") => Stage::Failed,
            (_, "DONE") => Stage::Done,
            _ => Stage::UnderWay,
        }
    }

    /// Its state in one word.
    pub fn word(&self) -> &str {
        match self.sort.as_str() {
            taken_back @ ("CANCEL" | "REMOVE") => taken_back,
            _ => &self.state,
        }
    }

    /// The steps that failed; where none says so, the last that wrote something.
    pub fn failing(&self) -> Vec<&Step> {
        let failing: Vec<&Step> = self.steps.iter().filter(|step| step.state == "ERROR").collect();
        if !failing.is_empty() {
            return failing;
        }
        let last = self.steps.iter().rev().find(|step| !step.log.trim().is_empty());
        last.into_iter().collect()
    }
}

impl Step {
    fn read(step: &Json) -> Step {
        Step {
            order: number(step, "stepOrder").unwrap_or_default(),
            sort: text(step, "stepType"),
            state: text(step, "stepState"),
            log: text(step, "log"),
        }
    }
}

fn text(object: &Json, field: &str) -> String {
    object.get(field).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// A number, also where it is written as a text.
fn number(object: &Json, field: &str) -> Option<u64> {
    let value = object.get(field)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_is_read_alone_and_from_a_list() {
        let run = json!({"buildRunSeq": "7", "buildSeq": 5, "runState": "RUNNING", "runType": "BUILD", "buildStepRuns": [
            {"stepOrder": 2, "stepType": "CREATE_IMAGE", "stepState": "WAIT", "log": null},
            {"stepOrder": 1, "stepType": "CODE_DOWN", "stepState": "DONE", "log": "cloned"},
        ]});
        let read = Run::read(&run).unwrap();
        assert_eq!((read.seq, read.build_seq, read.stage()), (7, Some(5), Stage::UnderWay));
        assert_eq!(read.steps[0].sort, "CODE_DOWN");
        assert_eq!(read.failing(), [&read.steps[0]]);
        assert_eq!(Run::read(&json!([run])), Some(read));
        for no_run in [json!([]), json!({}), json!(null), json!({"buildRunSeq": "x"})] {
            assert_eq!(Run::read(&no_run), None, "{no_run}");
        }
    }

    #[test]
    fn what_was_taken_back_has_failed() {
        for (sort, state, stage, word) in [
            ("BUILD", "DONE", Stage::Done, "DONE"),
            ("BUILD", "ERROR", Stage::Failed, "ERROR"),
            ("CANCEL", "DONE", Stage::Failed, "CANCEL"),
            ("", "PAUSED", Stage::UnderWay, "PAUSED"),
        ] {
            let run = Run::read(&json!({"buildRunSeq": 1, "runType": sort, "runState": state})).unwrap();
            assert_eq!((run.stage(), run.word()), (stage, word));
        }
    }
}
