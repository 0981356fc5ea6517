//! Exports of the usage log (logs.json of the recordings, exchanges 10 to 13). This registry never carries one out:
//! what stays of a request is its own entry in the log.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::router::{Operation, Route};
use super::usage_log::{Chooser, Span, Subject, bad_request, of_organization, of_repository, of_user};

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/exportlogs",
        &["LOG_EXPORT"],
        &[Operation::post("exportOrgLogs", |call| export(call, of_organization)).taking("ExportLogs", new_export)],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/exportlogs",
        &["LOG_EXPORT"],
        &[Operation::post("exportRepoLogs", |call| export(call, of_repository)).taking("ExportLogs", new_export)],
    ),
    Route::with_features(
        "/api/v1/user/exportlogs",
        &["LOG_EXPORT"],
        &[Operation::post("exportUserLogs", |call| export(call, of_user)).taking("ExportLogs", new_export)],
    ),
];

fn new_export() -> Value {
    json!({
        "type": "object",
        "properties": { "callback_url": { "type": "string" }, "callback_email": { "type": "string" } },
    })
}

fn export(call: &mut Call<'_>, choose: Chooser) -> Reply {
    let body = call.json_object(&new_export())?;
    let subject = choose(call)?;
    if Span::of(call).is_backward() {
        return Err(bad_request());
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (url, email) = (text("callback_url"), text("callback_email"));
    let mut metadata = json!({ "date/time": call.store.clock, "url": url, "email": email });
    if let Err(refusal) = check(url, email) {
        metadata["error"] = json!("invalid request");
        log(call, "export_logs_failure", subject, metadata);
        return Err(refusal);
    }
    let id = call.store.next_uuid();
    metadata["export_id"] = json!(id);
    metadata["message"] = json!("queued for export");
    log(call, "export_logs_success", subject, metadata);
    Ok(Answer::ok(&json!({ "export_id": id })))
}

fn check(url: Option<&str>, email: Option<&str>) -> Result<(), Answer> {
    if let Some(url) = url {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        if !matches!(scheme, "http" | "https") {
            let text = format!("Invalid URL scheme '{scheme}': only HTTP and HTTPS are allowed");
            return Err(Answer::invalid(&text));
        }
    }
    if email.is_some_and(|email| !email.contains('@')) {
        return Err(Answer::invalid("Invalid callback e-mail"));
    }
    Ok(())
}

fn log(call: &mut Call<'_>, kind: &str, subject: Subject, mut metadata: Value) {
    match subject {
        Subject::Namespace(name) => call.log(kind, &name, metadata),
        Subject::Repository { id, namespace, name } => {
            metadata["repo"] = json!(name);
            call.log_repository(kind, &namespace, id, metadata);
        }
        // Nobody can ask for an export of everything.
        Subject::Registry => {}
    }
}
