//! What the usage log of one organization proves in this run.

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::counts::Counts;
use super::{Cache, Snapshot};
use crate::drift::Log;
use crate::kinds::sight::{list, text};
use crate::kinds::{shapes, targets};
use crate::model::{Answer, Answers, Query};

/// How far the counts of an organization are.
pub(super) enum Standing {
    /// This must be asked first.
    Asks(Box<Query>),
    /// It is not known yet whose token it is.
    Waits,
    /// The events are counted: the snapshot with these counts, which holds the answers that are proven.
    Counted(Box<Snapshot>),
    /// Nothing can be proven in this run, and nothing kept.
    Unknowable,
}

impl Cache {
    /// Where an organization stands, by the answers so far. With a snapshot the counts begin where those of the snapshot
    /// do, and without one, or where the server refuses that, on the day before the server's today: an answer that leaves
    /// the end open is up to the server's now, whatever the own clock says.
    pub(super) fn standing(&self, organization: &str, answers: &Answers) -> Standing {
        if is_switched_off(answers) {
            return Standing::Unknowable;
        }
        let user = answers.body(targets::USER).map(|body| text(body, "username"));
        let mut of_organization = self.earlier.iter().filter(|each| each.organization == organization);
        let Some(user) = user else {
            return match of_organization.next() {
                Some(_) => Standing::Waits,
                // Without any snapshot this does not depend on the user.
                None => match self.first_day(organization, answers) {
                    Ok(_) => Standing::Waits,
                    Err(standing) => standing,
                },
            };
        };
        if let Some(earlier) = of_organization.find(|each| each.user == user) {
            match counts(organization, &earlier.first_day, answers) {
                Found::Asks(query) => return Standing::Asks(query),
                Found::Counts(counts) => return self.compared(earlier, counts, answers),
                Found::Nothing => {}
            }
        }
        let first_day = match self.first_day(organization, answers) {
            Ok(day) => day,
            Err(standing) => return standing,
        };
        match counts(organization, &first_day, answers) {
            Found::Asks(query) => Standing::Asks(query),
            Found::Counts(counts) => self.counted(user, organization, first_day, counts, answers),
            Found::Nothing => Standing::Unknowable,
        }
    }

    /// The day before the server's today, by the server's clock.
    fn first_day(&self, organization: &str, answers: &Answers) -> Result<String, Standing> {
        let target = targets::usage_log(organization);
        let query = || {
            let reason = "the server's clock, to know from when on the cache's events count";
            targets::ask(target.clone(), &shapes::USAGE_LOG, reason, Vec::new())
        };
        match answers.get(&target) {
            None => Err(Standing::Asks(Box::new(query()))),
            Some(Answer::Body(body)) => day_before(organization, body).ok_or(Standing::Unknowable),
            Some(Answer::Missing | Answer::Gap(_)) => Err(Standing::Unknowable),
        }
    }

    /// The earlier snapshot with the new counts; without its answers if they prove nothing.
    fn compared(&self, earlier: &Snapshot, counts: Counts, answers: &Answers) -> Standing {
        let marks = marks(&earlier.organization, answers);
        if marks.is_empty() {
            return Standing::Unknowable;
        }
        let mut snapshot = earlier.clone();
        if marks != earlier.marks || !counts.prove_no_change_since(&earlier.counts) {
            snapshot.answers.clear();
            snapshot.taken = self.surroundings.now;
        }
        Standing::Counted(Box::new(Snapshot {
            marks,
            counts,
            ..snapshot
        }))
    }

    fn counted(
        &self,
        user: &str,
        organization: &str,
        first_day: String,
        counts: Counts,
        answers: &Answers,
    ) -> Standing {
        let marks = marks(organization, answers);
        if marks.is_empty() {
            return Standing::Unknowable;
        }
        let now = self.surroundings.now;
        Standing::Counted(Box::new(Snapshot {
            quayform: env!("CARGO_PKG_VERSION").to_owned(),
            registry: self.surroundings.registry.clone(),
            user: user.to_owned(),
            organization: organization.to_owned(),
            taken: now,
            begun: now,
            first_day,
            marks,
            counts,
            answers: Default::default(),
        }))
    }
}

/// Whether the server says that it does not count events.
fn is_switched_off(answers: &Answers) -> bool {
    let config = answers.body(targets::CONFIG);
    let switch = config.and_then(|config| config.pointer("/features/AGGREGATED_LOG_COUNT_RETRIEVAL"));
    switch == Some(&Json::Bool(false))
}

enum Found {
    Asks(Box<Query>),
    Counts(Counts),
    Nothing,
}

fn counts(organization: &str, first_day: &str, answers: &Answers) -> Found {
    let target = targets::usage_counts(organization, first_day);
    match answers.get(&target) {
        None => {
            let reason = "whether anything changed since the cache was filled";
            Found::Asks(Box::new(targets::ask(
                target,
                &shapes::USAGE_COUNTS,
                reason,
                Vec::new(),
            )))
        }
        Some(Answer::Body(body)) => Counts::of(body).map_or(Found::Nothing, Found::Counts),
        Some(Answer::Missing | Answer::Gap(_)) => Found::Nothing,
    }
}

fn day_before(organization: &str, log: &Json) -> Option<String> {
    let now: Timestamp = Log::of_page(organization, log).now?;
    let yesterday = now.checked_sub(SignedDuration::from_hours(24)).ok()?;
    strtime::format("%m/%d/%Y", &yesterday.to_zoned(TimeZone::UTC)).ok()
}

/// What tells an organization from another one that was made under the same name on the same day, by as many steps: when
/// its robots were made, and the ids of its default permissions and quotas. Within one organization none of them
/// changes without an entry in the log.
fn marks(organization: &str, answers: &Answers) -> Vec<String> {
    let robots = answers.list(&targets::robots(organization), "robots").iter();
    let made = robots.filter(|robot| !text(robot, "created").is_empty());
    let made = made.map(|robot| format!("{} {}", text(robot, "name"), text(robot, "created")));
    let defaults = answers
        .list(&targets::default_permissions(organization), "prototypes")
        .iter();
    let defaults = defaults.map(|each| text(each, "id").to_owned());
    let view = answers.body(&targets::organization(organization));
    let quotas = view.into_iter().flat_map(|view| list(view, "quotas"));
    let quotas = quotas.map(|quota| format!("quota {}", quota["id"]));
    let mut marks: Vec<String> = made.chain(defaults).chain(quotas).collect();
    marks.sort();
    marks
}
