//! Changes a manifest in place: what is not meant to change stays byte for byte, comments, order and anchors too.
//!
//! Edits are made on the bytes, between the places that the parser tells, and are believed by nobody: after each one
//! our own reader must read exactly what was meant. Where it does not, or where a value is shared by an anchor or comes
//! from a merge, the edit is refused, and the caller shows what should be written instead.

mod comments;
mod data;
mod documents;
mod editors;
mod find;
mod lines;
mod refusal;
mod reorder;
mod sketch;
mod spelling;
mod splice;
mod update;

use crate::manifest::tree;
use crate::model::{Diagnostic, Diagnostics};

pub(in crate::manifest) use comments::aligned;
pub use data::{Data, Spot, Step};
pub use editors::Editors;
pub(crate) use reorder::Order;
pub(in crate::manifest) use reorder::reordered;
use sketch::{Form, PieceId, Sketch};
use splice::Splices;

/// One file that is being edited.
#[derive(Clone)]
pub struct Editor {
    source: u32,
    text: String,
    meaning: Vec<Data>,
}

impl Editor {
    /// Starts from a text that our reader takes; places in refusals are in this source.
    ///
    /// # Errors
    ///
    /// The first problem, where the text is no YAML or has a name twice.
    pub fn new(source: u32, text: impl Into<String>) -> Result<Self, Diagnostic> {
        let text = text.into();
        let meaning = meaning(source, &text)?;
        Ok(Editor { source, text, meaning })
    }

    /// The text with all edits.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many documents there are that are not empty.
    pub fn documents(&self) -> usize {
        self.meaning.len()
    }

    /// What stands at a spot, with aliases and merges written out.
    pub fn value(&self, spot: &Spot) -> Option<Data> {
        self.meaning.get(spot.document)?.get(&spot.steps).cloned()
    }

    /// The innermost value, name included, that is written at a byte.
    pub fn spot(&self, byte: usize) -> Option<Spot> {
        let sketch = Sketch::read(&self.text);
        let holds = |id: PieceId| (sketch.piece(id).start()..=sketch.piece(id).end()).contains(&byte);
        let document = sketch.documents.iter().position(|root| holds(*root))?;
        let (mut spot, mut id) = (Spot::root(document), sketch.documents[document]);
        loop {
            let inner = match &sketch.piece(id).form {
                Form::List(_, items) => {
                    let index = items.iter().position(|item| holds(*item));
                    index.map(|index| (spot.item(index), items[index]))
                }
                Form::Map(_, entries) => {
                    let at = |entry: &&sketch::Entry| {
                        (sketch.piece(entry.key).start()..=sketch.entry_end(&self.text, entry)).contains(&byte)
                    };
                    let entry = entries.iter().find(at);
                    entry.and_then(|entry| Some((spot.key(entry.name.clone()?), entry.value)))
                }
                _ => None,
            };
            match inner {
                Some(inner) => (spot, id) = inner,
                None => return Some(spot),
            }
        }
    }

    /// Makes a spot mean a value, with the fewest changes: lists and maps are changed where they differ only. A name
    /// that is not there yet is added at the end of its map.
    ///
    /// # Errors
    ///
    /// Says why the text cannot be changed so; it is as it was before.
    pub fn set(&mut self, spot: &Spot, value: &Data) -> Result<(), Diagnostic> {
        let mut edited = self.clone();
        update::set(&mut edited, spot, value)?;
        *self = edited;
        Ok(())
    }

    /// Adds an item to a list, before the one that stands at `index` or at the end.
    ///
    /// # Errors
    ///
    /// Says why the text cannot be changed so; it is as it was before.
    pub fn insert(&mut self, list: &Spot, index: usize, value: &Data) -> Result<(), Diagnostic> {
        self.edit(
            |edit| edit.insert_item(list, index, value),
            |meaning| match meaning.get_mut(list.document)?.at(&list.steps)? {
                Data::List(items) if index <= items.len() => {
                    items.insert(index, value.clone());
                    Some(())
                }
                _ => None,
            },
        )
    }

