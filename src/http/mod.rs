//! The seam to the network: what is sent, what comes back, how sending can fail, and how fast it may go.

pub mod client;
pub mod clock;
pub mod echo;
mod failure;
mod gate;
pub mod message;
pub mod pacing;
pub mod read_only;
pub mod sender;
pub mod session;
pub mod stop;

pub use client::{Client, ClientOptions, ClientProblem};
pub use clock::{Clock, SystemClock};
pub use message::{Method, Request, Response, Sending, Transport, TransportError};
pub(crate) use pacing::retry_after;
pub use pacing::{Counts, LONGEST_WAIT, Paced, Pacing};
pub use read_only::ReadOnly;
pub use sender::Sender;
pub use session::{Door, Exchanged, Exchanging, Session, Ticket};
pub use stop::Stop;
