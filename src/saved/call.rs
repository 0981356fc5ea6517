//! Calls: `{method, path, body, expect, on_unknown}`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json, json};

use crate::http::Method;
use crate::kinds::targets::{encode as percent_encode, encode_query};
use crate::model::{Call, Expect, Follow, OnUnknown, Segment, Target, Value};

use super::parts::{Parts, address};

const HANDLE: &str = "{id of ";

/// Whoever is not the registry.
const COCKTAIL: &str = "cocktail";

pub(super) fn encode(call: &Call, salt: Option<&str>) -> Json {
    let mut document = Map::from_iter([
        ("method".to_owned(), json!(call.method)),
        ("path".to_owned(), json!(path(call))),
        (
            "body".to_owned(),
            call.body.as_ref().map_or(Json::Null, |body| body.encoded(salt)),
        ),
        (
            "on_unknown".to_owned(),
            json!(match call.on_unknown {
                OnUnknown::Repeat => "repeat",
                OnUnknown::Reread => "reread",
            }),
        ),
    ]);
    if call.target == Target::Cocktail {
        document.insert("target".to_owned(), json!(COCKTAIL));
    }
    if let Some(work) = call.starts {
        document.insert("starts".to_owned(), json!(word(work)));
    }
    if call.expect != Expect::default() {
        document.insert(
            "expect".to_owned(),
            json!({
                "already": call.expect.already,
                "already_when_repeated": call.expect.already_when_repeated,
                "later": call.expect.later,
                "null_is_missing": call.expect.null_is_missing,
            }),
        );
    }
    Json::Object(document)
}

pub(super) fn decode(parts: &Parts<'_>, salt: &str) -> Result<Call, String> {
    let method: Method = serde_json::from_value(parts.get("method")?.clone())
        .ok()
        .filter(|method| *method != Method::Get)
        .ok_or_else(|| "a call has no method that writes".to_owned())?;
    let mut call = Call::new(method, &[]);
    call.target = match parts.json().get("target").map(Json::as_str) {
        None => Target::Registry,
        Some(Some(COCKTAIL)) => Target::Cocktail,
        Some(other) => return Err(format!("target: `{}` means nothing", other.unwrap_or_default())),
    };
    let (path, query) = split(parts.text("path")?);
    (call.path, call.slash) = segments(path, call.target)?;
    call.query = pairs(query)?;
    call.body = match parts.get("body")? {
        Json::Null => None,
        body => Some(Value::decoded(body, salt)?),
    };
    call.on_unknown = match parts.text("on_unknown")? {
        "repeat" => OnUnknown::Repeat,
        "reread" => OnUnknown::Reread,
        other => return Err(format!("on_unknown: `{other}` means nothing")),
    };
    call.starts = match parts.json().get("starts").map(Json::as_str) {
        None => None,
        Some(Some(text)) if text == word(Follow::Build) => Some(Follow::Build),
        Some(Some(text)) if text == word(Follow::CocktailRun) => Some(Follow::CocktailRun),
        Some(other) => return Err(format!("starts: `{}` means nothing", other.unwrap_or_default())),
    };
    if parts.json().get("expect").is_some() {
        let expect = parts.inner("expect")?;
        call.expect = Expect {
            already: answers(&expect, "already")?,
            already_when_repeated: answers(&expect, "already_when_repeated")?,
            later: answers(&expect, "later")?,
            null_is_missing: expect.flag("null_is_missing"),
        };
    }
    Ok(call)
}

fn answers(parts: &Parts<'_>, key: &str) -> Result<Vec<(u16, Cow<'static, str>)>, String> {
    let pair = |json: &Json| {
        let status = json
            .get(0)
            .and_then(Json::as_u64)
            .and_then(|status| u16::try_from(status).ok());
        let text = json
            .get(1)
            .and_then(Json::as_str)
            .map(|text| Cow::Owned(text.to_owned()));
        status
            .zip(text)
            .ok_or_else(|| format!("`{key}` holds no pairs of status and text"))
    };
    parts.list(key)?.iter().map(pair).collect()
}

