//! Each kind through its whole life, on the embedded registry: every field becomes another one, or is said to be blocked;
//! the object goes, or it is said why it cannot; and where the server lacks what it needs, that is said.

use std::collections::BTreeSet;

use quayform::kinds::{self, Kind};
use quayform::model::{Action, Change, Way};

use super::lives::{End, LIVES, Life, Without};
use super::{ONLY_GO, address, entry, lab, read};
use crate::lab::{Lab, Planned};

/// Fields of which a registry takes some values and others not: it has one directory.
const NOT_ON_THIS_SERVER: [&str; 1] = ["team_sync.service"];

/// Fields of which another value is a mistake that shows offline: there is no way back from an approval.
const NO_WAY_BACK: [&str; 1] = ["service_key.approved"];

/// Kinds of which the server carries out some changes only later, and the scenarios that show it.
const DEFERRED: [(&str, &str, &str); 2] = [
    (
        "robot",
        "scenarios/company.rs",
        "the_robot_of_a_mirror_is_deleted_later",
    ),
    (
        "tag",
        "scenarios/builds.rs",
        "a_copy_of_a_tag_that_is_being_built_is_put_off",
    ),
];

fn life(kind: &dyn Kind) -> &'static Life {
    let life = LIVES.iter().find(|life| life.kind == kind.name());
    life.unwrap_or_else(|| panic!("nothing is said about the life of {}", kind.name()))
}

/// A registry that has the example, and allows everything.
fn living(kind: &dyn Kind) -> Lab {
    let lab = lab(kind).allow(&["*"]);
    if !ONLY_GO.contains(&kind.name()) {
        lab.converge(entry(kind).example);
    }
    lab
}

/// The example with other values.
fn other(kind: &dyn Kind, swaps: &[(&str, &str)]) -> String {
    swaps.iter().fold(entry(kind).example.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{}: {from} in {text}", kind.name());
        text.replacen(from, to, 1)
    })
}

/// The changes of this kind.
fn of<'p>(kind: &dyn Kind, planned: &'p Planned) -> Vec<&'p Change> {
    let changes = planned.plan.changes.iter();
    changes.filter(|change| change.address.kind == kind.name()).collect()
}

/// Applies a plan; what is not blocked is done, and is not planned again.
fn settled(lab: &Lab, text: &str) -> Result<Planned, String> {
    let planned = lab.plan(text);
    if !planned.plan.refusals.is_empty() {
        return Err(format!("{:#?}", planned.plan.refusals));
    }
    lab.carry_out(&planned);
    let open = lab.plan(text).plan.changes;
    let before = planned
        .plan
        .changes
        .iter()
        .filter(|change| change.action == Action::Blocked);
    let blocked: BTreeSet<String> = before.map(|change| change.address.to_string()).collect();
    let open: Vec<String> = open.iter().map(|change| change.address.to_string()).collect();
    match open.iter().all(|address| blocked.contains(address)) {
        true => Ok(planned),
        false => Err(format!("{open:#?} is planned again for {text}")),
    }
}

#[test]
fn every_kind_has_a_life_in_the_order_of_the_kinds() {
    let told: Vec<&str> = LIVES.iter().map(|life| life.kind).collect();
    let names: Vec<&str> = kinds::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(told, names);
    for kind in kinds::ALL {
        let written = kind
            .fields()
            .iter()
            .filter(|field| !matches!(field.way, Way::CreateOnly(_)));
        let written: Vec<&str> = written.map(|field| field.name).collect();
        let changed: Vec<&str> = life(*kind).changes.iter().map(|(field, _)| *field).collect();
        assert_eq!(changed, written, "{}", kind.name());
    }
}

