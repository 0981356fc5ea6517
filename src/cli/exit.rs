//! The table of exit codes, the same for every command.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: done, or nothing to do.
    Done,
    /// 1: an error; wrong usage, the user's, the server's, or a gap in what could be read.
    Error,
    /// 2: changes or drift found, where the command was asked to say so.
    Changes,
    /// 3: refused by a guard.
    Refused,
    /// 4: the plan is stale.
    Stale,
    /// 5: applied in part; a write failed.
    Partial,
    /// 6: applied, but the registry is not as it should be.
    Unconverged,
    /// 70: a bug in quayform.
    Bug,
    /// 130: interrupted.
    Interrupted,
}

/// From the gravest to the mildest: where several hold at once, the first decides.
const GRAVEST_FIRST: [Exit; 9] = [
    Exit::Bug,
    Exit::Interrupted,
    Exit::Partial,
    Exit::Stale,
    Exit::Unconverged,
    Exit::Refused,
    Exit::Error,
    Exit::Changes,
    Exit::Done,
];

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Refused => 3,
            Exit::Stale => 4,
            Exit::Partial => 5,
            Exit::Unconverged => 6,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
        }
    }

    /// The graver of two: of several registries, or of several things that happened in one run.
    #[must_use]
    pub fn worst(self, other: Exit) -> Exit {
        GRAVEST_FIRST
            .into_iter()
            .find(|exit| *exit == self || *exit == other)
            .unwrap_or(self)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

impl FromIterator<Exit> for Exit {
    /// The gravest of all; nothing at all is done.
    fn from_iter<I: IntoIterator<Item = Exit>>(exits: I) -> Self {
        exits.into_iter().fold(Exit::Done, Exit::worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_of_several_decides() {
        for (exits, expected) in [
            (vec![], 0),
            (vec![Exit::Done, Exit::Changes], 2),
            (vec![Exit::Changes, Exit::Error, Exit::Refused], 3),
            (vec![Exit::Refused, Exit::Unconverged], 6),
            (vec![Exit::Unconverged, Exit::Stale], 4),
            (vec![Exit::Stale, Exit::Partial], 5),
            (vec![Exit::Partial, Exit::Interrupted], 130),
            (vec![Exit::Interrupted, Exit::Bug], 70),
        ] {
            assert_eq!(exits.iter().copied().collect::<Exit>().code(), expected, "{exits:?}");
            assert_eq!(
                exits.iter().rev().copied().collect::<Exit>().code(),
                expected,
                "{exits:?}"
            );
        }
    }

    #[test]
    fn every_exit_has_its_rank_and_its_code() {
        let mut codes = GRAVEST_FIRST.map(Exit::code);
        codes.sort_unstable();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 70, 130]);
    }
}
