//! The state from which a registry starts: users, and organizations with everything in them, as JSON.
//!
//! Unknown fields and wrong types are refused. Nothing has side effects: a seeded repository has the grants that are
//! written down and no others, so that any live state can be described.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::records::{Role, TeamRole};
use super::seed_cocktail::SeedCocktail;
use super::seed_images::{SeedBuilder, SeedManifest, SeedTag, SeedTrigger};
use super::seed_log::SeedEntry;

/// Users and organizations to start from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    /// People; `quayadmin` is always there and may be given again to change it.
    pub users: Vec<SeedUser>,
    /// Organizations, in the order of their creation.
    pub organizations: Vec<SeedOrganization>,
    /// Who carries out builds; somebody does where absent.
    pub builder: Option<SeedBuilder>,
    /// CocktailCloud with its builds; where absent, it has none.
    pub cocktail: Option<SeedCocktail>,
    /// What stands in the usage log, the oldest first.
    pub log: Vec<SeedEntry>,
}

impl Seed {
    /// Reads a seed; the error names the line and what is wrong there.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedUser {
    /// The user name.
    pub name: String,
    /// The e-mail address; made up from the name where absent.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether the user is a superuser.
    #[serde(default)]
    pub superuser: bool,
    /// Whether the user is a global read-only superuser.
    #[serde(default)]
    pub global_readonly: bool,
    /// An OAuth token with every scope that the user can have, of the application `seed`.
    #[serde(default)]
    pub token: Option<String>,
    /// A password to sign in with.
    #[serde(default)]
    pub password: Option<String>,
}

/// An organization with everything in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedOrganization {
    /// The name.
    pub name: String,
    /// The e-mail address; none where absent.
    pub email: Option<String>,
    /// The time for which deleted tags are kept, in seconds; two weeks where absent.
    pub tag_expiration_s: Option<i64>,
    /// Teams by name; `owners` with `quayadmin` in it is added where it is absent.
    pub teams: IndexMap<String, SeedTeam>,
    /// Robots: short names, or objects with a name and more.
    pub robots: Vec<SeedRobot>,
    /// Default permissions.
    pub default_permissions: Vec<SeedDefaultPermission>,
    /// The storage quota.
    pub quota: Option<SeedQuota>,
    /// Repositories, in the order of their creation.
    pub repositories: Vec<SeedRepository>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTeam {
    /// `member`, `creator` or `admin`.
    pub role: TeamRole,
    /// What the team is for.
    #[serde(default)]
    pub description: String,
    /// Users, and robots under their full names.
    #[serde(default)]
    pub members: Vec<String>,
    /// Users and e-mail addresses with a pending invitation.
    #[serde(default)]
    pub invited: Vec<String>,
}

/// A robot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedRobot {
    /// The short name.
    pub name: String,
    /// What the robot is for.
    pub description: String,
    /// Whether somebody logged in with it when the registry's time began.
    pub used: bool,
}

/// The long form of a robot.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LongRobot {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    used: bool,
}

impl<'de> Deserialize<'de> for SeedRobot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrRobot)
    }
}

struct NameOrRobot;

impl<'de> Visitor<'de> for NameOrRobot {
    type Value = SeedRobot;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a robot's short name, or an object with `name`, `description` and `used`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<SeedRobot, E> {
        Ok(SeedRobot {
            name: name.to_owned(),
            description: String::new(),
            used: false,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SeedRobot, A::Error> {
        let robot = LongRobot::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(SeedRobot {
            name: robot.name,
            description: robot.description,
            used: robot.used,
        })
    }
}

/// A default permission; exactly one of `user` and `team`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedDefaultPermission {
    /// `read`, `write` or `admin`.
    pub role: Role,
    /// The user, or the robot under its full name, that is given the role.
    #[serde(default)]
    pub user: Option<String>,
    /// The team that is given the role.
    #[serde(default)]
    pub team: Option<String>,
    /// Whose new repositories it applies to; everybody's where absent.
    #[serde(default)]
    pub activating_user: Option<String>,
}

/// A quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedQuota {
    /// The size.
    pub limit_bytes: i64,
    /// The thresholds.
    #[serde(default)]
    pub limits: Vec<SeedQuotaLimit>,
}

