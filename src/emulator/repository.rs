//! Repositories: create, describe, show and hide, lock, delete (api.md, 3.4; repository.json of the recordings).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::names;
use super::records::{RepositoryState, Role};
use super::repository_view::{list, read};
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository",
        &[
            Operation::post("createRepo", create).taking("NewRepo", new_repository),
            Operation::get("listRepos", list),
        ],
    ),
    // Every path below a repository that is no other route ends here, as the repository of that longer name
    // (behaviour.md, 1).
    Route::new(
        "/api/v1/repository/{repository}",
        &[
            Operation::get("getRepo", read),
            Operation::put("updateRepo", update).taking("RepoUpdate", changed_repository),
            Operation::delete("deleteRepository", delete),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/changevisibility",
        &[Operation::post("changeRepoVisibility", change_visibility).taking("ChangeVisibility", changed_visibility)],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/changestate",
        &["REPO_MIRROR"],
        &[Operation::put("changeRepoState", change_state).taking("ChangeRepoState", changed_state)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/changetrust",
        &[Operation::post("changeRepoTrust", change_trust)],
    ),
];

fn changed_trust() -> Value {
    json!({
        "type": "object",
        "required": ["trust_enabled"],
        "properties": { "trust_enabled": { "type": "boolean" } },
    })
}

fn new_repository() -> Value {
    json!({
        "type": "object",
        "required": ["repository", "visibility", "description"],
        "properties": {
            "repository": { "type": "string" },
            "visibility": { "type": "string", "enum": ["public", "private"] },
            "namespace": { "type": "string" },
            "description": { "type": "string" },
            "repo_kind": { "type": ["string", "null"], "enum": ["image", null] },
        },
    })
}

fn changed_repository() -> Value {
    json!({
        "type": "object",
        "required": ["description"],
        "properties": { "description": { "type": "string" } },
    })
}

fn changed_visibility() -> Value {
    json!({
        "type": "object",
        "required": ["visibility"],
        "properties": { "visibility": { "type": "string", "enum": ["public", "private"] } },
    })
}

fn changed_state() -> Value {
    json!({
        "type": "object",
        "required": ["state"],
        "properties": { "state": { "type": "string", "enum": ["NORMAL", "READ_ONLY", "MIRROR"] } },
    })
}

fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_repository())?;
    let text = |field: &str| body.get(field).and_then(Value::as_str);
    let creator = call.caller.user.clone().unwrap_or_default();
    // Without a namespace it lands in the creator's own (exchange 4).
    let namespace = text("namespace").unwrap_or(&creator);
    let name = text("repository").unwrap_or_default();
    call.require(call.caller.creates_repositories(call.store, namespace))?;
    if call.store.is_mirrored(namespace) {
        // org_mirror, exchange 35.
        let text = "Cannot create repository: organization is managed by organization-level mirroring";
        return Err(Answer::invalid(text));
    }
    if call.store.repository(namespace, name).is_some() {
        return Err(Answer::invalid("Repository already exists"));
    }
    if !names::is_repository(name, call.store.has_feature("EXTENDED_REPOSITORY_NAMES")) {
        return Err(Answer::invalid("Invalid repository name"));
    }
    if !call.store.has_namespace(namespace) {
        return Err(Answer::server_error());
    }
    let description = text("description").unwrap_or_default();
    let is_public = text("visibility") == Some("public");
    let id = call
        .store
        .create_repository(namespace, name, &creator, description, is_public);
    let metadata = json!({ "repo": name, "namespace": namespace });
    call.log_repository("create_repo", namespace, id, metadata);
    Ok(Answer::json(
        201,
        &json!({ "namespace": namespace, "name": name, "kind": "image" }),
    ))
}

fn update(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_role(&namespace, &name, Role::Write)?;
    let body = call.json_object(&changed_repository())?;
    let repository = call
        .store
        .repository_mut(&namespace, &name)
        .ok_or_else(Answer::not_found)?;
    let description = body.get("description").and_then(Value::as_str).unwrap_or_default();
    repository.description = Some(description.to_owned());
    let description = json!(description);
    call.log_field("set_repo_description", &namespace, &name, "description", description);
    Ok(success())
}

/// 204 also where there is nothing to delete, and then with an entry in the usage log too (api.md, 1.3).
fn delete(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    call.store.delete_repository(&namespace, &name);
    // The name belongs to no repository any more, or to another one soon: the entry is the namespace's.
    call.log(
        "delete_repo",
        &namespace,
        json!({ "repo": name, "namespace": namespace }),
    );
    Ok(Answer::no_content())
}

