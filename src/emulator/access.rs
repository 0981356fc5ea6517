//! Who is calling, and what may they do: team roles and grants, capped by the token's scopes (api.md, shorthand table).

use super::records::{Role, TeamRole};
use super::registry::SCOPES;
use super::request::IncomingRequest;
use super::store::Store;

/// The caller of a request. An unknown, expired or revoked token makes an anonymous one (api.md, 1.2).
#[derive(Debug, Clone, Default)]
pub(super) struct Caller {
    pub user: Option<String>,
    scopes: Vec<String>,
    pub application: Option<Application>,
    /// When the caller signed in, on the virtual clock; `None` without a session.
    pub signed_in: Option<i64>,
    /// Whether the caller may change something at all: with a token, or with the CSRF token of the session.
    pub is_proven: bool,
}

/// The OAuth application of the caller's token; the usage log names it.
#[derive(Debug, Clone)]
pub(super) struct Application {
    pub name: String,
    pub client_id: String,
    pub token_id: u64,
}

impl Caller {
    /// Looks a bearer token up, and without a valid one the session.
    pub(super) fn identify(store: &Store, request: &IncomingRequest) -> Caller {
        let token = request.token.as_deref().and_then(|token| store.tokens.get(token));
        let Some(token) = token.filter(|token| !token.expired && store.is_enabled(&token.user)) else {
            return Caller::of_session(store, request);
        };
        Caller {
            is_proven: true,
            signed_in: None,
            user: Some(token.user.clone()),
            scopes: token.scopes.clone(),
            application: Some(Application {
                name: token.application.clone(),
                client_id: token.client_id.clone(),
                token_id: token.id,
            }),
        }
    }

    /// Whoever the session's cookie stands for, perhaps nobody yet.
    fn of_session(store: &Store, request: &IncomingRequest) -> Caller {
        let Some(session) = store.sessions.find(request) else {
            return Caller::default();
        };
        let login = session.login.as_ref().filter(|login| store.is_enabled(&login.user));
        Caller {
            is_proven: request.csrf_token.as_ref() == Some(&session.csrf_token),
            signed_in: login.map(|login| login.time),
            ..login.map_or_else(Caller::default, |login| Caller::in_person(&login.user))
        }
    }

    /// A user who is signed in without a token, and so without bounds.
    pub(super) fn in_person(user: &str) -> Caller {
        Caller {
            user: Some(user.to_owned()),
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            application: None,
            signed_in: None,
            is_proven: true,
        }
    }

    /// Whether nobody is signed in.
    pub(super) fn is_anonymous(&self) -> bool {
        self.user.is_none()
    }

    /// Whether the caller is this user.
    pub(super) fn is(&self, user: &str) -> bool {
        self.user.as_deref() == Some(user)
    }

    /// Whether the token may be used for this.
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// UR: may read the user's own details.
    pub(super) fn reads_user(&self) -> bool {
        !self.is_anonymous() && (self.has_scope("user:read") || self.has_scope("user:admin"))
    }

    /// UA: may administer the user's own account, and create organizations.
    pub(super) fn administers_user(&self) -> bool {
        !self.is_anonymous() && self.has_scope("user:admin")
    }

    /// SU: a superuser with the scope for it.
    pub(super) fn is_superuser(&self, store: &Store) -> bool {
        let user = self.user.as_ref().and_then(|user| store.users.get(user));
        // A user who is in both lists is read-only.
        user.is_some_and(|user| user.superuser && !user.global_readonly)
            && self.has_scope("super:user")
            && store.has_feature("SUPER_USERS")
    }

    /// SFA: a superuser on a server that gives them access to everything.
    pub(super) fn has_full_access(&self, store: &Store) -> bool {
        store.has_feature("SUPERUSERS_FULL_ACCESS") && self.is_superuser(store)
    }

    /// GRO: a global read-only superuser.
    pub(super) fn reads_everything(&self, store: &Store) -> bool {
        self.user
            .as_ref()
            .and_then(|user| store.users.get(user))
            .is_some_and(|user| user.global_readonly)
    }

    /// The caller's role in an organization by team membership, capped by the scopes.
    pub(super) fn team_role(&self, store: &Store, organization: &str) -> Option<TeamRole> {
        let cap = if self.has_scope("org:admin") {
            TeamRole::Admin
        } else if self.has_scope("repo:create") {
            TeamRole::Creator
        } else {
            return None;
        };
        store
            .team_role(organization, self.user.as_deref()?)
            .map(|role| role.min(cap))
    }

    /// OA: administers the organization, or has access to everything.
    pub(super) fn administers_organization(&self, store: &Store, organization: &str) -> bool {
        self.team_role(store, organization) == Some(TeamRole::Admin) || self.has_full_access(store)
    }

    /// OM: is in some team of the organization, or has access to everything, or reads everything.
    pub(super) fn is_organization_member(&self, store: &Store, organization: &str) -> bool {
        self.team_role(store, organization).is_some() || self.has_full_access(store) || self.reads_everything(store)
    }

    /// Whether the caller may create repositories in a namespace (api.md, 3.4).
    pub(super) fn creates_repositories(&self, store: &Store, namespace: &str) -> bool {
        let own = self.is(namespace) && (self.has_scope("repo:create") || self.has_scope("user:admin"));
        own || self.team_role(store, namespace) >= Some(TeamRole::Creator) || self.has_full_access(store)
    }

    /// The caller's role on a repository by grants and teams, capped by the scopes; visibility is not looked at.
    pub(super) fn repository_role(&self, store: &Store, namespace: &str, name: &str) -> Option<Role> {
        let scopes = [
            ("repo:admin", Role::Admin),
            ("repo:write", Role::Write),
            ("repo:read", Role::Read),
        ];
        let (_, cap) = scopes.into_iter().find(|(scope, _)| self.has_scope(scope))?;
        store
            .repository_role(self.user.as_deref()?, namespace, name)
            .map(|role| role.min(cap))
    }

    /// Whether the caller may do on a repository what `role` allows, or has access to everything.
    pub(super) fn has_repository_role(&self, store: &Store, namespace: &str, name: &str, role: Role) -> bool {
        self.repository_role(store, namespace, name) >= Some(role) || self.has_full_access(store)
    }

    /// RR: may see a repository; public ones are seen by everybody.
    pub(super) fn reads_repository(&self, store: &Store, namespace: &str, name: &str) -> bool {
        store
            .repository(namespace, name)
            .is_some_and(|repository| repository.is_public)
            || self.has_repository_role(store, namespace, name, Role::Read)
            || self.reads_everything(store)
    }
}
