//! Codes of problems: Manifests: the project as a whole.

use super::{Code, Example};

pub(super) const CODES: [Code; 21] = [
    Code {
        code: "unknown-team",
        meaning: "A team that its organization does not declare.",
        way_out: "Declare it, correct the name, or mark it `{external: true}`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {devs: {}}
---
kind: Repository
name: acme/api
permissions: {teams: {developers: write}}
",
        ),
    },
    Code {
        code: "unknown-robot",
        meaning: "A robot that its organization does not declare.",
        way_out: "Declare it, correct the name, or mark it `{external: true}`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
robots: {ci: {}}
---
kind: Repository
name: acme/api
permissions: {robots: {deploy: write}}
",
        ),
    },
    Code {
        code: "reference-to-absent",
        meaning: "Something refers to what a tombstone deletes.",
        way_out: "Delete the reference, or keep what it names.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {devs: {absent: true}}
---
kind: Repository
name: acme/api
permissions: {teams: {devs: write}}
",
        ),
    },
    Code {
        code: "robot-name",
        meaning: "A robot is written by its full name where the short one belongs.",
        way_out: "Write `ci` instead of `acme+ci`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
robots: {ci: {}}
---
kind: Repository
name: acme/api
permissions: {robots: {acme+ci: write}}
",
        ),
    },
    Code {
        code: "robot-as-user",
        meaning: "A robot is written where a user belongs.",
        way_out: "Move it to the field that the message names.",
        example: Example::Manifest(
            "kind: Organization
name: acme
robots: {ci: {}}
---
kind: Repository
name: acme/api
permissions: {users: {acme+ci: write}}
",
        ),
    },
    Code {
        code: "user-or-robot",
        meaning: "Warning: a member is read as a user, but a robot has that name.",
        way_out: "Write `acme+ci` if the robot is meant.",
        example: Example::Manifest(
            "kind: Organization
name: acme
robots: {ci: {}}
teams: {devs: {members: [ci]}}
",
        ),
    },
    Code {
        code: "foreign-robot",
        meaning: "A robot of another organization: an error where the registry refuses it, a warning where it does not.",
        way_out: "Make a robot of your own, or put the other one into a team.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
permissions: {robots: {other+ci: write}}
",
        ),
    },
    Code {
        code: "foreign-organization",
        meaning: "A notification for another organization than the repository's.",
        way_out: "Notify the repository's own organization, a user or a team.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
notifications:
  - {event: repo_push, quay_notification: {organization: other}}
",
        ),
    },
    Code {
        code: "mirror-robot",
        meaning: "A mirror's robot is given `read` only, but has to push.",
        way_out: "Write `write`, or delete the line: the mirror implies it.",
        example: Example::Manifest(
            "kind: Organization
name: acme
robots: {ci: {}}
---
kind: Repository
name: acme/api
mirror: {external_reference: quay.io/a/b, tags: [latest], sync_interval: 1d, robot: ci}
permissions: {robots: {ci: read}}
",
        ),
    },
    Code {
        code: "unknown-registry",
        meaning: "`registries` of a document names one that `quayform.toml` does not.",
        way_out: "Correct the name, or add `[registries.NAME]`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
registries: [stagign]
",
        ),
    },
    Code {
        code: "layer-tie",
        meaning: "Two layers that match a repository equally well set a field differently.",
        way_out: "Make one `match` longer, or write the field in the document.",
        example: Example::Manifest(
            "kind: RepositoryDefaults
match: acme/a*
visibility: public
---
kind: RepositoryDefaults
match: acme/*i
visibility: private
---
kind: Repository
name: acme/api
",
        ),
    },
    Code {
        code: "enforced",
        meaning: "A document or a longer match sets differently what a layer enforces.",
        way_out: "Delete it there, or have the layer changed.",
        example: Example::Manifest(
            "kind: RepositoryDefaults
match: acme/*
enforced: true
visibility: private
---
kind: Repository
name: acme/api
visibility: public
",
        ),
    },
    Code {
        code: "unused-layer",
        meaning: "Warning: a layer matches no repository that is declared.",
        way_out: "Correct `match`, or write `applies_to: all`.",
        example: Example::Manifest(
            "kind: RepositoryDefaults
match: acme/web-*
visibility: private
---
kind: Repository
name: acme/api
",
        ),
    },
    Code {
        code: "absent-organization",
        meaning: "An organization is to be deleted, but repositories of it are declared.",
        way_out: "Delete their documents, or keep the organization.",
        example: Example::Manifest(
            "kind: Organization
name: acme
absent: true
---
kind: Repository
name: acme/api
",
        ),
    },
    Code {
        code: "synchronized-team",
        meaning: "People or invitations are written for a team that `sync` has filled from a group.",
        way_out: "Put them into the group, or delete `sync`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams:
  devs: {sync: {oidc: developers}, members: [carol]}
",
        ),
    },
    Code {
        code: "no-quota",
        meaning: "`notifications` of an organization whose quota is to be deleted.",
        way_out: "Delete them, or keep the quota.",
        example: Example::Manifest(
            "kind: Organization
name: acme
quota: {absent: true}
notifications:
  - {event: quota_warning, slack: {url: {env: SLACK_URL}}}
",
        ),
    },
    Code {
        code: "no-admins",
        meaning: "Nobody could administer the organization any more.",
        way_out: "Keep a team with the role `admin`.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {owners: {absent: true}}
",
        ),
    },
    Code {
        code: "written-twice",
        meaning: "Warning: a list holds an item twice.",
        way_out: "Delete one, unless two equal objects are meant.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {devs: {members: [carol, carol]}}
",
        ),
    },
    Code {
        code: "label-twice",
        meaning: "Two tags of a repository point to one image, and want another value for one of its labels each.",
        way_out: "Write one value: labels belong to the image.",
        example: Example::Manifest(
            "kind: Repository
name: acme/api
tags:
  v1:
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    labels: {tier: gold}
  latest:
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    labels: {tier: silver}
",
        ),
    },
    Code {
        code: "contradiction",
        meaning: "Warning: one subject gets two roles; the registry would pick one.",
        way_out: "Keep one of the two.",
        example: Example::Manifest(
            "kind: Organization
name: acme
teams: {devs: {}}
default_permissions: [{role: read, team: devs}, {role: write, team: devs}]
",
        ),
    },
    Code {
        code: "forbidden-secret",
        meaning: "A manifest refers to a secret that `[secrets]` does not allow, or to a registry's own token.",
        way_out: "Allow it in `[secrets]` of `quayform.toml`, or take the secret from somewhere else.",
        example: Example::Story(
            "A manifest says `url: {env: QUAYFORM_TOKEN}`, or names a variable that `[secrets] env` in quayform.toml does not list.",
        ),
    },
];
