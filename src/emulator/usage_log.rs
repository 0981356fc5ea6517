//! The usage log: entries by namespace, repository or registry, page by page, and their counts by day (api.md, 5;
//! logs.json of the recordings).

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::paging;
use super::records::LogEntry;
use super::robot::own_name;
use super::router::{Operation, Route};
use super::team_members::account_avatar;
use super::time;

const AGGREGATED: &[&str] = &["AGGREGATED_LOG_COUNT_RETRIEVAL"];

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/logs",
        &[Operation::get("listOrgLogs", |call| list(call, of_organization))],
    ),
    Route::new(
        "/api/v1/repository/{repository}/logs",
        &[Operation::get("listRepoLogs", |call| list(call, of_repository))],
    ),
    Route::new(
        "/api/v1/user/logs",
        &[Operation::get("listUserLogs", |call| list(call, of_user))],
    ),
    Route::with_features(
        "/api/v1/superuser/logs",
        &["SUPER_USERS"],
        &[Operation::get("listAllLogs", |call| list(call, of_registry))],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/aggregatelogs",
        AGGREGATED,
        &[Operation::get("getAggregateOrgLogs", |call| {
            count(call, of_organization)
        })],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/aggregatelogs",
        AGGREGATED,
        &[Operation::get("getAggregateRepoLogs", |call| {
            count(call, of_repository)
        })],
    ),
    Route::with_features(
        "/api/v1/user/aggregatelogs",
        AGGREGATED,
        &[Operation::get("getAggregateUserLogs", |call| count(call, of_user))],
    ),
    Route::with_features(
        "/api/v1/superuser/aggregatelogs",
        &["SUPER_USERS"],
        &[Operation::get("listAllAggregateLogs", |call| count(call, of_registry))],
    ),
];

const PAGE: usize = 20;

/// The place of the page after the last entry: it is empty, and the first one without a token (logs.json, exchange 4).
const BEYOND: usize = usize::MAX;

/// Which entries a request is about.
pub(super) enum Subject {
    Namespace(String),
    Repository { id: u64, namespace: String, name: String },
    Registry,
}

impl Subject {
    fn has(&self, entry: &LogEntry) -> bool {
        match self {
            Subject::Namespace(name) => entry.namespace.as_ref() == Some(name),
            Subject::Repository { id, .. } => entry.repository == Some(*id),
            Subject::Registry => true,
        }
    }

    fn is_registry(&self) -> bool {
        matches!(self, Subject::Registry)
    }
}

