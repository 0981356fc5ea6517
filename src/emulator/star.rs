//! Repositories that users have marked for themselves (user_and_misc.json of the recordings, exchanges 29 to 36).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::paging;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/user/starred",
        &[
            Operation::get("listStarredRepos", list),
            Operation::post("createStar", create).taking("NewStarredRepository", new_star),
        ],
    ),
    Route::new(
        "/api/v1/user/starred/{repository}",
        &[Operation::delete("deleteStar", delete)],
    ),
];

const PAGE: usize = 100;

fn new_star() -> Value {
    json!({
        "type": "object",
        "required": ["namespace", "repository"],
        "properties": {
            "namespace": { "type": "string" },
            "repository": { "type": "string" },
        },
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.administers_user())?;
    let user = call.caller.user.clone().unwrap_or_default();
    let marked = call.store.stars.get(&user).into_iter().flatten();
    let views: Vec<Value> = marked
        .filter_map(|name| call.store.repositories.get(name))
        .map(|repository| {
            json!({
                "namespace": repository.namespace,
                "name": repository.name,
                "description": repository.description,
                "is_public": repository.is_public,
            })
        })
        .collect();
    Ok(Answer::ok(&paging::page(
        "repositories",
        views,
        paging::offset(call),
        PAGE,
    )))
}

/// 200 with `null` where there is no such repository (exchange 32).
fn create(call: &mut Call<'_>) -> Reply {
    call.require(!call.caller.is_anonymous())?;
    let body = call.json_object(&new_star())?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (namespace, name) = (text("namespace"), text("repository"));
    if call.store.repository(&namespace, &name).is_none() {
        return Ok(Answer::ok(&Value::Null));
    }
    let marked = call
        .store
        .stars
        .entry(call.caller.user.clone().unwrap_or_default())
        .or_default();
    marked.insert(format!("{namespace}/{name}"));
    Ok(Answer::json(
        201,
        &json!({ "namespace": namespace, "repository": name }),
    ))
}

/// 204 also where it was not marked; 200 with `null` where there is no such repository (exchange 36).
fn delete(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.administers_user())?;
    let (namespace, name) = call.repository_parameter();
    if call.store.repository(&namespace, &name).is_none() {
        return Ok(Answer::ok(&Value::Null));
    }
    if let Some(marked) = call
        .caller
        .user
        .as_ref()
        .and_then(|user| call.store.stars.get_mut(user))
    {
        marked.shift_remove(&format!("{namespace}/{name}"));
    }
    Ok(Answer::no_content())
}
