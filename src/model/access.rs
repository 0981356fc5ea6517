//! Roles, and who may have them (API guide, shorthand table of §1).

/// What somebody may do in a repository; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nothing.
    None,
    /// Pull.
    Read,
    /// Pull and push.
    Write,
    /// Pull, push and administer.
    Admin,
}

impl Role {
    /// The role with this name; any other text is none.
    pub fn from_word(word: &str) -> Self {
        match word {
            "read" => Role::Read,
            "write" => Role::Write,
            "admin" => Role::Admin,
            _ => Role::None,
        }
    }
}

/// What somebody may do in an organization; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nothing.
    None,
    /// See it.
    Member,
    /// Create repositories.
    Creator,
    /// Administer it and everything in it.
    Admin,
}

impl Standing {
    /// What a team of this role gives its members; any other text is none.
    pub fn from_word(word: &str) -> Self {
        match word {
            "member" => Standing::Member,
            "creator" => Standing::Creator,
            "admin" => Standing::Admin,
            _ => Standing::None,
        }
    }
}

/// Somebody who may have a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Whoever asks, without a name.
    Anyone,
    /// A user, or a robot by its full name.
    Account(String),
    /// A team of the organization that is spoken of.
    Team(String),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Anyone => formatter.write_str("anyone"),
            Subject::Account(name) => formatter.write_str(name),
            Subject::Team(name) => write!(formatter, "team {name}"),
        }
    }
}
