//! The sections of manifests, as people name them to export only some.

use crate::kinds::{
    self, application, auto_prune, default_permission, federation, immutability, invite, label, member, message,
    mirror, notification, organization, organization_member, organization_mirror, organization_notification,
    permission, proxy_cache, quota, quota_limit, repository, repository_state, repository_trust, robot, service_key,
    tag, team, team_sync, trigger, user, user_quota, user_quota_limit,
};

/// A part of what manifests say, by the key that it stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// The kinds in it.
    pub kinds: &'static [&'static str],
    /// Whether it is exported unless others are asked for.
    pub is_usual: bool,
}

const fn usual(name: &'static str, kinds: &'static [&'static str]) -> Section {
    Section {
        name,
        kinds,
        is_usual: true,
    }
}

impl Section {
    /// Every section. What is pushed is no configuration, and costs a request for each repository and image: it is only
    /// exported if it is asked for.
    pub const ALL: &'static [Section] = &[
        usual("settings", &[organization::NAME]),
        usual("quota", &[quota::NAME, quota_limit::NAME]),
        usual(
            "teams",
            &[
                team::NAME,
                team_sync::NAME,
                member::NAME,
                organization_member::NAME,
                invite::NAME,
            ],
        ),
        usual("robots", &[robot::NAME, federation::NAME]),
        usual("applications", &[application::NAME]),
        usual("default_permissions", &[default_permission::NAME]),
        usual("notifications", &[organization_notification::NAME, notification::NAME]),
        usual("auto_prune", &[auto_prune::NAME]),
        usual("immutability", &[immutability::NAME]),
        usual("proxy_cache", &[proxy_cache::NAME]),
        usual("mirror", &[organization_mirror::NAME, mirror::NAME]),
        usual(
            "repositories",
            &[repository::NAME, repository_state::NAME, repository_trust::NAME],
        ),
        usual("permissions", &[permission::NAME]),
        usual("triggers", &[trigger::NAME]),
        usual("messages", &[message::NAME]),
        usual("service_keys", &[service_key::NAME]),
        usual("users", &[user::NAME, user_quota::NAME, user_quota_limit::NAME]),
        Section {
            name: "tags",
            kinds: &[tag::NAME, label::NAME],
            is_usual: false,
        },
    ];

    /// The section with this name.
    pub fn find(name: &str) -> Option<&'static Section> {
        Section::ALL.iter().find(|section| section.name == name)
    }
}

/// The kinds of the sections, in the order of kinds.
pub fn kinds_of(sections: &[&Section]) -> Vec<&'static dyn kinds::Kind> {
    let chosen = |kind: &&dyn kinds::Kind| sections.iter().any(|section| section.kinds.contains(&kind.name()));
    kinds::ALL.iter().copied().filter(chosen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_in_one_section() {
        for kind in kinds::ALL {
            let sections = Section::ALL
                .iter()
                .filter(|section| section.kinds.contains(&kind.name()));
            assert_eq!(sections.count(), 1, "{}", kind.name());
        }
    }
}
