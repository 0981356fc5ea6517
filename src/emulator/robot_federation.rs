//! Outside identities that may act as a robot (api.md, 3.3; robots.json of the recordings, exchanges 45 to 59).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::FederatedIdentity;
use super::robot::{changeable_owner, find, readable_owner};
use super::router::{Operation, Route};

const OPERATIONS_OF_ORGANIZATIONS: &[Operation] = &[
    Operation::get("getOrgRobotFederation", read),
    Operation::post("createOrgRobotFederation", replace).taking("CreateRobotFederation", new_federation),
    Operation::delete("deleteOrgRobotFederation", delete),
];

const OPERATIONS_OF_USERS: &[Operation] = &[
    Operation::get("getUserRobotFederation", read),
    Operation::post("createUserRobotFederation", replace).taking("CreateRobotFederation", new_federation),
    Operation::delete("deleteUserRobotFederation", delete),
];

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation",
        OPERATIONS_OF_ORGANIZATIONS,
    ),
    Route::new("/api/v1/user/robots/{robot_shortname}/federation", OPERATIONS_OF_USERS),
];

fn new_federation() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "properties": { "issuer": { "type": "string" }, "subject": { "type": "string" } },
            "required": ["issuer", "subject"],
        },
    })
}

fn view(federation: &[FederatedIdentity]) -> Value {
    federation
        .iter()
        .map(|identity| json!({ "issuer": identity.issuer, "subject": identity.subject }))
        .collect()
}

fn read(call: &mut Call<'_>) -> Reply {
    let owner = readable_owner(call)?;
    let (_, robot) = find(call, &owner)?;
    Ok(Answer::ok(&view(&robot.federation)))
}

/// The list is replaced as a whole.
fn replace(call: &mut Call<'_>) -> Reply {
    let body = call.json(&new_federation())?;
    let owner = changeable_owner(call)?;
    let federation = parse(&body)?;
    let (name, _) = find(call, &owner)?;
    let view = view(&federation);
    store(call, &name, federation);
    let short = call.parameter("robot_shortname");
    let metadata = json!({ "config": view, "robot": short });
    call.log("create_robot_federation", &owner, metadata);
    Ok(Answer::ok(&view))
}

fn parse(body: &Value) -> Result<Vec<FederatedIdentity>, Answer> {
    let mut federation: Vec<FederatedIdentity> = Vec::new();
    for entry in body.as_array().into_iter().flatten() {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let identity = FederatedIdentity {
            issuer: text("issuer"),
            subject: text("subject"),
        };
        if identity.issuer.is_empty() || identity.subject.is_empty() {
            return Err(Answer::invalid("Missing one or more required fields (issuer, subject)"));
        }
        if !identity.issuer.starts_with("http://") && !identity.issuer.starts_with("https://") {
            return Err(Answer::invalid("Issuer must be a URL (http:// or https://)"));
        }
        if federation.contains(&identity) {
            return Err(Answer::invalid("Duplicate federation config entry"));
        }
        federation.push(identity);
    }
    Ok(federation)
}

fn store(call: &mut Call<'_>, robot: &str, federation: Vec<FederatedIdentity>) {
    if let Some(robot) = call.store.robots.get_mut(robot) {
        robot.federation = federation;
    }
}

/// 204 whether there was one or not.
fn delete(call: &mut Call<'_>) -> Reply {
    let owner = changeable_owner(call)?;
    let (name, _) = find(call, &owner)?;
    store(call, &name, Vec::new());
    let short = call.parameter("robot_shortname");
    call.log("delete_robot_federation", &owner, json!({ "robot": short }));
    Ok(Answer::no_content())
}
