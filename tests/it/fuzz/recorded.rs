//! A registry's answers as a case for the body `registry`, and what becomes of it when an answer is malformed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use quayform::fuzzing::{Canned, CannedAnswer, Case};
use quayform::http::{Method, ReadOnly};
use quayform::kinds;
use quayform::model::{Action, Desired, Form, Plan};
use quayform::plan::{Options, plan};
use quayform::read::{Reader, read_world};
use serde_json::{Value as Json, json};

use crate::lab::{Lab, detail, runtime};
use crate::meddler::Meddler;
use crate::scenarios::company::{self, ACME};

/// The manifest of a company without secrets, and its converged registry's answers.
fn case(lab: &Lab, text: &str) -> Case {
    lab.converge(text);
    let answers = Arc::new(Mutex::new(BTreeMap::new()));
    let noted = Arc::clone(&answers);
    let listener = Meddler::new(&lab.emulator).after(move |_, request, response| {
        assert_eq!(request.method, Method::Get);
        let answer = CannedAnswer {
            status: response.status,
            body: response.json().unwrap_or_default(),
        };
        noted.lock().unwrap().insert(request.target.clone(), answer);
    });
    let planned = lab.plan_through(text, Arc::new(listener)).unwrap();
    assert_eq!(planned.lines(), Vec::<String>::new());
    let answers = answers.lock().unwrap().clone();
    Case {
        manifest: text.to_owned(),
        answers,
        writes: Vec::new(),
    }
}

/// The plan for the same wishes against other answers; none where the registry does not prove itself.
fn replan(desired: &Desired, case: Case) -> Option<Plan> {
    let mut reader = Reader::new(ReadOnly::new(Arc::new(Canned::new(case)), None));
    let interest = desired.interest(kinds::collection);
    let live = runtime().block_on(read_world(&mut reader, &interest)).ok()?;
    Some(plan(desired, &live, &Options::default()))
}

/// What each answer must look like.
fn forms(desired: &Desired, case: &Case) -> BTreeMap<String, &'static Form> {
    let mut reader = Reader::new(ReadOnly::new(Arc::new(Canned::new(case.clone())), None));
    let interest = desired.interest(kinds::collection);
    runtime().block_on(read_world(&mut reader, &interest)).unwrap();
    let asked = reader.asked().iter();
    asked
        .map(|asked| (asked.query.target.clone(), asked.query.form))
        .collect()
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(detail).collect()
}

/// `UPDATE_CORPUS=1` writes it anew.
#[test]
fn the_corpus_holds_what_the_embedded_registry_answers() {
    let text = ACME
        .replace("{env: SLACK_URL}", "https://hooks.example/slack")
        .replace(", password: {env: HUB_PASSWORD}", "");
    let mut case = case(&company::lab(), &text);
    // Half of the wishes differ, so that the body also writes.
    case.manifest = text
        .replace("role: creator", "role: member")
        .replace("role: write", "role: read");
    case.writes = [(200, json!({})), (400, json!({ "detail": "no" })), (500, json!("down"))]
        .map(|(status, body)| CannedAnswer { status, body })
        .to_vec();
    let written = serde_json::to_string_pretty(&case).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/registry/company.json");
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == written,
        "{} is out of date: run with UPDATE_CORPUS=1",
        path.display()
    );
}

/// Null here is an answer of its own: no title (which may also be a text), everybody as creator.
const MAY_BE_NULL: &[&str] = &["title", "activating_user"];

