//! Which node says what drifted, and what it has to say instead.

use std::cmp::Ordering;

use crate::drift::found::{Drifted, Sort};
use crate::kinds::{default_permission, member, permission, quota};
use crate::manifest::edit::{Data, Editor, Spot, Step};
use crate::model::units::{Bytes, Duration};
use crate::model::{Address, Diagnostic, FieldChange, Place, Severity, Value};

use super::Ground;

/// What is to be done to one file for one object.
#[derive(Clone)]
pub(super) struct Edit {
    pub(super) address: Address,
    pub(super) source: u32,
    place: Place,
    changes: Vec<(Spot, Change)>,
}

#[derive(Clone)]
enum Change {
    Set(Data),
    /// At the end of the list that stands there.
    Append(Data),
    Remove,
}

impl Edit {
    pub(super) fn carry_out(&self, editor: &mut Editor) -> Result<(), Diagnostic> {
        for (spot, change) in &self.changes {
            match change {
                Change::Set(data) => editor.set(spot, data)?,
                Change::Append(data) => {
                    let length = match editor.value(spot) {
                        Some(Data::List(items)) => items.len(),
                        _ => 0,
                    };
                    editor.insert(spot, length, data)?;
                }
                Change::Remove => editor.remove(spot)?,
            }
        }
        Ok(())
    }

    /// What is taken out, and from where; nothing for what is set or added.
    fn removed(&self) -> Option<(usize, Vec<(usize, &str)>)> {
        let (spot, _) = self
            .changes
            .iter()
            .find(|(_, change)| matches!(change, Change::Remove))?;
        let step = |step: &'_ Step| match step {
            Step::Item(index) => (*index, ""),
            Step::Key(_) => (0, ""),
        };
        Some((spot.document, spot.steps.iter().map(step).collect()))
    }
}

/// What is set or added comes first, then what is taken out, from the end of the file on.
pub(super) fn order(one: &Edit, other: &Edit) -> Ordering {
    match (one.removed(), other.removed()) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(one), Some(other)) => other.cmp(&one),
    }
}

/// The edit that would make the manifests say what is live.
pub(super) fn of(drifted: &Drifted, ground: &Ground<'_>) -> Result<Edit, Diagnostic> {
    let change = &drifted.change;
    let address = &change.address;
    let Some(place) = change.origin.map(|origin| origin.place) else {
        let message = format!("{address} is not adopted: no line of a manifest speaks of it");
        return Err(Diagnostic::without_place("not-adopted", Severity::Warning, message));
    };
    let refused = |why: &str, help: &str| refusal(address, place, why, help);
    if let Some(layer) = ground.sources.layer(place) {
        let why = format!("it comes from the layer for {layer}, which holds for other repositories too");
        return Err(refused(
            &why,
            "change the layer by hand, or write the value in the repository's own document",
        ));
    }
    let file = ground.sources.get(place.source);
    let text = file.map(|file| file.text.clone()).unwrap_or_default();
    let editor = Editor::new(place.source, text)?;
    let found = editor.spot(place.start as usize);
    let Some(spot) = found else {
        return Err(refused("its place is not found", "change the file by hand"));
    };
    let changes = match drifted.sort {
        Sort::Differs => {
            let object = object(&spot);
            let fields = change.fields.iter();
            fields
                .map(|field| differs(&editor, &object, field, address, place))
                .collect::<Result<_, _>>()?
        }
        Sort::Missing if is_document(&spot) => {
            let help = "delete the document by hand, or write `absent: true` in it";
            return Err(refused("it is a whole document", help));
        }
        Sort::Missing => vec![(spot, Change::Remove)],
        Sort::Extra => vec![extra(&editor, spot, address, ground).ok_or_else(|| {
            refused(
                "how it is written cannot be known from the registry alone",
                "write it into the list by hand",
            )
        })?],
    };
    Ok(Edit {
        address: address.clone(),
        source: place.source,
        place,
        changes,
    })
}

/// The name of a document stands for the whole of it.
fn is_document(spot: &Spot) -> bool {
    matches!(spot.steps.as_slice(), [] | [Step::Key(_)])
}

