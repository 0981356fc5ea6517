//! The library and the real binary, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail the test")]

mod boundaries;
mod command_line;
mod documentation;
mod lockfile;
mod manifest;
mod settings;
mod transport;
mod wire;
