//! Every guard, on objects of every kind: one that covers a single collection leaves the next one open.

use jiff::Timestamp;
use quayform::kinds::{self, Kind};
use quayform::model::{Action, Address, Declared, Desired, Intent, Origin, Pattern, Plan, Refusal, Reversibility};
use quayform::plan::{Options, plan};
use quayform::report::reference::catalog;
use quayform::settings::{Guards, MaxDeletes};

use crate::contract;
use crate::lab::{Lab, Planned};

const HOUR: i64 = 3_600;

/// The moment at which embedded registries begin.
const BEGINNING: i64 = 1_767_225_600;

/// A registry that holds an object of the kind, as it was read, and the object.
fn registry(kind: &dyn Kind) -> (Planned, Address) {
    let entry = catalog::entry(kind.name()).unwrap();
    let lab = contract::lab(kind);
    if !contract::ONLY_GO.contains(&kind.name()) {
        lab.converge(entry.example);
    }
    let identity = entry.address.split_once('[').unwrap().1.trim_end_matches(']');
    (lab.plan(entry.example), Address::new(kind.name(), identity))
}

/// A plan that deletes one object.
fn deletion(registry: &Planned, address: &Address, options: &Options) -> Plan {
    let tombstone = Declared {
        address: address.clone(),
        intent: Intent::Absent,
        // Objects without names of their own are found by what they hold.
        fields: registry.live.get(address).unwrap().fields.clone(),
        origin: Origin::default(),
        apart: Vec::new(),
        needs: Vec::new(),
    };
    let desired = Desired {
        objects: vec![tombstone],
        ..Desired::default()
    };
    let plan = plan(&desired, &registry.live, options);
    let actions: Vec<Action> = plan.changes.iter().map(|change| change.action).collect();
    assert_eq!(actions, [Action::Delete], "{address}");
    plan
}

fn pattern(text: impl ToString) -> Pattern {
    Pattern::parse(&text.to_string()).unwrap()
}

fn options(max_deletes: u32, allow: &[String]) -> Options {
    Options {
        guards: Guards {
            max_deletes: MaxDeletes::Number(max_deletes),
            ..Guards::default()
        },
        allow: allow.iter().map(pattern).collect(),
        ..Options::default()
    }
}

fn protecting(address: &Address, allow: &[String]) -> Options {
    let mut options = options(1_000, allow);
    options.guards.protected = vec![pattern(address)];
    options
}

/// The guards that refuse, each with whether it can be overridden.
fn guards(plan: &Plan) -> Vec<(&'static str, bool)> {
    let refusals = plan.refusals.iter();
    refusals.map(|refusal| (refusal.guard, refusal.overridable)).collect()
}

fn refusal<'a>(plan: &'a Plan, guard: &str) -> &'a Refusal {
    let found = plan.refusals.iter().find(|refusal| refusal.guard == guard);
    found.unwrap_or_else(|| panic!("{guard} does not refuse: {:#?}", plan.refusals))
}

#[test]
fn protected_objects_of_every_kind_stay() {
    for kind in kinds::ALL {
        let (registry, address) = registry(*kind);
        let plan = deletion(&registry, &address, &protecting(&address, &[address.to_string()]));
        assert_eq!(guards(&plan), [("protected", false)], "{address}");
        assert_eq!(refusal(&plan, "protected").addresses, [address]);
    }
}

#[test]
fn deletions_of_every_kind_are_counted() {
    for kind in kinds::ALL {
        let (registry, address) = registry(*kind);
        let (exact, glob) = (address.to_string(), format!("{}[*]", kind.name()));
        let counted = deletion(&registry, &address, &options(0, &[glob]));
        let mut refusals = counted.refusals.iter();
        let refusal = refusals.find(|refusal| refusal.guard == "max_deletes" && refusal.addresses.contains(&address));
        let refusal = refusal.unwrap_or_else(|| panic!("{:#?}", counted.refusals));
        assert!(refusal.overridable, "{refusal:#?}");
        assert!(
            refusal.way_out.contains(&format!("--allow '{exact}'")),
            "{}",
            refusal.way_out
        );
        let named = deletion(&registry, &address, &options(0, &[exact]));
        assert_eq!(guards(&named), [], "{address} is allowed by its address");
    }
}

