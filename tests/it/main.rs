//! The library and the real binary, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail the test")]

mod binary;
mod boundaries;
mod canary;
mod command_line;
mod connect;
mod contract;
mod coverage;
mod credentials;
mod documentation;
mod end_state;
mod faults;
mod files;
mod fuzz;
mod kept;
mod lab;
mod lockfile;
mod manifest;
mod meddler;
mod operations;
mod properties;
mod reference;
mod reports;
mod scars;
mod scenarios;
mod settings;
mod sign_in;
mod transport;
mod wire;

/// Random cases are many small values: with the system's allocator they take a third longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
