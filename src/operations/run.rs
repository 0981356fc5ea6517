//! One run of an operation against one registry: look up, check, send, wait.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value as Json;

use super::act::act;
use super::inputs::Inputs;
use super::judge::Problem;
use super::operation::{Answer, Operation};
use super::read::{self, Found, Waited};
use super::request::{Prepared, prepare};
use crate::http::{Clock, Method, ReadOnly, Stop, Transport};

/// What an operation is run with.
pub struct Surroundings {
    /// The client that can only GET.
    pub reader: ReadOnly,
    /// The way to write, for actions alone.
    pub writer: Arc<dyn Transport>,
    /// The token that writes carry; `None` where the transport has signed in.
    pub token: Option<SecretString>,
    /// Tells the time between looks at a state.
    pub clock: Arc<dyn Clock>,
    /// Ends every wait.
    pub stop: Stop,
}

/// What is asked for besides the inputs.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    /// How many items of a list at most.
    pub most: usize,
    /// How long to wait for what was begun; `None` where nobody waits.
    pub patience: Option<Duration>,
    /// Whether a log is read as long as it grows.
    pub follows: bool,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Done {
    /// The answer, with its list as far as it was asked for.
    pub found: Found,
    /// What came of waiting, where somebody waited.
    pub waited: Option<Waited>,
}

/// What is told while something goes on.
#[derive(Debug)]
pub enum Told<'t> {
    /// The state of what is waited for.
    State(&'t str),
    /// New entries of a log.
    Entries(&'t [Json]),
}

/// Looks up what is needed for the request, and refuses what the server cannot do. Nothing is changed yet.
pub async fn ready(
    operation: &'static Operation,
    inputs: &mut Inputs,
    surroundings: &Surroundings,
) -> Result<Prepared, Problem> {
    if let Some(tag) = inputs.tag().map(str::to_owned) {
        let digest = read::digest(&surroundings.reader, inputs, &tag).await?;
        inputs.resolve_tag(&digest);
    }
    let prepared =
        prepare(operation, inputs).map_err(|message| Problem::new(message, "`--help` shows what it takes"))?;
    read::check(&surroundings.reader, prepared.route).await?;
    Ok(prepared)
}

/// Sends the request, and waits for what it began where that is wanted; what happens on the way is told.
pub async fn run(
    operation: &'static Operation,
    prepared: &Prepared,
    inputs: &mut Inputs,
    wishes: Wishes,
    surroundings: &Surroundings,
    mut tell: impl FnMut(Told<'_>),
) -> Result<Done, Problem> {
    let (clock, stop) = (surroundings.clock.as_ref(), &surroundings.stop);
    let found = if matches!(operation.answer, Answer::Log) {
        let tell = |entries: &[Json]| tell(Told::Entries(entries));
        read::log(&surroundings.reader, prepared, clock, stop, wishes.follows, tell).await?
    } else if matches!(operation.answer, Answer::Steps) {
        let tell = |entries: &[Json]| tell(Told::Entries(entries));
        read::steps(&surroundings.reader, prepared, clock, stop, wishes.follows, tell).await?
    } else if prepared.route.method == Method::Get {
        read::read(&surroundings.reader, operation, prepared, wishes.most).await?
    } else {
        Found {
            body: act(&surroundings.writer, surroundings.token.clone(), prepared).await?,
            has_more: false,
        }
    };
    let mut waited = None;
    if let (Some(wait), Some(patience)) = (&operation.wait, wishes.patience) {
        for (name, at) in wait.learns {
            match found.body.pointer(at) {
                Some(Json::String(text)) => inputs.learn(name, text),
                Some(Json::Number(number)) => inputs.learn(name, &number.to_string()),
                _ => {}
            }
        }
        let tell = |state: &str| tell(Told::State(state));
        let wait = (prepared.route.target, wait);
        waited = Some(read::wait(&surroundings.reader, wait, inputs, clock, stop, patience, tell).await?);
    }
    Ok(Done { found, waited })
}
