//! A plan as one page: no request to anywhere, nothing in it that a name could break out of. What it shows is embedded as
//! JSON, and written into the page where somebody unfolds it, so that it stays light however much there is.

mod data;
mod graph;
mod page;
mod picture;

use serde_json::Value as Json;

use super::Report;

pub use page::page;

/// What a page shows of one registry.
#[derive(Debug)]
pub struct Part {
    /// What stands at its top, and what a reader without scripts sees.
    head: page::Head,
    /// The changes and shifts of access.
    data: Json,
    /// The order of the changes, folded.
    picture: maud::Markup,
}

/// What a page shows of this plan.
pub fn part(report: &Report<'_>) -> Part {
    Part {
        head: page::Head::of(report),
        data: data::data(report),
        picture: picture::picture(&graph::graph(&report.plan.changes)),
    }
}
