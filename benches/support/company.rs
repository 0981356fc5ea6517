//! One organization of any size, as manifests and as a registry that holds them.

use std::fmt::Write as _;
use std::path::PathBuf;

use quayform::kinds::{self, wishes};
use quayform::manifest::{self, Loaded};
use quayform::model::{Caller, Desired, Features, Intent, Object, World};

/// How many repositories stand in one file.
const PER_FILE: usize = 1_000;

/// An organization whose repositories have five addresses each: itself, three grants and a notification.
#[derive(Debug, Clone, Copy)]
pub struct Company {
    /// How many repositories it has.
    pub repositories: usize,
    /// What every repository says about itself.
    pub description: &'static str,
    /// Whether there is a team `guests`, which may read every repository besides.
    pub guests: bool,
    /// Whether every repository has a notification.
    pub notifications: bool,
}

impl Company {
    /// One that has so many addresses in repositories.
    pub fn of_addresses(addresses: usize) -> Self {
        Company::of_repositories(addresses / 5)
    }

    /// One with so many repositories.
    pub fn of_repositories(repositories: usize) -> Self {
        Company {
            repositories,
            description: "A service.",
            guests: false,
            notifications: true,
        }
    }

    /// Its manifests: one file for the organization, and one for each thousand repositories.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let first = ("organization.yaml".into(), self.organization());
        let rest = (0..self.repositories).step_by(PER_FILE).map(|first| {
            let numbers = first..self.repositories.min(first + PER_FILE);
            let text: String = numbers.map(|number| self.repository(number)).collect();
            (format!("repositories-{first}.yaml").into(), text)
        });
        std::iter::once(first).chain(rest).collect()
    }

    fn organization(&self) -> String {
        let mut text = String::from(
            "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [quayadmin, alice]}\n",
        );
        for team in 0..10 {
            let _ = writeln!(text, "  team{team}: {{members: [bob, carol, acme+robot{team}]}}");
        }
        if self.guests {
            text.push_str("  guests: {members: [dave]}\n");
        } else {
            text.push_str("  guests: {absent: true}\n");
        }
        text.push_str("robots:\n");
        for robot in 0..10 {
            let _ = writeln!(text, "  robot{robot}: {{}}");
        }
        text
    }

    fn repository(&self, number: usize) -> String {
        let (first, second, robot) = (number % 10, (number + 1) % 10, number % 10);
        let guests = if self.guests { ", guests: read" } else { "" };
        let notifications = if self.notifications {
            format!(
                "notifications:\n  - {{title: pushes, event: repo_push, webhook: {{url: 'https://hooks.example/{number}'}}}}\n"
            )
        } else {
            String::new()
        };
        format!(
            "---\nkind: Repository\nname: acme/service-{number:05}\nvisibility: private\ndescription: {}\n\
             permissions:\n  teams: {{team{first}: read, team{second}: write{guests}}}\n  robots: {{robot{robot}: write}}\n{notifications}",
            self.description
        )
    }

    /// Parses its manifests, which are valid.
    pub fn load(&self) -> Loaded {
        manifest::parse_sources(self.files())
    }

    /// What its manifests want.
    pub fn desired(&self) -> Desired {
        desired(&self.load())
    }

    /// A registry that holds exactly that, as it was read.
    pub fn live(&self) -> World {
        let desired = self.desired();
        let mut world = empty(&desired);
        for declared in desired.objects {
            if declared.intent == Intent::Present {
                world.put(Object::new(declared.address, declared.fields));
            }
        }
        world
    }
}

/// What loaded manifests want.
pub fn desired(loaded: &Loaded) -> Desired {
    let project = loaded.project.as_ref().expect("the manifests of a bench are valid");
    wishes::desired(project, &wishes::Secrets::new())
}

/// A registry in which nothing of that is there yet, and everything about it is known.
pub fn empty(desired: &Desired) -> World {
    let interest = desired.interest(kinds::collection);
    World {
        complete: interest.collections.into(),
        features: Features::new([], Vec::new()),
        caller: Caller {
            name: "quayadmin".to_owned(),
            superuser: true,
        },
        ..World::default()
    }
}
