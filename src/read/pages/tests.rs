use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;
use crate::http::{Request, Response, Sending, Transport};
use crate::kinds::shapes;

/// The names on a page, and the token of the next one.
type Page = (Vec<&'static str>, Option<&'static str>);

/// A list whose pages are told in order.
#[derive(Clone)]
struct Pages(Arc<Mutex<VecDeque<Page>>>);

impl Transport for Pages {
    fn send(&self, request: Request) -> Sending<'_> {
        if request.target == targets::USER {
            return answer(&json!({"username": "quayadmin"}));
        }
        let (names, next) = self.0.lock().unwrap().pop_front().unwrap();
        let repositories: Vec<Json> = names
            .iter()
            .map(|name| json!({"namespace": "acme", "name": name, "is_public": false, "state": "NORMAL", "kind": "image", "is_starred": false}))
            .collect();
        let mut body = json!({ "repositories": repositories });
        if let Some(next) = next {
            body["next_page"] = json!(next);
        }
        answer(&body)
    }
}

fn answer(body: &Json) -> Sending<'static> {
    let response = Response {
        status: 200,
        content_type: "application/json".to_owned(),
        retry_after: None,
        body: body.to_string().into_bytes(),
    };
    Box::pin(std::future::ready(Ok(response)))
}

/// The names of the list or why it is a gap, and how many requests it took.
async fn fetched(pages: Vec<Page>) -> (Result<Vec<String>, String>, usize) {
    let all = pages.len();
    let pages = Pages(Arc::new(Mutex::new(pages.into())));
    let query = Query {
        target: targets::repositories("acme"),
        form: &shapes::REPOSITORIES,
        reason: String::new(),
        serves: Vec::new(),
        paging: Paging::NextPage("repositories"),
    };
    let client = ReadOnly::new(Arc::new(pages.clone()), None);
    let answer = fetch(&client, &query, &Counter::default()).await;
    let requests = all - pages.0.lock().unwrap().len();
    let names = |body: &Json| {
        items(body, "repositories")
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    match answer {
        Answer::Body(body) => (Ok(names(&body)), requests),
        Answer::Gap(gap) => (Err(gap.reason), requests),
        Answer::Missing => panic!("missing"),
    }
}

fn names(names: &[&str]) -> Result<Vec<String>, String> {
    Ok(names.iter().map(|name| (*name).to_owned()).collect())
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let pages = vec![(vec!["a"], Some("1")), (vec![], Some("2")), (vec!["b"], None)];
    assert_eq!(fetched(pages).await, (names(&["a", "b"]), 3));
    assert_eq!(
        fetched(vec![(vec![], Some("1")), (vec![], None)]).await,
        (names(&[]), 2)
    );
}

#[tokio::test]
async fn a_list_that_moves_is_read_anew() {
    // Something was inserted before `b`, which so is met again.
    let moved = [(vec!["a", "b"], Some("1")), (vec!["b", "c"], None)];
    let calm = [(vec!["x", "a"], Some("1")), (vec!["b", "c"], None)];
    let pages = [&moved[..], &calm[..]].concat();
    assert_eq!(fetched(pages).await, (names(&["x", "a", "b", "c"]), 4));

    let (outcome, requests) = fetched([&moved[..], &moved[..], &moved[..], &calm[..]].concat()).await;
    assert_eq!(requests, 6);
    let reason = "the list changes while it is read: an item stands on two pages, 3 times";
    assert_eq!(outcome, Err(reason.to_owned()));
}

#[tokio::test]
async fn a_token_that_comes_again_is_no_endless_list() {
    let circle = [(vec!["a"], Some("1")), (vec!["b"], Some("1"))];
    let calm = [(vec!["a"], Some("1")), (vec!["b"], None)];
    assert_eq!(
        fetched([&circle[..], &calm[..]].concat()).await,
        (names(&["a", "b"]), 4)
    );
    let (outcome, requests) = fetched([&circle[..], &circle[..], &circle[..]].concat()).await;
    assert!(outcome.unwrap_err().contains("repeats a page token"));
    assert_eq!(requests, 6);
    // A token that the server cannot read leads to the first page again.
    let first = (vec!["a"], Some("1"));
    let again = (vec!["a"], Some("2"));
    let pages = vec![first.clone(), again.clone(), first.clone(), again.clone(), first, again];
    assert!(fetched(pages).await.0.is_err());
}
