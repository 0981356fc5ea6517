//! Where in which file a value stands.

use std::fmt;
use std::path::{Path, PathBuf};

/// A stretch of text in one source: byte offsets, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// Index into [`Sources`].
    pub source: u32,
    /// First byte.
    pub start: u32,
    /// First byte after the stretch.
    pub end: u32,
}

impl Place {
    /// Whether another stretch begins in this one.
    fn holds(self, other: Place) -> bool {
        self.source == other.source && (self.start..=self.end).contains(&other.start)
    }
}

/// A value together with the place it was written at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: Place,
}

impl<T> Located<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, place: Place) -> Self {
        Located { value, place }
    }

    /// The same place, another value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: convert(self.value),
            place: self.place,
        }
    }
}

/// One file that was read: its path as it is shown, and its text. The `Debug` form does not show the text, which may
/// hold secrets.
#[derive(Clone)]
pub struct Source {
    /// The path relative to the project's root where it lies below it.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// The byte at which each line starts.
    lines: Vec<usize>,
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({} bytes)", self.path.display(), self.text.len())
    }
}

/// All files of one run, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
    /// Where the layers stand, and what each matches.
    layers: Vec<(Place, String)>,
}

impl FromIterator<(PathBuf, String)> for Sources {
    fn from_iter<I: IntoIterator<Item = (PathBuf, String)>>(files: I) -> Self {
        let mut sources = Sources::default();
        for (path, text) in files {
            sources.add(path, text);
        }
        sources
    }
}

impl Sources {
    /// Adds a file and returns its index for [`Place::source`].
    pub fn add(&mut self, path: PathBuf, text: String) -> u32 {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        self.files.push(Source { path, text, lines });
        (self.files.len() - 1) as u32
    }

    /// The file with this index.
    pub fn get(&self, source: u32) -> Option<&Source> {
        self.files.get(source as usize)
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether no file was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Notes where a layer stands: what is written there is inherited by what it matches.
    pub fn add_layer(&mut self, place: Place, matches: String) {
        self.layers.push((place, matches));
    }

    /// Where the layers stand, and what each matches.
    pub fn layers(&self) -> &[(Place, String)] {
        &self.layers
    }

    /// What the layer matches in which a place lies; `None` for what is written where it belongs.
    pub fn layer(&self, place: Place) -> Option<&str> {
        let layer = self.layers.iter().find(|(layer, _)| layer.holds(place))?;
        Some(&layer.1)
    }

    /// Whether two places lie in the same layer, or both in none.
    pub fn share_a_layer(&self, one: Place, other: Place) -> bool {
        let layer_of = |place| self.layers.iter().position(|(layer, _)| layer.holds(place));
        self.layers.is_empty() || layer_of(one) == layer_of(other)
    }

    /// Path, line and column (both from 1, the column in characters) of a place's start.
    pub fn locate(&self, place: Place) -> Option<(&Path, usize, usize)> {
        let source = self.get(place.source)?;
        let start = place.start as usize;
        let line = source.lines.partition_point(|line| *line <= start);
        let before = source.text.get(*source.lines.get(line.checked_sub(1)?)?..start)?;
        let column = before.chars().count() + 1;
        Some((&source.path, line, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml".into(), "é: 1\nbé: x\n".to_owned());
        let place = Place {
            source,
            start: 11,
            end: 12,
        };
        assert_eq!(sources.locate(place), Some((Path::new("a.yaml"), 2, 5)));
    }
}
