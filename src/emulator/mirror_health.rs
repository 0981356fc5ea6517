//! The health of all mirrors, or of those of a namespace (api.md, 2.1-Q; mirror, exchanges 76 to 78).
//!
//! The path would name a repository `health` of a namespace `mirror`, which therefore cannot be read.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::{Mirror, Repository, RepositoryState};
use super::time;

/// Mirrors that are named as examples of one kind of trouble.
const EXAMPLES: usize = 5;

/// The most mirrors that a detailed answer shows at once.
const LONGEST_PAGE: usize = 1000;

/// For members of the namespace; without one, for superusers (that members suffice is not recorded).
pub(super) fn read(call: &mut Call<'_>) -> Reply {
    if call.caller.is_anonymous() {
        return Err(call.unauthorized());
    }
    let namespace = call.query.get("namespace").map(str::to_owned);
    match &namespace {
        None => call.require_superuser_reader()?,
        Some(namespace) if !call.store.has_namespace(namespace) => return Err(Answer::not_found()),
        Some(namespace) => {
            let is_member = call.caller.is(namespace) || call.caller.is_organization_member(call.store, namespace);
            call.require(is_member || call.require_superuser_reader().is_ok())?;
        }
    }
    let issues = issues(call, namespace.as_deref());
    Ok(answer(call, namespace.as_deref(), issues))
}

/// The same for superusers, who are not told which mirrors have never run (exchange 78).
pub(super) fn read_as_superuser(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let namespace = call.query.get("namespace").map(str::to_owned);
    let mut issues = issues(call, namespace.as_deref());
    issues.retain(|issue| issue["severity"] != "warning");
    Ok(answer(call, namespace.as_deref(), issues))
}

/// Enabled mirrors of repositories in that state, by namespace and name.
fn mirrors<'a>(call: &'a Call<'_>, namespace: Option<&str>) -> Vec<(&'a Repository, &'a Mirror)> {
    let all = call.store.repositories.values();
    let mut mirrors: Vec<_> = all
        .filter(|repository| repository.state == RepositoryState::Mirror)
        .filter(|repository| namespace.is_none_or(|namespace| repository.namespace == namespace))
        .filter_map(|repository| Some((repository, repository.mirror.as_ref()?)))
        .filter(|(_, mirror)| mirror.is_enabled)
        .collect();
    mirrors.sort_by(|(a, _), (b, _)| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    mirrors
}

/// Warnings about mirrors that never ran, then errors about those that gave up (the latter are not recorded).
fn issues(call: &Call<'_>, namespace: Option<&str>) -> Vec<Value> {
    let timestamp = time::iso_with_fraction(call.store.clock);
    let mirrors = mirrors(call, namespace);
    let about = |severity: &str, problem: &str, concerns: fn(&Mirror) -> bool| -> Vec<Value> {
        let concerned = mirrors.iter().filter(|(_, mirror)| concerns(mirror)).take(EXAMPLES);
        concerned
            .map(|(repository, _)| {
                let message = format!("Repository {}/{} {problem}", repository.namespace, repository.name);
                json!({ "severity": severity, "message": message, "timestamp": timestamp })
            })
            .collect()
    };
    let mut issues = about("warning", "has never been synced", |mirror| {
        mirror.sync_status == "NEVER_RUN"
    });
    issues.extend(about("error", "has exhausted all retry attempts", |mirror| {
        mirror.sync_status == "FAIL" && mirror.sync_retries_remaining == 0
    }));
    issues
}

fn answer(call: &Call<'_>, namespace: Option<&str>, issues: Vec<Value>) -> Answer {
    let mirrors = mirrors(call, namespace);
    let count = |status: &str| {
        mirrors
            .iter()
            .filter(|(_, mirror)| mirror.sync_status == status)
            .count()
    };
    let (failed, never_run) = (count("FAIL"), count("NEVER_RUN"));
    // More than a fifth of those that have run (not recorded).
    let is_healthy = failed * 5 <= mirrors.len() - never_run;
    let mut repositories = json!({
        "total": mirrors.len(),
        "syncing": count("SYNCING"),
        "completed": count("SUCCESS"),
        "failed": failed,
        "never_run": never_run,
    });
    if call.query.flag("detailed", false) {
        add_details(call, &mut repositories, &mirrors);
    }
    let status = if is_healthy { "healthy" } else { "degraded" };
    let body = json!({
        "healthy": is_healthy,
        "workers": { "active": 0, "configured": 0, "status": status },
        "repositories": repositories,
        "tags_pending": 0,
        "last_check": time::iso_with_fraction(call.store.clock),
        "issues": issues,
    });
    Answer::json(if is_healthy { 200 } else { 503 }, &body)
}

fn add_details(call: &Call<'_>, repositories: &mut Value, mirrors: &[(&Repository, &Mirror)]) {
    let number = |name: &str, default: usize| {
        let given = call.query.get(name).and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let (limit, offset) = (number("limit", 100).clamp(1, LONGEST_PAGE), number("offset", 0));
    let page = mirrors.iter().skip(offset).take(limit);
    let details: Vec<Value> = page
        .map(|(repository, mirror)| {
            json!({
                "namespace": repository.namespace,
                "repository": repository.name,
                "sync_status": mirror.sync_status,
                "is_enabled": mirror.is_enabled,
                "last_sync": null,
                "retries_remaining": mirror.sync_retries_remaining,
            })
        })
        .collect();
    let has_more = mirrors.len() > offset.saturating_add(limit);
    repositories["details"] = details.into();
    repositories["pagination"] = json!({ "limit": limit, "offset": offset, "has_more": has_more });
}
