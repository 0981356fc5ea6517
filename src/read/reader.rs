//! Asks the kinds what they need, round by round, until nothing is missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;

use crate::http::{Method, ReadOnly};
use crate::kinds::{self, shapes, targets};
use crate::model::{Answers, Asked, Caller, Features, Interest, Query, World};
use crate::quay::preflight::{self, PreflightError};

use super::cache::{Cache, Recalled};
use super::pages;
use super::price::{Budget, Estimate, LISTS, Pace, TooMany};

/// How many requests one query took: one for each of its pages.
#[derive(Debug, Clone, Default)]
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// Counts one more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn total(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Fetches queries through a client that can only GET, each target once.
pub struct Reader {
    client: ReadOnly,
    answers: Answers,
    asked: Vec<Asked>,
    rounds: usize,
    has_lists: bool,
    budget: Budget,
    pace: Pace,
    cache: Option<Cache>,
}

impl Reader {
    /// A reader that knows nothing yet.
    pub fn new(client: ReadOnly) -> Self {
        Reader {
            client,
            answers: Answers::default(),
            asked: Vec::new(),
            rounds: 0,
            has_lists: false,
            budget: Budget::default(),
            pace: Pace::default(),
            cache: None,
        }
    }

    /// The same reader, which takes answers from a cache where that is proven to be the same.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<Cache>) -> Self {
        self.cache = cache;
        self
    }

    /// What came from the cache; `None` if nothing did.
    pub fn recalled(&self) -> Option<Recalled> {
        self.cache.as_ref()?.recalled()
    }

    /// What the cache is to keep for later runs, as names and documents.
    pub fn kept(&self) -> Vec<(String, String)> {
        let cache = self.cache.as_ref();
        cache.map_or(Vec::new(), |cache| cache.documents(&self.answers))
    }

    /// What the cache holds of organizations that are none of this run's, as names.
    pub fn forsaken(&self) -> Vec<String> {
        self.cache.as_ref().map_or(Vec::new(), Cache::forsaken)
    }

    /// The same, with a price that is told and limited.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Says that the lists are there: what is asked from now on is what the price is about.
    pub(super) fn has_lists(&mut self) {
        self.has_lists = true;
    }

    /// What was answered so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// How many requests went out.
    pub fn requests(&self) -> usize {
        self.asked.iter().map(|asked| asked.requests).sum()
    }

    /// What was expected once the lists were there; nothing where there was no more to read.
    pub fn estimate(&self) -> Option<&Estimate> {
        self.budget.estimate()
    }

    /// How many times requests had to wait for the answers of others.
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// Every query that was asked, with its reason and what it took, in order.
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// Those that are not answered yet, each target once, and whether the cache has answered any.
    fn open(&mut self, queries: Vec<Query>) -> (Vec<Query>, bool) {
        let (queries, recalled) = match &mut self.cache {
            Some(cache) => cache.attend(queries, &mut self.answers),
            None => (queries, false),
        };
        let mut wanted = BTreeSet::new();
        let is_open = |query: &Query| self.answers.get(&query.target).is_none() && wanted.insert(query.target.clone());
        (queries.into_iter().filter(is_open).collect(), recalled)
    }

    /// Fetches what is not known yet; returns whether anything became known.
    pub async fn fetch(&mut self, queries: Vec<Query>) -> bool {
        let (open, recalled) = self.open(queries);
        self.send(open).await || recalled
    }

    /// The same, as long as the budget allows it, after so many looks for what is needed.
    pub(super) async fn fetch_within_budget(&mut self, looks: usize, queries: Vec<Query>) -> Result<bool, TooMany> {
        let looks = if self.has_lists { looks.max(LISTS) } else { looks };
        let (open, recalled) = self.open(queries);
        self.budget.allows(&self.asked, looks, &open, &self.pace)?;
        Ok(self.send(open).await || recalled)
    }

    /// Sends queries that are open, all at once; returns whether there were any.
    async fn send(&mut self, open: Vec<Query>) -> bool {
        if open.is_empty() {
            return false;
        }
        self.rounds += 1;
        let (began, before) = (Instant::now(), self.requests());
        let mut tasks = JoinSet::new();
        let first = self.asked.len();
        for (index, query) in open.into_iter().enumerate() {
            self.asked.push(Asked {
                method: Method::Get,
                query: query.clone(),
                requests: 0,
            });
            let client = self.client.clone();
            tasks.spawn(async move {
                let counter = Counter::default();
                let answer = pages::fetch(&client, &query, &counter).await;
                (first + index, query.target, counter.total(), answer)
            });
        }
        // A task ends early only by a panic, which is a bug and must not look like an answer.
        while let Some(ended) = tasks.join_next().await {
            match ended {
                Ok((index, target, requests, answer)) => {
                    self.asked[index].requests = requests;
                    self.answers.insert(target, answer);
                }
                Err(problem) => std::panic::resume_unwind(problem.into_panic()),
            }
        }
        self.pace.round(self.requests() - before, began.elapsed());
        true
    }
}

/// Why nothing was read that could be planned with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// The registry did not prove itself.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// It would take more requests than are allowed.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

/// Reads what the interest needs. The first round proves who the token is before anything else is believed.
pub async fn read_world(reader: &mut Reader, interest: &Interest) -> Result<World, ReadError> {
    let mut first = vec![
        targets::ask(
            targets::CONFIG.to_owned(),
            &shapes::CONFIG,
            "the server's features",
            Vec::new(),
        ),
        targets::ask(targets::USER.to_owned(), &shapes::USER, "whose token it is", Vec::new()),
    ];
    let mut world = World::default();
    if reader.answers().body(targets::USER).is_some() {
        world.features = preflight::features(reader.answers().get(targets::CONFIG))?;
        world.caller = preflight::caller(reader.answers(), targets::USER, None)?;
    }
    first.extend(kinds::queries(interest, &world, reader.answers()));
    reader.fetch_within_budget(0, first).await?;
    world.features = preflight::features(reader.answers().get(targets::CONFIG))?;
    let view = interest
        .namespaces()
        .into_iter()
        .find_map(|name| reader.answers().body(&targets::organization(name)));
    world.caller = preflight::caller(reader.answers(), targets::USER, view)?;
    let mut looks = 1;
    while reader
        .fetch_within_budget(looks, kinds::queries(interest, &world, reader.answers()))
        .await?
    {
        looks += 1;
    }
    kinds::live(interest, reader.answers(), &mut world);
    Ok(world)
}

/// Reads what the interest needs from a registry that has proven itself in this run.
pub async fn look(reader: &mut Reader, interest: &Interest, features: Features, caller: Caller) -> World {
    let mut world = World {
        features,
        caller,
        ..World::default()
    };
    while reader.fetch(kinds::queries(interest, &world, reader.answers())).await {}
    kinds::live(interest, reader.answers(), &mut world);
    world
}
