//! Runs lines in process against one embedded registry, and keeps what was sent.

use std::sync::{Arc, OnceLock};

use clap::Parser;
use quayform::cli::{Cli, Command};
use quayform::cocktail::Gateway;
use quayform::emulator::{Emulator, IncomingRequest};
use quayform::http::{Clock, Method, ReadOnly, Stop, SystemClock, Transport};
use quayform::model::Target;
use quayform::operations::act::act;
use quayform::operations::run::{Done, Surroundings, ready, run};
use quayform::operations::{Problem, free};
use secrecy::SecretString;
use serde_json::Value as Json;

use super::lines::{IDS, LINES, lab};
use crate::lab::{Impatient, runtime};

/// The token of the superuser.
pub(super) const TOKEN: &str = "emulator-token";

/// One request of one line.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The row's command: `mirror show`.
    pub(crate) command: String,
    pub(crate) method: String,
    /// Without its query.
    pub(crate) path: String,
}

/// What came of one line.
pub(crate) struct Ran {
    pub(crate) requests: Vec<Sent>,
    /// What is not as the line says.
    pub(crate) surprise: Option<String>,
}

/// What all lines send, run once.
pub(crate) fn all() -> &'static [Ran] {
    static ALL: OnceLock<Vec<Ran>> = OnceLock::new();
    ALL.get_or_init(|| {
        let emulator = lab();
        LINES.iter().map(|line| ran(&emulator, line)).collect()
    })
}

fn ran(emulator: &Emulator, line: &str) -> Ran {
    let (is_played, line) = match line.strip_prefix("? ") {
        Some(line) => (false, line),
        None => (true, line),
    };
    let line = with_ids(emulator, line);
    emulator.with(|registry| registry.clear_log());
    let (command, outcome) = carry_out(emulator, &line);
    let requests: Vec<Sent> = emulator.with(|registry| {
        let one = |entry: &quayform::emulator::LoggedRequest| Sent {
            command: command.clone(),
            method: entry.method.clone(),
            path: entry.target.split('?').next().unwrap().to_owned(),
        };
        registry.request_log().iter().map(one).collect()
    });
    let surprise = match (&outcome, is_played) {
        (Err(problem), true) => Some(format!("{line}: {problem}: {:?}", problem.cause)),
        (Ok(_), false) => Some(format!("{line}: works, and need not be marked")),
        _ => None,
    };
    Ran { requests, surprise }
}

/// Runs a line as the program does, up to what is printed.
pub(crate) fn carry_out(emulator: &Emulator, line: &str) -> (String, Result<Done, Problem>) {
    carry_out_as(emulator, line, TOKEN, Impatient::beside(emulator))
}

/// The same with another token, on another clock.
pub(crate) fn carry_out_as(
    emulator: &Emulator,
    line: &str,
    token: &str,
    clock: impl Clock + 'static,
) -> (String, Result<Done, Problem>) {
    let words = std::iter::once("quayform").chain(line.split(' '));
    let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
    let Command::Operation(chosen) = cli.command else {
        panic!("{line} is no operation");
    };
    let operation = chosen.operation();
    let mut inputs = chosen
        .inputs(SystemClock.now())
        .unwrap_or_else(|error| panic!("{line}: {error:?}"));
    let wishes = chosen.wishes().unwrap();
    let token = SecretString::from(token);
    let transport: Arc<dyn Transport> = match operation.target() {
        Target::Registry => Arc::new(emulator.clone()),
        Target::Cocktail => Arc::new(Gateway::new(Arc::new(emulator.clone()))),
    };
    let surroundings = Surroundings {
        reader: ReadOnly::new(Arc::clone(&transport), Some(token.clone())),
        writer: transport,
        token: Some(token),
        clock: Arc::new(clock),
        stop: Stop::default(),
    };
    let outcome = runtime().block_on(async {
        let prepared = ready(operation, &mut inputs, &surroundings).await?;
        run(operation, &prepared, &mut inputs, wishes, &surroundings, |_| {}).await
    });
    (operation.command(), outcome)
}

/// Whether `quayform api` brings a request of that form to the registry, whatever it answers.
pub(crate) fn can_be_sent(method: &str, template: &str) -> bool {
    let emulator = lab();
    let parts = template.split('/').map(|part| match part {
        "{repository}" => "acme/api",
        part if part.starts_with('{') => "1",
        part => part,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    let method: Method = serde_json::from_value(method.into()).unwrap();
    let prepared = free::prepare(method, &path, &[], None).unwrap();
    let writer: Arc<dyn Transport> = Arc::new(emulator.clone());
    let _ = runtime().block_on(act(&writer, Some(SecretString::from(TOKEN)), &prepared));
    emulator.with(|registry| {
        let last = registry.request_log().last().unwrap();
        last.method == method.to_string() && last.target == format!("/api/v1{path}")
    })
}

/// Puts ids that the registry gave in the place of `{names}`.
pub(crate) fn with_ids(emulator: &Emulator, line: &str) -> String {
    IDS.iter().fold(line.to_owned(), |line, (name, path, pointer)| {
        let name = format!("{{{name}}}");
        if !line.contains(&name) {
            return line;
        }
        let path = with_ids(emulator, path);
        let request = IncomingRequest::new("GET", &format!("/api/v1{path}")).with_token(TOKEN);
        let answer = emulator.handle(&request).unwrap();
        let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let id = match body.pointer(pointer) {
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "unknown".to_owned(),
        };
        line.replace(&name, &id)
    })
}

/// Whether a path has the form of a template; a repository takes two segments or more.
pub(crate) fn fits(template: &str, path: &str) -> bool {
    let pattern: Vec<&str> = template.split('/').collect();
    let segments: Vec<&str> = path.split('/').collect();
    let same = |pattern: &[&str], segments: &[&str]| {
        pattern.len() == segments.len()
            && pattern
                .iter()
                .zip(segments)
                .all(|(expected, segment)| expected == segment || (expected.starts_with('{') && !segment.is_empty()))
    };
    match pattern.iter().position(|part| *part == "{repository}") {
        None => same(&pattern, &segments),
        Some(place) => {
            let after = pattern.len() - place - 1;
            segments.len() > pattern.len()
                && same(&pattern[..place], &segments[..place])
                && same(&pattern[place + 1..], &segments[segments.len() - after..])
        }
    }
}
