//! Synchronization of a team with a group of the registry's directory: LDAP, Keystone or OpenID Connect.

use schemars::Schema;
use serde_json::{Value as Json, json};

use super::sight;
use super::wishes::Wishes;
use super::{Kind, member, shapes, targets, team};
use crate::http::Method;
use crate::manifest::record::{Check, add_condition, record};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Document, Effect, Exported, Field, Fields,
    Interest, Located, Object, Query, Value, Way, World, Written,
};

record! {
    /// The group whose people are the team's. Exactly one of `ldap`, `keystone` and `oidc` must be written, or `absent`.
    pub struct TeamSyncSpec {
        /// The distinguished name of an LDAP group, such as `cn=ops,ou=groups,dc=acme`.
        ldap: String,
        /// The id of a Keystone group.
        keystone: String,
        /// The name of a group in the tokens of the OpenID Connect provider.
        oidc: String,
        /// Ends the synchronization; whoever is in the team stays in it. Stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_group;
    schema: one_group;
}

/// Each kind of directory: the key in manifests, the server's `AUTHENTICATION_TYPE`, and what names a group in the API
/// (API guide §3.2).
const DIRECTORIES: [(&str, &str, &str); 3] = [
    ("ldap", "LDAP", "group_dn"),
    ("keystone", "Keystone", "group_id"),
    ("oidc", "OIDC", "group_name"),
];

impl TeamSyncSpec {
    /// The written groups, with the key under which each stands.
    fn groups(&self) -> impl Iterator<Item = (&'static str, &Located<String>)> {
        let groups = [("ldap", &self.ldap), ("keystone", &self.keystone), ("oidc", &self.oidc)];
        groups
            .into_iter()
            .filter_map(|(key, group)| Some((key, group.as_ref()?)))
    }
}

fn check_group(sync: &TeamSyncSpec, check: &mut Check<'_>) {
    let written: Vec<_> = sync.groups().collect();
    match written.as_slice() {
        [] if check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "this `sync` names no group", check.place)
                .help("add one of `ldap`, `keystone` and `oidc`, or `absent: true` for no synchronization"),
        ),
        [(_, first), (_, second), ..] => check.diagnostics.push(
            Diagnostic::error("one-of", "this `sync` names several groups", second.place)
                .also(first.place, "the other group")
                .help("keep the one of the directory that people sign in with"),
        ),
        [(key, group)] if group.value.is_empty() => {
            let help = "write the group, or `absent: true` for no synchronization";
            check.bad_value(format!("`{key}` is empty"), group.place, help);
        }
        _ => {}
    }
}

fn one_group(schema: &mut Schema) {
    let written = ["ldap", "keystone", "oidc", "absent"].map(|key| json!({ "required": [key] }));
    add_condition(schema, json!({ "oneOf": written }));
}

/// The kind's name.
pub const NAME: &str = "team_sync";

/// What a team is synchronized with.
pub struct TeamSync;

/// The address of a team's synchronization.
pub fn address(organization: &str, team: &str) -> Address {
    Address::new(NAME, format!("{organization}/{team}"))
}

const FIELDS: &[Field] = &[
    Field {
        name: "service",
        way: Way::Replace,
    },
    Field {
        name: "group",
        way: Way::Replace,
    },
];

/// What a document wants of one team's synchronization.
pub fn desired(organization: &str, team: &str, spec: &team::TeamSpec, wishes: &mut Wishes<'_>) {
    let Some(sync) = &spec.sync else { return };
    let address = address(organization, team);
    if sync.value.absent.is_some() {
        return wishes.forbid(address, sync.place);
    }
    if let Some((service, group)) = sync.value.groups().next() {
        // Also where this server does not synchronize it: or else its people would go.
        wishes.leave(address.clone());
        let fields = Fields::from([("service", service.into()), ("group", group.value.as_str().into())]);
        wishes.want(address, fields, vec![team::address(organization, team)], sync.place);
    }
}

