//! Makes documents of a random project, without what validation would refuse.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

/// The names that each organization declares and does not delete; `None` where it is not judged.
struct Declared<'a> {
    organizations: &'a Map<String, Json>,
}

impl Declared<'_> {
    /// Whether a reference to a team or robot (`what`) of an organization is valid.
    fn has(&self, organization: &str, what: &str, name: &str) -> bool {
        let Some(document) = self.organizations.get(organization) else {
            return true;
        };
        if is_marked(document) || (what == "teams" && name == "owners") {
            return true;
        }
        let entry = document.get(what).and_then(|names| names.get(name));
        entry.is_some_and(|entry| entry.get("absent").is_none())
    }

    fn has_robot(&self, organization: &str, name: &str) -> bool {
        let (owner, short) = name.split_once('+').unwrap_or((organization, name));
        self.has(owner, "robots", short)
    }
}

fn is_marked(document: &Json) -> bool {
    document.get("absent").is_some() || document.get("external").is_some()
}

/// The documents of organizations by name, each with its repositories in it.
pub(super) fn repair(organizations: &Json) -> Vec<Json> {
    let Some(organizations) = organizations.as_object() else {
        return Vec::new();
    };
    let declared = Declared { organizations };
    let mut documents = Vec::new();
    for (name, content) in organizations {
        let mut document = json!({"kind": "Organization", "name": name});
        merge(&mut document, content);
        let repositories = document
            .as_object_mut()
            .and_then(|fields| fields.remove("repositories"));
        repair_organization(name, &mut document, &declared);
        documents.push(document);
        for (short, content) in repositories.iter().filter_map(Json::as_object).flatten() {
            let mut document = json!({"kind": "Repository", "name": format!("{name}/{short}")});
            merge(&mut document, content);
            repair_repository(name, &mut document, &declared);
            documents.push(document);
        }
    }
    documents
}

fn merge(document: &mut Json, content: &Json) {
    if let (Some(document), Some(content)) = (document.as_object_mut(), content.as_object()) {
        document.extend(content.clone());
    }
}

fn repair_organization(name: &str, document: &mut Json, declared: &Declared<'_>) {
    if let Some(owners) = document.pointer_mut("/teams/owners") {
        if owners.get("absent").is_some() {
            *owners = json!({});
        }
        // The server refuses to demote them while nobody else administers.
        if let Some(role) = owners.get_mut("role") {
            *role = json!("admin");
        }
    }
    for team in document
        .get_mut("teams")
        .and_then(Json::as_object_mut)
        .into_iter()
        .flatten()
    {
        let is_synced = team.1.get("sync").is_some_and(|sync| sync.get("absent").is_none());
        if is_synced && let Some(fields) = team.1.as_object_mut() {
            fields.remove("invites");
            if let Some(members) = fields.get_mut("members").and_then(Json::as_array_mut) {
                members.retain(|member| member.as_str().is_some_and(|name| name.contains('+')));
            }
        }
        if let Some(members) = team.1.get_mut("members").and_then(Json::as_array_mut) {
            members.retain(|member| keep_account(name, member, declared));
        }
    }
    // Without a quota there is nothing to notify of.
    if document.pointer("/quota/absent").is_some()
        && let Some(fields) = document.as_object_mut()
    {
        fields.remove("notifications");
    }
    if let Some(limits) = document.pointer_mut("/quota/limits").and_then(Json::as_array_mut) {
        for limit in limits {
            let text = limit.as_str().unwrap_or_default().to_owned();
            let (kind, at) = text.split_once(' ').unwrap_or_default();
            *limit = json!({"type": kind, "at": at});
        }
    }
    if let Some(list) = document.get_mut("default_permissions").and_then(Json::as_array_mut) {
        repair_default_permissions(name, list, declared);
    }
    without_repetitions(document, "auto_prune");
    without_patterns_written_twice(document);
    let robot = document
        .pointer("/mirror/robot")
        .and_then(Json::as_str)
        .map(str::to_owned);
    if robot.is_some_and(|robot| !declared.has(name, "robots", &robot)) {
        remove(document, "mirror");
    }
    // An organization is one of these only.
    for (first, other) in [
        ("mirror", "proxy_cache"),
        ("mirror", "immutability"),
        ("proxy_cache", "immutability"),
    ] {
        if is_wanted(document, first) && is_wanted(document, other) {
            remove(document, other);
        }
    }
}

