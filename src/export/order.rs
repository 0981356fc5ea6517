//! The order of keys: that of `fmt`, so that every export is laid out as it would be; names that people chose, by the
//! alphabet.

use crate::manifest::edit::Order;
use crate::manifest::format::{SchemaOrder, order_of};
use crate::model::Written;

/// Puts the keys of a document into their order; it says itself of which kind it is.
pub(crate) fn in_order(tree: &mut Written) {
    let Written::Map(entries) = &*tree else { return };
    let Some(Written::Text(kind)) = entries.get("kind") else {
        return;
    };
    sort(tree, order_of(kind));
}

fn sort(tree: &mut Written, order: Option<SchemaOrder<'static>>) {
    match tree {
        Written::Map(entries) => {
            match order.filter(SchemaOrder::declares_names) {
                Some(order) => entries.sort_by(|one, _, other, _| order.rank(one).cmp(&order.rank(other))),
                None => entries.sort_keys(),
            }
            for (key, value) in entries {
                sort(value, order.and_then(|order| order.below(key)));
            }
        }
        Written::List(items) => {
            let order = order.and_then(|order| order.item());
            items.iter_mut().for_each(|item| sort(item, order));
        }
        _ => {}
    }
}
