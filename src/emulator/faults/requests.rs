//! On which requests a fault fires.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use super::super::request::IncomingRequest;
use super::fault::Fault;

/// One line of a schedule: from its n-th matching request on, so many times, this fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which methods it matches; all where absent.
    #[serde(default)]
    pub on: Requests,
    /// Which paths it matches; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathPattern>,
    /// The first matching request that it is due on, counted from 1. Requests that another rule takes count too.
    #[serde(default = "first")]
    pub from: NonZeroU64,
    /// How often it fires; always where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<NonZeroU64>,
    /// What happens then.
    pub fault: Fault,
}

fn first() -> NonZeroU64 {
    NonZeroU64::MIN
}

impl Rule {
    /// A rule that fires on each of these requests.
    pub fn new(on: Requests, fault: Fault) -> Self {
        Rule {
            on,
            path: None,
            from: first(),
            times: None,
            fault,
        }
    }

    /// The same rule for requests whose path has this form.
    #[must_use]
    pub fn at(mut self, path: PathPattern) -> Self {
        self.path = Some(path);
        self
    }

    /// The same rule, due from the n-th matching request on; 0 is taken for 1.
    #[must_use]
    pub fn from(mut self, nth: u64) -> Self {
        self.from = NonZeroU64::new(nth).unwrap_or_else(first);
        self
    }

    /// The same rule, firing so many times; 0 is taken for 1.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(NonZeroU64::new(times).unwrap_or_else(first));
        self
    }

    /// Whether a request is one of those that the rule counts.
    pub(super) fn matches(&self, request: &IncomingRequest) -> bool {
        self.on.hold(request) && self.path.as_ref().is_none_or(|path| path.matches(&request.path()))
    }
}

/// Requests by their method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requests {
    /// All of them.
    #[default]
    #[serde(rename = "any")]
    Any,
    /// Those that change nothing.
    #[serde(rename = "read")]
    Read,
    /// All others.
    #[serde(rename = "write")]
    Write,
    /// GET.
    #[serde(rename = "GET")]
    Get,
    /// POST.
    #[serde(rename = "POST")]
    Post,
    /// PUT.
    #[serde(rename = "PUT")]
    Put,
    /// DELETE.
    #[serde(rename = "DELETE")]
    Delete,
}

impl Requests {
    fn hold(self, request: &IncomingRequest) -> bool {
        let method = request.method.as_str();
        match self {
            Requests::Any => true,
            Requests::Read => !request.is_write(),
            Requests::Write => request.is_write(),
            Requests::Get => method == "GET",
            Requests::Post => method == "POST",
            Requests::Put => method == "PUT",
            Requests::Delete => method == "DELETE",
        }
    }
}

/// A pattern over decoded paths without their query: `*` is anything within a segment, `**` anything at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(String);

impl PathPattern {
    /// Reads a pattern; one that could match no path at all is refused with the reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with(['/', '*']) {
            return Err(format!(
                "the path pattern `{text}` matches nothing: begin it with `/` or `**`"
            ));
        }
        Ok(PathPattern(text.to_owned()))
    }

    fn matches(&self, path: &str) -> bool {
        matches(self.0.as_bytes(), path.as_bytes())
    }
}

impl TryFrom<String> for PathPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        PathPattern::parse(&text)
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> String {
        pattern.0
    }
}

fn matches(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => path.is_empty(),
        [b'*', b'*', rest @ ..] => (0..=path.len()).any(|taken| matches(rest, &path[taken..])),
        [b'*', rest @ ..] => {
            let segment = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
            (0..=segment).any(|taken| matches(rest, &path[taken..]))
        }
        [byte, rest @ ..] => path.first() == Some(byte) && matches(rest, &path[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_star_stays_within_a_segment_and_two_do_not() {
        for (pattern, path, expected) in [
            (
                "/api/v1/organization/*/team/**",
                "/api/v1/organization/acme/team/dev/members/a",
                true,
            ),
            (
                "/api/v1/organization/*/team/*",
                "/api/v1/organization/acme/team/dev/members/a",
                false,
            ),
            ("/api/v1/repository/acme/*", "/api/v1/repository/acme/api", true),
            ("/api/v1/repository/acme/*", "/api/v1/repository/other/api", false),
            (
                "**/permissions/**",
                "/api/v1/repository/acme/api/permissions/team/dev",
                true,
            ),
            ("/config", "/config", true),
            ("/config", "/config/", false),
            ("**", "/anything", true),
        ] {
            let found = PathPattern::parse(pattern).unwrap().matches(path);
            assert_eq!(found, expected, "{pattern} on {path}");
        }
        assert!(PathPattern::parse("api/v1").unwrap_err().contains("begin it with"));
    }
}
