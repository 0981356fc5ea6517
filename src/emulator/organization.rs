//! Organizations: create, read, update, delete (api.md, 3.1; organization.json of the recordings).

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::names;
use super::organization_view::view;
use super::records::{Organization, Team, TeamRole};
use super::router::{Operation, Route};
use super::store::TAG_EXPIRATION;
use super::version;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/",
        &[Operation::post("createOrganization", create).taking("NewOrg", new_organization)],
    ),
    Route::new(
        "/api/v1/organization/{orgname}",
        &[
            Operation::get("getOrganization", read),
            Operation::put("changeOrganizationDetails", update).taking("UpdateOrg", changed_organization),
            Operation::delete("deleteAdminedOrganization", delete),
        ],
    ),
];

/// The values of TAG_EXPIRATION_OPTIONS in seconds.
pub(super) const TAG_EXPIRATION_OPTIONS: [i64; 5] = [0, 86_400, 604_800, 1_209_600, 2_419_200];

fn new_organization() -> Value {
    json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": { "type": "string" },
            "email": { "type": "string" },
            "contact_email": { "type": "string" },
            "recaptcha_response": { "type": "string" },
        },
    })
}

fn changed_organization() -> Value {
    json!({
        "type": "object",
        "properties": {
            "email": { "type": "string" },
            "contact_email": { "type": ["string", "null"] },
            "invoice_email": { "type": "boolean" },
            "invoice_email_address": { "type": ["string", "null"] },
            "tag_expiration_s": { "type": "integer", "minimum": 0 },
        },
    })
}

fn create(call: &mut Call<'_>) -> Reply {
    call.require(call.caller.administers_user())?;
    let body = call.json_object(&new_organization())?;
    if call.store.has_feature("SUPERUSERS_ORG_CREATION_ONLY") {
        call.require_superuser()?;
    }
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    if call.store.has_namespace(name) {
        return Err(Answer::invalid("A user or organization with this name already exists"));
    }
    let email = wanted_email(&body).flatten();
    // Since 3.18 it may be left out (api.md, 7).
    if email.is_none() && call.store.version < version::NEWEST && call.store.has_feature("MAILING") {
        return Err(Answer::invalid("Email address is required"));
    }
    check_name_and_email(call, name, email.as_deref())?;
    let email = email.unwrap_or_else(|| call.store.next_uuid());
    let owner = call.caller.user.clone().unwrap_or_default();
    call.store
        .organizations
        .insert(name.to_owned(), organization_of(owner, email.clone()));
    call.log("org_create", name, json!({ "email": email, "namespace": name }));
    Ok(Answer::json(201, &json!("Created")))
}

fn check_name_and_email(call: &Call<'_>, name: &str, email: Option<&str>) -> Result<(), Answer> {
    if let Some(email) = email {
        if !names::is_email(email) {
            return Err(Answer::invalid("Invalid email address"));
        }
        if call.store.users.values().any(|user| user.email == email) {
            return Err(Answer::invalid(&format!("Email has already been used: {email}")));
        }
    }
    if let Some(error) = names::name_error(name, "Namespace") {
        return Err(Answer::invalid(&format!("Invalid namespace {name}: {error}")));
    }
    if call.store.is_reserved(name) {
        return Err(Answer::invalid("Username is not available"));
    }
    Ok(())
}

/// The e-mail address that a body asks for: absent where it has no word on it, `None` inside where it clears it.
/// `contact_email` wins over `email` (behaviour.md, 4).
fn wanted_email(body: &Map<String, Value>) -> Option<Option<String>> {
    let value = body.get("contact_email").or_else(|| body.get("email"))?;
    Some(value.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
}

/// A new organization: its creator is in the team `owners`.
pub(super) fn organization_of(owner: String, email: String) -> Organization {
    let owners = Team {
        role: TeamRole::Admin,
        description: String::new(),
        members: vec![owner],
        invitations: Vec::new(),
        sync: None,
    };
    Organization {
        email,
        invoice_email: false,
        invoice_email_address: None,
        tag_expiration: TAG_EXPIRATION,
        teams: IndexMap::from([("owners".to_owned(), owners)]),
        default_permissions: Vec::new(),
        quota: None,
        notifications: Vec::new(),
        auto_prune: Vec::new(),
        immutability: Vec::new(),
        proxy_cache: None,
        mirror: None,
        applications: Vec::new(),
    }
}

/// Everybody gets an answer, but only members see the teams and only administrators the rest (behaviour.md, 2).
fn read(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    view(call, &name)
        .map(|view| Answer::ok(&view))
        .ok_or_else(Answer::not_found)
}

fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_organization())?;
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    if !call.store.organizations.contains_key(&name) {
        return Err(Answer::not_found());
    }
    update_invoicing(call, &name, &body);
    update_email(call, &name, &body)?;
    update_tag_expiration(call, &name, &body)?;
    read(call)
}

fn update_invoicing(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) {
    let Some(organization) = call.store.organizations.get_mut(name) else {
        return;
    };
    let mut entries = Vec::new();
    if let Some(on) = body.get("invoice_email").and_then(Value::as_bool) {
        organization.invoice_email = on;
        entries.push(json!({ "invoice_email": on, "namespace": name }));
    }
    if let Some(address) = body.get("invoice_email_address") {
        let address = address.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        if address != organization.invoice_email_address {
            organization.invoice_email_address = address.clone();
            entries.push(json!({ "invoice_email_address": address, "namespace": name }));
        }
    }
    for entry in entries {
        call.log("org_change_invoicing", name, entry);
    }
}

fn update_email(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(email) = wanted_email(body) else { return Ok(()) };
    if email.as_deref().is_some_and(|email| !names::is_email(email)) {
        return Err(Answer::invalid("Invalid email address"));
    }
    let email = email.unwrap_or_else(|| call.store.next_uuid());
    let Some(organization) = call.store.organizations.get_mut(name) else {
        return Ok(());
    };
    if organization.email != email {
        let old = std::mem::replace(&mut organization.email, email.clone());
        call.log(
            "org_change_email",
            name,
            json!({ "email": email, "old_email": old, "namespace": name }),
        );
    }
    Ok(())
}

/// The allowed tag expiration that a body asks for; none, without a word, where the feature is off.
pub(super) fn wanted_tag_expiration(call: &Call<'_>, body: &Map<String, Value>) -> Result<Option<i64>, Answer> {
    let seconds = body.get("tag_expiration_s").and_then(Value::as_i64);
    match seconds.filter(|_| call.store.has_feature("CHANGE_TAG_EXPIRATION")) {
        Some(seconds) if !TAG_EXPIRATION_OPTIONS.contains(&seconds) => {
            Err(Answer::message(400, "Invalid tag expiration option"))
        }
        allowed => Ok(allowed),
    }
}

fn update_tag_expiration(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(seconds) = wanted_tag_expiration(call, body)? else {
        return Ok(());
    };
    if let Some(organization) = call.store.organizations.get_mut(name) {
        organization.tag_expiration = seconds;
    }
    call.log(
        "org_change_tag_expiration",
        name,
        json!({ "tag_expiration": seconds, "namespace": name }),
    );
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    if !call.store.organizations.contains_key(&name) {
        return Err(Answer::not_found());
    }
    call.log("org_delete", &name, json!({ "namespace": name }));
    call.store.delete_organization(&name);
    Ok(Answer::no_content())
}
