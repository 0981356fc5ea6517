//! Kinds of a repository, and the rules that organizations have too.

use super::Entry;

pub(super) const REPOSITORY: &[Entry] = &[
    Entry {
        kind: "repository",
        path: "Repository",
        what: "A repository and its settings.",
        address: "repository[acme/api]",
        names: "",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
visibility: private
description: The public API.
",
    },
    Entry {
        kind: "repository_state",
        path: "Repository.state",
        what: "Whether a repository takes pushes.",
        address: "repository_state[acme/api]",
        names: "It changes apart from the repository: what is to take pushes does so first, what is to take none does so last.",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
state: read_only
",
    },
    Entry {
        kind: "repository_trust",
        path: "Repository.trust",
        what: "Whether clients are told to take signed images only from a repository.",
        address: "repository_trust[acme/api]",
        names: "",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
trust: true
",
    },
    Entry {
        kind: "mirror",
        path: "Repository.mirror",
        what: "What a repository copies from another registry, and how often.",
        address: "mirror[acme/nginx]",
        names: "`username` and `password` stand under `credentials` in the manifest.",
        example: "\
kind: Organization
name: acme
robots: {mirror: {}}
---
kind: Repository
name: acme/nginx
mirror:
  external_reference: docker.io/library/nginx
  tags: [\"1.*\", latest]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
  enabled: true
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
  verify_tls: true
  unsigned_images: false
  proxy: {https_proxy: \"http://proxy.acme.example:3128\"}
  skopeo_timeout: 10m
  architectures: [amd64, arm64]
",
    },
    Entry {
        kind: "permission",
        path: "Repository.permissions",
        what: "A direct grant on a repository to a team, a robot or a user.",
        address: "permission[acme/api:team/developers]",
        names: "",
        example: "\
kind: Organization
name: acme
teams: {developers: {}}
---
kind: Repository
name: acme/api
permissions:
  teams: {developers: write}
",
    },
    Entry {
        kind: "notification",
        path: "Repository.notifications",
        what: "What a repository tells whom when something happens.",
        address: "notification[acme/api:vulnerabilities]",
        names: "`method` is the method that is written (`webhook` here), `config` what stands below it, and `filter` \
                `level`, `ref_regex` or `days`. A notification with another `title`, `event` or `method` is another \
                one: the plan shows its creation and the deletion of the old one.",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
notifications:
  - title: vulnerabilities
    event: vulnerability_found
    level: high
    webhook: {url: {env: SECURITY_URL}}
",
    },
    Entry {
        kind: "tag",
        path: "Repository.tags",
        what: "A name in a repository that points to an image.",
        address: "tag[acme/api:v1]",
        names: "",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
tags:
  v1:
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    expiration: 2027-01-01T00:00:00Z
    immutable: false
  stable: {from_tag: v1}
",
    },
    Entry {
        kind: "label",
        path: "Repository.tags.labels",
        what: "A label that was added to a manifest, not one that its image brought along.",
        address: "label[acme/api:sha256:1111111111111111111111111111111111111111111111111111111111111111/team]",
        names: "`value` is the text behind the key under `labels`.",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
tags:
  v1:
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    labels: {team: core}
",
    },
    Entry {
        kind: "trigger",
        path: "Repository.triggers",
        what: "What starts builds of a repository when its source changes; only the registry's web page can make it.",
        address: "trigger[acme/api:git@example.com:acme/api.git]",
        names: "",
        example: "\
kind: Organization
name: acme
---
kind: Repository
name: acme/api
triggers:
  \"git@example.com:acme/api.git\": {enabled: false}
",
    },
    Entry {
        kind: "auto_prune",
        path: "Organization.auto_prune",
        what: "A rule by which the registry deletes tags of an organization or a repository by itself.",
        address: "auto_prune[acme:policy]",
        names: "A rule has no name: which live one is meant is told by its content, and the closest is changed in place.",
        example: "\
kind: Organization
name: acme
auto_prune:
  - {older_than: 30d, tags: \"^pr-\"}
",
    },
    Entry {
        kind: "immutability",
        path: "Organization.immutability",
        what: "A rule by which tags of an organization or a repository can neither be moved nor deleted.",
        address: "immutability[acme:policy]",
        names: "A rule has no name: which live one is meant is told by its content, and the closest is changed in place. \
                A rule that comes or changes marks what matches at once and for ever: unless nothing was ever pushed there, \
                a plan that does so is refused until that is allowed (`allow_destroy`, `--allow`).",
        example: "\
kind: Organization
name: acme
immutability:
  - {tags: \"v[0-9].*\"}
",
    },
];
