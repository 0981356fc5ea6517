//! Whether what a change does can be undone.

/// What a change takes away for good. The texts say what that is, as the object of "loses".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reversibility {
    /// Another apply brings all of it back.
    Reversible,
    /// The object can come back, but not its history, or not with the same credential.
    Lossy(&'static str),
    /// Data goes that nothing brings back.
    Irreversible(&'static str),
}

impl Reversibility {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Reversibility::Reversible => "reversible",
            Reversibility::Lossy(_) => "loses_history_or_credential",
            Reversibility::Irreversible(_) => "irreversible",
        }
    }

    /// What is lost; nothing where the change can be undone.
    pub fn lost(self) -> Option<&'static str> {
        match self {
            Reversibility::Reversible => None,
            Reversibility::Lossy(lost) | Reversibility::Irreversible(lost) => Some(lost),
        }
    }
}
