//! The library and the real binary, from outside.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod manifest;
mod settings;
mod transport;
mod wire;