fn word(work: Follow) -> &'static str {
    match work {
        Follow::Build => "build",
        Follow::CocktailRun => "cocktail_run",
    }
}

/// The path as it is sent, with `{id of ADDRESS}` for what is only known then.
fn path(call: &Call) -> String {
    let mut path = call.target.root().to_owned();
    for segment in &call.path {
        path.push('/');
        match segment {
            Segment::Text(text) => path.push_str(&percent_encode(text)),
            Segment::Handle(address) => {
                let address = address.to_string().replace('%', "%25").replace('}', "%7D");
                path.push_str(&format!("{HANDLE}{address}}}"));
            }
        }
    }
    if call.slash {
        path.push('/');
    }
    path + &encode_query(&call.query)
}

/// The path, and the query after its last segment: an id that is only known later may hold a question mark.
fn split(path: &str) -> (&str, &str) {
    let after_handles = path.rfind('}').unwrap_or_default();
    match path[after_handles..].find('?') {
        Some(place) => path.split_at(after_handles + place),
        None => (path, ""),
    }
}

fn pairs(query: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = query.strip_prefix('?').unwrap_or_default().split('&');
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?;
        Some(text.into_owned())
    };
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((decoded(name)?, decoded(value)?))
    };
    let wrong = || format!("`{query}` is no query");
    let written = pairs.filter(|pair| !pair.is_empty());
    written.map(|text| pair(text).ok_or_else(wrong)).collect()
}

fn segments(path: &str, target: Target) -> Result<(Vec<Segment>, bool), String> {
    let wrong = || match target {
        Target::Registry => format!("`{path}` is no path of the registry's API"),
        Target::Cocktail => format!("`{path}` is no path of CocktailCloud's API"),
    };
    let decoded = |text: &str| {
        let bytes = percent_decode_str(text).decode_utf8();
        bytes.map(Cow::into_owned).map_err(|_| wrong())
    };
    let mut rest = path.strip_prefix(target.root()).ok_or_else(wrong)?;
    let mut segments = Vec::new();
    while let Some(next) = rest.strip_prefix('/') {
        if next.is_empty() {
            return Ok((segments, true));
        }
        let segment = match next.strip_prefix(HANDLE) {
            Some(handle) => {
                let (inner, after) = handle.split_once('}').ok_or_else(wrong)?;
                rest = after;
                Segment::Handle(Box::new(address(&decoded(inner)?)?))
            }
            None => {
                let end = next.find('/').unwrap_or(next.len());
                rest = &next[end..];
                Segment::Text(decoded(&next[..end])?.into())
            }
        };
        segments.push(segment);
    }
    if rest.is_empty() && !segments.is_empty() {
        Ok((segments, false))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;

    #[test]
    fn what_is_encoded_is_decoded() {
        let item = Address::new("notification", "acme/api:50 % {done}/x");
        let body = [("url", Value::text("x")), ("more", Value::Now)];
        let call = Call::new(Method::Post, &["repository", "acme", "a/b"])
            .handle(&item)
            .slash()
            .already(400, "is there")
            .body(body);
        for call in [
            call.clone(),
            Call::new(Method::Delete, &["x"]).null_is_missing(),
            call.clone().starting(Follow::Build),
            Call::new(Method::Post, &["build", "run", "7"])
                .to(Target::Cocktail)
                .query("tagName", "v1")
                .query("description", "50 % of a&b?")
                .starting(Follow::CocktailRun),
        ] {
            let json = encode(&call, Some("salt"));
            let back = decode(&Parts::new(&json, "the call"), "salt").unwrap();
            assert_eq!(back, call);
        }
    }

    #[test]
    fn other_paths_and_methods_are_errors() {
        let with =
            |method: &str, path: &str| json!({"method": method, "path": path, "body": null, "on_unknown": "repeat"});
        for wrong in [
            with("GET", "/api/v1/x"),
            with("PUT", "/api/v2/x"),
            with("PUT", "/api/v1"),
            with("PUT", "/api/v1/{id of x"),
        ] {
            assert!(decode(&Parts::new(&wrong, "the call"), "salt").is_err(), "{wrong}");
        }
    }
}
