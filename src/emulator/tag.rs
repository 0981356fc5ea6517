//! Tags: their list and history, and what can be done with one (api.md, 3.16; tags.json of the recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Problem, Reply};
use super::call::Call;
use super::image::{Images, Tag};
use super::names;
use super::records::{RepositoryState, Role};
use super::router::{Operation, Route};
use super::time;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/tag/",
        &[Operation::get("listRepoTags", list)],
    ),
    Route::new(
        "/api/v1/repository/{repository}/tag/{tag}",
        &[
            Operation::put("changeTag", put).taking("ChangeTag", changed_tag),
            Operation::delete("deleteFullTag", delete),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/tag/{tag}/restore",
        &[Operation::post("restoreTag", restore).taking("RestoreTag", restored_tag)],
    ),
];

/// The rule for names, in the server's words (exchange 23).
const NAME_RULE: &str =
    "Invalid tag: must match [A-Za-z0-9_.-], NOT start with \".\" or \"-\", and can contain 1-128 characters";

/// What the framework says of a time that lies in the past, or beyond all calendars (exchanges 27 and 29).
const BAD_REQUEST: &str = "The browser (or proxy) sent a request that this server could not understand.";

/// The last second that the server's calendar knows.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// As many tags at most are shown with their repository (behaviour.md, 10).
const SHOWN_WITH_REPOSITORY: usize = 500;

fn changed_tag() -> Value {
    json!({
        "type": "object",
        "properties": {
            "manifest_digest": {
                "type": ["string", "null"],
                "description": "(If specified) The manifest digest to which the tag should point",
            },
            "expiration": { "type": ["number", "null"], "description": "(If specified) The expiration for the image" },
            "immutable": { "type": "boolean" },
        },
    })
}

fn restored_tag() -> Value {
    json!({ "type": "object", "properties": { "manifest_digest": { "type": "string" } } })
}

fn view(images: &Images, tag: &Tag) -> Value {
    let manifest = images.manifests.get(&tag.digest);
    let mut view = json!({
        "name": tag.name,
        "reversion": tag.reversion,
        "immutable": tag.immutable,
        "start_ts": tag.start,
        "manifest_digest": tag.digest,
        "is_manifest_list": manifest.is_some_and(|manifest| manifest.is_list),
        "size": manifest.map(|manifest| manifest.size),
        "last_modified": time::rfc2822(tag.start),
    });
    if let Some(end) = tag.end {
        view["end_ts"] = json!(end);
        view["expiration"] = json!(time::rfc2822(end));
    }
    view
}

/// The living tags by name, as the view of a repository shows them (exchange 7).
pub(super) fn of_repository(images: &Images, now: i64) -> Value {
    let alive = images.newest_first().into_iter().filter(|tag| tag.is_alive(now));
    let entries: Map<String, Value> = alive
        .take(SHOWN_WITH_REPOSITORY)
        .map(|tag| {
            let entry = json!({
                "name": tag.name,
                "size": images.manifests.get(&tag.digest).map(|manifest| manifest.size),
                "last_modified": time::rfc2822(tag.start),
                "manifest_digest": tag.digest,
            });
            (tag.name.clone(), entry)
        })
        .collect();
    Value::Object(entries)
}

fn list(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require(call.caller.reads_repository(call.store, &namespace, &name))?;
    // What CocktailCloud builds comes, whether or not somebody looks at its run.
    call.store.work_on_runs();
    let repository = call.store.repository(&namespace, &name).ok_or_else(Answer::not_found)?;
    let number = |name: &str, default: usize| {
        call.query
            .get(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (page, limit) = (number("page", 1).max(1), number("limit", 50).clamp(1, 100));
    let filter = Filter::of(call)?;
    let mut tags = repository.images.newest_first();
    tags.retain(|tag| filter.admits(tag, call.store.clock));
    let first = (page - 1).saturating_mul(limit);
    let views: Vec<Value> = tags
        .iter()
        .skip(first)
        .take(limit)
        .map(|tag| view(&repository.images, tag))
        .collect();
    let has_additional = tags.len() > first.saturating_add(limit);
    Ok(Answer::ok(
        &json!({ "tags": views, "page": page, "has_additional": has_additional }),
    ))
}

/// Which tags a list is to hold.
struct Filter<'a> {
    name: Option<&'a str>,
    part: Option<&'a str>,
    alive: bool,
}

impl<'a> Filter<'a> {
    fn of(call: &'a Call<'_>) -> Result<Filter<'a>, Answer> {
        let written = |name: &str| call.query.get(name).filter(|text| !text.is_empty());
        let (mut name, mut part) = (written("specificTag"), None);
        match written("filter_tag_name").map(|filter| filter.split_once(':')) {
            None => {}
            Some(Some(("eq", text))) => name = Some(text),
            Some(Some(("like", text))) => part = Some(text),
            Some(_) => {
                let text = "Unsupported syntax for filter_tag_name. Expected <operation>:<tag_name> where \
                            <operation>can be 'like' or 'eq'.";
                return Err(Answer::message(400, text));
            }
        }
        let alive = call.query.flag("onlyActiveTags", false);
        Ok(Filter { name, part, alive })
    }

    fn admits(&self, tag: &Tag, now: i64) -> bool {
        self.name.is_none_or(|name| tag.name == name)
            && self.part.is_none_or(|part| tag.name.contains(part))
            && (!self.alive || tag.is_alive(now))
    }
}

