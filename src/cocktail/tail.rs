//! What is new in the log of a run since the last look.

use std::collections::BTreeMap;

use super::run::{Run, Step};

/// Remembers what was told of a run.
#[derive(Debug, Default)]
pub struct Tail {
    /// By the place of a step: its state, and how much of its log.
    told: BTreeMap<u64, (String, usize)>,
}

impl Tail {
    /// The lines that are new: of each step its state where that has changed, and what it has written since.
    pub fn new_lines(&mut self, run: &Run) -> Vec<String> {
        run.steps.iter().flat_map(|step| self.of_step(step)).collect()
    }

    fn of_step(&mut self, step: &Step) -> Vec<String> {
        let (state, length) = self.told.entry(step.order).or_default();
        let mut lines = Vec::new();
        let has_moved = *state != step.state && step.state != "WAIT";
        // A log that was begun anew is told anew.
        let new = step.log.get(*length..).unwrap_or(&step.log);
        let head = format!("[{} {}] {}", step.order, step.sort, step.state);
        if has_moved && state.is_empty() {
            lines.push(head.clone());
        }
        lines.extend(new.lines().map(str::to_owned));
        if has_moved && !state.is_empty() {
            lines.push(head);
        }
        if has_moved {
            state.clone_from(&step.state);
        }
        *length = step.log.len();
        lines
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_line_is_told_once() {
        let mut tail = Tail::default();
        let mut look = |first: (&str, &str), second: (&str, &str)| {
            let steps = [("CODE_DOWN", first), ("CREATE_IMAGE", second)];
            let steps = steps.iter().enumerate().map(|(place, (sort, (state, log)))| {
                json!({"stepOrder": place + 1, "stepType": sort, "stepState": state, "log": log})
            });
            let steps: Vec<_> = steps.collect();
            tail.new_lines(&Run::read(&json!({"buildRunSeq": 1, "buildStepRuns": steps})).unwrap())
        };
        assert!(look(("WAIT", ""), ("WAIT", "")).is_empty());
        assert_eq!(look(("RUNNING", "a\n"), ("WAIT", "")), ["[1 CODE_DOWN] RUNNING", "a"]);
        assert_eq!(
            look(("DONE", "a\nb\n"), ("ERROR", "c\n")),
            ["b", "[1 CODE_DOWN] DONE", "[2 CREATE_IMAGE] ERROR", "c"]
        );
        assert!(look(("DONE", "a\nb\n"), ("ERROR", "c\n")).is_empty());
    }
}
