//! Robots of organizations and users: create, read, delete, their grants and their tokens (api.md, 3.3; robots.json of
//! the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::names;
use super::records::Robot;
use super::robot_list;
use super::router::{Operation, Route};
use super::time;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/robots",
        &[Operation::get("getOrgRobots", robot_list::of_organization)],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/robots/{robot_shortname}",
        &[
            Operation::get("getOrgRobot", read),
            Operation::put("createOrgRobot", create).taking("CreateRobot", new_robot),
            Operation::delete("deleteOrgRobot", delete),
        ],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/robots/{robot_shortname}/permissions",
        &[Operation::get("getOrgRobotPermissions", permissions)],
    ),
    Route::new(
        "/api/v1/organization/{orgname}/robots/{robot_shortname}/regenerate",
        &[Operation::post("regenerateOrgRobotToken", regenerate)],
    ),
    Route::new(
        "/api/v1/user/robots",
        &[Operation::get("getUserRobots", robot_list::of_user)],
    ),
    Route::new(
        "/api/v1/user/robots/{robot_shortname}",
        &[
            Operation::get("getUserRobot", read),
            Operation::put("createUserRobot", create).taking("CreateRobot", new_robot),
            Operation::delete("deleteUserRobot", delete),
        ],
    ),
    Route::new(
        "/api/v1/user/robots/{robot_shortname}/permissions",
        &[Operation::get("getUserRobotPermissions", permissions)],
    ),
    Route::new(
        "/api/v1/user/robots/{robot_shortname}/regenerate",
        &[Operation::post("regenerateUserRobotToken", regenerate)],
    ),
];

/// A larger body leads to an unhandled exception (behaviour.md, 2).
const MAXIMUM_BODY: usize = 1024 * 1024;

fn new_robot() -> Value {
    json!({
        "type": "object",
        "properties": {
            "description": { "type": "string", "maxLength": 255 },
            "unstructured_metadata": { "type": "object" },
        },
    })
}

/// Whose robots a path speaks of: an organization's, or the caller's own where it names none. Refuses who may not
/// change them.
pub(super) fn changeable_owner(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    if organization.is_empty() {
        return own_name(call);
    }
    call.require_organization_admin(&organization)?;
    Ok(organization)
}

/// The same for who may only read them.
pub(super) fn readable_owner(call: &Call<'_>) -> Result<String, Answer> {
    let organization = call.parameter("orgname");
    if organization.is_empty() {
        return own_name(call);
    }
    call.require_organization_reader(&organization)?;
    Ok(organization)
}

/// The caller's own namespace (UA).
pub(super) fn own_name(call: &Call<'_>) -> Result<String, Answer> {
    call.require(call.caller.administers_user())?;
    Ok(call.caller.user.clone().unwrap_or_default())
}

/// The refusal where a path names an organization that does not exist.
fn require_organization_exists(call: &Call<'_>) -> Result<(), Answer> {
    let organization = call.parameter("orgname");
    if organization.is_empty() || call.store.organizations.contains_key(&organization) {
        return Ok(());
    }
    let text = format!("Organization does not exist: {organization}");
    Err(Answer::message(400, &text))
}

/// A robot of the owner by the path's short name, with its full name: 400 where there is none (behaviour.md, 2).
pub(super) fn find<'a>(call: &'a Call<'_>, owner: &str) -> Result<(String, &'a Robot), Answer> {
    let name = format!("{owner}+{}", call.parameter("robot_shortname"));
    match call.store.robots.get(&name) {
        Some(robot) => Ok((name, robot)),
        None => Err(Answer::message(400, "Could not find robot with specified username")),
    }
}

/// A robot without its token and its metadata.
pub(super) fn view(name: &str, robot: &Robot) -> Value {
    json!({
        "name": name,
        "created": time::rfc2822(robot.created),
        "last_accessed": robot.last_accessed.map(time::rfc2822),
        "description": robot.description,
    })
}

fn full_view(name: &str, robot: &Robot) -> Value {
    let mut view = view(name, robot);
    view["token"] = json!(robot.token);
    view["unstructured_metadata"] = robot.metadata.clone();
    view
}

fn read(call: &mut Call<'_>) -> Reply {
    let owner = readable_owner(call)?;
    require_organization_exists(call)?;
    let (name, robot) = find(call, &owner)?;
    let mut view = full_view(&name, robot);
    if changeable_owner(call).is_err()
        && let Some(fields) = view.as_object_mut()
    {
        // Who reads everything but changes nothing gets no tokens (behaviour.md, 6).
        fields.shift_remove("token");
    }
    Ok(Answer::ok(&view))
}

fn create(call: &mut Call<'_>) -> Reply {
    if call.request.body.len() > MAXIMUM_BODY {
        return Err(Answer::server_error());
    }
    let body = call.optional_json_object(&new_robot())?;
    let owner = changeable_owner(call)?;
    require_organization_exists(call)?;
    let short = call.parameter("robot_shortname");
    let name = format!("{owner}+{short}");
    check_name(call, &short, &name)?;
    let robot = robot_of(call, &body);
    let view = full_view(&name, &robot);
    call.store.robots.insert(name, robot);
    let field = |name: &str| body.get(name).cloned().unwrap_or_default();
    let metadata = json!({
        "robot": short,
        "description": field("description"),
        "unstructured_metadata": field("unstructured_metadata"),
    });
    call.log("create_robot", &owner, metadata);
    Ok(Answer::json(201, &view))
}

