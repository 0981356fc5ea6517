//! Codes of problems: Manifests: edits in place.

use super::{Code, Example};

pub(super) const CODES: [Code; 3] = [
    Code {
        code: "not-edited",
        meaning: "A file is not changed, because a value is shared by an anchor or comes from a merge, or because the result would not say what was meant. The file stays as it is.",
        way_out: "Change it by hand where the message says.",
        example: Example::Story(
            "`drift --adopt` is to write a live role into `owners: *defaults`: the value stands at the anchor `&defaults`, and a change there would change other teams too.",
        ),
    },
    Code {
        code: "not-formatted",
        meaning: "A file is not laid out, because the layout would change what it says or lose a comment. The file stays as it is.",
        way_out: "Write it in a simpler way; it is as valid as before.",
        example: Example::Story(
            "A manifest uses a form of YAML that the layout would change, such as a comment where no comment can stand afterwards.",
        ),
    },
    Code {
        code: "not-adopted",
        meaning: "Warning of `drift --adopt`: what is live is not written back, since the value comes from elsewhere, cannot be spelled, or would say more than that.",
        way_out: "Change the manifest by hand where the message says.",
        example: Example::Story(
            "Somebody has made `acme/api` public, and its visibility stands in a `RepositoryDefaults` that holds for other repositories too.",
        ),
    },
];
