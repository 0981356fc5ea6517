//! What superusers may know of the registry as a whole (superuser.json of the recordings, exchanges 43 to 46 and 60 to
//! 62). Nothing is stored here, so that its size is 0; a count that was asked for waits for a worker that never comes.

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::config;
use super::router::{Operation, Route};

const FEATURES: &[&str] = &["SUPER_USERS"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/superuser/registrysize/",
        FEATURES,
        &[
            Operation::get("getRegistrySize", size),
            Operation::post("queueRegistrySizeCalculation", count),
        ],
    ),
    Route::with_features(
        "/api/v1/superuser/changelog/",
        FEATURES,
        &[Operation::get("getChangeLog", change_log)],
    ),
    Route::with_features(
        "/api/v1/superuser/config",
        &["SUPER_USERS", "SUPERUSER_CONFIGDUMP"],
        &[Operation::get("getSuperuserConfig", configuration)],
    ),
    Route::with_features(
        "/api/v1/superuser/registrystatus",
        FEATURES,
        &[Operation::get("scRegistryStatus", status)],
    ),
];

fn size(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let queued = call.store.size_is_queued;
    Ok(Answer::ok(
        &json!({ "size_bytes": 0, "last_ran": null, "running": false, "queued": queued }),
    ))
}

/// 201 for the first, 202 while one waits.
fn count(call: &mut Call<'_>) -> Reply {
    call.require_superuser()?;
    let waited = std::mem::replace(&mut call.store.size_is_queued, true);
    Ok(Answer::json(if waited { 202 } else { 201 }, &json!("")))
}

/// How the recorded text begins (exchange 60); the rest is the server's own history.
const CHANGES: &str = "## Red Hat Quay Release Notes\n\n\
    [Red Hat Customer Portal](https://access.redhat.com/documentation/en-us/red_hat_quay/3.7/html/red_hat_quay_release_notes/index)\n\n\n\
    <a name=\"v3.11.0\"></a>\n";

fn change_log(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    Ok(Answer::ok(&json!({ "log": CHANGES })))
}

/// The settings that were set and those that are only defaults. The recording shows the first five names of each part
/// and no values.
fn configuration(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let settings: Value = config::settings(call.store);
    Ok(Answer::ok(
        &json!({ "config": settings, "warning": {}, "env": {}, "schema": {} }),
    ))
}

fn status(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    Ok(Answer::ok(&json!({ "provider_id": "file", "status": "ready" })))
}
