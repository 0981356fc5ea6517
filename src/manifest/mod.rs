//! YAML text to checked documents, every value with its place.
