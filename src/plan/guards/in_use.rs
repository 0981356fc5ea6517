//! Whether somebody still uses what would be deleted.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::kinds::{repository, robot};
use crate::model::{Address, Change, Diagnostic, Object, Severity, Value};

use super::{Case, allowance, words};

/// How long ago is lately.
const LATELY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is used among the objects of these deletions and what goes with them.
pub(super) fn remarks(case: &Case<'_>, changes: &[&Change]) -> Vec<String> {
    let ours: BTreeSet<&Address> = changes.iter().map(|change| &change.address).collect();
    let gone = case.gone.iter().filter(|(_, change)| ours.contains(&change.address));
    gone.filter_map(|(address, _)| remark(case, address)).collect()
}

/// A warning for each object in use whose loss is allowed: a glob may mean more than its author thought of.
pub(super) fn allowed(case: &Case<'_>) -> Vec<Diagnostic> {
    let is_allowed = |change: &Change| allowance::allows(case, &change.address);
    let gone = case.gone.iter().filter(|(_, change)| is_allowed(change));
    gone.filter_map(|(address, _)| remark(case, address))
        .map(|remark| Diagnostic::without_place("in-use", Severity::Warning, format!("{remark}, and would be deleted")))
        .collect()
}

fn remark(case: &Case<'_>, address: &Address) -> Option<String> {
    let object = case.live.get(address)?;
    let uses = match address.kind {
        repository::NAME => [pushed(case, object), counted(object)],
        robot::NAME => [logged_in(case, object), None],
        _ => return None,
    };
    let uses: Vec<String> = uses.into_iter().flatten().collect();
    (!uses.is_empty()).then(|| format!("{address} {}", uses.join(" and ")))
}

fn pushed(case: &Case<'_>, repository: &Object) -> Option<String> {
    Some(format!(
        "was pushed to {}",
        lately(case, repository, repository::LAST_PUSH)?
    ))
}

fn logged_in(case: &Case<'_>, robot: &Object) -> Option<String> {
    Some(format!("logged in {}", lately(case, robot, robot::LAST_LOGIN)?))
}

/// The server counts pulls, pushes and changes together.
fn counted(repository: &Object) -> Option<String> {
    let uses = number(repository, repository::USES).filter(|uses| *uses > 0)?;
    let times = words::count(uses.try_into().unwrap_or(usize::MAX), "time");
    Some(format!("was used {times} within a week"))
}

/// When it was, if that is not long ago.
fn lately(case: &Case<'_>, object: &Object, field: &str) -> Option<String> {
    let (now, then) = (case.options.now?, Timestamp::from_second(number(object, field)?).ok()?);
    let ago = now.duration_since(then);
    if ago > LATELY {
        return None;
    }
    let date = then.to_string();
    let date = date.split('T').next().unwrap_or_default();
    Some(match ago.as_hours() / 24 {
        days if days < 1 => format!("on {date}, less than a day ago"),
        1 => format!("on {date}, 1 day ago"),
        days => format!("on {date}, {days} days ago"),
    })
}

fn number(object: &Object, field: &str) -> Option<i64> {
    object.fields.get(field).and_then(Value::as_integer)
}
