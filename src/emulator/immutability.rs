//! Rules by which tags of organizations and repositories cannot be changed (api.md, 3.13; immutability.json of the
//! recordings). What they do to tags is not played.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::records::ImmutabilityPolicy;
use super::router::{Operation, Route};

const FEATURES: &[&str] = &["IMMUTABLE_TAGS"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/immutabilitypolicy/",
        FEATURES,
        &[
            Operation::get("listOrgImmutabilityPolicies", list),
            Operation::post("createOrgImmutabilityPolicy", create).taking("ImmutabilityPolicyConfig", policy_schema),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/immutabilitypolicy/{policy_uuid}",
        FEATURES,
        &[
            Operation::get("getOrgImmutabilityPolicy", read),
            Operation::put("updateOrgImmutabilityPolicy", update).taking("ImmutabilityPolicyConfig", policy_schema),
            Operation::delete("deleteOrgImmutabilityPolicy", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/immutabilitypolicy/",
        FEATURES,
        &[
            Operation::get("listRepositoryImmutabilityPolicies", list),
            Operation::post("createRepositoryImmutabilityPolicy", create)
                .taking("ImmutabilityPolicyConfig", policy_schema),
        ],
    ),
    Route::with_features(
        "/api/v1/repository/{repository}/immutabilitypolicy/{policy_uuid}",
        FEATURES,
        &[
            Operation::get("getRepositoryImmutabilityPolicy", read),
            Operation::put("updateRepositoryImmutabilityPolicy", update)
                .taking("ImmutabilityPolicyConfig", policy_schema),
            Operation::delete("deleteRepositoryImmutabilityPolicy", delete),
        ],
    ),
];

/// The longest pattern (exchange 13).
const LONGEST: usize = 256;

fn policy_schema() -> Value {
    json!({
        "type": "object",
        "required": ["tagPattern"],
        "properties": {
            "tagPattern": { "type": "string" },
            "tagPatternMatches": { "type": "boolean" },
        },
    })
}

/// Whose tags the policies hold.
struct Owner {
    namespace: String,
    repository: Option<String>,
}

impl Owner {
    /// The owner in the path, where the caller may administer it.
    fn of(call: &Call<'_>, reads: bool) -> Result<Owner, Answer> {
        let namespace = call.parameter("orgname");
        if !namespace.is_empty() {
            match reads {
                true => call.require_organization_reader(&namespace)?,
                false => call.require_organization_admin(&namespace)?,
            }
            let repository = None;
            return Ok(Owner { namespace, repository });
        }
        let (namespace, name) = call.repository_parameter();
        match reads {
            true => call.require_repository_admin_reader(&namespace, &name)?,
            false => call.require_repository_admin(&namespace, &name)?,
        }
        let repository = Some(name);
        Ok(Owner { namespace, repository })
    }

    /// The policies; `None` where there is no such owner.
    fn policies<'a>(&self, call: &'a mut Call<'_>) -> Option<&'a mut Vec<ImmutabilityPolicy>> {
        match &self.repository {
            None => {
                let organization = call.store.organizations.get_mut(&self.namespace);
                organization.map(|organization| &mut organization.immutability)
            }
            Some(name) => {
                let repository = call.store.repository_mut(&self.namespace, name);
                repository.map(|repository| &mut repository.immutability)
            }
        }
    }

    /// Writes to the usage log what was done with a policy (api.md, 5.3).
    fn log(&self, call: &mut Call<'_>, verb: &str, mut metadata: Map<String, Value>) {
        let kind = format!("{verb}_immutability_policy");
        metadata.insert("namespace".to_owned(), json!(self.namespace));
        match &self.repository {
            None => call.log(&kind, &self.namespace, Value::Object(metadata)),
            Some(name) => {
                metadata.insert("repo".to_owned(), json!(name));
                call.log_by_name(&kind, &self.namespace, name, Value::Object(metadata));
            }
        }
    }
}

/// Of an organization that does not exist, none; a repository must exist (exchanges 73 and 75).
fn list(call: &mut Call<'_>) -> Reply {
    let owner = Owner::of(call, true)?;
    let policies: Vec<Value> = match owner.policies(call) {
        Some(policies) => policies.iter().map(view).collect(),
        None if owner.repository.is_some() => return Err(Answer::not_found()),
        None => Vec::new(),
    };
    Ok(Answer::ok(&json!({ "policies": policies })))
}

fn create(call: &mut Call<'_>) -> Reply {
    let owner = Owner::of(call, false)?;
    let body = call.json_object(&policy_schema())?;
    let organization = call.store.organizations.get(&owner.namespace);
    if organization.is_some_and(|organization| organization.mirror.is_some()) {
        let text = "Cannot create immutability policy: organization is managed by organization-level mirroring";
        return Err(Answer::invalid(text));
    }
    let mut policy = draft(&body)?;
    let missing = match owner.repository {
        None => Answer::message(400, &format!("Username does not exist: {}", owner.namespace)),
        Some(_) => Answer::not_found(),
    };
    refuse_taken(owner.policies(call).ok_or(missing)?, &policy)?;
    policy.uuid = call.store.next_uuid();
    let answer = Answer::json(201, &json!({ "uuid": policy.uuid }));
    owner.log(call, "create", logged(&policy));
    if let Some(policies) = owner.policies(call) {
        policies.push(policy);
    }
    Ok(answer)
}

fn read(call: &mut Call<'_>) -> Reply {
    let owner = Owner::of(call, true)?;
    Ok(Answer::ok(&view(find(&owner, call)?)))
}

/// Replaces the whole: a sense that is left out is the usual one again (exchanges 19 and 20).
fn update(call: &mut Call<'_>) -> Reply {
    let owner = Owner::of(call, false)?;
    let body = call.json_object(&policy_schema())?;
    let uuid = find(&owner, call)?.uuid.clone();
    let changed = ImmutabilityPolicy { uuid, ..draft(&body)? };
    refuse_taken(owner.policies(call).ok_or_else(Answer::not_found)?, &changed)?;
    *find(&owner, call)? = changed.clone();
    owner.log(call, "update", logged(&changed));
    Ok(Answer::no_content())
}

fn delete(call: &mut Call<'_>) -> Reply {
    let owner = Owner::of(call, false)?;
    let uuid = find(&owner, call)?.uuid.clone();
    if let Some(policies) = owner.policies(call) {
        policies.retain(|policy| policy.uuid != uuid);
    }
    let metadata = Map::from_iter([("policy_uuid".to_owned(), json!(uuid))]);
    owner.log(call, "delete", metadata);
    Ok(Answer::ok(&json!({ "uuid": uuid })))
}

fn find<'a>(owner: &Owner, call: &'a mut Call<'_>) -> Result<&'a mut ImmutabilityPolicy, Answer> {
    let uuid = call.parameter("policy_uuid");
    let policies = owner.policies(call).ok_or_else(Answer::not_found)?;
    let found = policies.iter_mut().find(|policy| policy.uuid == uuid);
    found.ok_or_else(Answer::not_found)
}

/// The pattern alone tells policies of one owner apart (exchanges 3, 4 and 27).
fn refuse_taken(policies: &[ImmutabilityPolicy], policy: &ImmutabilityPolicy) -> Result<(), Answer> {
    let is_taken = |other: &ImmutabilityPolicy| other.uuid != policy.uuid && other.tag_pattern == policy.tag_pattern;
    match policies.iter().any(is_taken) {
        true => Err(Answer::invalid("A policy with the same tag_pattern already exists")),
        false => Ok(()),
    }
}

/// A policy without a uuid, if its pattern is one (exchanges 6, 7, 8 and 13).
fn draft(body: &Map<String, Value>) -> Result<ImmutabilityPolicy, Answer> {
    let pattern = body
        .get("tagPattern")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    if pattern.is_empty() {
        return Err(Answer::invalid(
            "tag_pattern is required and must be a non-empty string",
        ));
    }
    if pattern.chars().count() > LONGEST {
        return Err(Answer::invalid("tag_pattern must be 256 characters or less"));
    }
    if let Some(problem) = broken(pattern) {
        let place = pattern.chars().count();
        return Err(Answer::invalid(&format!(
            "Invalid regex pattern: {problem} at position {place}"
        )));
    }
    Ok(ImmutabilityPolicy {
        uuid: String::new(),
        tag_pattern: pattern.to_owned(),
        tag_pattern_matches: body.get("tagPatternMatches").and_then(Value::as_bool).unwrap_or(true),
    })
}

/// What ends too early in a regular expression; the two recorded problems, of the many that there are.
fn broken(pattern: &str) -> Option<&'static str> {
    let (mut open, mut in_set) = (0_usize, false);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match (letter, in_set) {
            ('\\', _) => drop(letters.next()),
            ('[', false) => in_set = true,
            (']', true) => in_set = false,
            ('(', false) => open += 1,
            (')', false) => open = open.saturating_sub(1),
            _ => {}
        }
    }
    match (in_set, open) {
        (true, _) => Some("unterminated character set"),
        (false, 0) => None,
        (false, _) => Some("missing )"),
    }
}

fn view(policy: &ImmutabilityPolicy) -> Value {
    json!({
        "uuid": policy.uuid,
        "tagPattern": policy.tag_pattern,
        "tagPatternMatches": policy.tag_pattern_matches,
    })
}

fn logged(policy: &ImmutabilityPolicy) -> Map<String, Value> {
    Map::from_iter([
        ("tag_pattern".to_owned(), json!(policy.tag_pattern)),
        ("tag_pattern_matches".to_owned(), json!(policy.tag_pattern_matches)),
    ])
}