fn remove(document: &mut Json, field: &str) {
    document.as_object_mut().and_then(|fields| fields.remove(field));
}

/// Whether something is to be there.
fn is_wanted(document: &Json, field: &str) -> bool {
    let wanted = document.get(field);
    wanted.is_some_and(|wanted| wanted.get("absent").is_none() && *wanted != json!([]))
}

/// Robots by their full names must be declared, where their organization is.
fn keep_account(organization: &str, name: &Json, declared: &Declared<'_>) -> bool {
    let name = name.as_str().unwrap_or_default();
    !name.contains('+') || declared.has_robot(organization, name)
}

fn repair_default_permissions(organization: &str, list: &mut Vec<Json>, declared: &Declared<'_>) {
    let mut subjects = BTreeSet::new();
    for permission in list.iter_mut() {
        let own = format!("{organization}+ci");
        if permission.get("robot") == Some(&json!(own)) {
            permission["robot"] = json!("ci");
        }
    }
    list.retain(|permission| {
        let of = |key: &str| permission.get(key).and_then(Json::as_str);
        let team = of("team").is_none_or(|team| declared.has(organization, "teams", team));
        let robot = of("robot").is_none_or(|robot| declared.has_robot(organization, robot));
        let creator = of("created_by").is_none_or(|name| !name.contains('+') || declared.has_robot(organization, name));
        // Two roles for one subject contradict each other; equal ones may stand twice.
        let key = format!(
            "{:?} {:?} {:?} {:?}",
            of("team"),
            of("robot"),
            of("user"),
            of("created_by")
        );
        let role = of("role").unwrap_or_default().to_owned();
        let single = !subjects
            .iter()
            .any(|(other, other_role)| *other == key && *other_role != role);
        let keep = team && robot && creator && single;
        if keep {
            subjects.insert((key, role));
        }
        keep
    });
}

fn repair_repository(organization: &str, document: &mut Json, declared: &Declared<'_>) {
    if is_lost(organization, declared) {
        *document = json!({"kind": "Repository", "name": document["name"], "absent": true});
        return;
    }
    for what in ["teams", "robots"] {
        let names = document.pointer_mut(&format!("/permissions/{what}"));
        if let Some(names) = names.and_then(Json::as_object_mut) {
            names.retain(|name, _| declared.has(organization, what, name));
        }
    }
    let robot = document
        .pointer("/mirror/robot")
        .and_then(Json::as_str)
        .map(str::to_owned);
    if let Some(robot) = robot {
        if !declared.has(organization, "robots", &robot) {
            document.as_object_mut().and_then(|fields| fields.remove("mirror"));
        } else if let Some(role) = document.pointer_mut(&format!("/permissions/robots/{robot}"))
            && *role == json!("read")
        {
            *role = json!("write");
        }
    }
    without_repetitions(document, "auto_prune");
    without_patterns_written_twice(document);
    let mirrored = declared.organizations.get(organization);
    if mirrored.is_some_and(|organization| is_wanted(organization, "mirror")) {
        remove(document, "immutability");
        if is_wanted(document, "mirror") {
            remove(document, "mirror");
        }
    }
    if let Some(list) = document.get_mut("notifications").and_then(Json::as_array_mut) {
        list.retain(|notification| {
            let team = notification.pointer("/quay_notification/team").and_then(Json::as_str);
            team.is_none_or(|team| declared.has(organization, "teams", team))
        });
    }
}

/// The registry keeps no rule twice; a week is seven days.
fn without_repetitions(document: &mut Json, list: &str) {
    let mut met = BTreeSet::new();
    if let Some(list) = document.get_mut(list).and_then(Json::as_array_mut) {
        list.retain(|rule| met.insert(rule.to_string().replace("1w", "7d")));
    }
}

/// The registry keeps a pattern once for each owner, in whichever sense.
fn without_patterns_written_twice(document: &mut Json) {
    let mut met = BTreeSet::new();
    if let Some(list) = document.get_mut("immutability").and_then(Json::as_array_mut) {
        let pattern = |rule: &Json| rule.get("tags").or(rule.get("except")).map(Json::to_string);
        list.retain(|rule| met.insert(pattern(rule)));
    }
}

/// Whether the organization is to be deleted.
fn is_lost(organization: &str, declared: &Declared<'_>) -> bool {
    let document = declared.organizations.get(organization);
    document.is_some_and(|document| document.get("absent").is_some())
}
