//! What the flags of `drift` and `[drift]` mean.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Arguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::patterns::chosen;
use crate::drift::{Bounds, Sieve, day};
use crate::http::{Clock, SystemClock};
use crate::kinds;
use crate::model::Pattern;
use crate::model::units;
use crate::settings::{IgnoreRule, Settings};

/// How far it goes.
pub(super) struct Limits {
    since: Since,
    most_pages: usize,
    /// How old own writes must be.
    pub(super) settle: Duration,
}

enum Since {
    Length(SignedDuration),
    Day(Date),
}

impl Limits {
    pub(super) fn of(arguments: &Arguments) -> Result<Self, Failure> {
        let since = match arguments.since.parse::<Date>() {
            Ok(day) => Since::Day(day),
            Err(_) => Since::Length(length("--since", &arguments.since)?),
        };
        let settle = length("--settle", &arguments.settle)?;
        Ok(Limits {
            since,
            most_pages: arguments.max_log_pages,
            settle: Duration::try_from(settle).unwrap_or_default(),
        })
    }

    /// The bounds of logs, for a run at this moment.
    pub(super) fn bounds(&self, now: Timestamp) -> Bounds {
        let since = match self.since {
            Since::Length(length) => length,
            Since::Day(day) => {
                let start = day.to_zoned(TimeZone::UTC).map(|start| start.timestamp());
                start.map_or(SignedDuration::ZERO, |start| {
                    now.duration_since(start).max(SignedDuration::ZERO)
                })
            }
        };
        Bounds {
            most_pages: self.most_pages,
            since,
        }
    }
}

fn length(flag: &str, text: &str) -> Result<SignedDuration, Failure> {
    let length = units::Duration::parse(text).map_err(|accepted| {
        Failure::new(format!("{flag}: `{text}` is not a length of time"))
            .certain("nothing was read or changed")
            .help(accepted)
    })?;
    Ok(SignedDuration::from_secs(length.seconds as i64))
}

/// The rules of the file and of the flags; those that are over are said, and hold no longer.
pub(super) fn sieve(flags: &[String], settings: &Settings, context: &Context) -> Result<Sieve, Failure> {
    for rule in &settings.drift.ignore {
        exists(
            "[[drift.ignore]] in quayform.toml",
            &rule.pattern,
            rule.field.as_deref(),
        )?;
    }
    let flags = flags.iter().map(|text| flag(text)).collect::<Result<Vec<_>, _>>()?;
    let today = day(SystemClock.now());
    let sieve = Sieve::new(settings.drift.ignore.iter().cloned().chain(flags), today);
    for rule in sieve.expired() {
        let until = rule.until.map_or(String::new(), |until| format!(" ended on {until}"));
        let text = format!(
            "[[drift.ignore]] for `{rule}`{until} and holds no longer ({})",
            rule.reason
        );
        context.ui.warning(&text);
    }
    Ok(sieve)
}

/// `team[acme/*].description`, or without the field.
fn flag(text: &str) -> Result<IgnoreRule, Failure> {
    let (pattern, field) = match text.rsplit_once("].") {
        Some((pattern, field)) => (format!("{pattern}]"), Some(field)),
        None => match text.split_once('.').filter(|_| !text.contains('[')) {
            Some((kind, field)) => (kind.to_owned(), Some(field)),
            None => (text.to_owned(), None),
        },
    };
    let pattern = chosen("--ignore", &[pattern])?.remove(0);
    if pattern.means_everything() {
        return Err(Failure::new(format!("--ignore: `{pattern}` ignores everything"))
            .certain("nothing was read or changed")
            .help("name what is expected to differ: --ignore 'team[acme/sandbox-*]'"));
    }
    exists("--ignore", &pattern, field)?;
    Ok(IgnoreRule {
        pattern,
        field: field.map(str::to_owned),
        reason: "--ignore".to_owned(),
        until: None,
    })
}

/// A field that no kind has would ignore nothing, and nobody would know why.
fn exists(origin: &str, pattern: &Pattern, field: Option<&str>) -> Result<(), Failure> {
    let fields = kinds::fields_meant(pattern);
    let Some(field) = field.filter(|field| !fields.contains(field)) else {
        return Ok(());
    };
    Err(
        Failure::new(format!("{origin}: `{}` has no field `{field}`", pattern.kind()))
            .certain("nothing was read or changed")
            .help(format!(
                "its fields are {}",
                fields.into_iter().collect::<Vec<_>>().join(", ")
            )),
    )
}

/// Rules that covered nothing: what they were for has passed.
pub(super) fn say_unused(sieve: &Sieve, context: &Context) {
    for rule in sieve.unused() {
        let text = format!(
            "Nothing differs that the rule for `{rule}` ignores: it can go ({}).",
            rule.reason
        );
        context.ui.message(&text);
    }
}
