//! Teams of an organization.

use super::organization;
use super::sight::{self, Sight, text};
use super::team_sync::{self, TeamSyncSpec};
use super::wishes::{Wishes, set};
use super::{Keep, Kind, default_permission, invite, member, permission, registry};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::decode::Entry;
use crate::manifest::decode::List;
use crate::manifest::documents::TeamManage;
use crate::manifest::is_name;
use crate::manifest::record::record;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Exported, Field, Fields, Interest, Object,
    Query, Reversibility, Value, World, Written,
};

record! {
    /// A team: people and robots who share a role in the organization.
    pub struct TeamSpec {
        /// What its members may do in the organization: `member` (the default of a new team), `creator` or `admin`.
        role: TeamRole,
        /// What the team is for, in Markdown; `''` for none.
        description: String,
        /// Its members, exactly: users, and robots by their full name such as `acme+ci`; `[]` for none.
        members: List<String>,
        /// E-mail addresses that are invited, exactly; `[]` for none. Who has accepted belongs under `members`.
        invites: List<String>,
        /// The group of the registry's directory whose people are the team's; then only robots stand under `members`.
        sync: TeamSyncSpec,
        /// What the team was called before. The registry cannot rename it: the plan says so instead of making another one.
        previously: String,
        /// What is owned exactly, for this team only, such as `{members: additive}`.
        manage: TeamManage,
        /// Marks a team that exists and is managed elsewhere, so that it can be referred to; stands alone.
        external: bool,
        /// Deletes the team and every grant it has; stands alone.
        absent: bool,
    }
    marks: [absent, external];
}

choice! {
    /// What the members of a team may do in the organization.
    pub enum TeamRole {
        /// See what the team was granted.
        Member = "member",
        /// Create repositories, too.
        Creator = "creator",
        /// Everything.
        Admin = "admin",
    }
}

/// The kind's name.
pub const NAME: &str = "team";

/// A team of an organization.
pub struct Team;

/// The address of a team.
pub fn address(organization: &str, team: &str) -> Address {
    Address::new(NAME, format!("{organization}/{team}"))
}

/// The team that the server makes with an organization.
pub fn owners(organization: &str) -> Object {
    let fields = Fields::from([("role", Value::text("admin")), ("description", Value::text(""))]);
    Object::new(address(organization, "owners"), fields)
}

const FIELDS: &[Field] = &[Field::updated("role"), Field::updated("description")];

/// All teams of an organization.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}/"))
}

/// The teams of an organization that are there and to go: their grants and default permissions go with them.
pub fn ending<'a>(interest: &Interest, answers: &'a Answers, organization: &str) -> Vec<&'a str> {
    let Sight::Whole(view) = sight::sight(answers, organization) else {
        return Vec::new();
    };
    let teams = view
        .get("teams")
        .and_then(|teams| teams.as_object())
        .into_iter()
        .flatten();
    let names = teams.map(|(name, _)| name.as_str()).filter(|name| *name != "owners");
    names
        .filter(|name| interest.ends(&address(organization, name), &of_organization(organization)))
        .collect()
}

/// What a document wants of one team.
pub fn desired(organization: &str, team: &str, entry: &Entry<TeamSpec>, wishes: &mut Wishes<'_>) {
    let (address, spec) = (address(organization, team), &entry.value);
    if spec.absent.is_some() {
        return wishes.forbid(address, entry.name);
    }
    if spec.external.is_some() {
        return wishes.rely_on(address, entry.name);
    }
    let mut fields = Fields::new();
    set(&mut fields, "role", &spec.role, |role| role.as_str().into());
    set(&mut fields, "description", &spec.description, |text| Value::text(text));
    if let Some(previously) = &spec.previously {
        wishes.was(address.clone(), self::address(organization, &previously.value));
    }
    wishes.want(address, fields, vec![organization::address(organization)], entry.name);
}

