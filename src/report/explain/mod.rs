//! What `explain` says: of a code, of a kind or a field, of one object.

mod field;
mod object;

use serde_json::{Value as Json, json};

use super::reference::codes::{Code, Example};

pub use field::{Topic, topic};
pub use object::{Story, object};

/// A text for people, and the same for programs.
pub struct Explained {
    /// Ends with a line break.
    pub text: String,
    /// Without the keys that every document has.
    pub json: Json,
}

/// What a code means, how it comes about, and the way out.
pub fn code(code: &Code) -> Explained {
    let (sort, example) = match code.example {
        Example::Manifest(text) => ("manifest", text),
        Example::Settings(text) => ("quayform.toml", text),
        Example::Story(text) => ("story", text),
    };
    let text = format!(
        "{}: {}\n\nExample:\n{}\nWay out: {}\n",
        code.code,
        code.meaning,
        indented(example),
        without_links(code.way_out)
    );
    let json = json!({
        "code": code.code,
        "meaning": code.meaning,
        "example": { "sort": sort, "text": example },
        "way_out": code.way_out,
    });
    Explained { text, json }
}

/// `[manifests.md](manifests.md)` is for pages; a terminal shows where the page is.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        match link.split_once("](").and_then(|(_, after)| after.split_once(')')) {
            Some((target, after)) => {
                plain.push_str(&format!("{before}docs/{target}"));
                rest = after;
            }
            None => {
                plain.push_str(&format!("{before}["));
                rest = link;
            }
        }
    }
    plain + rest
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {line}").trim_end().to_owned() + "\n")
        .collect()
}
