//! Build triggers: read, activate, switch, start and delete. They are made through a web page only (api.md, 3.17;
//! tokens_builds_triggers.json of the recordings).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, ORIGIN, Reply};
use super::build::{listed, pull_robot, robot_view, start};
use super::builder::Build;
use super::call::Call;
use super::router::{Operation, Route};
use super::tag::require_normal;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/trigger/",
        &[Operation::get("listBuildTriggers", list)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/trigger/{trigger_uuid}",
        &[
            Operation::get("getBuildTrigger", read),
            Operation::put("updateBuildTrigger", update).taking("UpdateTrigger", changed_trigger),
            Operation::delete("deleteBuildTrigger", delete),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/trigger/{trigger_uuid}/activate",
        &[Operation::post("activateBuildTrigger", activate).taking("BuildTriggerActivateRequest", activation)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/trigger/{trigger_uuid}/start",
        &[Operation::post("manuallyStartBuildTrigger", run).taking("RunParameters", run_parameters)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/trigger/{trigger_uuid}/builds",
        &[Operation::get("listTriggerRecentBuilds", builds)],
    ),
];

/// As many builds are listed where no limit is given.
const LISTED: usize = 5;

/// What starts builds of a repository when somebody pushes to its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Trigger {
    pub id: String,
    /// `github`, `gitlab`, `bitbucket` or `custom-git`.
    pub service: String,
    /// Empty until it is activated.
    pub config: Value,
    pub pull_robot: Option<String>,
    pub enabled: bool,
    /// Why it was switched off last; stays when it is switched on again.
    pub disabled_reason: Option<String>,
}

impl Trigger {
    fn is_active(&self) -> bool {
        self.config.get("build_source").is_some()
    }
}

fn changed_trigger() -> Value {
    json!({
        "type": "object",
        "description": "Options for updating a build trigger",
        "required": ["enabled"],
        "properties": { "enabled": { "type": "boolean", "description": "Whether the build trigger is enabled" } },
    })
}

fn activation() -> Value {
    json!({
        "type": "object",
        "required": ["config"],
        "properties": { "config": { "type": "object" }, "pull_robot": { "type": "string" } },
    })
}

fn run_parameters() -> Value {
    json!({
        "type": "object",
        "properties": {
            "branch_name": { "type": "string" },
            "commit_sha": { "type": "string" },
            "refs": { "type": ["object", "null"] },
        },
        "additionalProperties": false,
    })
}

/// What whoever may not administer the repository is shown, and what a change is answered with (exchange 39).
fn bare_view(trigger: &Trigger) -> Value {
    json!({
        "id": trigger.id,
        "service": trigger.service,
        "is_active": trigger.is_active(),
        "build_source": null,
        "repository_url": null,
        "config": {},
        "can_invoke": false,
        "enabled": trigger.enabled,
        "disabled_reason": trigger.disabled_reason,
    })
}

/// A trigger as the builds show it that it started.
pub(super) fn in_build(trigger: &Trigger) -> Value {
    let mut view = bare_view(trigger);
    view["build_source"] = trigger.config["build_source"].clone();
    view["config"] = trigger.config.clone();
    view["can_invoke"] = json!(true);
    view
}

fn view(trigger: &Trigger) -> Value {
    let mut view = in_build(trigger);
    if let Some(robot) = &trigger.pull_robot {
        view["pull_robot"] = robot_view(robot);
    }
    view
}

fn list(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let repository = call.store.repository(&namespace, &name);
    let triggers = repository.iter().flat_map(|repository| &repository.triggers);
    Ok(Answer::ok(
        &json!({ "triggers": triggers.map(view).collect::<Vec<_>>() }),
    ))
}

fn read(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    Ok(Answer::ok(&view(find_mut(call)?)))
}

/// Triggers are found by their number, whatever repository the path names (api.md, 3.17).
fn find_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Trigger, Answer> {
    let id = call.parameter("trigger_uuid");
    let repositories = call.store.repositories.values_mut();
    let mut triggers = repositories.flat_map(|repository| &mut repository.triggers);
    let found = triggers.find(|trigger| trigger.id == id);
    found.ok_or_else(Answer::not_found)
}

/// The same for the administrators of a repository that takes pushes.
fn required<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Trigger, Answer> {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    require_normal(call)?;
    find_mut(call)
}

fn update(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&changed_trigger())?;
    let trigger = required(call)?;
    if !trigger.is_active() {
        // Not recorded; built from api.md.
        return Err(Answer::invalid("Cannot update an unactivated trigger"));
    }
    trigger.enabled = body.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    if !trigger.enabled {
        trigger.disabled_reason = Some("user_toggled".to_owned());
    }
    let trigger = trigger.clone();
    log(
        call,
        "toggle_repo_trigger",
        &trigger,
        json!({ "enabled": trigger.enabled }),
    );
    Ok(Answer::ok(&bare_view(&trigger)))
}