#[test]
fn every_field_becomes_another_one_or_is_said_to_be_blocked() {
    let mut surprises = Vec::new();
    for kind in kinds::ALL {
        for (name, swaps) in life(*kind).changes {
            surprises.extend(changed(*kind, name, &other(*kind, swaps)).err());
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

/// Writes another value, and applies that; or what is not as its field declares.
fn changed(kind: &dyn Kind, name: &str, text: &str) -> Result<(), String> {
    let field = kind.fields().iter().find(|field| field.name == name).unwrap();
    let full_name = format!("{}.{name}", kind.name());
    if NO_WAY_BACK.contains(&full_name.as_str()) {
        let loaded = quayform::manifest::parse_sources([("a.yaml".into(), text.to_owned())]);
        return loaded
            .project
            .map_or(Ok(()), |_| Err(format!("{full_name} can be taken back")));
    }
    let expected: &[&str] = match field.way {
        _ if NOT_ON_THIS_SERVER.contains(&full_name.as_str()) => &["blocked"],
        Way::Update | Way::Moved(_) => &["update"],
        Way::Replace => &["replace", "create delete"],
        Way::Blocked(_) => &["blocked"],
        Way::WriteOnly(_) | Way::CreateOnly(_) => &[""],
    };
    let mut lab = living(kind);
    let planned = settled(&lab, text)?;
    let changes = of(kind, &planned);
    let mut words: Vec<&str> = changes.iter().map(|change| change.action.word()).collect();
    words.sort_unstable();
    let is_told = changes.iter().any(|change| change.touches(name)) || words.is_empty();
    if !expected.contains(&words.join(" ").as_str()) || !is_told {
        return Err(format!("{full_name}: {words:?} in {:#?}", planned.details()));
    }
    if matches!(field.way, Way::WriteOnly(_)) {
        // What never comes back is sent again when that is asked for.
        lab.options.resend_secrets = true;
        let again = lab.plan(text);
        if !of(kind, &again).iter().any(|change| change.touches(name)) {
            return Err(format!("{full_name} is not sent again"));
        }
        lab.carry_out(&again);
    }
    Ok(())
}

#[test]
fn every_object_goes_or_it_is_said_why_it_cannot() {
    for kind in kinds::ALL {
        let (lab, address) = (living(*kind), address(*kind));
        let text = match life(*kind).end {
            End::By(from, to) => other(*kind, &[(from, to)]),
            End::Manifest(text) => text.to_owned(),
            End::Never(why) => {
                assert!(!why.is_empty());
                let written = life(*kind).changes[0].1[0].0;
                let without: Vec<&str> = entry(*kind)
                    .example
                    .lines()
                    .filter(|line| !line.contains(written))
                    .collect();
                let planned = lab.plan(&without.join("\n"));
                assert!(planned.plan.is_empty(), "{:#?}", planned.details());
                continue;
            }
        };
        let lines = lab.converge(&text).lines();
        assert!(lines.contains(&format!("delete {address}")), "{address}: {lines:#?}");
        assert!(lab.plan(&text).live.get(&address).is_none(), "{address} is still there");
    }
}

#[test]
fn what_a_server_lacks_blocks_the_kind_with_its_name_and_nothing_else() {
    let mut surprises = Vec::new();
    for kind in kinds::ALL {
        match life(*kind).without {
            Without::Feature(feature) => surprises.extend(lacking(*kind, feature).err()),
            Without::Nothing(why) => assert!(!why.is_empty()),
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

/// Applies the example where a feature is off.
fn lacking(kind: &dyn Kind, feature: &str) -> Result<(), String> {
    let lab = lab(kind);
    lab.emulator.with(|registry| registry.set_feature(feature, false));
    let planned = settled(&lab, entry(kind).example)?;
    let blocked = planned
        .plan
        .changes
        .iter()
        .filter(|change| change.action == Action::Blocked);
    let reasons: Vec<(String, &str)> = blocked
        .map(|change| (change.address.to_string(), change.reason.as_deref().unwrap_or_default()))
        .collect();
    let reason = |address: &str| {
        reasons
            .iter()
            .find(|(blocked, _)| blocked == address)
            .map(|(_, reason)| *reason)
    };
    let names_it = |reason: &str| reason.contains(&format!("FEATURE_{feature}"));
    let address = address(kind).to_string();
    // What it is a part of may be what the server does not have.
    let is_told = match reason(&address) {
        Some(own) if names_it(own) => true,
        Some(own) => reasons.iter().any(|(other, why)| own.contains(other) && names_it(why)),
        None => false,
    };
    match is_told && planned.plan.gaps.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{address} without {feature}: {reasons:#?}, {:#?}",
            planned.plan.gaps
        )),
    }
}

/// Whether the server carries out a change later is the kind's own knowledge: whoever has some is named here.
#[test]
fn what_is_put_off_is_shown_by_a_scenario() {
    for kind in kinds::ALL {
        let folder = format!("src/kinds/{}/mod.rs", kind.name());
        let is_folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder).is_file();
        let source = read(&if is_folder {
            folder
        } else {
            format!("src/kinds/{}.rs", kind.name())
        });
        let shown = DEFERRED.iter().find(|(name, ..)| *name == kind.name());
        assert_eq!(source.contains("fn postponed("), shown.is_some(), "{}", kind.name());
        if let Some((_, file, test)) = shown {
            assert!(
                read(&format!("tests/it/{file}")).contains(&format!("fn {test}()")),
                "{test}"
            );
        }
    }
}
