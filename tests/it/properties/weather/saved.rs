//! A plan on its way through a file.

use quayform::model::{Interest, Secret, Sources, Value};
use quayform::saved::{self, Origin, Rest};
use secrecy::SecretString;

use crate::lab::{Lab, Planned};

use super::secrets::is_told_in;

/// The same plan, saved, loaded, and with its secrets found again; `None` where the registry does not prove itself.
pub(super) fn through_a_file(lab: &Lab, planned: Planned) -> Option<Planned> {
    let sources = Sources::default();
    let document = saved::Document::new(&planned.plan, &sources, Rest::default(), Some("salt")).into_json();
    let (plan, desired) = (&planned.plan, &planned.desired);
    let text = saved::save(document, plan, desired, &sources, &Origin::default(), "salt").to_string();
    assert!(!is_told_in(&text), "a saved plan tells a secret: {text}");
    let mut saved = saved::load(&text).unwrap();
    let known = texts(&planned);
    let find = |secret: &Secret| {
        let is_it = |text: &&SecretString| secret.was_planned_with(text) == Some(true);
        known.iter().find(is_it).cloned()
    };
    for change in &mut saved.plan.changes {
        let bodies = change.calls.iter_mut().filter_map(|call| call.body.as_mut());
        bodies.for_each(|body| body.fill_in(&find));
        let wanted = change.fields.iter_mut().filter_map(|field| field.after.as_mut());
        wanted.for_each(|value| value.fill_in(&find));
    }
    for object in &mut saved.desired.objects {
        object.fields.values_mut().for_each(|value| value.fill_in(&find));
    }
    let mut live = lab.read_of(&lab.emulator, &Interest::default()).ok()?;
    live.operators = lab.options.operators(&live.caller.name);
    Some(Planned {
        plan: saved.plan,
        desired: saved.desired,
        live,
        ..planned
    })
}

/// Every secret that the project declares.
fn texts(planned: &Planned) -> Vec<SecretString> {
    let values = planned.desired.objects.iter().flat_map(|object| object.fields.values());
    let secrets = values.flat_map(Value::secrets);
    secrets.filter_map(|secret| secret.text().cloned()).collect()
}
