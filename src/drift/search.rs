//! Reads the usage log of an organization backwards, only until everything is explained.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::days::{self, day, written};
use super::events::is_known;
use super::log::{Entry, Log};
use super::own::Own;
use super::question::Question;
use super::traffic::is_traffic;
use crate::http::ReadOnly;
use crate::kinds::sight::text;
use crate::kinds::{label, shapes, tag, targets};
use crate::model::{Answer, Gap};
use crate::quay::settle;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How far a log is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many pages of 20 entries, of each organization.
    pub most_pages: usize,
    /// How far back.
    pub since: SignedDuration,
}

/// Why reading ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Everything was explained.
    Explained,
    /// Everything since this moment was read, by the server's clock.
    Since(Timestamp),
    /// As many pages were read as may be.
    Pages,
    /// It could not be read, or not further.
    Unreadable(Gap),
}

/// Reads one log, and answers the questions about it.
pub(super) struct Search<'a> {
    client: &'a ReadOnly,
    organization: &'a str,
    log: &'a str,
    bounds: Bounds,
    own: &'a Own,
    /// The moment of the run, by the own clock.
    own_now: Timestamp,
    pub(super) questions: Vec<Question>,
    /// The server's moment of the first page.
    pub(super) now: Option<Timestamp>,
    /// The newest own write, by the log or the journal.
    pub(super) last_own: Option<Timestamp>,
    pub(super) pages: usize,
    pub(super) requests: usize,
    /// How many events that matter were seen on each day.
    seen: BTreeMap<Date, usize>,
    /// The last entry that was read.
    oldest: Option<Timestamp>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        client: &'a ReadOnly,
        organization: &'a str,
        log: &'a str,
        bounds: Bounds,
        own: (&'a Own, Timestamp),
        questions: Vec<Question>,
    ) -> Self {
        Search {
            client,
            organization,
            log,
            bounds,
            own: own.0,
            own_now: own.1,
            questions,
            now: None,
            last_own: None,
            pages: 0,
            requests: 0,
            seen: BTreeMap::new(),
            oldest: None,
        }
    }

    /// Reads until everything is explained or a bound is reached. The newest page comes first: mostly it tells all.
    pub(super) async fn run(&mut self) -> End {
        match self.through().await {
            Ok(end) => end,
            Err(gap) => End::Unreadable(gap),
        }
    }

    async fn through(&mut self) -> Result<End, Gap> {
        if self.bounds.most_pages == 0 {
            return Ok(End::Pages);
        }
        let is_last_day_read = self.page(self.log).await?.is_none();
        let Some(now) = self.now else {
            return Ok(End::Pages);
        };
        let since = now.saturating_sub(self.bounds.since).unwrap_or(Timestamp::MIN);
        match self.enough(since) {
            Some(end) => Ok(end),
            None if is_last_day_read && self.bounds.since <= DAY => Ok(End::Since(since)),
            None => self.by_days(since, now, is_last_day_read).await,
        }
    }

    /// Day by day from the newest on, and only those on which something happened that matters. A month is counted at once.
    async fn by_days(&mut self, since: Timestamp, now: Timestamp, is_last_day_read: bool) -> Result<End, Gap> {
        let (first, mut last) = (day(since), day(now));
        while last >= first {
            let start = last.saturating_sub(days::MOST.days()).max(first);
            let Some(days) = self.days(start, last).await else {
                return self.whole(since, now).await;
            };
            for (each, count) in days.into_iter().rev() {
                if (is_last_day_read && each == day(now)) || self.has_seen(each, count) {
                    continue;
                }
                self.seen.remove(&each);
                let (from, to) = (written(each), written(each));
                if let Some(end) = self.range(&from, &to, since, Some((each, count))).await? {
                    return Ok(end);
                }
            }
            let Ok(before) = start.yesterday() else { break };
            last = before;
        }
        Ok(End::Since(since))
    }

    /// Everything in one go, where the server does not count events.
    async fn whole(&mut self, since: Timestamp, now: Timestamp) -> Result<End, Gap> {
        let (first, last) = (written(day(since)), written(day(now)));
        let end = self.range(&first, &last, since, None).await?;
        Ok(end.unwrap_or(End::Since(since)))
    }

    /// The pages between two days; `None` where there are no more, or nothing in the rest of them matters.
    async fn range(
        &mut self,
        first: &str,
        last: &str,
        since: Timestamp,
        expected: Option<(Date, usize)>,
    ) -> Result<Option<End>, Gap> {
        let start = targets::usage_log_between(self.log, first, last);
        let mut target = start.clone();
        loop {
            if self.pages >= self.bounds.most_pages {
                return Ok(Some(End::Pages));
            }
            let more = self.page(&target).await?;
            if let Some(end) = self.enough(since) {
                return Ok(Some(end));
            }
            let is_all = expected.is_some_and(|(day, count)| self.has_seen(day, count));
            match more.filter(|_| !is_all) {
                Some(token) => target = format!("{start}&next_page={}", targets::encode(&token)),
                None => return Ok(None),
            }
        }
    }

    fn has_seen(&self, day: Date, count: usize) -> bool {
        self.seen.get(&day).is_some_and(|seen| *seen >= count)
    }

    /// Whether older entries would tell nothing more: all is answered, or what is read reaches back to the last own
    /// write, or to where nobody wants to know.
    fn enough(&self, since: Timestamp) -> Option<End> {
        let reaches = |time: Timestamp| self.oldest.is_some_and(|oldest| oldest < time);
        let is_explained = self.questions.iter().all(|question| question.answer.is_some());
        if is_explained || self.last_own.is_some_and(reaches) {
            return Some(End::Explained);
        }
        reaches(since).then_some(End::Since(since))
    }

    /// Reads one page; returns the token of the next one.
    async fn page(&mut self, target: &str) -> Result<Option<String>, Gap> {
        let query = targets::ask(target.to_owned(), &shapes::USAGE_LOG, "who changed what", Vec::new());
        self.pages += 1;
        self.requests += 1;
        let body = match query.believe(settle(target, &self.client.get(target).await)) {
            Answer::Body(body) => body,
            Answer::Gap(gap) => return Err(gap),
            Answer::Missing => return Err(query.gap("not found".to_owned())),
        };
        let page = Log::of_page(self.organization, &body);
        if self.now.is_none() {
            self.now = page.now;
            let ahead = self.ahead();
            self.last_own = self.own.last(self.organization, ahead);
        }
        self.take(&page.entries);
        let token = text(&body, "next_page");
        Ok((!token.is_empty()).then(|| token.to_owned()))
    }

    /// Whether an entry is an own write.
    pub(super) fn is_own(&self, entry: &Entry) -> bool {
        self.own.wrote(entry, self.ahead())
    }

    /// How far the server's clock is before the own one.
    fn ahead(&self) -> SignedDuration {
        self.now
            .map_or(SignedDuration::ZERO, |now| now.duration_since(self.own_now))
    }

    fn take(&mut self, entries: &[Entry]) {
        for question in &mut self.questions {
            question.ask(entries);
        }
        for entry in entries {
            if self.own.wrote(entry, self.ahead()) {
                self.last_own = self.last_own.max(Some(entry.time));
            }
            if self.matters(&entry.event) {
                *self.seen.entry(day(entry.time)).or_default() += 1;
            }
        }
        self.oldest = entries.last().map(|entry| entry.time).or(self.oldest);
    }

    /// Whether an event may answer a question. Tags and labels come and go with every push, and count only where they are
    /// asked for.
    fn matters(&self, event: &str) -> bool {
        let asks_for_tags = || {
            self.questions
                .iter()
                .any(|it| [tag::NAME, label::NAME].contains(&it.address.kind))
        };
        is_known(event) && (!is_traffic(event) || asks_for_tags())
    }

    /// The days with events that matter; `None` where the server does not count them.
    async fn days(&mut self, first: Date, last: Date) -> Option<BTreeMap<Date, usize>> {
        let target = targets::usage_counts_between(self.log, &written(first), &written(last));
        let query = targets::ask(
            target.clone(),
            &shapes::USAGE_COUNTS,
            "when something changed",
            Vec::new(),
        );
        self.requests += 1;
        match query.believe(settle(&target, &self.client.get(&target).await)) {
            Answer::Body(body) => days::counted(&body, |event| self.matters(event)),
            Answer::Missing | Answer::Gap(_) => None,
        }
    }
}