/// Finds out which entries a request is about, and refuses who may not see them.
pub(super) type Chooser = fn(&Call<'_>) -> Result<Subject, Answer>;

pub(super) fn of_organization(call: &Call<'_>) -> Result<Subject, Answer> {
    let name = call.parameter("orgname");
    call.require_organization_reader(&name)?;
    if !call.store.has_namespace(&name) {
        return Err(Answer::message(400, &format!("Invalid namespace requested: {name}")));
    }
    Ok(Subject::Namespace(name))
}

pub(super) fn of_repository(call: &Call<'_>) -> Result<Subject, Answer> {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let repository = call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let id = repository.id;
    Ok(Subject::Repository { id, namespace, name })
}

pub(super) fn of_user(call: &Call<'_>) -> Result<Subject, Answer> {
    own_name(call).map(Subject::Namespace)
}

fn of_registry(call: &Call<'_>) -> Result<Subject, Answer> {
    call.require_superuser_reader()?;
    Ok(Subject::Registry)
}

/// The time that a request asks for: the last day where it does not say, and one day more than it says at the end. What
/// is no date is passed over without a word (api.md, 5.1).
pub(super) struct Span {
    start: i64,
    end: i64,
}

impl Span {
    pub(super) fn of(call: &Call<'_>) -> Span {
        let date = |name: &str| call.query.get(name).and_then(time::parse_date);
        Span {
            start: date("starttime").unwrap_or(call.store.clock - time::DAY),
            end: date("endtime").unwrap_or(call.store.clock) + time::DAY,
        }
    }

    pub(super) fn is_backward(&self) -> bool {
        self.end < self.start
    }

    fn has(&self, entry: &LogEntry) -> bool {
        (self.start..=self.end).contains(&entry.time)
    }
}

/// The performer that a request asks for; an unknown one leads to an unhandled exception (behaviour.md, 2).
fn wanted_performer(call: &Call<'_>, subject: &Subject) -> Result<Option<String>, Answer> {
    // The other lists have no such parameter.
    let name = call
        .query
        .get("performer")
        .filter(|_| matches!(subject, Subject::Namespace(_)));
    match name {
        Some(name) if !call.store.has_account(name) => Err(Answer::server_error()),
        name => Ok(name.map(str::to_owned)),
    }
}

/// The newest entries first. That a log cannot be searched is not recorded, but told of servers that send their logs to
/// Splunk (api.md, 2.4 and 7).
fn list(call: &mut Call<'_>, choose: Chooser) -> Reply {
    let subject = choose(call)?;
    let span = Span::of(call);
    if span.is_backward() && !subject.is_registry() {
        return Err(bad_request());
    }
    let performer = wanted_performer(call, &subject)?;
    if call.store.logs_are_hidden {
        let (start, end) = (time::rfc2822(span.start), time::rfc2822(span.end));
        let page = json!({ "start_time": start, "end_time": end, "logs": [], "search_unavailable": true });
        return Ok(Answer::ok(&page));
    }
    let logs = &call.store.logs;
    let fits = |entry: &LogEntry| {
        subject.has(entry) && span.has(entry) && (performer.is_none() || entry.performer == performer)
    };
    // A token says up to which entry the pages before have come: entries are only ever added at the end.
    let before = paging::place(call).unwrap_or(logs.len());
    let older = logs[..before.min(logs.len())].iter().enumerate().rev();
    let found: Vec<(usize, &LogEntry)> = older
        .filter(|(_, entry)| before != BEYOND && fits(entry))
        .take(PAGE + 1)
        .collect();
    let shown = &found[..found.len().min(PAGE)];
    let mut page = json!({
        "start_time": time::rfc2822(span.start),
        "end_time": time::rfc2822(span.end),
        "logs": shown.iter().map(|(_, entry)| view(call, entry, subject.is_registry())).collect::<Vec<_>>(),
    });
    if found.len() > PAGE {
        page["next_page"] = json!(paging::token(shown.last().map_or(0, |(place, _)| *place)));
    } else if before != BEYOND && !span.is_backward() {
        page["next_page"] = json!(paging::token(BEYOND));
    }
    Ok(Answer::ok(&page))
}

/// The framework's refusal without a reason.
pub(super) fn bad_request() -> Answer {
    let text = "The browser (or proxy) sent a request that this server could not understand.";
    Answer::message(400, text)
}

fn view(call: &Call<'_>, entry: &LogEntry, with_namespace: bool) -> Value {
    let mut view = json!({
        "kind": entry.kind,
        "metadata": entry.metadata,
        "ip": "127.0.0.1",
        "datetime": time::rfc2822(entry.time),
    });
    // Who was deleted since is not named.
    if let Some(performer) = entry.performer.as_ref().filter(|name| call.store.has_account(name)) {
        view["performer"] = json!({
            "kind": "user",
            "name": performer,
            "is_robot": performer.contains('+'),
            "avatar": account_avatar(call, performer),
        });
    }
    if with_namespace && let Some(name) = &entry.namespace {
        view["namespace"] = namespace_view(call, name);
    }
    view
}

fn namespace_view(call: &Call<'_>, name: &str) -> Value {
    let (kind, source) = match (call.store.users.get(name), call.store.organizations.get(name)) {
        (Some(user), _) => ("user", user.email.as_str()),
        (None, Some(organization)) => ("org", organization.email.as_str()),
        // Deleted, and known by a uuid until garbage collection.
        (None, None) => ("org", name),
    };
    json!({ "kind": kind, "name": name, "avatar": avatar(name, source, kind) })
}

/// How many entries of each kind there are on each day.
fn count(call: &mut Call<'_>, choose: Chooser) -> Reply {
    let subject = choose(call)?;
    let span = Span::of(call);
    if span.is_backward() && !subject.is_registry() {
        return Err(bad_request());
    }
    let performer = wanted_performer(call, &subject)?;
    if span.end - span.start > 31 * time::DAY {
        return Err(match subject {
            Subject::Registry => Answer::server_error(),
            _ => Answer::message(400, "Invalid date range for logs"),
        });
    }
    if call.store.logs_are_hidden {
        return Ok(Answer::ok(&json!({ "aggregated": [], "search_unavailable": true })));
    }
    let mut counts: IndexMap<(&str, i64), u64> = IndexMap::new();
    for entry in &call.store.logs {
        if subject.has(entry) && span.has(entry) && (performer.is_none() || entry.performer == performer) {
            let day = entry.time.div_euclid(time::DAY) * time::DAY;
            *counts.entry((&entry.kind, day)).or_default() += 1;
        }
    }
    let counts: Vec<Value> = counts
        .into_iter()
        .map(|((kind, day), count)| json!({ "kind": kind, "count": count, "datetime": time::rfc2822(day) }))
        .collect();
    Ok(Answer::ok(&json!({ "aggregated": counts })))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::registry::Registry;
    use super::super::testing::{registry, send};

    const ORGANIZATION: &str = "/api/v1/organization/acme";

    fn write(registry: &mut Registry, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = send(registry, method, &format!("{ORGANIZATION}{path}"), &body);
        assert!(status < 300, "{method} {path} gave {status}: {answer}");
        answer
    }

    #[test]
    fn every_write_to_an_organization_is_in_the_usage_log() {
        let mut registry = registry(r#"{"users": [{"name": "bob"}], "organizations": [{"name": "acme"}]}"#);
        let all = &mut registry;
        write(all, "PUT", "", json!({ "tag_expiration_s": 86_400 }));
        write(all, "PUT", "/team/devs", json!({ "role": "member" }));
        write(all, "PUT", "/team/devs/members/bob", Value::Null);
        write(all, "PUT", "/robots/ci", json!({ "description": "builds" }));
        write(all, "POST", "/robots/ci/regenerate", Value::Null);
        write(
            all,
            "POST",
            "/robots/ci/federation",
            json!([{ "issuer": "https://x", "subject": "y" }]),
        );
        let new = json!({ "role": "read", "delegate": { "name": "devs", "kind": "team" } });
        let id = write(all, "POST", "/prototypes", new)["id"].clone();
        let one = format!("/prototypes/{}", id.as_str().unwrap());
        write(all, "PUT", &one, json!({ "role": "write" }));
        write(all, "DELETE", &one, Value::Null);
        write(all, "POST", "/quota", json!({ "limit_bytes": 1024 }));
        write(
            all,
            "POST",
            "/quota/1/limit",
            json!({ "type": "Reject", "threshold_percent": 100 }),
        );
        write(all, "PUT", "/quota/1/limit/1", json!({ "threshold_percent": 90 }));
        write(all, "PUT", "/quota/1", json!({ "limit_bytes": 2048 }));
        write(all, "DELETE", "/quota/1", Value::Null);
        write(all, "DELETE", "/robots/ci", Value::Null);
        // This one leaves no entry (api.md, 5.4).
        write(all, "DELETE", "/members/bob", Value::Null);
        let kinds: Vec<&str> = registry.store.logs.iter().map(|entry| entry.kind.as_str()).collect();
        let expected = [
            "org_change_tag_expiration",
            "org_create_team",
            "org_add_team_member",
            "create_robot",
            "regenerate_robot_token",
            "create_robot_federation",
            "create_prototype_permission",
            "modify_prototype_permission",
            "delete_prototype_permission",
            "org_create_quota",
            "org_create_quota_limit",
            "org_change_quota_limit",
            "org_change_quota",
            "org_delete_quota",
            "delete_robot",
        ];
        assert_eq!(kinds, expected);
        let logs = &registry.store.logs;
        assert_eq!(logs[3].metadata["robot"], "ci");
        assert_eq!(logs[7].metadata["original_role"], "read");
        assert_eq!(logs[12].metadata["previous_limit_bytes"], 1024);
    }

    #[test]
    fn pages_stay_in_step_while_entries_are_added() {
        let mut registry = registry(r#"{"organizations": [{"name": "acme"}]}"#);
        let add = |registry: &mut Registry, number: i64| {
            let role = if number % 2 == 0 { "creator" } else { "member" };
            write(registry, "PUT", "/team/devs", json!({ "role": role }));
        };
        (0..30).for_each(|number| add(&mut registry, number));
        let (mut seen, mut pages) = (0, 0);
        let mut path = "/logs".to_owned();
        loop {
            let page = write(&mut registry, "GET", &path, Value::Null);
            seen += page["logs"].as_array().unwrap().len();
            pages += 1;
            let Some(next) = page["next_page"].as_str() else { break };
            path = format!("/logs?next_page={next}");
            add(&mut registry, pages);
        }
        assert_eq!((seen, pages), (30, 3));
    }
}
