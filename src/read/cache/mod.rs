//! Answers of earlier runs, used where the registry's usage log proves that nothing changed since.
//!
//! For each organization the events of its log are counted, by kind and day, before anything is read that may be kept.
//! While later counts differ by traffic alone, what was kept is what the server would answer. Whatever is amiss (no
//! snapshot, another user, version or registry, a touched file, a log that is off, cut or not to be read) costs requests.

mod certificate;
mod counts;
mod snapshot;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::kinds::kept::Family;
use crate::model::{Answer, Answers, Query, Secret};

use certificate::Standing;
pub use snapshot::{LONGEST, Snapshot};

/// Under whose eyes and when a run reads.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// What the registry is known by.
    pub registry: String,
    /// The organizations that it is worth it for: see [`kept::organizations`](crate::kinds::kept::organizations).
    pub organizations: Vec<String>,
    /// What seals snapshots: the registry's token.
    pub key: Secret,
    /// What the digests of secrets are made with; random.
    pub salt: String,
    /// The own clock.
    pub now: Timestamp,
}

/// What came from the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recalled {
    /// How many requests were saved.
    pub requests: usize,
    /// When the oldest of these answers was read.
    pub since: Timestamp,
}

/// The snapshots of one registry during one run.
pub struct Cache {
    surroundings: Surroundings,
    /// What earlier runs kept.
    earlier: Vec<Snapshot>,
    /// What this run will keep, by organization, from the moment on at which its counts are known.
    fresh: BTreeMap<String, Fresh>,
    recalled: Option<Recalled>,
}

/// A snapshot in the making.
struct Fresh {
    /// It holds what is proven; what is read in this run is added at the end. `None` where nothing may be kept.
    snapshot: Option<Snapshot>,
    /// The targets that were asked after the counts.
    asked: Vec<(String, Family)>,
}

impl Cache {
    /// What the documents hold; those that are not whole are passed over.
    pub fn new(surroundings: Surroundings, documents: &[String]) -> Self {
        let read = documents
            .iter()
            .filter_map(|document| Snapshot::read(document, &surroundings.key));
        let ours = read.filter(|each| each.registry == surroundings.registry && each.is_fresh(surroundings.now));
        Cache {
            earlier: ours.collect(),
            surroundings,
            fresh: BTreeMap::new(),
            recalled: None,
        }
    }

    /// Takes a round of queries: answers those that the cache can answer, holds back those that must wait for counts, and
    /// adds its own. Returns what is to be asked, and whether anything was answered.
    pub(super) fn attend(&mut self, queries: Vec<Query>, answers: &mut Answers) -> (Vec<Query>, bool) {
        let mut asked = Vec::new();
        let open = self.surroundings.organizations.iter();
        for organization in open.filter(|name| !self.fresh.contains_key(*name)) {
            if let Standing::Asks(query) = self.standing(organization, answers) {
                asked.push(*query);
            }
        }
        let before = self.recalled.map_or(0, |recalled| recalled.requests);
        for query in queries {
            let organization = query.serves.first().map(|collection| collection.namespace().to_owned());
            match (Family::of(&query), organization) {
                (Some(family), Some(organization))
                    if answers.get(&query.target).is_none()
                        && self.surroundings.organizations.contains(&organization) =>
                {
                    asked.extend(self.answer(query, family, &organization, answers));
                }
                _ => asked.push(query),
            }
        }
        (asked, self.recalled.map_or(0, |recalled| recalled.requests) > before)
    }

    /// Answers a query, or gives it back if it must be asked now.
    fn answer(&mut self, query: Query, family: Family, organization: &str, answers: &mut Answers) -> Option<Query> {
        if !self.fresh.contains_key(organization) {
            let snapshot = match self.standing(organization, answers) {
                Standing::Counted(snapshot) => Some(*snapshot),
                Standing::Unknowable => None,
                Standing::Asks(_) | Standing::Waits => return None,
            };
            let asked = Vec::new();
            self.fresh.insert(organization.to_owned(), Fresh { snapshot, asked });
        }
        let fresh = self.fresh.get_mut(organization)?;
        let kept = fresh.snapshot.as_ref().and_then(|snapshot| {
            let body = snapshot.answers.get(&query.target)?.clone();
            Some((query.believe(Answer::Body(body)), snapshot.taken))
        });
        match kept {
            Some((answer @ Answer::Body(_), taken)) => {
                answers.insert(query.target, answer);
                self.count(taken);
                None
            }
            _ => {
                fresh.asked.push((query.target.clone(), family));
                Some(query)
            }
        }
    }

    fn count(&mut self, taken: Timestamp) {
        let recalled = self.recalled.get_or_insert(Recalled {
            requests: 0,
            since: taken,
        });
        recalled.requests += 1;
        recalled.since = recalled.since.min(taken);
    }

    /// What came from the cache; `None` if nothing did.
    pub fn recalled(&self) -> Option<Recalled> {
        self.recalled
    }

    /// What is to be kept after the run, as names and documents; nothing of what stands so already.
    pub(super) fn documents(&self, answers: &Answers) -> Vec<(String, String)> {
        let snapshots = self.fresh.values().filter_map(|fresh| self.completed(fresh, answers));
        let new = snapshots.filter(|snapshot| !snapshot.answers.is_empty() && !self.earlier.contains(snapshot));
        new.filter_map(|snapshot| Some((snapshot.name(), snapshot.written(&self.surroundings.key)?)))
            .collect()
    }

    /// The names of what earlier runs of this user kept about organizations that are none of this run's.
    pub(super) fn forsaken(&self) -> Vec<String> {
        let ours = &self.surroundings.organizations;
        let others = self.earlier.iter().filter(|each| !ours.contains(&each.organization));
        others.map(Snapshot::name).collect()
    }

    /// The snapshot with what was read after its counts.
    fn completed(&self, fresh: &Fresh, answers: &Answers) -> Option<Snapshot> {
        let mut snapshot = fresh.snapshot.clone()?;
        for (target, family) in &fresh.asked {
            let body = answers.body(target);
            if let Some(kept) = body.and_then(|body| family.keep(body, &self.surroundings.salt)) {
                snapshot.answers.insert(target.clone(), kept);
            }
        }
        Some(snapshot)
    }
}
