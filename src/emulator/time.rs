//! The virtual clock's instants in the formats that answers use (api.md, 1.7).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The instant at which a new registry starts: 1 January 2026, 00:00 UTC, in unix seconds.
pub(super) const START: i64 = 1_767_225_600;

/// The seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// The first second of a day that is given as `08/21/2026`; no zeros are needed.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

/// `Fri, 21 Aug 2026 20:02:54 -0000`.
pub(super) fn rfc2822(seconds: i64) -> String {
    format(seconds, "%a, %d %b %Y %H:%M:%S -0000")
}

/// `Fri, 21 Aug 2026 20:02:54 GMT`: service keys alone have it.
pub(super) fn http_date(seconds: i64) -> String {
    format(seconds, "%a, %d %b %Y %H:%M:%S GMT")
}

/// `2026-08-21`.
pub(super) fn iso_date(seconds: i64) -> String {
    format(seconds, "%Y-%m-%d")
}

/// `2026-08-21T20:02:54.000+00:00`, as CocktailCloud writes it.
pub(super) fn iso_with_offset(seconds: i64) -> String {
    format(seconds, "%Y-%m-%dT%H:%M:%S.000+00:00")
}

/// `2026-08-21 20:02:54`, as CocktailCloud writes it.
pub(super) fn plain(seconds: i64) -> String {
    format(seconds, "%Y-%m-%d %H:%M:%S")
}

/// `20260821200254`.
pub(super) fn compact(seconds: i64) -> String {
    format(seconds, "%Y%m%d%H%M%S")
}

/// `2026-08-21T20:02:54.000000Z`: the clock knows no parts of a second.
pub(super) fn iso_with_fraction(seconds: i64) -> String {
    format(seconds, "%Y-%m-%dT%H:%M:%S.000000Z")
}

/// The instant in `2026-08-21T20:02:54Z`; every other way to write one is none (mirror, exchanges 23 to 25).
pub(super) fn from_iso(text: &str) -> Option<i64> {
    let has_form = text.len() == 20 && text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    let instant: Timestamp = text.parse().ok().filter(|_| has_form)?;
    Some(instant.as_second())
}

fn format(seconds: i64, pattern: &str) -> String {
    // Out of jiff's range only for years beyond 9999, which the clock cannot reach one second at a time.
    let instant = Timestamp::from_second(seconds).unwrap_or_default();
    instant.to_zoned(TimeZone::UTC).strftime(pattern).to_string()
}
