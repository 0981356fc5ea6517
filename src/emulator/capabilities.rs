//! What the registry tells everybody about itself, and how an empty one gets its first user (auth_and_errors.json of the
//! recordings, exchanges 88, 90 and 93).

use serde_json::json;

use super::answer::{Answer, ORIGIN, Reply};
use super::call::Call;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/registry/capabilities",
        &[Operation::get("getRegistryCapabilities", capabilities)],
    ),
    Route::new(
        "/.well-known/app-capabilities",
        &[Operation::get("appCapabilities", of_application)],
    ),
    Route::with_features(
        "/api/v1/user/initialize",
        &["USER_INITIALIZE"],
        &[Operation::post("initializeUser", initialize).open()],
    ),
];

fn capabilities(call: &mut Call<'_>) -> Reply {
    Ok(Answer::ok(&json!({
        "sparse_manifests": {
            "supported": call.store.has_feature("SPARSE_INDEX"),
            "required_architectures": [],
            "optional_architectures_allowed": false,
        },
        "mirror_architectures": ["amd64", "arm64", "ppc64le", "s390x"],
    })))
}

/// Where clients that only know the address find what.
fn of_application(_call: &mut Call<'_>) -> Reply {
    let repository = format!("{ORIGIN}/api/v1/repository/{{namespace}}/{{reponame}}");
    Ok(Answer::ok(&json!({
        "appName": "io.quay",
        "capabilities": {
            "io.quay.view-image": { "url-template": format!("{ORIGIN}/{{namespace}}/{{reponame}}:{{tag}}") },
            "io.quay.image-security": {
                "rest-api-template": format!("{repository}/image/{{imageid}}/security"),
                "deprecated": true,
            },
            "io.quay.manifest-security": {
                "rest-api-template": format!("{repository}/manifest/{{digest}}/security"),
            },
        },
    })))
}

/// There is always a user here already.
fn initialize(_call: &mut Call<'_>) -> Reply {
    Err(Answer::message(400, "Cannot initialize user in a non-empty database"))
}
