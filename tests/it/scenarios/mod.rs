//! Plan, apply, plan again: the second plan is always empty.

mod by_hand;
pub(crate) mod company;
mod corners;
mod costs;
mod one_team;
mod residual;
mod sight;
