//! Export, then plan: there is nothing to do. Apply the export to a second registry: its own export is the same.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use quayform::export::{Export, Section, Split, export, factor, files, kinds_of};
use quayform::kinds;
use quayform::manifest::format::{Formatted, format};
use quayform::model::{Address, Collection, Declared, Intent};

use crate::lab::{Lab, detail, text as manifests};

use super::case::{Case, case};
use super::config;
use super::large::large_case;

proptest! {
    #![proptest_config(proptest::test_runner::Config { max_shrink_time: 15_000, ..config(800) })]

    #[test]
    fn an_export_says_what_is_there(case in case()) {
        round_trips(&case);
    }
}

/// Every kind is among what is exported, or among what is not with a reason.
#[test]
fn an_export_of_every_kind_says_what_is_there() {
    let seen = RefCell::new(BTreeSet::new());
    let config = Config {
        max_shrink_time: 15_000,
        ..config(200)
    };
    TestRunner::new(config)
        .run(&large_case(), |case| {
            round_trips(&case);
            seen.borrow_mut().extend(says_all_of(&mut case.lab()));
            Ok(())
        })
        .unwrap();
    // That somebody is in an organization is said by teams and grants; a manifest can only say that nobody is.
    let all = kinds::ALL.iter().map(|kind| kind.name());
    let all: BTreeSet<&str> = all.filter(|kind| *kind != "organization_member").collect();
    assert_eq!(all.difference(&seen.borrow()).collect::<Vec<_>>(), Vec::<&&str>::new());
}

/// The server keeps it without the team, and no second registry makes one so.
#[test]
fn a_notification_that_tells_a_team_that_is_gone_is_named() {
    let mut lab = Lab::new();
    lab.converge(
        "kind: Organization\nname: acme\nteams:\n  devs: {role: member}\n---\nkind: Repository\nname: acme/api\n\
         notifications:\n  - {title: told, event: repo_push, quay_notification: {team: devs}}\n",
    );
    lab.by_hand("DELETE", "/organization/acme/team/devs", serde_json::Value::Null);
    let export = lab.export();
    let named = export.not_exported.iter();
    let named: Vec<String> = named.map(|each| format!("{}: {}", each.address, each.reason)).collect();
    let gone = "the team that it tells is not there any more, and another registry makes no such notification";
    assert!(
        named
            .iter()
            .any(|each| *each == format!("notification[acme/api:told]: {gone}")),
        "{named:#?}"
    );
    lab.know(&export);
    plans_nothing(&lab, &manifests(&export));
}

fn round_trips(case: &Case) {
    let mut first = case.lab();
    let export = first.export();
    assert_eq!(export.gaps, []);
    is_laid_out(&export);
    names_what_is_there(&first, &export);
    let text = manifests(&export);
    first.know(&export);
    plans_nothing(&first, &text);
    let factored = manifests(&factor(export.clone()));
    let nothing = Export::default();
    let (ours, theirs) = (wishes(&first, &text, &nothing), wishes(&first, &factored, &nothing));
    assert_eq!(difference(&ours, &theirs), "", "{factored}");
    let mut second = case.empty_beside(&first);
    second.know(&export);
    apply(&second, &text);
    let again = second.export();
    let (ours, theirs) = (
        wishes(&first, &text, &export),
        wishes(&second, &manifests(&again), &export),
    );
    assert_eq!(difference(&ours, &theirs), "");
}

/// What is pushed is exported on demand, and then there is nothing to plan either. Returns the kinds that there are.
fn says_all_of(lab: &mut Lab) -> BTreeSet<&'static str> {
    let sections: Vec<&Section> = Section::ALL.iter().collect();
    let (interest, world) = lab.explored(&sections);
    let all = export(&interest, &world, &kinds_of(&sections));
    lab.know(&all);
    plans_nothing(lab, &manifests(&all));
    world.objects.keys().map(|address| address.kind).collect()
}

/// `fmt` has nothing to do after an export, however it is written.
fn is_laid_out(export: &Export) {
    for (export, split) in [
        (export.clone(), Split::ByNamespace),
        (factor(export.clone()), Split::ByGroup),
    ] {
        for file in files(&export, split, Some("manifest.schema.json")).unwrap() {
            let formatted = format(0, &file.text).unwrap();
            assert_eq!(formatted, Formatted::Text(file.text));
        }
    }
}

/// What is said not to be exported is there, and why it is not is said. What is written and only comes out differently
/// elsewhere may be there alone.
fn names_what_is_there(lab: &Lab, export: &Export) {
    let sections: Vec<&Section> = Section::ALL.iter().collect();
    let (_, world) = lab.explored(&sections);
    for each in &export.not_exported {
        assert!(!each.reason.is_empty(), "{}", each.address);
        let is_there = world.get(&each.address).is_some() || each.is_written;
        assert!(is_there, "{}: {}", each.address, each.reason);
    }
}

/// What only one of the two wants.
fn difference(ours: &[String], theirs: &[String]) -> String {
    let only = |one: &[String], other: &[String], sign: char| {
        let missing = one.iter().filter(|wish| !other.contains(wish));
        missing.map(|wish| format!("{sign} {wish}\n")).collect::<String>()
    };
    let text = only(ours, theirs, '-') + &only(theirs, ours, '+');
    match text.is_empty() && ours != theirs {
        true => "the same is wanted another number of times".to_owned(),
        false => text,
    }
}

fn plans_nothing(lab: &Lab, text: &str) {
    let planned = lab.plan(text);
    let open: Vec<String> = planned.plan.changes.iter().map(detail).collect();
    assert!(open.is_empty(), "{open:#?} of {text}");
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
}

/// Whatever the second registry cannot do is said by its own export.
fn apply(lab: &Lab, text: &str) {
    let planned = lab.plan(text);
    assert!(
        planned.plan.refusals.is_empty(),
        "{:#?} of {text}",
        planned.plan.refusals
    );
    lab.carry_out(&planned);
}

/// What manifests want, in any order and without the numbers of like items, but for what an export has named: what it
/// does not write, what needs more elsewhere, and who owns the rest of lists with something in them that is not written.
fn wishes(lab: &Lab, text: &str, export: &Export) -> Vec<String> {
    let desired = lab.desired(text);
    // What a layer grants and a repository has not, it says: in an exact list that is nothing new.
    let named = |wish: &&Declared| {
        let is_told = export.not_exported.iter().any(|each| each.address == wish.address);
        wish.intent != Intent::Absent && !is_told
    };
    let wishes = desired.objects.iter().filter(named).map(|wish| {
        let fields: Vec<String> = wish
            .fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let identity = wish.address.identity.split('#').next().unwrap_or_default();
        format!(
            "{}[{identity}] {:?} {}",
            wish.address.kind,
            wish.intent,
            fields.join(", ")
        )
    });
    // The three maps of a repository's grants have one owner.
    let is_beside = |collection: &Collection, address: &Address| {
        let of = |identity: &str| identity.split(':').next().map(str::to_owned);
        address.kind == "permission"
            && collection.kind == address.kind
            && of(&collection.prefix) == of(&address.identity)
    };
    let concerns =
        |collection: &Collection, address: &Address| collection.holds(address) || is_beside(collection, address);
    let is_whole = |collection: &Collection| {
        let mut named = export.not_exported.iter();
        !named.any(|each| concerns(collection, &each.address))
    };
    let owned = desired.owned.iter().filter(|(collection, _)| is_whole(collection));
    let owned = owned.map(|(collection, owned)| format!("{collection} {:?}", owned.manage));
    let mut all: Vec<String> = wishes.chain(owned).collect();
    all.sort();
    all
}
