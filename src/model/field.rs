//! How a field of a kind can change.

/// One field of a resource kind, as plans, the reference page and the contract tests see it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name in the manifest.
    pub name: &'static str,
    /// How a difference between manifest and registry is dealt with.
    pub way: Way,
}

impl Field {
    /// A field that the server can only change with its whole object.
    pub const fn replaced(name: &'static str) -> Self {
        Field {
            name,
            way: Way::Replace,
        }
    }

    /// A field that the server can change in place.
    pub const fn updated(name: &'static str) -> Self {
        Field { name, way: Way::Update }
    }
}

/// What a difference in a field leads to. The texts say why, for the plan and the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The server changes it in place.
    Update,
    /// The server has no update: the object is created anew and the old one deleted.
    Replace,
    /// The server cannot change it and nothing is done; the text says why and what to do.
    Blocked(&'static str),
    /// It counts only when the object is created.
    CreateOnly(&'static str),
    /// It is sent but never comes back, so that it cannot be compared.
    WriteOnly(&'static str),
    /// The server moves it by itself; differences of that sort do not count.
    Moved(&'static str),
}

impl Way {
    /// The word for the reference page.
    pub fn word(self) -> &'static str {
        match self {
            Way::Update => "update",
            Way::Replace => "replace",
            Way::Blocked(_) => "blocked",
            Way::CreateOnly(_) => "create-only",
            Way::WriteOnly(_) => "write-only",
            Way::Moved(_) => "moved by the server",
        }
    }

    /// Why the field is marked; empty for fields that are simply updated or replaced.
    pub fn why(self) -> &'static str {
        match self {
            Way::Update | Way::Replace => "",
            Way::Blocked(why) | Way::CreateOnly(why) | Way::WriteOnly(why) | Way::Moved(why) => why,
        }
    }
}
