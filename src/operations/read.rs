//! The half that cannot write: lists with all of their pages, features, digests of tags, states that are waited for.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value as Json;

use super::inputs::Inputs;
use super::judge::{Problem, check_features, judge};
use super::operation::{Answer, Operation, Paging, Right, Route, Wait};
use super::request::{Prepared, path, with_query};
use crate::cocktail::tail::Tail;
use crate::cocktail::{Run, Stage};
use crate::http::{Clock, ReadOnly, Stop};
use crate::kinds::targets;
use crate::model::Target;
use crate::quay::preflight;
use crate::quay::settle;

/// An answer, with as much of its list as was asked for.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The answer; the list in it holds the items of all pages.
    pub body: Json,
    /// Whether the registry has more than was asked for.
    pub has_more: bool,
}

/// Asks for the server's features, if the route needs any, and refuses what it cannot do.
pub async fn check(reader: &ReadOnly, route: &Route) -> Result<(), Problem> {
    if route.features.is_empty() {
        return Ok(());
    }
    let answer = settle(targets::CONFIG, &reader.get_anonymously(targets::CONFIG).await);
    let features = preflight::features(Some(&answer)).map_err(|error| Problem {
        cause: error.cause().map(str::to_owned),
        ..Problem::new(error.to_string(), error.help())
    })?;
    check_features(route, &features)
}

/// Reads what an operation asks for: at most so many items of a list that comes in pages.
pub async fn read(
    reader: &ReadOnly,
    operation: &Operation,
    prepared: &Prepared,
    most: usize,
) -> Result<Found, Problem> {
    let (at, paging) = match operation.answer {
        Answer::List { at, paging, .. } => (at, paging),
        _ => ("", Paging::Whole),
    };
    pages(reader, prepared.route, &prepared.target, Some(at), paging, most).await
}

/// Reads a list with its pages; where nobody says where the list is, it is the first in the answer.
pub async fn pages(
    reader: &ReadOnly,
    route: &Route,
    target: &str,
    at: Option<&str>,
    paging: Paging,
    most: usize,
) -> Result<Found, Problem> {
    let body = get(reader, route, target).await?;
    let at = at.map_or_else(|| first_list(&body), str::to_owned);
    let mut found = Found { body, has_more: false };
    if paging == Paging::Whole {
        return Ok(found);
    }
    let (mut seen, mut number) = (BTreeSet::new(), 1);
    let mut next = following(&found.body, paging, target, &mut number);
    while let Some(following_target) = next {
        if length(&found.body, &at) >= most {
            found.has_more = true;
            break;
        }
        if !seen.insert(following_target.clone()) {
            // A page token that the server does not understand means the first page to it.
            return Err(Problem::new(
                "the list does not end: the server repeats a page",
                "run it again; if it stays so, ask for less with --limit",
            ));
        }
        let page = get(reader, route, &following_target).await?;
        next = following(&page, paging, target, &mut number);
        append(&mut found.body, page, &at);
    }
    found.has_more |= shorten(&mut found.body, &at, most);
    Ok(found)
}

/// The registry's own description of its API.
pub async fn description(reader: &ReadOnly) -> Result<Json, Problem> {
    const DISCOVERY: Route = Route::get("/discovery", Right::Anyone);
    get(reader, &DISCOVERY, "/api/v1/discovery").await
}

/// The JSON pointer of the first list in an answer.
fn first_list(body: &Json) -> String {
    let fields = body.as_object().into_iter().flatten();
    let mut lists = fields
        .filter(|(_, value)| value.is_array())
        .map(|(name, _)| format!("/{name}"));
    lists.next().unwrap_or_default()
}

async fn get(reader: &ReadOnly, route: &Route, target: &str) -> Result<Json, Problem> {
    let answer = match route.right {
        // The server hashes the token on every request that carries one.
        Right::Anyone => reader.get_anonymously(target).await,
        _ => reader.get(target).await,
    };
    judge(route, answer)
}

/// The target of the page after this one.
fn following(body: &Json, paging: Paging, first: &str, number: &mut u32) -> Option<String> {
    let by_token = || Some(with_query(first, "next_page", body.get("next_page")?.as_str()?));
    let mut by_number = |more: &str| {
        *number += 1;
        let goes_on = body.get(more) == Some(&Json::Bool(true));
        goes_on.then(|| with_query(first, "page", &number.to_string()))
    };
    match paging {
        Paging::Whole => None,
        Paging::NextPage => by_token(),
        Paging::Numbered(more) => by_number(more),
        Paging::Any if body.get("next_page").is_some() => by_token(),
        Paging::Any if body.get("has_next").is_some() => by_number("has_next"),
        Paging::Any => by_number("has_additional"),
    }
}

fn length(body: &Json, at: &str) -> usize {
    body.pointer(at).and_then(Json::as_array).map_or(0, Vec::len)
}

fn append(body: &mut Json, mut page: Json, at: &str) {
    let more = page.pointer_mut(at).map(Json::take);
    if let (Some(Json::Array(list)), Some(Json::Array(more))) = (body.pointer_mut(at), more) {
        list.extend(more);
    }
}

/// Leaves away what is more than was asked for; returns whether anything was.
fn shorten(body: &mut Json, at: &str, most: usize) -> bool {
    if let Some(fields) = body.as_object_mut() {
        // It led to a page that is part of the list by now, or is not asked for.
        fields.remove("next_page");
    }
    match body.pointer_mut(at) {
        Some(Json::Array(list)) if list.len() > most => {
            list.truncate(most);
            true
        }
        _ => false,
    }
}

