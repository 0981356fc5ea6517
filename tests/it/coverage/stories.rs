//! Manifests that come, change and go again, and what their kinds send for it.

use std::collections::BTreeSet;

use quayform::emulator::SCOPES;
use quayform::model::Segment;
use quayform::settings::MaxDeletes;

use crate::lab::Lab;
use crate::operations::runs::{Sent, fits};

/// What all stories send: writes by the kind of the change that needs them, reads by every kind that is declared then.
pub(super) fn all() -> Vec<Sent> {
    STORIES.iter().flat_map(tell).collect()
}

/// Chapters that follow each other in one registry.
struct Story {
    /// What is there before.
    seed: &'static str,
    /// Whose token it is.
    user: &'static str,
    /// Features that are off on the recorded server.
    on: &'static [&'static str],
    /// Features that are on there.
    off: &'static [&'static str],
    chapters: &'static [&'static str],
}

/// Of a superuser, in an empty registry like the recorded one.
const PLAIN: Story = Story {
    seed: r#"{"users": [{"name": "alice"}, {"name": "bob"}, {"name": "dave"}, {"name": "erin"}]}"#,
    user: "quayadmin",
    on: &["AUTO_PRUNE", "PROXY_CACHE"],
    off: &[],
    chapters: &[],
};

fn lab(story: &Story) -> Lab {
    let mut lab = Lab::seeded(story.seed).allow(&[
        "organization",
        "repository",
        "robot",
        "team",
        "application",
        "quota",
        "permission",
        "trigger",
        "user",
        "service_key",
    ]);
    lab.options.guards.max_deletes = MaxDeletes::Number(1_000);
    lab.emulator.with(|registry| {
        story.on.iter().for_each(|feature| registry.set_feature(feature, true));
        story
            .off
            .iter()
            .for_each(|feature| registry.set_feature(feature, false));
        registry.add_token(story.user, "token-of-the-story", &SCOPES);
    });
    lab.token = "token-of-the-story".to_owned();
    lab
}

fn tell(story: &Story) -> Vec<Sent> {
    let lab = lab(story);
    let mut sent = Vec::new();
    for chapter in story.chapters {
        lab.emulator.with(|registry| registry.clear_log());
        let planned = lab.converge(chapter);
        let log = lab.emulator.with(|registry| registry.request_log().to_vec());
        let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        for change in &planned.plan.changes {
            for call in &change.calls {
                let template = template(&call.path, call.slash);
                let method = call.method.to_string();
                let came = |entry: &&quayform::emulator::LoggedRequest| {
                    entry.method == method && fits(&template, &path(&entry.target))
                };
                sent.extend(log.iter().find(came).map(|entry| Sent {
                    command: change.address.kind.to_owned(),
                    method: method.clone(),
                    path: path(&entry.target),
                }));
            }
        }
        let kinds: BTreeSet<&str> = planned.desired.objects.iter().map(|wish| wish.address.kind).collect();
        for entry in log.iter().filter(|entry| entry.method == "GET") {
            sent.extend(kinds.iter().map(|kind| Sent {
                command: (*kind).to_owned(),
                method: entry.method.clone(),
                path: path(&entry.target),
            }));
        }
    }
    sent
}

/// The path of a call; what only the server knows may be anything.
fn template(path: &[Segment], slash: bool) -> String {
    let segments = path.iter().map(|segment| match segment {
        Segment::Text(text) => quayform::kinds::targets::encode(text),
        Segment::Handle(_) => "{handle}".to_owned(),
    });
    let joined = segments.collect::<Vec<_>>().join("/");
    format!("/api/v1/{joined}{}", if slash { "/" } else { "" })
}

