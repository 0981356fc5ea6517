//! Plan, apply, plan again: the second plan is always empty.

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
mod invite;
mod journal;
mod mail;
mod moved;
mod one_team;
mod organization_notification;
mod proportion;
mod residual;
mod safe_order;
mod sight;
mod strangers;
mod team_sync;
mod unanswered;
