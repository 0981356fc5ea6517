//! Permissions: who may do what in one repository.

use crate::manifest::choice::choice;
use crate::manifest::decode::Map;
use crate::manifest::record::record;

record! {
    /// Who may do what in the repository; each of the three maps is owned exactly if it is written.
    pub struct PermissionsSpec {
        /// Roles of teams by name, such as `{developers: write}`; `{}` for none.
        teams: Map<Role>,
        /// Roles of the organization's robots by short name, such as `{ci: write}`; `{}` for none.
        robots: Map<Role>,
        /// Roles of users by name, such as `{erin: read}`; `{}` for none.
        users: Map<Role>,
    }
}

choice! {
    /// What somebody may do in a repository.
    pub enum Role {
        /// Pull.
        Read = "read",
        /// Pull and push.
        Write = "write",
        /// Pull, push, and change the repository's settings and permissions.
        Admin = "admin",
    }
}
