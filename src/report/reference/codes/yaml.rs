//! Codes of problems: Manifests: YAML.

use super::{Code, Example};

pub(super) const CODES: [Code; 8] = [
    Code {
        code: "syntax",
        meaning: "This is not YAML. The rest of the document is skipped, other documents are checked.",
        way_out: "Correct the line; look at the indentation above it.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {owners: {role: admin}
",
        ),
    },
    Code {
        code: "duplicate-key",
        meaning: "A name is written twice in one map.",
        way_out: "Keep one of the two.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {}
teams: {}
",
        ),
    },
    Code {
        code: "unknown-anchor",
        meaning: "An alias names an anchor that is not defined before it.",
        way_out: "Define it above in the same document, for example under an `x-` key.",
        example: Example::Manifest(
            "kind: Organization
name: acme
quota: *standard
",
        ),
    },
    Code {
        code: "alias-cycle",
        meaning: "An alias stands inside the value it names.",
        way_out: "Write the value out.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: &teams {devs: *teams}
",
        ),
    },
    Code {
        code: "too-many-aliases",
        meaning: "The aliases of a file stand for too many values.",
        way_out: "Write fewer nested aliases.",
        example: Example::Story(
            "Ten anchors, each a list of ten aliases of the one before: ten lines that stand for ten thousand million values.",
        ),
    },
    Code {
        code: "too-deep",
        meaning: "Values are nested too deeply.",
        way_out: "Write them flatter.",
        example: Example::Story("A list in a list in a list, and so on for more than 64 levels."),
    },
    Code {
        code: "merge",
        meaning: "`<<` is given something that is no map.",
        way_out: "Name an anchor on a map: `<<: *defaults`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
x-names: &names [alice, bob]
teams:
  devs: {<<: *names}
",
        ),
    },
    Code {
        code: "tag",
        meaning: "A YAML tag that manifests have no use for.",
        way_out: "Delete the tag.",
        example: Example::Manifest(
            "kind: Organization
name: acme
email: !vault secret
",
        ),
    },
];
