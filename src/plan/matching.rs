//! Which live item is meant by which declared one, where items have no name of their own.

use std::collections::BTreeMap;

use crate::kinds::Kind;
use crate::model::{Address, Declared, Object};

use super::compare::same;

/// Matches items as multisets: equal in all fields first, then by label and key, in their order, and last by label alone
/// where the kind lets any item turn into any other. The answer has the live partner of each declared item, if it has
/// one.
pub(super) fn pair<'a>(
    kind: &dyn Kind,
    declared: &[&'a Declared],
    live: &[&'a Object],
) -> BTreeMap<&'a Address, &'a Object> {
    let mut pairs = BTreeMap::new();
    let mut free: Vec<&Object> = live.to_vec();
    for closeness in [Closeness::Equal, Closeness::Key, Closeness::Label] {
        if closeness == Closeness::Label && !kind.turns_into_any() {
            continue;
        }
        for wish in declared {
            if pairs.contains_key(&wish.address) {
                continue;
            }
            let fits = |object: &&Object| {
                let same_key = || kind.key(&wish.fields) == kind.key(&object.fields);
                let mut wanted = wish.fields.iter();
                label(&wish.address) == label(&object.address)
                    && match closeness {
                        Closeness::Equal => {
                            same_key() && wanted.all(|(name, value)| same(value, object.fields.get(name)))
                        }
                        Closeness::Key => same_key(),
                        Closeness::Label => true,
                    }
            };
            if let Some(at) = free.iter().position(fits) {
                pairs.insert(&wish.address, free.remove(at));
            }
        }
    }
    pairs
}

/// What a declared and a live item have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closeness {
    Equal,
    Key,
    Label,
}

/// The identity without its number.
pub(super) fn label(address: &Address) -> &str {
    match address.identity.rsplit_once('#') {
        Some((label, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => label,
        _ => &address.identity,
    }
}
