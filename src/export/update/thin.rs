//! New documents without what layers say of them already.

use std::collections::BTreeMap;

use super::blend::Blend;
use super::{Meant, Step, data};
use crate::manifest::edit::{Data, Step as Way};
use crate::manifest::whole;
use crate::model::{Document, Sources, Written};

/// What each of these documents has to say beside the layers that match it.
pub(super) fn thinned(new: &[Document], sources: &Sources, meant: &Meant<'_>) -> BTreeMap<Document, Written> {
    let stubs: Vec<String> = new.iter().filter_map(stub).collect();
    if stubs.is_empty() {
        return BTreeMap::new();
    }
    let mut with_stubs = sources.clone();
    let source = with_stubs.add("(new)".into(), stubs.join("---\n"));
    let mut thinned = BTreeMap::new();
    for whole in whole(&with_stubs, meant.target) {
        let Some(Data::Text(name) | Data::Bare(name)) = whole.own.get(&[Way::Key("name".to_owned())]) else {
            continue;
        };
        let document = Document::Repository(name.clone());
        if let Some(written) = meant.exported(&document).filter(|_| whole.source == source) {
            let blend = Blend {
                step: Step::Differences,
                spots: &[],
                additive: &[],
                is_foreign: &|_| false,
            };
            let own = blend.document(&whole.own, &whole.inherited, &data(written));
            thinned.insert(document, as_written(&own));
        }
    }
    thinned
}

/// A repository of which nothing is said.
fn stub(document: &Document) -> Option<String> {
    match document {
        Document::Repository(name) => Some(format!("kind: Repository\nname: {}\n", Data::text(name.as_str()))),
        _ => None,
    }
}

fn as_written(data: &Data) -> Written {
    match data {
        Data::Text(text) => Written::text(text.as_str()),
        Data::Bare(text) => match (text.parse(), text.parse()) {
            (Ok(number), _) => Written::Number(number),
            (_, Ok(switch)) => Written::Switch(switch),
            _ => Written::text(text.as_str()),
        },
        Data::List(items) => Written::List(items.iter().map(as_written).collect()),
        Data::Map(entries) => Written::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), as_written(value)))
                .collect(),
        ),
    }
}
