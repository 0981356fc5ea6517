//! One command per file; `ui` is the only place that prints.
