//! One pass over the manifests: documents that differ are edited, those that are missing added, those that are gone
//! taken out.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::blend::{Blend, Path, lacks};
use super::open::{Open, is_gone};
use super::site::{self, Site};
use super::thin::thinned;
use super::{Known, Meant, Problem, Step, Updated, data, known, namespace, registries};
use crate::export::files::{files, text};
use crate::export::{Described, Export, File, Section};
use crate::kinds::repository;
use crate::manifest::edit::{Data, Editor, Editors, Spot, Step as Way};
use crate::model::{Diagnostics, Document, Manage, Sources};

/// What is done in a file.
enum Edit {
    Set(Data),
    Insert(String),
    Remove(Document),
}

/// Goes over all documents once. Without what is open, all of them are taken for different.
pub(super) fn pass(
    updated: &mut Updated,
    open: Option<&Open>,
    step: Step,
    meant: &Meant<'_>,
) -> Result<Diagnostics, Problem> {
    let sources: Sources = updated.files.iter().cloned().collect();
    let known = known(&sources, meant);
    let mut editors = Editors::new(&sources);
    let mut edits: BTreeMap<u32, Vec<(usize, Edit)>> = BTreeMap::new();
    for each in &known {
        let edit = match (meant.exported(&each.document), open) {
            (None, Some(open)) if is_gone(&each.document, open) => Some(Edit::Remove(each.document.clone())),
            (None, _) => None,
            (Some(written), open) => changed(each, &data(written), open, step, &mut editors, meant).map(Edit::Set),
        };
        if let Some(edit) = edit {
            edits
                .entry(each.whole.source)
                .or_default()
                .push((each.whole.document, edit));
        }
    }
    let new = missing(&known, open, meant);
    let added = insert(&new, &known, &sources, &mut edits, meant)?;
    updated.added.extend(new);
    let refused = carry_out(edits, updated);
    updated.files.extend(added);
    Ok(refused)
}

/// What a document is to say, where it says something else.
fn changed(
    known: &Known,
    new: &Data,
    open: Option<&Open>,
    step: Step,
    editors: &mut Editors<'_>,
    meant: &Meant<'_>,
) -> Option<Data> {
    let additive = open.map_or(Vec::new(), |open| additive(known, new, open, meant));
    let differs = |open: &Open| open.of(&known.document).next().is_some();
    let is_open = open.is_none_or(differs);
    let lacks = || lacks(&mut Vec::new(), &known.whole.inherited, new, &additive);
    if !is_open && (step > Step::Differences || !lacks()) {
        return None;
    }
    let spots = open.map_or(Vec::new(), |open| spots(known, open, editors));
    let is_foreign = |key: &str| is_foreign(key, &known.document, meant.sections);
    let blend = Blend {
        step,
        spots: &spots,
        additive: &additive,
        is_foreign: &is_foreign,
    };
    let mut target = blend.document(&known.whole.own, &known.whole.inherited, new);
    if step > Step::Differences {
        registries::settle(&mut target, meant.target.name, new);
    }
    (target != known.whole.own).then_some(target)
}

/// Whether a key of a document belongs to a section that is not exported.
fn is_foreign(key: &str, document: &Document, sections: &[&Section]) -> bool {
    let own = match document {
        Document::Repository(_) => "repositories",
        _ => "settings",
    };
    let section = Section::find(key).map_or(own, |section| section.name);
    !["kind", "name"].contains(&key) && !sections.iter().any(|each| each.name == section)
}

/// Where in a document something differs, as far as the list it is in.
fn spots(known: &Known, open: &Open, editors: &mut Editors<'_>) -> Vec<Path> {
    let Ok(editor) = editors.of(known.whole.source) else {
        return Vec::new();
    };
    let mut spots = Vec::new();
    for difference in open.of(&known.document) {
        let place = difference.place.filter(|place| place.source == known.whole.source);
        let spot = place.and_then(|place| editor.spot(place.start as usize));
        let Some(spot) = spot.filter(|spot| spot.document == known.whole.document) else {
            continue;
        };
        let names = spot.steps.iter().map_while(|way| match way {
            Way::Key(key) => Some(key.clone()),
            Way::Item(_) => None,
        });
        let mut path: Path = names.collect();
        // The name of a document stands for the whole of it.
        if path == ["name"] {
            path.clear();
        }
        let fields = difference.fields.iter().map(|field| {
            let mut path = path.clone();
            path.push((*field).to_owned());
            path
        });
        spots.extend(fields);
        spots.extend((!path.is_empty()).then(|| path.clone()));
    }
    spots
}

/// The maps and lists of which a document leaves the rest to others, and the export does not.
fn additive(known: &Known, new: &Data, open: &Open, meant: &Meant<'_>) -> Vec<Path> {
    let says = |data: &Data, key: &str| {
        let steps = ["manage", key].map(|key| Way::Key(key.to_owned()));
        matches!(data.get(&steps), Some(Data::Text(manage) | Data::Bare(manage)) if manage == "additive")
    };
    let mut additive: Vec<Path> = Vec::new();
    if let Data::Map(entries) = &known.whole.inherited {
        let keys = entries.keys().filter(|key| says(&known.whole.inherited, key));
        additive.extend(keys.filter(|key| !says(new, key)).map(|key| vec![key.clone()]));
    }
    let lists = meant.interest.collections.iter().filter_map(|collection| {
        let owned = open.desired.owned.get(collection)?;
        let kind = crate::kinds::find(collection.kind)?;
        let list = kind.exact_list(collection, meant.live)?;
        let is_ours = list.document == known.document && owned.manage == Manage::Additive;
        let is_exported = list.manage.last().is_some_and(|key| says(new, key));
        (is_ours && !is_exported).then_some(list.path)
    });
    additive.extend(lists);
    additive
}

