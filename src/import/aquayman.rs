//! Files of aquayman: one organization each.

use serde_json::Value as Json;

use super::{Found, Grants, document, items, named, repository, say_unknown, team, text_of, texts};
use crate::export::Described;
use crate::model::address::matches_glob;
use crate::model::{Document, Written};

/// Converts one document of a file.
pub(super) fn convert(config: &Json, found: &mut Found) {
    let Some(organization) = text_of(config, "organization") else {
        return found.left("a document names no `organization`, and is none of aquayman");
    };
    say_unknown(
        config,
        &organization,
        &["organization", "teams", "robots", "repositories"],
        found,
    );
    let mut written = document("Organization", Some(&organization));
    let nobody = || Some(Written::List(Vec::new()));
    let teams = named(items(config, "teams"), |each| team(each, nobody(), found));
    let robots = named(items(config, "robots"), |each| robot(each, found));
    for (key, map) in [("teams", teams), ("robots", robots)] {
        written.extend(map.map(|map| (key.to_owned(), map)));
    }
    found.add(
        Described::One(Document::Organization(organization.clone())),
        Written::Map(written),
    );
    found.left(format!(
        "{organization}: aquayman deletes teams and robots that are not in the file; here they stay and are reported, unless `manage: {{teams: exact, robots: exact}}` is written"
    ));
    let repositories = items(config, "repositories");
    let names: Vec<String> = repositories.iter().filter_map(|each| text_of(each, "name")).collect();
    for each in repositories {
        convert_repository(&organization, each, repositories, found);
    }
    if names.iter().any(|name| name.contains('*')) {
        found.left(format!(
            "{organization}: `*` in `match` also stands for `/`, and a repository inherits field by field from all layers that match"
        ));
    }
}

fn robot(entry: &Json, found: &mut Found) -> Option<(String, Written)> {
    let name = text_of(entry, "name")?;
    let known = ["name", "description", "deleted", "vaultSecret"];
    say_unknown(entry, &format!("robot {name}"), &known, found);
    if let Some(path) = text_of(entry, "vaultSecret") {
        found.left(format!(
            "robot {name}: its token went to {path} in Vault; the command of [credentials] in quayform.toml can bring it there"
        ));
    }
    let written = match entry.get("deleted") {
        Some(Json::Bool(true)) => Written::map([("absent", Some(Written::Switch(true)))]),
        _ => Written::map(texts(entry, &["description"])),
    };
    Some((name, written))
}

fn convert_repository(organization: &str, entry: &Json, all: &[Json], found: &mut Found) {
    let Some(name) = text_of(entry, "name") else { return };
    let what = format!("{organization}/{name}");
    let known = ["name", "visibility", "description", "teams", "users"];
    say_unknown(entry, &what, &known, found);
    let mut grants = Grants::default();
    for (key, is_team) in [("teams", true), ("users", false)] {
        for (who, role) in entry.get(key).and_then(Json::as_object).into_iter().flatten() {
            let role = super::text(role).unwrap_or_default();
            grants.add(organization, is_team, who, &role, found);
        }
        // There, one entry alone decides; here, a repository must say what it does not take from its layers.
        for who in inherited(&name, key, all) {
            if entry.get(key).and_then(|grants| grants.get(&who)).is_none() {
                grants.add(organization, is_team, &who, "none", found);
            }
        }
    }
    let is_layer = name.contains('*');
    let (described, mut written) = match is_layer {
        true => {
            let mut layer = document("RepositoryDefaults", None);
            layer.insert("match".to_owned(), Written::Text(what));
            layer.insert("applies_to".to_owned(), Written::text("all"));
            (Described::Layer(organization.to_owned()), layer)
        }
        false => (repository(organization, &name), document("Repository", Some(&what))),
    };
    for key in ["visibility", "description"] {
        written.extend(text_of(entry, key).map(|text| (key.to_owned(), Written::Text(text))));
    }
    written.extend(grants.written().map(|grants| ("permissions".to_owned(), grants)));
    found.add(described, Written::Map(written));
}

/// Who is granted something by the shorter patterns that match a name or a pattern.
fn inherited(name: &str, key: &str, all: &[Json]) -> Vec<String> {
    let mut granted = Vec::new();
    for entry in all {
        let Some(pattern) = text_of(entry, "name").filter(|pattern| pattern.contains('*') && pattern != name) else {
            continue;
        };
        let is_shorter = !name.contains('*') || pattern.len() < name.len();
        if is_shorter && matches_glob(&pattern, name) {
            let names = entry.get(key).and_then(Json::as_object).into_iter().flatten();
            granted.extend(names.map(|(who, _)| who.clone()));
        }
    }
    granted
}
