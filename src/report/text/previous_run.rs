//! What is told about an apply that did not come to its end.

use crate::state::{History, Unanswered};

use super::{counted, printable};

/// How many writes are named one by one.
const NAMED: usize = 8;

/// When the last apply began, how far it came, and what it left open; nothing where it came to its end.
pub fn previous_run(history: &History, registry: &str) -> Option<String> {
    let mut text = match &history.unfinished {
        None if history.unanswered.is_empty() => return None,
        None => format!("The last apply to {registry} was interrupted before all was settled."),
        Some(run) => {
            let others = match run.not_done {
                0 => String::new(),
                number => format!(", {number} ended otherwise"),
            };
            format!(
                "The last apply to {registry} did not come to its end: it began at {}, and {} of {} done{others}.",
                run.began.strftime("%Y-%m-%d %H:%M:%S UTC"),
                run.done,
                match run.changes {
                    1 => "1 change was".to_owned(),
                    number => format!("{number} changes were"),
                },
            )
        }
    };
    if !history.unanswered.is_empty() {
        text.push_str(&format!(
            "\n{} left without a known outcome; what was done is read now:",
            counted(history.unanswered.len(), "request")
        ));
        for write in history.unanswered.iter().take(NAMED) {
            text.push_str(&named(write));
        }
        if let Some(more @ 1..) = history.unanswered.len().checked_sub(NAMED) {
            text.push_str(&format!("\n    and {more} more"));
        }
    }
    text.push('\n');
    Some(text)
}

fn named(write: &Unanswered) -> String {
    let line = format!("{} {} for {}", write.method, write.path, write.address);
    format!("\n    {}", printable(&line))
}
