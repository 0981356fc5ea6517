//! The part of a seed that stands in for images: manifests, tags, triggers, and who builds.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::builder::Builder;
use super::image::{Images, Label, Manifest, digest_of};
use super::names;
use super::registry::Registry;
use super::seed::{Seed, SeedRepository};
use super::seeding::{SeedError, refuse};
use super::store::Store;
use super::trigger::Trigger;

/// A manifest of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedManifest {
    /// `sha256:` and 64 digits.
    pub digest: String,
    /// The compressed size of its layers, in bytes.
    #[serde(default = "some_bytes")]
    pub size: i64,
    /// Whether it is a list of manifests for several platforms.
    #[serde(default)]
    pub is_list: bool,
    /// The document itself; one with a single layer where absent.
    #[serde(default)]
    pub data: Option<String>,
    /// What made each layer.
    #[serde(default)]
    pub commands: Vec<String>,
    /// The labels that the image brought along.
    #[serde(default)]
    pub labels: IndexMap<String, String>,
    /// The labels that were added by the API.
    #[serde(default)]
    pub added_labels: IndexMap<String, String>,
    /// What the scanner found, `{"Layer": {"Features": [...]}}`; where absent, it has not looked yet.
    #[serde(default)]
    pub scan: Option<Value>,
}

fn some_bytes() -> i64 {
    1_024
}

/// A tag of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTag {
    /// The name.
    pub name: String,
    /// The manifest that it points to, which is made where it is not among the manifests; made from the name where absent.
    #[serde(default)]
    pub digest: Option<String>,
    /// When it ends by itself, in unix seconds.
    #[serde(default)]
    pub expiration: Option<i64>,
    /// Whether it can be neither moved nor deleted.
    #[serde(default)]
    pub immutable: bool,
}

/// A build trigger of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTrigger {
    /// Its uuid; made up where absent.
    #[serde(default)]
    pub id: Option<String>,
    /// `github`, `gitlab`, `bitbucket` or `custom-git`.
    #[serde(default = "custom_git")]
    pub service: String,
    /// What it builds: `git@example.com:a/b.git`; where absent, it was never activated.
    #[serde(default)]
    pub build_source: Option<String>,
    /// Whether somebody switched it off.
    #[serde(default)]
    pub disabled: bool,
    /// The robot whose rights its builds pull with, under its full name.
    #[serde(default)]
    pub pull_robot: Option<String>,
}

fn custom_git() -> String {
    "custom-git".to_owned()
}

/// Who carries out builds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedBuilder {
    /// Whether there is none, so that builds wait for ever.
    pub away: bool,
    /// By the URL of an archive, why its builds fail.
    pub failures: IndexMap<String, String>,
}

impl Registry {
    /// Adds a build trigger to a repository (`namespace/name`), as the web page does; unknown repositories are passed over.
    pub fn add_trigger(&mut self, repository: &str, trigger: &SeedTrigger) {
        let (namespace, name) = repository.split_once('/').unwrap_or_default();
        let trigger = trigger_of(&mut self.store, trigger);
        if let Some(repository) = self.store.repository_mut(namespace, name) {
            repository.triggers.push(trigger);
        }
    }

    /// Pushes an image to a repository (`namespace/name`) under a tag, and tells its digest; the same content has the
    /// same digest. Unknown repositories are passed over.
    pub fn push(&mut self, repository: &str, tag: &str, content: &str) -> String {
        let (namespace, name) = repository.split_once('/').unwrap_or_default();
        self.store.clock += 1;
        self.store.push(namespace, name, &[tag.to_owned()], content);
        digest_of(content)
    }

    /// The digest to which a tag of a repository (`namespace/name`) points now.
    pub fn tag(&self, repository: &str, tag: &str) -> Option<&str> {
        let (namespace, name) = repository.split_once('/')?;
        let images = &self.store.repository(namespace, name)?.images;
        images.tag(tag, self.store.clock).map(|tag| tag.digest.as_str())
    }

    /// Lets builds of an archive fail for a reason from now on.
    pub fn fail_builds(&mut self, archive_url: &str, reason: &str) {
        let failures = &mut self.store.builder.failures;
        failures.insert(archive_url.to_owned(), reason.to_owned());
    }

    /// Sends the builder away, so that builds wait for ever, or calls it back.
    pub fn set_builder(&mut self, is_there: bool) {
        self.store.builder.is_away = !is_there;
    }
}

/// The builder of a seed.
pub(super) fn plant_builder(registry: &mut Registry, seed: &Seed) {
    if let Some(builder) = &seed.builder {
        registry.store.builder = Builder {
            is_away: builder.away,
            failures: builder.failures.clone(),
        };
    }
}

/// The manifests and tags of a repository in a seed.
pub(super) fn images_of(store: &mut Store, place: &str, seed: &SeedRepository) -> Result<Images, SeedError> {
    let mut images = Images::default();
    for manifest in &seed.manifests {
        let manifest_of = manifest_of(store, manifest);
        images.manifests.insert(manifest.digest.clone(), manifest_of);
    }
    for tag in &seed.tags {
        if !names::is_tag(&tag.name) {
            return refuse(place, format!("a tag cannot be named `{}`", tag.name));
        }
        let digest = tag.digest.clone().unwrap_or_else(|| digest_of(&tag.name));
        let manifests = &mut images.manifests;
        manifests
            .entry(digest.clone())
            .or_insert_with(|| Manifest::of_size(some_bytes()));
        images.point(&tag.name, &digest, store.clock, false);
        if let Some(made) = images.tag_mut(&tag.name, store.clock) {
            made.end = tag.expiration;
            made.immutable = tag.immutable;
        }
    }
    Ok(images)
}

fn manifest_of(store: &mut Store, seed: &SeedManifest) -> Manifest {
    let bare = Manifest::of_size(seed.size);
    let mut labels = Vec::new();
    for (source_type, entries) in [("manifest", &seed.labels), ("api", &seed.added_labels)] {
        labels.extend(entries.iter().map(|(key, value)| Label {
            id: store.next_uuid(),
            key: key.clone(),
            value: value.clone(),
            source_type: source_type.to_owned(),
            media_type: "text/plain".to_owned(),
        }));
    }
    Manifest {
        is_list: seed.is_list,
        data: seed.data.clone().unwrap_or(bare.data),
        config_media_type: bare.config_media_type.filter(|_| !seed.is_list),
        commands: seed.commands.clone(),
        labels,
        scan: seed.scan.clone(),
        size: seed.size,
    }
}

/// A trigger as the web page makes it.
pub(super) fn trigger_of(store: &mut Store, seed: &SeedTrigger) -> Trigger {
    let config = match &seed.build_source {
        Some(source) => serde_json::json!({ "build_source": source, "dockerfile_path": "/Dockerfile", "context": "/" }),
        None => serde_json::json!({}),
    };
    Trigger {
        id: seed.id.clone().unwrap_or_else(|| store.next_uuid()),
        service: seed.service.clone(),
        config,
        pull_robot: seed.pull_robot.clone(),
        enabled: !seed.disabled,
        disabled_reason: seed.disabled.then(|| "user_toggled".to_owned()),
    }
}