fn delete(call: &mut Call<'_>) -> Reply {
    let trigger = required(call)?.clone();
    for repository in call.store.repositories.values_mut() {
        repository.triggers.retain(|other| other.id != trigger.id);
    }
    log(call, "delete_repo_trigger", &trigger, json!({}));
    Ok(Answer::no_content())
}

fn activate(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&activation())?;
    if required(call)?.is_active() {
        return Err(Answer::invalid("Trigger config is not sufficient for activation."));
    }
    let pull_robot = pull_robot(call, body.get("pull_robot").and_then(Value::as_str))?;
    let trigger = required(call)?;
    trigger.config = body.get("config").cloned().unwrap_or_default();
    trigger.config["credentials"] = credentials(&trigger.id);
    trigger.pull_robot = pull_robot;
    let trigger = trigger.clone();
    let details = json!({ "pull_robot": trigger.pull_robot, "config": trigger.config });
    log(call, "setup_repo_trigger", &trigger, details);
    Ok(Answer::ok(&view(&trigger)))
}

/// What has to be entered at the source: a key, and an address with a token in it.
fn credentials(id: &str) -> Value {
    let host = ORIGIN.trim_start_matches("http://");
    json!([
        { "name": "SSH Public Key", "value": format!("ssh-rsa EMULATED{id}") },
        {
            "name": "Webhook Endpoint URL",
            "value": format!("http://$token:EMULATED@{host}/webhooks/push/trigger/{id}"),
        },
    ])
}

/// Starts a build of a commit; only sources that name commits are played (exchanges 42 and 43).
fn run(call: &mut Call<'_>) -> Reply {
    let body = call.json_object(&run_parameters())?;
    let trigger = required(call)?.clone();
    if !trigger.enabled {
        return Err(Answer::invalid("Trigger is not enabled."));
    }
    if !trigger.is_active() {
        return Err(Answer::invalid("Trigger is not active."));
    }
    let Some(commit) = body
        .get("commit_sha")
        .or(body.get("branch_name"))
        .and_then(Value::as_str)
    else {
        return Err(Answer::invalid("missing required parameter"));
    };
    let short: String = commit.chars().take(7).collect();
    let text = |name: &str, default: &str| trigger.config[name].as_str().unwrap_or(default).to_owned();
    let trigger_metadata = json!({ "commit": commit, "git_url": trigger.config["build_source"] });
    let build = Build {
        id: call.store.next_uuid(),
        phase: "waiting".to_owned(),
        started: call.store.clock,
        display_name: short.clone(),
        dockerfile_path: text("dockerfile_path", "/Dockerfile"),
        context: text("context", "/"),
        tags: vec![short],
        manual_user: call.caller.user.clone(),
        trigger: Some(trigger.id.clone()),
        trigger_metadata: trigger_metadata.clone(),
        pull_robot: trigger.pull_robot.clone(),
        archive_url: None,
        log: Vec::new(),
    };
    let mut details = serde_json::Map::new();
    details.insert("trigger_id".to_owned(), json!(trigger.id));
    details.insert("trigger_kind".to_owned(), json!(trigger.service));
    details.insert("trigger_metadata".to_owned(), trigger_metadata);
    details.insert("trigger_manual".to_owned(), json!(true));
    Ok(start(call, build, &details))
}

/// Of a trigger that does not exist, none (exchange 46).
fn builds(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin_reader(&namespace, &name)?;
    let limit = call
        .query
        .get("limit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(LISTED);
    let id = call.parameter("trigger_uuid");
    let views = listed(call, &namespace, &name, limit, |build| {
        build.trigger.as_ref() == Some(&id)
    });
    Ok(Answer::ok(&views))
}

fn log(call: &mut Call<'_>, kind: &str, trigger: &Trigger, mut metadata: Value) {
    let (namespace, name) = call.repository_parameter();
    metadata["repo"] = json!(name);
    metadata["namespace"] = json!(namespace);
    metadata["trigger_id"] = json!(trigger.id);
    metadata["service"] = json!(trigger.service);
    call.log_by_name(kind, &namespace, &name, metadata);
}
