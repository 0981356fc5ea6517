//! Manifests, and what the security scanner says of them (api.md, 3.16; tags.json of the recordings).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::image::Manifest;
use super::router::{Operation, Route};
use super::time;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/manifest/{manifestref}",
        &[Operation::get("getRepoManifest", read)],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/manifest/{manifestref}/security",
        &["SECURITY_SCANNER"],
        &[Operation::get("getRepoManifestSecurity", security)],
    ),
];

/// The manifest that the path names, for those who may pull.
pub(super) fn required<'a>(call: &'a Call<'_>) -> Result<&'a Manifest, Answer> {
    let (namespace, name) = call.repository_parameter();
    call.require(call.caller.reads_repository(call.store, &namespace, &name))?;
    let repository = call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let manifest = repository.images.manifests.get(&call.parameter("manifestref"));
    manifest.ok_or_else(Answer::not_found)
}

fn read(call: &mut Call<'_>) -> Reply {
    let manifest = required(call)?;
    Ok(Answer::ok(&json!({
        "digest": call.parameter("manifestref"),
        "is_manifest_list": manifest.is_list,
        "manifest_data": manifest.data,
        "config_media_type": manifest.config_media_type,
        "layers_compressed_size": manifest.size,
        "layers": if manifest.is_list { Value::Null } else { layers(manifest) },
    })))
}

fn layers(manifest: &Manifest) -> Value {
    let data: Value = serde_json::from_str(&manifest.data).unwrap_or_default();
    let layers = data["layers"].as_array().into_iter().flatten();
    layers
        .enumerate()
        .map(|(index, layer)| {
            json!({
                "index": index,
                "compressed_size": layer["size"],
                "is_remote": false,
                "urls": null,
                "command": manifest.commands.get(index).map(|command| [command]),
                "comment": null,
                "author": null,
                "blob_digest": layer["digest"],
                "created_datetime": time::rfc2822(time::START),
            })
        })
        .collect()
}

/// Nobody scans here: what is not seeded stays in the queue (exchange 72). A report is shown with its vulnerabilities
/// only where they are asked for (built from api.md).
fn security(call: &mut Call<'_>) -> Reply {
    let manifest = required(call)?;
    let Some(mut report) = manifest.scan.clone() else {
        return Ok(Answer::ok(&json!({ "status": "queued", "data": null })));
    };
    if !call.query.flag("vulnerabilities", false) {
        let features = report["Layer"]["Features"].as_array_mut();
        for feature in features.into_iter().flatten() {
            feature["Vulnerabilities"] = Value::Null;
        }
    }
    Ok(Answer::ok(&json!({ "status": "scanned", "data": report })))
}
