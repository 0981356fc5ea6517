//! One object: what the manifests say of it, what is live, what the plan would do, who touched it last.

use serde_json::{Value as Json, json};

use super::Explained;
use crate::drift::Entry;
use crate::model::address::matches_glob;
use crate::model::{Address, Change, Declared, Fields, Intent, Object, Place, Sources};
use crate::report::text::{printable, written};

/// Everything that is known of an object.
pub struct Story<'s> {
    /// The object.
    pub address: &'s Address,
    /// What the manifests want of it.
    pub declared: &'s Declared,
    /// The object as it is on the registry.
    pub live: Option<&'s Object>,
    /// What the plan does about it.
    pub change: Option<&'s Change>,
    /// The newest entries of the usage log that concern it; `None` where the log was not or could not be read.
    pub log: Option<Vec<&'s Entry>>,
    /// The files.
    pub sources: &'s Sources,
}

/// Tells the story.
pub fn object(story: &Story<'_>) -> Explained {
    let mut text = format!("{}\n\n", story.address);
    let declared = match story.declared.intent {
        Intent::Present => "declared",
        Intent::Absent => "to be absent",
        Intent::External => "external",
    };
    text.push_str(&format!("{declared:12}  {}\n", place(story)));
    for (at, pattern) in layers(story) {
        text.push_str(&format!("layer         {at}, for {pattern}\n"));
    }
    let plan = story.change.map_or("unchanged", |change| change.action.word());
    text.push_str(&format!("plan          {plan}{}\n", reason(story)));
    text.push_str(&fields(story));
    text.push_str(&log(story));
    Explained {
        text,
        json: json(story),
    }
}

fn place(story: &Story<'_>) -> String {
    let located = story.sources.locate(story.declared.origin.place);
    let at = located.map_or_else(
        || "(unknown)".to_owned(),
        |(path, line, _)| format!("{}:{line}", path.display()),
    );
    match story.sources.layer(story.declared.origin.place) {
        Some(layer) => format!("{at}, inherited from the layer {layer}"),
        None => at,
    }
}

/// The layers that match the repository, and where each stands.
fn layers(story: &Story<'_>) -> Vec<(String, String)> {
    let name = story.address.identity.split(':').next().unwrap_or_default();
    let matching = story
        .sources
        .layers()
        .iter()
        .filter(|(_, pattern)| matches_glob(pattern, name));
    matching
        .filter_map(|(at, pattern)| {
            let (path, line, _) = story.sources.locate(*at)?;
            Some((format!("{}:{line}", path.display()), pattern.clone()))
        })
        .collect()
}

fn reason(story: &Story<'_>) -> String {
    let reason = story.change.and_then(|change| change.reason.as_deref());
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// Every field that is wanted or live.
fn fields(story: &Story<'_>) -> String {
    let empty = Fields::new();
    let live = story.live.map_or(&empty, |live| &live.fields);
    let mut names: Vec<&str> = story.declared.fields.iter().map(|(name, _)| name).collect();
    names.extend(
        live.iter()
            .map(|(name, _)| name)
            .filter(|name| story.declared.fields.get(name).is_none()),
    );
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    match (story.live.is_some(), names.is_empty()) {
        (false, _) => text.push_str("live          not on the registry\n"),
        (true, true) => text.push_str("live          it is there; it has no fields\n"),
        (true, false) => {}
    }
    if !names.is_empty() {
        text.push_str("\nFields:\n");
    }
    for name in names {
        let shown = |fields: &Fields, nothing: &str| {
            fields
                .get(name)
                .map_or_else(|| nothing.to_owned(), |value| printable(value.to_string().trim_end()))
        };
        let (wanted, live) = (
            shown(&story.declared.fields, "(not managed)"),
            shown(live, "(not shown)"),
        );
        let line = if story.live.is_none() || wanted == live {
            wanted
        } else {
            format!("{wanted}; live: {live}")
        };
        let from = apart(story, name).and_then(|place| written(place, story.sources));
        let from = from.map(|at| format!("  from {at}"));
        text.push_str(&format!("  {name:width$}  {line}{}\n", from.unwrap_or_default()));
    }
    text
}

/// Where a declared field is written, if that is not where the object is.
fn apart(story: &Story<'_>, field: &str) -> Option<Place> {
    let mut places = story.declared.apart.iter();
    places.find(|(name, _)| *name == field).map(|(_, place)| *place)
}

fn log(story: &Story<'_>) -> String {
    let Some(entries) = &story.log else {
        return match story.live {
            Some(_) => "\nLog: it could not be read.\n".to_owned(),
            None => String::new(),
        };
    };
    if entries.is_empty() {
        return "\nLog: no entry of the last day concerns it.\n".to_owned();
    }
    let mut text = String::from("\nLog, the newest first:\n");
    for entry in entries {
        let by = printable(entry.performer.as_deref().unwrap_or("(nobody is named)"));
        let from = if entry.ip.is_empty() {
            String::new()
        } else {
            format!(" from {}", printable(&entry.ip))
        };
        text.push_str(&format!(
            "  {}  {}  by {by}{from}\n",
            entry.time,
            printable(&entry.event)
        ));
    }
    text
}

fn json(story: &Story<'_>) -> Json {
    let shown = |fields: &Fields| -> Json {
        let shown = fields
            .iter()
            .map(|(name, value)| (name.to_owned(), Json::from(value.to_string())));
        Json::Object(shown.collect())
    };
    let located = story.sources.locate(story.declared.origin.place);
    let inherited = story.declared.apart.iter().filter_map(|(name, place)| {
        let (path, line, _) = story.sources.locate(*place)?;
        let at = format!("{}:{line}", path.display());
        Some((
            (*name).to_owned(),
            json!({"at": at, "layer": story.sources.layer(*place)}),
        ))
    });
    json!({
        "address": story.address,
        "file": located.map(|(path, _, _)| path.display().to_string()),
        "line": located.map(|(_, line, _)| line),
        "layer": story.sources.layer(story.declared.origin.place),
        "layers": layers(story).iter().map(|(at, pattern)| json!({"at": at, "match": pattern})).collect::<Vec<_>>(),
        "action": story.change.map_or("unchanged", |change| change.action.word()),
        "reason": story.change.and_then(|change| change.reason.clone()),
        "fields_from": inherited.collect::<serde_json::Map<String, Json>>(),
        "declared": shown(&story.declared.fields),
        "live": story.live.map(|live| shown(&live.fields)),
        "log": story.log.as_ref().map(|entries| entries.iter().map(|entry| json!({
            "time": entry.time.to_string(),
            "event": entry.event,
            "performer": entry.performer,
            "ip": entry.ip,
        })).collect::<Vec<_>>()),
    })
}
