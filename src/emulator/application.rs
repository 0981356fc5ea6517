//! OAuth applications of organizations (api.md, 3.15; applications.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::avatar::avatar;
use super::call::Call;
use super::records::Application;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/applications",
        &[
            Operation::get("getOrganizationApplications", list),
            Operation::post("createOrganizationApplication", create).taking("NewApp", new_application),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/applications/{client_id}",
        &[
            Operation::get("getOrganizationApplication", read),
            Operation::put("updateOrganizationApplication", update).taking("UpdateApp", changed_application),
            Operation::delete("deleteOrganizationApplication", delete),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/applications/{client_id}/resetclientsecret",
        &[Operation::post(
            "resetOrganizationApplicationClientSecret",
            reset_secret,
        )],
    ),
    Route::new(
        "/api/v1/app/{client_id}",
        &[Operation::get("getApplicationInformation", read_public)],
    ),
];

/// The application that the server makes for itself (api.md, 3.15; not recorded).
const RESERVED: &str = "__quay_bootstrap_app";

fn new_application() -> Value {
    let mut schema = changed_application();
    schema["required"] = json!(["name"]);
    schema
}

fn changed_application() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["name", "redirect_uri", "application_uri"],
        "properties": {
            "name": text(),
            "redirect_uri": text(),
            "application_uri": text(),
            "description": text(),
            "avatar_email": text(),
        },
    })
}

/// The path's organization, for those who administer it.
fn administered(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    call.require_organization_admin(&organization)?;
    existing(call, organization)
}

fn readable(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    call.require_organization_reader(&organization)?;
    existing(call, organization)
}

fn existing(call: &Call<'_>, organization: String) -> Result<String, Answer> {
    let exists = call.store.organizations.contains_key(&organization);
    exists.then_some(organization).ok_or_else(Answer::not_found)
}

fn applications<'a>(call: &'a mut Call<'_>, organization: &str) -> Result<&'a mut Vec<Application>, Answer> {
    let organization = call.store.organizations.get_mut(organization);
    organization
        .map(|organization| &mut organization.applications)
        .ok_or_else(Answer::not_found)
}

/// The path's application in this organization.
fn find<'a>(call: &'a mut Call<'_>, organization: &str) -> Result<&'a mut Application, Answer> {
    let client_id = call.parameter("client_id");
    let mut all = applications(call, organization)?.iter_mut();
    all.find(|application| application.client_id == client_id)
        .ok_or_else(Answer::not_found)
}

/// The path's application, for those who administer its organization.
pub(super) fn find_administered<'a>(call: &'a mut Call<'_>) -> Result<(String, &'a mut Application), Answer> {
    let organization = administered(call)?;
    let application = find(call, &organization)?;
    Ok((organization, application))
}

/// Who does not administer the organization sees neither secret nor where people are sent (exchange 21).
fn view(application: &Application, is_admin: bool) -> Value {
    let hidden = |text: Value| if is_admin { text } else { Value::Null };
    json!({
        "name": application.name,
        "description": application.description,
        "application_uri": application.application_uri,
        "client_id": application.client_id,
        "client_secret": hidden(json!(application.client_secret)),
        "redirect_uri": hidden(json!(application.redirect_uri)),
        "avatar_email": hidden(json!(application.avatar_email)),
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let organization = readable(call)?;
    let is_admin = call.caller.administers_organization(call.store, &organization);
    let all = applications(call, &organization)?;
    let views: Vec<Value> = all.iter().map(|application| view(application, is_admin)).collect();
    Ok(Answer::ok(&json!({ "applications": views })))
}

fn read(call: &mut Call<'_>) -> Reply {
    let organization = readable(call)?;
    let is_admin = call.caller.administers_organization(call.store, &organization);
    Ok(Answer::ok(&view(find(call, &organization)?, is_admin)))
}

fn text(body: &Map<String, Value>, key: &str) -> String {
    body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Names are not unique, and may be empty (exchanges 3 and 6).
fn create(call: &mut Call<'_>) -> Reply {
    let organization = administered(call)?;
    let body = call.json_object(&new_application())?;
    if text(&body, "name") == RESERVED {
        return Err(Answer::invalid("This application name is reserved"));
    }
    let mut application = Application {
        client_id: call.store.next_client_id(),
        client_secret: call.store.next_oauth_secret(),
        tokens: Vec::new(),
        ..Application::default()
    };
    fill(&mut application, &body);
    let answer = Answer::ok(&view(&application, true));
    log(call, "create_application", &organization, &application, body);
    applications(call, &organization)?.push(application);
    Ok(answer)
}

/// Everything is replaced: what the body leaves out is lost (exchange 14).
fn update(call: &mut Call<'_>) -> Reply {
    let organization = administered(call)?;
    find(call, &organization)?;
    let body = call.json_object(&changed_application())?;
    let application = find(call, &organization)?;
    fill(application, &body);
    let application = application.clone();
    log(call, "update_application", &organization, &application, body);
    Ok(Answer::ok(&view(&application, true)))
}

fn fill(application: &mut Application, body: &Map<String, Value>) {
    application.name = text(body, "name");
    application.description = text(body, "description");
    application.application_uri = text(body, "application_uri");
    application.redirect_uri = text(body, "redirect_uri");
    application.avatar_email = body.get("avatar_email").and_then(Value::as_str).map(str::to_owned);
}

/// The whole request is logged (api.md, 5.3).
fn log(call: &mut Call<'_>, kind: &str, organization: &str, application: &Application, body: Map<String, Value>) {
    let mut metadata = Value::Object(body);
    metadata["application_name"] = json!(application.name);
    metadata["client_id"] = json!(application.client_id);
    call.log(kind, organization, metadata);
}

/// Its tokens are of no use from now on (api.md, 3.15).
fn delete(call: &mut Call<'_>) -> Reply {
    let (organization, application) = find_administered(call)?;
    let application = application.clone();
    applications(call, &organization)?.retain(|other| other.client_id != application.client_id);
    call.store.forget_tokens_of(&application.client_id);
    log(call, "delete_application", &organization, &application, Map::new());
    Ok(Answer::no_content())
}

fn reset_secret(call: &mut Call<'_>) -> Reply {
    let organization = administered(call)?;
    find(call, &organization)?;
    let secret = call.store.next_oauth_secret();
    let application = find(call, &organization)?;
    application.client_secret = secret;
    let application = application.clone();
    log(
        call,
        "reset_application_client_secret",
        &organization,
        &application,
        Map::new(),
    );
    Ok(Answer::ok(&view(&application, true)))
}

/// What people are shown who are asked to authorize the application: for everybody (exchange 12).
fn read_public(call: &mut Call<'_>) -> Reply {
    let client_id = call.parameter("client_id");
    let (owner, application) = call.store.application(&client_id).ok_or_else(Answer::not_found)?;
    let email = &call.store.organizations[owner].email;
    Ok(Answer::ok(&json!({
        "name": application.name,
        "description": application.description,
        "uri": application.application_uri,
        "avatar": avatar(&application.name, application.avatar_email.as_ref().unwrap_or(&application.name), "app"),
        "organization": {
            "name": owner,
            "email": "",
            "avatar": avatar(owner, email, "user"),
            "is_admin": false,
            "is_member": false,
            "teams": {},
            "ordered_teams": [],
        },
    })))
}
