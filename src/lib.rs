//! Config-as-code for Red Hat Quay: manifests in, an exact plan out, an apply that proves itself.
//!
//! Data flows one way: [`manifest`] decodes documents, [`kinds`] turn them into wanted objects and know the
//! registry's calls, [`read`] fetches what they ask for, [`plan`] compares and orders, [`apply`] writes and
//! verifies, [`report`] formats. Nothing downstream is imported upstream.

pub mod apply;
pub mod cli;
pub mod emulator;
pub mod http;
pub mod kinds;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod quay;
pub mod read;
pub mod report;
pub mod settings;
