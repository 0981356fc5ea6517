//! Who made the registry differ from the manifests: one log for each organization that drifted, and no more of it than
//! it takes.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::found::{Drifted, Sort, Untold, Verdict};
use super::own::Own;
use super::question::{Answer, Question};
use super::search::{Bounds, End, Search};
use crate::http::ReadOnly;
use crate::kinds::{self, organization, registry, targets};
use crate::model::{Action, Address, Change, World};

/// Who is asked, and what is known already.
pub struct Surroundings<'a> {
    /// The registry.
    pub client: &'a ReadOnly,
    /// Own writes.
    pub own: &'a Own,
    /// How far logs are read.
    pub bounds: Bounds,
    /// The moment of the run, by the own clock.
    pub now: Timestamp,
}

/// One usage log, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRead {
    /// The organization.
    pub organization: String,
    /// How many pages were read.
    pub pages: usize,
    /// How many requests it took.
    pub requests: usize,
    /// Why reading ended.
    pub end: End,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Investigation {
    /// The differences, in the order in which they were given.
    pub drifted: Vec<Drifted>,
    /// The logs that were read.
    pub logs: Vec<LogRead>,
    /// How many requests it took.
    pub requests: usize,
    /// How long ago the newest own write to one of these organizations was, by the server's clock.
    pub youngest_own: Option<SignedDuration>,
}

/// How a change shows that the registry differs.
pub fn sort(change: &Change, live: &World) -> Sort {
    let is_live = live.get(&change.address).is_some();
    match change.action {
        Action::Create => Sort::Missing,
        Action::Delete => Sort::Extra,
        Action::Update | Action::Replace => Sort::Differs,
        Action::Blocked | Action::Deferred if !is_live => Sort::Missing,
        Action::Blocked | Action::Deferred if change.fields.is_empty() => Sort::Extra,
        Action::Blocked | Action::Deferred => Sort::Differs,
    }
}

/// Finds out who made each of these differences.
pub async fn investigate(changes: Vec<Change>, live: &World, surroundings: &Surroundings<'_>) -> Investigation {
    let mut by_organization: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut drifted: Vec<Drifted> = changes.into_iter().map(|change| unexplained(change, live)).collect();
    for (index, each) in drifted.iter().enumerate() {
        if without_log(&each.change.address, live).is_none() {
            let organization = each.change.address.namespace().to_owned();
            by_organization.entry(organization).or_default().push(index);
        }
    }
    let mut investigation = Investigation::default();
    for (organization, indices) in by_organization {
        let log = match organization == live.caller.name {
            true => targets::OWN_USAGE_LOG.to_owned(),
            false => targets::usage_log(&organization),
        };
        let questions = indices.iter().flat_map(|index| questions(&drifted[*index])).collect();
        let own = (surroundings.own, surroundings.now);
        let mut search = Search::new(
            surroundings.client,
            &organization,
            &log,
            surroundings.bounds,
            own,
            questions,
        );
        let end = search.run().await;
        let mut verdicts = search.questions.iter().map(|question| verdict(question, &search, &end));
        for index in indices {
            for (_, told) in &mut drifted[index].verdicts {
                if let Some(verdict) = verdicts.next() {
                    *told = verdict;
                }
            }
        }
        let age = |(now, own): (Timestamp, Timestamp)| now.duration_since(own);
        let age = search.now.zip(search.last_own).map(age);
        investigation.youngest_own = [investigation.youngest_own, age].into_iter().flatten().min();
        investigation.requests += search.requests;
        let (pages, requests) = (search.pages, search.requests);
        investigation.logs.push(LogRead {
            organization,
            pages,
            requests,
            end,
        });
    }
    Investigation {
        drifted,
        ..investigation
    }
}

/// What is done to the registry as a whole stands in no organization's log, and an organization that is not there has none.
fn without_log(address: &Address, live: &World) -> Option<Untold> {
    if registry::owns(address.kind) {
        return Some(Untold::NoLog);
    }
    let organization = organization::address(address.namespace());
    let is_absent = live.is_complete(&kinds::collection(&organization)) && live.get(&organization).is_none();
    is_absent.then_some(Untold::NoOrganization)
}

/// Before anything is known: one verdict for each field, or one for the whole object.
fn unexplained(change: Change, live: &World) -> Drifted {
    let sort = sort(&change, live);
    let fields: Vec<Option<&'static str>> = match sort {
        Sort::Differs => change.fields.iter().map(|field| Some(field.name)).collect(),
        Sort::Missing | Sort::Extra => vec![None],
    };
    let fields = if fields.is_empty() { vec![None] } else { fields };
    let untold = without_log(&change.address, live).unwrap_or(Untold::NoLog);
    Drifted {
        change,
        sort,
        verdicts: fields
            .into_iter()
            .map(|field| (field, Verdict::Untold(untold.clone())))
            .collect(),
    }
}

fn questions(drifted: &Drifted) -> impl Iterator<Item = Question> + use<'_> {
    drifted.verdicts.iter().map(|(field, _)| Question {
        address: drifted.change.address.clone(),
        field: *field,
        sort: drifted.sort,
        answer: None,
    })
}

fn verdict(question: &Question, search: &Search<'_>, end: &End) -> Verdict {
    let own = search.last_own;
    match (&question.answer, own) {
        (Some(Answer::Contradicted(entry)), _) => Verdict::Untold(Untold::NotLogged(entry.clone())),
        // Of one second, what others did is what counts.
        (Some(Answer::Explained(entry)), Some(since)) if entry.time < since || search.is_own(entry) => {
            Verdict::Unapplied {
                since,
                last: Some(entry.clone()),
            }
        }
        (Some(Answer::Explained(entry)), _) => Verdict::Changed(entry.clone()),
        (None, Some(since)) if reaches(end, since) => Verdict::Unapplied { since, last: None },
        (None, _) => Verdict::Untold(match end {
            End::Since(since) => Untold::NoEntrySince(*since),
            End::Explained | End::Pages => Untold::NoEntryIn(search.pages),
            End::Unreadable(gap) => Untold::Unreadable(gap.reason.clone()),
        }),
    }
}

/// Whether what was read reaches back to a moment.
fn reaches(end: &End, time: Timestamp) -> bool {
    match end {
        End::Explained => true,
        End::Since(since) => *since <= time,
        End::Pages | End::Unreadable(_) => false,
    }
}
