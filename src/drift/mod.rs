//! Why something is not as it was written: who did what, from the registry's own usage log.

pub mod adopt;
mod cause;
mod coverage;
mod days;
mod events;
mod found;
mod ignore;
mod investigate;
mod log;
mod news;
mod own;
mod question;
mod report;
mod search;
mod settle;
mod traffic;

pub use cause::{Cause, Difference, Residual, Window, explain};
pub use coverage::{Coverage, Covered, coverage, unnamed};
pub use days::day;
pub use events::Subject;
pub use found::{Drifted, Sort, Untold, Verdict};
pub use ignore::{Ignored, Sieve};
pub use investigate::{Investigation, LogRead, Surroundings, investigate, sort};
pub use log::{Entry, Log, read};
pub use news::{News, news};
pub use own::{Own, OwnWrite, OwnWrites};
pub use report::{Report, Tally};
pub use search::{Bounds, End};
pub use settle::{Settling, Standing, settled};
pub use traffic::is_traffic;