#[test]
fn losses_of_every_kind_must_be_allowed() {
    let mut losing = Vec::new();
    for kind in kinds::ALL {
        let (registry, address) = registry(*kind);
        let plan = deletion(&registry, &address, &options(1_000, &[]));
        let class = plan.changes[0].reversibility;
        if class == Reversibility::Reversible {
            assert_eq!(guards(&plan), [], "{address}");
            continue;
        }
        losing.push((kind.name(), class.word()));
        assert_eq!(guards(&plan), [("allow_destroy", true)]);
        for pattern in [
            address.to_string(),
            format!("{}[*]", kind.name()),
            kind.name().to_owned(),
        ] {
            let plan = deletion(&registry, &address, &options(1_000, std::slice::from_ref(&pattern)));
            assert_eq!(guards(&plan), [], "{address} is allowed by {pattern}");
        }
    }
    assert_eq!(
        losing,
        [
            ("service_key", "loses_history_or_credential"),
            ("user", "irreversible"),
            ("organization", "irreversible"),
            ("robot", "loses_history_or_credential"),
            ("application", "loses_history_or_credential"),
            ("repository", "irreversible"),
            ("trigger", "irreversible"),
        ]
    );
}

#[test]
fn what_goes_with_an_organization_is_guarded_as_if_it_went_by_itself() {
    let organization = Address::new("organization", "acme");
    let owned = kinds::ALL.iter().filter(|kind| !kinds::registry::owns(kind.name()));
    for kind in owned.filter(|kind| kind.name() != "organization") {
        let (registry, address) = registry(*kind);
        let glob = "organization[*]".to_owned();
        let plan = deletion(
            &registry,
            &organization,
            &protecting(&address, &[organization.to_string()]),
        );
        assert!(plan.changes[0].takes_along.contains(&address), "{address}");
        assert_eq!(guards(&plan), [("protected", false)]);
        assert_eq!(
            refusal(&plan, "protected").remarks,
            [format!("{address} would go with organization[acme]")]
        );
        let counted = deletion(&registry, &organization, &options(0, &[glob]));
        let kinds: Vec<&Address> = counted.refusals.iter().flat_map(|refusal| &refusal.addresses).collect();
        assert!(kinds.contains(&&address), "{address} is not counted");
        let named = deletion(&registry, &organization, &options(0, &[organization.to_string()]));
        assert_eq!(guards(&named), []);
    }
}

fn people(text: &str) -> Lab {
    let lab = Lab::new();
    lab.converge(text);
    lab
}

fn repositories(number: usize, grants: &str) -> String {
    let one = |number| format!("---\nkind: Repository\nname: acme/r{number}\npermissions: {grants}\n");
    (0..number).map(one).collect()
}

#[test]
fn what_goes_with_a_team_is_counted() {
    let acme = "kind: Organization\nname: acme\nteams: {dev: {role: member, members: [bob]}}\n";
    let lab = people(&(acme.to_owned() + &repositories(7, "{teams: {dev: write}}")));
    let gone = "kind: Organization\nname: acme\nteams: {dev: {absent: true}}\n";
    let text = gone.to_owned() + &repositories(7, "{teams: {}}");
    let plan = lab.plan(&text).plan;
    let refusal = refusal(&plan, "max_deletes");
    assert_eq!(
        refusal.message,
        "all 7 permissions in acme would be deleted; max_deletes = 25% allows 5"
    );
    assert_eq!(refusal.remarks, ["7 of them would go with team[acme/dev]"]);
    assert_eq!(plan.changes[0].takes_along.len(), 8, "seven grants and a member");
    let mut lab = lab.allow(&["team[acme/d*]"]);
    assert_eq!(
        guards(&lab.plan(&text).plan),
        [("max_deletes", true)],
        "a glob allows no amount"
    );
    lab.options.allow = vec![pattern("team[acme/dev]")];
    lab.converge(&text);
}

