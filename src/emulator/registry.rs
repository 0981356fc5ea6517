//! The registry itself: it takes one request at a time.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::access::Caller;
use super::answer::{Answer, Problem};
use super::call::Call;
use super::records::{Role, TeamRole, Token, User};
use super::request::IncomingRequest;
use super::router::{self, Target};
use super::seed::Seed;
use super::seeding::{self, SeedError};
use super::session;
use super::store::{self, Store};
use super::user::user_of;

/// All scopes that a token can have (api.md, 1.2).
pub const SCOPES: [&str; 8] = [
    "repo:read",
    "repo:write",
    "repo:admin",
    "repo:create",
    "user:read",
    "user:admin",
    "org:admin",
    "super:user",
];

/// A Quay in memory: `handle` takes requests, everything else is for setting it up and looking into it.
#[derive(Debug, Clone)]
pub struct Registry {
    pub(super) store: Store,
    requests: Vec<LoggedRequest>,
    writes: Vec<LoggedRequest>,
}

/// One request as the registry saw it; for tests, and no part of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The method.
    pub method: String,
    /// The path with its query, as it was sent.
    pub target: String,
    /// The status of the answer.
    pub status: u16,
    /// The caller; `None` for nobody.
    pub user: Option<String>,
}

impl Default for Registry {
    fn default() -> Self {
        Registry::new()
    }
}

impl Registry {
    /// A registry with the features of the recorded server and one user: the superuser `quayadmin`, whose token
    /// `emulator-token` has every scope.
    pub fn new() -> Self {
        let mut registry = Registry {
            store: Store::new(),
            requests: Vec::new(),
            writes: Vec::new(),
        };
        registry.add_user("quayadmin", "quayadmin@example.com", true);
        registry.add_token("quayadmin", "emulator-token", &SCOPES);
        registry
    }

    /// A new registry with everything that a seed describes.
    pub fn with_seed(seed: &Seed) -> Result<Self, SeedError> {
        let mut registry = Registry::new();
        seeding::plant(&mut registry, seed)?;
        Ok(registry)
    }

    /// Answers one request.
    pub fn handle(&mut self, request: &IncomingRequest) -> Answer {
        let caller = Caller::identify(&self.store, request);
        self.handle_of(&caller, request)
    }

    /// Answers a request that a user makes by other means than a token, as in the web interface; a user who is not
    /// there yet is created as a superuser.
    pub(super) fn handle_as(&mut self, user: &str, request: &IncomingRequest) -> Answer {
        if !self.store.users.contains_key(user) {
            self.add_user(user, &format!("{user}@example.com"), true);
        }
        self.handle_of(&Caller::in_person(user), request)
    }

    /// Answers a read from an older state, with the tokens and sessions of the present one.
    pub(super) fn handle_in(&mut self, mut past: Store, request: &IncomingRequest) -> Answer {
        past.tokens.clone_from(&self.store.tokens);
        past.sessions.clone_from(&self.store.sessions);
        let present = std::mem::replace(&mut self.store, past);
        let answer = self.handle(request);
        self.store = present;
        answer
    }

    fn handle_of(&mut self, caller: &Caller, request: &IncomingRequest) -> Answer {
        let is_write = request.is_write();
        if is_write {
            self.store.clock += 1;
        }
        let mut answer = self.answer(request, caller, is_write);
        if request.method == "HEAD" {
            answer.body.clear();
        }
        self.record(request, caller, &answer, is_write);
        answer
    }

    fn answer(&mut self, request: &IncomingRequest, caller: &Caller, is_write: bool) -> Answer {
        let (operation, parameters) = match router::find(&self.store, request) {
            Target::Operation(operation, parameters) => (operation, parameters),
            Target::Answer(answer) => return answer,
        };
        if is_write && !caller.is_proven && !operation.is_open {
            return Answer::csrf();
        }
        if session::wants_fresh_login(&self.store, caller, request) {
            return Answer::problem(Problem::FreshLoginRequired, "Requires fresh login");
        }
        let store = &mut self.store;
        let mut call = Call {
            store,
            caller,
            request,
            query: request.query(),
            parameters,
        };
        let answer = (operation.handler)(&mut call).unwrap_or_else(|refusal| refusal);
        answer.of_version(self.store.version)
    }

