//! What every resource kind owes to the engine and to its readers.

mod life;
mod lives;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quayform::export::Section;
use quayform::kinds::{self, Kind};
use quayform::model::{Address, Change, Field, Fields, Intent, Object, Value, Way};
use quayform::plan::{Options, plan};
use quayform::report::reference::catalog::{self, Entry, catalog};

use crate::lab::{Lab, Planned, text};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn entry(kind: &dyn Kind) -> &'static Entry {
    catalog::entry(kind.name()).unwrap_or_else(|| panic!("the catalog lacks {}", kind.name()))
}

fn address(kind: &dyn Kind) -> Address {
    let identity = entry(kind).address.strip_prefix(kind.name());
    let identity = identity.and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
    Address::new(kind.name(), identity.expect("the catalog's address is one of its kind"))
}

/// Images and triggers come from elsewhere.
const PUSHED: &str = r#"{"organizations": [{"name": "acme", "repositories": [{
    "name": "api",
    "manifests": [
        {"digest": "sha256:1111111111111111111111111111111111111111111111111111111111111111"},
        {"digest": "sha256:2222222222222222222222222222222222222222222222222222222222222222"}
    ],
    "triggers": [{"build_source": "git@example.com:acme/api.git"}]
}]}]}"#;

/// Somebody who can leave an organization.
const PEOPLE: &str = r#"{"users": [{"name": "dave"}, {"name": "bob"}], "organizations": [{"name": "acme", "teams": {
    "owners": {"role": "admin", "members": ["quayadmin", "bob"]},
    "developers": {"role": "member", "members": ["dave"]}
}}]}"#;

/// Kinds of which manifests can only say what is to go.
pub(crate) const ONLY_GO: [&str; 1] = ["organization_member"];

fn can_come() -> impl Iterator<Item = &'static dyn Kind> {
    let all = kinds::ALL.iter().copied();
    all.filter(|kind| !ONLY_GO.contains(&kind.name()))
}

/// A registry in which the example of a kind can be applied.
pub(crate) fn lab(kind: &dyn Kind) -> Lab {
    let mut lab = match kind.name() {
        "tag" | "label" | "trigger" => Lab::seeded(PUSHED),
        "organization_member" => Lab::seeded(PEOPLE),
        _ => Lab::new(),
    };
    lab.variables = vec![
        ("HUB_PASSWORD", "hub"),
        ("SECURITY_URL", "https://hooks.example/security"),
    ];
    // Off on the recorded server; a mirror's architectures need it.
    lab.emulator.with(|registry| registry.set_feature("SPARSE_INDEX", true));
    lab.emulator.with(|registry| registry.set_authentication("LDAP"));
    lab.emulator.with(|registry| registry.set_feature("SIGNING", true));
    // Where mail is sent, people are only invited.
    lab.emulator
        .with(|registry| registry.set_feature("MAILING", kind.name() == "invite"));
    lab
}

/// The example's registry, with all that the example wants, and a plan against it.
fn converged(kind: &dyn Kind) -> Planned {
    let lab = lab(kind);
    let first = lab.converge(entry(kind).example);
    let action = match kind.name() {
        // The first is made on the web page, the others come with their repository.
        "trigger" | "repository_state" | "repository_trust" => "update",
        _ => "create",
    };
    let line = format!("{action} {}", address(kind));
    assert!(first.lines().contains(&line), "no `{line}` in {:#?}", first.lines());
    lab.plan(entry(kind).example)
}

fn wish(planned: &Planned, address: &Address) -> Fields {
    let wishes = &planned.desired.objects;
    let wish = wishes
        .iter()
        .find(|wish| wish.address == *address && wish.intent == Intent::Present);
    wish.unwrap_or_else(|| panic!("nobody wants {address}")).fields.clone()
}

#[test]
fn names_are_unique_and_are_those_of_constant_and_file() {
    let names: Vec<&str> = kinds::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    for name in names {
        let folder = format!("src/kinds/{name}/mod.rs");
        let is_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder).is_file();
        let source = read(&if is_folder {
            folder
        } else {
            format!("src/kinds/{name}.rs")
        });
        assert!(
            source.contains(&format!("pub const NAME: &str = \"{name}\";")),
            "{name}"
        );
        assert_eq!(kinds::find(name).map(Kind::name), Some(name));
    }
}

#[test]
fn every_kind_is_in_the_lists_that_people_read() {
    let names: Vec<&str> = kinds::ALL.iter().map(|kind| kind.name()).collect();
    let listed: Vec<&str> = catalog().map(|entry| entry.kind).collect();
    assert_eq!(listed, names, "the catalog of the reference pages");
    let architecture = read("ARCHITECTURE.md");
    let changelog = read("CHANGELOG.md");
    for name in names {
        assert!(
            architecture.contains(&format!("| `{name}` |")),
            "ARCHITECTURE.md lacks {name}"
        );
        assert!(changelog.contains(&format!("`{name}`")), "CHANGELOG.md lacks {name}");
    }
}

#[test]
fn fields_are_distinct_and_marks_are_explained() {
    for kind in kinds::ALL {
        let names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        for field in kind.fields() {
            let explained = matches!(field.way, Way::Update | Way::Replace) || !field.way.why().is_empty();
            assert!(explained, "{}.{} does not say why", kind.name(), field.name);
        }
    }
}

