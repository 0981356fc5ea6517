//! Everything the registry knows, with its clock and its numbers, and the look-ups that several families share.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use super::builder::Builder;
use super::cocktail_builder::Cocktail;
use super::config;
use super::records::{
    AppToken, Application, DeletedNamespace, LogEntry, Message, Organization, Repository, Robot, Role, ServiceKey,
    Team, TeamRole, Token, User,
};
use super::service_key;
use super::session::Sessions;
use super::time;
use super::version;

/// The default of `tag_expiration_s`: two weeks (behaviour.md, 4).
pub(super) const TAG_EXPIRATION: i64 = 1_209_600;

/// The version of the saved form; it grows when an older program could not read a newer state, or the other way round.
pub(super) const VERSION: u64 = 1;

/// States that were saved before versions could be played are of the newest.
fn newest() -> u32 {
    version::NEWEST
}

/// The whole state. Equal sequences of requests lead to equal stores: there is neither wall clock nor chance in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Store {
    /// Unix seconds; one second passes with each write.
    pub clock: i64,
    /// The last number given out; uuids, tokens and ids are made from it.
    pub counter: u64,
    /// The last quota's and the last limit's number: small, as a database sequence gives them.
    pub quota_counter: u64,
    pub quota_limit_counter: u64,
    /// The minor version of Quay 3 that is played.
    #[serde(default = "newest")]
    pub version: u32,
    /// Feature flags by the names that `/config` uses.
    pub features: IndexMap<String, bool>,
    /// How people sign in: `AUTHENTICATION_TYPE`.
    #[serde(default = "config::recorded_authentication")]
    pub authentication: String,
    /// Whether the usage log cannot be searched.
    #[serde(default)]
    pub logs_are_hidden: bool,
    pub users: IndexMap<String, User>,
    /// By the token's value.
    pub tokens: IndexMap<String, Token>,
    pub organizations: IndexMap<String, Organization>,
    /// By full name, in the order of creation.
    pub robots: IndexMap<String, Robot>,
    /// By `namespace/name`, in the order of creation.
    pub repositories: IndexMap<String, Repository>,
    /// Repositories that wait for garbage collection; their name is a uuid, and bulk lists still show them.
    pub deleted_repositories: Vec<Repository>,
    pub deleted_namespaces: Vec<DeletedNamespace>,
    #[serde(default)]
    pub builder: Builder,
    #[serde(default)]
    pub cocktail: Cocktail,
    /// What everybody is shown, oldest first.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// By their `kid`, in the order of creation.
    #[serde(default)]
    pub service_keys: IndexMap<String, ServiceKey>,
    /// In the order of creation.
    #[serde(default)]
    pub app_tokens: Vec<AppToken>,
    /// The repositories (`namespace/name`) that each user has marked.
    #[serde(default)]
    pub stars: IndexMap<String, IndexSet<String>>,
    /// Whether a count of the registry's size was asked for.
    #[serde(default)]
    pub size_is_queued: bool,
    /// Oldest first.
    pub logs: Vec<LogEntry>,
    /// Not kept: everybody signs in anew where a state is loaded.
    #[serde(skip)]
    pub sessions: Sessions,
}

impl Store {
    /// A store with nothing in it, and the features of the recorded server.
    pub(super) fn new() -> Self {
        let own_key = service_key::own(time::START);
        Store {
            clock: time::START,
            counter: 0,
            quota_counter: 0,
            quota_limit_counter: 0,
            version: version::NEWEST,
            features: config::recorded_features(),
            authentication: config::recorded_authentication(),
            logs_are_hidden: false,
            users: IndexMap::new(),
            tokens: IndexMap::new(),
            organizations: IndexMap::new(),
            robots: IndexMap::new(),
            repositories: IndexMap::new(),
            deleted_repositories: Vec::new(),
            deleted_namespaces: Vec::new(),
            builder: Builder::default(),
            cocktail: Cocktail::default(),
            messages: Vec::new(),
            service_keys: IndexMap::from([(own_key.kid.clone(), own_key)]),
            app_tokens: Vec::new(),
            stars: IndexMap::new(),
            size_is_queued: false,
            logs: Vec::new(),
            sessions: Sessions::default(),
        }
    }

    /// Whether that user exists and may come in.
    pub(super) fn is_enabled(&self, user: &str) -> bool {
        self.users.get(user).is_some_and(|user| user.enabled)
    }

    /// Whether a feature is on; unknown ones are off.
    pub(super) fn has_feature(&self, name: &str) -> bool {
        self.features.get(name).copied().unwrap_or(false) && version::has_feature(self.version, name)
    }

