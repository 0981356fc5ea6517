//! Asks the kinds what they need, round by round, until nothing is missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use crate::http::ReadOnly;
use crate::kinds::{self, shapes, targets};
use crate::model::{Answers, Caller, Features, Interest, Query, World};
use crate::quay::preflight::{self, PreflightError};

use super::cache::{Cache, Recalled};
use super::pages;

/// How many requests went out; shared by the requests under way.
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
    counter: Counter,
    asked: Vec<Query>,
    rounds: usize,
    cache: Option<Cache>,
}

impl Reader {
    /// A reader that knows nothing yet.
    pub fn new(client: ReadOnly) -> Self {
        Reader {
            client,
            answers: Answers::default(),
            counter: Counter::default(),
            asked: Vec::new(),
            rounds: 0,
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

    /// What was answered so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// How many requests went out.
    pub fn requests(&self) -> usize {
        self.counter.total()
    }

    /// How many times requests had to wait for the answers of others.
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// Every query that was asked, with its reason, in order.
    pub fn asked(&self) -> &[Query] {
        &self.asked
    }

    /// Fetches what is not known yet; returns whether anything became known.
    pub async fn fetch(&mut self, queries: Vec<Query>) -> bool {
        let (queries, recalled) = match &mut self.cache {
            Some(cache) => cache.attend(queries, &mut self.answers),
            None => (queries, false),
        };
        let mut wanted = BTreeSet::new();
        let mut tasks = JoinSet::new();
        for query in queries {
            if self.answers.get(&query.target).is_some() || !wanted.insert(query.target.clone()) {
                continue;
            }
            self.asked.push(query.clone());
            let (client, counter) = (self.client.clone(), self.counter.clone());
            tasks.spawn(async move {
                let answer = pages::fetch(&client, &query, &counter).await;
                (query.target, answer)
            });
        }
        if wanted.is_empty() {
            return recalled;
        }
        self.rounds += 1;
        // A task ends early only by a panic, which is a bug and must not look like an answer.
        while let Some(ended) = tasks.join_next().await {
            match ended {
                Ok((target, answer)) => self.answers.insert(target, answer),
                Err(problem) => std::panic::resume_unwind(problem.into_panic()),
            }
        }
        true
    }
}

/// Reads what the interest needs. The first round proves who the token is before anything else is believed.
pub async fn read_world(reader: &mut Reader, interest: &Interest) -> Result<World, PreflightError> {
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
    first.extend(kinds::queries(interest, &world, reader.answers()));
    reader.fetch(first).await;
    world.features = preflight::features(reader.answers().get(targets::CONFIG))?;
    let view = interest
        .namespaces()
        .into_iter()
        .find_map(|name| reader.answers().body(&targets::organization(name)));
    world.caller = preflight::caller(reader.answers(), targets::USER, view)?;
    Ok(look(reader, interest, world.features, world.caller).await)
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