const STORIES: &[Story] = &[
    Story {
        chapters: &[
            "kind: Organization
name: acme
email: platform@acme.example
quota: {limit: 10 GiB, limits: [{type: warning, at: 80%}]}
teams: {developers: {role: member, members: [alice]}}
robots: {ci: {metadata: {owner: platform}}, mirror: {}}
default_permissions: [{role: read, team: developers}]
applications: {portal: {description: One}}
auto_prune: [{keep_tags: 50}]
---
kind: Repository
name: acme/api
description: One
visibility: private
auto_prune: [{keep_tags: 5}]
permissions: {teams: {developers: read}, users: {erin: read}, robots: {ci: read}}
notifications: [{title: pushes, event: repo_push, webhook: {url: 'https://hooks.example/one'}}]
---
kind: Repository
name: acme/mirrored
mirror: {external_reference: docker.io/library/nginx, tags: [latest], sync_interval: 6h, robot: mirror}
",
            "kind: Organization
name: acme
email: other@acme.example
quota: {limit: 20 GiB, limits: [{type: reject, at: 90%}]}
teams: {developers: {role: creator, members: [bob]}}
robots: {ci: {metadata: {owner: platform}}, mirror: {}}
default_permissions: [{role: write, team: developers}]
applications: {portal: {description: Two}}
auto_prune: [{keep_tags: 60}]
---
kind: Repository
name: acme/api
description: Two
visibility: public
auto_prune: [{keep_tags: 6}]
permissions: {teams: {developers: write}, users: {erin: write}, robots: {ci: write}}
notifications: [{title: pushes, event: repo_push, webhook: {url: 'https://hooks.example/two'}}]
---
kind: Repository
name: acme/mirrored
mirror: {external_reference: docker.io/library/nginx, tags: ['1.*'], sync_interval: 12h, robot: mirror}
",
            "kind: Organization
name: acme
quota: {limits: []}
teams: {developers: {members: []}}
default_permissions: []
applications: {portal: {absent: true}}
auto_prune: []
---
kind: Repository
name: acme/api
permissions: {teams: {}, users: {}, robots: {}}
auto_prune: []
notifications: []
---
kind: Repository
name: acme/mirrored
mirror: {absent: true}
",
            "kind: Organization
name: acme
quota: {absent: true}
teams: {developers: {absent: true}}
robots: {ci: {absent: true}}
---
kind: Repository
name: acme/api
absent: true
",
            "kind: Organization
name: acme
absent: true
",
        ],
        ..PLAIN
    },
    Story {
        chapters: &[
            "kind: Organization
name: acme
proxy_cache: {upstream_registry: docker.io}
",
            "kind: Organization
name: acme
proxy_cache: {absent: true}
",
        ],
        ..PLAIN
    },
    Story {
        user: "alice",
        chapters: &[
            "kind: Account
name: alice
robots: {ci: {}}
auto_prune: [{keep_tags: 5}]
",
            "kind: Account
name: alice
auto_prune: [{keep_tags: 6}]
",
            "kind: Account
name: alice
robots: {ci: {absent: true}}
auto_prune: []
",
        ],
        ..PLAIN
    },
    Story {
        chapters: &[
            "kind: Registry
users: {frank: {email: frank@acme.example, quota: {limit: 1 GiB}}}
messages: [{content: Closed on Sunday}]
service_keys: {scanner: {service: scanner, expiration: 2036-01-01T00:00:00Z}}
",
            "kind: Registry
users: {frank: {email: f@acme.example, quota: {limit: 2 GiB}}}
messages: []
service_keys: {scanner: {service: scanner, expiration: 2037-01-01T00:00:00Z}}
",
            "kind: Registry
users: {frank: {quota: {absent: true}}}
service_keys: {scanner: {absent: true}}
",
        ],
        ..PLAIN
    },
    // Without full access, quotas have a path of their own.
    Story {
        off: &["SUPERUSERS_FULL_ACCESS"],
        chapters: &[
            "kind: Organization
name: acme
quota: {limit: 1 GiB}
",
            "kind: Organization
name: acme
quota: {limit: 2 GiB}
",
            "kind: Organization
name: acme
quota: {absent: true}
",
        ],
        ..PLAIN
    },
    Story {
        seed: r#"{"organizations": [{"name": "acme", "repositories": [{
            "name": "api",
            "manifests": [{"digest": "sha256:1111111111111111111111111111111111111111111111111111111111111111"}],
            "triggers": [{"build_source": "git@example.com:acme/api.git"}]
        }]}]}"#,
        on: &["SIGNING"],
        chapters: &[
            "kind: Repository
name: acme/api
trust: true
triggers: {\"git@example.com:acme/api.git\": {enabled: false}}
tags:
  v1:
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    labels: {team: core}
  built: {build: {archive_url: https://example.com/api.tar.gz}}
",
            "kind: Repository
name: acme/api
state: read_only
triggers: {\"git@example.com:acme/api.git\": {absent: true}}
tags:
  v1: {absent: true}
  v2:
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    labels: {}
manage: {labels: exact}
",
        ],
        ..PLAIN
    },
    // Where mail is sent.
    Story {
        on: &["MAILING"],
        chapters: &[
            "kind: Organization
name: acme
teams: {developers: {members: [alice], invites: [kim@acme.example]}}
",
            "kind: Organization
name: acme
teams: {developers: {members: [], invites: []}}
",
        ],
        ..PLAIN
    },
    Story {
        seed: r#"{"users": [{"name": "dave"}], "organizations": [{"name": "acme", "teams": {
            "owners": {"role": "admin", "members": ["quayadmin"]}, "developers": {"role": "member", "members": ["dave"]}
        }}]}"#,
        chapters: &["kind: Organization
name: acme
members: {dave: {absent: true}}
"],
        ..PLAIN
    },
];
