//! Inputs that many operations take.

use crate::operations::operation::{Form, Input};

/// The repository that it is about.
pub(super) const REPOSITORY: Input = Input::argument("repository", Form::Repository, "The repository, as acme/api");

/// The organization that it is about.
pub(super) const ORGANIZATION: Input = Input::argument("organization", Form::Text, "The organization");

/// The organization or repository that it is about.
pub(super) const SUBJECT: Input = Input::argument(
    "subject",
    Form::Subject,
    "The organization, as acme, or the repository, as acme/api",
);

/// The robot that it is about.
pub(super) const ROBOT: Input = Input::argument(
    "robot",
    Form::Robot,
    "The robot: acme+ci of an organization, ci of your own account",
);

/// The user that it is about.
pub(super) const USER: Input = Input::argument("user", Form::Text, "The user's name");

/// The manifest that it is about.
pub(super) const MANIFEST: Input = Input::argument("manifest", Form::Manifest, "The manifest's digest, or a tag of it");

/// Chooses what only superusers are told.
pub(super) const SUPERUSER: Input = Input::choice("superuser", "Ask as a superuser");