    fn record(&mut self, request: &IncomingRequest, caller: &Caller, answer: &Answer, is_write: bool) {
        let logged = LoggedRequest {
            method: request.method.clone(),
            target: request.target.clone(),
            status: answer.status,
            user: caller.user.clone(),
        };
        if is_write && (200..300).contains(&answer.status) {
            self.writes.push(logged.clone());
        }
        self.requests.push(logged);
    }

    /// Turns a feature on or off, by its name in `/config`: `REPO_MIRROR`.
    pub fn set_feature(&mut self, name: &str, on: bool) {
        self.store.features.insert(name.to_owned(), on);
    }

    /// Plays an older server: the minor version of Quay 3, from [`OLDEST`](super::OLDEST) to [`NEWEST`](super::NEWEST).
    pub fn set_version(&mut self, minor: u32) {
        self.store.version = minor;
    }

    /// Has people sign in by other means, by the name that `/config` uses: `LDAP`, `Keystone`, `OIDC`, `Database`. Only what
    /// follows for teams is played.
    pub fn set_authentication(&mut self, name: &str) {
        name.clone_into(&mut self.store.authentication);
    }

    /// Has the usage log go to where the server cannot search it now, as with Splunk: its lists and counts say so, and show
    /// nothing.
    pub fn set_log_search(&mut self, on: bool) {
        self.store.logs_are_hidden = !on;
    }

    /// Follows the link in the mail that asks whether a repository (`namespace/name`) may notify an address; unknown
    /// repositories are passed over.
    pub fn confirm_email(&mut self, repository: &str, email: &str) {
        if let Some(repository) = self.store.repositories.get_mut(repository) {
            repository.authorized_emails.insert(email.to_owned(), true);
        }
    }

    /// Does what the server's worker does: brings these people of its group into a synchronized team, and takes all
    /// others out. Teams that are not synchronized are passed over.
    pub fn synchronize(&mut self, organization: &str, team: &str, people: &[&str]) {
        let team = self.store.team_mut(organization, team);
        if let Some(team) = team.filter(|team| team.sync.is_some()) {
            team.members.retain(|member| member.contains('+'));
            team.members.extend(people.iter().map(|name| (*name).to_owned()));
        }
    }

    /// Adds a user, or changes the e-mail address and the rights of one.
    pub fn add_user(&mut self, name: &str, email: &str, superuser: bool) {
        let user = User {
            superuser,
            ..user_of(email.to_owned())
        };
        self.store.users.insert(name.to_owned(), user);
    }

    /// Gives a user a password to sign in with; unknown users are passed over.
    pub fn set_password(&mut self, user: &str, password: &str) {
        if let Some(user) = self.store.users.get_mut(user) {
            user.password = Some(password.to_owned());
        }
    }

    /// Ends all sessions, as a server does that gets another secret key.
    pub fn end_sessions(&mut self) {
        self.store.sessions = session::Sessions::default();
    }

    /// Makes a user a global read-only superuser, or an ordinary one again; unknown users are passed over.
    pub fn set_global_readonly(&mut self, user: &str, on: bool) {
        if let Some(user) = self.store.users.get_mut(user) {
            user.global_readonly = on;
        }
    }

    /// Adds a token of the application `quayform`; a user who is not there yet is created.
    pub fn add_token(&mut self, user: &str, token: &str, scopes: &[&str]) {
        self.add_application_token(user, token, scopes, "quayform");
    }

