//! The build API of CocktailCloud, as far as it is published: create a build, run it, look at a run with its log.
//!
//! - [`gateway`]: what every answer goes through first: its envelope and its private key go, its code becomes a status.
//! - [`run`]: what an answer says about a run.
//! - [`tail`]: what is new in the log of a run.

pub mod gateway;
pub mod run;
pub mod tail;

use std::sync::Arc;

use secrecy::SecretString;

use crate::http::{ReadOnly, Transport};

pub use gateway::Gateway;
pub use run::{Run, Stage};

/// The way to CocktailCloud.
#[derive(Clone)]
pub struct Cocktail {
    /// Carries the requests; answers come bare.
    pub transport: Arc<dyn Transport>,
    /// The token that every request carries.
    pub token: Option<SecretString>,
}

impl Cocktail {
    /// Over a transport whose answers are still as the server gives them.
    pub fn new(transport: Arc<dyn Transport>, token: Option<SecretString>) -> Self {
        Cocktail {
            transport: Arc::new(Gateway::new(transport)),
            token,
        }
    }

    /// A client that can only GET.
    pub fn reader(&self) -> ReadOnly {
        ReadOnly::new(Arc::clone(&self.transport), self.token.clone())
    }
}

impl std::fmt::Debug for Cocktail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Cocktail")
    }
}