/// Expiration, protection and digest, in this order; what went before a refusal stays (api.md, 3.16).
fn put(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    let body = call.json_object(&changed_tag())?;
    let tag = call.parameter("tag");
    if !names::is_tag(&tag) {
        return Err(Answer::message(400, NAME_RULE));
    }
    if let Some(expiration) = body.get("expiration") {
        change_expiration(call, &tag, expiration.as_f64())?;
    }
    if let Some(immutable) = body.get("immutable").and_then(Value::as_bool) {
        change_protection(call, &tag, immutable)?;
    }
    if let Some(digest) = body.get("manifest_digest") {
        point(call, &tag, digest.as_str().unwrap_or_default(), false)?;
    }
    Ok(Answer::json(201, &json!("Updated")))
}

fn change_expiration(call: &mut Call<'_>, name: &str, wanted: Option<f64>) -> Result<(), Answer> {
    let now = call.store.clock;
    let tag = tag_mut(call, name)?;
    if wanted.is_some_and(|wanted| wanted <= now as f64 || wanted > LAST_SECOND) {
        return Err(Answer::message(400, BAD_REQUEST));
    }
    if tag.immutable {
        let text = format!("Cannot set expiration on immutable tag '{name}'");
        return Err(Answer::message(400, &text));
    }
    let before = tag.end;
    tag.expire_at(wanted.map(|wanted| wanted as i64));
    if before.is_some() || wanted.is_some() {
        let metadata = json!({ "tag": name, "expiration_date": tag.end, "old_expiration_date": before });
        log(call, "change_tag_expiration", metadata);
    }
    Ok(())
}

/// To protect a tag takes the right to push, to give it free the administrator's (api.md, 3.16).
fn change_protection(call: &mut Call<'_>, name: &str, immutable: bool) -> Result<(), Answer> {
    let (namespace, repository) = call.repository_parameter();
    if !immutable {
        call.require_repository_admin(&namespace, &repository)?;
    }
    let tag = tag_mut(call, name)?;
    let before = std::mem::replace(&mut tag.immutable, immutable);
    if before != immutable {
        let metadata = json!({ "tag": name, "immutable": immutable, "previous_immutable": before });
        log(call, "change_tag_immutability", metadata);
    }
    Ok(())
}

/// Pointing to the same manifest again leaves another entry in the history all the same (exchange 20).
fn point(call: &mut Call<'_>, name: &str, digest: &str, reversion: bool) -> Result<(), Answer> {
    let now = call.store.clock;
    let images = images_mut(call)?;
    if !images.manifests.contains_key(digest) {
        return Err(Answer::not_found());
    }
    let before = images.tag(name, now).cloned();
    if before.as_ref().is_some_and(|tag| tag.immutable) {
        return Err(immutable("overwrite", name));
    }
    images.point(name, digest, now, reversion);
    let kind = match (&before, reversion) {
        (_, true) => "revert_tag",
        (Some(_), false) => "move_tag",
        (None, false) => "create_tag",
    };
    let original = before.map(|tag| tag.digest);
    let metadata = json!({ "tag": name, "manifest_digest": digest, "original_manifest_digest": original });
    log(call, kind, metadata);
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    let (now, name) = (call.store.clock, call.parameter("tag"));
    let tag = tag_mut(call, &name)?;
    if tag.immutable {
        return Err(immutable("delete", &name));
    }
    tag.end = Some(now);
    log(call, "delete_tag", json!({ "tag": name }));
    Ok(Answer::no_content())
}

fn restore(call: &mut Call<'_>) -> Reply {
    require_pushes(call)?;
    let body = call.json_object(&restored_tag())?;
    let Some(digest) = body.get("manifest_digest").and_then(Value::as_str) else {
        return Err(Answer::invalid("Missing manifest_digest"));
    };
    point(call, &call.parameter("tag"), digest, true)?;
    Ok(Answer::ok(&json!({})))
}

fn immutable(action: &str, name: &str) -> Answer {
    Answer::problem(
        Problem::TagImmutable,
        &format!("Cannot {action} immutable tag '{name}'"),
    )
}

fn images_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Images, Answer> {
    let (namespace, name) = call.repository_parameter();
    let repository = call.store.repository_mut(&namespace, &name);
    Ok(&mut repository.ok_or_else(Answer::not_found)?.images)
}

fn tag_mut<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Tag, Answer> {
    let now = call.store.clock;
    images_mut(call)?.tag_mut(name, now).ok_or_else(Answer::not_found)
}

/// Every entry names repository and caller besides.
fn log(call: &mut Call<'_>, kind: &str, mut metadata: Value) {
    let (namespace, name) = call.repository_parameter();
    metadata["username"] = json!(call.caller.user);
    metadata["namespace"] = json!(namespace);
    metadata["repo"] = json!(name);
    call.log_by_name(kind, &namespace, &name, metadata);
}

/// Refuses who may not push, and everybody where the repository's state does (repository, exchange 73).
pub(super) fn require_pushes(call: &Call<'_>) -> Result<(), Answer> {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_role(&namespace, &name, Role::Write)?;
    require_normal(call)
}

/// Refuses everybody where the repository's state does.
pub(super) fn require_normal(call: &Call<'_>) -> Result<(), Answer> {
    let (namespace, name) = call.repository_parameter();
    let state = call.store.repository(&namespace, &name).map(|found| found.state);
    // The server shows the state's number.
    let number = match state {
        None | Some(RepositoryState::Normal) => return Ok(()),
        Some(RepositoryState::ReadOnly) => 1,
        Some(RepositoryState::Mirror) => 2,
    };
    let text = format!("Repository is in read only or mirror mode: {number}");
    Err(Answer::message(503, &text))
}
