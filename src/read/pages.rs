//! Lists that come in pages.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::http::ReadOnly;
use crate::kinds::targets;
use crate::model::{Answer, Paging, Query};
use crate::quay::settle;

use super::reader::Counter;

/// How many pages a list may have: at 100 items a page more than any registry holds, so that a server whose list never
/// ends does not hold up a run for ever.
const MOST_PAGES: usize = 10_000;

/// Fetches one query with all of its pages. A page that fails makes the whole list a gap: half a list proves nothing.
pub(super) async fn fetch(client: &ReadOnly, query: &Query, counter: &Counter) -> Answer {
    counter.count();
    let first = match query.target.as_str() {
        // The server hashes the token on every request that carries one.
        targets::CONFIG => client.get_anonymously(&query.target).await,
        target => client.get(target).await,
    };
    let first = query.believe(settle(&query.target, &first));
    let (Paging::NextPage(key), Answer::Body(mut body)) = (query.paging, first.clone()) else {
        return first;
    };
    let mut token = next_page(&body);
    let mut seen = BTreeSet::new();
    while let Some(next) = token {
        if !seen.insert(next.clone()) {
            return gap(query, "the server repeats a page token, so the list never ends");
        }
        if seen.len() == MOST_PAGES {
            return gap(query, "the list does not end");
        }
        counter.count();
        let target = format!("{}&next_page={}", query.target, targets::encode(&next));
        let page = match query.believe(settle(&target, &client.get(&target).await)) {
            Answer::Body(page) => page,
            Answer::Missing => return gap(query, "a page of the list is missing"),
            Answer::Gap(gap) => return Answer::Gap(gap),
        };
        token = next_page(&page);
        append(&mut body, page, key);
    }
    Answer::Body(body)
}

fn next_page(body: &Json) -> Option<String> {
    body.get("next_page").and_then(Json::as_str).map(ToOwned::to_owned)
}

fn append(body: &mut Json, mut page: Json, key: &str) {
    let more = page.get_mut(key).map(Json::take);
    if let (Some(Json::Array(list)), Some(Json::Array(more))) = (body.get_mut(key), more) {
        list.extend(more);
    }
}

fn gap(query: &Query, reason: &str) -> Answer {
    Answer::Gap(query.gap(reason.to_owned()))
}
