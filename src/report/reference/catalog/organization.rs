//! Kinds of an organization.

use super::Entry;

pub(super) const ORGANIZATION: &[Entry] = &[
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
];
