//! Whether an organization can be seen whole, proven before any emptiness in it is believed.

use serde_json::Value as Json;

use super::targets;
use crate::model::{Answer, Answers, Collection, Gap, Interest, World};

/// How much of an organization the token shows.
pub enum Sight<'a> {
    /// It was not asked for yet.
    Unknown,
    /// There is no such organization.
    Absent,
    /// It is there, but not all of it can be seen: nothing about it may be concluded.
    Hidden(Gap),
    /// Its administrator's view.
    Whole(&'a Json),
}

/// What the organization's view proves. A dead token and a stranger get 200 with a reduced body
/// (`auth_and_errors.json` 12 and 13), a plain member gets the teams but not `is_admin`.
///
/// The token's own user sees all of the own account: then the view is that of the user.
pub fn sight<'a>(answers: &'a Answers, organization: &str) -> Sight<'a> {
    if let Some(view) = own_account(answers, organization) {
        return Sight::Whole(view);
    }
    let target = targets::organization(organization);
    match answers.get(&target) {
        None => Sight::Unknown,
        Some(Answer::Missing) => Sight::Absent,
        Some(Answer::Gap(gap)) => Sight::Hidden(gap.clone()),
        Some(Answer::Body(view)) if view.get("teams").is_some() && view.get("is_admin") == Some(&Json::Bool(true)) => {
            Sight::Whole(view)
        }
        Some(Answer::Body(_)) => Sight::Hidden(Gap {
            target,
            reason: format!(
                "the token's user is no administrator of {organization}, or the token lacks org:admin, so that only a part of it can be seen"
            ),
        }),
    }
}

/// The user's own view, if the namespace is the account of whose token it is.
pub fn own_account<'a>(answers: &'a Answers, namespace: &str) -> Option<&'a Json> {
    let view = answers.body(targets::USER)?;
    (text(view, "username") == namespace).then_some(view)
}

/// Whether the namespace is the account of whose token it is.
pub fn is_own_account(answers: &Answers, namespace: &str) -> bool {
    own_account(answers, namespace).is_some()
}

/// Whether further questions about an organization make sense.
pub fn is_whole(answers: &Answers, organization: &str) -> bool {
    matches!(sight(answers, organization), Sight::Whole(_))
}

/// The organizations in which collections of `kind` are wanted and that can be seen whole, with their views.
pub fn visible<'a>(kind: &'static str, interest: &'a Interest, answers: &'a Answers) -> Vec<(&'a str, &'a Json)> {
    let names = interest.namespaces_of(kind).into_iter();
    names
        .filter_map(|name| match sight(answers, name) {
            Sight::Whole(view) => Some((name, view)),
            Sight::Unknown | Sight::Absent | Sight::Hidden(_) => None,
        })
        .collect()
}

/// For every organization in which collections of `kind` are wanted: marks them complete where the organization does
/// not exist, leaves gaps where it is hidden, and hands the visible ones to `show`.
pub fn each_organization<'a>(
    kind: &'static str,
    interest: &Interest,
    answers: &'a Answers,
    world: &mut World,
    mut show: impl FnMut(&mut World, &str, &'a Json),
) {
    for name in interest.namespaces_of(kind) {
        let collections = interest
            .prefixes(kind, name)
            .map(|prefix| Collection::new(kind, prefix));
        match sight(answers, name) {
            Sight::Unknown => {}
            Sight::Absent => world.complete.extend(collections),
            Sight::Hidden(gap) => world
                .gaps
                .extend(collections.map(|collection| (collection, gap.clone()))),
            Sight::Whole(view) => show(world, name, view),
        }
    }
}

/// Marks a collection complete if all the named answers are there, and leaves a gap if one of them is.
pub fn settle(world: &mut World, answers: &Answers, collection: Collection, targets: &[String]) {
    if let Some(gap) = targets.iter().find_map(|target| answers.gap(target)) {
        world.gaps.insert(collection, gap.clone());
    } else if targets.iter().all(|target| answers.get(target).is_some()) {
        world.complete.insert(collection);
    }
}

/// The text of a JSON field; null and absent are empty, as the server means them.
pub fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The items of a JSON array field; none where there is no such array.
pub fn list<'a>(json: &'a Json, key: &str) -> impl Iterator<Item = &'a Json> {
    json.get(key).and_then(Json::as_array).into_iter().flatten()
}
