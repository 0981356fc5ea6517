//! Colours, where they are wanted.

use crate::model::Action;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What only matters on a second look.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// What went wrong or is refused.
    pub fn alarm(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// The sign of an action, in its colour.
    pub fn sign(self, action: Action) -> String {
        match action {
            Action::Create => self.paint("32", "+"),
            Action::Update => self.paint("33", "~"),
            Action::Replace => self.paint("33", "±"),
            Action::Delete => self.paint("31", "-"),
            Action::Blocked => self.paint("35", "!"),
            Action::Deferred => self.paint("36", "…"),
        }
    }
}
