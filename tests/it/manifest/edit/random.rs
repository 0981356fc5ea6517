//! Random files, written in random ways, and random edits.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use quayform::manifest::edit::{Data, Editor, Spot};

/// A value, and how each part of it is written.
#[derive(Debug, Clone)]
pub(in crate::manifest) enum Written {
    Text(String, u8),
    List(Vec<Written>, u8),
    Map(Vec<(String, Written)>, u8),
}

const NASTY: [&str; 24] = [
    "",
    "no",
    "007",
    "1e3",
    "~",
    "a: b",
    "a #b",
    "- x",
    "*x",
    "&x",
    "'",
    "\"",
    "\\",
    "a\nb",
    "a\nb\n",
    "a\n\n b\n",
    " a ",
    "a\n\n",
    "é: ü",
    "{a}",
    "[b",
    "\u{85}",
    "a\tb",
    "#c",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,6}",
        2 => proptest::sample::select(NASTY.to_vec()).prop_map(str::to_owned),
        1 => "[ -~\n]{0,12}",
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[a-z]{1,4}", 1 => proptest::sample::select(vec!["no", "a b", "7", "x: y", "acme/api"]).prop_map(str::to_owned)]
}

fn written() -> impl Strategy<Value = Written> {
    let leaf = (text(), any::<u8>()).prop_map(|(text, style)| Written::Text(text, style));
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (proptest::collection::vec(inner.clone(), 0..4), any::<u8>())
                .prop_map(|(items, style)| Written::List(items, style)),
            (proptest::collection::vec((name(), inner), 0..4), any::<u8>())
                .prop_map(|(entries, style)| Written::Map(unique(entries), style)),
        ]
    })
}

fn unique(entries: Vec<(String, Written)>) -> Vec<(String, Written)> {
    let mut kept: Vec<(String, Written)> = Vec::new();
    for entry in entries {
        if kept.iter().all(|(name, _)| *name != entry.0) {
            kept.push(entry);
        }
    }
    kept
}

pub(in crate::manifest) fn document() -> impl Strategy<Value = Written> {
    let entries = proptest::collection::vec((name(), written()), 1..5);
    (entries, any::<u8>()).prop_map(|(entries, style)| Written::Map(unique(entries), style & 0xf0))
}

impl Written {
    fn data(&self) -> Data {
        match self {
            Written::Text(text, _) => Data::text(text.clone()),
            Written::List(items, _) => Data::List(items.iter().map(Written::data).collect()),
            Written::Map(entries, _) => Data::Map(
                entries
                    .iter()
                    .map(|(name, value)| (name.clone(), value.data()))
                    .collect(),
            ),
        }
    }
}

/// In double quotes, with every letter that needs it escaped: serde_json's way is YAML's too.
fn quoted(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    text.replace('\u{85}', "\\u0085")
}

fn is_word(text: &str) -> bool {
    text.len() > 1 && text != "no" && text.bytes().all(|letter| letter.is_ascii_lowercase())
}

/// Writes files; every comment has a number.
#[derive(Default)]
struct Pen {
    text: String,
    comments: usize,
}

impl Pen {
    fn comment(&mut self) -> String {
        self.comments += 1;
        format!("# c{} - x: [", self.comments)
    }

    fn scalar(&mut self, text: &str, style: u8) -> String {
        match style % 3 {
            0 if is_word(text) => text.to_owned(),
            1 if text.bytes().all(|letter| (b' '..=b'~').contains(&letter)) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            _ => quoted(text),
        }
    }