/// The digest that a tag has now.
pub async fn digest(reader: &ReadOnly, inputs: &Inputs, tag: &str) -> Result<String, Problem> {
    const TAGS: Route = Route::get("/repository/{repository}/tag/", Right::RepositoryRead);
    let target = path(Target::Registry, TAGS.path, inputs).unwrap_or_default();
    let target = with_query(&with_query(&target, "onlyActiveTags", "true"), "specificTag", tag);
    let body = get(reader, &TAGS, &target).await?;
    let digest = body.pointer("/tags/0/manifest_digest").and_then(Json::as_str);
    digest.map(str::to_owned).ok_or_else(|| {
        Problem::new(
            format!("there is no tag {tag}"),
            "check the name: `quayform tag list` shows those that are there; or name a digest, sha256:…",
        )
    })
}

/// Reads a build's log from the entry on that nobody has seen yet; new entries are told. Followed, it goes on until the
/// build has ended; returns all entries.
pub async fn log(
    reader: &ReadOnly,
    prepared: &Prepared,
    clock: &dyn Clock,
    stop: &Stop,
    follows: bool,
    mut tell: impl FnMut(&[Json]),
) -> Result<Found, Problem> {
    let (mut entries, mut pause): (Vec<Json>, _) = (Vec::new(), FIRST_PAUSE);
    loop {
        // Asked before the log is read, so that nothing is missed that was written last.
        let goes_on = follows && !has_ended(reader, prepared).await?;
        let target = with_query(&prepared.target, "start", &entries.len().to_string());
        let mut body = get(reader, prepared.route, &target).await?;
        // A log that was put away is not in the answer, but behind an address in it.
        if let Some(address) = body.get("logs_url").and_then(Json::as_str) {
            return Err(Problem::new(
                "the log of this build was put away",
                format!("fetch it from {address}"),
            ));
        }
        let new = match body.get_mut("logs").map(Json::take) {
            Some(Json::Array(new)) => new,
            _ => Vec::new(),
        };
        tell(&new);
        pause = if new.is_empty() {
            (pause * 2).min(LONGEST_PAUSE)
        } else {
            FIRST_PAUSE
        };
        entries.extend(new);
        if !goes_on || !stop.wait(clock, pause).await {
            let body = serde_json::json!({ "logs": entries });
            return Ok(Found { body, has_more: false });
        }
    }
}

/// Reads a run of CocktailCloud with the log of its steps; lines that are new are told. Followed, it goes on until the run
/// has ended; returns the last answer.
pub async fn steps(
    reader: &ReadOnly,
    prepared: &Prepared,
    clock: &dyn Clock,
    stop: &Stop,
    follows: bool,
    mut tell: impl FnMut(&[Json]),
) -> Result<Found, Problem> {
    let (mut tail, mut pause) = (Tail::default(), FIRST_PAUSE);
    loop {
        let body = get(reader, prepared.route, &prepared.target).await?;
        let Some(run) = Run::read(&body) else {
            return Err(Problem::new(
                "CocktailCloud has no such run",
                "check the number: `cocktail build run` tells it",
            ));
        };
        let new = tail.new_lines(&run).into_iter();
        let new: Vec<Json> = new.map(|line| serde_json::json!({ "message": line })).collect();
        tell(&new);
        pause = if new.is_empty() {
            (pause * 2).min(LONGEST_PAUSE)
        } else {
            FIRST_PAUSE
        };
        let goes_on = follows && run.stage() == Stage::UnderWay;
        if !goes_on || !stop.wait(clock, pause).await {
            return Ok(Found { body, has_more: false });
        }
    }
}

/// The phases after which a build does nothing any more.
const ENDS: [&str; 5] = ["complete", "error", "internalerror", "cancelled", "expired"];

/// Whether the build whose log is read has ended.
async fn has_ended(reader: &ReadOnly, prepared: &Prepared) -> Result<bool, Problem> {
    let build = prepared.target.strip_suffix("/logs").unwrap_or(&prepared.target);
    let body = get(reader, prepared.route, &format!("{build}/status")).await?;
    let phase = body.get("phase").and_then(Json::as_str);
    Ok(phase.is_some_and(|phase| ENDS.contains(&phase)))
}

/// How long the first look at a state is followed by the next; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Looks at a state until it is good or bad, or for as long as `patience` lasts; each new state is told.
pub async fn wait(
    reader: &ReadOnly,
    (target, wait): (Target, &Wait),
    inputs: &Inputs,
    clock: &dyn Clock,
    stop: &Stop,
    patience: Duration,
    mut tell: impl FnMut(&str),
) -> Result<Waited, Problem> {
    let known = wait
        .paths
        .iter()
        .find_map(|template| Some((*template, path(target, template, inputs)?)));
    // The answer did not tell what to look at.
    let Some((template, place)) = known else {
        return Ok(Waited::Unfinished("unknown".to_owned()));
    };
    let route = Route::get(template, Right::RepositoryRead).to(target);
    let until = clock.now() + patience;
    let (mut pause, mut last) = (FIRST_PAUSE, String::new());
    loop {
        let body = get(reader, &route, &place).await?;
        let state = body
            .pointer(wait.at)
            .and_then(Json::as_str)
            .unwrap_or("unknown")
            .to_owned();
        if wait.good.contains(&state.as_str()) {
            return Ok(Waited::Good(state));
        }
        if wait.bad.contains(&state.as_str()) {
            return Ok(Waited::Bad(state));
        }
        if state != last {
            tell(&state);
            last.clone_from(&state);
        }
        if clock.now() + pause > until || !stop.wait(clock, pause).await {
            return Ok(Waited::Unfinished(state));
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What came of waiting, with the last state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited {
    /// It is done.
    Good(String),
    /// It has failed.
    Bad(String),
    /// It still goes on.
    Unfinished(String),
}
