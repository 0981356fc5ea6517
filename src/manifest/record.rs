//! `record!`: a map with known fields, declared once for the type, the reader and the schema.

mod read;
mod schema;

use schemars::{Schema, SchemaGenerator};

pub use read::{decode, decode_document};
pub use schema::{add_condition, refine_marks, schema};

use super::decode::Decoder;
use super::tree::MapEntry;
use crate::model::{Diagnostic, Diagnostics, Place};

/// A field as it is declared.
#[derive(Clone, Copy)]
pub struct FieldInfo {
    /// Its name in the manifest.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Whether it must be written.
    pub required: bool,
    /// Whether its value is a secret.
    pub secret: bool,
    /// What the schema says of its value.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// A map with known fields; implemented by `record!`.
pub trait Record: Default {
    /// Its doc comment.
    const DOC: &'static str;

    /// Its fields, those of included records too.
    fn fields() -> &'static [FieldInfo];

    /// Reads the entry if it is one of the fields; the answer tells whether it is, and whether it could be used.
    fn read<'t>(&mut self, entry: &'t MapEntry<'t>, decoder: &mut Decoder<'t>) -> Read;

    /// Whether only the names of the object and this mark may be written: `absent: true`, `external: true`.
    fn mark(&self) -> Option<&'static str> {
        None
    }

    /// Checks values and what needs more than one field.
    fn check(&self, check: &mut Check<'_>);

    /// Adds to the schema what needs more than one field.
    fn refine(schema: &mut Schema);
}

/// What must be written comes first, then what is included, then the rest.
pub fn in_order(own: &[FieldInfo], included: &[&[FieldInfo]]) -> Vec<FieldInfo> {
    let required = own.iter().filter(|field| field.required);
    let rest = own.iter().filter(|field| !field.required);
    required
        .chain(included.iter().copied().flatten())
        .chain(rest)
        .copied()
        .collect()
}

/// The name of a field in the manifest.
macro_rules! field_name {
    ($field:ident, $key:literal) => {
        $key
    };
    ($field:ident) => {
        stringify!($field)
    };
}
pub(crate) use field_name;

macro_rules! is_required {
    () => {
        false
    };
    (required) => {
        true
    };
}
pub(crate) use is_required;

/// What a record's own checks are given.
pub struct Check<'c> {
    /// Where the record stands.
    pub place: Place,
    /// Whether every field that is written could be read: only then a field that is not there is not written.
    pub is_complete: bool,
    /// Where problems go.
    pub diagnostics: &'c mut Diagnostics,
}

impl Check<'_> {
    /// Reports a value that the registry would not take.
    pub fn bad_value(&mut self, message: impl Into<String>, place: Place, help: &str) {
        self.diagnostics
            .push(Diagnostic::error("bad-value", message, place).help(help));
    }
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// It was read.
    Done,
    /// It was reported.
    Failed,
    /// There is no such field.
    Unknown,
}

impl Read {
    /// What became of an entry whose value is now here.
    pub fn of<T>(field: &Option<T>) -> Self {
        if field.is_some() { Read::Done } else { Read::Failed }
    }
}