fn check_name(call: &Call<'_>, short: &str, name: &str) -> Result<(), Answer> {
    if let Some(error) = names::name_error(short, "Namespace") {
        let text = format!("The name for the robot '{short}' is invalid: {error}");
        return Err(Answer::invalid(&text));
    }
    if call.store.robots.contains_key(name) {
        return Err(Answer::invalid(&format!("Existing robot with name: {name}")));
    }
    if name.len() > 255 {
        let text = "value too long for type character varying(255)\n";
        return Err(Answer::message(400, text));
    }
    Ok(())
}

fn robot_of(call: &mut Call<'_>, body: &Map<String, Value>) -> Robot {
    let description = body.get("description").and_then(Value::as_str).unwrap_or_default();
    Robot {
        created: call.store.clock,
        last_accessed: None,
        description: description.to_owned(),
        metadata: body.get("unstructured_metadata").cloned().unwrap_or_default(),
        token: call.store.next_robot_token(),
        federation: Vec::new(),
    }
}

/// A robot that a mirror uses cannot be deleted, not even while the mirror's repository waits for garbage collection
/// (behaviour.md, 3).
fn delete(call: &mut Call<'_>) -> Reply {
    let owner = changeable_owner(call)?;
    let (name, _) = find(call, &owner)?;
    let mut all = call.store.repositories.values().chain(&call.store.deleted_repositories);
    if all.any(|repository| repository.mirror.as_ref().is_some_and(|mirror| mirror.robot == name)) {
        return Err(Answer::invalid("Robot is being used by a mirror"));
    }
    call.store.delete_robot(&name);
    let short = call.parameter("robot_shortname");
    call.log("delete_robot", &owner, json!({ "robot": short }));
    Ok(Answer::no_content())
}

/// The repositories on which a robot has a role, in all namespaces and deleted ones among them (api.md, 2.2-5). The
/// scope for the caller's own account is needed besides the right on the organization (behaviour.md, 6).
fn permissions(call: &mut Call<'_>) -> Reply {
    own_name(call)?;
    let owner = readable_owner(call)?;
    require_organization_exists(call)?;
    let (name, _) = find(call, &owner)?;
    let all = call.store.repositories.values().chain(&call.store.deleted_repositories);
    let permissions: Vec<Value> = all
        .filter_map(|repository| {
            let role = repository.user_roles.get(&name)?;
            let repository = json!({ "name": repository.name, "is_public": repository.is_public });
            Some(json!({ "repository": repository, "role": role.name() }))
        })
        .collect();
    Ok(Answer::ok(&json!({ "permissions": permissions })))
}

/// The old token is gone at once; the body, if any, is not looked at (robots.json, exchanges 41 and 42).
fn regenerate(call: &mut Call<'_>) -> Reply {
    let owner = changeable_owner(call)?;
    require_organization_exists(call)?;
    let (name, robot) = find(call, &owner)?;
    let mut view = view(&name, robot);
    let token = call.store.next_robot_token();
    view["token"] = json!(token);
    if let Some(robot) = call.store.robots.get_mut(&name) {
        robot.token = token;
    }
    let short = call.parameter("robot_shortname");
    call.log("regenerate_robot_token", &owner, json!({ "robot": short }));
    Ok(Answer::ok(&view))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{registry, send, send_as};

    const SEED: &str = r#"{"organizations": [{"name": "acme", "robots": ["ci"], "repositories": [
        {"name": "web", "mirror": {"external_reference": "quay.io/x/y", "robot": "acme+ci", "tags": ["*"]}}]}]}"#;

    #[test]
    fn a_mirror_keeps_its_robot_until_its_repository_is_collected() {
        let mut registry = registry(SEED);
        let robot = "/api/v1/organization/acme/robots/ci";
        let (status, refusal) = send(&mut registry, "DELETE", robot, &Value::Null);
        assert_eq!(
            (status, &refusal["detail"]),
            (400, &"Robot is being used by a mirror".into())
        );
        send(&mut registry, "DELETE", "/api/v1/repository/acme/web", &Value::Null);
        assert_eq!(send(&mut registry, "DELETE", robot, &Value::Null).0, 400);
        registry.garbage_collect();
        assert_eq!(send(&mut registry, "DELETE", robot, &Value::Null).0, 204);
    }

    #[test]
    fn the_grants_of_a_robot_need_the_scope_for_users_too() {
        let mut registry = registry(SEED);
        registry.add_token("quayadmin", "narrow", &["org:admin", "super:user"]);
        let grants = "/api/v1/organization/acme/robots/ci/permissions";
        assert_eq!(send_as(&mut registry, "narrow", "GET", grants, &Value::Null).0, 403);
        assert_eq!(send(&mut registry, "GET", grants, &Value::Null).0, 200);
    }
}
