//! Lines of a source as they may be shown: secrets masked, control characters taken out, long lines cut.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::Place;

/// Where the lines of a text begin, found once.
#[derive(Debug)]
pub(super) struct Lines<'s> {
    text: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let after_breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        Lines {
            text,
            starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// The line, from 0, that holds the offset; the end of the text belongs to the last line that is not empty.
    pub(super) fn line_of(&self, offset: u32) -> usize {
        let line = self
            .starts
            .partition_point(|start| *start <= offset as usize)
            .saturating_sub(1);
        if line > 0 && self.starts[line] >= self.text.len() {
            line - 1
        } else {
            line
        }
    }

    /// Where the line begins and ends, its break excluded.
    fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let next = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        start..start + self.text[start..next].trim_end_matches(['\n', '\r']).len()
    }
}

/// Some lines, and where the labels are in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines as they may be shown.
    pub(super) text: String,
    /// The number of the first, from 0.
    pub(super) first_line: usize,
    /// The labels' byte ranges in `text`, each within one line.
    pub(super) spans: Vec<Range<usize>>,
    /// Line and column, from 0, of each label in the source.
    positions: Vec<(usize, usize)>,
}

/// What a frame needs beside the line itself.
const MARGIN: usize = 12;
const TAB: &str = "    ";

impl Excerpt {
    /// Takes the lines from the first to the last of `range`, and cuts them so that the labels can be seen.
    pub(super) fn new(
        lines: &Lines<'_>,
        range: (usize, usize),
        labels: &[Place],
        secrets: &[Place],
        width: usize,
    ) -> Self {
        let mut excerpt = Excerpt {
            text: String::new(),
            first_line: range.0,
            spans: vec![0..0; labels.len()],
            positions: vec![(0, 0); labels.len()],
        };
        for line in range.0..=range.1 {
            let bytes = lines.range(line);
            let shown = masked(lines.text, bytes.clone(), secrets);
            let own: Vec<usize> = (0..labels.len())
                .filter(|label| lines.line_of(labels[*label].start) == line)
                .collect();
            let columns: Vec<Range<usize>> = own
                .iter()
                .map(|label| columns(lines.text, &bytes, labels[*label]))
                .collect();
            let anchor = columns.iter().map(|columns| columns.start).min().unwrap_or(0);
            let window = Window::around(anchor, shown.len(), width.saturating_sub(MARGIN).max(20));
            for (label, columns) in own.iter().zip(columns) {
                excerpt.positions[*label] = (line, columns.start);
                excerpt.spans[*label] = window.span(&shown, excerpt.text.len(), columns);
            }
            excerpt.text.push_str(&window.text(&shown));
            excerpt.text.push('\n');
        }
        excerpt
    }

    /// Line and column, from 0, of the label that begins at this byte of `text`.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let label = self.spans.iter().position(|span| span.start == offset);
        label.map_or((self.first_line, 0), |label| self.positions[label])
    }
}

/// Which characters of the line a place covers: at least one, and none of later lines.
fn columns(text: &str, line: &Range<usize>, place: Place) -> Range<usize> {
    let clamp = |offset: u32| {
        let mut offset = (offset as usize).clamp(line.start, line.end);
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        text[line.start..offset].chars().count()
    };
    let start = clamp(place.start);
    start..clamp(place.end).max(start + 1)
}

/// The characters of a line, one for one, without what must not be shown.
fn masked(text: &str, line: Range<usize>, secrets: &[Place]) -> Vec<char> {
    let mut hidden: Vec<Range<usize>> = looks_secret(&text[line.clone()])
        .into_iter()
        .map(|range| line.start + range.start..line.start + range.end)
        .collect();
    // They are in order, and there may be thousands.
    let first = secrets.partition_point(|place| place.end as usize <= line.start);
    let within = secrets[first..]
        .iter()
        .take_while(|place| (place.start as usize) < line.end);
    hidden.extend(within.map(|place| place.start as usize..place.end as usize));
    let letters = text[line.clone()].char_indices().map(|(at, letter)| {
        let is_hidden = hidden.iter().any(|range| range.contains(&(line.start + at)));
        match letter {
            _ if is_hidden && !matches!(letter, ' ' | '"' | '\'') => '*',
            '\t' => '\t',
            _ if letter.is_control() => ' ',
            _ => letter,
        }
    });
    letters.collect()
}

