//! The keys with which services prove themselves to each other (api.md, 3.18; superuser.json of the recordings,
//! exchanges 47 to 58). The private half is in the answer to the creation and nowhere else.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::{Approval, ServiceKey};
use super::router::{Operation, Route};
use super::superuser_user;
use super::time;

const FEATURES: &[&str] = &["SUPER_USERS"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/superuser/keys",
        FEATURES,
        &[
            Operation::get("listServiceKeys", list),
            Operation::post("createServiceKey", create).taking("CreateServiceKey", new_key),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/keys/{kid}",
        FEATURES,
        &[
            Operation::get("getServiceKey", read),
            Operation::put("updateServiceKey", update).taking("PutServiceKey", changed_key),
            Operation::delete("deleteServiceKey", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/approvedkeys/{kid}",
        FEATURES,
        &[Operation::post("approveServiceKey", approve).taking("ApproveServiceKey", approval)],
    ),
];

fn new_key() -> Value {
    json!({
        "type": "object",
        "required": ["service", "expiration"],
        "properties": {
            "service": { "type": "string" },
            "name": { "type": "string" },
            "metadata": { "type": "object" },
            "notes": { "type": "string" },
            "expiration": { "type": ["number", "null"] },
        },
    })
}

fn changed_key() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string" },
            "metadata": { "type": "object" },
            "expiration": { "type": ["number", "null"] },
        },
    })
}

fn approval() -> Value {
    json!({ "type": "object", "properties": { "notes": { "type": "string" } } })
}

fn list(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let keys: Vec<Value> = call.store.service_keys.values().map(|key| view(call, key)).collect();
    Ok(Answer::ok(&json!({ "keys": keys })))
}

fn read(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let key = call.store.service_keys.get(&call.parameter("kid"));
    Ok(Answer::ok(&view(call, key.ok_or_else(Answer::not_found)?)))
}

fn view(call: &Call<'_>, key: &ServiceKey) -> Value {
    let approval = key.approval.as_ref().map(|approval| {
        let approver = approval.approver.as_ref();
        let user = approver.and_then(|name| call.store.users.get_key_value(name));
        let kind = if approver.is_some() { "SUPERUSER" } else { "AUTOMATIC" };
        json!({
            "approval_type": format!("ServiceKeyApprovalType.{kind}"),
            "approved_date": time::http_date(approval.date),
            "approver": user.map(|(name, user)| superuser_user::view(call, name, user)),
            "notes": approval.notes,
        })
    });
    json!({
        "approval": approval,
        "created_date": time::http_date(key.created),
        "expiration_date": key.expiration.map(time::http_date),
        "jwk": { "e": "AQAB", "kid": key.kid, "kty": "RSA", "n": modulus(&key.kid) },
        "kid": key.kid,
        "metadata": key.metadata,
        "name": key.name,
        "rotation_duration": null,
        "service": key.service,
    })
}

/// A new key is approved by whoever makes it.
fn create(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&new_key())?;
    call.require_superuser()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    check_name(&text("name"))?;
    let expiration = wanted_expiration(call, &body)?;
    let service = text("service");
    if service.is_empty()
        || !service
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        return Err(Answer::message(400, ""));
    }
    let creator = call.caller.user.clone();
    let mut metadata = body.get("metadata").cloned().unwrap_or_else(|| json!({}));
    metadata["created_by"] = json!("Quay Superuser Panel");
    metadata["creator"] = json!(creator);
    metadata["ip"] = json!("127.0.0.1");
    let now = call.store.clock;
    let key = ServiceKey {
        kid: kid(call.store.next_id()),
        name: text("name"),
        service,
        created: now,
        expiration,
        metadata,
        approval: Some(Approval {
            date: now,
            approver: creator,
            notes: text("notes"),
        }),
    };
    let answer = json!({
        "kid": key.kid,
        "name": key.name,
        "service": key.service,
        "public_key": public_key(&key.kid),
        "private_key": format!("EMULATED{:0>1667}", call.store.counter),
    });
    log(call, "service_key_create", &key);
    call.store.service_keys.insert(key.kid.clone(), key);
    Ok(Answer::ok(&answer))
}

