//! E-mail addresses that a repository may send to: each must have been confirmed for it (API guide §3.10).

use serde_json::Value as Json;

use super::of_repository;
use crate::kinds::sight::text;
use crate::kinds::{repository, shapes, targets};
use crate::model::{Action, Address, Answers, Change, Collection, Fields, Interest, Object, Query, Value, World};

/// The name of what is looked up; it is no kind, since nobody declares it.
const NAME: &str = "authorized_email";

/// Whether this address may be written to, which decides about a notification.
pub(super) fn collection(repository: &str, email: &str) -> Collection {
    Collection::new(NAME, format!("{repository}:{email}"))
}

fn address(repository: &str, email: &str) -> Address {
    Address::new(NAME, format!("{repository}:{email}"))
}

/// One GET for each address that is declared for a live repository and has no notification there yet.
pub(super) fn queries(interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
    if !known.features.has("MAILING") {
        return Vec::new();
    }
    let open = wanted(interest).filter(|(name, email)| lives(answers, name) && !is_in_use(answers, name, email));
    let listed = open.filter(|(name, _)| answers.get(&targets::notifications(name)).is_some());
    let ask = |(name, email): (&str, &str)| {
        let reason = "whether an e-mail address is confirmed for a repository, before it is written to";
        let target = targets::authorized_email(name, email);
        targets::ask(target, &shapes::AUTHORIZED_EMAIL, reason, vec![of_repository(name)])
    };
    listed.map(ask).collect()
}

/// Puts into the world which addresses are confirmed, as far as that is proven.
pub(super) fn live(interest: &Interest, answers: &Answers, world: &mut World) {
    for (name, email) in wanted(interest) {
        let target = targets::authorized_email(name, email);
        let is_confirmed = |view: &Json| view.get("confirmed") == Some(&Json::Bool(true));
        if is_in_use(answers, name, email) || answers.body(&target).is_some_and(is_confirmed) {
            world.put(Object::new(address(name, email), Fields::new()));
        } else if answers.gap(&target).is_some() || (lives(answers, name) && answers.get(&target).is_none()) {
            continue;
        }
        world.complete.insert(collection(name, email));
    }
}

/// Why the server would refuse a notification by e-mail, if so.
pub(super) fn impossible(change: &Change, world: &World) -> Option<String> {
    if change.action == Action::Delete || change.text("method") != "email" {
        return None;
    }
    if !world.features.has("MAILING") {
        return Some("FEATURE_MAILING is off: the server sends no e-mail".to_owned());
    }
    let name = change.address.identity.split(':').next().unwrap_or_default();
    let Some(Value::Map(config)) = change.wanted.get("config") else {
        return None;
    };
    let email = config.get("email").and_then(Value::as_text)?;
    let is_refused = world.is_complete(&collection(name, email)) && world.get(&address(name, email)).is_none();
    is_refused.then(|| {
        format!(
            "{email} is not confirmed for {name}: add the notification once in the registry's web pages, which sends a \
             mail with a link, and apply again when the link was followed"
        )
    })
}

fn wanted(interest: &Interest) -> impl Iterator<Item = (&str, &str)> {
    let ours = interest.collections.iter().filter(|collection| collection.kind == NAME);
    ours.filter_map(|collection| collection.prefix.split_once(':'))
}

fn lives(answers: &Answers, name: &str) -> bool {
    let organization = name.split('/').next().unwrap_or_default();
    repository::names(answers, organization).contains(name)
}

/// What is written to already was confirmed.
fn is_in_use(answers: &Answers, name: &str, email: &str) -> bool {
    let target = targets::notifications(name);
    let mut all = answers.list(&target, "notifications").iter();
    all.any(|view| {
        text(view, "method") == "email" && view.get("config").is_some_and(|config| text(config, "email") == email)
    })
}
