//! Settings: flags, then the environment, then quayform.toml.