    fn flow(&mut self, value: &Written) -> String {
        match value {
            Written::Text(text, style) => self.scalar(text, *style),
            Written::List(items, style) => {
                let items: Vec<String> = items.iter().map(|item| self.flow(item)).collect();
                self.between('[', ']', &items, *style)
            }
            Written::Map(entries, style) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(name, value)| format!("{}: {}", quoted(name), self.flow(value)))
                    .collect();
                self.between('{', '}', &entries, *style)
            }
        }
    }

    fn between(&mut self, open: char, close: char, parts: &[String], style: u8) -> String {
        let comma = if style & 0x40 != 0 && !parts.is_empty() {
            ","
        } else {
            ""
        };
        let space = if style & 0x20 != 0 { " " } else { "" };
        format!("{open}{space}{}{comma}{space}{close}", parts.join(&format!(",{space}")))
    }

    fn end_line(&mut self, style: u8) {
        if style & 0x10 != 0 {
            let comment = self.comment();
            self.text.push_str(&format!("  {comment}"));
        }
        self.text.push('\n');
    }

    /// What follows `name:` or `-`; `column` is that of the name or the dash.
    fn value(&mut self, value: &Written, column: usize, is_item: bool) {
        match value {
            Written::Text(text, style) => {
                let lines = text.strip_suffix('\n').unwrap_or("");
                let is_literal = style & 0x80 != 0
                    && !lines.is_empty()
                    && !lines.starts_with([' ', '\n'])
                    && lines
                        .split('\n')
                        .all(|line| line.bytes().all(|letter| (b' '..=b'~').contains(&letter)))
                    && !lines.ends_with('\n');
                if is_literal {
                    self.text.push_str(" |");
                    self.end_line(*style);
                    for line in lines.split('\n') {
                        self.text.push_str(&format!("{}{line}\n", " ".repeat(column + 3)));
                    }
                } else {
                    let scalar = self.scalar(text, *style);
                    self.text.push_str(&format!(" {scalar}"));
                    self.end_line(*style);
                }
            }
            Written::List(items, style) if style % 2 == 0 && !items.is_empty() => {
                let inner = if style & 0x08 != 0 || is_item {
                    column + 2
                } else {
                    column
                };
                let inner = self.begin(inner, *style, is_item);
                self.lines(
                    inner.1,
                    items.iter().map(|item| ("-".to_owned(), item)),
                    inner.0,
                    true,
                    *style,
                );
            }
            Written::Map(entries, style) if style % 2 == 0 && !entries.is_empty() => {
                let inner = self.begin(column + 2, *style, is_item);
                let entries = entries
                    .iter()
                    .map(|(name, value)| (format!("{}:", quoted(name)), value));
                self.lines(inner.1, entries, inner.0, false, *style);
            }
            value => {
                let flow = self.flow(value);
                self.text.push_str(&format!(" {flow}"));
                let (Written::List(_, style) | Written::Map(_, style) | Written::Text(_, style)) = value;
                self.end_line(*style);
            }
        }
    }

    /// The column of a collection, and whether it begins in this line.
    fn begin(&mut self, column: usize, style: u8, is_item: bool) -> (usize, bool) {
        if is_item && style & 0x04 != 0 {
            self.text.push(' ');
            return (column, true);
        }
        self.end_line(style);
        (column, false)
    }

    fn lines<'w>(
        &mut self,
        mut starts_here: bool,
        parts: impl Iterator<Item = (String, &'w Written)>,
        column: usize,
        is_item: bool,
        style: u8,
    ) {
        for (start, value) in parts {
            if !starts_here {
                if style & 0x20 != 0 {
                    let comment = self.comment();
                    self.text.push_str(&format!("{}{comment}\n", " ".repeat(column)));
                }
                if style & 0x40 != 0 {
                    self.text.push('\n');
                }
                self.text.push_str(&" ".repeat(column));
            }
            starts_here = false;
            self.text.push_str(&start);
            self.value(value, column, is_item);
        }
    }

    fn document(&mut self, value: &Written) {
        if let Written::Map(entries, style) = value {
            let entries = entries
                .iter()
                .map(|(name, value)| (format!("{}:", quoted(name)), value));
            self.lines(false, entries, 0, false, *style);
        }
    }
}

pub(in crate::manifest) fn file(documents: &[Written]) -> String {
    let mut pen = Pen::default();
    for (index, document) in documents.iter().enumerate() {
        if index > 0 {
            pen.text.push_str("---\n");
        }
        pen.document(document);
    }
    pen.text
}