/// The names of the teams of an organization that are known and can be written.
pub fn explored<'a>(known: &'a World, organization: &str) -> impl Iterator<Item = &'a str> {
    let all = known.of(&of_organization(organization));
    let names = all.filter_map(|object| Some(object.address.identity.split_once('/')?.1));
    names.filter(|name| is_name(name))
}

impl Kind for Team {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        Collection::new(NAME, format!("{}/", address.namespace()))
    }

    /// Teams come with the organization itself.
    fn queries(&self, _interest: &Interest, _known: &World, _answers: &Answers) -> Vec<Query> {
        Vec::new()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        for organization in interest.namespaces() {
            if let sight::Sight::Whole(view) = sight::sight(answers, organization) {
                for view in view
                    .get("teams")
                    .and_then(|teams| teams.as_object())
                    .into_iter()
                    .flat_map(|teams| teams.values())
                {
                    let fields = Fields::from([
                        ("role", Value::text(text(view, "role"))),
                        ("description", Value::text(text(view, "description"))),
                        ("synced", Value::Boolean(view.get("is_synced") == Some(&true.into()))),
                    ]);
                    world.put(Object::new(address(organization, text(view, "name")), fields));
                }
                world.complete.insert(Collection::new(NAME, format!("{organization}/")));
            }
        }
        sight::each_organization(NAME, interest, answers, world, |_, _, _| {});
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest.collections.extend(is_one.then(|| of_organization(namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let (organization, team) = object.address.identity.split_once('/').unwrap_or_default();
        if !is_name(team) {
            return Exported::not("the registry makes no teams of such a name any more");
        }
        let description = object.text("description");
        let entries = [
            ("role", Some(Written::text(object.text("role")))),
            (
                "description",
                (!description.is_empty()).then(|| Written::text(description)),
            ),
        ];
        let document = Document::Organization(organization.to_owned());
        Exported::at(document, &["teams", team], Written::map(entries))
    }

    /// The server makes `owners` with the organization; exactness never deletes it.
    fn keeps(&self, object: &Object, _world: &World) -> Keep {
        if object.address.identity.ends_with("/owners") {
            Keep::Quietly
        } else {
            Keep::Nothing
        }
    }

    /// What goes with a team can be declared again; what it was synchronized with need not be known.
    fn reversibility(&self, change: &Change) -> Reversibility {
        let is_synced = change.wanted.get("synced").and_then(Value::as_boolean) == Some(true);
        match change.action {
            Action::Delete if is_synced => Reversibility::Lossy("its synchronization with an external group"),
            _ => Reversibility::Reversible,
        }
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![("role", Value::text("member")), ("description", Value::text(""))]
    }

    /// The server wants the role with everything else.
    fn sends_along(&self, _change: &Change) -> &'static [&'static str] {
        &["role"]
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (organization, team) = change.address.identity.split_once('/').unwrap_or_default();
        let path = ["organization", organization, "team", team];
        match change.action {
            Action::Create | Action::Update => {
                let role = Value::text(change.text("role"));
                let put = Call::new(Method::Put, &path);
                match change.field("description").and_then(|field| field.after.clone()) {
                    Some(description) => vec![put.body([("role", role), ("description", description)])],
                    None => vec![put.body([("role", role)])],
                }
            }
            Action::Delete => vec![Call::new(Method::Delete, &path).already(400, "is not a team in org")],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// Members, invitations, grants and default permissions go with their team.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        if change.action != Action::Delete {
            return Vec::new();
        }
        let (organization, team) = change.address.identity.split_once('/').unwrap_or_default();
        let gone = |address: &Address| {
            address.namespace() == organization
                && (permission::is_of(address, "team", team) || default_permission::is_of(address, "team", team))
        };
        let mut effects = vec![
            Effect::RemoveAll(member::of_team(organization, team)),
            Effect::RemoveAll(invite::of_team(organization, team)),
            Effect::Remove(team_sync::address(organization, team)),
        ];
        effects.extend(
            world
                .objects
                .keys()
                .filter(|address| gone(address))
                .cloned()
                .map(Effect::Remove),
        );
        effects
    }
}
