//! `docs/manifests.md`: every document and field, from the JSON Schema.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{catalog, generated, row};

const INTRODUCTION: &str = "\
# Manifests

A manifest is a YAML file with one or more documents, each with a `kind`. A field that is not written is not managed;
`null` is never accepted: write `[]`, `{}` or `''` for nothing, or delete the key. Names are the text as it is written
(`007`, `no`). Keys at the top of a document that start with `x-` are ignored: a place for anchors.

An object is described in one place; the same one twice is an error. [ownership.md](ownership.md) says what becomes of
what is live and not written, [fields.md](fields.md) what a difference leads to. Editors with a YAML language server
complete and check from [the JSON Schema](../schema/manifest.schema.json):

```yaml
# yaml-language-server: $schema=path/to/schema/manifest.schema.json
```

";

/// The page for the schema of one document.
pub fn manifests(schema: &Json) -> String {
    let page = Page::new(schema);
    let mut text = generated() + INTRODUCTION;
    text.push_str("## Documents\n\n");
    for name in &page.order {
        if let Some(definition) = page.definition(name) {
            text.push_str(&page.section(name, definition));
        }
    }
    text.push_str("## One example for each kind\n\nThe kinds are those of addresses and plans.\n\n");
    for entry in catalog::catalog() {
        text.push_str(&format!(
            "### Kind `{}`\n\n{} This declares `{}`:\n\n```yaml\n{}```\n\n",
            entry.kind, entry.what, entry.address, entry.example
        ));
    }
    text.trim_end().to_owned() + "\n"
}

struct Page<'a> {
    definitions: &'a Json,
    /// The definitions that get a section, each after the first one that refers to it.
    order: Vec<&'a str>,
}

impl<'a> Page<'a> {
    fn new(schema: &'a Json) -> Self {
        let mut page = Page {
            definitions: &schema["$defs"],
            order: Vec::new(),
        };
        for document in list(&schema["oneOf"]) {
            page.reach(document, &mut BTreeSet::new());
        }
        page
    }

    fn definition(&self, name: &str) -> Option<&'a Json> {
        self.definitions.get(name)
    }

    /// Lists what the schema refers to, depth first, so that a record is followed by what it is made of.
    fn reach(&mut self, schema: &'a Json, seen: &mut BTreeSet<&'a str>) {
        if let Some(name) = reference(schema) {
            let definition = &self.definitions[name];
            // A kind's own word is shown where it is written.
            let is_marker = words(definition).len() == 1;
            if !self.order.contains(&name) && seen.insert(name) && !is_marker {
                self.order.push(name);
                self.reach(definition, seen);
            }
        }
        for property in schema["properties"]
            .as_object()
            .into_iter()
            .flat_map(|all| all.values())
        {
            self.reach(property, seen);
        }
        for inner in ["items", "additionalProperties"] {
            if schema[inner].is_object() {
                self.reach(&schema[inner], seen);
            }
        }
    }

    fn section(&self, name: &str, definition: &Json) -> String {
        let description = definition["description"].as_str().unwrap_or_default();
        let mut text = format!("### {}\n\n{description}\n\n", title(name));
        for condition in list(&definition["allOf"]) {
            let alternatives = alternatives(condition);
            if !alternatives.is_empty() {
                text.push_str(&format!(
                    "Exactly one of {} must be written.\n\n",
                    alternatives.join(", ")
                ));
            }
        }
        let Some(properties) = definition["properties"].as_object() else {
            return text;
        };
        let required: Vec<&str> = list(&definition["required"]).iter().filter_map(Json::as_str).collect();
        text.push_str("| field | value | must be written | what it is |\n|---|---|---|---|\n");
        for (field, schema) in properties {
            let must = if required.contains(&field.as_str()) { "yes" } else { "" };
            let what = schema["description"].as_str().unwrap_or_default();
            text.push_str(&row(&[&format!("`{field}`"), &self.value(schema), must, what]));
        }
        text.push('\n');
        text
    }

    /// What may stand as the value, in words.
    fn value(&self, schema: &Json) -> String {
        if let Some(name) = reference(schema) {
            return self.named(name);
        }
        if let Some(sources) = schema["anyOf"].as_array() {
            let sources = sources.iter().flat_map(|source| source["properties"].as_object());
            let sources = sources.flat_map(|properties| properties.keys());
            let forms: Vec<String> = sources.map(|source| format!("`{{{source}: …}}`")).collect();
            return format!("text, or {}", forms.join(", "));
        }
        let examples: Vec<String> = list(&schema["examples"]).iter().map(shown).collect();
        match &schema["type"] {
            _ if !examples.is_empty() => format!("such as {}", examples.join(", ")),
            Json::String(one) => match one.as_str() {
                "boolean" => "`true` or `false`".to_owned(),
                "integer" => "whole number".to_owned(),
                "array" => format!("list of {}", self.value(&schema["items"])),
                "object" if schema["additionalProperties"].is_object() => {
                    format!("map of names to {}", self.value(&schema["additionalProperties"]))
                }
                "object" => "map".to_owned(),
                _ => "text".to_owned(),
            },
            _ => "text".to_owned(),
        }
    }

    fn named(&self, name: &str) -> String {
        let words = words(&self.definitions[name]);
        let title = title(name);
        let link = format!("[{title}](#{})", title.to_lowercase().replace(' ', "-"));
        match words.len() {
            0 => link,
            1 => words.concat(),
            2..=4 => format!("{link}: {}", words.join(", ")),
            _ => format!("one {link}"),
        }
    }
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn shown(json: &Json) -> String {
    match json {
        Json::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// The words of a choice; one that leaves none is a constant.
fn words(definition: &Json) -> Vec<String> {
    let constant = definition.get("const");
    list(&definition["enum"]).iter().chain(constant).map(shown).collect()
}

fn reference(schema: &Json) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// The fields of which a condition demands exactly one.
fn alternatives(condition: &Json) -> Vec<String> {
    let each = list(&condition["oneOf"]).iter();
    each.flat_map(|one| list(&one["required"])).map(shown).collect()
}

/// `QuotaLimitSpec` to `Quota limit`.
fn title(name: &str) -> String {
    let name = name.trim_end_matches("Spec").trim_end_matches("Document");
    let mut title = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            title.push(' ');
            title.extend(letter.to_lowercase());
        } else {
            title.push(letter);
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_words() {
        assert_eq!(title("QuotaLimitSpec"), "Quota limit");
        assert_eq!(title("RepositoryDocument"), "Repository");
    }
}
