//! How the end of a change is told.

use crate::model::State;

/// No more tries are left, or no more time.
pub(super) fn given_up(sent: &str, said: &str, attempts: u32, may_have_acted: bool) -> State {
    let times = match attempts {
        1 => String::new(),
        _ => format!(", {attempts} times"),
    };
    if may_have_acted {
        State::Unknown(format!("{sent}: {said}{times}"))
    } else {
        State::Failed(format!("{sent}: {said}{times}; nothing was changed"))
    }
}

/// Says how far a change of several calls came.
pub(super) fn told(state: State, done: usize) -> State {
    let add = |text: String| match done {
        0 => text,
        1 => format!("{text} (the call before it was carried out)"),
        _ => format!("{text} (the {done} calls before it were carried out)"),
    };
    match state {
        State::Failed(text) => State::Failed(add(text)),
        State::Unknown(text) => State::Unknown(add(text)),
        other => other,
    }
}
