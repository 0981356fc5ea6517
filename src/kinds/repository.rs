//! Repositories and their settings.

use crate::manifest::choice::choice;
use crate::manifest::record::record;

record! {
    /// The settings of a repository.
    pub struct RepositorySpec {
        /// Who may pull: `private` (the default of a new repository) or `public`.
        visibility: Visibility,
        /// What the repository is for, in Markdown; `''` for none.
        description: String,
    }
}

choice! {
    /// Who may pull from a repository.
    pub enum Visibility {
        /// Everybody.
        Public = "public",
        /// Those with a permission.
        Private = "private",
    }
}
