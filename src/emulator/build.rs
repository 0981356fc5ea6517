//! Builds of repositories: request, list, follow, cancel; also as superusers see them (api.md, 3.17;
//! tokens_builds_triggers.json of the recordings).

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha224};

use super::answer::{Answer, Reply};
use super::builder::Build;
use super::call::Call;
use super::records::Role;
use super::router::{Operation, Route};
use super::tag::{require_normal, require_pushes};
use super::time;
use super::trigger;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/build/",
        &[
            Operation::get("getRepoBuilds", list),
            Operation::post("requestRepoBuild", request).taking("RepositoryBuildRequest", new_build),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/build/{build_uuid}",
        &[
            Operation::get("getRepoBuild", read),
            Operation::delete("cancelRepoBuild", cancel),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/build/{build_uuid}/status",
        &[Operation::get("getRepoBuildStatus", status)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/build/{build_uuid}/logs",
        &[Operation::get("getRepoBuildLogs", logs)],
    ),
    Route::new("/api/v1/filedrop/", &[Operation::post("getFiledropUrl", file_drop)]),
    Route::with_features(
        "/api/v1/superuser/{build_uuid}/build",
        &["SUPER_USERS"],
        &[Operation::get("getRepoBuildSuperUser", read_as_superuser)],
    ),
    Route::with_features(
        "/api/v1/superuser/{build_uuid}/status",
        &["SUPER_USERS"],
        &[Operation::get("getRepoBuildStatusSuperUser", read_as_superuser)],
    ),
    Route::with_features(
        "/api/v1/superuser/{build_uuid}/logs",
        &["SUPER_USERS"],
        &[Operation::get("getRepoBuildLogsSuperUser", logs_as_superuser)],
    ),
];

/// As many builds are listed where no limit is given.
const LISTED: usize = 5;

fn new_build() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "properties": {
            "file_id": text(),
            "archive_url": text(),
            "subdirectory": text(),
            "dockerfile_path": text(),
            "context": text(),
            "pull_robot": text(),
            "docker_tags": {
                "type": "array",
                "description": "The tags to which the built images will be pushed. \
                                If none specified, \"latest\" is used.",
                "items": { "type": "string" },
                "minItems": 1,
                "uniqueItems": true,
            },
        },
    })
}

/// A build as it is shown below its repository.
pub(super) fn view(call: &Call<'_>, namespace: &str, name: &str, build: &Build) -> Value {
    let is_writer = call
        .caller
        .has_repository_role(call.store, namespace, name, Role::Write);
    let repository = call.store.repository(namespace, name);
    let mut triggers = repository.iter().flat_map(|repository| &repository.triggers);
    let trigger = triggers.find(|trigger| build.trigger.as_ref() == Some(&trigger.id));
    let mut view = json!({
        "id": build.id,
        "phase": build.phase,
        "started": time::rfc2822(build.started),
        "display_name": build.display_name,
        "status": {},
        "subdirectory": build.dockerfile_path,
        "dockerfile_path": build.dockerfile_path,
        "context": build.context,
        "tags": build.tags,
        "manual_user": build.manual_user,
        "is_writer": is_writer,
        "trigger": trigger.map(trigger::in_build),
        "trigger_metadata": build.trigger_metadata,
        "resource_key": null,
        "pull_robot": build.pull_robot.as_ref().map(robot_view),
        "repository": { "namespace": namespace, "name": name },
        "error": null,
    });
    if let Some(url) = build.archive_url.as_ref().filter(|_| is_writer) {
        view["archive_url"] = json!(url);
    }
    view
}

/// A robot as builds and triggers name it.
pub(super) fn robot_view(name: &String) -> Value {
    json!({ "name": name, "kind": "user", "is_robot": true })
}

/// Of a repository that does not exist, none (exchange 32).
fn list(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    let may_read = call.caller.reads_repository(call.store, &namespace, &name);
    call.require(may_read)?;
    let number = |name: &str| call.query.get(name).and_then(|text| text.parse::<i64>().ok());
    let limit = number("limit").map_or(LISTED, |limit| limit.max(0) as usize);
    let since = number("since").unwrap_or(i64::MIN);
    let wanted = |build: &Build| build.started >= since;
    Ok(Answer::ok(&listed(call, &namespace, &name, limit, wanted)))
}

