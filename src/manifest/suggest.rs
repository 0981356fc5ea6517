//! "Did you mean": the nearest of the names that would have been right.

/// The candidate that was probably meant, or none that is near enough.
pub fn closest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = simplified(written);
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(written.len()) <= allowed + 4)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &simplified(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `tagExpiration`, `tag-expiration` and `tag_expiration` are one name to a person.
fn simplified(name: &str) -> String {
    name.chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// What manifests call a field that the registry's API calls otherwise.
pub fn renamed(written: &str) -> Option<&'static str> {
    Some(match written {
        "activating_user" => "created_by",
        "architecture_filter" => "architectures",
        "contact_email" => "email",
        "delegate" => "team`, `robot` or `user",
        "eventConfig" | "event_config" => "level`, `ref_regex` or `days",
        "external_registry_config" => "verify_tls`, `unsigned_images` and `proxy",
        "external_registry_password" | "external_registry_username" => "credentials",
        "is_enabled" => "enabled",
        "is_public" => "visibility",
        "limit_bytes" => "limit",
        "limit_percent" | "threshold_percent" => "at",
        "prototypes" => "default_permissions",
        "robot_username" => "robot",
        "root_rule" => "tags",
        "skopeo_timeout_interval" => "skopeo_timeout",
        "tag_expiration_s" => "tag_expiration",
        "unstructured_metadata" => "metadata",
        _ => return None,
    })
}

/// `a`, `b` or `c`.
pub fn alternatives<'c>(names: impl IntoIterator<Item = &'c str>) -> String {
    listed(names, "or")
}

/// `a`, `b` and `c`.
pub fn all_of<'c>(names: impl IntoIterator<Item = &'c str>) -> String {
    listed(names, "and")
}

fn listed<'c>(names: impl IntoIterator<Item = &'c str>, conjunction: &str) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {conjunction} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_case_and_separators_are_forgiven() {
        let fields = ["tag_expiration", "teams", "robots", "default_permissions"];
        for (written, meant) in [
            ("tagExpiration", Some("tag_expiration")),
            ("team", Some("teams")),
            ("tems", Some("teams")),
            ("default-permission", Some("default_permissions")),
            ("visibility", None),
            ("x", None),
        ] {
            assert_eq!(closest(written, fields), meant, "{written}");
        }
    }

    #[test]
    fn names_read_as_a_sentence() {
        assert_eq!(alternatives(["a"]), "`a`");
        assert_eq!(alternatives(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(["a", "b"]), "`a` and `b`");
    }
}
