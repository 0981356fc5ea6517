//! What each code of a problem means, how it comes about, and the way out: for `explain CODE` and `docs/errors.md`.

mod documents;
mod edits;
mod plans;
mod project;
mod settings;
mod yaml;

/// One code.
pub struct Code {
    /// The code, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong, in a sentence or two.
    pub meaning: &'static str,
    /// What to do.
    pub way_out: &'static str,
    /// How it comes about.
    pub example: Example,
}

/// How a problem comes about.
pub enum Example {
    /// A manifest that has it.
    Manifest(&'static str),
    /// A `quayform.toml` that has it.
    Settings(&'static str),
    /// What no text alone can show.
    Story(&'static str),
}

/// A chapter of the page, and its codes.
pub const CHAPTERS: [(&str, &[Code]); 6] = [
    ("Manifests: YAML", &yaml::CODES),
    ("Manifests: documents and fields", &documents::CODES),
    ("Manifests: the project as a whole", &project::CODES),
    ("Manifests: layout and edits in place", &edits::CODES),
    ("`quayform.toml`", &settings::CODES),
    ("Plans", &plans::CODES),
];

/// Every code.
pub fn all() -> impl Iterator<Item = &'static Code> {
    CHAPTERS.iter().flat_map(|(_, codes)| *codes)
}

/// The code of this name.
pub fn find(code: &str) -> Option<&'static Code> {
    all().find(|each| each.code == code)
}