/// Declares a struct with its doc comments, the reader and the schema.
///
/// Each field becomes `Option<Located<T>>`. After the type may follow `as "key"` where the key in the manifest is not
/// the field's name, and `= required`. After the struct may follow `includes field: OtherRecord;` (its fields stand
/// beside the others), `marks: [absent, external];`, `check: function;` and `schema: function;`.
macro_rules! record {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])+
                $field:ident: $type:ty $(as $key:literal)? $(= $required:ident)?,
            )*
        }
        $( includes $included:ident: $included_type:ty; )?
        $( marks: [$($mark:ident),+]; )?
        $( check: $check:path; )?
        $( schema: $schema:path; )?
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            $( $(#[doc = $field_doc])+ pub $field: Option<$crate::model::Located<$type>>, )*
            $( #[doc = "The fields that stand beside these."] pub $included: $included_type, )?
        }

        impl $crate::manifest::record::Record for $name {
            const DOC: &'static str = concat!($( $doc, "\n", )+);

            fn fields() -> &'static [$crate::manifest::record::FieldInfo] {
                static FIELDS: std::sync::LazyLock<Vec<$crate::manifest::record::FieldInfo>> =
                    std::sync::LazyLock::new(|| {
                        let own = [$(
                            $crate::manifest::record::FieldInfo {
                                name: $crate::manifest::record::field_name!($field $(, $key)?),
                                doc: concat!($( $field_doc, "\n", )+),
                                secret: <$type as $crate::manifest::decode::Decode>::SECRET,
                                required: $crate::manifest::record::is_required!($($required)?),
                                schema: <$type as $crate::manifest::decode::Decode>::schema,
                            },
                        )*];
                        let included: &[&[$crate::manifest::record::FieldInfo]] =
                            &[$( <$included_type as $crate::manifest::record::Record>::fields() )?];
                        $crate::manifest::record::in_order(&own, included)
                    });
                &FIELDS
            }

            fn read<'t>(
                &mut self,
                entry: &'t $crate::manifest::tree::MapEntry<'t>,
                decoder: &mut $crate::manifest::decode::Decoder<'t>,
            ) -> $crate::manifest::record::Read {
                $(
                    if entry.name == $crate::manifest::record::field_name!($field $(, $key)?) {
                        self.$field = decoder.entry(entry);
                        return $crate::manifest::record::Read::of(&self.$field);
                    }
                )*
                $( if let read @ ($crate::manifest::record::Read::Done | $crate::manifest::record::Read::Failed) =
                    self.$included.read(entry, decoder) { return read; } )?
                let _ = decoder;
                $crate::manifest::record::Read::Unknown
            }

            $(
                fn mark(&self) -> Option<&'static str> {
                    $(
                        if self.$mark.as_ref().is_some_and(|mark| mark.value) {
                            return Some(stringify!($mark));
                        }
                    )+
                    None
                }
            )?

            fn check(&self, check: &mut $crate::manifest::record::Check<'_>) {
                $( self.$included.check(check); )?
                $( $check(self, check); )?
                let _ = check;
            }

            fn refine(schema: &mut schemars::Schema) {
                $( <$included_type as $crate::manifest::record::Record>::refine(schema); )?
                $( $crate::manifest::record::refine_marks(schema, &[$( stringify!($mark) ),+]); )?
                $( $schema(schema); )?
                let _ = schema;
            }
        }

        impl $crate::manifest::decode::Decode for $name {
            const EXPECTED: &'static str = "a map";
            const NOTHING: Option<&'static str> = Some("{}");

            fn decode<'t>(
                node: &'t $crate::manifest::tree::Node<'t>,
                decoder: &mut $crate::manifest::decode::Decoder<'t>,
            ) -> Option<Self> {
                Some($crate::manifest::record::decode(node, decoder))
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }

            fn stand_in() -> Option<Self> {
                Some(Self::default())
            }

            fn alike(&self, other: &Self) -> bool {
                $( $crate::manifest::decode::alike(&self.$field, &other.$field) && )*
                $( $crate::manifest::decode::Decode::alike(&self.$included, &other.$included) && )?
                true
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::manifest::record::schema::<Self>(generator)
            }
        }
    };
}
pub(crate) use record;

/// A doc comment as flowing text: lines joined, paragraphs kept.
pub fn description(doc: &str) -> String {
    let paragraphs: Vec<String> = doc
        .split("\n\n")
        .map(|text| {
            text.lines()
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" ")
                .trim()
                .to_owned()
        })
        .collect();
    paragraphs.join("\n\n").trim().to_owned()
}

fn first_sentence(doc: &str) -> String {
    let text = description(doc);
    text.split_once(". ")
        .map_or(text.trim_end_matches('.'), |(first, _)| first)
        .to_owned()
}
