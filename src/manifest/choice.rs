//! `choice!`: one of a few words, declared once for the type, the reader and the schema.

use schemars::{Schema, json_schema};

use super::decode::Decoder;
use super::suggest::{alternatives, closest};
use super::tree::Node;

/// Declares an enum whose variants are the words that may be written.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident { $( $(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal, )+ }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $( $(#[doc = $variant_doc])+ $variant, )+ }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [$name] = &[$( $name::$variant, )+];

            /// The word as it is written in a manifest.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $word, )+ }
            }

            /// The choice that the word names.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $( $word => Some($name::$variant), )+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl $crate::manifest::decode::Decode for $name {
            const EXPECTED: &'static str = "one word";

            fn decode<'t>(
                node: &'t $crate::manifest::tree::Node<'t>,
                decoder: &mut $crate::manifest::decode::Decoder<'t>,
            ) -> Option<Self> {
                $crate::manifest::choice::decode(node, decoder, $name::parse, &[$( $word, )+])
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::manifest::choice::schema(
                    concat!($( $doc, "\n", )+),
                    &[$( ($word, concat!($( $variant_doc, "\n", )+)), )+],
                )
            }
        }
    };
}
pub(crate) use choice;

/// Reads one of the words.
pub fn decode<'t, T>(
    node: &'t Node<'t>,
    decoder: &mut Decoder<'t>,
    parse: fn(&str) -> Option<T>,
    words: &[&'static str],
) -> Option<T> {
    let written = decoder.text(node, "one word")?;
    if let Some(choice) = parse(written) {
        return Some(choice);
    }
    let help = match closest(written, words.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("write {}", alternatives(words.iter().copied())),
    };
    decoder.bad_value(node, &format!("cannot be `{written}`"), help)
}

/// The schema: the words, and what each means.
pub fn schema(doc: &str, words: &[(&'static str, &'static str)]) -> Schema {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let meanings: Vec<String> = words
        .iter()
        .map(|(word, doc)| format!("- `{word}`: {}", doc.trim()))
        .collect();
    let description = format!("{}\n\n{}", super::record::description(doc), meanings.join("\n"));
    match names.as_slice() {
        [only] => json_schema!({ "description": super::record::description(doc), "const": only }),
        names => json_schema!({ "description": description, "type": "string", "enum": names }),
    }
}
