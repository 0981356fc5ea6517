//! Why something is not as it was written: who did what, from the registry's own usage log.

mod cause;
mod events;
mod log;
mod traffic;

pub use cause::{Cause, Difference, Residual, Window, explain};
pub use events::Subject;
pub use log::{Entry, Log, read};
pub use traffic::is_traffic;
