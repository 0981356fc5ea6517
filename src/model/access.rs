//! Roles, who may have them (API guide, shorthand table of §1), and how that shifts.

use super::address::Address;

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

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Role::None => "none",
            Role::Read => "read",
            Role::Write => "write",
            Role::Admin => "admin",
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

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::None => "none",
            Standing::Member => "member",
            Standing::Creator => "creator",
            Standing::Admin => "admin",
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

/// What a shift of access is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// An organization: what somebody may do in it.
    Organization(String),
    /// Repositories by their full names, in alphabetical order: a role.
    Repositories(Vec<String>),
    /// Repositories that are made later in an organization: the role that they give from the start.
    NextRepositories {
        /// The organization.
        organization: String,
        /// Only those that this account creates; `None` for all.
        created_by: Option<String>,
    },
}

/// Several people to whom the same happens: what they may do changes from one thing to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who, in order.
    pub subjects: Vec<Subject>,
    /// On what.
    pub on: Ground,
    /// The role or standing before, as a word; `none` for nothing.
    pub before: &'static str,
    /// The one after.
    pub after: &'static str,
    /// Whether it only happens once an invitation is accepted.
    pub once_accepted: bool,
    /// The changes that cause it, in order.
    pub because: Vec<Address>,
}

/// What a plan means for people: who may do more, and who less, than before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChange {
    /// Who may do more.
    pub gained: Vec<Shift>,
    /// Who may do less.
    pub lost: Vec<Shift>,
}

impl AccessChange {
    /// Whether nobody may do more or less.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}
