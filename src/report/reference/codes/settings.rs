//! Codes of problems: quayform.toml.

use super::{Code, Example};

pub(super) const CODES: [Code; 8] = [
    Code {
        code: "toml-syntax",
        meaning: "This is not TOML.",
        way_out: "Correct the line.",
        example: Example::Settings(
            "format = 
",
        ),
    },
    Code {
        code: "unreadable-file",
        meaning: "The file cannot be read.",
        way_out: "Check its permissions.",
        example: Example::Story("quayform.toml belongs to another user and is not readable."),
    },
    Code {
        code: "unknown-format",
        meaning: "`format` names a version that this program does not read.",
        way_out: "Write `format = 1`.",
        example: Example::Settings(
            "format = 2
",
        ),
    },
    Code {
        code: "unknown-key",
        meaning: "A key that does not exist here.",
        way_out: "Use the name that the message suggests.",
        example: Example::Settings(
            "[guard]
max_changes = 10
",
        ),
    },
    Code {
        code: "no-guards",
        meaning: "The file of `--guards-from` has no `[guards]`.",
        way_out: "Name the `quayform.toml` of the base branch; an empty `[guards]` there stands for the defaults.",
        example: Example::Story("`plan --guards-from base/quayform.toml`, and that file has no `[guards]`."),
    },
    Code {
        code: "bad-address",
        meaning: "Not an address or a pattern of addresses, or one of a kind that does not exist.",
        way_out: "Write `robot[acme+old]`, `repository[acme/prod-*]` or a kind.",
        example: Example::Settings(
            r#"[guards]
protected = ["repo[acme/api]"]
"#,
        ),
    },
    Code {
        code: "secret-in-file",
        meaning: "A token stands in the file.",
        way_out: r#"Write where it comes from: `token = { env = "NAME" }`."#,
        example: Example::Settings(
            r#"[registry]
url = "https://quay.example.com"
token = "written-out"
"#,
        ),
    },
    Code {
        code: "foreign-token",
        meaning: "A registry names the variable of another registry's token.",
        way_out: "Use the variable that the message names.",
        example: Example::Settings(
            r#"[registries.staging]
url = "https://staging.example.com"
token = { env = "QUAYFORM_TOKEN" }
"#,
        ),
    },
];
