//! Permissions: who may do what in one repository.

mod account;
mod cover;
mod endings;
mod read;
mod strangers;

use crate::http::Method;
use crate::kinds::sight;
use crate::kinds::team;
use crate::kinds::wishes::Wishes;
use crate::kinds::{
    Keep, Kind, default_permission, member, mirror, registry, repository, robot, shapes, targets, user,
};
use crate::manifest::choice::choice;
use crate::manifest::decode::Map;
use crate::manifest::documents::Manage;
use crate::manifest::is_account;
use crate::manifest::record::record;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest,
    Object, Query, World, Written,
};
use endings::{ending_team_queries, leaving_queries, live_of_ending_teams, live_of_leaving};
pub use read::with_undeclared_robots;
use read::{Wanted, live_of_accounts, live_of_teams, lookups, role_queries, team_queries};
use strangers::Lent;

record! {
    /// Who may do what in the repository; each of the three maps is owned exactly if it is written.
    pub struct PermissionsSpec {
        /// Roles of teams by name, such as `{developers: write}`; `{}` for none.
        teams: Map<Grant>,
        /// Roles of the organization's robots by short name, such as `{ci: write}`; `{}` for none.
        robots: Map<Grant>,
        /// Roles of users by name, such as `{erin: read}`; `{}` for none.
        users: Map<Grant>,
    }
}

choice! {
    /// What somebody may do in a repository.
    pub enum Role {
        /// Pull.
        Read = "read",
        /// Pull and push.
        Write = "write",
        /// Pull, push, and change the repository's settings and permissions.
        Admin = "admin",
    }
}

choice! {
    /// What somebody may do in a repository, or that they may do nothing.
    pub enum Grant {
        /// Pull.
        Read = "read",
        /// Pull and push.
        Write = "write",
        /// Pull, push, and change the repository's settings and permissions.
        Admin = "admin",
        /// No grant: one that is live or inherited goes, also where the list is additive.
        None = "none",
    }
}

/// The kind's name.
pub const NAME: &str = "permission";

/// A direct grant on a repository to a team, a robot or a user.
pub struct Permission;

/// The address of a grant; `sort` is `team`, `robot` (short names) or `user`.
pub fn address(repository: &str, sort: &str, name: &str) -> Address {
    Address::new(NAME, format!("{repository}:{sort}/{name}"))
}

/// All grants of one sort on a repository.
pub fn of_repository(repository: &str, sort: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:{sort}/"))
}

/// Repository, sort and name.
pub fn parts(address: &Address) -> (&str, &str, &str) {
    let (repository, subject) = address.identity.split_once(':').unwrap_or_default();
    let (sort, name) = subject.split_once('/').unwrap_or_default();
    (repository, sort, name)
}

/// Whether it is a grant to this team, robot or user.
pub fn is_of(address: &Address, sort: &str, name: &str) -> bool {
    address.kind == NAME && (parts(address).1, parts(address).2) == (sort, name)
}

const FIELDS: &[Field] = &[Field::updated("role")];

/// Who is to have which role on a repository; each of the three maps counts for itself.
pub fn desired(repository: &str, manage: Manage, spec: &PermissionsSpec, wishes: &mut Wishes<'_>) {
    let organization = repository.split('/').next().unwrap_or_default();
    for (sort, map) in [("team", &spec.teams), ("robot", &spec.robots), ("user", &spec.users)] {
        let Some(map) = map else { continue };
        wishes.own(of_repository(repository, sort), manage, map.place);
        for (name, entry) in &map.value {
            let grant = address(repository, sort, robot::short_name(organization, name));
            if entry.value == Grant::None {
                wishes.forbid(grant, entry.name);
                continue;
            }
            let mut needs = vec![repository::address(repository)];
            let subject = match sort {
                "team" => Some(team::address(organization, name)),
                "robot" => Some(robot::address(&robot::full_name(organization, name))),
                _ => None,
            };
            if let Some(subject) = subject {
                wishes.refer(subject.clone(), entry.name);
                needs.push(subject);
            }
            needs.extend(wishes.user(name).filter(|_| sort == "user"));
            let fields = Fields::from([("role", entry.value.as_str().into())]);
            wishes.want(grant, fields, needs, entry.name);
        }
    }
}

/// The sorts of subjects in addresses, and their maps in manifests.
const SORTS: [(&str, &str); 3] = [("team", "teams"), ("robot", "robots"), ("user", "users")];