/// The newest builds that are wanted; whoever looks makes them go on.
pub(super) fn listed(
    call: &mut Call<'_>,
    namespace: &str,
    name: &str,
    limit: usize,
    is_wanted: impl Fn(&Build) -> bool,
) -> Value {
    let builds = call
        .store
        .repository(namespace, name)
        .map(|repository| &repository.builds);
    let wanted = builds.into_iter().flatten().rev().filter(|build| is_wanted(build));
    let ids: Vec<String> = wanted.take(limit).map(|build| build.id.clone()).collect();
    let views: Vec<Value> = ids
        .iter()
        .filter_map(|id| {
            call.store.work_on(namespace, name, id);
            let build = find(call, namespace, name, id)?;
            Some(view(call, namespace, name, build))
        })
        .collect();
    json!({ "builds": views })
}

fn find<'a>(call: &'a Call<'_>, namespace: &str, name: &str, id: &str) -> Option<&'a Build> {
    let repository = call.store.repository(namespace, name)?;
    repository.builds.iter().find(|build| build.id == id)
}

fn request(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    let (namespace, name) = call.repository_parameter();
    let body = call.json_object(&new_build())?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let Some(url) = text("archive_url") else {
        let problem = match text("file_id") {
            // What was dropped is not kept here, as a file that nobody sent is not there (exchange 15).
            Some(file) => format!("File {file} could not be found or is invalid"),
            None => "file_id or archive_url required".to_owned(),
        };
        return Err(Answer::invalid(&problem));
    };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Answer::invalid("Invalid Archive URL: Must be http or https"));
    }
    let pull_robot = pull_robot(call, text("pull_robot"))?;
    call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let (context, dockerfile_path) = places(&body);
    let tags = body.get("docker_tags").and_then(Value::as_array);
    let tags = tags.map(|tags| tags.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let build = Build {
        id: call.store.next_uuid(),
        phase: "waiting".to_owned(),
        started: call.store.clock,
        display_name: short_digest(url),
        dockerfile_path,
        context,
        tags: tags.unwrap_or_else(|| vec!["latest".to_owned()]),
        manual_user: call.caller.user.clone(),
        trigger: None,
        trigger_metadata: json!({}),
        pull_robot,
        archive_url: Some(url.to_owned()),
        log: Vec::new(),
    };
    Ok(start(call, build, &Map::new()))
}

/// Puts a build into the queue of its repository, and says so in the usage log with whatever else is known of it.
pub(super) fn start(call: &mut Call<'_>, build: Build, details: &Map<String, Value>) -> Answer {
    let (namespace, name) = call.repository_parameter();
    let mut metadata = json!({
        "build_id": build.id,
        "docker_tags": build.tags,
        "repo": name,
        "namespace": namespace,
        "is_manual": true,
        "manual_user": build.manual_user,
    });
    for (key, value) in details {
        metadata[key] = value.clone();
    }
    call.log_by_name("build_dockerfile", &namespace, &name, metadata);
    let location = format!("/api/v1/repository/{namespace}/{name}/build/{}/status", build.id);
    let answer = Answer::json(201, &view(call, &namespace, &name, &build)).with_header("location", location);
    if let Some(repository) = call.store.repository_mut(&namespace, &name) {
        repository.builds.push(build);
    }
    answer
}

/// The robot whose rights the build pulls with, where the caller administers its organization (exchange 12).
pub(super) fn pull_robot(call: &Call<'_>, name: Option<&str>) -> Result<Option<String>, Answer> {
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let (owner, _) = name.split_once('+').ok_or_else(|| call.unauthorized())?;
    if !call.store.robots.contains_key(name) {
        return Err(Answer::not_found());
    }
    call.require_organization_admin(owner)?;
    Ok(Some(name.to_owned()))
}

/// Where the build works, and where its Dockerfile is (exchanges 8 to 11).
fn places(body: &Map<String, Value>) -> (String, String) {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let in_directory = |directory: &str| format!("{}/Dockerfile", directory.trim_end_matches('/'));
    match (text("dockerfile_path"), text("subdirectory"), text("context")) {
        (Some(path), _, Some(context)) => (context.to_owned(), path.to_owned()),
        (Some(path), _, None) => {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            (if parent.is_empty() { "/" } else { parent }.to_owned(), path.to_owned())
        }
        (None, Some(directory), _) => (directory.to_owned(), in_directory(directory)),
        (None, None, context) => {
            let context = context.unwrap_or("/");
            (context.to_owned(), in_directory(context))
        }
    }
}

