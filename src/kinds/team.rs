//! Teams of an organization.

use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::documents::TeamManage;
use crate::manifest::record::record;

record! {
    /// A team: people and robots who share a role in the organization.
    pub struct TeamSpec {
        /// What its members may do in the organization: `member` (the default of a new team), `creator` or `admin`.
        role: TeamRole,
        /// What the team is for, in Markdown; `''` for none.
        description: String,
        /// Its members, exactly: users, and robots by their full name such as `acme+ci`; `[]` for none.
        members: List<String>,
        /// What is owned exactly, for this team only, such as `{members: additive}`.
        manage: TeamManage,
        /// Marks a team that exists and is managed elsewhere, so that it can be referred to; stands alone.
        external: bool,
        /// Deletes the team and every grant it has; stands alone.
        absent: bool,
    }
    marks: [absent, external];
}

choice! {
    /// What the members of a team may do in the organization.
    pub enum TeamRole {
        /// See what the team was granted.
        Member = "member",
        /// Create repositories, too.
        Creator = "creator",
        /// Everything.
        Admin = "admin",
    }
}
