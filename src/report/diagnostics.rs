//! Diagnostics as text: what is wrong, the source lines, the way out.

use std::collections::HashMap;
use std::fmt::Write;
use std::rc::Rc;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, SourceCode, SourceSpan, SpanContents};

use super::excerpt::{Excerpt, Lines};
use crate::model::{Diagnostic, Diagnostics, Place, Severity, Sources};

/// How the text looks.
#[derive(Debug, Clone, Copy)]
pub struct Appearance {
    /// How many columns there are.
    pub width: usize,
    /// Whether colours may be used.
    pub color: bool,
    /// Whether frames may use more than ASCII.
    pub unicode: bool,
}

impl Default for Appearance {
    fn default() -> Self {
        Appearance {
            width: 100,
            color: false,
            unicode: true,
        }
    }
}

/// All diagnostics, each with its source lines, an empty line between them. What stands at the places of `secrets`,
/// and whatever else looks like one, is masked.
pub fn render(diagnostics: &Diagnostics, sources: &Sources, secrets: &[Place], appearance: Appearance) -> String {
    let mut renderer = Renderer {
        sources,
        secrets: by_source(secrets),
        lines: HashMap::new(),
        appearance,
    };
    let texts: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| renderer.diagnostic(diagnostic))
        .collect();
    texts.join("\n")
}

