//! Environment variables, from the process or from a test.

/// Tells what environment variables hold.
pub trait Environment: Send + Sync {
    /// The variable's text; `None` where it is not set or not text.
    fn variable(&self, name: &str) -> Option<String>;

    /// The same, where an empty variable counts as not set: pipelines pass a missing secret as an empty one.
    fn filled_variable(&self, name: &str) -> Option<String> {
        self.variable(name).filter(|text| !text.trim().is_empty())
    }
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

impl<F: Fn(&str) -> Option<String> + Send + Sync> Environment for F {
    fn variable(&self, name: &str) -> Option<String> {
        self(name)
    }
}
