use super::*;
use crate::apply::settle::TIME;
use crate::http::{Method, SystemClock};

const REGISTRY: &str = "https://quay.example.com";

fn open(directory: &Path) -> FileJournal {
    FileJournal::open(directory, REGISTRY, Arc::new(SystemClock)).unwrap()
}

fn record(journal: &FileJournal, events: impl IntoIterator<Item = Event>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for event in events {
        runtime.block_on(journal.record(event)).unwrap();
    }
}

fn run_begins(changes: usize) -> Event {
    Event::RunBegins {
        version: "0.0.0".to_owned(),
        actor: "alice".to_owned(),
        changes,
    }
}

fn write_begins(write: usize, address: &str, repeatable: bool) -> Event {
    Event::WriteBegins {
        write,
        address: address.to_owned(),
        action: "create".to_owned(),
        method: if repeatable { Method::Put } else { Method::Post },
        path: format!("/api/v1/{write}"),
        attempt: 1,
        repeatable,
    }
}

fn write_ends(write: usize, outcome: &str) -> Event {
    Event::WriteEnds {
        write,
        outcome: outcome.to_owned(),
        status: Some(201),
    }
}

fn change_ends(address: &str, state: &str) -> Event {
    Event::ChangeEnds {
        address: address.to_owned(),
        state: state.to_owned(),
    }
}

fn run_ends(settled: bool) -> Event {
    Event::RunEnds { done: 1, settled }
}

fn history(directory: &Path) -> History {
    FileJournal::history(directory, REGISTRY).unwrap()
}

/// A run of three changes that dies while its second write has no answer.
fn died() -> Vec<Event> {
    vec![
        run_begins(3),
        write_begins(1, "team[acme/a]", true),
        write_ends(1, "done"),
        change_ends("team[acme/a]", "done"),
        write_begins(2, "notification[acme/api:x]", false),
    ]
}

#[test]
fn a_run_that_came_to_its_end_leaves_nothing_to_say() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(history(directory.path()), History::default());
    record(&open(directory.path()), died().into_iter().chain([run_ends(true)]));
    assert_eq!(history(directory.path()), History::default());
}

#[test]
fn a_run_that_died_is_told_also_with_a_broken_last_line() {
    let directory = tempfile::tempdir().unwrap();
    record(&open(directory.path()), died());
    let path = FileJournal::path(directory.path(), REGISTRY);
    let whole = fs::read(&path).unwrap();
    let broken = [whole.as_slice(), br#"{"time": "2026-01-01T00"#].concat();
    for text in [whole, broken] {
        fs::write(&path, text).unwrap();
        let history = history(directory.path());
        let run = history.unfinished.unwrap();
        assert_eq!(
            (run.changes, run.done, run.not_done, run.actor.as_str()),
            (3, 1, 0, "alice")
        );
        let [open] = history.unanswered.as_slice() else {
            panic!("{:#?}", history.unanswered)
        };
        assert_eq!(
            (open.address.as_str(), open.method),
            ("notification[acme/api:x]", Method::Post)
        );
    }
    // The next run's first line is not lost behind the broken one.
    record(&open(directory.path()), [run_begins(1), run_ends(true)]);
    assert_eq!(history(directory.path()), History::default());
}

#[test]
fn what_nobody_has_read_yet_stays_open_over_runs() {
    let directory = tempfile::tempdir().unwrap();
    record(&open(directory.path()), died());
    record(&open(directory.path()), [run_begins(2), run_ends(false)]);
    let left = history(directory.path());
    assert_eq!((left.unfinished, left.unanswered.len()), (None, 1));
    record(&open(directory.path()), [run_begins(2), run_ends(true)]);
    assert_eq!(history(directory.path()), History::default());
}

#[test]
fn only_what_must_not_be_done_twice_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let begun = |repeatable| [run_begins(1), write_begins(1, "x[acme]", repeatable)];
    record(&open(directory.path()), begun(true));
    let now = Timestamp::now();
    assert!(history(directory.path()).settle_time_left(now, TIME).is_zero());
    record(&open(directory.path()), begun(false));
    let left = history(directory.path());
    assert!(!left.settle_time_left(left.unanswered[1].at, TIME).is_zero());
    let later = now + jiff::SignedDuration::from_secs(60);
    assert!(left.settle_time_left(later, TIME).is_zero());
    // A change that was done in the end leaves no write open.
    record(
        &open(directory.path()),
        [
            run_begins(1),
            write_begins(1, "x[acme]", false),
            write_ends(1, "unknown"),
            change_ends("x[acme]", "done"),
        ],
    );
    assert_eq!(history(directory.path()).unanswered.len(), 2);
}

#[test]
fn a_journal_that_has_grown_is_set_aside() {
    let directory = tempfile::tempdir().unwrap();
    let path = FileJournal::path(directory.path(), REGISTRY);
    fs::write(&path, vec![b'\n'; LARGEST as usize + 1]).unwrap();
    record(&open(directory.path()), [run_begins(1)]);
    assert!(fs::metadata(&path).unwrap().len() < 1000);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn lines_are_json_with_time_run_and_registry() {
    let directory = tempfile::tempdir().unwrap();
    record(&open(directory.path()), died());
    let text = fs::read_to_string(FileJournal::path(directory.path(), REGISTRY)).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["registry"], REGISTRY);
    assert_eq!(lines[0]["event"], "run_begins");
    assert_eq!(lines[4]["method"], "POST");
    assert!(
        lines
            .iter()
            .all(|line| line["run"] == lines[0]["run"] && line["time"].is_string())
    );
}

/// Whatever becomes of the run that has started it, work is known until somebody has seen its end.
#[test]
fn work_is_remembered_until_it_has_ended() {
    let directory = tempfile::tempdir().unwrap();
    let begins = |address: &str, number| Event::WorkBegins {
        address: address.to_owned(),
        path: "/v1/build/run/5".to_owned(),
        number,
    };
    let ends = |address: &str| Event::WorkEnds {
        address: address.to_owned(),
    };
    record(
        &open(directory.path()),
        [run_begins(2), begins("a", 1), begins("b", 2), run_ends(true)],
    );
    let known = history(directory.path());
    assert_eq!((known.is_silent(), known.work.len()), (true, 2));
    record(&open(directory.path()), [run_begins(2), ends("a"), begins("b", 3)]);
    let known = history(directory.path());
    assert_eq!(
        known.work.into_iter().collect::<Vec<_>>(),
        [("b".to_owned(), ("/v1/build/run/5".to_owned(), 3))]
    );
}