impl Kind for TeamSync {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// The organization's view says which teams are synchronized; with what, the team itself says.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for (organization, view) in sight::visible(NAME, interest, answers) {
            for prefix in interest.prefixes(NAME, organization) {
                let team = name_of(prefix);
                if is_synced(view, team) {
                    let target = targets::team_members(organization, team);
                    let reason = "what a team is synchronized with";
                    let serves = vec![Collection::new(NAME, prefix)];
                    queries.push(targets::ask(target, &shapes::TEAM_MEMBERS, reason, serves));
                }
            }
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
            for prefix in interest.prefixes(NAME, organization) {
                let (team, collection) = (name_of(prefix), Collection::new(NAME, prefix));
                if !is_synced(view, team) {
                    world.complete.insert(collection);
                    continue;
                }
                let target = targets::team_members(organization, team);
                if let Some(body) = answers.body(&target) {
                    world.put(Object::new(address(organization, team), read(body)));
                }
                sight::settle(world, answers, collection, &[target]);
            }
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let teams = team::explored(known, namespace);
        let synced = teams.filter(|team| member::is_synced(known, namespace, team));
        let collections = synced.map(|team| Collection::new(NAME, format!("{namespace}/{team}")));
        interest.collections.extend(collections);
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let (organization, team) = object.address.identity.split_once('/').unwrap_or_default();
        let (service, group) = (object.text("service"), object.text("group"));
        if group.is_empty() {
            return Exported::not("the server shows only superusers what the team is synchronized with");
        }
        let document = Document::Organization(organization.to_owned());
        let sync = Written::map([(service, Some(Written::text(group)))]);
        Exported::at(document, &["teams", team, "sync"], sync)
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has("TEAM_SYNCING") {
            return Some("FEATURE_TEAM_SYNCING is off on this server".to_owned());
        }
        if !world.caller.superuser && !world.features.has("NONSUPERUSER_TEAM_SYNCING_SETUP") {
            let name = &world.caller.name;
            return Some(format!(
                "only a superuser may synchronize teams on this server, and {name} is none"
            ));
        }
        let is_hidden = |object: &Object| !object.fields.contains_key("group");
        if world.get(&change.address).is_some_and(is_hidden) {
            return Some("the server shows only superusers what the team is synchronized with".to_owned());
        }
        let (_, directory, _) = directory(change)?;
        let found = world.features.authentication.as_str();
        let differs = change.action != Action::Delete && ![directory, ""].contains(&found);
        differs.then(|| format!("people sign in with {found} on this server, not with {directory}"))
    }

    /// There is no update: a second POST is more than the server can bear.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (organization, team) = change.address.identity.split_once('/').unwrap_or_default();
        let path = ["organization", organization, "team", team, "syncing"];
        let group = || Value::text(change.text("group"));
        let begin = directory(change).map(|(.., key)| Call::new(Method::Post, &path).body([(key, group())]));
        let end = Call::new(Method::Delete, &path);
        match change.action {
            Action::Create => begin.into_iter().collect(),
            Action::Replace => [end].into_iter().chain(begin).collect(),
            Action::Delete => vec![end],
            Action::Update | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// The team says of itself whether it is synchronized. Where OpenID Connect begins, the people in it go, to come
    /// back one by one as they sign in.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let (organization, name) = change.address.identity.split_once('/').unwrap_or_default();
        let mut effects = Vec::new();
        if let Some(object) = world.get(&team::address(organization, name)) {
            let mut object = object.clone();
            object.fields.insert("synced", (change.action != Action::Delete).into());
            effects.push(Effect::Put(object));
        }
        if change.action != Action::Delete && change.text("service") == "oidc" {
            let all = world
                .of(&member::of_team(organization, name))
                .map(|object| &object.address);
            let people = all.filter(|address| !member::parts(address).2.contains('+'));
            effects.extend(people.cloned().map(Effect::Remove));
        }
        effects
    }
}

fn directory(change: &Change) -> Option<(&'static str, &'static str, &'static str)> {
    let service = change.text("service");
    DIRECTORIES.into_iter().find(|(key, ..)| *key == service)
}

fn name_of(prefix: &str) -> &str {
    prefix.split_once('/').unwrap_or_default().1
}

fn is_synced(organization: &Json, team: &str) -> bool {
    let team = organization.get("teams").and_then(|teams| teams.get(team));
    team.and_then(|team| team.get("is_synced")) == Some(&Json::Bool(true))
}

/// Nothing, where the server shows it to others only.
fn read(team: &Json) -> Fields {
    let service = team
        .pointer("/synced/service")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let key = DIRECTORIES
        .iter()
        .find(|(key, ..)| *key == service)
        .map(|(.., key)| *key);
    let config = team.pointer("/synced/config");
    match key.zip(config).and_then(|(key, config)| config.get(key)?.as_str()) {
        Some(group) => Fields::from([("service", service.into()), ("group", group.into())]),
        None => Fields::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_read_by_the_service_that_it_belongs_to() {
        let team = json!({"synced": {"service": "ldap", "config": {"group_dn": "cn=ops"}}});
        assert_eq!(read(&team).get("group"), Some(&"cn=ops".into()));
        assert!(read(&json!({"synced": {"service": "ldap"}})).is_empty());
        assert!(read(&json!({"synced": {"service": "elsewhere", "config": {"group_dn": "x"}}})).is_empty());
    }
}