/// The documents that the export has and no manifest.
fn missing(known: &[Known], open: Option<&Open>, meant: &Meant<'_>) -> Vec<Document> {
    let Some(open) = open else { return Vec::new() };
    let written: BTreeSet<&Document> = known.iter().map(|each| &each.document).collect();
    let is_wanted = |document: &Document| match document {
        Document::Repository(name) => {
            let address = repository::address(name);
            let owned = open.desired.owned.get(&crate::kinds::collection(&address));
            let is_open = open.of(document).next().is_some();
            // What a layer says of it is enough, where it is so.
            owned.is_none_or(|owned| owned.manage != Manage::Additive) && (is_open || !open.declares(&address))
        }
        _ => true,
    };
    let all = meant
        .export
        .documents
        .iter()
        .filter_map(|(described, _)| match described {
            Described::One(document) => Some(document),
            Described::Layer(_) => None,
        });
    all.filter(|document| !written.contains(document) && is_wanted(document))
        .cloned()
        .collect()
}

/// Puts new documents beside those like them; returns the files of the others.
fn insert(
    new: &[Document],
    known: &[Known],
    sources: &Sources,
    edits: &mut BTreeMap<u32, Vec<(usize, Edit)>>,
    meant: &Meant<'_>,
) -> Result<Vec<(PathBuf, String)>, Problem> {
    let thin = thinned(new, sources, meant);
    let namespaces: BTreeSet<&str> = known.iter().map(|each| namespace(&each.document)).collect();
    let mut apart = BTreeSet::new();
    for document in new {
        let is_fresh = !namespaces.contains(namespace(document));
        let site = site::of(document, known, sources, meant);
        match (site, meant.exported(document)) {
            (Site::After(source, after), Some(written)) => {
                let text = text(thin.get(document).unwrap_or(written)).map_err(Problem::Unwritable)?;
                edits.entry(source).or_default().push((after, Edit::Insert(text)));
            }
            (Site::New, Some(_)) => drop(apart.insert((document, is_fresh))),
            (_, None) => {}
        }
    }
    let is_apart = |described: &Described, fresh: bool| match described {
        Described::One(document) => apart.contains(&(document, fresh)),
        Described::Layer(name) => {
            fresh
                && apart
                    .iter()
                    .any(|(document, fresh)| *fresh && namespace(document) == name)
        }
    };
    let chosen = |export: &Export, fresh: bool| {
        let documents = export
            .documents
            .iter()
            .filter(|(described, _)| is_apart(described, fresh));
        documents.cloned().collect::<Vec<_>>()
    };
    let mut documents = chosen(meant.export, false);
    for (described, written) in &mut documents {
        if let Described::One(document) = described
            && let Some(own) = thin.get(document)
        {
            *written = own.clone();
        }
    }
    documents.extend(chosen(meant.fresh, true));
    let export = Export {
        documents,
        ..meant.export.clone()
    };
    let files: Vec<File> = files(&export, meant.split, meant.schema).map_err(Problem::Unwritable)?;
    Ok(files
        .into_iter()
        .map(|file| (PathBuf::from(file.path), file.text))
        .collect())
}

/// Makes the edits, in each file from the last document to the first, so that none changes the number of another.
fn carry_out(edits: BTreeMap<u32, Vec<(usize, Edit)>>, updated: &mut Updated) -> Diagnostics {
    let mut refused = Diagnostics::default();
    let mut emptied = Vec::new();
    for (source, mut edits) in edits {
        let Some((path, text)) = updated.files.get_mut(source as usize) else {
            continue;
        };
        let mut editor = match Editor::new(source, text.clone()) {
            Ok(editor) => editor,
            Err(problem) => {
                refused.push(problem);
                continue;
            }
        };
        // Those with one place keep their order: what is inserted first ends up last.
        edits.reverse();
        edits.sort_by_key(|(document, edit)| (Reverse(*document), matches!(edit, Edit::Remove(_))));
        for (index, edit) in edits {
            match edit {
                Edit::Set(target) => settle(&mut editor, &Spot::root(index), &target, &mut refused),
                Edit::Insert(text) => refused.extend(editor.insert_document(index, &text).err()),
                Edit::Remove(document) if editor.documents() == 1 => {
                    emptied.push(source as usize);
                    updated.emptied.push(path.clone());
                    updated.removed.push(document);
                }
                Edit::Remove(document) => match editor.remove_document(index) {
                    Ok(()) => updated.removed.push(document),
                    Err(problem) => refused.push(problem),
                },
            }
        }
        *text = editor.text().to_owned();
    }
    for index in emptied.into_iter().rev() {
        updated.files.remove(index);
    }
    refused
}

/// Makes a spot mean a value; where that is refused as a whole, as much of it as can be.
fn settle(editor: &mut Editor, spot: &Spot, target: &Data, refused: &mut Diagnostics) {
    let Err(problem) = editor.set(spot, target) else { return };
    let (Some(Data::Map(old)), Data::Map(new)) = (editor.value(spot), target) else {
        refused.push(problem);
        return;
    };
    for (key, value) in new.iter().filter(|(key, value)| old.get(*key) != Some(value)) {
        settle(editor, &spot.key(key.as_str()), value, refused);
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        refused.extend(editor.remove(&spot.key(key.as_str())).err());
    }
}
