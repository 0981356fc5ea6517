//! The real binary as people meet it: both streams, the exit code, and what it leaves behind.

mod examples;
mod guards;
mod interrupt;
mod mistakes;
mod output;
mod partly;
pub(crate) mod program;
mod registries;
mod secrets;
pub(crate) mod server;
mod sight;
mod unconverged;