/// Values under names that hold secrets, and what follows the host of an address: also where nothing could be decoded.
fn looks_secret(line: &str) -> Vec<Range<usize>> {
    static VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let names = "password|token|secret|flow_api_token|notification_token|https?_proxy|url|slack|webhook";
        let value = r#"("[^"]*|'[^']*|[^\s{\[*|>#"'][^,}\]]*)"#;
        Regex::new(&format!(r#"\b(?:{names})["']?\s*[:=]\s*(?:[&!]\S+\s+)*{value}"#)).ok()
    });
    static ADDRESS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"https?://(?:([^\s/@"',]*)@)?[^\s/"',}\]]*([^\s"',}\]]*)"#).ok());
    let captures = [VALUE.as_ref(), ADDRESS.as_ref()]
        .into_iter()
        .flatten()
        .flat_map(|regex| regex.captures_iter(line));
    captures
        .flat_map(|captures| (1..captures.len()).filter_map(move |group| Some(captures.get(group)?.range())))
        .collect()
}

/// The part of a line that is shown.
struct Window {
    from: usize,
    to: usize,
    length: usize,
}

impl Window {
    fn around(anchor: usize, length: usize, width: usize) -> Self {
        let from = if length <= width || anchor < width * 2 / 3 {
            0
        } else {
            anchor - width / 3
        };
        Window {
            from: from.min(length),
            to: (from + width).min(length),
            length,
        }
    }

    fn text(&self, line: &[char]) -> String {
        let mut text = String::new();
        if self.from > 0 {
            text.push('…');
        }
        for letter in &line[self.from..self.to] {
            match letter {
                '\t' => text.push_str(TAB),
                _ => text.push(*letter),
            }
        }
        if self.to < self.length {
            text.push('…');
        }
        text
    }

    /// The bytes of the shown text that the columns take; `base` is where the line begins.
    fn span(&self, line: &[char], base: usize, columns: Range<usize>) -> Range<usize> {
        let width = |letter: &char| if *letter == '\t' { TAB.len() } else { letter.len_utf8() };
        let to_byte = |column: usize| {
            let column = column.clamp(self.from, self.to);
            let cut = if self.from > 0 { '…'.len_utf8() } else { 0 };
            base + cut + line[self.from..column].iter().map(width).sum::<usize>()
        };
        let start = to_byte(columns.start);
        start..to_byte(columns.end).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        masked(line, 0..line.len(), &[]).into_iter().collect()
    }

    #[test]
    fn what_looks_like_a_secret_is_masked_in_place() {
        for (line, expected) in [
            ("  password: abc # no", "  password: *** * **"),
            ("  {url: 'a,b', event: x}", "  {url: '***', event: x}"),
            ("  \"url\":\"abc\"", "  \"url\":\"***\""),
            ("token = \"abc\"", "token = \"***\""),
            ("  url: {env: NAME}", "  url: {env: NAME}"),
            ("  url: *hook", "  url: *hook"),
            ("x-hook: &hook https://a.b/cd", "x-hook: &hook https://a.b***"),
            ("link: http://u:p@a.b:1/c?d", "link: http://***@a.b:1****"),
            (
                "external_reference: docker.io/library/nginx",
                "external_reference: docker.io/library/nginx",
            ),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let text = format!("{}here{}\nnext\n", "a".repeat(100), "b".repeat(100));
        let lines = Lines::new(&text);
        let place = Place {
            source: 0,
            start: 100,
            end: 104,
        };
        let excerpt = Excerpt::new(&lines, (0, 0), &[place], &[], 52);
        assert_eq!(excerpt.text.chars().count(), 40 + 3);
        assert_eq!(&excerpt.text[excerpt.spans[0].clone()], "here");
        assert_eq!(excerpt.position(excerpt.spans[0].start), (0, 100));
    }

    #[test]
    fn the_end_of_a_text_belongs_to_its_last_line() {
        let lines = Lines::new("a\nb\n");
        assert_eq!([0, 1, 2, 3, 4].map(|offset| lines.line_of(offset)), [0, 0, 1, 1, 1]);
        assert_eq!(Lines::new("").line_of(0), 0);
    }
}