/// Whatever else the manifests speak of: a team's grants are read before it goes, and no more than that.
#[test]
fn what_goes_with_a_team_is_read_for_its_own_sake() {
    let acme = "kind: Organization\nname: acme\nteams: {dev: {role: member, members: [bob]}, ops: {role: member}}\n\
        default_permissions: [{role: read, team: dev}]\n";
    let lab = people(&(acme.to_owned() + &repositories(7, "{teams: {dev: write, ops: read}}")));
    let tombstone = "kind: Organization\nname: acme\nteams: {dev: {absent: true}}\n";
    let undeclared = "kind: Organization\nname: acme\nteams: {ops: {}}\nmanage: {teams: exact}\n";
    for text in [tombstone, undeclared] {
        let plan = lab.plan(text).plan;
        let along = &plan.changes[0].takes_along;
        let of = |kind: &str| along.iter().filter(|address| address.kind == kind).count();
        assert_eq!(
            (of("permission"), of("default_permission"), of("member")),
            (7, 1, 1),
            "{text}"
        );
        assert_eq!(guards(&plan), [("max_deletes", true)], "{text}");
    }
    let lab = lab.allow(&["team[acme/dev]"]);
    let first = lab.converge(tombstone).requests;
    let second = lab.plan(tombstone).requests;
    assert_eq!(
        first - second,
        3,
        "repositories, the team's grants, default permissions"
    );
}

/// One organization is all of them in its own name.
#[test]
fn organizations_and_quotas_are_counted_over_the_whole_registry() {
    let all = |rest: &str| {
        let one = |number| format!("---\nkind: Organization\nname: team{number}\n{rest}\n");
        (0..6).map(one).collect::<String>()
    };
    let lab = people(&all("quota: {limit: 1 GiB}")).allow(&["organization"]);
    let plan = lab.plan(&all("absent: true")).plan;
    assert_eq!(
        refusal(&plan, "max_deletes").message,
        "all 6 organizations would be deleted; max_deletes = 25% allows 5"
    );
    let plan = lab.plan(&all("quota: {absent: true}")).plan;
    assert_eq!(
        refusal(&plan, "max_deletes").message,
        "all 6 quotas would be deleted; max_deletes = 25% allows 5"
    );
}

#[test]
fn what_the_plan_makes_appear_and_replacements_are_not_counted() {
    let mut lab = Lab::new();
    lab.options = options(0, &[]);
    let text = |level: &str| {
        format!(
            "kind: Organization\nname: acme\nteams: {{dev: {{role: member, members: []}}}}\n\
             default_permissions: [{{role: read, team: dev}}]\n---\nkind: Repository\nname: acme/api\n\
             permissions: {{users: {{}}, teams: {{}}}}\nnotifications: [{{event: vulnerability_found, level: {level}, \
             webhook: {{url: 'https://hooks.example/1'}}}}]\n"
        )
    };
    let born = lab.converge(&text("high"));
    assert!(
        born.lines()
            .contains(&"delete permission[acme/api:user/quayadmin]".to_owned()),
        "{:?}",
        born.lines()
    );
    let changed = lab.converge(&text("low"));
    assert_eq!(changed.plan.summary.replace, 1, "{:?}", changed.lines());
}

