//! Config-as-code for Red Hat Quay: manifests in, an exact plan out, an apply that proves itself.
//!
//! Data flows one way; nothing downstream is imported upstream. `ARCHITECTURE.md` says why and how.
//!
//! - [`settings`]: `quayform.toml`, flags and environment: which registry, which guards, which secrets.
//! - [`manifest`]: YAML to documents, every value with its place, all problems in one run.
//! - [`kinds`]: one file per resource kind: what documents want of it, how it is read, compared and written.
//! - [`read`]: fetches what the kinds ask for, with a client that can only GET.
//! - [`access`]: who may do what, and by which ways.
//! - [`plan`]: compares wishes with the registry, predicts, orders and guards; pure.
//! - [`saved`]: plans as documents, written and read back.
//! - [`apply`]: the only code that writes; it reads again what it touched.
//! - [`operations`]: one-shot actions and reads that are no part of a plan: one table.
//! - [`sinks`]: where robots' tokens go: a directory or a command, and how they are written there.
//! - [`state`]: what stays on this machine: the journal of writes, the lock between applies.
//! - [`drift`]: who changed what, from the registry's usage log.
//! - [`export`]: from a live registry to manifests; pure.
//! - [`report`]: text, JSON and the reference pages; nothing there prints.
//! - [`cli`]: one command per file, exit codes, and the only place that prints.
//!
//! Below them lie [`model`] (plain data that all share), [`quay`] (the registry's dialect), [`cocktail`] (that of
//! CocktailCloud, which builds images) and [`http`] (the seam to the network); beside them [`emulator`], an embedded registry that knows nothing of the
//! rest, and [`fuzzing`], the bodies of fuzz targets.

pub mod access;
pub mod apply;
pub mod cli;
pub mod cocktail;
pub mod drift;
pub mod emulator;
pub mod export;
pub mod fuzzing;
pub mod http;
pub mod import;
pub mod kinds;
pub mod manifest;
pub mod model;
pub mod operations;
pub mod plan;
pub mod quay;
pub mod read;
pub mod report;
pub mod saved;
pub mod settings;
pub mod sinks;
pub mod state;
