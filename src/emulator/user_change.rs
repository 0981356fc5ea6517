//! What users change about themselves (user_and_misc.json of the recordings, exchanges 9 to 12 and 63).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::organization::wanted_tag_expiration;
use super::robot::own_name;
use super::superuser_user::is_used;

/// The texts about a user that nothing depends on.
const DETAILS: [&str; 4] = ["given_name", "family_name", "company", "location"];

/// The body of an update.
pub(super) fn changed_user() -> Value {
    let text = json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "properties": {
            "password": { "type": "string" },
            "invoice_email": { "type": "boolean" },
            "email": { "type": "string" },
            "tag_expiration_s": { "type": "integer", "minimum": 0 },
            "username": { "type": "string" },
            "invoice_email_address": text,
            "given_name": text,
            "family_name": text,
            "company": text,
            "location": text,
        },
    })
}

/// Changes the caller's own details. Passwords are passed over, which only seeds set, and so are user names,
/// which the recorded server does not let anybody change (USER_RENAME is off).
pub(super) fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_user())?;
    let name = own_name(call)?;
    update_invoicing(call, &name, &body);
    update_tag_expiration(call, &name, &body)?;
    update_email(call, &name, &body)?;
    update_details(call, &name, &body);
    super::user::read_own(call)
}

fn update_invoicing(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) {
    let Some(user) = call.store.users.get_mut(name) else {
        return;
    };
    let mut entries = Vec::new();
    if let Some(on) = body.get("invoice_email").and_then(Value::as_bool) {
        user.invoice_email = on;
        entries.push(json!({ "invoice_email": on }));
    }
    if let Some(address) = body.get("invoice_email_address") {
        let address = address.as_str().map(str::to_owned);
        if address != user.invoice_email_address {
            user.invoice_email_address = address.clone();
            entries.push(json!({ "invoice_email_address": address }));
        }
    }
    for entry in entries {
        call.log("user_change_invoicing", name, entry);
    }
}

fn update_tag_expiration(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(seconds) = wanted_tag_expiration(call, body)? else {
        return Ok(());
    };
    if let Some(user) = call.store.users.get_mut(name) {
        user.tag_expiration = seconds;
    }
    call.log("user_change_tag_expiration", name, json!({ "tag_expiration": seconds }));
    Ok(())
}

/// At once where no mail is sent; otherwise only after a click in a mail, which never comes here.
fn update_email(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(email) = body.get("email").and_then(Value::as_str) else {
        return Ok(());
    };
    if call.store.users.get(name).is_some_and(|user| user.email == email) {
        return Ok(());
    }
    if is_used(call, email) {
        return Err(Answer::invalid("E-mail address already used"));
    }
    if call.store.has_feature("MAILING") {
        return Ok(());
    }
    if let Some(user) = call.store.users.get_mut(name) {
        let old = std::mem::replace(&mut user.email, email.to_owned());
        let metadata = json!({ "email": email, "old_email": old });
        call.log("user_change_email", name, metadata);
    }
    Ok(())
}

fn update_details(call: &mut Call<'_>, name: &str, body: &Map<String, Value>) {
    let Some(user) = call.store.users.get_mut(name) else {
        return;
    };
    let mut metadata = Map::new();
    for field in DETAILS {
        let Some(value) = body.get(field) else { continue };
        match value.as_str() {
            Some(text) => user.details.insert(field.to_owned(), text.to_owned()),
            None => user.details.shift_remove(field),
        };
        metadata.insert(field.to_owned(), value.clone());
    }
    if !metadata.is_empty() {
        call.log("user_change_metadata", name, Value::Object(metadata));
    }
}

/// The caller's own end.
pub(super) fn delete(call: &mut Call<'_>) -> Reply {
    let name = own_name(call)?;
    call.log("user_delete", &name, json!({ "username": name }));
    call.store.delete_user(&name);
    Ok(Answer::no_content())
}
