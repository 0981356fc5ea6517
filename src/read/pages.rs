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
/// How often a list is read that changes while it is read.
const MOST_READINGS: u32 = 3;

/// Why the pages of one reading do not make a list.
enum Broken {
    /// For good: a page that fails makes the whole list a gap, since half a list proves nothing.
    Gap(Answer),
    /// The pages do not fit together, as where the list changed between them; another reading may do better.
    Moved(&'static str),
}

/// Fetches one query with all of its pages (API guide §1.6).
///
/// A page may be empty and lead on. What stands on two pages moved while it was read, and something else may have slipped
/// through unseen: such a list is read anew, a few times.
pub(super) async fn fetch(client: &ReadOnly, query: &Query, counter: &Counter) -> Answer {
    let mut readings = 1;
    loop {
        let why = match read(client, query, counter).await {
            Ok(answer) | Err(Broken::Gap(answer)) => return answer,
            Err(Broken::Moved(why)) => why,
        };
        if readings == MOST_READINGS {
            return gap(query, &format!("{why}, {readings} times"));
        }
        tracing::debug!("{}: {why}: read once more", query.target);
        readings += 1;
    }
}

async fn read(client: &ReadOnly, query: &Query, counter: &Counter) -> Result<Answer, Broken> {
    counter.count();
    let first = match query.target.as_str() {
        // The server hashes the token on every request that carries one.
        targets::CONFIG | targets::DISCOVERY => client.get_anonymously(&query.target).await,
        target => client.get(target).await,
    };
    let first = query.believe(settle(&query.target, &first));
    let key = match query.paging {
        Paging::NextPage(key) | Paging::Numbered(key) => key,
        Paging::Whole => return Ok(first),
    };
    let Answer::Body(mut body) = first else {
        return Ok(first);
    };
    let shows_the_caller = |page: &Json| query.form.known_by.is_none_or(|mark| is_marked(items(page, key), mark));
    let mut is_proven = shows_the_caller(&body);
    let (mut tokens, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut new = |page: &Json| items(page, key).iter().all(|item| names.insert(name(item)));
    if !new(&body) {
        return Err(Broken::Moved("an item stands on the page twice"));
    }
    let mut token = next_page(query.paging, &body, 1);
    while let Some(next) = token {
        if !tokens.insert(next.clone()) {
            return Err(Broken::Moved("the server repeats a page token, so the list never ends"));
        }
        if tokens.len() == MOST_PAGES {
            return Err(Broken::Gap(gap(query, "the list does not end")));
        }
        counter.count();
        let page = page(client, query, &next).await?;
        if !new(&page) {
            return Err(Broken::Moved(
                "the list changes while it is read: an item stands on two pages",
            ));
        }
        is_proven &= shows_the_caller(&page);
        token = next_page(query.paging, &page, tokens.len() + 1);
        append(&mut body, page, key);
    }
    if !is_proven {
        prove_the_token(client, query, counter).await?;
    }
    Ok(Answer::Body(body))
}

/// Whether each of some items has a key; none prove nothing.
fn is_marked(items: &[Json], key: &str) -> bool {
    !items.is_empty() && items.iter().all(|item| item.get(key).is_some())
}

/// A token that dies during a run makes its bearer a stranger, to whom a list of repositories is empty and no error.
async fn prove_the_token(client: &ReadOnly, query: &Query, counter: &Counter) -> Result<(), Broken> {
    counter.count();
    let why = match settle(targets::USER, &client.get(targets::USER).await) {
        Answer::Body(_) => return Ok(()),
        Answer::Missing => "the server does not say whose token it is".to_owned(),
        Answer::Gap(refusal) => format!(
            "the token is not proven any more: GET {}: {}",
            refusal.target, refusal.reason
        ),
    };
    Err(Broken::Gap(gap(query, &why)))
}

async fn page(client: &ReadOnly, query: &Query, next: &str) -> Result<Json, Broken> {
    let target = format!("{}&{next}", query.target);
    match query.believe(settle(&target, &client.get(&target).await)) {
        Answer::Body(page) => Ok(page),
        Answer::Missing => Err(Broken::Gap(gap(query, "a page of the list is missing"))),
        Answer::Gap(gap) => Err(Broken::Gap(Answer::Gap(gap))),
    }
}

/// What leads from the page with this number to the next, if there is one.
fn next_page(paging: Paging, body: &Json, number: usize) -> Option<String> {
    match paging {
        Paging::Whole => None,
        Paging::NextPage(_) => {
            let token = body.get("next_page").and_then(Json::as_str)?;
            Some(format!("next_page={}", targets::encode(token)))
        }
        Paging::Numbered(_) => {
            let has_more = body.get("has_additional") == Some(&Json::Bool(true));
            has_more.then(|| format!("page={}", number + 1))
        }
    }
}

fn items<'b>(body: &'b Json, key: &str) -> &'b [Json] {
    body.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// What tells an item from all others of its list: namespace and name, or all of it where it has none.
fn name(item: &Json) -> String {
    let text = |field: &str| item.get(field).and_then(Json::as_str);
    match text("name") {
        Some(name) => format!("{}/{name}", text("namespace").unwrap_or_default()),
        None => item.to_string(),
    }
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

#[cfg(test)]
mod tests;
