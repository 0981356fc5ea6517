//! The seam to the network: what is sent, what comes back, and how sending can fail.

pub mod message;
pub mod read_only;

pub use message::{Method, Request, Response, Sending, Transport, TransportError};
pub use read_only::ReadOnly;
