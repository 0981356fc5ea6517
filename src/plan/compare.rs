//! What differs between the wanted fields of an object and its live ones.

use crate::kinds::Kind;
use crate::model::{Action, Change, Field, FieldChange, Fields, Object, Value, Way, World};

/// The differences of one object.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Fields that change, by update or by replacement.
    pub(super) changed: Vec<FieldChange>,
    /// Whether the server has no update for one of them.
    pub(super) replaces: bool,
    /// Fields that cannot change, each with the reason.
    pub(super) blocked: Vec<(FieldChange, String)>,
}

impl Difference {
    /// Whether the object is as it is wanted.
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.blocked.is_empty()
    }

    /// Blocks the changes of fields for which there is a reason. Secrets that only went along with them go nowhere.
    pub(super) fn block(&mut self, kind: &dyn Kind, resend: bool, reason: impl Fn(&FieldChange) -> Option<String>) {
        for change in std::mem::take(&mut self.changed) {
            match reason(&change) {
                Some(reason) => self.blocked.push((change, reason)),
                None => self.changed.push(change),
            }
        }
        let is_secret = |change: &FieldChange| {
            let mut fields = kind.fields().iter();
            fields.any(|field| field.name == change.name && matches!(field.way, Way::WriteOnly(_)))
        };
        if !resend && self.changed.iter().all(is_secret) {
            self.changed.clear();
        }
    }
}

/// Compares only what is wanted: a field that is not written is not managed.
pub(super) fn compare(kind: &dyn Kind, wanted: &Fields, live: &Object, resend: bool) -> Difference {
    let mut difference = Difference::default();
    let mut secrets = Vec::new();
    for field in kind.fields() {
        let Some(after) = wanted.get(field.name) else { continue };
        let before = live.fields.get(field.name);
        let changed = |note| FieldChange {
            name: field.name,
            before: before.cloned(),
            after: Some(after.clone()),
            note,
        };
        match field.way {
            Way::WriteOnly(_) => secrets.push(changed(Some("write-only, not compared".into()))),
            Way::CreateOnly(_) => {}
            _ if same(after, before) || kind.moved_by_server(field.name, wanted, live) => {}
            Way::Blocked(why) => difference.blocked.push((changed(None), why.to_owned())),
            Way::Replace => {
                difference.replaces = true;
                difference.changed.push(changed(None));
            }
            Way::Update | Way::Moved(_) => difference.changed.push(changed(None)),
        }
    }
    if resend || !difference.changed.is_empty() {
        // What the server cannot update at all is made anew for its secrets, too.
        let has_update = |field: &Field| matches!(field.way, Way::Update | Way::Moved(_));
        difference.replaces |= !secrets.is_empty() && !kind.fields().iter().any(has_update);
        difference.changed.extend(secrets);
    }
    difference
}

/// Why an object cannot be made anew: it has what no manifest writes and no new one gets, so that whoever finds it
/// deleted, after a crash, cannot tell how it was.
pub(super) fn forgotten(kind: &dyn Kind, wanted: &Fields, live: &Object, world: &World) -> Option<String> {
    let mut anew = Change::new(live.address.clone(), Action::Create);
    anew.wanted.clone_from(wanted);
    let filled_in = kind.defaults(&anew, world);
    let is_shown = |field: &&Field| !matches!(field.way, Way::WriteOnly(_));
    let names = kind.fields().iter().filter(is_shown).map(|field| field.name);
    let lost = unwritten(names, wanted, live, |name, value| {
        let given = filled_in.iter().find(|(filled, _)| *filled == name);
        given.map_or_else(|| is_blank(value), |(_, given)| given == value)
    })?;
    Some(format!(
        "it can only be deleted and made anew, and no manifest writes its {lost}: add that, or another value"
    ))
}

/// Why an update cannot be made: in the middle of it the object has lost what no manifest writes, so that whoever finds it
/// so, after a crash, cannot tell how it was.
pub(super) fn unsettled(kind: &dyn Kind, change: &Change, wanted: &Fields, live: &Object) -> Option<String> {
    let between = kind.unsettles(change);
    let names = between.iter().map(|(name, _)| name);
    let lost = unwritten(names, wanted, live, |name, value| between.get(name) == Some(value))?;
    Some(format!(
        "it begins anew with this, and no manifest writes its {lost}: add that, or another value"
    ))
}

/// Those of the fields that no manifest writes and that would not be as they are, as words.
fn unwritten<'a>(
    names: impl Iterator<Item = &'a str>,
    wanted: &Fields,
    live: &Object,
    stays: impl Fn(&str, &Value) -> bool,
) -> Option<String> {
    let open = names.filter(|name| !wanted.contains_key(name));
    let lines = open.filter_map(|name| {
        let value = live.fields.get(name)?;
        (!stays(name, value)).then(|| format!("`{name}: {value}`"))
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join(" and "))
}

/// Whether two values are equal, as far as they can be compared: a secret that could not be resolved equals any.
pub(super) fn same(wanted: &Value, live: Option<&Value>) -> bool {
    match (wanted, live) {
        (Value::Secret(secret), _) if !secret.is_comparable() => true,
        (Value::Map(wanted), Some(Value::Map(live))) => {
            wanted.len() == live.len() && wanted.iter().all(|(key, value)| same(value, live.get(key)))
        }
        (Value::List(wanted), Some(Value::List(live))) => {
            wanted.len() == live.len() && wanted.iter().zip(live).all(|(wanted, live)| same(wanted, Some(live)))
        }
        (wanted, Some(live)) => wanted == live,
        (_, None) => false,
    }
}

/// Blank defaults are not worth a line in a plan.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        _ => false,
    }
}
