//! Tags of a registry that holds no images: there are none, and none can be made (api.md, 3.16).
//!
//! What matters here is the refusal of repositories that take no pushes (repository, exchange 73).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::{RepositoryState, Role};
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/tag/",
        &[Operation::get("listRepoTags", list)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/tag/{tag}",
        &[
            Operation::put("changeTag", put).taking("ChangeTag", changed_tag),
            Operation::delete("deleteFullTag", delete),
        ],
    ),
];

fn changed_tag() -> Value {
    json!({
        "type": "object",
        "properties": {
            "manifest_digest": { "type": "string" },
            "expiration": { "type": ["number", "null"] },
            "immutable": { "type": "boolean" },
        },
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require(call.caller.reads_repository(call.store, &namespace, &name))?;
    call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let page: u64 = call.query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    Ok(Answer::ok(
        &json!({ "tags": [], "page": page, "has_additional": false }),
    ))
}

fn put(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    call.json_object(&changed_tag())?;
    Err(Answer::not_found())
}

fn delete(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    Err(Answer::not_found())
}

/// Refuses who may not push, and everybody where the repository's state does.
fn require_pushes(call: &Call<'_>) -> Result<(), Answer> {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_role(&namespace, &name, Role::Write)?;
    let state = call.store.repository(&namespace, &name).map(|found| found.state);
    // The server shows the state's number.
    let number = match state {
        None | Some(RepositoryState::Normal) => return Ok(()),
        Some(RepositoryState::ReadOnly) => 1,
        Some(RepositoryState::Mirror) => 2,
    };
    let text = format!("Repository is in read only or mirror mode: {number}");
    Err(Answer::message(503, &text))
}
