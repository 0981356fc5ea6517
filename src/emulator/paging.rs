//! Lists that come in pages, and the tokens that lead from one page to the next (api.md, 1.6).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;

const PREFIX: &str = "emulated-page-";

/// The token of the page that starts at an offset.
pub(super) fn token(offset: usize) -> String {
    format!("{PREFIX}{offset}")
}

/// The offset in the token of a request; none where it cannot be read (behaviour.md, 10).
pub(super) fn place(call: &Call<'_>) -> Option<usize> {
    call.query.get("next_page")?.strip_prefix(PREFIX)?.parse().ok()
}

/// The offset at which the wanted page starts; a token that cannot be read means the first.
pub(super) fn offset(call: &Call<'_>) -> usize {
    place(call).unwrap_or(0)
}

/// A list that is paged only when `limit` is given, and then by at most 100 (organization.json, exchanges 72 to 75).
pub(super) fn limited(call: &Call<'_>, name: &str, items: Vec<Value>) -> Reply {
    let Some(limit) = call.query.get("limit") else {
        return Ok(Answer::ok(&json!({ name: items })));
    };
    let limit: usize = limit
        .parse()
        .map_err(|_| Answer::invalid("Page limit must be a number"))?;
    if limit > 100 {
        return Err(Answer::invalid("Page limit cannot be above 100"));
    }
    Ok(Answer::ok(&page(name, items, offset(call), limit)))
}

/// One page of a list, with the token of the next one where there is more.
pub(super) fn page(name: &str, items: Vec<Value>, offset: usize, limit: usize) -> Value {
    let has_more = items.len() > offset.saturating_add(limit);
    let items: Vec<Value> = items.into_iter().skip(offset).take(limit).collect();
    let mut page = json!({ name: items });
    if has_more {
        page["next_page"] = json!(token(offset + limit));
    }
    page
}