impl Kind for Permission {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        let (repository, sort, _) = parts(address);
        of_repository(repository, sort)
    }

    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        let lent = Lent::new(interest, answers);
        for (organization, view) in sight::visible(NAME, interest, answers) {
            let wanted = Wanted::new(interest, answers, organization);
            if sight::is_own_account(answers, organization) {
                queries.extend(account::queries(&wanted));
                continue;
            }
            if !wanted.team.is_empty() {
                queries.extend(team_queries(organization, view, &wanted.team));
            }
            if !wanted.user.is_empty() {
                let serves: Vec<Collection> = wanted.user.iter().map(|name| of_repository(name, "user")).collect();
                queries.push(targets::ask(
                    targets::members(organization),
                    &shapes::MEMBERS,
                    "every human in a team",
                    serves.clone(),
                ));
                let reason = "every human outside of the teams with a grant";
                queries.push(targets::ask(
                    targets::collaborators(organization),
                    &shapes::COLLABORATORS,
                    reason,
                    serves,
                ));
            }
            if !wanted.robot.is_empty() {
                queries.push(default_permission::list_query(organization));
                queries.extend(strangers::queries(organization, view, answers));
            }
            queries.extend(role_queries(organization, &wanted, &lent, interest, answers));
        }
        queries.extend(ending_team_queries(interest, answers));
        queries.extend(leaving_queries(interest, answers));
        queries.extend(lookups(interest, answers));
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
            let wanted = Wanted::new(interest, answers, organization);
            if sight::is_own_account(answers, organization) {
                account::live(organization, answers, &wanted, world);
            } else {
                live_of_teams(organization, view, answers, &wanted, world);
                live_of_accounts(organization, answers, &wanted, world);
            }
            let list = repository::list(answers, organization);
            for prefix in interest.prefixes(NAME, organization) {
                let name = prefix.split(':').next().unwrap_or_default();
                if !wanted.live.contains(name) {
                    sight::settle(
                        world,
                        answers,
                        Collection::new(NAME, prefix),
                        std::slice::from_ref(&list),
                    );
                }
            }
        });
        live_of_ending_teams(interest, answers, world);
        live_of_leaving(interest, answers, world);
        for address in interest.addresses.iter().filter(|address| address.kind == NAME) {
            let (_, sort, name) = parts(address);
            if sort == "user" {
                user::learn(name, answers, world);
            }
        }
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_organization = registry::is_organization(namespace, known);
        let sorts = SORTS.iter().filter(|(sort, _)| is_organization || *sort != "team");
        for repository in repository::explored(known, namespace) {
            let collections = sorts.clone().map(|(sort, _)| of_repository(repository, sort));
            interest.collections.extend(collections);
        }
    }

    /// A mirror implies the right to write for its robot.
    fn export(&self, object: &Object, world: &World) -> Exported {
        let (repository, sort, name) = parts(&object.address);
        let organization = object.address.namespace();
        let mirror = world.get(&mirror::address(repository));
        let is_by_mirror = sort == "robot"
            && mirror.is_some_and(|mirror| robot::short_name(organization, mirror.text("robot")) == name);
        if is_by_mirror && object.text("role") == Role::Read.as_str() {
            return Exported::nothing();
        }
        if sort == "robot" && name.contains('+') {
            return Exported::not("it is a robot of another organization, to which a manifest cannot grant anything");
        }
        if sort == "user" && !is_account(name) {
            return Exported::not("a manifest cannot write this name");
        }
        let Some((_, map)) = SORTS.iter().find(|(each, _)| *each == sort) else {
            return Exported::nothing();
        };
        let document = Document::Repository(repository.to_owned());
        let exported = Exported::at(
            document,
            &["permissions", map, name],
            Written::text(object.text("role")),
        );
        match sort {
            "team" => exported.needing(team::address(organization, name)),
            "robot" => exported.needing(robot::address(&robot::full_name(organization, name))),
            _ => exported,
        }
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let (repository, sort) = collection.prefix.trim_end_matches('/').split_once(':')?;
        let (_, map) = SORTS.iter().find(|(each, _)| *each == sort)?;
        let document = Document::Repository(repository.to_owned());
        let list = ExactList::new(
            collection.clone(),
            document,
            &["permissions", map],
            &["manage", "permissions"],
        );
        Some(list.always(Written::map([])))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let (_, sort, name) = parts(&change.address);
        if change.action != Action::Create || sort != "user" {
            return None;
        }
        if name == change.address.namespace() {
            return Some(format!(
                "{name} owns the account and administers everything in it: delete the line"
            ));
        }
        user::unknown(name, world)
    }

    /// The server gives the mirror's robot the right to write, and takes it for granted; and whoever runs quayform keeps
    /// a grant that is their only way in.
    fn keeps(&self, object: &Object, world: &World) -> Keep {
        let (repository, sort, name) = parts(&object.address);
        let organization = object.address.namespace();
        let mirror = world
            .get(&mirror::address(repository))
            .map_or("", |mirror| mirror.text("robot"));
        if sort == "robot" && name == robot::short_name(organization, mirror) {
            return Keep::Quietly;
        }
        let is_operator = sort == "user" && world.operators.contains(name);
        if is_operator && !member::is_administrator(world, organization, name) {
            return Keep::Because(format!(
                "{name} runs quayform and has no other way to administer the repository"
            ));
        }
        Keep::Nothing
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (repository, sort, name) = parts(&change.address);
        let name = if sort == "robot" {
            robot::full_name(change.address.namespace(), name)
        } else {
            name.to_owned()
        };
        let sort = if sort == "team" { "team" } else { "user" };
        let path = |method| repository::path(method, repository, &["permissions", sort, &name]);
        match change.action {
            Action::Create | Action::Update => vec![path(Method::Put).body([("role", change.text("role").into())])],
            Action::Delete => vec![path(Method::Delete).already(400, "does not have permission for repo")],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
