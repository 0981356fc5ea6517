//! The seam to the place where robots' tokens go.

use crate::model::Credential;

/// Takes the tokens of robots. What it writes is nobody's business but its reader's: nothing here returns a token.
pub trait Sink: Send + Sync {
    /// What a person knows it by, such as the path of a directory.
    fn name(&self) -> String;

    /// Proves that it can be written to, as far as that can be known; called before the first write to the registry.
    fn prepare(&self) -> Result<(), SinkProblem>;

    /// Holds this credential from now on, in place of an older one of the robot.
    fn keep(&self, credential: &Credential) -> Result<Kept, SinkProblem>;

    /// Whether it holds a credential of this robot; a sink that cannot tell says no.
    fn holds(&self, robot: &str) -> bool;

    /// Holds no credential of this robot any more. Only called for what [`Sink::holds`] says yes to.
    fn forget(&self, robot: &str) -> Result<(), SinkProblem>;
}

/// What a sink did with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was handed over.
    Written,
    /// It was there already, with the same token.
    Unchanged,
}

/// Why a sink did not do as it was told: what was tried, and what happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SinkProblem(pub String);
