//! Each write is noted before it leaves; what cannot be noted does not leave.

use std::io;
use std::sync::{Arc, Mutex};

use quayform::apply::journal::{Event, Journal, Recording};
use quayform::emulator::Emulator;
use quayform::http::{Method, Request, Sending, Transport};
use quayform::model::State;

use super::company;
use crate::lab::{Lab, Surroundings};

/// A journal and a way to the registry that write down in one list what comes when.
struct Notes {
    emulator: Emulator,
    lines: Mutex<Vec<String>>,
    /// How many lines there is room for.
    room: usize,
}

impl Notes {
    fn new(lab: &Lab, room: usize) -> Arc<Self> {
        Arc::new(Notes {
            emulator: lab.emulator.clone(),
            lines: Mutex::default(),
            room,
        })
    }

    fn surroundings(self: &Arc<Self>, lab: &Lab) -> Surroundings {
        Surroundings {
            transport: self.clone(),
            journal: self.clone(),
            ..lab.surroundings()
        }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Journal for Notes {
    fn record(&self, event: Event) -> Recording<'_> {
        let mut lines = self.lines.lock().unwrap();
        let outcome = if lines.len() < self.room {
            lines.push(serde_json::to_string(&event).unwrap());
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        Box::pin(std::future::ready(outcome))
    }
}

impl Transport for Notes {
    fn send(&self, request: Request) -> Sending<'_> {
        if request.method != Method::Get {
            self.lines.lock().unwrap().push(format!("sent {request:?}"));
        }
        self.emulator.send(request)
    }
}

#[test]
fn each_write_is_noted_before_it_leaves_and_no_secret_is() {
    let lab = company::lab();
    let planned = lab.plan(company::ACME);
    let notes = Notes::new(&lab, usize::MAX);
    let applied = lab.carry_out_in(&planned, notes.surroundings(&lab)).unwrap();
    let lines = notes.lines();
    let mut announced = Vec::new();
    let mut sent = 0;
    for line in &lines {
        if let Some(request) = line.strip_prefix("sent ") {
            assert!(announced.contains(&request.to_owned()), "{request} was not noted");
            sent += 1;
        } else if let Event::WriteBegins { method, path, .. } = serde_json::from_str(line).unwrap() {
            announced.push(format!("{method} {path}"));
        }
    }
    assert_eq!((sent, announced.len()), (applied.writes, applied.writes));
    let count = |word: &str| {
        lines
            .iter()
            .filter(|line| line.contains(&format!("\"event\":\"{word}\"")))
            .count()
    };
    assert_eq!(count("write_ends"), applied.writes);
    assert_eq!(count("change_ends"), applied.outcomes.len());
    assert_eq!((count("run_begins"), count("run_ends")), (1, 1));
    let text = lines.join("\n");
    for secret in ["hooks.example", "not-a-password", lab.token.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn what_cannot_be_noted_does_not_leave() {
    let lab = company::lab();
    let planned = lab.plan(company::ACME);
    let notes = Notes::new(&lab, 8);
    let applied = lab.carry_out_in(&planned, notes.surroundings(&lab)).unwrap();
    let sent = notes.lines().iter().filter(|line| line.starts_with("sent")).count();
    assert!(sent > 0 && sent == applied.writes, "{:#?}", notes.lines());
    let failed: Vec<&str> = applied
        .outcomes
        .iter()
        .filter_map(|outcome| outcome.state.detail())
        .collect();
    assert!(
        failed
            .iter()
            .any(|said| said.contains("the journal cannot be written") && said.contains("nothing was sent")),
        "{failed:#?}"
    );
    assert!(applied.count(|state| *state == State::Done) > 0);
    lab.converge(company::ACME);
}

#[test]
fn nothing_begins_without_a_journal() {
    let lab = company::lab();
    let planned = lab.plan(company::ACME);
    let notes = Notes::new(&lab, 0);
    let applied = lab.carry_out_in(&planned, notes.surroundings(&lab));
    let problem = applied.unwrap_err().to_string();
    assert!(problem.starts_with("the journal cannot be written"), "{problem}");
    assert_eq!(notes.lines(), Vec::<String>::new());
}
