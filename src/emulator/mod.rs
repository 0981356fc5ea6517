//! The embedded registry: a deterministic, in-memory Quay administration API.
