//! How repositories come and go: the grants that a new one has, and what is left of a deleted one.

use indexmap::IndexMap;

use super::image::Images;
use super::records::{DefaultPermission, Delegate, Repository, RepositoryState, Role};
use super::store::Store;

impl Store {
    /// Creates a repository with the grants that come by themselves, and gives its number: its creator administers
    /// it, and the default permissions of the organization fire (api.md, 3.4, "Hidden rules"; permissions, exchange
    /// 53; prototypes, exchanges 32 and 33).
    pub(super) fn create_repository(
        &mut self,
        namespace: &str,
        name: &str,
        creator: &str,
        description: &str,
        is_public: bool,
    ) -> u64 {
        let (mut user_roles, team_roles) = self.default_grants(namespace, creator);
        // A default permission in the creator's favour does not lower this (behaviour.md, hazards).
        user_roles.insert(creator.to_owned(), Role::Admin);
        let id = self.next_id();
        let repository = Repository {
            id,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            description: Some(description.to_owned()),
            is_public,
            state: RepositoryState::Normal,
            last_modified: None,
            uses: 0,
            user_roles,
            team_roles,
            notifications: Vec::new(),
            mirror: None,
            authorized_emails: IndexMap::new(),
            orphan_mirror_rule: None,
            auto_prune: Vec::new(),
            immutability: Vec::new(),
            images: Images::default(),
            builds: Vec::new(),
            triggers: Vec::new(),
            trust_enabled: false,
        };
        self.repositories.insert(format!("{namespace}/{name}"), repository);
        id
    }

    /// What the default permissions give users and teams on a repository of this creator.
    fn default_grants(&self, namespace: &str, creator: &str) -> (IndexMap<String, Role>, IndexMap<String, Role>) {
        let mut grants = (IndexMap::new(), IndexMap::new());
        let Some(organization) = self.organizations.get(namespace) else {
            return grants;
        };
        for permission in &organization.default_permissions {
            let roles = match &permission.delegate {
                Delegate::User(_) => &mut grants.0,
                Delegate::Team(_) => &mut grants.1,
            };
            apply(roles, permission, creator);
        }
        grants
    }

    /// Deletes a repository: its name is free at once, and it stays under a uuid, with its grants and its mirror, until
    /// garbage collection (api.md, 2.2-5; behaviour.md, 3).
    pub(super) fn delete_repository(&mut self, namespace: &str, name: &str) {
        if let Some(mut repository) = self.repositories.shift_remove(&format!("{namespace}/{name}")) {
            repository.name = self.next_uuid();
            self.deleted_repositories.push(repository);
        }
    }
}

/// Of several default permissions for one delegate the first general one counts, unless there is one for this
/// creator's repositories: then the last of those (api.md, 3.4 and 3.6; prototypes, exchange 32; not recorded is which of
/// several for one creator counts).
fn apply(roles: &mut IndexMap<String, Role>, permission: &DefaultPermission, creator: &str) {
    let (Delegate::User(delegate) | Delegate::Team(delegate)) = &permission.delegate;
    match permission.activating_user.as_deref() {
        None => {
            roles.entry(delegate.clone()).or_insert(permission.role);
        }
        Some(user) if user == creator => {
            roles.insert(delegate.clone(), permission.role);
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::{DefaultPermission, Delegate, Role};
    use super::super::registry::Registry;
    use super::super::seed::Seed;

    fn permission(role: Role, activating_user: Option<&str>, delegate: &str) -> DefaultPermission {
        DefaultPermission {
            id: String::new(),
            role,
            activating_user: activating_user.map(str::to_owned),
            delegate: Delegate::User(delegate.to_owned()),
        }
    }

    #[test]
    fn a_default_permission_for_the_creator_wins_over_the_first_general_one() {
        let seed =
            Seed::from_json(r#"{"users": [{"name": "bob"}, {"name": "carol"}], "organizations": [{"name": "acme"}]}"#);
        let mut store = Registry::with_seed(&seed.unwrap()).unwrap().store;
        store.organizations.get_mut("acme").unwrap().default_permissions = vec![
            permission(Role::Read, None, "bob"),
            permission(Role::Write, None, "bob"),
            permission(Role::Admin, Some("carol"), "bob"),
            permission(Role::Read, None, "carol"),
        ];
        store.create_repository("acme", "web", "carol", "", false);
        store.create_repository("acme", "api", "quayadmin", "", false);
        let roles = |name| &store.repository("acme", name).unwrap().user_roles;
        assert_eq!((roles("web")["bob"], roles("web")["carol"]), (Role::Admin, Role::Admin));
        assert_eq!((roles("api")["bob"], roles("api")["carol"]), (Role::Read, Role::Read));
    }

    #[test]
    fn a_deleted_repository_is_a_ghost_until_garbage_collection() {
        let seed = Seed::from_json(r#"{"organizations": [{"name": "acme", "repositories": [{"name": "web"}]}]}"#);
        let mut store = Registry::with_seed(&seed.unwrap()).unwrap().store;
        store.delete_repository("acme", "web");
        assert!(store.repository("acme", "web").is_none());
        let ghosts: Vec<&str> = store
            .repositories_with_deleted("acme")
            .map(|ghost| ghost.name.as_str())
            .collect();
        assert_eq!((ghosts.len(), ghosts[0].len()), (1, 36));
        store.garbage_collect();
        assert_eq!(store.repositories_with_deleted("acme").count(), 0);
    }
}
