//! What older servers lack (api.md, 7): routes, features and fields, each with the minor version of Quay 3 that brought it.
//! Not recorded, since all recordings are of the newest; built from the history of the server's source.

use serde_json::Value;

/// The oldest version that can be played.
pub const OLDEST: u32 = 9;

/// The version of the recordings.
pub const NEWEST: u32 = 18;

/// Parts of paths and who brought them; the first that fits counts.
const ROUTES: &[(&str, u32)] = &[
    ("/repository/{repository}/autoprunepolicy/", 11),
    ("/autoprunepolicy/", 10),
    ("/user/robots/{robot_shortname}/federation", 18),
    ("/federation", 13),
    ("/immutabilitypolicy/", 17),
    ("/organization/{orgname}/mirror", 17),
    ("/organization/{orgname}/notifications", 18),
    ("/user/namespacenotifications", 18),
    ("/applications/{client_id}/tokens", 18),
    ("/mirror/health", 18),
    ("/registry/capabilities", 17),
    ("/pull_statistics", 16),
    ("/superuser/apptokens", 16),
    ("/superuser/config", 15),
];

const FEATURES: &[(&str, u32)] = &[
    ("AUTO_PRUNE", 10),
    ("ASSIGN_OAUTH_TOKEN", 12),
    ("SUPERUSER_CONFIGDUMP", 15),
    ("IMAGE_PULL_STATS", 16),
    ("IMMUTABLE_TAGS", 17),
    ("ORG_MIRROR", 17),
    ("SPARSE_INDEX", 17),
    ("ORG_SHARED_EMAIL", 18),
    ("PROGRAMMATIC_BOOTSTRAP", 18),
    ("QUOTA_NOTIFICATIONS", 18),
];

/// Fields of bodies and answers.
const FIELDS: &[(&str, u32)] = &[
    ("tagPattern", 13),
    ("tagPatternMatches", 13),
    ("skopeo_timeout_interval", 15),
    ("architecture_filter", 17),
    ("contact_email", 18),
];

/// The first version in which several auto-prune policies may stand side by side.
pub(super) const SEVERAL_POLICIES: u32 = 13;

/// The first version in which superusers need full access to change quotas of organizations.
pub(super) const QUOTAS_NEED_FULL_ACCESS: u32 = 16;

fn since(table: &[(&str, u32)], is_meant: impl Fn(&str) -> bool) -> u32 {
    let found = table.iter().find(|(name, _)| is_meant(name));
    found.map_or(OLDEST, |(_, since)| *since)
}

/// Whether a version has the route.
pub(super) fn has_route(version: u32, path: &str) -> bool {
    version >= since(ROUTES, |part| path.contains(part))
}

/// Whether a version has the feature, on or off.
pub(super) fn has_feature(version: u32, name: &str) -> bool {
    version >= since(FEATURES, |feature| feature == name)
}

fn has_field(version: u32, name: &str) -> bool {
    version >= since(FIELDS, |field| field == name)
}

/// Takes away what a version does not know: from a body's schema, from a body, or from an answer.
pub(super) fn strip(version: u32, value: &mut Value) {
    if version == NEWEST {
        return;
    }
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| has_field(version, name));
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::Array(names) if name == "required" => {
                        names.retain(|name| name.as_str().is_none_or(|name| has_field(version, name)));
                    }
                    field => strip(version, field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strip(version, item)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_know_what_they_brought() {
        assert!(!has_route(
            12,
            "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation"
        ));
        assert!(has_route(
            13,
            "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation"
        ));
        assert!(!has_route(13, "/api/v1/user/robots/{robot_shortname}/federation"));
        assert!(has_route(9, "/api/v1/repository/{repository}/mirror"));
        assert!(!has_feature(9, "AUTO_PRUNE") && has_feature(10, "AUTO_PRUNE"));
        let mut schema = json!({"required": ["value", "tagPattern"], "properties": {"value": {}, "tagPattern": {}}});
        strip(12, &mut schema);
        assert_eq!(schema, json!({"required": ["value"], "properties": {"value": {}}}));
    }
}