fn change_visibility(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let body = call.json_object(&changed_visibility())?;
    let Some(repository) = call.store.repository_mut(&namespace, &name) else {
        // As recorded: no error, but no success either (exchange 53).
        return Ok(Answer::ok(&Value::Null));
    };
    let visibility = body.get("visibility").cloned().unwrap_or_default();
    repository.is_public = visibility == "public";
    call.log_field("change_repo_visibility", &namespace, &name, "visibility", visibility);
    Ok(success())
}

fn change_state(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let body = call.json_object(&changed_state())?;
    if call.store.is_mirrored(&namespace) {
        // api.md, 3.4; the text is not recorded.
        let text = "Cannot change state: organization is managed by organization-level mirroring";
        return Err(Answer::detail(400, text));
    }
    let repository = call
        .store
        .repository_mut(&namespace, &name)
        .ok_or_else(Answer::not_found)?;
    let state = body.get("state").cloned().unwrap_or_default();
    // The schema has let no other name through.
    if let Some(state) = state.as_str().and_then(RepositoryState::from_name) {
        repository.state = state;
    }
    call.log_field("change_repo_state", &namespace, &name, "state_changed", state);
    Ok(success())
}

/// Signing is off on the recorded server, which breaks then (exchange 77); with it on, built from api.md.
fn change_trust(call: &mut Call<'_>) -> Reply {
    if !call.store.has_feature("SIGNING") {
        return Err(Answer::server_error());
    }
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let body = call.json_object(&changed_trust())?;
    let trust = body.get("trust_enabled").cloned().unwrap_or_default();
    let repository = call
        .store
        .repository_mut(&namespace, &name)
        .ok_or_else(Answer::not_found)?;
    repository.trust_enabled = trust == Value::Bool(true);
    call.log_field("change_repo_trust", &namespace, &name, "trust_enabled", trust);
    Ok(success())
}

fn success() -> Answer {
    Answer::ok(&json!({ "success": true }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::registry::Registry;
    use super::super::request::IncomingRequest;
    use super::super::seed::Seed;

    fn send(registry: &mut Registry, method: &str, path: &str) -> (u16, Value) {
        let answer = registry.handle(&IncomingRequest::new(method, path).with_token("emulator-token"));
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    fn registry(names: &[String]) -> Registry {
        let repositories: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        let seed = json!({ "organizations": [{ "name": "acme", "repositories": repositories }] });
        Registry::with_seed(&Seed::from_json(&seed.to_string()).unwrap()).unwrap()
    }

    fn names(answer: &Value) -> Vec<&str> {
        let repositories = answer["repositories"].as_array().unwrap();
        repositories.iter().filter_map(|entry| entry["name"].as_str()).collect()
    }

    #[test]
    fn a_deletion_of_something_below_deletes_the_repository_of_that_name() {
        let mut registry = registry(&["web".to_owned(), "web/mirror".to_owned()]);
        assert_eq!(
            send(&mut registry, "DELETE", "/api/v1/repository/acme/web/mirror").0,
            204
        );
        let (_, list) = send(&mut registry, "GET", "/api/v1/repository?namespace=acme");
        assert_eq!(names(&list), ["web"]);
        // There is nothing left to delete, and still it looks like success.
        assert_eq!(
            send(&mut registry, "DELETE", "/api/v1/repository/acme/web/permissions/user").0,
            204
        );
    }

    #[test]
    fn pages_lose_nothing_when_something_is_deleted_between_them() {
        let all: Vec<String> = (0..150).map(|number| format!("repo{number:03}")).collect();
        let mut registry = registry(&all);
        let (_, first) = send(&mut registry, "GET", "/api/v1/repository?namespace=acme");
        assert_eq!(names(&first).last(), Some(&"repo099"));
        send(&mut registry, "DELETE", "/api/v1/repository/acme/repo000");
        let token = first["next_page"].as_str().unwrap();
        let (_, second) = send(
            &mut registry,
            "GET",
            &format!("/api/v1/repository?namespace=acme&next_page={token}"),
        );
        assert_eq!((names(&second)[0], names(&second).len()), ("repo100", 50));
        assert_eq!(second.get("next_page"), None);
    }

    #[test]
    fn a_repository_that_was_pushed_has_no_description() {
        let seed = r#"{"organizations": [{"name": "acme", "repositories": [{"name": "web", "pushed": true}]}]}"#;
        let mut registry = Registry::with_seed(&Seed::from_json(seed).unwrap()).unwrap();
        let (_, list) = send(
            &mut registry,
            "GET",
            "/api/v1/repository?namespace=acme&last_modified=true",
        );
        assert_eq!(list["repositories"][0]["description"], Value::Null);
        assert_eq!(list["repositories"][0]["last_modified"], json!(1_767_225_600));
    }
}
