//! One case: a registry with a past, and a project.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use quayform::emulator::{Emulator, Registry};
use quayform::model::Plan;
use quayform::settings::MaxDeletes;
use serde_json::{Value as Json, json};

use crate::lab::Lab;

use super::hands::{ByHand, ROBOTS_AND_MORE, by_hand};
use super::images;
use super::project::{Project, project};

/// What there was, and what is wanted.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// Whether the registry starts with things that only pushes and age bring about.
    pub(super) grown: bool,
    /// Whether there are also images in it, and triggers.
    pub(super) images: bool,
    /// Whether the server sends mail, so that people are invited.
    pub(super) mailing: bool,
    /// What was applied before.
    pub(super) past: Option<Project>,
    /// What was done by hand since.
    pub(super) hands: Vec<ByHand>,
    /// What is wanted now.
    pub(super) wanted: Project,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let start = (any::<bool>(), proptest::bool::weighted(0.25));
    (start, option::weighted(0.7, project()), vec(by_hand(), 0..8), project()).prop_map(
        |((grown, mailing), past, hands, wanted)| Case {
            grown,
            images: false,
            mailing,
            past,
            hands,
            wanted,
        },
    )
}

const PEOPLE: &str = r#"{"users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}, {"name": "dave"}]}"#;

/// A repository made by a push, a dormant mirror, duplicates, a foreign robot and an invitation.
const GROWN: &str = r#"{
  "users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}, {"name": "dave"}],
  "organizations": [
    {
      "name": "axb", "robots": ["ci"], "repositories": [PUSHED]
    },
    {
      "name": "a_b", "robots": ["ci", "cd"],
      "teams": {"devs": {"role": "creator", "description": "Grown", "members": ["bob", "axb+ci"], "invited": INVITED}},
      "default_permissions": [{"role": "read", "team": "devs"}, {"role": "write", "team": "devs"}],
      "quota": {"limit_bytes": 1000, "limits": [{"type": "Reject", "threshold_percent": 70}]},
      "repositories": [
        {"name": "api", IMAGES "pushed": true, "visibility": "public", "permissions": {"users": {"alice": "read", "a_b+ci": "read"}}},
        {"name": "web", "permissions": {"teams": {"devs": "admin"}}, "notifications": [
          {"title": "one", "event": "repo_push", "method": "slack", "config": {"url": "https://hooks.example/MARKED-1"}},
          {"title": "one", "event": "repo_push", "method": "slack", "config": {"url": "https://hooks.example/MARKED-1"}}
        ]},
        {"name": "lib/core", "mirror": {
          "external_reference": "docker.io/library/old", "robot": "a_b+cd", "tags": ["old"], "dormant": true
        }},
        {"name": "more", "permissions": {"users": {"bob": "write"}}}
      ]
    }
  ]
}"#;

impl Case {
    /// The registry with its past, or `None` where the past cannot be.
    pub(super) fn lab(&self) -> Lab {
        let seed = if self.grown { GROWN } else { PEOPLE };
        // Invitations that are left over from another time are seen only by chance; they have scenarios of their own.
        let invited = if self.mailing {
            r#"["carol", "x@acme.example"]"#
        } else {
            "[]"
        };
        let (images, pushed) = match self.images {
            true => (
                format!("{},", images::pushed(1)),
                format!(r#"{{"name": "api", {}}}"#, images::pushed(2)),
            ),
            false => (String::new(), String::new()),
        };
        let seed = seed
            .replace("INVITED", invited)
            .replace("IMAGES", &images)
            .replace("PUSHED", &pushed);
        let lab = self.switched(&seed);
        if let Some(past) = &self.past {
            let planned = lab.plan(&past.text());
            if !is_refused(&planned.plan) {
                lab.carry_out(&planned);
            }
        }
        self.hands.iter().for_each(|hand| hand.send(&lab.emulator));
        lab.emulator.with(|registry| registry.clear_log());
        lab
    }

    /// A registry with the users of another one and the same switches, and nothing else.
    pub(super) fn empty_beside(&self, other: &Lab) -> Lab {
        let lab = self.switched(PEOPLE);
        let names = |lab: &Lab| -> Vec<String> {
            let listed = lab.by_hand("GET", "/superuser/users/", Json::Null);
            let users = listed["users"].as_array().cloned().unwrap_or_default();
            users
                .iter()
                .filter_map(|user| user["username"].as_str().map(str::to_owned))
                .collect()
        };
        let known = names(&lab);
        for name in names(other).into_iter().filter(|name| !known.contains(name)) {
            let email = format!("{name}@users.example");
            lab.by_hand("POST", "/superuser/users/", json!({"username": name, "email": email}));
        }
        lab
    }

    fn switched(&self, seed: &str) -> Lab {
        let lab = free(Lab::seeded(seed));
        lab.emulator
            .with(|registry| registry.set_feature("SIGNING", self.images));
        lab.emulator
            .with(|registry| registry.set_feature("MAILING", self.mailing));
        lab.emulator.with(|registry| registry.set_authentication("LDAP"));
        lab
    }
}

/// Guards are not what these properties are about.
fn free(lab: Lab) -> Lab {
    let mut lab = lab.allow(&["*"]);
    lab.variables.push(("HUB_PASSWORD", "MARKED"));
    // A look-alike's robot must be allowed by its own address.
    for robot in ROBOTS_AND_MORE {
        let (one, two) = (format!("robot[a_b+{robot}]"), format!("robot[axb+{robot}]"));
        lab = lab.allow(&[&one, &two]);
    }
    lab.options.guards.max_deletes = MaxDeletes::Number(1_000);
    lab.options.guards.min_admins = 0;
    lab
}

/// Whether the plan is not meant to be carried out: it takes something for granted that is not there, or a guard refuses
/// it.
pub(super) fn is_refused(plan: &Plan) -> bool {
    let missing = plan
        .diagnostics
        .iter()
        .any(|diagnostic| diagnostic.code == "missing-reference");
    missing || !plan.refusals.is_empty()
}

/// A registry in the same state.
pub(super) fn copy(state: &Json) -> Lab {
    let mut lab = free(Lab::new());
    lab.emulator = Emulator::new(Registry::from_json(state.clone()).unwrap());
    lab
}
