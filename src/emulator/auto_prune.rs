//! Rules by which the registry deletes tags by itself, of organizations, repositories and users (api.md, 3.12;
//! autoprune.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::auto_prune_body::{draft, policy_schema, view};
use super::call::Call;
use super::records::AutoPrunePolicy;
use super::robot::own_name;
use super::router::{Operation, Route};
use super::version;

const FEATURES: &[&str] = &["AUTO_PRUNE"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/autoprunepolicy/",
        FEATURES,
        &[
            Operation::get("listOrganizationAutoPrunePolicies", list),
            Operation::post("createOrganizationAutoPrunePolicy", create).taking("AutoPrunePolicyConfig", policy_schema),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/autoprunepolicy/{policy_uuid}",
        FEATURES,
        &[
            Operation::get("getOrganizationAutoPrunePolicy", read),
            Operation::put("updateOrganizationAutoPrunePolicy", update).taking("AutoPrunePolicyConfig", policy_schema),
            Operation::delete("deleteOrganizationAutoPrunePolicy", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/autoprunepolicy/",
        FEATURES,
        &[
            Operation::get("listRepositoryAutoPrunePolicies", list),
            Operation::post("createRepositoryAutoPrunePolicy", create).taking("AutoPrunePolicyConfig", policy_schema),
        ],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/autoprunepolicy/{policy_uuid}",
        FEATURES,
        &[
            Operation::get("getRepositoryAutoPrunePolicy", read),
            Operation::put("updateRepositoryAutoPrunePolicy", update).taking("AutoPrunePolicyConfig", policy_schema),
            Operation::delete("deleteRepositoryAutoPrunePolicy", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/user/autoprunepolicy/",
        FEATURES,
        &[
            Operation::get("listUserAutoPrunePolicies", list),
            Operation::post("createUserAutoPrunePolicy", create).taking("AutoPrunePolicyConfig", policy_schema),
        ],
    ),
    Route::with_features(
        "/api/v1/user/autoprunepolicy/{policy_uuid}",
        FEATURES,
        &[
            Operation::get("getUserAutoPrunePolicy", read),
            Operation::put("updateUserAutoPrunePolicy", update).taking("AutoPrunePolicyConfig", policy_schema),
            Operation::delete("deleteUserAutoPrunePolicy", delete),
        ],
    ),
];

/// Whose tags the policies prune.
enum Target {
    Organization(String),
    Repository(String, String),
    User(String),
}

impl Target {
    /// The target of the path, where the caller may administer it.
    fn of(call: &Call<'_>, reads: bool) -> Result<Target, Answer> {
        let organization = call.parameter("orgname");
        if !organization.is_empty() {
            if reads {
                call.require_organization_reader(&organization)?;
            } else {
                call.require_organization_admin(&organization)?;
            }
            return Ok(Target::Organization(organization));
        }
        if call.parameter("repository").is_empty() {
            return own_name(call).map(Target::User);
        }
        let (namespace, name) = call.repository_parameter();
        if reads {
            call.require_repository_admin_reader(&namespace, &name)?;
        } else {
            call.require_repository_admin(&namespace, &name)?;
        }
        Ok(Target::Repository(namespace, name))
    }

    /// The policies; `None` where there is no such target.
    fn policies<'a>(&self, call: &'a mut Call<'_>) -> Option<&'a mut Vec<AutoPrunePolicy>> {
        match self {
            Target::Organization(name) => {
                let organization = call.store.organizations.get_mut(name);
                organization.map(|organization| &mut organization.auto_prune)
            }
            Target::Repository(namespace, name) => {
                let repository = call.store.repository_mut(namespace, name);
                repository.map(|repository| &mut repository.auto_prune)
            }
            Target::User(name) => call.store.users.get_mut(name).map(|user| &mut user.auto_prune),
        }
    }

    /// What the server calls it.
    fn noun(&self) -> &'static str {
        match self {
            Target::Repository(..) => "repository",
            Target::Organization(_) | Target::User(_) => "namespace",
        }
    }

    /// Writes to the usage log what was done with a policy (api.md, 5.3).
    fn log(&self, call: &mut Call<'_>, verb: &str, mut metadata: Map<String, Value>) {
        let kind = format!("{verb}_{}_autoprune_policy", self.noun());
        match self {
            Target::Organization(namespace) | Target::User(namespace) => {
                metadata.insert("namespace".to_owned(), json!(namespace));
                call.log(&kind, namespace, Value::Object(metadata));
            }
            Target::Repository(namespace, name) => {
                metadata.insert("namespace".to_owned(), json!(namespace));
                metadata.insert("repo".to_owned(), json!(name));
                call.log_by_name(&kind, namespace, name, Value::Object(metadata));
            }
        }
    }
}

/// Of an organization that does not exist, none; a repository must exist (exchanges 153 and 155).
fn list(call: &mut Call<'_>) -> Reply {
    let target = Target::of(call, true)?;
    let policies: Vec<Value> = match target.policies(call) {
        Some(policies) => policies.iter().map(view).collect(),
        None if matches!(target, Target::Repository(..)) => return Err(Answer::not_found()),
        None => Vec::new(),
    };
    Ok(Answer::ok(&json!({ "policies": policies })))
}

/// Refuses what is there already; a change does not (behaviour.md, 3).
fn create(call: &mut Call<'_>) -> Reply {
    let target = Target::of(call, false)?;
    let body = wanted(call)?;
    let (noun, version) = (target.noun(), call.store.version);
    let policies = target.policies(call).ok_or_else(Answer::not_found)?;
    let mut policy = draft(&body)?;
    if version < version::SEVERAL_POLICIES && !policies.is_empty() {
        let text = format!("Policy for this {noun} already exists, delete existing to create new policy");
        return Err(Answer::invalid(&text));
    }
    if policies.iter().any(|other| policy.is_like(other)) {
        let text = format!("Existing policy with same values for this {noun}, duplicate policies are not permitted");
        return Err(Answer::invalid(&text));
    }
    policy.uuid = call.store.next_uuid();
    let answer = Answer::json(201, &json!({ "uuid": policy.uuid }));
    target.log(call, "create", logged(&policy));
    if let Some(policies) = target.policies(call) {
        policies.push(policy);
    }
    Ok(answer)
}

/// The body, without what the version passes over.
fn wanted(call: &Call<'_>) -> Result<Map<String, Value>, Answer> {
    let mut body = Value::Object(call.json_object(&policy_schema())?);
    version::strip(call.store.version, &mut body);
    match body {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

fn read(call: &mut Call<'_>) -> Reply {
    let target = Target::of(call, true)?;
    Ok(Answer::ok(&view(find(&target, call)?)))
}

/// Replaces the whole: a pattern that is left out is taken away (exchanges 34 and 35).
fn update(call: &mut Call<'_>) -> Reply {
    let target = Target::of(call, false)?;
    let body = wanted(call)?;
    let found = find(&target, call)?;
    let changed = AutoPrunePolicy {
        uuid: found.uuid.clone(),
        ..draft(&body)?
    };
    *found = changed.clone();
    target.log(call, "update", logged(&changed));
    Ok(Answer::no_content())
}

fn delete(call: &mut Call<'_>) -> Reply {
    let target = Target::of(call, false)?;
    let uuid = find(&target, call)?.uuid.clone();
    if let Some(policies) = target.policies(call) {
        policies.retain(|policy| policy.uuid != uuid);
    }
    let metadata = Map::from_iter([("policy_uuid".to_owned(), json!(uuid))]);
    target.log(call, "delete", metadata);
    Ok(Answer::ok(&json!({ "uuid": uuid })))
}

fn find<'a>(target: &Target, call: &'a mut Call<'_>) -> Result<&'a mut AutoPrunePolicy, Answer> {
    let uuid = call.parameter("policy_uuid");
    let policies = target.policies(call).ok_or_else(Answer::not_found)?;
    let found = policies.iter_mut().find(|policy| policy.uuid == uuid);
    found.ok_or_else(Answer::not_found)
}

fn logged(policy: &AutoPrunePolicy) -> Map<String, Value> {
    Map::from_iter([
        ("method".to_owned(), json!(policy.method)),
        ("value".to_owned(), policy.value.clone()),
        ("tag_pattern".to_owned(), json!(policy.tag_pattern)),
        ("tag_pattern_matches".to_owned(), json!(policy.tag_pattern_matches)),
    ])
}
