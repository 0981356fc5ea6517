//! Kinds of the registry as a whole.

use super::Entry;

pub(super) const REGISTRY: &[Entry] = &[
    Entry {
        kind: "message",
        path: "Registry.messages",
        what: "What the registry's web page tells everybody.",
        address: "message[Registry/warning.closed-on-sunday]",
        names: "A message with another text is another one: the plan shows its creation and the deletion of the old one.",
        example: "\
kind: Registry
messages:
  - {content: \"**Closed** on Sunday\", severity: warning, media_type: text/markdown}
",
    },
    Entry {
        kind: "service_key",
        path: "Registry.service_keys",
        what: "A key with which a service proves itself to the registry.",
        address: "service_key[Registry/scanner]",
        names: "",
        example: "\
kind: Registry
service_keys:
  scanner: {service: scanner, expiration: 2036-01-01T00:00:00Z, approved: true}
",
    },
    Entry {
        kind: "user",
        path: "Registry.users",
        what: "The account of a person.",
        address: "user[frank]",
        names: "",
        example: "\
kind: Registry
users:
  frank: {email: frank@acme.example, enabled: false}
",
    },
    Entry {
        kind: "user_quota",
        path: "Registry.users.quota",
        what: "How much a user may store.",
        address: "user_quota[frank]",
        names: "",
        example: "\
kind: Registry
users:
  frank:
    quota: {limit: 10 GiB}
",
    },
    Entry {
        kind: "user_quota_limit",
        path: "Registry.users.quota.limits",
        what: "What happens when a user has stored a share of the quota.",
        address: "user_quota_limit[frank:warning/80]",
        names: "",
        example: "\
kind: Registry
users:
  frank:
    quota:
      limit: 10 GiB
      limits: [{type: warning, at: 80%}]
",
    },
];
