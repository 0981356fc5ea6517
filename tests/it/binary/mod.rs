//! The real binary as people meet it: both streams, the exit code, and what it leaves behind.

mod access;
mod cache;
mod canary;
mod crash;
mod credentials;
mod examples;
mod faults;
mod guards;
mod interrupt;
mod kill;
mod mistakes;
mod narrowed;
mod operations;
mod output;
mod partly;
mod pipelines;
mod price;
pub(crate) mod program;
mod registries;
mod saved;
pub(crate) mod server;
mod sight;
mod terminal;
mod unconverged;
mod vanished;