/// Every spot of a value.
fn spots(value: &Data, spot: Spot, all: &mut Vec<Spot>) {
    match value {
        Data::List(items) => {
            for (index, item) in items.iter().enumerate() {
                spots(item, spot.item(index), all);
            }
        }
        Data::Map(entries) => {
            for (name, value) in entries {
                spots(value, spot.key(name), all);
            }
        }
        _ => {}
    }
    all.push(spot);
}

pub(in crate::manifest) fn comments(text: &str) -> Vec<String> {
    text.split("# c")
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect())
        .collect()
}

/// What stands in front of, and behind, the lines that differ.
fn common(before: &str, after: &str) -> (usize, usize) {
    let same = |(one, other): &(&str, &str)| one == other;
    let front = before.lines().zip(after.lines()).take_while(same).count();
    let rest = before.lines().count().min(after.lines().count()) - front;
    let back = before
        .lines()
        .rev()
        .zip(after.lines().rev())
        .take(rest)
        .take_while(same)
        .count();
    (front, back)
}

#[derive(Debug, Clone)]
struct Case {
    documents: Vec<Written>,
    edits: Vec<(prop::sample::Index, u8, Written)>,
}

fn case() -> impl Strategy<Value = Case> {
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), 0..4u8, written()), 1..6);
    (proptest::collection::vec(document(), 1..4), edits).prop_map(|(documents, edits)| Case { documents, edits })
}

fn holds(case: &Case) -> Result<(), TestCaseError> {
    let text = file(&case.documents);
    let editor = Editor::new(0, text.clone());
    prop_assert!(editor.is_ok(), "{text}\n{:?}", editor.err());
    let mut editor = editor.unwrap();
    for (document, written) in case.documents.iter().enumerate() {
        prop_assert!(editor.value(&Spot::root(document)) == Some(written.data()), "{text}");
    }
    for (index, action, new) in &case.edits {
        let mut all = Vec::new();
        for document in 0..editor.documents() {
            spots(
                &editor.value(&Spot::root(document)).unwrap(),
                Spot::root(document),
                &mut all,
            );
        }
        all.retain(|spot| !spot.steps.is_empty());
        if all.is_empty() {
            return Ok(());
        }
        edit(&mut editor, index.get(&all), *action, &new.data())?;
    }
    Ok(())
}

fn edit(editor: &mut Editor, spot: &Spot, action: u8, new: &Data) -> Result<(), TestCaseError> {
    let before = editor.text().to_owned();
    let old = editor.value(spot).unwrap();
    let (made, keeps_comments) = match (action, &old) {
        (0, _) => (editor.remove(spot), false),
        (1, Data::List(items)) => (editor.insert(spot, items.len() / 2, new), true),
        (2, Data::Map(_)) => (editor.set(&spot.key("added"), new), true),
        (_, old) => (editor.set(spot, new), matches!(old, Data::Text(_))),
    };
    prop_assert!(made.is_ok(), "{action} {spot:?}\n{:?}\n{before}", made.err());
    let after = editor.text().to_owned();
    if action == 3 {
        prop_assert!(editor.value(spot).as_ref() == Some(new), "{after}");
    }
    if keeps_comments {
        prop_assert_eq!(comments(&before), comments(&after), "{}\n{}", before, after);
    }
    // Other documents, and what stands before the value, are not touched.
    let again = Editor::new(0, after.clone());
    prop_assert!(again.is_ok(), "{after}");
    let (front, back) = common(&before, &after);
    let documents = |text: &str| text.lines().filter(|line| *line == "---").count();
    prop_assert_eq!(documents(&before), documents(&after));
    let changed = before.lines().count() - front - back;
    let size = before
        .lines()
        .skip(front)
        .take(changed)
        .filter(|line| *line == "---")
        .count();
    prop_assert_eq!(size, 0, "{}\n{}", before, after);
    Ok(())
}

#[test]
fn every_edit_is_made_and_read_back() {
    let mut runner = TestRunner::new(crate::properties::config(400));
    runner.run(&case(), |case| holds(&case)).unwrap();
}
