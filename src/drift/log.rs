//! The usage log of an organization, as far back as it matters.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::events::{Subject, field, subject};
use crate::http::ReadOnly;
use crate::kinds::sight::{list, text};
use crate::kinds::{shapes, targets};
use crate::model::{Answer, Gap};
use crate::quay::settle;

/// How many pages of 20 entries are read at most: pulls and pushes are in the log too, thousands of pages of them.
const MOST_PAGES: usize = 10;

/// One entry of the usage log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event, such as `org_set_team_role`.
    pub event: String,
    /// When it happened, by the server's clock; to the second.
    pub time: Timestamp,
    /// The user who did it, or who granted the token that did it; `None` where the server does not say.
    pub performer: Option<String>,
    /// The network address that it came from; empty where the server does not say.
    pub ip: String,
    /// The application whose token was used; `None` for what was done by other means, such as the web page.
    pub application: Option<String>,
    /// What it is about; `None` where no manifest could declare that.
    pub subject: Option<Subject>,
    /// The one field that it is about, where there is such one.
    pub field: Option<&'static str>,
}

/// The newest entries of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// The entries, the newest first.
    pub entries: Vec<Entry>,
    /// The time on the server's clock when the log was read, which may differ from the own one.
    pub now: Option<Timestamp>,
    /// Whether there are older entries that were not read.
    pub cut: bool,
}

impl Log {
    /// One page of the log; entries without a readable time are left out. The organization is that of the request.
    pub fn of_page(organization: &str, body: &Json) -> Log {
        // Without a range the server shows the last day, and ends it one day from now (API guide §5.1).
        let end = time(text(body, "end_time"));
        Log {
            entries: list(body, "logs")
                .filter_map(|view| entry(organization, view))
                .collect(),
            now: end.and_then(|end| end.checked_sub(SignedDuration::from_hours(24)).ok()),
            cut: !text(body, "next_page").is_empty(),
        }
    }
}

fn entry(organization: &str, view: &Json) -> Option<Entry> {
    let event = text(view, "kind");
    let null = Json::Null;
    let of = |key: &str| view.get(key).unwrap_or(&null);
    let performer = text(of("performer"), "name");
    let application = text(of("metadata"), "oauth_token_application");
    Some(Entry {
        event: event.to_owned(),
        time: time(text(view, "datetime"))?,
        performer: (!performer.is_empty()).then(|| performer.to_owned()),
        ip: text(view, "ip").to_owned(),
        application: (!application.is_empty()).then(|| application.to_owned()),
        subject: subject(event, organization, of("metadata")),
        field: field(event),
    })
}

/// A time as the log writes it.
pub(super) fn time(written: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(written).ok()
}

/// Reads an organization's log (`first` is its first page) of the last day back to what is older than `age`, in at most ten requests; says how
/// many it took. A page after the first that cannot be read cuts the log off.
pub async fn read(
    client: &ReadOnly,
    organization: &str,
    first: &str,
    age: SignedDuration,
) -> (Result<Log, Gap>, usize) {
    let mut target = first.to_owned();
    let mut log = Log::default();
    for page in 1..=MOST_PAGES {
        let query = targets::ask(target.clone(), &shapes::USAGE_LOG, "who wrote", Vec::new());
        let body = match query.believe(settle(&target, &client.get(&target).await)) {
            Answer::Body(body) => body,
            Answer::Gap(gap) if page == 1 => return (Err(gap), page),
            Answer::Missing | Answer::Gap(_) => return (Ok(log), page),
        };
        let more = Log::of_page(organization, &body);
        log.now = log.now.or(more.now);
        log.cut = more.cut;
        log.entries.extend(more.entries);
        let since = log.now.and_then(|now| now.checked_sub(age).ok());
        let is_enough = log.entries.last().is_some_and(|last| Some(last.time) < since);
        if is_enough || !log.cut {
            log.cut = false;
            return (Ok(log), page);
        }
        target = format!("{first}?next_page={}", targets::encode(text(&body, "next_page")));
    }
    (Ok(log), MOST_PAGES)
}
