//! Whether edited manifests say what is live, and nothing else than before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::kinds::wishes;
use crate::model::{Action, Desired};
use crate::plan::plan;

use super::Ground;
use super::edits::Edit;

/// What a plan wants: actions, addresses and fields.
pub(super) type Wanted = BTreeSet<String>;

/// What the plan of the edited project wants; `None` where it is no project any more.
pub(super) fn wanted(texts: &BTreeMap<u32, String>, ground: &Ground<'_>) -> Option<Wanted> {
    let plan = plan(&desired(texts, ground)?, ground.live, ground.options);
    let changes = plan.changes.iter().filter(|change| change.action != Action::Deferred);
    let wanted = changes.flat_map(|change| {
        let whole = change.fields.is_empty() || change.action == Action::Create;
        let fields = change.fields.iter().filter(move |_| !whole);
        let fields = fields.map(|field| format!("{} {}", change.address, field.name));
        fields.chain(whole.then(|| change.address.to_string()))
    });
    Some(wanted.collect())
}

/// Whether nothing is wanted of what was adopted any more, and nothing that was not wanted before.
pub(super) fn holds(texts: &BTreeMap<u32, String>, adopted: &[Edit], before: &Wanted, ground: &Ground<'_>) -> bool {
    let Some(after) = wanted(texts, ground) else {
        return false;
    };
    let is_open = |edit: &Edit| {
        let address = edit.address.to_string();
        let field = format!("{address} ");
        after
            .iter()
            .any(|wanted| *wanted == address || wanted.starts_with(&field))
    };
    after.is_subset(before) && !adopted.iter().any(is_open)
}

fn desired(texts: &BTreeMap<u32, String>, ground: &Ground<'_>) -> Option<Desired> {
    let sources = (0..ground.sources.len() as u32).filter_map(|index| Some((index, ground.sources.get(index)?)));
    let files: Vec<(PathBuf, String)> = sources
        .map(|(index, file)| {
            let text = texts.get(&index).unwrap_or(&file.text);
            (file.path.clone(), text.clone())
        })
        .collect();
    let loaded = wishes::loaded_for(files, ground.target, ground.live);
    let desired = wishes::desired(&loaded.project?, ground.secrets);
    Some(match ground.shard {
        Some(shard) => desired.of_namespaces(|name| shard.holds(name)),
        None => desired,
    })
}
