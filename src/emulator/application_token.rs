//! Access tokens that an organization's administrator makes for an application (api.md, 3.15; applications.json of the
//! recordings, exchanges 22 to 34).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::application::find_administered;
use super::call::Call;
use super::paging;
use super::records::{ApplicationToken, Token};
use super::registry::SCOPES;
use super::router::{Operation, Route};
use super::time;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/applications/{client_id}/tokens",
        &[
            Operation::get("listOrganizationApplicationTokens", list),
            Operation::post("createOrganizationApplicationToken", create).taking("CreateOAuthApiToken", new_token),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/applications/{client_id}/tokens/{token_uuid}",
        &[Operation::delete("deleteOrganizationApplicationToken", revoke)],
    ),
];

/// The longest life of a token, which it has unless it is said otherwise: ten years of 365.25 days (exchange 29).
const LONGEST_LIFE: i64 = 315_576_000;

const PAGE: usize = 50;

fn new_token() -> Value {
    json!({
        "type": "object",
        "required": ["name", "scope"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 255 },
            "scope": { "type": "string" },
            "expiration": { "type": "number", "minimum": 1 },
        },
    })
}

fn view(token: &ApplicationToken) -> Value {
    json!({
        "uuid": token.uuid,
        "name": token.name,
        "scope": token.scopes.join(" "),
        "expires_at": time::iso_with_fraction(token.expires_at),
        "created": time::iso_with_fraction(token.created),
        "created_by": token.created_by,
        "last_accessed": null,
    })
}

/// The newest first, without those that have expired.
fn list(call: &mut Call<'_>) -> Reply {
    let offset = paging::offset(call);
    let now = call.store.clock;
    let (_, application) = find_administered(call)?;
    let alive = application.tokens.iter().rev().filter(|token| token.expires_at > now);
    Ok(Answer::ok(&paging::page(
        "tokens",
        alive.map(view).collect(),
        offset,
        PAGE,
    )))
}

/// The token itself is shown this once.
fn create(call: &mut Call<'_>) -> Reply {
    find_administered(call)?;
    let body = call.json_object(&new_token())?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let scopes = scopes(call, text("scope"))?;
    let life = body
        .get("expiration")
        .and_then(Value::as_f64)
        .map_or(LONGEST_LIFE, |life| life as i64);
    let store = &mut call.store;
    let (id, uuid, value) = (store.next_id(), store.next_uuid(), store.next_oauth_secret());
    let token = ApplicationToken {
        uuid,
        name: text("name").trim().to_owned(),
        scopes,
        created: store.clock,
        expires_at: store.clock.saturating_add(life.min(LONGEST_LIFE)),
        created_by: call.caller.user.clone().unwrap_or_default(),
        value: value.clone(),
    };
    let mut answer = view(&token);
    answer["token"] = json!(value);
    let (organization, application) = find_administered(call)?;
    let record = Token {
        user: token.created_by.clone(),
        scopes: token.scopes.clone(),
        application: application.name.clone(),
        client_id: application.client_id.clone(),
        id,
        expired: false,
    };
    application.tokens.push(token.clone());
    log(call, "create_oauth_api_token", &organization, &record, &token);
    call.store.tokens.insert(value, record);
    Ok(Answer::ok(&answer))
}

/// The scopes in a text, separated by spaces or commas; each must be one that the caller has (api.md, 3.15: the latter
/// is not recorded).
fn scopes(call: &Call<'_>, text: &str) -> Result<Vec<String>, Answer> {
    let scopes = text.split([' ', ',']).filter(|scope| !scope.is_empty());
    let scopes: Vec<String> = scopes.map(str::to_owned).collect();
    let is_fit = |scope: &&String| SCOPES.contains(&scope.as_str()) && call.caller.has_scope(scope);
    match scopes.iter().find(|scope| !is_fit(scope)) {
        Some(scope) => Err(Answer::message(400, &format!("Invalid scope: {scope}"))),
        None => Ok(scopes),
    }
}

fn revoke(call: &mut Call<'_>) -> Reply {
    let uuid = call.parameter("token_uuid");
    let (organization, application) = find_administered(call)?;
    let mut tokens = application.tokens.iter();
    let place = tokens
        .position(|token| token.uuid == uuid)
        .ok_or_else(Answer::not_found)?;
    let token = application.tokens.remove(place);
    if let Some(record) = call.store.tokens.shift_remove(&token.value) {
        log(call, "revoke_oauth_api_token", &organization, &record, &token);
    }
    Ok(Answer::no_content())
}

fn log(call: &mut Call<'_>, kind: &str, organization: &str, record: &Token, token: &ApplicationToken) {
    let metadata = json!({
        "application_name": record.application,
        "client_id": record.client_id,
        "oauth_token_uuid": token.uuid,
        "scope": token.scopes.join(" "),
        "token_display_name": token.name,
    });
    call.log(kind, organization, metadata);
}