#[test]
fn an_object_stands_in_its_own_collection() {
    for kind in kinds::ALL {
        let address = address(*kind);
        let collection = kinds::collection(&address);
        assert!(collection.holds(&address), "{collection} does not hold {address}");
        assert_eq!(collection.namespace(), address.namespace());
    }
}

/// What counts only at a creation may exclude something else, and need not come back.
fn compared(kind: &dyn Kind) -> impl Iterator<Item = &'static Field> {
    let fields = kind.fields().iter();
    fields.filter(|field| !matches!(field.way, Way::CreateOnly(_)))
}

/// A wish in a field that the kind does not list would never be compared.
#[test]
fn examples_write_every_field_and_no_other() {
    for kind in can_come() {
        let planned = lab(kind).plan(entry(kind).example);
        let wanted: BTreeSet<&str> = wish(&planned, &address(kind)).keys().collect();
        let known: BTreeSet<&str> = compared(kind).map(|field| field.name).collect();
        assert_eq!(wanted, known, "{}", kind.name());
    }
}

/// Created as written, then read back without a difference; what can be read is read.
#[test]
fn examples_are_applied_and_read_back() {
    for kind in can_come() {
        let planned = converged(kind);
        let address = address(kind);
        let live = planned
            .live
            .get(&address)
            .unwrap_or_else(|| panic!("{address} is not there"));
        for field in compared(kind).filter(|field| !matches!(field.way, Way::WriteOnly(_))) {
            assert!(
                live.fields.contains_key(field.name),
                "{address}: {} is not read",
                field.name
            );
        }
    }
}

/// Somebody changes one field: the plan deals with it in the way that the field declares.
#[test]
fn every_field_changes_in_its_declared_way() {
    for kind in can_come() {
        let planned = converged(kind);
        let address = address(kind);
        for field in kind.fields() {
            let expected: &[&str] = match field.way {
                Way::Update => &["update"],
                // Another title, event or method makes another object.
                Way::Replace => &["replace", "create delete"],
                Way::Blocked(_) => &["blocked"],
                Way::WriteOnly(_) | Way::CreateOnly(_) => &[""],
                // What the server moves is tested where it is known how.
                Way::Moved(_) => continue,
            };
            let found = after(&planned, &address, field.name, Value::text("elsewhere"));
            let words: Vec<&str> = found.iter().map(|change| change.action.word()).collect();
            assert!(
                expected.contains(&words.join(" ").as_str()),
                "{address} {}: {words:?}",
                field.name
            );
        }
    }
}

#[test]
fn whole_intervals_of_a_mirror_are_no_difference() {
    let kind = kinds::find("mirror").unwrap();
    let (planned, address) = (converged(kind), address(kind));
    for (live, words) in [
        ("2026-01-01T06:00:00Z", vec![]),
        ("2026-03-01T18:00:00Z", vec![]),
        ("2026-01-01T03:00:00Z", vec!["update"]),
    ] {
        let found = after(&planned, &address, "sync_start_date", Value::text(live));
        let found: Vec<&str> = found.iter().map(|change| change.action.word()).collect();
        assert_eq!(found, words, "{live}");
    }
}

/// The changes of a plan against the registry with one field of one object as somebody else left it.
fn after(planned: &Planned, address: &Address, field: &'static str, value: Value) -> Vec<Change> {
    let mut world = planned.live.clone();
    let mut object: Object = world.get(address).unwrap().clone();
    object.fields.insert(field, value);
    world.put(object);
    plan(&planned.desired, &world, &Options::default()).changes
}

/// What a registry makes of a kind's example that has come back from an export.
fn made_anew(kind: &dyn Kind, text: &str, known: &Lab) -> Fields {
    let mut lab = lab(kind);
    lab.variables.clone_from(&known.variables);
    lab.carry_out(&lab.plan(text));
    let live = lab.plan(text).live;
    live.get(&address(kind))
        .map(|object| object.fields.clone())
        .unwrap_or_default()
}

/// Written, applied, read and exported: the manifest says the same again, but for what goes without saying.
#[test]
fn examples_come_back_from_an_export() {
    let all: Vec<&Section> = Section::ALL.iter().collect();
    for kind in kinds::ALL.iter().filter(|kind| !ONLY_GO.contains(&kind.name())) {
        let mut lab = lab(*kind);
        if kind.name() == "user" {
            // Those of a directory are not made here.
            lab.emulator.with(|registry| registry.set_authentication("Database"));
        }
        let planned = lab.converge(entry(*kind).example);
        let export = lab.export_of(&all);
        lab.know(&export);
        let address = address(*kind);
        let text = text(&export);
        let desired = lab.desired(&text);
        let back = desired.objects.iter().find(|wish| wish.address == address);
        let back = back.unwrap_or_else(|| panic!("{address} does not come back in {text}"));
        let written = wish(&planned, &address);
        let usual = made_anew(*kind, &text, &lab);
        for field in compared(*kind).filter(|field| !matches!(field.way, Way::WriteOnly(_))) {
            let (ours, theirs) = (written.get(field.name), back.fields.get(field.name));
            assert!(
                ours == theirs || (theirs.is_none() && ours == usual.get(field.name)),
                "{address} {}: {ours:?} is {theirs:?} in {text}",
                field.name
            );
        }
        let again = lab.plan(&text);
        assert!(again.plan.changes.is_empty(), "{:#?} of {text}", again.details());
    }
}
