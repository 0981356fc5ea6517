//! Codes of problems: Manifests: documents and fields.

use super::{Code, Example};

pub(super) const CODES: [Code; 21] = [
    Code {
        code: "no-manifests",
        meaning: "No file, or no document, was found; what is not found is never taken for deleted.",
        way_out: "Correct `manifests` in `quayform.toml`, or the PATH.",
        example: Example::Settings(
            r#"manifests = ["orgs/*.yml"]
"#,
        ),
    },
    Code {
        code: "unreadable",
        meaning: "A file or directory cannot be read, or is not UTF-8.",
        way_out: "Check the path and its permissions.",
        example: Example::Story(
            "quayform plan orgs/acme.yaml, where the file belongs to another user and is not readable.",
        ),
    },
    Code {
        code: "outside-project",
        meaning: "A link leads out of the project.",
        way_out: "Copy the file, or leave it out with `manifests`.",
        example: Example::Story(
            "orgs/shared.yaml is a link to /srv/manifests/shared.yaml, which is not below the project.",
        ),
    },
    Code {
        code: "bad-pattern",
        meaning: "A pattern of `manifests` is no glob.",
        way_out: "Correct the pattern.",
        example: Example::Story(
            "A pattern such as `../shared/*.yaml` leads out of the project; in quayform.toml itself that is a `bad-value` with its line.",
        ),
    },
    Code {
        code: "unknown-kind",
        meaning: "A document's `kind` is none that is known.",
        way_out: "Write `Organization` or `Repository`, or leave the file out.",
        example: Example::Manifest(
            "kind: Organisation
name: acme
",
        ),
    },
    Code {
        code: "unknown-field",
        meaning: "A field that does not exist here.",
        way_out: "Use the name that the message suggests; [manifests.md](manifests.md) lists all.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teems: {}
",
        ),
    },
    Code {
        code: "missing-field",
        meaning: "A field that must be written is not.",
        way_out: "Write it.",
        example: Example::Manifest(
            "kind: Organization
email: platform@acme.example
",
        ),
    },
    Code {
        code: "wrong-type",
        meaning: "A list where a map should be, or the like; also in `quayform.toml`.",
        way_out: "Write the type that the message names.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: [developers]
",
        ),
    },
    Code {
        code: "bad-value",
        meaning: "A value of the right type that means nothing, or that the registry would not take; also in `quayform.toml`.",
        way_out: "Write one that the message names.",
        example: Example::Manifest(
            "kind: Organization
name: acme
tag_expiration: two weeks
",
        ),
    },
    Code {
        code: "looks-like-variable",
        meaning: "Warning: a secret is written as a shell's variable, which nothing replaces here.",
        way_out: "Write `{env: NAME}`.",
        example: Example::Manifest(
            r#"kind: Repository
name: acme/api
notifications:
  - {event: repo_push, slack: {url: "$SLACK_URL"}}
"#,
        ),
    },
    Code {
        code: "null",
        meaning: r#"A key without a value: nobody can tell "none" from "not managed"."#,
        way_out: "Write `[]`, `{}` or `''`, or delete the key.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams:
",
        ),
    },
    Code {
        code: "bad-name",
        meaning: "A name that the registry would not take.",
        way_out: "Follow the rule in the message.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams:
  Developers!: {}
",
        ),
    },
    Code {
        code: "route-word",
        meaning: "A part of a nested repository name that the registry takes for a part of its own API.",
        way_out: "Use another word.",
        example: Example::Manifest(
            "kind: Repository
name: acme/tools/tag
",
        ),
    },
    Code {
        code: "duplicate-address",
        meaning: "One object is described twice.",
        way_out: "Merge the two documents.",
        example: Example::Manifest(
            "kind: Organization
name: acme
---
kind: Organization
name: acme
",
        ),
    },
    Code {
        code: "stands-alone",
        meaning: "Something is written beside `absent: true` or `external: true`, where it has no effect.",
        way_out: "Delete either.",
        example: Example::Manifest(
            "kind: Organization
name: acme
absent: true
teams: {}
",
        ),
    },
    Code {
        code: "one-of",
        meaning: "Several of fields that exclude each other, or none of them.",
        way_out: "Write exactly one; write two entries for two.",
        example: Example::Manifest(
            "kind: Organization
name: acme
default_permissions:
  - {role: read, team: devs, robot: ci}
",
        ),
    },
    Code {
        code: "not-for-event",
        meaning: "A field that has no effect with the notification's event.",
        way_out: "Delete the field.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
notifications:
  - {event: repo_push, level: high, slack: {url: {env: SLACK_URL}}}
",
        ),
    },
    Code {
        code: "duplicate-limit",
        meaning: "A limit of a quota is written twice.",
        way_out: "Keep one of the two.",
        example: Example::Manifest(
            "kind: Organization
name: acme
quota:
  limit: 10 GiB
  limits: [{type: warning, at: 80%}, {type: warning, at: 80%}]
",
        ),
    },
    Code {
        code: "excludes",
        meaning: "One organization is declared as two of: mirror of another one, proxy cache, home of immutable tags; or a repository has a `mirror` and another `state`.",
        way_out: "Keep one of the two, or use two organizations.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
state: read_only
mirror: {external_reference: quay.io/a/b, tags: [latest], sync_interval: 1d, robot: ci}
",
        ),
    },
    Code {
        code: "duplicate-policy",
        meaning: "A rule about tags is written twice for one owner; the registry refuses it.",
        way_out: "Keep one of the two.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
auto_prune: [{keep_tags: 5}, {keep_tags: 5}]
",
        ),
    },
    Code {
        code: "secret-source",
        meaning: "A reference to a secret that is not well formed.",
        way_out: "Write `{env: NAME}`, `{file: PATH}` or `{command: NAME}`.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
notifications:
  - {event: repo_push, slack: {url: {env: $SLACK_URL}}}
",
        ),
    },
];
