//! Which node says what drifted, and what it has to say instead.

use std::cmp::Ordering;

use super::Ground;
use super::refusals::{Why, without_line};
use super::said::{self, Saying};
use crate::drift::found::{Drifted, Sort};
use crate::manifest::edit::{Data, Editor, Editors, Spot, Step};
use crate::model::{Address, Change as Planned, Diagnostic, Document, Object, Piece, Place};

/// What is to be done to one file for one object.
#[derive(Clone)]
pub(super) struct Edit {
    pub(super) address: Address,
    pub(super) source: u32,
    pub(super) place: Place,
    changes: Vec<(Spot, Change)>,
}

#[derive(Clone)]
enum Change {
    Set(Data),
    /// At the end of the list that stands there.
    Append(Data),
    Remove,
    /// A new document at the end of the file.
    Document(Data),
}

impl Edit {
    pub(super) fn carry_out(&self, editor: &mut Editor) -> Result<(), Diagnostic> {
        for (spot, change) in &self.changes {
            match change {
                Change::Set(data) => editor.set(spot, data)?,
                Change::Append(data) => {
                    let length = match editor.value(spot) {
                        Some(Data::List(items)) => items.len(),
                        _ => 0,
                    };
                    editor.insert(spot, length, data)?;
                }
                Change::Remove => editor.remove(spot)?,
                Change::Document(data) => drop(editor.add_document(data)?),
            }
        }
        Ok(())
    }

    /// What is taken out, and from where; nothing for what is set or added.
    fn removed(&self) -> Option<(usize, Vec<(usize, &str)>)> {
        let (spot, _) = self
            .changes
            .iter()
            .find(|(_, change)| matches!(change, Change::Remove))?;
        let step = |step: &'_ Step| match step {
            Step::Item(index) => (*index, ""),
            Step::Key(_) => (0, ""),
        };
        Some((spot.document, spot.steps.iter().map(step).collect()))
    }
}

/// What is set or added comes first, then what is taken out, from the end of the file on.
pub(super) fn order(one: &Edit, other: &Edit) -> Ordering {
    match (one.removed(), other.removed()) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(one), Some(other)) => other.cmp(&one),
    }
}

/// The edit that would make the manifests say what is live.
pub(super) fn of(drifted: &Drifted, editors: &mut Editors<'_>, ground: &Ground<'_>) -> Result<Edit, Diagnostic> {
    let change = &drifted.change;
    let address = &change.address;
    let place = change.origin.map(|origin| origin.place);
    let place = place.ok_or_else(|| without_line(address))?;
    let changes = changes(drifted, place, editors.of(place.source)?, ground);
    Ok(Edit {
        address: address.clone(),
        source: place.source,
        place,
        changes: changes.map_err(|why| why.about(address, place))?,
    })
}

fn changes(drifted: &Drifted, place: Place, editor: &Editor, ground: &Ground<'_>) -> Result<Vec<(Spot, Change)>, Why> {
    if let Some(layer) = ground.sources.layer(place) {
        return Err(of_layer(layer, drifted, ground));
    }
    let spot = editor.spot(place.start as usize);
    let site = Site {
        editor,
        spot: spot.ok_or_else(|| Why::new("its place is not found", "change the file by hand"))?,
        ground,
    };
    match drifted.sort {
        Sort::Differs => site.differs(&drifted.change),
        Sort::Missing => Ok(vec![(site.missing(&drifted.change)?, Change::Remove)]),
        Sort::Extra => site.extra(&drifted.change.address),
    }
}

/// What a layer says holds for others too: the way out is a line for this one alone.
fn of_layer(layer: &str, drifted: &Drifted, ground: &Ground<'_>) -> Why {
    let change = &drifted.change;
    let live = ground
        .live
        .get(&change.address)
        .filter(|_| drifted.sort == Sort::Differs);
    let sayings = live.into_iter().flat_map(|live| {
        let fields = change.fields.iter();
        fields.flat_map(|field| said::of_field(field, live, ground.live).unwrap_or_default())
    });
    let lines: Vec<String> = sayings.filter_map(|saying| saying.line()).collect();
    let instead = match lines.is_empty() {
        true => "write the value".to_owned(),
        false => format!("write `{}`", lines.join("`, `")),
    };
    Why::new(
        format!("it comes from the layer for {layer}, which holds for other repositories too"),
        format!("change the layer by hand, or {instead} in the repository's own document"),
    )
}

/// Where an object is written.
struct Site<'s> {
    editor: &'s Editor,
    /// The innermost value at the place that speaks of it.
    spot: Spot,
    ground: &'s Ground<'s>,
}

