//! Looking for repositories, organizations, people, robots and teams (user_and_misc.json of the recordings, exchanges 49
//! to 60). Of `/find/all` only organizations and repositories are recorded, and only those are found here.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::records::Repository;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/entities/{prefix}",
        &[Operation::get("getMatchingEntities", entities)],
    ),
    Route::new("/api/v1/find/all", &[Operation::get("conductSearch", everything)]),
    Route::new(
        "/api/v1/find/repositories",
        &[Operation::get("conductRepoSearch", repositories)],
    ),
];

const PAGE: usize = 10;
/// What a repository counts before its name is compared, where an organization counts 1.
const REPOSITORY_SCORE: f64 = 4.0;

/// Names that begin like this: teams and robots of a namespace that the caller belongs to, and users.
fn entities(call: &mut Call<'_>) -> Reply {
    let prefix = call.parameter("prefix");
    let namespace = call.query.get("namespace").unwrap_or_default().to_owned();
    let store = &call.store;
    let is_inside = call.caller.is_organization_member(store, &namespace);
    let organization = store.organizations.get(&namespace).filter(|_| is_inside);
    let mut results = Vec::new();
    if let Some(organization) = organization {
        if call.query.flag("includeTeams", false) {
            let teams = organization.teams.keys().filter(|team| team.starts_with(&prefix));
            results.extend(teams.map(|team| {
                json!({ "name": team, "kind": "team", "is_org_member": true, "avatar": avatar(team, team, "team") })
            }));
        }
        let start = format!("{namespace}+");
        let is_meant = |robot: &&String| {
            robot
                .strip_prefix(&start)
                .is_some_and(|short| short.starts_with(&prefix))
        };
        results.extend(store.robots.keys().filter(is_meant).map(|robot| {
            json!({ "name": robot, "kind": "user", "is_robot": true, "avatar": avatar(robot, robot, "robot"),
                "is_org_member": true })
        }));
    }
    for (name, user) in store.users.iter().filter(|(name, _)| name.starts_with(&prefix)) {
        let mut view = json!({ "name": name, "kind": "user", "is_robot": false,
            "avatar": avatar(name, &user.email, "user") });
        if organization.is_some() {
            view["is_org_member"] = json!(store.team_role(&namespace, name).is_some());
        }
        results.push(view);
    }
    if organization.is_some() && call.query.flag("includeOrgs", false) && namespace.starts_with(&prefix) {
        results.push(json!({ "name": namespace, "kind": "org", "is_org_member": true,
            "avatar": avatar(&namespace, &namespace, "org") }));
    }
    Ok(Answer::ok(&json!({ "results": results })))
}

/// What fits best comes first.
fn everything(call: &mut Call<'_>) -> Reply {
    let words = call.query.get("query").unwrap_or_default().to_owned();
    let mut results = Vec::new();
    if !words.is_empty() {
        let seen = |name: &&String| call.caller.is_organization_member(call.store, name) && name.contains(&words);
        let organizations = call.store.organizations.keys().filter(seen);
        results.extend(organizations.map(|name| namespace_view(call, name, 1.0)));
        results.extend(found(call, &words).map(|repository| repository_view(call, repository)));
    }
    for result in &mut results {
        let weight = result["score"].as_f64().unwrap_or_default();
        result["score"] = json!(weight * likeness(result["name"].as_str().unwrap_or_default(), &words));
    }
    let score = |result: &Value| result["score"].as_f64().unwrap_or_default();
    results.sort_by(|one, other| score(other).total_cmp(&score(one)));
    Ok(Answer::ok(&json!({ "results": results })))
}

fn repositories(call: &mut Call<'_>) -> Reply {
    let words = call.query.get("query").unwrap_or_default().to_owned();
    let page: usize = call
        .query
        .get("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1)
        .max(1);
    let start = (page - 1) * PAGE;
    let results: Vec<Value> = found(call, &words)
        .skip(start)
        .take(PAGE + 1)
        .map(|repository| repository_view(call, repository))
        .collect();
    Ok(Answer::ok(&json!({
        "results": results.iter().take(PAGE).collect::<Vec<_>>(),
        "has_additional": results.len() > PAGE,
        "page": page,
        "page_size": PAGE,
        "start_index": start,
    })))
}

/// The repositories with this in their name or description that the caller may see.
fn found<'a>(call: &'a Call<'_>, words: &'a str) -> impl Iterator<Item = &'a Repository> {
    call.store.repositories.values().filter(move |repository| {
        let described = repository
            .description
            .as_deref()
            .is_some_and(|text| text.contains(words));
        (repository.name.contains(words) || described)
            && call
                .caller
                .reads_repository(call.store, &repository.namespace, &repository.name)
    })
}

fn repository_view(call: &Call<'_>, repository: &Repository) -> Value {
    json!({
        "kind": "repository",
        "title": "repo",
        "namespace": namespace_view(call, &repository.namespace, 1.0),
        "name": repository.name,
        "description": repository.description,
        "is_public": repository.is_public,
        "score": REPOSITORY_SCORE,
        "href": format!("/repository/{}/{}", repository.namespace, repository.name),
    })
}

fn namespace_view(call: &Call<'_>, name: &str, score: f64) -> Value {
    let is_user = call.store.users.contains_key(name);
    let (title, kind, picture) = if is_user {
        ("user", "user", "user")
    } else {
        ("org", "organization", "org")
    };
    json!({
        "title": title,
        "kind": kind,
        "avatar": avatar(name, name, picture),
        "name": name,
        "score": score,
        "href": format!("/{kind}/{name}"),
    })
}

/// How well a name fits: 1 for each letter that is asked for, 0.9 for each that follows, as exchange 56 shows.
fn likeness(name: &str, words: &str) -> f64 {
    let Some(place) = name.find(words) else {
        return 0.5;
    };
    let (total, asked) = (name.chars().count() as f64, words.chars().count() as f64);
    let others = if place == 0 { 0.9 } else { 0.8 };
    (asked + (total - asked) * others) / total
}
