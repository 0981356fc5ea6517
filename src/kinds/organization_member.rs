//! People who have left an organization: none of its teams and none of its repositories knows them any more.
//!
//! Who belongs to an organization follows from its teams and grants, so that manifests can only say who does not.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::sight::{self, text};
use super::wishes::Wishes;
use super::{Kind, member, permission, shapes, targets};
use crate::http::Method;
use crate::manifest::decode::Entry;
use crate::manifest::record::{Check, record};
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Diagnostic, Effect, Exported, Field, Fields, Interest, Object,
    OnUnknown, Query, World,
};

record! {
    /// A person who has left the organization.
    pub struct OrganizationMemberSpec {
        /// Takes the person out of all teams, and all grants on the organization's repositories away.
        absent: bool,
    }
    marks: [absent];
    check: check_member;
}

fn check_member(member: &OrganizationMemberSpec, check: &mut Check<'_>) {
    if member.absent.is_none() && check.is_complete {
        check.diagnostics.push(
            Diagnostic::error("missing-field", "this member lacks `absent: true`", check.place)
                .help("people belong to an organization by its teams: write them under `members` of a team"),
        );
    }
}

/// The kind's name.
pub const NAME: &str = "organization_member";

/// A person in an organization's teams, or with grants on its repositories.
pub struct OrganizationMember;

/// The address of a person in an organization.
pub fn address(organization: &str, person: &str) -> Address {
    Address::new(NAME, format!("{organization}/{person}"))
}

/// Who is to have nothing in the organization any more.
pub fn desired(organization: &str, person: &str, entry: &Entry<OrganizationMemberSpec>, wishes: &mut Wishes<'_>) {
    // All that goes along is to be seen in the plan, and whether anybody is left who administers.
    wishes.watch(member::of_organization(organization));
    wishes.forbid(address(organization, person), entry.name);
}

/// The repositories of an organization on which people have grants who leave it, by full name.
pub fn left_behind(interest: &Interest, answers: &Answers, organization: &str) -> BTreeSet<(String, String)> {
    let is_leaving = |view: &&Json| interest.ending.contains(&address(organization, text(view, "name")));
    let views = people(answers, organization).filter(is_leaving);
    let grants = views.flat_map(|view| {
        let repositories = sight::list(view, "repositories").filter_map(Json::as_str);
        repositories.map(|name| (format!("{organization}/{name}"), text(view, "name").to_owned()))
    });
    grants.collect()
}

/// Everybody in a team, and everybody in none with a grant.
fn people<'a>(answers: &'a Answers, organization: &str) -> impl Iterator<Item = &'a Json> {
    let members = answers.list(&targets::members(organization), "members").iter();
    members.chain(answers.list(&targets::collaborators(organization), "collaborators"))
}

impl Kind for OrganizationMember {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        &[]
    }

    /// D and E, as for grants to people.
    fn queries(&self, interest: &Interest, _known: &World, answers: &Answers) -> Vec<Query> {
        let mut queries = Vec::new();
        for (organization, _) in sight::visible(NAME, interest, answers) {
            let names = interest.prefixes(NAME, organization);
            let serves: Vec<Collection> = names.map(|name| Collection::new(NAME, name)).collect();
            let (members, collaborators) = (targets::members(organization), targets::collaborators(organization));
            let reason = "every human in a team";
            queries.push(targets::ask(members, &shapes::MEMBERS, reason, serves.clone()));
            let reason = "every human outside of the teams with a grant";
            queries.push(targets::ask(collaborators, &shapes::COLLABORATORS, reason, serves));
        }
        queries
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            for view in people(answers, organization) {
                let address = address(organization, text(view, "name"));
                if interest.addresses.contains(&address) || interest.asked.contains(&address) {
                    world.put(Object::new(address, Fields::new()));
                }
            }
            let proof = [targets::members(organization), targets::collaborators(organization)];
            for name in interest.prefixes(NAME, organization) {
                sight::settle(world, answers, Collection::new(NAME, name), &proof);
            }
        });
    }

    /// Manifests only say who does not belong.
    fn explore(&self, _namespace: &str, _known: &World, _answers: &Answers, _interest: &mut Interest) {}

    fn export(&self, _object: &Object, _world: &World) -> Exported {
        Exported::nothing()
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let (organization, person) = change.address.identity.split_once('/')?;
        let memberships = memberships(world, organization, person);
        let team = memberships
            .map(|membership| member::parts(membership).1)
            .find(|team| member::is_synced(world, organization, team))?;
        Some(format!(
            "the team {team} is synchronized with an external group, which would bring them back: take {person} out of \
             the group"
        ))
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let Some((organization, person)) = change.address.identity.split_once('/') else {
            return Vec::new();
        };
        if change.action != Action::Delete {
            return Vec::new();
        }
        let path = ["organization", organization, "members", person];
        let mut call = Call::new(Method::Delete, &path).already(404, "Not Found");
        call.on_unknown = OnUnknown::Repeat;
        vec![call]
    }

    /// Memberships and direct grants go along; default permissions stay.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let Some((organization, person)) = change.address.identity.split_once('/') else {
            return Vec::new();
        };
        let grants = world
            .objects
            .keys()
            .filter(|address| address.namespace() == organization && permission::is_of(address, "user", person));
        let gone = memberships(world, organization, person).chain(grants);
        gone.cloned().map(Effect::Remove).collect()
    }
}

fn memberships<'a>(world: &'a World, organization: &'a str, person: &'a str) -> impl Iterator<Item = &'a Address> {
    let all = world
        .objects
        .range(Address::new(member::NAME, format!("{organization}/"))..)
        .map(|(address, _)| address)
        .take_while(move |address| address.kind == member::NAME && address.namespace() == organization);
    all.filter(move |address| member::is_of(address, person))
}