impl Site<'_> {
    fn differs(&self, change: &Planned) -> Result<Vec<(Spot, Change)>, Why> {
        let live = self.live(&change.address)?;
        let pieces = said::pieces(live, self.ground.live)?;
        let root = self.root(pieces.first())?;
        let shown = change
            .fields
            .iter()
            .filter(|field| !said::is_write_only(change.address.kind, field.name));
        let mut changes = Vec::new();
        for field in shown {
            let nearest = pieces.is_empty().then(|| self.nearest(field.name));
            let root = nearest.as_ref().unwrap_or(&root);
            for saying in said::of_field(field, live, self.ground.live)? {
                changes.push(self.said(root, saying)?);
            }
        }
        Ok(changes)
    }

    fn said(&self, root: &Spot, saying: Saying) -> Result<(Spot, Change), Why> {
        let rooted = saying.rooted.min(saying.path.len());
        if self.editor.value(&below(root, &saying.path[..rooted])).is_none() {
            let key = saying.path.last().map_or("", String::as_str);
            let instead = saying.line().map_or(String::new(), |line| {
                format!(", or write `{line}` in the document here, which holds for this one alone")
            });
            return Err(Why::new(
                format!("`{key}` is not written here by itself"),
                format!("it comes from a layer, or stands under another name: change that by hand{instead}"),
            ));
        }
        let change = saying.value.map_or(Change::Remove, Change::Set);
        Ok((below(root, &saying.path), change))
    }

    /// What is to be taken out.
    fn missing(&self, change: &Planned) -> Result<Spot, Why> {
        let declared = Object::new(change.address.clone(), change.wanted.clone());
        let pieces = said::pieces(&declared, self.ground.live).unwrap_or_default();
        let spot = match pieces.first() {
            Some(piece) if piece.value.is_some() && piece.is_item => self.root(Some(piece))?,
            Some(piece) if piece.value.is_some() => {
                below(&self.root(Some(piece))?, said::whole(change.address.kind, piece))
            }
            _ => self.spot.clone(),
        };
        // The name of a document stands for the whole of it.
        let names_all = matches!(spot.steps.as_slice(), [Step::Key(key)] if key == "name");
        if spot.steps.is_empty() || names_all {
            let help = "delete the document by hand, or write `absent: true` in it";
            return Err(Why::new("it is a whole document", help));
        }
        Ok(spot)
    }

    /// How what is not declared is written: in its list or map, or as a document of its own.
    fn extra(&self, address: &Address) -> Result<Vec<(Spot, Change)>, Why> {
        let pieces = said::pieces(self.live(address)?, self.ground.live)?;
        let Some(first) = pieces.first() else {
            let help = "write it into the list by hand";
            return Err(Why::new(
                "how it is written cannot be known from the registry alone",
                help,
            ));
        };
        let is_document = first.value.is_none();
        if is_document && !self.is_in(&first.document) {
            return Ok(vec![(Spot::default(), Change::Document(document(&pieces)?))]);
        }
        let root = self.root_of(&first.document)?;
        let mut changes = Vec::new();
        if is_document {
            changes.push((root.key("absent"), Change::Remove));
        }
        for piece in &pieces {
            let Some(value) = &piece.value else { continue };
            let data = said::data(value).ok_or_else(|| secret(piece))?;
            let spot = below(&root, &piece.path);
            changes.push(match piece.is_item {
                true => (self.written(spot)?, Change::Append(data)),
                false => {
                    let around = piece.path.len().saturating_sub(1);
                    self.written(below(&root, &piece.path[..around]))?;
                    (spot, Change::Set(data))
                }
            });
        }
        Ok(changes)
    }

    fn live(&self, address: &Address) -> Result<&Object, Why> {
        let live = self.ground.live.get(address);
        live.ok_or_else(|| Why::by_hand("what is live was not read"))
    }

    /// The innermost map around the place that has a key.
    fn nearest(&self, key: &str) -> Spot {
        let mut spot = self.spot.clone();
        while !matches!(self.editor.value(&spot), Some(Data::Map(entries)) if entries.contains_key(key)) {
            if spot.steps.pop().is_none() {
                break;
            }
        }
        spot
    }

    /// Where the paths of an object begin: at its document, or at its item of a list.
    fn root(&self, piece: Option<&Piece>) -> Result<Spot, Why> {
        let Some(piece) = piece.filter(|piece| piece.is_item) else {
            let root = Spot::root(self.spot.document);
            return piece.map_or(Ok(root), |piece| self.root_of(&piece.document));
        };
        let depth = piece.path.len();
        let leads = self.spot.steps.iter().zip(&piece.path);
        let is_there = leads.filter(|(step, key)| **step == Step::Key((*key).clone())).count() == depth;
        match self.spot.steps.get(depth) {
            Some(Step::Item(_)) if is_there => Ok(Spot {
                document: self.spot.document,
                steps: self.spot.steps[..=depth].to_vec(),
            }),
            _ => Err(Why::by_hand("its line stands elsewhere: behind an anchor")),
        }
    }

    fn root_of(&self, document: &Document) -> Result<Spot, Why> {
        match self.is_in(document) {
            true => Ok(Spot::root(self.spot.document)),
            false => Err(Why::by_hand("what speaks of it stands in another document")),
        }
    }

    fn is_in(&self, document: &Document) -> bool {
        let named = self.editor.value(&Spot::root(self.spot.document).key("name"));
        match named {
            Some(Data::Text(name) | Data::Bare(name)) => name == document.name(),
            _ => *document == Document::Registry,
        }
    }

    /// A list or a map that is there to be added to.
    fn written(&self, spot: Spot) -> Result<Spot, Why> {
        match self.editor.value(&spot) {
            Some(_) => Ok(spot),
            None => Err(Why::by_hand(
                "the list that it would join is not written in this document",
            )),
        }
    }
}

fn below(root: &Spot, path: &[String]) -> Spot {
    path.iter().fold(root.clone(), |spot, key| spot.key(key.as_str()))
}

/// What a secret is in can only be written by somebody who knows where that comes from.
fn secret(piece: &Piece) -> Why {
    let line = piece.value.as_ref().and_then(said::outline);
    let line = line.map_or(String::new(), |data| format!(": `{data}`"));
    Why::new(
        "a secret belongs to it, which is not written out",
        format!("write it by hand{line}"),
    )
}

/// A document that holds these pieces.
fn document(pieces: &[Piece]) -> Result<Data, Why> {
    let name = pieces.first().map_or("", |piece| piece.document.name());
    let mut entries = vec![("kind", Data::text("Repository")), ("name", Data::text(name))];
    for piece in pieces {
        let (Some(value), [key]) = (&piece.value, piece.path.as_slice()) else {
            continue;
        };
        entries.push((key, said::data(value).ok_or_else(|| secret(piece))?));
    }
    Ok(Data::map(entries))
}