    /// Adds a token of any application; a user who is not there yet is created.
    pub fn add_application_token(&mut self, user: &str, token: &str, scopes: &[&str], application: &str) {
        if !self.store.users.contains_key(user) {
            self.add_user(user, &format!("{user}@example.com"), false);
        }
        let record = Token {
            user: user.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            application: application.to_owned(),
            client_id: format!("EMULATED-{}", application.to_ascii_uppercase()),
            id: self.store.next_id(),
            expired: false,
        };
        self.store.tokens.insert(token.to_owned(), record);
    }

    /// Lets a token expire: from now on its caller is nobody. Unknown tokens are passed over.
    pub fn expire_token(&mut self, token: &str) {
        if let Some(token) = self.store.tokens.get_mut(token) {
            token.expired = true;
        }
    }

    /// Does what the server's workers do after deletions: frees names, and forgets repositories with their mirrors.
    pub fn garbage_collect(&mut self) {
        self.store.garbage_collect();
    }

    /// The requests that changed something, or at least were answered with success, oldest first.
    pub fn write_log(&self) -> &[LoggedRequest] {
        &self.writes
    }

    /// All requests, oldest first.
    pub fn request_log(&self) -> &[LoggedRequest] {
        &self.requests
    }

    /// Forgets the requests; the usage log of the API stays.
    pub fn clear_log(&mut self) {
        self.requests.clear();
        self.writes.clear();
    }

    /// The registry's own verdict on what a user or robot (`org+short`) may do on a repository (`namespace/name`):
    /// through direct grants, teams and administration of the namespace. That everybody may pull a public repository
    /// is no role. `None` also where account or repository do not exist.
    pub fn role_of(&self, account: &str, repository: &str) -> Option<Role> {
        let (namespace, name) = repository.split_once('/')?;
        self.store.repository(namespace, name)?;
        self.store
            .has_account(account)
            .then(|| self.store.repository_role(account, namespace, name))?
    }

    /// All repositories as `namespace/name`, each with whether everybody may pull from it.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, bool)> {
        let all = self.store.repositories.iter();
        all.map(|(name, repository)| (name.as_str(), repository.is_public))
    }

    /// Who is in an admin team of which organization, teams aside: pairs of organization and account.
    pub fn administrators(&self) -> impl Iterator<Item = (&str, &str)> {
        self.store.organizations.iter().flat_map(|(name, organization)| {
            let teams = organization.teams.values().filter(|team| team.role == TeamRole::Admin);
            teams.flat_map(move |team| team.members.iter().map(move |member| (name.as_str(), member.as_str())))
        })
    }

    /// The virtual clock, in unix seconds.
    pub fn clock(&self) -> i64 {
        self.store.clock
    }

    /// Sets the virtual clock, in unix seconds.
    pub fn set_clock(&mut self, seconds: i64) {
        self.store.clock = seconds;
    }

    /// The whole state but the request log.
    pub fn to_json(&self) -> Value {
        // Only maps with keys that are no texts, and numbers that JSON lacks, could fail: the store has neither.
        serde_json::to_value(self.saved()).unwrap_or_default()
    }

    /// The text of [`Registry::to_json`], made without a copy of the state.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&self.saved())
    }

    fn saved(&self) -> Saved<&Store> {
        Saved {
            version: store::VERSION,
            store: &self.store,
        }
    }

    /// The registry that [`Registry::to_json`] described, with an empty request log.
    pub fn from_json(state: Value) -> Result<Self, serde_json::Error> {
        let saved: Saved<Store> = serde_json::from_value(state)?;
        if saved.version != store::VERSION {
            let text = format!(
                "state of version {}, this program writes {}",
                saved.version,
                store::VERSION
            );
            return Err(serde::de::Error::custom(text));
        }
        Ok(Registry {
            store: saved.store,
            requests: Vec::new(),
            writes: Vec::new(),
        })
    }
}

/// The form of a saved state.
#[derive(Serialize, Deserialize)]
struct Saved<S> {
    version: u64,
    store: S,
}