/// A threshold of a quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedQuotaLimit {
    /// `Warning` or `Reject`.
    #[serde(rename = "type")]
    pub kind: String,
    /// From 1 to 100.
    pub threshold_percent: i64,
}

/// A repository with everything below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedRepository {
    /// The name without the namespace.
    pub name: String,
    /// `public` or `private`; private where absent.
    #[serde(default = "private")]
    pub visibility: String,
    /// The description; empty where absent.
    #[serde(default)]
    pub description: Option<String>,
    /// `NORMAL`, `READ_ONLY` or `MIRROR`; where absent, what the mirror makes of it.
    #[serde(default)]
    pub state: Option<String>,
    /// Whether a push made it: then its description is null, unless one is given.
    #[serde(default)]
    pub pushed: bool,
    /// How often it was pulled, pushed or changed within a week.
    #[serde(default)]
    pub uses: u32,
    /// Direct grants and grants to teams.
    #[serde(default)]
    pub permissions: SeedPermissions,
    /// Notifications.
    #[serde(default)]
    pub notifications: Vec<SeedNotification>,
    /// The mirror configuration.
    #[serde(default)]
    pub mirror: Option<SeedMirror>,
    /// Manifests that are to be described further than by a tag.
    #[serde(default)]
    pub manifests: Vec<SeedManifest>,
    /// Tags, in the order of their creation.
    #[serde(default)]
    pub tags: Vec<SeedTag>,
    /// Build triggers, in the order of their creation.
    #[serde(default)]
    pub triggers: Vec<SeedTrigger>,
    /// Whether clients are to demand signatures.
    #[serde(default)]
    pub trust_enabled: bool,
}

fn private() -> String {
    "private".to_owned()
}

/// The grants of a repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedPermissions {
    /// Roles of users, and of robots under their full names.
    pub users: IndexMap<String, Role>,
    /// Roles of teams.
    pub teams: IndexMap<String, Role>,
}

/// A notification of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedNotification {
    /// The title, where it has one.
    #[serde(default)]
    pub title: Option<String>,
    /// `repo_push` and so on.
    pub event: String,
    /// `webhook` and so on.
    pub method: String,
    /// What the method needs.
    #[serde(default = "empty_object")]
    pub config: Value,
    /// What the event needs.
    #[serde(default = "empty_object")]
    pub event_config: Value,
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}

/// The mirror configuration of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedMirror {
    /// The registry and the repository there.
    pub external_reference: String,
    /// The robot that pushes, under its full name.
    pub robot: String,
    /// The tags to mirror.
    pub tags: Vec<String>,
    /// The interval in seconds.
    #[serde(default = "one_day")]
    pub sync_interval: i64,
    /// The first synchronisation, `YYYY-MM-DDTHH:MM:SSZ`.
    #[serde(default = "first_day")]
    pub sync_start_date: String,
    /// The time limit in seconds.
    #[serde(default = "five_minutes")]
    pub skopeo_timeout_interval: i64,
    /// The user at the other registry.
    #[serde(default)]
    pub username: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Option<String>,
    /// `verify_tls`, `unsigned_images` and `proxy`.
    #[serde(default = "empty_object")]
    pub external_registry_config: Value,
    /// `NEVER_RUN`, `SYNC_NOW`, `SYNCING`, `SUCCESS`, `FAIL` or `CANCEL`; there is no worker that would change it.
    #[serde(default = "never_run")]
    pub sync_status: String,
    /// Whether it is switched off: disabled, in a repository that takes pushes.
    #[serde(default)]
    pub dormant: bool,
}

fn one_day() -> i64 {
    86_400
}

fn first_day() -> String {
    "2026-01-01T00:00:00Z".to_owned()
}

fn five_minutes() -> i64 {
    300
}

fn never_run() -> String {
    "NEVER_RUN".to_owned()
}
