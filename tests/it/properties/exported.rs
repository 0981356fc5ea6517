//! Export, then plan: there is nothing to do. Apply the export to a second registry: its own export is the same.

use proptest::strategy::Strategy;
use proptest::test_runner::Config;
use quayform::export::{Export, factor};
use quayform::model::{Address, Collection, Declared, Intent};

use crate::lab::{Lab, detail, text as manifests};

use super::blocks::hold;
use super::case::{Case, case};
use super::large::large_case;

/// A failure is told sooner than elsewhere: its cases are dear to shrink.
fn config(cases: u32) -> Config {
    Config {
        max_shrink_time: 15_000,
        ..super::config(cases)
    }
}

#[test]
fn an_export_says_what_is_there() {
    hold(&config(1_000), || case().prop_map(Box::new), |case| round_trips(&case));
}

#[test]
fn an_export_of_every_kind_says_what_is_there() {
    hold(
        &config(60),
        || large_case().prop_map(Box::new),
        |case| round_trips(&case),
    );
}

fn round_trips(case: &Case) {
    let mut first = case.lab();
    let export = first.export();
    assert_eq!(export.gaps, []);
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
