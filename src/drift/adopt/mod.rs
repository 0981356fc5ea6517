//! Writes live values back into the manifests, each into the very node that says otherwise.
//!
//! An edit is believed only if the project that comes of it still is one, and its plan wants one thing less and nothing
//! more: a value that comes from a layer, an anchor or what is different in one registry cannot pass for that.

mod edits;
mod proof;
mod refusals;
mod said;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use crate::kinds::wishes;
use crate::manifest::Target;
use crate::manifest::edit::{Editor, Editors};
use crate::model::{Address, Diagnostic, Diagnostics, Shard, Sources, World};
use crate::plan::Options;

use super::found::{Drifted, Verdict};
use edits::Edit;

/// What the manifests are, and what they were compared with.
pub struct Ground<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// What their references to secrets stand for.
    pub secrets: &'a wishes::Secrets,
    /// The registry among several.
    pub target: Target<'a>,
    /// The part of the organizations.
    pub shard: Option<Shard>,
    /// The registry as it was read.
    pub live: &'a World,
    /// What was planned under.
    pub options: &'a Options,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The path relative to the project's root where it lies below it.
    pub path: PathBuf,
    /// The text as it was.
    pub before: String,
    /// The text that says what is live.
    pub after: String,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Adoption {
    /// The files, in their order.
    pub files: Vec<Adopted>,
    /// The objects of which the manifests now say what is live.
    pub adopted: Vec<Address>,
    /// The others, with the place and the way out.
    pub refused: Diagnostics,
}

/// Edits a copy of the files until they say what is live, as far as that can be done without guessing.
pub fn adopt(drifted: &[Drifted], ground: &Ground<'_>) -> Adoption {
    let mut adoption = Adoption::default();
    let mut open = Vec::new();
    let mut editors = Editors::new(ground.sources);
    for each in drifted {
        if is_ours_to_apply(each) && !is_asked_for(each, ground) {
            adoption.refused.push(refusals::not_applied(&each.change));
            continue;
        }
        match edits::of(each, &mut editors, ground) {
            Ok(edit) => open.push(edit),
            Err(refusal) => adoption.refused.push(refusal),
        }
    }
    // Items are taken out from the end of their list on, so that those before keep their numbers.
    open.sort_by(edits::order);
    let mut texts: BTreeMap<u32, String> = BTreeMap::new();
    let before = proof::wanted(&texts, ground).unwrap_or_default();
    match carried_out(&open, ground) {
        Ok(edited) if proof::holds(&edited, &open, &before, ground) => {
            adoption.adopted.extend(open.iter().map(|edit| edit.address.clone()));
            texts = edited;
        }
        _ => one_by_one(open, &mut texts, &mut adoption, &before, ground),
    }
    adoption.files = texts
        .into_iter()
        .filter_map(|(source, after)| file(source, after, ground.sources))
        .collect();
    adoption
}

/// Whether nobody else has touched it: what the manifests say of it was merged and waits for its apply.
fn is_ours_to_apply(drifted: &Drifted) -> bool {
    matches!(drifted.verdict(), Verdict::Unapplied { .. } | Verdict::Applying)
}

/// Whether this very object was named.
fn is_asked_for(drifted: &Drifted, ground: &Ground<'_>) -> bool {
    let targets = ground.options.narrowing.iter().flat_map(|it| &it.targets);
    let mut exact = targets.filter(|target| target.is_exact());
    exact.any(|target| target.matches(&drifted.change.address))
}

fn file(source: u32, after: String, sources: &Sources) -> Option<Adopted> {
    let file = sources.get(source)?;
    Some(Adopted {
        path: file.path.clone(),
        before: file.text.clone(),
        after,
    })
}

/// Each edit for itself, on top of those that held. One may need another: they are gone through until none holds any more.
fn one_by_one(
    mut open: Vec<Edit>,
    texts: &mut BTreeMap<u32, String>,
    adoption: &mut Adoption,
    before: &proof::Wanted,
    ground: &Ground<'_>,
) {
    let (mut wanted, mut held, mut went) = (before.clone(), Vec::new(), Vec::new());
    loop {
        let mut refused: Vec<(Edit, Diagnostic)> = Vec::new();
        let count = open.len();
        for edit in open {
            let mut with_it: Vec<Edit> = held.clone();
            with_it.push(edit.clone());
            with_it.sort_by(edits::order);
            // Spots are those of the files as they are: all edits that hold are made anew.
            match carried_out(&with_it, ground) {
                Ok(edited) if proof::holds(&edited, std::slice::from_ref(&edit), &wanted, ground) => {
                    wanted = proof::wanted(&edited, ground).unwrap_or_default();
                    *texts = edited;
                    held.push(edit);
                }
                // What went with something else is as it is live, too.
                Err(_) if proof::holds(texts, std::slice::from_ref(&edit), &wanted, ground) => went.push(edit.address),
                Ok(_) => refused.push((edit.clone(), refusals::not_so(&edit, ground))),
                Err(refusal) => {
                    let refusal = refusals::because(&edit, refusal);
                    refused.push((edit, refusal));
                }
            }
        }
        if refused.is_empty() || refused.len() == count {
            refused
                .into_iter()
                .for_each(|(_, refusal)| adoption.refused.push(refusal));
            adoption
                .adopted
                .extend(held.into_iter().map(|edit| edit.address).chain(went));
            return;
        }
        open = refused.into_iter().map(|(edit, _)| edit).collect();
    }
}

/// The texts of the files that the edits change.
fn carried_out(edits: &[Edit], ground: &Ground<'_>) -> Result<BTreeMap<u32, String>, Diagnostic> {
    let mut editors: BTreeMap<u32, Editor> = BTreeMap::new();
    for edit in edits {
        let editor = match editors.entry(edit.source) {
            Entry::Occupied(begun) => begun.into_mut(),
            Entry::Vacant(place) => {
                let file = ground.sources.get(edit.source).map(|file| file.text.clone());
                place.insert(Editor::new(edit.source, file.unwrap_or_default())?)
            }
        };
        edit.carry_out(editor)?;
    }
    let changed = editors
        .into_iter()
        .map(|(source, editor)| (source, editor.text().to_owned()));
    Ok(changed.collect())
}
