//! Mirrors of repositories: read, set up, synchronise (api.md, 3.8; mirror.json of the recordings).
//!
//! Changing one is in `mirror_change`. There is no worker: a status stays until a request or the seed says otherwise.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::mirror_body::{architectures, changed_mirror, mirror_of, new_mirror, rule, start_date, text};
use super::mirror_change::update;
use super::mirror_health;
use super::mirror_reference;
use super::records::{Mirror, RepositoryState, Role};
use super::router::{Operation, Route};
use super::version;

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/repository/{repository}/mirror",
        &["REPO_MIRROR"],
        &[
            Operation::get("getRepoMirrorConfig", read),
            Operation::post("createRepoMirrorConfig", create).taking("CreateMirrorConfig", new_mirror),
            Operation::put("changeRepoMirrorConfig", update).taking("UpdateMirrorConfig", changed_mirror),
        ],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/mirror/sync-now",
        &["REPO_MIRROR"],
        &[Operation::post("syncNow", synchronise)],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/mirror/sync-cancel",
        &["REPO_MIRROR"],
        &[Operation::post("syncCancel", cancel)],
    ),
    Route::with_features(
        "/api/v1/repository/mirror/health",
        &["REPO_MIRROR"],
        &[Operation::get("getRepositoryMirrorHealth", mirror_health::read)],
    ),
    Route::with_features(
        "/api/v1/superuser/mirror/health",
        &["REPO_MIRROR"],
        &[Operation::get(
            "getSuperUserMirrorHealth",
            mirror_health::read_as_superuser,
        )],
    ),
];

/// Shows everything but the password, of which there is not even a word whether there is one (exchange 4).
fn read(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let repository = call.store.repository(&namespace, &name);
    let mirror = repository.and_then(|repository| repository.mirror.as_ref());
    mirror
        .map(|mirror| Answer::ok(&view(mirror)))
        .ok_or_else(Answer::not_found)
}

fn view(mirror: &Mirror) -> Value {
    json!({
        "is_enabled": mirror.is_enabled,
        "mirror_type": "PULL",
        "external_reference": mirror.external_reference,
        "external_registry_username": mirror.username,
        "external_registry_config": mirror.external_registry_config,
        "sync_interval": mirror.sync_interval,
        "sync_start_date": mirror.sync_start_date,
        "sync_expiration_date": mirror.sync_expiration_date,
        "sync_retries_remaining": mirror.sync_retries_remaining,
        "sync_status": mirror.sync_status,
        "root_rule": { "rule_kind": "tag_glob_csv", "rule_value": mirror.root_rule },
        "robot_username": mirror.robot,
        "skopeo_timeout_interval": mirror.skopeo_timeout_interval,
        "architecture_filter": mirror.architecture_filter,
    })
}

fn create(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let body = call.json_object(&new_mirror())?;
    let repository = call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    if repository.mirror.is_some() {
        let text = format!("Mirror configuration already exits for repository {namespace}/{name}");
        return Err(Answer::detail(409, &text));
    }
    start_date(&body)?;
    mirror_reference::check(text(&body, "external_reference").unwrap_or_default())?;
    let mirror = Mirror {
        architecture_filter: architectures(call, &body)?,
        ..mirror_of(&body, rule(&body)?)
    };
    // By now the server has written the rule, and whatever fails from here on leaves it behind (behaviour.md, hazards).
    let orphan = mirror.root_rule.clone();
    let created = set_up(call, &namespace, &name, &body, mirror);
    if created.is_err()
        && let Some(repository) = call.store.repository_mut(&namespace, &name)
    {
        repository.orphan_mirror_rule.get_or_insert(orphan);
    }
    created
}

fn set_up(call: &mut Call<'_>, namespace: &str, name: &str, body: &Map<String, Value>, mut mirror: Mirror) -> Reply {
    let robot = text(body, "robot_username").ok_or_else(Answer::server_error)?;
    admit_robot(call, namespace, name, robot)?;
    mirror.robot = robot.to_owned();
    let mut schema = changed_mirror();
    version::strip(call.store.version, &mut schema);
    if body.keys().any(|field| schema["properties"].get(field).is_none()) {
        // Fields that nobody knows are an error here and nowhere else (behaviour.md, 2).
        return Err(Answer::server_error());
    }
    let reference = json!(mirror.external_reference);
    if let Some(repository) = call.store.repository_mut(namespace, name) {
        repository.mirror = Some(mirror);
        repository.state = RepositoryState::Mirror;
    }
    log_change(call, namespace, name, "external_reference", reference);
    Ok(Answer::json(201, &json!("")))
}

/// Checks a mirror's robot, and lets it push where it may not yet (exchanges 6 and 38 to 41). Only grants on the
/// repository count, its own and those of its teams: the server does not ask whether it administers the organization.
pub(super) fn admit_robot(call: &mut Call<'_>, namespace: &str, name: &str, robot: &str) -> Result<(), Answer> {
    if !call.store.robots.contains_key(robot) {
        return Err(Answer::message(400, "Could not find robot with specified username"));
    }
    if robot.split_once('+').map(|(owner, _)| owner) != Some(namespace) {
        return Err(Answer::message(400, "Invalid robot"));
    }
    if call.store.granted_role(robot, namespace, name) <= Some(Role::Read)
        && let Some(repository) = call.store.repository_mut(namespace, name)
    {
        repository.user_roles.insert(robot.to_owned(), Role::Write);
    }
    Ok(())
}

/// One entry of the usage log for each thing that changed; the server adds the client's name, which is not known here
/// (api.md, 5.3).
pub(super) fn log_change(call: &mut Call<'_>, namespace: &str, name: &str, changed: &str, to: Value) {
    let username = call.caller.user.clone();
    let metadata = json!({ "repo": name, "namespace": namespace, "username": username, "changed": changed, "to": to });
    call.log_by_name("repo_mirror_config_changed", namespace, name, metadata);
}

fn synchronise(call: &mut Call<'_>) -> Reply {
    set_status(call, "SYNC_NOW", "SYNC_NOW", |mirror| {
        mirror.sync_retries_remaining = mirror.sync_retries_remaining.max(1);
        mirror.sync_status != "SYNCING"
    })
}

/// Only what runs, or is about to, can be cancelled (exchanges 53 to 55). The start date stays.
fn cancel(call: &mut Call<'_>) -> Reply {
    set_status(call, "CANCEL", "SYNC_CANCEL", |mirror| {
        let is_due = matches!(mirror.sync_status.as_str(), "SYNCING" | "SYNC_NOW");
        if is_due {
            mirror.sync_retries_remaining = 0;
        }
        is_due
    })
}

/// Sets the status where `prepare` finds that it can be; else, and where there is no mirror, 404.
fn set_status(call: &mut Call<'_>, status: &str, logged: &str, prepare: fn(&mut Mirror) -> bool) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let mirror = call
        .store
        .repository_mut(&namespace, &name)
        .and_then(|repository| repository.mirror.as_mut())
        .ok_or_else(Answer::not_found)?;
    if !prepare(mirror) {
        return Err(Answer::not_found());
    }
    mirror.sync_status = status.to_owned();
    mirror.sync_expiration_date = None;
    log_change(call, &namespace, &name, "sync_status", json!(logged));
    Ok(Answer::no_content())
}
