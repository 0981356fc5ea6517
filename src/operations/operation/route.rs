//! One way to carry out an operation, and who may.

use crate::http::Method;
use crate::model::Target;

use super::input::Place;

/// One way to carry out an operation.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// To whom it goes.
    pub target: Target,
    /// The method.
    pub method: Method,
    /// The path below the target's root, with `{names}` of inputs.
    pub path: &'static str,
    /// The switch that chooses this route; without it the route fits when all of its path is given.
    pub chosen_by: Option<&'static str>,
    /// Who may send it.
    pub right: Right,
    /// The features of the server without which it must not be sent: below `/repository/` it would be taken for
    /// something else (API guide §1.3).
    pub features: &'static [&'static str],
    /// What its body or query holds besides what is given.
    pub constants: &'static [(Place, Constant)],
    /// Whether the answer `null` says that what it is about is not there.
    pub missing_is_null: bool,
}

/// A value that a request holds whatever is given; what is given comes over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// `true` or `false`.
    Boolean(bool),
    /// A text.
    Text(&'static str),
    /// `null`.
    Null,
    /// `{}`.
    Object,
}

/// Who may carry out a request (the shorthand of the API guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Everybody, without a token.
    Anyone,
    /// Whoever may read the repository.
    RepositoryRead,
    /// Whoever may write to the repository.
    RepositoryWrite,
    /// Whoever administers the repository.
    RepositoryAdmin,
    /// Whoever is in a team of the organization.
    OrganizationMember,
    /// Whoever administers the organization.
    OrganizationAdmin,
    /// The token's own user, to read.
    OwnRead,
    /// The token's own user.
    Own,
    /// A superuser.
    Superuser,
    /// Whoever has a token of CocktailCloud.
    Cocktail,
    /// Nobody knows here.
    Unknown,
}

impl Right {
    /// Who that is, in words.
    pub fn who(self) -> &'static str {
        match self {
            Right::Anyone => "everybody",
            Right::RepositoryRead => "whoever may read the repository",
            Right::RepositoryWrite => "whoever may write to the repository",
            Right::RepositoryAdmin => "administrators of the repository",
            Right::OrganizationMember => "members of the organization",
            Right::OrganizationAdmin => "administrators of the organization",
            Right::OwnRead | Right::Own => "every user, for the own account",
            Right::Superuser => "superusers",
            Right::Cocktail => "whoever has a token of CocktailCloud for it",
            Right::Unknown => "whoever the registry lets do it",
        }
    }

    /// The scope that the token needs; empty where it needs none.
    pub fn scope(self) -> &'static str {
        match self {
            Right::Anyone | Right::Cocktail | Right::Unknown => "",
            Right::RepositoryRead => "repo:read",
            Right::RepositoryWrite => "repo:write",
            Right::RepositoryAdmin => "repo:admin",
            Right::OrganizationMember | Right::OrganizationAdmin => "org:admin",
            Right::OwnRead => "user:read",
            Right::Own => "user:admin",
            Right::Superuser => "super:user",
        }
    }
}

impl Route {
    const fn new(method: Method, path: &'static str, right: Right) -> Self {
        Route {
            target: Target::Registry,
            method,
            path,
            chosen_by: None,
            right,
            features: &[],
            constants: &[],
            missing_is_null: false,
        }
    }

    /// A read.
    pub const fn get(path: &'static str, right: Right) -> Self {
        Route::new(Method::Get, path, right)
    }

    /// A POST.
    pub const fn post(path: &'static str, right: Right) -> Self {
        Route::new(Method::Post, path, right)
    }

    /// A PUT.
    pub const fn put(path: &'static str, right: Right) -> Self {
        Route::new(Method::Put, path, right)
    }

    /// A DELETE.
    pub const fn delete(path: &'static str, right: Right) -> Self {
        Route::new(Method::Delete, path, right)
    }

    /// Not to the registry, but to this one.
    pub const fn to(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Only where this switch is given.
    pub const fn chosen_by(mut self, switch: &'static str) -> Self {
        self.chosen_by = Some(switch);
        self
    }

    /// Only where the server has these features.
    pub const fn needs(mut self, features: &'static [&'static str]) -> Self {
        self.features = features;
        self
    }

    /// With this besides what is given.
    pub const fn with(mut self, constants: &'static [(Place, Constant)]) -> Self {
        self.constants = constants;
        self
    }

    /// Answered with `null` where what it is about is not there.
    pub const fn missing_is_null(mut self) -> Self {
        self.missing_is_null = true;
        self
    }

    /// The names in the path.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}
