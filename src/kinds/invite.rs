//! Invitations of e-mail addresses into teams. Accounts that are invited are memberships that wait.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::organization::is_email;
use super::sight::{self, text};
use super::wishes::Wishes;
use super::{Kind, member, shapes, targets, team};
use crate::http::Method;
use crate::manifest::documents::OrganizationDocument;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest,
    Object, Query, Value, World, Written,
};

/// The kind's name.
pub const NAME: &str = "invite";

/// An invitation of an e-mail address that is not answered yet.
pub struct Invite;

/// The address of an invitation.
pub fn address(organization: &str, team: &str, email: &str) -> Address {
    Address::new(NAME, format!("{organization}/{team}/{email}"))
}

/// All invitations of e-mail addresses into a team.
pub fn of_team(organization: &str, team: &str) -> Collection {
    Collection::new(NAME, format!("{organization}/{team}/"))
}

/// How often the address is invited: each repetition is an invitation of its own.
const TIMES: &str = "times";

/// Whom a team is to invite by e-mail.
pub fn desired(
    organization: &str,
    team: &str,
    document: &OrganizationDocument,
    spec: &team::TeamSpec,
    wishes: &mut Wishes<'_>,
) {
    let Some(invites) = &spec.invites else { return };
    wishes.own(
        of_team(organization, team),
        document.manage_invites(spec),
        invites.place,
    );
    let mut seen = BTreeSet::new();
    for email in invites.value.iter().filter(|email| seen.insert(&email.value)) {
        let needs = vec![team::address(organization, team)];
        wishes.want(
            address(organization, team, &email.value),
            Fields::new(),
            needs,
            email.place,
        );
    }
}

impl Kind for Invite {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        &[]
    }

    fn collection(&self, address: &Address) -> Collection {
        let (organization, team, _) = member::parts(address);
        of_team(organization, team)
    }

    /// Only a team's own list shows who is invited.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for (organization, view) in sight::visible(NAME, interest, answers) {
            for team in wanted_teams(interest, organization).filter(|team| exists(view, team)) {
                let target = targets::team_members(organization, team);
                let reason = "the e-mail addresses that are invited into a team";
                let serves = vec![of_team(organization, team)];
                queries.push(targets::ask(target, &shapes::TEAM_MEMBERS, reason, serves));
            }
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, view| {
            for team in wanted_teams(interest, organization) {
                let collection = of_team(organization, team);
                if !exists(view, team) {
                    world.complete.insert(collection);
                    continue;
                }
                let target = targets::team_members(organization, team);
                for (email, times) in invited(answers.list(&target, "members")) {
                    let fields = Fields::from([(TIMES, times.into())]);
                    world.put(Object::new(address(organization, team, email), fields));
                }
                sight::settle(world, answers, collection, &[target]);
            }
        });
    }

    /// Where the server sends no mail, whoever is still invited can do nothing with it.
    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        if known.features.has("MAILING") {
            let teams = team::explored(known, namespace);
            interest.collections.extend(teams.map(|team| of_team(namespace, team)));
        }
    }

    fn export(&self, object: &Object, world: &World) -> Exported {
        let (organization, team, email) = member::parts(&object.address);
        if member::is_synced(world, organization, team) || !is_email(email) {
            return Exported::not("the team is synchronized with an external group, or this is no e-mail address");
        }
        let document = Document::Organization(organization.to_owned());
        let exported = Exported::item(document, &["teams", team, "invites"], Written::text(email));
        exported.elsewhere("another registry has to mail it")
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let (organization, team) = collection.prefix.trim_end_matches('/').split_once('/')?;
        let document = Document::Organization(organization.to_owned());
        let (path, manage) = (["teams", team, "invites"], ["teams", team, "manage", "invites"]);
        Some(ExactList::new(collection.clone(), document, &path, &manage))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        if !world.features.has("MAILING") {
            return Some(
                "FEATURE_MAILING is off: the server neither sends nor withdraws invitations by e-mail".to_owned(),
            );
        }
        let (organization, team, _) = member::parts(&change.address);
        (change.action == Action::Create && member::is_synced(world, organization, team))
            .then(|| "the team is synchronized with an external group: people join it there".to_owned())
    }

    /// Each repetition would be one more invitation and one more mail, and is withdrawn by itself.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let (organization, team, email) = member::parts(&change.address);
        let path = ["organization", organization, "team", team, "invite", email];
        match change.action {
            Action::Create => vec![Call::new(Method::Put, &path).reread()],
            Action::Delete => {
                let times = change.wanted.get(TIMES).and_then(Value::as_integer).unwrap_or(1);
                let delete = Call::new(Method::Delete, &path).already(404, "Not Found");
                vec![delete; usize::try_from(times).unwrap_or(1).max(1)]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}

fn wanted_teams<'a>(interest: &'a Interest, organization: &'a str) -> impl Iterator<Item = &'a str> {
    let prefixes = interest.prefixes(NAME, organization);
    prefixes.filter_map(|prefix| Some(prefix.trim_end_matches('/').split_once('/')?.1))
}

fn exists(organization: &Json, team: &str) -> bool {
    organization.get("teams").is_some_and(|teams| teams.get(team).is_some())
}

/// The invited addresses of a team's list, each with how often it is there.
fn invited(list: &[Json]) -> BTreeMap<&str, i64> {
    let mut found = BTreeMap::new();
    for email in list
        .iter()
        .map(|view| text(view, "email"))
        .filter(|email| !email.is_empty())
    {
        *found.entry(email).or_default() += 1;
    }
    found
}
