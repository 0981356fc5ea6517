//! Which requests tell of the tags that matter, and what they prove.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{NAME, NEVER, START, address, of_repository, parts};
use crate::kinds::sight::{self, text};
use crate::kinds::{label, repository, shapes, targets};
use crate::model::units::Moment;
use crate::model::{Address, Answers, Collection, Fields, Interest, Object, Paging, Query, Value, World};

/// The tags that manifests speak of, and the manifests that they are to point to and that no tag shows.
pub(super) fn queries(interest: &Interest, answers: &Answers) -> Vec<Query> {
    let mut queries = Vec::new();
    for (name, collection) in repository::wanted(NAME, interest, answers) {
        for target in asked(interest, &name) {
            queries.push(Query {
                target,
                form: &shapes::TAGS,
                reason: "the tags of a repository that manifests speak of".to_owned(),
                serves: vec![collection.clone()],
                paging: Paging::Numbered("tags"),
            });
        }
        for digest in unproven(interest, answers, &name, &collection) {
            let (target, serves) = (targets::labels(&name, digest), vec![collection.clone()]);
            let reason = "whether there is a manifest that a tag is to point to";
            queries.push(targets::ask(target, &shapes::LABELS, reason, serves));
        }
    }
    queries
}

/// Puts into the world what the answers prove of the tags.
pub(super) fn live(interest: &Interest, answers: &Answers, world: &mut World) {
    sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
        let live = repository::names(answers, organization);
        for prefix in interest.prefixes(NAME, organization) {
            let (name, all) = (prefix.trim_end_matches(':'), Collection::new(NAME, prefix));
            let mut proof = vec![repository::list(answers, organization)];
            if live.contains(name) {
                proof.extend(asked(interest, name));
            }
            for view in proof.iter().skip(1).flat_map(|target| answers.list(target, "tags")) {
                world.put(Object::new(address(name, text(view, "name")), fields(view)));
            }
            for digest in unproven(interest, answers, name, &all) {
                label::note_lacking(name, digest, answers, world);
            }
            sight::settle(world, answers, all, &proof);
        }
    });
}

/// What of a set stands in a collection: in the order of addresses, that is one stretch.
fn below<'i>(set: &'i BTreeSet<Address>, all: &'i Collection) -> impl Iterator<Item = &'i Address> {
    let first = Address::new(all.kind, all.prefix.clone());
    set.range(first..).take_while(move |address| all.holds(address))
}

/// The tags of a repository that are to point to a manifest, with its digest.
fn pins<'i>(interest: &'i Interest, all: &'i Collection) -> impl Iterator<Item = (&'i str, &'i str)> {
    below(&interest.detailed, all).filter_map(|address| parts(address).1.split_once('@'))
}

/// The manifests of a repository that tags are to point to and that no tag shows to be there, once the tags are known.
fn unproven<'i>(interest: &'i Interest, answers: &Answers, name: &str, all: &'i Collection) -> BTreeSet<&'i str> {
    let targets = asked(interest, name);
    if targets.iter().any(|target| answers.get(target).is_none()) {
        return BTreeSet::new();
    }
    let views: Vec<&Json> = targets.iter().flat_map(|it| answers.list(it, "tags")).collect();
    let shown: BTreeSet<&str> = views.iter().map(|view| text(view, "manifest_digest")).collect();
    let wanted = pins(interest, all).map(|(_, digest)| digest);
    wanted.filter(|digest| !shown.contains(digest)).collect()
}

/// What is asked about the tags of a repository: one request for each that is named, or the list where all others go.
fn asked(interest: &Interest, name: &str) -> Vec<String> {
    let all = of_repository(name);
    if interest.exact.contains(&all) {
        return vec![targets::tags(name)];
    }
    let sets = [&interest.addresses, &interest.detailed, &interest.asked];
    let named = sets.into_iter().flat_map(|set| below(set, &all));
    let named: BTreeSet<&str> = named.map(|address| parts(address).1).collect();
    let named = named.into_iter().filter(|name| !name.contains('@'));
    named.map(|tag| targets::tag(name, tag)).collect()
}

fn fields(view: &Json) -> Fields {
    let seconds = |key: &str| view.get(key).and_then(Json::as_i64);
    let expiration = seconds("end_ts").map_or(NEVER.to_owned(), |seconds| Moment { seconds }.to_string());
    let mut fields = Fields::from([
        ("digest", text(view, "manifest_digest").into()),
        ("expiration", expiration.as_str().into()),
        ("immutable", (view.get("immutable") == Some(&Json::Bool(true))).into()),
    ]);
    fields.extend(seconds("start_ts").map(|start| (START, Value::Integer(start))));
    fields
}
