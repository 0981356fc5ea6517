//! One-shot actions and reads that are no part of a plan: one table, and what a run of one of its rows needs.
//!
//! - [`nouns`]: the table itself, one file per noun; a new operation is one more row.
//! - [`operation`]: what a row says: inputs, routes, the form of the answer, what it takes away for good.
//! - [`free`]: requests that no row has.
//! - [`inputs`]: what was given, read in the forms that the row asks for.
//! - [`request`]: the route that fits what was given, with its path, query and body; pure.
//! - [`findings`]: what a scanner found.
//! - [`judge`]: what an answer means, in words for people; pure.
//! - [`read`] and [`act`]: the two ways to the registry. Reads hold a client that can only GET.
//! - [`run`]: one run of one row against one registry.
//! - [`secrets`]: what of an answer nobody may see, and what it hands out.

pub mod act;
pub mod findings;
pub mod free;
pub mod inputs;
pub mod judge;
pub mod nouns;
pub mod operation;
pub mod read;
pub mod request;
pub mod run;
pub mod secrets;

pub use inputs::Inputs;
pub use judge::Problem;
pub use nouns::{all, find};
pub use operation::{
    Answer, Column, Constant, Form, Handout, Input, Operation, Paging, Place, Right, Route, Show, Threshold, Wait,
};
pub use request::{Prepared, prepare};