    /// Takes away a name with its value, or an item. Comments in lines of their own stay.
    ///
    /// # Errors
    ///
    /// Says why the text cannot be changed so; it is as it was before.
    pub fn remove(&mut self, spot: &Spot) -> Result<(), Diagnostic> {
        let mut around = spot.clone();
        let last = around.steps.pop();
        self.edit(
            |edit| edit.remove(spot),
            |meaning| {
                let around = meaning.get_mut(around.document)?.at(&around.steps)?;
                match (around, last.as_ref()?) {
                    (Data::Map(entries), Step::Key(key)) => entries.shift_remove(key).map(drop),
                    (Data::List(items), Step::Item(index)) if *index < items.len() => {
                        items.remove(*index);
                        Some(())
                    }
                    _ => None,
                }
            },
        )
    }

    /// Adds a document at the end of the file, and tells its index.
    ///
    /// # Errors
    ///
    /// Says why the text cannot be changed so; it is as it was before.
    pub fn add_document(&mut self, value: &Data) -> Result<usize, Diagnostic> {
        self.edit(
            |edit| {
                edit.add_document(value);
                Ok(())
            },
            |meaning| {
                meaning.push(value.clone());
                Some(())
            },
        )?;
        Ok(self.meaning.len() - 1)
    }

    /// Adds a document after another one, as it is written in a text of its own.
    ///
    /// # Errors
    ///
    /// Says why the text cannot be changed so; it is as it was before.
    pub fn insert_document(&mut self, after: usize, text: &str) -> Result<(), Diagnostic> {
        let new = meaning(self.source, text)?;
        self.edit(
            |edit| {
                edit.insert_document(after, text);
                Ok(())
            },
            |meaning| {
                (after < meaning.len()).then_some(())?;
                meaning.splice(after + 1..after + 1, new);
                Some(())
            },
        )
    }

    /// Takes away a document with its comments.
    ///
    /// # Errors
    ///
    /// Says why the text cannot be changed so, as where it is the only one; it is as it was before.
    pub fn remove_document(&mut self, index: usize) -> Result<(), Diagnostic> {
        self.edit(
            |edit| edit.remove_document(index),
            |meaning| {
                (index < meaning.len()).then(|| meaning.remove(index))?;
                Some(())
            },
        )
    }

    /// Replaces a value as a whole.
    fn replace(&mut self, spot: &Spot, value: &Data) -> Result<(), Diagnostic> {
        self.edit(
            |edit| edit.replace(spot, value),
            |meaning| {
                *meaning.get_mut(spot.document)?.at(&spot.steps)? = value.clone();
                Some(())
            },
        )
    }

    /// Adds a name to a map after another one, or at the end.
    fn add(&mut self, map: &Spot, name: &str, value: &Data, after: Option<&str>) -> Result<(), Diagnostic> {
        self.edit(
            |edit| edit.add_entry(map, name, value, after),
            |meaning| match meaning.get_mut(map.document)?.at(&map.steps)? {
                Data::Map(entries) => {
                    entries.insert(name.to_owned(), value.clone());
                    Some(())
                }
                _ => None,
            },
        )
    }

    /// Makes one edit, and believes it only if our reader then reads what was intended.
    fn edit(
        &mut self,
        splice: impl FnOnce(&mut Splices<'_>) -> Result<(), Diagnostic>,
        intend: impl FnOnce(&mut Vec<Data>) -> Option<()>,
    ) -> Result<(), Diagnostic> {
        let sketch = Sketch::read(&self.text);
        let mut splices = Splices::new(self.source, &self.text, &sketch);
        splice(&mut splices)?;
        let (text, place) = splices.finish();
        let mut intended = self.meaning.clone();
        let is_meant =
            intend(&mut intended).is_some() && meaning(self.source, &text).is_ok_and(|meaning| meaning == intended);
        if !is_meant {
            return Err(refusal::not_read_back(place));
        }
        (self.text, self.meaning) = (text, intended);
        Ok(())
    }
}

/// What our reader reads in a text.
pub(in crate::manifest) fn meaning(source: u32, text: &str) -> Result<Vec<Data>, Diagnostic> {
    let mut diagnostics = Diagnostics::default();
    let tree = tree::parse(source, text, &mut diagnostics);
    match diagnostics.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(tree.documents.iter().map(|root| Data::read(&tree, *root)).collect()),
    }
}
