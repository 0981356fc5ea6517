//! One file per resource kind.