fn short_digest(url: &str) -> String {
    let digest = Sha224::digest(url.as_bytes());
    let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hexadecimal.chars().take(7).collect()
}

fn read(call: &mut Call<'_>) -> Reply {
    look(call, &Answer::not_found())
}

fn status(call: &mut Call<'_>) -> Reply {
    let missing = missing(&call.parameter("build_uuid"));
    look(call, &missing)
}

fn missing(id: &str) -> Answer {
    Answer::message(400, &format!("Unable to locate a build by id: {id}"))
}

fn look(call: &mut Call<'_>, missing: &Answer) -> Reply {
    let (namespace, name) = call.repository_parameter();
    let may_read = call.caller.reads_repository(call.store, &namespace, &name);
    call.require(may_read)?;
    let id = call.parameter("build_uuid");
    call.store.work_on(&namespace, &name, &id);
    let build = find(call, &namespace, &name, &id).ok_or_else(|| missing.clone())?;
    Ok(Answer::ok(&view(call, &namespace, &name, build)))
}

fn logs(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_role(&namespace, &name, Role::Write)?;
    let id = call.parameter("build_uuid");
    let build = find(call, &namespace, &name, &id).ok_or_else(|| missing(&id))?;
    Ok(log_view(call, build))
}

fn log_view(call: &Call<'_>, build: &Build) -> Answer {
    let start: usize = call.query.get("start").and_then(|text| text.parse().ok()).unwrap_or(0);
    let entries: Vec<&Value> = build.log.iter().skip(start).collect();
    Answer::ok(&json!({ "start": start, "total": build.log.len(), "logs": entries }))
}

/// Only what still waits can be called off (exchanges 24 and 25).
fn cancel(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    require_normal(call)?;
    let id = call.parameter("build_uuid");
    let builds = call
        .store
        .repository_mut(&namespace, &name)
        .map(|found| &mut found.builds);
    let build = builds.and_then(|builds| builds.iter_mut().find(|build| build.id == id));
    let build = build.ok_or_else(Answer::not_found)?;
    if build.phase != "waiting" {
        return Err(Answer::invalid("Build is currently running or has finished"));
    }
    "cancelled".clone_into(&mut build.phase);
    let metadata = json!({ "build_uuid": id, "namespace": namespace, "repo": name });
    call.log_by_name("cancel_build", &namespace, &name, metadata);
    Ok(Answer::json(201, &json!("Okay")))
}

/// An address that takes an archive; what is sent there is not kept (exchange 31).
fn file_drop(call: &mut Call<'_>) -> Reply {
    call.require(!call.caller.is_anonymous())?;
    let file = call.store.next_uuid();
    let url = format!("{}/userfiles/{file}", super::answer::ORIGIN);
    Ok(Answer::ok(&json!({ "url": url, "file_id": file })))
}

/// Where a build is, by its number alone.
fn find_anywhere(call: &Call<'_>) -> Result<(String, String, Build), Answer> {
    let id = call.parameter("build_uuid");
    let mut all = call.store.repositories.values();
    let found = all.find_map(|repository| {
        let build = repository.builds.iter().find(|build| build.id == id)?;
        Some((repository.namespace.clone(), repository.name.clone(), build.clone()))
    });
    found.ok_or_else(|| missing(&id))
}

/// What the build was asked for is not shown here (exchanges 21 and 22).
fn read_as_superuser(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let (namespace, name, build) = find_anywhere(call)?;
    call.store.work_on(&namespace, &name, &build.id);
    let (namespace, name, build) = find_anywhere(call)?;
    let mut view = view(call, &namespace, &name, &build);
    for field in ["subdirectory", "dockerfile_path", "context"] {
        view[field] = json!("");
    }
    view["tags"] = json!([]);
    view["manual_user"] = Value::Null;
    view["trigger_metadata"] = Value::Null;
    if let Some(fields) = view.as_object_mut() {
        fields.remove("archive_url");
    }
    Ok(Answer::ok(&view))
}

fn logs_as_superuser(call: &mut Call<'_>) -> Reply {
    call.require_superuser_reader()?;
    let (_, _, build) = find_anywhere(call)?;
    Ok(log_view(call, &build))
}
