//! Manifests that come, change and go again, and what their kinds send for it.

use std::collections::BTreeSet;

use quayform::model::Segment;
use quayform::settings::MaxDeletes;

use crate::lab::Lab;
use crate::operations::runs::{Sent, fits};

/// What all stories send: writes by the kind of the change that needs them, reads by every kind that is declared then.
pub(super) fn all() -> Vec<Sent> {
    STORIES.iter().flat_map(|story| tell(story)).collect()
}

/// Features that are off on the recorded server.
const FEATURES: [&str; 2] = ["AUTO_PRUNE", "PROXY_CACHE"];

fn tell(chapters: &[&str]) -> Vec<Sent> {
    let mut lab = Lab::new().allow(&[
        "organization",
        "repository",
        "robot",
        "team",
        "application",
        "quota",
        "permission",
    ]);
    lab.options.guards.max_deletes = MaxDeletes::Number(1_000);
    for feature in FEATURES {
        lab.emulator.with(|registry| registry.set_feature(feature, true));
    }
    let mut sent = Vec::new();
    for chapter in chapters {
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

/// Each begins with an empty registry.
const STORIES: &[&[&str]] = &[
    &[
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
    &[
        "kind: Organization
name: acme
proxy_cache: {upstream_registry: docker.io}
",
        "kind: Organization
name: acme
proxy_cache: {absent: true}
",
    ],
];