fn object(spot: &Spot) -> Spot {
    match spot.steps.as_slice() {
        [Step::Key(name)] if name == "name" => Spot::root(spot.document),
        _ => spot.clone(),
    }
}

fn differs(
    editor: &Editor,
    object: &Spot,
    field: &FieldChange,
    address: &Address,
    place: Place,
) -> Result<(Spot, Change), Diagnostic> {
    let name = field.name;
    let spot = match editor.value(object) {
        // A grant is its role.
        Some(Data::Text(_) | Data::Bare(_)) => Some(object.clone()),
        _ => Some(object.key(name)).filter(|spot| editor.value(spot).is_some()),
    };
    let Some(spot) = spot else {
        let why = format!("`{name}` is not written here by itself");
        let help = "it comes from a layer, or stands under another name: change it by hand";
        return Err(refusal(address, place, &why, help));
    };
    let live = field.before.as_ref();
    match live.and_then(|value| spelled(address, name, value)) {
        Some(data) => Ok((spot, Change::Set(data))),
        None => {
            let why = format!("the live value of `{name}` is none, or a secret");
            Err(refusal(address, place, &why, "change it by hand"))
        }
    }
}

/// A value as people write it.
fn spelled(address: &Address, field: &str, value: &Value) -> Option<Data> {
    match (address.kind, field, value) {
        (_, _, Value::Null) => None,
        (quota::NAME, "limit", Value::Integer(bytes)) => {
            Some(Data::text(Bytes::new(u64::try_from(*bytes).ok()?).to_string()))
        }
        (_, "tag_expiration" | "sync_interval" | "skopeo_timeout" | "older_than", Value::Integer(seconds)) => Some(
            Data::text(Duration::from_seconds(u64::try_from(*seconds).ok()?).to_string()),
        ),
        _ => Data::of(value),
    }
}

/// The list that an undeclared object stands in, and how it is written there.
fn extra(editor: &Editor, mut spot: Spot, address: &Address, ground: &Ground<'_>) -> Option<(Spot, Change)> {
    let mut list = |name: &str| {
        // The first item of a block begins where its list does.
        while *spot.steps.last()? != Step::Key(name.to_owned()) {
            spot.steps.pop();
        }
        Some(spot.clone())
    };
    match address.kind {
        member::NAME => {
            let (.., name) = member::parts(address);
            Some((list("members")?, Change::Append(Data::text(name))))
        }
        permission::NAME => {
            let (_, sort, name) = permission::parts(address);
            let map = list(&format!("{sort}s"))?;
            let role = ground.live.get(address)?.text("role");
            Some((map.key(name), Change::Set(Data::text(role))))
        }
        default_permission::NAME => {
            let list = list("default_permissions")?;
            matches!(editor.value(&list), Some(Data::List(_))).then_some(())?;
            let fields = &ground.live.get(address)?.fields;
            let names = ["role", "team", "robot", "user", "created_by"];
            let written = names
                .into_iter()
                .filter_map(|name| Some((name, Data::of(fields.get(name)?)?)));
            let written: Vec<(&str, Data)> = written.collect();
            (written.len() > 1).then(|| (list, Change::Append(Data::map(written))))
        }
        _ => None,
    }
}

/// An edit that does not make the manifests say what is live.
pub(super) fn not_so(edit: &Edit, ground: &Ground<'_>) -> Diagnostic {
    let why = match ground.target.name {
        Some(name) => {
            format!("the manifests would not say it for the registry `{name}` afterwards, or say more than that")
        }
        None => "the manifests would not say it afterwards, or say more than that".to_owned(),
    };
    let help = "something else refers to it, or decides it: a layer, another field, `registries`; change it by hand";
    refusal(&edit.address, edit.place, &why, help)
}

/// The editor's own refusal, said of the object.
pub(super) fn because(edit: &Edit, refusal: Diagnostic) -> Diagnostic {
    Diagnostic {
        code: "not-adopted",
        severity: Severity::Warning,
        message: format!("{} is not adopted: {}", edit.address, refusal.message),
        ..refusal
    }
}

fn refusal(address: &Address, place: Place, why: &str, help: &str) -> Diagnostic {
    let message = format!("{address} is not adopted: {why}");
    Diagnostic::warning("not-adopted", message, place).help(help)
}
