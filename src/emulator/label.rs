//! Labels of manifests: create, read, delete; there is no change, and equal ones are not found out (api.md, 3.16;
//! tags.json of the recordings).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::{Label, Manifest};
use super::manifests::required;
use super::router::{Operation, Route};
use super::tag::require_pushes;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/manifest/{manifestref}/labels",
        &[
            Operation::get("listManifestLabels", list),
            Operation::post("addManifestLabel", add).taking("AddLabel", new_label),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/manifest/{manifestref}/labels/{labelid}",
        &[
            Operation::get("getManifestLabel", read),
            Operation::delete("deleteManifestLabel", delete),
        ],
    ),
];

/// Prefixes that are kept for those who invented them (exchanges 62 and 64; the rest from api.md).
const RESERVED: [&str; 7] = [
    "com.docker.",
    "io.docker.",
    "org.opencontainers.",
    "io.quay.",
    "quay.",
    "io.k8s.",
    "internal.",
];

/// What the server says of a key that has another form (exchange 63).
const KEY_RULE: &str = "Label is of an invalid format or missing please use \
                        ^[a-z0-9](([a-z0-9]|[-.](?![.-]))*[a-z0-9])?$ format for labels";

fn new_label() -> Value {
    json!({
        "type": "object",
        "description": "Adds a label to a manifest",
        "required": ["key", "value", "media_type"],
        "properties": {
            "key": { "type": "string", "description": "The key for the label" },
            "value": { "type": "string", "description": "The value for the label" },
            "media_type": {
                "type": ["string", "null"],
                "description": "The media type for this label",
                "enum": ["text/plain", "application/json", null],
            },
        },
    })
}

fn view(label: &Label) -> Value {
    json!({
        "id": label.id,
        "key": label.key,
        "value": label.value,
        "source_type": label.source_type,
        "media_type": label.media_type,
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let manifest = required(call)?;
    let prefix = call.query.get("filter").unwrap_or_default();
    let labels = manifest.labels.iter().filter(|label| label.key.starts_with(prefix));
    Ok(Answer::ok(&json!({ "labels": labels.map(view).collect::<Vec<_>>() })))
}

fn read(call: &mut Call<'_>) -> Reply {
    let id = call.parameter("labelid");
    let label = required(call)?.labels.iter().find(|label| label.id == id);
    Ok(Answer::ok(&view(label.ok_or_else(Answer::not_found)?)))
}

fn manifest_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Manifest, Answer> {
    let (namespace, name) = call.repository_parameter();
    let digest = call.parameter("manifestref");
    let repository = call.store.repository_mut(&namespace, &name);
    let manifest = repository.and_then(|repository| repository.images.manifests.get_mut(&digest));
    manifest.ok_or_else(Answer::not_found)
}

fn add(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    let body = call.json_object(&new_label())?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    manifest_mut(call)?;
    let key = text("key");
    if !is_key(&key) {
        return Err(Answer::message(400, KEY_RULE));
    }
    if RESERVED.iter().any(|prefix| key.starts_with(prefix)) {
        return Err(Answer::message(400, "Label has a reserved prefix"));
    }
    let media_type = text("media_type");
    let label = Label {
        id: call.store.next_uuid(),
        key,
        value: text("value"),
        source_type: "api".to_owned(),
        media_type: if media_type.is_empty() {
            "text/plain".to_owned()
        } else {
            media_type
        },
    };
    manifest_mut(call)?.labels.push(label.clone());
    log(call, "manifest_label_add", &label);
    let location = format!("{}/{}", call.request.path(), label.id);
    Ok(Answer::json(201, &json!({ "label": view(&label) })).with_header("location", location))
}

/// Letters, digits and single `-` or `.` between them.
fn is_key(key: &str) -> bool {
    let is_run = |run: &str| {
        !run.is_empty()
            && run
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    key.len() <= 255 && key.split(['-', '.']).all(is_run)
}

fn delete(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    let id = call.parameter("labelid");
    let labels = &mut manifest_mut(call)?.labels;
    let place = labels.iter().position(|label| label.id == id);
    let place = place.ok_or_else(Answer::not_found)?;
    if labels.get(place).is_some_and(|label| label.source_type != "api") {
        // Not recorded; what an image brought along belongs to its bytes.
        return Err(Answer::message(400, "Cannot delete immutable label"));
    }
    let label = labels.remove(place);
    log(call, "manifest_label_delete", &label);
    Ok(Answer::no_content())
}

fn log(call: &mut Call<'_>, kind: &str, label: &Label) {
    let (namespace, name) = call.repository_parameter();
    let metadata = json!({
        "id": label.id,
        "key": label.key,
        "value": label.value,
        "manifest_digest": call.parameter("manifestref"),
        "media_type": label.media_type,
        "namespace": namespace,
        "repo": name,
    });
    call.log_by_name(kind, &namespace, &name, metadata);
}