/// Who must stay able to administer: manifests, the second of which each guard refuses.
#[test]
fn nobody_is_locked_out() {
    let acme = |teams: &str| format!("kind: Organization\nname: acme\nteams: {{{teams}}}\n");
    let owners = "owners: {role: admin, members: [quayadmin]}";
    let cases: [(_, Vec<&str>, _, _, _, &[&str]); 7] = [
        (
            "an operator's admin team goes",
            vec!["carol"],
            1,
            acme(&format!("{owners}, keepers: {{role: admin, members: [carol]}}")),
            acme(&format!("{owners}, keepers: {{absent: true}}")),
            &["operators"],
        ),
        (
            "an operator's admin team is demoted",
            vec!["carol"],
            1,
            acme(&format!("{owners}, keepers: {{role: admin, members: [carol]}}")),
            acme(&format!("{owners}, keepers: {{role: creator, members: [carol]}}")),
            &["operators"],
        ),
        (
            "two of three people go with their team",
            vec![],
            2,
            acme(&format!("{owners}, keepers: {{role: admin, members: [alice, bob]}}")),
            acme(&format!("{owners}, keepers: {{absent: true}}")),
            &["min_admins"],
        ),
        (
            "two of three people are demoted with their team",
            vec![],
            2,
            acme(&format!("{owners}, keepers: {{role: admin, members: [alice, bob]}}")),
            acme(&format!("{owners}, keepers: {{role: member, members: [alice, bob]}}")),
            &["min_admins"],
        ),
        (
            "people go one by one",
            vec![],
            2,
            acme("owners: {role: admin, members: [quayadmin, alice, bob]}"),
            acme("owners: {role: admin, members: [quayadmin]}"),
            &["min_admins"],
        ),
        (
            "a new organization that its own creator does not administer",
            vec![],
            1,
            String::new(),
            acme("owners: {role: member, members: [quayadmin]}, keepers: {role: admin, members: [alice]}"),
            &["operators"],
        ),
        (
            "a new organization that only a robot administers",
            vec![],
            1,
            String::new(),
            acme("owners: {role: member, members: [quayadmin]}, keepers: {role: admin, members: [acme+ci]}")
                + "robots: {ci: {}}\n",
            &["operators", "min_admins"],
        ),
    ];
    for (what, operators, min_admins, before, after, expected) in cases {
        let mut lab = Lab::new();
        if !before.is_empty() {
            lab.converge(&before);
        }
        lab.options.guards.operators = operators.into_iter().map(str::to_owned).collect();
        lab.options.guards.min_admins = min_admins;
        let plan = lab.plan(&after).plan;
        let named: Vec<&str> = plan.refusals.iter().map(|refusal| refusal.guard).collect();
        assert_eq!(named, expected, "{what}: {:#?}", plan.refusals);
        for refusal in &plan.refusals {
            assert_eq!(refusal.overridable, refusal.guard == "min_admins", "{what}");
        }
    }
}

#[test]
fn a_new_organization_ends_with_an_administrator() {
    let mut lab = Lab::new();
    lab.options.guards.min_admins = 3;
    lab.converge("kind: Organization\nname: acme\n");
    // The server lets nobody leave the last admin team that they are in.
    lab.options.guards.operators = vec!["carol".to_owned()];
    let owners =
        |member: &str| format!("kind: Organization\nname: other\nteams: {{owners: {{members: [{member}]}}}}\n");
    for member in ["alice", "nobody"] {
        let planned = lab.plan(&owners(member));
        assert_eq!(guards(&planned.plan), []);
        assert!(planned.plan.diagnostics.iter().any(|note| note.code == "kept"));
    }
    lab.converge(&owners("alice"));
}

fn used() -> Lab {
    let mut lab = Lab::seeded(
        r#"{"organizations": [{"name": "acme", "robots": [{"name": "ci", "used": true}, "idle"], "repositories": [
            {"name": "pulled", "uses": 12}, {"name": "pushed", "pushed": true}, {"name": "quiet"}
        ]}]}"#,
    );
    lab.options.now = Timestamp::from_second(BEGINNING + 49 * HOUR).ok();
    lab
}

const USED_ALL_GONE: &str = "kind: Organization\nname: acme\nrobots: {ci: {absent: true}, idle: {absent: true}}\n\
    ---\nkind: Repository\nname: acme/pulled\nabsent: true\n---\nkind: Repository\nname: acme/pushed\nabsent: true\n\
    ---\nkind: Repository\nname: acme/quiet\nabsent: true\n";

