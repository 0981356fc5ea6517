//! `kind: Account`.

use super::{AccountManage, allow_extensions};
use crate::kinds::auto_prune::AutoPruneSpec;
use crate::kinds::quota::QuotaSpec;
use crate::kinds::robot::RobotSpec;
use crate::manifest::choice::choice;
use crate::manifest::decode::{List, Map};
use crate::manifest::record::record;

record! {
    /// The account of the token's own user: a namespace for robots and repositories without teams. Its repositories are
    /// described as those of an organization.
    pub struct AccountDocument {
        /// Tells that the document describes an account.
        kind: AccountKind = required,
        /// The user's name, such as `alice`; but for the quota, the token must be hers.
        name: String = required,
        /// How much it may store: only a superuser can set it, and for others it is compared.
        quota: QuotaSpec,
        /// Its robots by short name, such as `ci` for `alice+ci`; live ones that are not written stay, and are reported.
        robots: Map<RobotSpec>,
        /// By which rules the registry deletes tags of all its repositories, exactly; `[]` for none.
        auto_prune: List<AutoPruneSpec>,
        /// What becomes of live things that are not written, such as `{robots: exact}`.
        manage: AccountManage,
    }
    schema: allow_extensions;
}

choice! {
    /// Tells that a document describes an account.
    pub enum AccountKind {
        /// An account.
        Account = "Account",
    }
}
