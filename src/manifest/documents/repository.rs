//! `kind: Repository`.

use super::{RepositoryManage, allow_extensions};
use crate::kinds::auto_prune::AutoPruneSpec;
use crate::kinds::immutability::ImmutabilitySpec;
use crate::kinds::mirror::MirrorSpec;
use crate::kinds::notification::NotificationSpec;
use crate::kinds::permission::PermissionsSpec;
use crate::kinds::repository::RepositorySpec;
use crate::kinds::tag::TagSpec;
use crate::kinds::trigger::TriggerSpec;
use crate::manifest::choice::choice;
use crate::manifest::decode::{List, Map};
use crate::manifest::record::{Check, record};

record! {
    /// A repository with its permissions, notifications, mirror and tags. A field that is not written is not managed.
    pub struct RepositoryDocument {
        /// Tells that the document describes a repository.
        kind: RepositoryKind = required,
        /// The organization's name and the repository's, such as `acme/api`.
        name: String = required,
        /// Who may do what in it.
        permissions: PermissionsSpec,
        /// What it tells whom, exactly; `[]` for nothing.
        notifications: List<NotificationSpec>,
        /// What it copies from another registry.
        mirror: Box<MirrorSpec>,
        /// Tags by name: to what they point, or how they come to be.
        tags: Map<TagSpec>,
        /// Build triggers by their source, such as `git@example.com:acme/api.git`, or by their id.
        triggers: Map<TriggerSpec>,
        /// By which rules its tags are deleted, besides those of the organization, exactly; `[]` for none.
        auto_prune: List<AutoPruneSpec>,
        /// Which of its tags can neither be moved nor deleted, besides those that the organization says, exactly; `[]` for
        /// none. What matches once stays so for ever.
        immutability: List<ImmutabilitySpec>,
        /// The full name that the repository had before. The registry cannot rename it: the plan says so instead of making
        /// another one.
        previously: String,
        /// What becomes of live things that are not written, such as `{permissions: additive}`.
        manage: RepositoryManage,
        /// Deletes the repository with its images; stands alone.
        absent: bool,
    }
    includes settings: RepositorySpec;
    marks: [absent];
    check: check_previously;
    schema: allow_extensions;
}

/// A repository stays in its organization.
fn check_previously(document: &RepositoryDocument, check: &mut Check<'_>) {
    let (Some(name), Some(previously)) = (&document.name, &document.previously) else {
        return;
    };
    let organization = |name: &str| name.split_once('/').map(|(organization, _)| organization.to_owned());
    if organization(&name.value).is_none() || organization(&name.value) != organization(&previously.value) {
        let help = "write the old name with its organization, as under `name`";
        check.bad_value(
            "`previously` is no repository of the same organization",
            previously.place,
            help,
        );
    }
}

choice! {
    /// Tells that a document describes a repository.
    pub enum RepositoryKind {
        /// A repository.
        Repository = "Repository",
    }
}
