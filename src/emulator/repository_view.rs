//! What answers say about repositories: one, and lists of them (api.md, 3.4; repository.json of the recordings).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::paging;
use super::records::{Quota, Repository, RepositoryState, Role};
use super::store::{TAG_EXPIRATION, uuid};
use super::tag;
use super::time;

/// Repositories on one page of a list (exchanges 90 to 93).
const PAGE: usize = 100;

/// The days of `stats`: three months, today not among them (exchange 32).
const STATISTICS_DAYS: i64 = 91;

/// One repository.
pub(super) fn read(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require(call.caller.reads_repository(call.store, &namespace, &name))?;
    let repository = call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let mut view = view(call, repository);
    if call.query.flag("includeTags", true) {
        view["tags"] = tag::of_repository(&repository.images, call.store.clock);
    }
    if call.query.flag("includeStats", false) {
        view["stats"] = statistics(call.store.clock);
    }
    Ok(Answer::ok(&view))
}

fn view(call: &Call<'_>, repository: &Repository) -> Value {
    let (store, caller) = (&*call.store, call.caller);
    let Repository { namespace, name, .. } = repository;
    let has_role = |role| caller.has_repository_role(store, namespace, name, role);
    let badge = if repository.is_public {
        String::new()
    } else {
        // Nothing else is named after this number.
        uuid(repository.id)
    };
    json!({
        "namespace": namespace,
        "name": name,
        "kind": "image",
        "description": repository.description,
        "is_public": repository.is_public,
        "is_organization": store.organizations.contains_key(namespace),
        "is_starred": is_starred(call, repository),
        "status_token": badge,
        "trust_enabled": repository.trust_enabled,
        "tag_expiration_s": tag_expiration(call, namespace),
        "is_free_account": true,
        "state": repository.state.name(),
        "can_write": has_role(Role::Write) && repository.state == RepositoryState::Normal,
        // Also for who can only read everything (exchange 35).
        "can_admin": has_role(Role::Admin) || caller.reads_everything(store),
    })
}

fn tag_expiration(call: &Call<'_>, namespace: &str) -> i64 {
    let organization = call.store.organizations.get(namespace);
    let of_organization = organization.map(|organization| organization.tag_expiration);
    of_organization
        .or_else(|| call.store.users.get(namespace).map(|user| user.tag_expiration))
        .unwrap_or(TAG_EXPIRATION)
}

/// Pulls and pushes of each day, latest first; here nobody pulls.
fn statistics(now: i64) -> Value {
    let days = (1..=STATISTICS_DAYS).map(|day| time::iso_date(now - day * 86_400));
    days.map(|date| json!({ "date": date, "count": 0 })).collect()
}

/// The repositories that the caller may see, a hundred at a time in the order of creation. Tokens lead to a number and
/// not to a place in the list, so that nothing is lost when something is deleted meanwhile (api.md, 1.6).
pub(super) fn list(call: &mut Call<'_>) -> Reply {
    let namespace = call.query.get("namespace").filter(|namespace| !namespace.is_empty());
    let (is_public, only_starred) = (call.query.flag("public", false), call.query.flag("starred", false));
    if namespace.is_none() && !is_public && !only_starred {
        return Err(Answer::invalid(
            "namespace, starred or public are required for this API call",
        ));
    }
    if only_starred && call.caller.is_anonymous() {
        // Not recorded; built as other aborts of the framework are.
        return Err(Answer::message(
            400,
            "The browser (or proxy) sent a request that this server could not understand.",
        ));
    }
    let kind = call.query.get("repo_kind").unwrap_or("image");
    let first = paging::offset(call) as u64;
    let mut found = call.store.repositories.values().filter(|repository| {
        // There are no other kinds (exchange 88).
        (!only_starred || is_starred(call, repository))
            && kind == "image"
            && repository.id >= first
            && namespace.is_none_or(|namespace| repository.namespace == namespace)
            && ((is_public && repository.is_public) || is_listed(call, repository))
    });
    let page: Vec<Value> = found
        .by_ref()
        .take(PAGE)
        .map(|repository| entry(call, repository))
        .collect();
    let mut answer = json!({ "repositories": page });
    if let Some(next) = found.next() {
        answer["next_page"] = json!(paging::token(next.id as usize));
    }
    Ok(Answer::ok(&answer))
}

/// Whether the caller has marked a repository.
fn is_starred(call: &Call<'_>, repository: &Repository) -> bool {
    let marked = call.caller.user.as_ref().and_then(|user| call.store.stars.get(user));
    marked.is_some_and(|marked| marked.contains(&format!("{}/{}", repository.namespace, repository.name)))
}

/// Whether a list shows a repository to the caller. Scopes do not count, only who it is (api.md, 1.2); that everybody
/// may pull it does not either (exchange 83).
fn is_listed(call: &Call<'_>, repository: &Repository) -> bool {
    let role = call.caller.user.as_ref().and_then(|user| {
        call.store
            .repository_role(user, &repository.namespace, &repository.name)
    });
    role.is_some() || call.caller.has_full_access(call.store) || call.caller.reads_everything(call.store)
}

fn entry(call: &Call<'_>, repository: &Repository) -> Value {
    let mut entry = json!({
        "namespace": repository.namespace,
        "name": repository.name,
        "description": repository.description,
        "is_public": repository.is_public,
        "kind": "image",
        "state": repository.state.name(),
    });
    if call.query.flag("last_modified", false) {
        entry["last_modified"] = json!(repository.last_modified);
    }
    if call.query.flag("popularity", false) {
        entry["popularity"] = json!(f64::from(repository.uses));
    }
    if !call.caller.is_anonymous() {
        entry["is_starred"] = json!(is_starred(call, repository));
    }
    // Without the feature the report is missing (behaviour.md, 14).
    if call.store.has_feature("QUOTA_MANAGEMENT") {
        let limit = quota(call, &repository.namespace).map(|quota| quota.limit_bytes);
        entry["quota_report"] = json!({ "quota_bytes": 0, "configured_quota": limit });
    }
    entry
}

fn quota<'a>(call: &'a Call<'_>, namespace: &str) -> Option<&'a Quota> {
    match call.store.organizations.get(namespace) {
        Some(organization) => organization.quota.as_ref(),
        None => call.store.users.get(namespace)?.quota.as_ref(),
    }
}