/// Every node of every answer is taken away, emptied, or replaced by something of another type, one at a time: whatever
/// the plan then says, it creates and deletes nothing in the belief that something is not there.
#[test]
fn a_malformed_answer_is_never_read_as_absence() {
    let lab = company::lab();
    let (case, desired) = (case(&lab, ACME), lab.desired(ACME));
    let forms = forms(&desired, &case);
    let mut tried = 0;
    for (target, answer) in &case.answers {
        let mut was_refused = false;
        for pointer in pointers(&answer.body) {
            for (what, body) in malformed(&answer.body, &pointer) {
                tried += 1;
                // To the plan all refused bodies are the same gap.
                let is_refused = forms[target].shape.mismatch(&body).is_some();
                if is_refused && std::mem::replace(&mut was_refused, true) {
                    continue;
                }
                let mut case = case.clone();
                case.answers.get_mut(target).unwrap().body = body;
                let Some(plan) = replan(&desired, case) else { continue };
                let mut changes = plan.changes.iter();
                let concludes = changes.any(|change| matches!(change.action, Action::Create | Action::Delete));
                assert!(
                    !concludes || is_held(&plan),
                    "{target}: {pointer} {what} leads to {:#?}",
                    lines(&plan)
                );
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

/// Whether nothing of the plan is ever written, because something could not be read.
fn is_held(plan: &Plan) -> bool {
    let mut changes = plan.changes.iter();
    changes.all(|change| plan.unreadable.contains(change.address.namespace()))
}

/// The same with answers that are no answers at all.
#[test]
fn an_answer_of_another_kind_is_never_read_as_absence() {
    let lab = company::lab();
    let (case, desired) = (case(&lab, ACME), lab.desired(ACME));
    let not_found = json!({ "error_type": "not_found", "detail": "Not Found" });
    let others = [
        (200, json!({})),
        (200, json!([])),
        (200, Json::Null),
        (204, Json::Null),
        (403, json!({ "detail": "Unauthorized" })),
        (404, json!({ "detail": "Not Found" })),
        (404, not_found),
        (500, json!({})),
    ];
    for target in case.answers.keys() {
        for (status, body) in &others {
            // These three can say that something is not there: the organization, its mirror, an account.
            let may_be_missing = target.ends_with("/acme") || target.ends_with("/mirror") || target.contains("/users/");
            let says_so = *status == 404 && body.get("error_type").is_some();
            // A federation is a bare list, and an empty one says that there is none.
            let says_none = *status == 200 && *body == json!([]) && target.ends_with("/federation");
            if (says_so && may_be_missing) || says_none {
                continue;
            }
            let mut case = case.clone();
            let answer = CannedAnswer {
                status: *status,
                body: body.clone(),
            };
            case.answers.insert(target.clone(), answer);
            let Some(plan) = replan(&desired, case) else { continue };
            assert!(is_held(&plan), "{target}: {status} {body} leads to {:#?}", lines(&plan));
        }
    }
}

/// A further page that is no page, or leads nowhere: the repositories on it are not gone.
#[test]
fn a_malformed_page_is_never_the_end_of_a_list() {
    let lab = company::lab();
    let (case, desired) = (case(&lab, ACME), lab.desired(ACME));
    let is_list = |target: &&String| target.starts_with("/api/v1/repository?namespace=acme");
    let first = case.answers.keys().find(is_list).unwrap().as_str();
    let all = case.answers[first].body["repositories"].as_array().unwrap().clone();
    let second = |pages: &Json, next: Json| {
        let mut case = case.clone();
        let page = |body: Json| CannedAnswer { status: 200, body };
        let start = page(json!({ "repositories": all[..1], "next_page": next }));
        case.answers.insert(first.to_owned(), start);
        case.answers
            .insert(format!("{first}&next_page=two"), page(pages.clone()));
        replan(&desired, case).unwrap()
    };
    let rest = json!({ "repositories": all[1..] });
    assert_eq!(lines(&second(&rest, json!("two"))), Vec::<String>::new());
    for (pages, next) in [
        (json!({}), json!("two")),
        (json!([]), json!("two")),
        (json!({ "repositories": null }), json!("two")),
        (json!({ "repositories": {} }), json!("two")),
        (json!({ "repositories": all[1..], "next_page": "two" }), json!("two")),
        (json!({ "repositories": all[1..], "next_page": 3 }), json!("two")),
        (rest.clone(), json!(2)),
        (rest.clone(), json!("")),
        (rest.clone(), json!("elsewhere")),
    ] {
        let plan = second(&pages, next.clone());
        assert!(
            !plan.gaps.is_empty() && is_held(&plan),
            "{pages} {next}: {:#?}",
            lines(&plan)
        );
    }
}

/// The places of all nodes, of lists only those of the first item.
fn pointers(value: &Json) -> Vec<String> {
    let below = |(key, value): (String, &Json)| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let inner = pointers(value);
        inner.into_iter().map(move |rest| format!("/{key}{rest}"))
    };
    let mut all = vec![String::new()];
    match value {
        Json::Object(entries) => {
            let entries = entries.iter().filter(|(key, _)| *key != "avatar");
            all.extend(entries.flat_map(|(key, value)| below((key.clone(), value))));
        }
        Json::Array(items) => {
            let items = items.iter().enumerate().take(1);
            all.extend(items.flat_map(|(at, value)| below((at.to_string(), value))));
        }
        _ => {}
    }
    all
}

/// The document with one node that cannot be meant.
fn malformed(document: &Json, pointer: &str) -> Vec<(&'static str, Json)> {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
    let key = key.replace("~1", "/").replace("~0", "~");
    let mut all = Vec::new();
    let is_key = document.pointer(parent).is_some_and(Json::is_object) && !pointer.is_empty();
    let holds_names = parent.ends_with("/teams") || parent.ends_with("/permissions");
    // A name that is gone from a map, as an item from a list, leaves an answer of the right form.
    if is_key && !holds_names {
        let mut body = document.clone();
        if let Some(Json::Object(entries)) = body.pointer_mut(parent) {
            entries.shift_remove(&key);
        }
        all.push(("is missing", body));
    }
    let Some(node) = document.pointer(pointer) else {
        return all;
    };
    let mut others = vec![("is a number", json!(7)), ("is a text", json!("x"))];
    let fits = |other: &Json| sort(other) == sort(node) || (key == "title" && other.is_string());
    others.retain(|(_, other)| !fits(other));
    if !MAY_BE_NULL.contains(&key.as_str()) {
        others.push(("is null", Json::Null));
    }
    all.extend(others.into_iter().map(|(what, other)| {
        let mut body = document.clone();
        if let Some(node) = body.pointer_mut(pointer) {
            *node = other;
        }
        (what, body)
    }));
    all
}

fn sort(value: &Json) -> u8 {
    match value {
        Json::Null => 0,
        Json::Bool(_) => 1,
        Json::Number(_) => 2,
        Json::String(_) => 3,
        Json::Array(_) => 4,
        Json::Object(_) => 5,
    }
}