/// `2 errors, 1 warning`, or nothing.
pub fn tally(diagnostics: &Diagnostics) -> String {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    let count = |number: usize, noun: &str| match number {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{number} {noun}s")),
    };
    let parts = [count(errors, "error"), count(diagnostics.len() - errors, "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The secrets of each source, in order.
fn by_source(secrets: &[Place]) -> HashMap<u32, Rc<[Place]>> {
    let mut secrets = secrets.to_vec();
    secrets.sort();
    let groups = secrets.chunk_by(|one, next| one.source == next.source);
    groups.map(|group| (group[0].source, group.into())).collect()
}

struct Renderer<'s> {
    sources: &'s Sources,
    secrets: HashMap<u32, Rc<[Place]>>,
    lines: HashMap<u32, Lines<'s>>,
    appearance: Appearance,
}

impl<'s> Renderer<'s> {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> String {
        let mut text = self.headline(diagnostic);
        for group in self.groups(diagnostic) {
            text.push_str(&self.snippet(&group, diagnostic.severity));
        }
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(text, "  {}{}", self.paint("36", "help: "), self.wrapped(help, 8));
        }
        text
    }

    fn headline(&self, diagnostic: &Diagnostic) -> String {
        let (noun, color) = match diagnostic.severity {
            Severity::Error => ("error", "1;31"),
            Severity::Warning => ("warning", "1;33"),
        };
        let label = format!("{noun}[{}]", diagnostic.code);
        let message = self.wrapped(&format!("{label}: {}", diagnostic.message), 2);
        let rest = message.strip_prefix(&label).unwrap_or(&message);
        format!("{}{rest}\n", self.paint(color, &label))
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.appearance.color {
            format!("\u{1b}[{color}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// Breaks at blanks; later lines are indented.
    fn wrapped(&self, text: &str, indent: usize) -> String {
        let mut wrapped = String::new();
        let mut used = if indent > 2 { indent } else { 0 };
        for word in printable(text).split(' ').map(shortened) {
            let width = word.chars().count();
            if used > indent && used + 1 + width > self.appearance.width {
                let _ = write!(wrapped, "\n{:indent$}", "");
                used = indent;
            } else if !wrapped.is_empty() {
                wrapped.push(' ');
                used += 1;
            }
            wrapped.push_str(&word);
            used += width;
        }
        wrapped
    }

    /// The labels that are shown in one frame: those of one file that stand close together. The main one comes first.
    fn groups(&mut self, diagnostic: &Diagnostic) -> Vec<Vec<Label>> {
        let mut groups: Vec<Vec<Label>> = Vec::new();
        for (place, remark) in &diagnostic.labels {
            let Some(line) = self.lines(place.source).map(|lines| lines.line_of(place.start)) else {
                continue;
            };
            let label = Label {
                place: *place,
                line,
                remark: printable(remark),
            };
            let near = |group: &&mut Vec<Label>| {
                group
                    .iter()
                    .any(|other| other.place.source == place.source && other.line.abs_diff(line) <= 2)
            };
            match groups.iter_mut().find(near) {
                Some(group) => group.push(label),
                None => groups.push(vec![label]),
            }
        }
        groups
    }

    fn lines(&mut self, source: u32) -> Option<&Lines<'s>> {
        let text = &self.sources.get(source)?.text;
        Some(self.lines.entry(source).or_insert_with(|| Lines::new(text)))
    }

    fn snippet(&mut self, group: &[Label], severity: Severity) -> String {
        let Some(first) = group.first() else {
            return String::new();
        };
        let (source, width) = (first.place.source, self.appearance.width);
        let secrets = self.secrets.get(&source).cloned().unwrap_or_else(|| Rc::from([]));
        let name = self
            .sources
            .get(source)
            .map(|source| source.path.display().to_string())
            .unwrap_or_default();
        let Some(lines) = self.lines(source) else {
            return String::new();
        };
        let range = (
            group.iter().map(|label| label.line).min().unwrap_or(first.line),
            group.iter().map(|label| label.line).max().unwrap_or(first.line),
        );
        let places: Vec<Place> = group.iter().map(|label| label.place).collect();
        let excerpt = Excerpt::new(lines, range, &places, &secrets, width);
        let labels = group
            .iter()
            .zip(excerpt.spans.clone())
            .enumerate()
            .map(|(index, (label, span))| {
                let remark = (!label.remark.is_empty()).then(|| label.remark.clone());
                if index == 0 {
                    LabeledSpan::new_primary_with_span(remark, span)
                } else {
                    LabeledSpan::new_with_span(remark, span)
                }
            });
        let frame = Frame {
            labels: labels.collect(),
            name: printable(&name),
            excerpt,
            severity,
        };
        self.framed(&frame)
    }

    fn framed(&self, frame: &Frame) -> String {
        let theme = match (self.appearance.unicode, self.appearance.color) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, _) => GraphicalTheme::none(),
        };
        let corner = theme.characters.ltop;
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(self.appearance.width)
            .with_context_lines(1)
            .without_syntax_highlighting();
        let mut text = String::new();
        if handler.render_report(&mut text, frame).is_err() {
            return String::new();
        }
        // The handler's own headline has no place for the code.
        let shown = text.lines().skip_while(|line| !line.trim_start().starts_with(corner));
        shown.flat_map(|line| [line.trim_end(), "\n"]).collect()
    }
}

struct Label {
    place: Place,
    line: usize,
    remark: String,
}

/// What is shown in one frame.
#[derive(Debug)]
struct Frame {
    name: String,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
    severity: Severity,
}

impl std::fmt::Display for Frame {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Frame {}

impl miette::Diagnostic for Frame {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Frame {
    /// Always the whole excerpt. Without context lines only line and column of a label are asked for.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (line, column) = if before == 0 {
            self.excerpt.position(span.offset())
        } else {
            (self.excerpt.first_line, 0)
        };
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.name.clone(),
            self.excerpt.text.as_bytes(),
            (0, self.excerpt.text.len()).into(),
            line,
            column,
            self.excerpt.text.lines().count(),
        )))
    }
}

/// The longest word that is shown whole: paths and addresses stay as they are, pasted keys do not.
const LONGEST_WORD: usize = 160;

/// Both ends of a word without end.
fn shortened(word: &str) -> String {
    let letters = word.chars().count();
    if letters <= LONGEST_WORD {
        return word.to_owned();
    }
    let start: String = word.chars().take(60).collect();
    let end: String = word.chars().skip(letters - 10).collect();
    format!("{start}…{end}")
}

/// Without control characters, which a terminal might obey.
fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
