//! What the reference pages say of each kind besides its fields: what it is, and one manifest that declares it whole.

/// One kind, as a reader first meets it.
pub struct Entry {
    /// The kind's name in addresses.
    pub kind: &'static str,
    /// What it is, in one sentence.
    pub what: &'static str,
    /// The address of the object that the example declares.
    pub address: &'static str,
    /// Where it is written: a document, and the fields that lead to it.
    pub path: &'static str,
    /// Where the names of its fields are not those of the manifest.
    pub names: &'static str,
    /// A manifest that declares one object of the kind with every field.
    pub example: &'static str,
}

/// Every kind, in the order of [`crate::kinds::ALL`].
pub const CATALOG: &[Entry] = &[
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
    Entry {
        kind: "organization",
        path: "Organization",
        what: "An organization and its settings.",
        address: "organization[acme]",
        names: "",
        example: "\
kind: Organization
name: acme
email: platform@acme.example
invoice_email: true
invoice_email_address: billing@acme.example
tag_expiration: 2w
",
    },
    Entry {
        kind: "quota",
        path: "Organization.quota",
        what: "How much an organization may store.",
        address: "quota[acme]",
        names: "",
        example: "\
kind: Organization
name: acme
quota: {limit: 500 GiB}
",
    },
    Entry {
        kind: "quota_limit",
        path: "Organization.quota.limits",
        what: "What happens when an organization has stored a share of its quota.",
        address: "quota_limit[acme:warning/80]",
        names: "",
        example: "\
kind: Organization
name: acme
quota:
  limit: 500 GiB
  limits: [{type: warning, at: 80%}]
",
    },
    Entry {
        kind: "team",
        path: "Organization.teams",
        what: "People and robots who share a role in an organization.",
        address: "team[acme/developers]",
        names: "",
        example: "\
kind: Organization
name: acme
teams:
  developers: {role: creator, description: Application developers}
",
    },
    Entry {
        kind: "team_sync",
        path: "Organization.teams.sync",
        what: "What a team is synchronized with: a group of the registry's directory.",
        address: "team_sync[acme/operations]",
        names: "`service` is the key that is written (`ldap` here), and `group` what stands there.",
        example: "\
kind: Organization
name: acme
teams:
  operations: {role: member, sync: {ldap: \"cn=ops,ou=groups,dc=acme\"}}
",
    },
    Entry {
        kind: "robot",
        path: "Organization.robots",
        what: "A credential for machines, of an organization.",
        address: "robot[acme+ci]",
        names: "",
        example: "\
kind: Organization
name: acme
robots:
  ci: {description: Pushes from CI, metadata: {owner: platform}}
",
    },
    Entry {
        kind: "federation",
        path: "Organization.robots.federation",
        what: "The outside identities that may act as a robot without its token.",
        address: "federation[acme+pull]",
        names: "`identities` is the list under `federation` in the manifest; its order says nothing.",
        example: "\
kind: Organization
name: acme
robots:
  pull:
    federation: [{issuer: https://issuer.example, subject: \"system:serviceaccount:prod:default\"}]
",
    },
    Entry {
        kind: "application",
        path: "Organization.applications",
        what: "An OAuth application of an organization.",
        address: "application[acme/portal]",
        names: "Client id and secret are made by the registry; they are neither compared nor shown.",
        example: "\
kind: Organization
name: acme
applications:
  portal:
    redirect_uri: https://portal.acme.example/callback
    application_uri: https://portal.acme.example
    description: The developers' portal
    avatar_email: portal@acme.example
",
    },
    Entry {
        kind: "organization_mirror",
        path: "Organization.mirror",
        what: "What makes an organization a copy of one elsewhere.",
        address: "organization_mirror[acme]",
        names: "It stands under `mirror` of the organization; `username` and `password` stand under `credentials` there.",
        example: "\
kind: Organization
name: acme
robots: {mirror: {}}
mirror:
  external_registry_type: harbor
  external_registry_url: https://harbor.acme.example
  external_namespace: library
  repository_filters: [\"app-*\"]
  robot: mirror
  visibility: private
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  enabled: true
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
  verify_tls: true
  proxy: {https_proxy: \"http://proxy.acme.example:3128\"}
  skopeo_timeout: 10m
",
    },
    Entry {
        kind: "proxy_cache",
        path: "Organization.proxy_cache",
        what: "The registry whose images an organization passes on and keeps for a while.",
        address: "proxy_cache[acme]",
        names: "`username` and `password` stand under `credentials` in the manifest.",
        example: "\
kind: Organization
name: acme
proxy_cache:
  upstream_registry: docker.io
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
  expiration: 2d
  insecure: false
",
    },
    Entry {
        kind: "organization_member",
        path: "Organization.members",
        what: "A person in an organization's teams, or with grants on its repositories.",
        address: "organization_member[acme/dave]",
        names: "Manifests can only say who is none any more: all memberships and direct grants go, and the plan lists them. \
                Who is one is written in `members` of teams.",
        example: "\
kind: Organization
name: acme
members: {dave: {absent: true}}
",
    },
    Entry {
        kind: "member",
        path: "Organization.teams.members",
        what: "The membership of a user or a robot in a team.",
        address: "member[acme/developers/carol]",
        names: "",
        example: "\
kind: Organization
name: acme
teams:
  developers: {members: [carol]}
",
    },
    Entry {
        kind: "invite",
        path: "Organization.teams.invites",
        what: "The invitation of an e-mail address into a team, as long as nobody has answered it.",
        address: "invite[acme/developers/kim@acme.example]",
        names: "",
        example: "\
kind: Organization
name: acme
teams:
  developers: {invites: [kim@acme.example]}
",
    },
    Entry {
        kind: "default_permission",
        path: "Organization.default_permissions",
        what: "What a new repository of the organization grants from the start.",
        address: "default_permission[acme:team/developers]",
        names: "",
        example: "\
kind: Organization
name: acme
teams: {developers: {}}
default_permissions:
  - {role: write, team: developers}
",
    },
    Entry {
        kind: "organization_notification",
        path: "Organization.notifications",
        what: "What an organization tells whom about its storage.",
        address: "organization_notification[acme:full]",
        names: "`method` is the method that is written (`webhook` here), and `config` what stands below it. It stands under \
                `notifications` of the organization. One with another `title`, `event` or `method` is another one: the \
                plan shows its creation and the deletion of the old one.",
        example: "\
kind: Organization
name: acme
quota: {limit: 500 GiB}
notifications:
  - {title: full, event: quota_error, webhook: {url: {env: SECURITY_URL}}}
",
    },
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

/// What the catalog says of a kind.
pub fn entry(kind: &str) -> Option<&'static Entry> {
    CATALOG.iter().find(|entry| entry.kind == kind)
}
