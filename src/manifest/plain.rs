//! YAML that is no manifest, as JSON: values mean what YAML 1.2 says.

use serde_json::{Map, Number, Value as Json};

use super::tree::{self, Content, NodeId, Tree};
use crate::model::Diagnostics;

/// All documents of a text that are not empty; problems are added.
pub fn plain_documents(source: u32, text: &str, diagnostics: &mut Diagnostics) -> Vec<Json> {
    let tree = tree::parse(source, text, diagnostics);
    tree.documents.iter().map(|root| value(&tree, *root)).collect()
}

fn value(tree: &Tree<'_>, id: NodeId) -> Json {
    let node = tree.node(id);
    match &node.content {
        _ if node.is_null() => Json::Null,
        Content::Scalar { text, plain: true } => scalar(text),
        Content::Scalar { text, plain: false } => Json::from(text.as_ref()),
        Content::List(items) => items.iter().map(|item| value(tree, *item)).collect(),
        Content::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|entry| (entry.name.to_string(), value(tree, entry.value)));
            Json::Object(entries.collect::<Map<String, Json>>())
        }
        Content::Broken => Json::Null,
    }
}

/// A switch or a number where it is written as one, and a text otherwise.
fn scalar(text: &str) -> Json {
    match text {
        "true" | "True" | "TRUE" => return Json::Bool(true),
        "false" | "False" | "FALSE" => return Json::Bool(false),
        _ => {}
    }
    // `1_000`, `inf` and the like are texts to JSON.
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    let whole = text.parse().ok().and_then(Number::from_i128);
    let number = whole.or_else(|| Number::from_f64(text.parse().ok()?));
    number
        .filter(|_| is_number)
        .map_or_else(|| Json::from(text), Json::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_is_read_as_json() {
        let text = "a: [1, -2.5, '3', true, null, no, 1.2.3]\nb: &x {c: 'yes'}\nd: *x\n---\n- e\n";
        let mut diagnostics = Diagnostics::default();
        let documents = plain_documents(0, text, &mut diagnostics);
        assert!(diagnostics.is_empty());
        let first = json!({
            "a": [1, -2.5, "3", true, null, "no", "1.2.3"], "b": {"c": "yes"}, "d": {"c": "yes"},
        });
        assert_eq!(documents, [first, json!(["e"])]);
    }

    #[test]
    fn mistakes_are_told() {
        let mut diagnostics = Diagnostics::default();
        plain_documents(0, "a: [1\nb: }", &mut diagnostics);
        assert!(diagnostics.has_errors());
    }
}
