//! Fetches queries: shared, counted, paged, at a price that is known before it is paid.

pub mod cache;
mod explore;
mod organizations;
mod pages;
pub mod price;
pub mod reader;
mod repositories;
mod rights;

pub use cache::{Cache, Recalled};
pub use explore::explore;
pub use organizations::{Administered, administered};
pub use price::{Budget, Estimate, TooMany};
pub use reader::{ReadError, Reader, look, read_world};
pub use repositories::live_repositories;
pub use rights::{Right, rights};