    /// A number that was not given out before.
    pub(super) fn next_id(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// A text in the form of a uuid that was not given out before.
    pub(super) fn next_uuid(&mut self) -> String {
        uuid(self.next_id())
    }

    /// A robot's token: of the right length, and plainly not a real one.
    pub(super) fn next_robot_token(&mut self) -> String {
        format!("EMULATED{:0>56}", self.next_id())
    }

    /// An application's public name, of the right length.
    pub(super) fn next_client_id(&mut self) -> String {
        format!("EMULATED{:0>12}", self.next_id())
    }

    /// An application's secret or one of its access tokens: of the right length, and plainly not a real one.
    pub(super) fn next_oauth_secret(&mut self) -> String {
        format!("EMULATED{:0>32}", self.next_id())
    }

    /// An application by its client id, with its organization.
    pub(super) fn application(&self, client_id: &str) -> Option<(&str, &Application)> {
        self.organizations.iter().find_map(|(name, organization)| {
            let mut all = organization.applications.iter();
            let found = all.find(|application| application.client_id == client_id)?;
            Some((name.as_str(), found))
        })
    }

    /// Makes the tokens of an application useless.
    pub(super) fn forget_tokens_of(&mut self, client_id: &str) {
        self.tokens.retain(|_, token| token.client_id != client_id);
    }

    /// Whether a name of an organization or a user is in use.
    pub(super) fn has_namespace(&self, name: &str) -> bool {
        self.organizations.contains_key(name) || self.users.contains_key(name)
    }

    /// Whether a name belonged to a namespace that garbage collection has not reached yet.
    pub(super) fn is_reserved(&self, name: &str) -> bool {
        self.deleted_namespaces.iter().any(|deleted| deleted.name == name)
    }

    /// Whether a user or a robot of that name exists.
    pub(super) fn has_account(&self, name: &str) -> bool {
        self.users.contains_key(name) || self.robots.contains_key(name)
    }

    /// Whether an organization's repositories are those of another registry, and of nobody else's making.
    pub(super) fn is_mirrored(&self, organization: &str) -> bool {
        let organization = self.organizations.get(organization);
        organization.is_some_and(|organization| organization.mirror.is_some())
    }

    /// A team, where organization and team exist.
    pub(super) fn team(&self, organization: &str, team: &str) -> Option<&Team> {
        self.organizations.get(organization)?.teams.get(team)
    }

    /// A team to change, where organization and team exist.
    pub(super) fn team_mut(&mut self, organization: &str, team: &str) -> Option<&mut Team> {
        self.organizations.get_mut(organization)?.teams.get_mut(team)
    }

    /// The repository of that namespace and name, unless it was deleted.
    pub(super) fn repository(&self, namespace: &str, name: &str) -> Option<&Repository> {
        self.repositories.get(&format!("{namespace}/{name}"))
    }

    /// The same, to change it.
    pub(super) fn repository_mut(&mut self, namespace: &str, name: &str) -> Option<&mut Repository> {
        self.repositories.get_mut(&format!("{namespace}/{name}"))
    }

    /// All repositories of a namespace in the order of creation, those that wait for garbage collection among them:
    /// what the lists of members, collaborators, robots and team grants show (api.md, 2.2-5).
    pub(super) fn repositories_with_deleted<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Repository> {
        let mut all: Vec<&Repository> = self.repositories.values().chain(&self.deleted_repositories).collect();
        all.retain(|repository| repository.namespace == namespace);
        all.sort_by_key(|repository| repository.id);
        all.into_iter()
    }

    /// The highest role of a user or robot in an organization through its teams.
    pub(super) fn team_role(&self, organization: &str, account: &str) -> Option<TeamRole> {
        self.teams_of(organization, account).map(|(_, team)| team.role).max()
    }

    /// The teams of an organization in which a user or robot is.
    pub(super) fn teams_of<'a>(
        &'a self,
        organization: &str,
        account: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a Team)> {
        let teams = self
            .organizations
            .get(organization)
            .map(|organization| &organization.teams);
        teams
            .into_iter()
            .flatten()
            .filter(move |(_, team)| team.members.iter().any(|member| member == account))
    }

    /// Takes away every direct grant of a user or robot, in one namespace or in all.
    pub(super) fn revoke_grants(&mut self, account: &str, namespace: Option<&str>) {
        for repository in self.repositories.values_mut().chain(&mut self.deleted_repositories) {
            if namespace.is_none_or(|namespace| repository.namespace == namespace) {
                repository.user_roles.shift_remove(account);
            }
        }
    }

    /// The highest role of a user or robot on a repository: direct, through teams, or as administrator of the namespace.
    pub(super) fn repository_role(&self, account: &str, namespace: &str, name: &str) -> Option<Role> {
        // An administrator of the namespace passes for any name in it, also one that does not exist (api.md, OA).
        if namespace == account || self.team_role(namespace, account) == Some(TeamRole::Admin) {
            return Some(Role::Admin);
        }
        self.granted_role(account, namespace, name)
    }

    /// The highest role that grants on the repository itself give, directly or through teams.
    pub(super) fn granted_role(&self, account: &str, namespace: &str, name: &str) -> Option<Role> {
        let repository = self.repository(namespace, name)?;
        let direct = repository.user_roles.get(account).copied();
        let through_teams = self
            .teams_of(namespace, account)
            .filter_map(|(team, _)| repository.team_roles.get(team).copied())
            .max();
        direct.max(through_teams)
    }
}

/// A number in the form of a uuid.
pub(super) fn uuid(number: u64) -> String {
    format!(
        "{:08x}-0000-4000-8000-{number:012x}",
        number.wrapping_mul(2_654_435_761) & 0xffff_ffff
    )
}
