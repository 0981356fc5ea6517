//! Plan, apply, plan again: the second plan is always empty.

mod account;
mod application;
mod auto_prune;
mod by_hand;
mod cache;
pub(crate) mod company;
mod copies;
mod copying;
mod corners;
mod costs;
mod federation;
mod guards;
mod immutability;
mod journal;
mod layers;
mod moved;
mod one_team;
mod policy;
mod proportion;
mod registry_wide;
mod residual;
mod safe_order;
mod sight;
mod strangers;
mod unanswered;
mod versions;