fn check_name(name: &str) -> Result<(), Answer> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "-_:/".contains(c);
    if name.chars().all(allowed) {
        return Ok(());
    }
    // Not recorded; built from api.md, 3.18.
    Err(Answer::invalid(&format!("Invalid service key friendly name: {name}")))
}

/// Unix seconds, or never.
fn wanted_expiration(call: &Call<'_>, body: &Map<String, Value>) -> Result<Option<i64>, Answer> {
    let wanted = body
        .get("expiration")
        .and_then(Value::as_f64)
        .map(|seconds| seconds as i64);
    match wanted.filter(|seconds| *seconds != 0) {
        Some(seconds) if seconds <= call.store.clock => Err(Answer::invalid("Expiration date cannot be in the past")),
        wanted => Ok(wanted),
    }
}

/// Metadata is added to what is there; what is not sent stays.
fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_key())?;
    call.require_superuser()?;
    let kid = call.parameter("kid");
    let mut key = call
        .store
        .service_keys
        .get(&kid)
        .cloned()
        .ok_or_else(Answer::not_found)?;
    if body.contains_key("expiration") {
        key.expiration = wanted_expiration(call, &body)?;
        log(call, "service_key_extend", &key);
    }
    if let Some(name) = body.get("name").and_then(Value::as_str) {
        check_name(name)?;
        key.name = name.to_owned();
    }
    for (name, value) in body.get("metadata").and_then(Value::as_object).into_iter().flatten() {
        key.metadata[name] = value.clone();
    }
    if body.contains_key("name") || body.contains_key("metadata") {
        log(call, "service_key_modify", &key);
    }
    let view = view(call, &key);
    call.store.service_keys.insert(kid, key);
    Ok(Answer::ok(&view))
}

fn delete(call: &mut Call<'_>) -> Reply {
    call.require_superuser()?;
    let key = call.store.service_keys.shift_remove(&call.parameter("kid"));
    log(call, "service_key_delete", &key.ok_or_else(Answer::not_found)?);
    Ok(Answer::no_page())
}

/// 201 also for a key that is approved already.
fn approve(call: &mut Call<'_>) -> Reply {
    let body = call.optional_json_object(&approval())?;
    call.require_superuser()?;
    let (now, approver) = (call.store.clock, call.caller.user.clone());
    let key = call.store.service_keys.get_mut(&call.parameter("kid"));
    let key = key.ok_or_else(Answer::not_found)?;
    if key.approval.is_none() {
        let notes = body.get("notes").and_then(Value::as_str).unwrap_or_default().to_owned();
        key.approval = Some(Approval {
            date: now,
            approver,
            notes,
        });
        let key = key.clone();
        log(call, "service_key_approve", &key);
    }
    Ok(Answer::created_page())
}

fn log(call: &mut Call<'_>, kind: &str, key: &ServiceKey) {
    let metadata = json!({
        "kid": key.kid,
        "service": key.service,
        "name": key.name,
        "expiration_date": key.expiration.map(time::http_date),
    });
    call.log_of_registry(kind, metadata);
}

/// The key with which the registry proves itself to its own parts: it is there from the start.
pub(super) fn own(now: i64) -> ServiceKey {
    ServiceKey {
        kid: kid(0),
        name: super::answer::ORIGIN.to_owned(),
        service: "quay".to_owned(),
        created: now,
        expiration: Some(now + 3650 * time::DAY),
        metadata: json!({ "created_by": "CLI tool" }),
        approval: Some(Approval {
            date: now,
            approver: None,
            notes: String::new(),
        }),
    }
}

/// In the form of a digest of a public key.
fn kid(number: u64) -> String {
    format!("EMULATED{number:0>35}")
}

/// In the form of a modulus of 2,048 bits.
fn modulus(kid: &str) -> String {
    format!("{kid:0<342}")
}

/// In the form of a public key of 2,048 bits.
fn public_key(kid: &str) -> String {
    let body = format!("{kid:0<392}");
    let lines: Vec<&str> = (0..body.len())
        .step_by(64)
        .map(|from| &body[from..body.len().min(from + 64)])
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}
