//! `[policy] deny`: what nobody may gain, and the narrow ways out of it.

use quayform::model::{Address, Plan, Role};
use quayform::settings::Denial;

use crate::lab::Lab;

const BEFORE: &str = "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [quayadmin]}\n  \
    security: {role: member, members: [alice]}\n  dev: {role: member, members: [bob]}\n---\n\
    kind: Repository\nname: acme/prod-api\npermissions: {teams: {security: read, dev: read}, users: {}, robots: {}}\n---\n\
    kind: Repository\nname: acme/test\npermissions: {teams: {dev: read}, users: {}, robots: {}}\n";

fn lab() -> Lab {
    let mut lab = Lab::seeded(r#"{"users": [{"name": "alice"}, {"name": "bob"}]}"#);
    lab.converge(BEFORE);
    lab.options.guards.deny = vec![Denial {
        gains: Role::Admin,
        on: "acme/prod-*".to_owned(),
        unless_team: Some("security".to_owned()),
    }];
    lab
}

fn refused(plan: &Plan) -> Vec<(String, Vec<Address>)> {
    let told = |refusal: &quayform::model::Refusal| (refusal.message.clone(), refusal.addresses.clone());
    plan.refusals.iter().map(told).collect()
}

#[test]
fn a_grant_by_the_way_of_a_team_is_refused_and_others_are_not() {
    let lab = lab();
    let wider = BEFORE.replace("{security: read, dev: read}", "{security: admin, dev: admin}");
    let address = Address::new("permission", "acme/prod-api:team/dev");
    let message = "bob would gain admin or more on acme/prod-api; [policy] denies that on acme/prod-* to whoever is not in \
        team security";
    assert_eq!(refused(&lab.plan(&wider).plan), [(message.to_owned(), vec![address])]);
    // The same elsewhere, for those who are excepted, and as a narrower role.
    lab.converge(&BEFORE.replace("{teams: {dev: read}", "{teams: {dev: admin}"));
    lab.converge(&BEFORE.replace("{security: read, dev: read}", "{security: admin, dev: write}"));
}

#[test]
fn who_comes_to_administer_the_organization_administers_what_is_meant() {
    let lab = lab();
    let wider = BEFORE.replace("members: [quayadmin]", "members: [quayadmin, bob]");
    let plan = lab.plan(&wider).plan;
    let [(message, addresses)] = &refused(&plan)[..] else {
        panic!("{:#?}", plan.refusals)
    };
    assert!(
        message.starts_with("bob would gain admin or more on acme/prod-api, organization acme;"),
        "{message}"
    );
    assert_eq!(addresses[..], [Address::new("member", "acme/owners/bob")]);
    let later = BEFORE.replacen("---\n", "default_permissions: [{role: admin, user: bob}]\n---\n", 1);
    let plan = lab.plan(&later).plan;
    assert!(
        plan.refusals[0].message.contains("later repositories of acme"),
        "{:#?}",
        plan.refusals
    );
}

/// Whoever administers an organization before and after gains nothing by a repository that comes into it; others do.
#[test]
fn a_new_repository_is_no_gain_for_administrators_of_its_organization() {
    let mut lab = lab();
    let before = BEFORE.replace("members: [quayadmin]", "members: [quayadmin, alice]");
    let deny = std::mem::take(&mut lab.options.guards.deny);
    lab.converge(&before);
    lab.options.guards.deny = deny;
    lab.options.guards.deny[0].unless_team = None;
    let new = |more: &str| format!("{before}---\nkind: Repository\nname: acme/prod-new\n{more}");
    let plan = lab
        .plan(&new("permissions: {teams: {owners: admin}, users: {bob: admin}}\n"))
        .plan;
    let message = "bob would gain admin or more on acme/prod-new; [policy] denies that on acme/prod-*";
    let grant = Address::new("permission", "acme/prod-new:user/bob");
    let birth = Address::new("repository", "acme/prod-new");
    assert_eq!(refused(&plan), [(message.to_owned(), vec![grant, birth])]);
    let gained = format!("{:?}", plan.access.gained);
    assert!(gained.contains("alice"), "it is told all the same: {gained}");
    // Whoever becomes an administrator with it gains it.
    let promoted = new("").replace("members: [quayadmin, alice]", "members: [quayadmin, alice, bob]");
    let told = refused(&lab.plan(&promoted).plan);
    assert!(told[0].0.starts_with("bob would gain admin"), "{told:?}");
    lab.converge(&new("permissions: {teams: {dev: write}, users: {}}\n"));
}

/// What happens to several on several repositories is told as one, and is not allowed as one.
#[test]
fn what_is_allowed_to_one_is_not_allowed_to_others() {
    let before = BEFORE.replace(
        "acme/test\npermissions: {teams: {dev: read}",
        "acme/prod-web\npermissions: {teams: {dev: read}",
    );
    let mut lab = lab();
    let deny = std::mem::take(&mut lab.options.guards.deny);
    lab.converge(&before);
    lab.options.guards.deny = deny;
    let wider = before
        .replace("{security: read, dev: read}", "{security: admin, dev: admin}")
        .replace("{teams: {dev: read}", "{teams: {dev: admin}");
    let of_web = Address::new("permission", "acme/prod-web:team/dev");
    let of_api = Address::new("permission", "acme/prod-api:team/dev");
    let plan = lab.plan(&wider).plan;
    assert_eq!(
        refused(&plan)[0].1,
        [of_api.clone(), of_web.clone()],
        "{:#?}",
        plan.refusals
    );
    let lab = lab.allow(&["permission[acme/prod-api:team/dev]"]);
    let plan = lab.plan(&wider).plan;
    let message = "bob would gain admin or more on acme/prod-web; [policy] denies that on acme/prod-* to whoever is not in \
        team security";
    assert_eq!(refused(&plan), [(message.to_owned(), vec![of_web])]);
    // The grant to those who are excepted allows nobody else.
    let lab = self::lab().allow(&["permission[acme/prod-api:team/security]"]);
    let plan = lab
        .plan(&BEFORE.replace("{security: read, dev: read}", "{security: admin, dev: admin}"))
        .plan;
    assert_eq!(refused(&plan)[0].1, [of_api]);
}

/// A membership that is allowed allows no grant beside it.
#[test]
fn every_change_that_causes_it_must_be_allowed() {
    let wider = BEFORE.replace(
        "users: {}, robots: {}}\n---\nkind: Repository\nname: acme/test",
        "users: {carol: admin}, \
        robots: {}}\n---\nkind: Repository\nname: acme/test",
    );
    let wider = wider.replace("members: [bob]", "members: [bob, carol]");
    let mut lab = lab();
    let seeded = Lab::seeded(r#"{"users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}]}"#);
    seeded.converge(BEFORE);
    lab.emulator = seeded.emulator;
    let (member, grant) = ("member[acme/dev/carol]", "permission[acme/prod-api:user/carol]");
    let lab = lab.allow(&[member]);
    let plan = lab.plan(&wider).plan;
    let way_out = &plan.refusals[0].way_out;
    assert!(
        way_out.contains(&format!("--allow '{member}' --allow '{grant}'")),
        "{way_out}"
    );
    lab.allow(&[grant]).converge(&wider);
}

/// What changes besides is no cause: a reviewer is led to the line that does it.
#[test]
fn settings_of_an_organization_cause_no_access() {
    let lab = Lab::seeded(r#"{"users": [{"name": "alice"}, {"name": "bob"}]}"#);
    lab.converge(BEFORE);
    let wider = BEFORE
        .replace("name: acme\nteams", "name: acme\ntag_expiration: 1d\nteams")
        .replace("dev: {role: member", "dev: {role: creator");
    let planned = lab.plan(&wider);
    assert_eq!(planned.lines(), ["update organization[acme]", "update team[acme/dev]"]);
    let causes = planned.plan.access.gained.iter().map(|shift| &shift.because);
    let team = Address::new("team", "acme/dev");
    assert_eq!(causes.collect::<Vec<_>>(), [&vec![team]]);
}

#[test]
fn exactly_this_can_be_allowed() {
    let wider = BEFORE.replace("{security: read, dev: read}", "{security: read, dev: admin}");
    let lab = lab();
    let plan = lab.plan(&wider).plan;
    let flag = "--allow 'permission[acme/prod-api:team/dev]'";
    assert!(plan.refusals[0].way_out.contains(flag), "{}", plan.refusals[0].way_out);
    let lab = lab.allow(&["permission[acme/prod-api:team/dev]"]);
    lab.converge(&wider);
}
