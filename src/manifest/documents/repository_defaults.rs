//! `kind: RepositoryDefaults`.

use schemars::{Schema, SchemaGenerator};

use super::{RepositoryDocument, allow_extensions};
use crate::manifest::choice::choice;
use crate::manifest::decode::{Decode, Decoder};
use crate::manifest::record::{self, Check, FieldInfo, Read, Record, record};
use crate::manifest::tree::{MapEntry, Node};

record! {
    /// What repositories inherit that match: a layer. The repository's own document wins, then the longest match.
    pub struct RepositoryDefaultsDocument {
        /// Tells that the document describes what repositories inherit.
        kind: RepositoryDefaultsKind = required,
        /// Which repositories are meant, by full name, such as `acme/svc-*`; `*` stands for any characters.
        pattern: String as "match" = required,
        /// Which of them: those that are `declared` (the default), or `all`, also live ones that nobody declares.
        applies_to: AppliesTo,
        /// Whether longer matches and documents may add to this, but not set anything in it differently.
        enforced: bool,
    }
    includes inherited: InheritedFields;
    check: check_pattern;
    schema: allow_extensions;
}

choice! {
    /// Tells that a document describes what repositories inherit.
    pub enum RepositoryDefaultsKind {
        /// What repositories inherit.
        RepositoryDefaults = "RepositoryDefaults",
    }
}

choice! {
    /// Which repositories a layer reaches.
    pub enum AppliesTo {
        /// Those that manifests declare.
        Declared = "declared",
        /// Also live ones that nobody declares: additively, unless the layer's `manage` says otherwise.
        All = "all",
    }
}

fn check_pattern(document: &RepositoryDefaultsDocument, check: &mut Check<'_>) {
    if let Some(pattern) = document
        .pattern
        .as_ref()
        .filter(|pattern| !pattern.value.contains(['/', '*']))
    {
        check.bad_value(
            format!("`match` cannot be `{}`: that is no repository", pattern.value),
            pattern.place,
            "write the full name with `*` for any characters, such as `acme/svc-*`",
        );
    }
}

/// The fields of a repository that can be inherited: all but those that make it this repository.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InheritedFields(pub RepositoryDocument);

const NOT_INHERITED: [&str; 4] = ["kind", "name", "previously", "absent"];

impl Record for InheritedFields {
    const DOC: &'static str = "The fields of a repository that can be inherited.";

    fn fields() -> &'static [FieldInfo] {
        static FIELDS: std::sync::LazyLock<Vec<FieldInfo>> = std::sync::LazyLock::new(|| {
            let all = RepositoryDocument::fields().iter();
            all.filter(|field| !NOT_INHERITED.contains(&field.name))
                .copied()
                .collect()
        });
        &FIELDS
    }

    fn read<'t>(&mut self, entry: &'t MapEntry<'t>, decoder: &mut Decoder<'t>) -> Read {
        if NOT_INHERITED.contains(&entry.name.as_ref()) {
            return Read::Unknown;
        }
        self.0.read(entry, decoder)
    }

    /// What is inherited may be a part of what must be written: it is checked once it is merged.
    fn check(&self, _check: &mut Check<'_>) {}

    fn refine(_schema: &mut Schema) {}
}

impl Decode for InheritedFields {
    const EXPECTED: &'static str = "a map";

    fn decode<'t>(node: &'t Node<'t>, decoder: &mut Decoder<'t>) -> Option<Self> {
        Some(record::decode(node, decoder))
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        record::schema::<Self>(generator)
    }
}
