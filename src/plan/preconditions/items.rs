//! Items without names of their own: what makes two of them equal.

use crate::kinds::Kind;
use crate::model::{Address, Fields, Object, Value, World};
use crate::plan::compare::{is_blank, same};
use crate::plan::matching::label;

/// The fields that a manifest can speak of.
pub(super) fn declared(kind: &dyn Kind, fields: &Fields) -> Fields {
    let known = kind.fields().iter();
    known
        .filter_map(|field| Some((field.name, fields.get(field.name)?.clone())))
        .collect()
}

/// The items with the label of an address and exactly these values, in the order of their addresses.
pub(super) fn equal<'a>(
    kind: &'a dyn Kind,
    address: &'a Address,
    fields: &'a Fields,
    world: &'a World,
) -> impl Iterator<Item = &'a Object> {
    world
        .of(&kind.collection(address))
        .filter(move |object| label(&object.address) == label(address) && are_equal(kind, fields, &object.fields))
}

/// Whether two items are equal; what is blank is as good as not set, and what the server moves does not count.
pub(super) fn are_equal(kind: &dyn Kind, ours: &Fields, theirs: &Fields) -> bool {
    kind.fields().iter().all(|field| {
        let (ours, theirs) = (ours.get(field.name), theirs.get(field.name));
        let blank = |value: Option<&Value>| value.is_none_or(is_blank);
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => same(ours, Some(theirs)) || (is_blank(ours) && is_blank(theirs)),
            (ours, theirs) => blank(ours) && blank(theirs),
        }
    })
}
