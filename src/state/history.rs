//! What a journal says about runs that did not come to their end.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::journal::Line;
use crate::apply::journal::{Event, Work};
use crate::apply::settle;
use crate::http::Method;

/// The runs since the last one that came to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The last run, if it did not come to its end.
    pub unfinished: Option<Unfinished>,
    /// The writes that left, or were about to, and of which nobody has read yet what they did.
    pub unanswered: Vec<Unanswered>,
    /// What they have started, and nobody has seen the end of.
    pub work: Work,
}

/// A run that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// When it began.
    pub began: Timestamp,
    /// Who it wrote as.
    pub actor: String,
    /// How many changes it was to make.
    pub changes: usize,
    /// How many of them it had done.
    pub done: usize,
    /// How many of them had come to another end.
    pub not_done: usize,
}

/// A write without an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// When it was about to leave.
    pub at: Timestamp,
    /// The object.
    pub address: String,
    /// The method.
    pub method: Method,
    /// The path from the origin on.
    pub path: String,
    /// Whether sending it twice does no harm.
    pub repeatable: bool,
}

impl History {
    /// Reads the lines of a journal. A line that a crash cut off says nothing, nor does one of another version.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let lines = bytes.split(|byte| *byte == b'\n');
        let lines = lines.filter_map(|line| serde_json::from_slice::<Line>(line).ok());
        let mut reading = Reading::default();
        for line in lines {
            reading.take(line);
        }
        reading.end()
    }

    /// Whether there is nothing to tell about earlier runs.
    pub fn is_silent(&self) -> bool {
        self.unfinished.is_none() && self.unanswered.is_empty()
    }

    /// How long reading has to wait until none of these writes can still be at work: repeating what reading missed would
    /// do it twice.
    pub fn settle_time_left(&self, now: Timestamp, settle_time: Duration) -> Duration {
        let harmful = self.unanswered.iter().filter(|write| !write.repeatable);
        let left = harmful.map(|write| settle::left(settle_time, write.at, now));
        left.max().unwrap_or_default()
    }
}

#[derive(Default)]
struct Reading {
    last: Option<(String, Unfinished)>,
    open: BTreeMap<(String, usize), Unanswered>,
    work: Work,
}

impl Reading {
    fn take(&mut self, line: Line) {
        let Line { time, run, event, .. } = line;
        let last = self.last.as_mut().filter(|(last, _)| *last == run).map(|(_, run)| run);
        match (event, last) {
            (Event::RunBegins { actor, changes, .. }, _) => {
                let begun = Unfinished {
                    began: time,
                    actor,
                    changes,
                    done: 0,
                    not_done: 0,
                };
                self.last = Some((run, begun));
            }
            (
                Event::WriteBegins {
                    write,
                    address,
                    method,
                    path,
                    repeatable,
                    ..
                },
                _,
            ) => {
                let begun = Unanswered {
                    at: time,
                    address,
                    method,
                    path,
                    repeatable,
                };
                self.open.insert((run, write), begun);
            }
            (Event::WriteEnds { write, outcome, .. }, _) => {
                // An unknown outcome stays open until the run has read it.
                if outcome != "unknown" {
                    self.open.remove(&(run, write));
                }
            }
            (Event::ChangeEnds { address, state }, Some(last)) if state == "done" => {
                last.done += 1;
                self.open
                    .retain(|(of, _), write| *of != run || write.address != address);
            }
            (Event::ChangeEnds { .. }, Some(last)) => last.not_done += 1,
            (Event::WorkBegins { address, path, number }, _) => {
                self.work.insert(address, (path, number));
            }
            (Event::WorkEnds { address }, _) => {
                self.work.remove(&address);
            }
            // It has read again what it touched, and at its beginning what runs before it had touched.
            (Event::RunEnds { settled: true, .. }, Some(_)) => {
                self.last = None;
                self.open.clear();
            }
            (Event::RunEnds { .. }, Some(_)) => self.last = None,
            (Event::ChangeEnds { .. } | Event::RunEnds { .. }, None) => {}
        }
    }

    fn end(self) -> History {
        History {
            unfinished: self.last.map(|(_, run)| run),
            unanswered: self.open.into_values().collect(),
            work: self.work,
        }
    }
}