#[test]
fn what_was_used_lately_is_named() {
    let mut lab = used();
    let plan = lab.plan(USED_ALL_GONE).plan;
    let remarks: Vec<&[String]> = plan.refusals.iter().map(|refusal| refusal.remarks.as_slice()).collect();
    assert_eq!(
        remarks,
        [
            [
                "repository[acme/pulled] was used 12 times within a week",
                "repository[acme/pushed] was pushed to on 2026-01-01, 2 days ago"
            ]
            .as_slice(),
            ["robot[acme+ci] logged in on 2026-01-01, 2 days ago"].as_slice()
        ]
    );
    lab.options.now = Timestamp::from_second(BEGINNING + 31 * 24 * HOUR).ok();
    let later = lab.plan(USED_ALL_GONE).plan;
    assert_eq!(later.refusals[0].remarks.len(), 1, "what the server counts in a week");
    assert!(later.refusals[1].remarks.is_empty());
}

#[test]
fn what_was_used_lately_is_named_also_below_an_organization_and_where_it_is_allowed() {
    let lab = used();
    let gone = "kind: Organization\nname: acme\nabsent: true\n";
    let plan = lab.plan(gone).plan;
    assert_eq!(plan.refusals[0].addresses, [Address::new("organization", "acme")]);
    assert_eq!(plan.refusals[0].remarks.len(), 3, "{:#?}", plan.refusals[0].remarks);
    let plan = lab.allow(&["organization"]).plan(gone).plan;
    let warnings: Vec<&str> = plan.diagnostics.iter().map(|warning| warning.code).collect();
    assert_eq!(warnings, ["in-use"; 3]);
}

/// It takes no request more, and where nothing may go it is not asked for.
#[test]
fn use_is_asked_with_the_list_and_only_where_repositories_may_go() {
    let lab = used();
    let asked = |text: &str| lab.plan(text).asked;
    let kept = asked("kind: Repository\nname: acme/quiet\ndescription: still here\n");
    let gone = asked("kind: Repository\nname: acme/quiet\nabsent: true\n");
    let exact = asked("kind: Organization\nname: acme\nmanage: {repositories: exact}\n");
    let with_use = |asked: &[String]| asked.iter().filter(|line| line.contains("last_modified=true")).count();
    assert_eq!((with_use(&kept), with_use(&gone), with_use(&exact)), (0, 1, 1));
    assert_eq!(kept.len(), gone.len(), "{kept:#?} {gone:#?}");
}

#[test]
fn an_allowance_that_means_nothing_is_a_warning() {
    let text = |rest: &str| format!("kind: Organization\nname: acme\nrobots: {{old: {{{rest}}}}}\n");
    let lab = people(&text(""));
    let lab = lab.allow(&["robot[acme+odl]", "robot[acme+old]"]);
    let plan = lab.plan(&text("absent: true")).plan;
    let warnings: Vec<(&str, &str, Option<&str>)> = plan
        .diagnostics
        .iter()
        .map(|warning| (warning.code, warning.message.as_str(), warning.help.as_deref()))
        .collect();
    assert_eq!(
        warnings,
        [(
            "unused-allow",
            "--allow 'robot[acme+odl]' means nothing that this plan deletes",
            Some("correct it or drop it; this plan deletes robot[acme+old]")
        )]
    );
}

/// A shorter time to bring tags back is no deletion of an object, but no other apply makes it undone.
#[test]
fn a_plan_says_what_an_update_loses() {
    let text = |time: &str| format!("kind: Organization\nname: acme\ntag_expiration: {time}\n");
    let lab = people(&text("2w"));
    let class = |time: &str| lab.plan(&text(time)).plan.changes[0].reversibility.word();
    assert_eq!(
        (class("1d"), class("4w")),
        ("loses_history_or_credential", "reversible")
    );
    assert_eq!(guards(&lab.plan(&text("1d")).plan), []);
}
