//! Scenarios over the whole of quayform.

mod manifest;
