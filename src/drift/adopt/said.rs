//! What a manifest says of an object, by its kind's own export, and what it has to say instead for one field to be as it
//! is live.

use indexmap::IndexMap;

use super::refusals::Why;
use crate::kinds::{self, quota, user_quota};
use crate::manifest::edit::Data;
use crate::model::units::{Bytes, Duration};
use crate::model::{FieldChange, Object, Piece, Value, Way, World, Written};

/// What is to stand at a path, in the document or in the item of a list.
pub(super) struct Saying {
    /// The keys that lead there.
    pub(super) path: Vec<String>,
    /// What is to stand there; `None` where nothing of this name is.
    pub(super) value: Option<Data>,
    /// How many of the keys must be written already: what is not written here comes from elsewhere. An item of a list
    /// holds all of its object.
    pub(super) rooted: usize,
}

impl Saying {
    /// The same as one line of a document; `None` where something is to go.
    pub(super) fn line(&self) -> Option<String> {
        let (key, around) = self.path.split_last()?;
        let (mut key, mut value) = (key, self.value.clone()?);
        for outer in around.iter().rev() {
            value = Data::map([(key.as_str(), value)]);
            key = outer;
        }
        Some(format!("{key}: {value}"))
    }
}

/// The pieces in which an object is written.
pub(super) fn pieces(object: &Object, world: &World) -> Result<Vec<Piece>, Why> {
    let Some(kind) = kinds::find(object.address.kind) else {
        return Ok(Vec::new());
    };
    let exported = kind.export(object, world);
    let mut omissions = exported.omissions.into_iter();
    match omissions.find(|omitted| omitted.field.is_none() && !omitted.is_written) {
        Some(omitted) => Err(Why::by_hand(omitted.reason)),
        None => Ok(exported.pieces),
    }
}

/// The keys that go where an object goes: a quota is nothing without its limit.
pub(super) fn whole<'p>(kind: &str, piece: &'p Piece) -> &'p [String] {
    match [quota::NAME, user_quota::NAME].contains(&kind) {
        true => &piece.path[..piece.path.len().saturating_sub(1)],
        false => &piece.path,
    }
}

/// Whether a field is never read back, so that nothing is known of its live value.
pub(super) fn is_write_only(kind: &str, field: &str) -> bool {
    let fields = kinds::find(kind).map_or(&[][..], |kind| kind.fields());
    let mut named = fields.iter().filter(|each| each.name == field);
    named.any(|each| matches!(each.way, Way::WriteOnly(_)))
}

/// What has to be said for a field to be as it is live: where the object as it is and the object as this field was
/// declared would be written in two ways.
pub(super) fn of_field(field: &FieldChange, live: &Object, world: &World) -> Result<Vec<Saying>, Why> {
    let mut declared = live.clone();
    match &field.after {
        Some(value) => declared.fields.insert(field.name, value.clone()),
        None => drop(declared.fields.remove(field.name)),
    }
    let written = pieces(live, world)?;
    let found = leaves(&written);
    let wanted = leaves(&pieces(&declared, world).unwrap_or_default());
    let is_item = written.iter().any(|piece| piece.is_item);
    let mut sayings = Vec::new();
    for (path, (value, rooted)) in &found {
        if wanted.get(path).is_none_or(|(wanted, _)| wanted != value) {
            sayings.push(Saying {
                path: path.clone(),
                value: Some(data(value).ok_or_else(|| Why::secret(field.name))?),
                rooted: *rooted,
            });
        }
    }
    let holds = |path: &[String]| found.keys().any(|other| other.starts_with(path));
    for (path, (_, rooted)) in wanted.iter().filter(|(path, _)| !holds(path)) {
        let gone = (*rooted..path.len()).find(|depth| !holds(&path[..*depth]));
        let gone = path[..gone.unwrap_or(path.len())].to_vec();
        if sayings.iter().all(|saying| saying.path != gone) {
            let value = instead(field, &gone, gone.len() < path.len()).filter(|_| !is_item);
            sayings.push(Saying {
                path: gone,
                value,
                rooted: *rooted,
            });
        }
    }
    // One key stands for another: `oidc` for `ldap`.
    let is_moved = sayings
        .iter()
        .any(|saying| saying.value.is_none() && saying.path.len() == saying.rooted);
    if is_item || is_moved {
        sayings
            .iter_mut()
            .for_each(|saying| saying.rooted = if is_item { 0 } else { saying.rooted - 1 });
    }
    if sayings.is_empty() {
        sayings.push(unexported(field, &written)?);
    }
    Ok(sayings)
}

/// What stands where an export would write nothing, since it is so by itself: the value all the same, for a key that is
/// taken out is one that nobody manages.
fn instead(field: &FieldChange, path: &[String], is_map: bool) -> Option<Data> {
    match path.last() {
        Some(key) if key == field.name => spelled(field),
        _ => is_map.then(|| Data::map([])),
    }
}

/// A field that no export writes: its path begins at the object.
fn unexported(field: &FieldChange, written: &[Piece]) -> Result<Saying, Why> {
    let own = written
        .iter()
        .find(|piece| matches!(piece.value, Some(Written::Map(_))) && !piece.is_item);
    let mut path = own.map_or(Vec::new(), |piece| piece.path.clone());
    path.push(field.name.to_owned());
    Ok(Saying {
        value: Some(spelled(field).ok_or_else(|| Why::secret(field.name))?),
        rooted: path.len(),
        path,
    })
}

/// The live value as people write it.
fn spelled(field: &FieldChange) -> Option<Data> {
    match (field.name, field.before.as_ref()?) {
        (_, Value::Null) => None,
        ("limit", Value::Integer(bytes)) => Some(Data::text(Bytes::new(u64::try_from(*bytes).ok()?).to_string())),
        ("tag_expiration" | "sync_interval" | "skopeo_timeout" | "older_than", Value::Integer(seconds)) => Some(
            Data::text(Duration::from_seconds(u64::try_from(*seconds).ok()?).to_string()),
        ),
        (_, value) => Data::of(value),
    }
}

/// What is written, without what is only a frame for it.
type Leaves = IndexMap<Vec<String>, (Written, usize)>;

fn leaves(pieces: &[Piece]) -> Leaves {
    let mut leaves = Leaves::new();
    for piece in pieces {
        let Some(value) = &piece.value else { continue };
        let path = match piece.is_item {
            true => Vec::new(),
            false => piece.path.clone(),
        };
        let rooted = path.len() + usize::from(matches!(value, Written::Map(_)));
        gather(value, path, rooted, &mut leaves);
    }
    leaves
}

fn gather(value: &Written, path: Vec<String>, rooted: usize, leaves: &mut Leaves) {
    match value {
        Written::Map(entries) => {
            for (key, value) in entries {
                let mut path = path.clone();
                path.push(key.clone());
                gather(value, path, rooted, leaves);
            }
        }
        value => drop(leaves.insert(path, (value.clone(), rooted))),
    }
}

/// A value as the editor writes it; `None` where a secret is in it.
pub(super) fn data(written: &Written) -> Option<Data> {
    Data::of_written(written, &|| None)
}

/// The same with a name to be filled in for each secret.
pub(super) fn outline(written: &Written) -> Option<Data> {
    Data::of_written(written, &|| Some(Data::map([("env", Data::text("NAME"))])))
}
