//! `kind: Organization`.

use super::{OrganizationManage, allow_extensions};
use crate::kinds::application::ApplicationSpec;
use crate::kinds::auto_prune::AutoPruneSpec;
use crate::kinds::default_permission::DefaultPermissionSpec;
use crate::kinds::immutability::ImmutabilitySpec;
use crate::kinds::organization::OrganizationSpec;
use crate::kinds::organization_member::OrganizationMemberSpec;
use crate::kinds::organization_mirror::OrganizationMirrorSpec;
use crate::kinds::organization_notification::OrganizationNotificationSpec;
use crate::kinds::proxy_cache::ProxyCacheSpec;
use crate::kinds::quota::QuotaSpec;
use crate::kinds::robot::RobotSpec;
use crate::kinds::team::TeamSpec;
use crate::manifest::choice::choice;
use crate::manifest::decode::{List, Map};
use crate::manifest::record::record;

record! {
    /// An organization with its teams, robots and rules. A field that is not written is not managed.
    pub struct OrganizationDocument {
        /// Tells that the document describes an organization.
        kind: OrganizationKind = required,
        /// The organization's name, such as `acme`.
        name: String = required,
        /// How much it may store.
        quota: QuotaSpec,
        /// Its teams by name; live ones that are not written stay, and are reported.
        teams: Map<TeamSpec>,
        /// People who have left it, as `{dave: {absent: true}}`: they go out of all teams, and lose all grants on its
        /// repositories. Who belongs to it is written in `members` of its teams.
        members: Map<OrganizationMemberSpec>,
        /// Its robots by short name, such as `ci` for `acme+ci`; live ones that are not written stay, and are reported.
        robots: Map<RobotSpec>,
        /// Its OAuth applications by name; live ones that are not written stay, and are reported.
        applications: Map<ApplicationSpec>,
        /// What every new repository grants from the start, exactly; `[]` for nothing.
        default_permissions: List<DefaultPermissionSpec>,
        /// What it tells whom about its storage, exactly; `[]` for nothing.
        notifications: List<OrganizationNotificationSpec>,
        /// By which rules tags are deleted in all of its repositories, exactly; `[]` for none.
        auto_prune: List<AutoPruneSpec>,
        /// Which tags can neither be moved nor deleted in all of its repositories, exactly; `[]` for none. What matches
        /// once stays so for ever.
        immutability: List<ImmutabilitySpec>,
        /// The registry whose images it passes on.
        proxy_cache: ProxyCacheSpec,
        /// The organization elsewhere of which it is a copy.
        mirror: OrganizationMirrorSpec,
        /// What becomes of live things that are not written, such as `{teams: exact, members: additive}`.
        manage: OrganizationManage,
        /// Marks an organization that exists and is managed elsewhere; stands alone.
        external: bool,
        /// Deletes the organization with everything in it; stands alone.
        absent: bool,
    }
    includes settings: OrganizationSpec;
    marks: [absent, external];
    schema: allow_extensions;
}

choice! {
    /// Tells that a document describes an organization.
    pub enum OrganizationKind {
        /// An organization.
        Organization = "Organization",
    }
}
