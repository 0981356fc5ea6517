//! What stands in for images: manifests with their labels, and the history of the tags that point to them. No layer is
//! ever stored (api.md, 3.16; tags.json of the recordings).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The media type of a manifest's configuration where nothing else is said.
const CONFIG_MEDIA_TYPE: &str = "application/vnd.docker.container.image.v1+json";

/// The shortest and the longest life of a tag that is to expire, from its start on (api.md, 3.16).
const SHORTEST_LIFE: i64 = 3_600;
const LONGEST_LIFE: i64 = 104 * 7 * 86_400;

/// The manifests of a repository, and every tag that it has or had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Images {
    /// By digest, in the order of creation.
    pub manifests: IndexMap<String, Manifest>,
    /// Oldest first; a tag that was moved or deleted leaves an entry that has ended.
    pub history: Vec<Tag>,
}

/// A manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub is_list: bool,
    /// The compressed size of the layers, in bytes.
    pub size: i64,
    /// The document itself.
    pub data: String,
    pub config_media_type: Option<String>,
    /// What made each layer, as far as it is known.
    pub commands: Vec<String>,
    /// In the order of creation.
    pub labels: Vec<Label>,
    /// What the scanner found; `None` while it has not looked.
    pub scan: Option<Value>,
}

/// A label of a manifest; equal ones may stand side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Label {
    pub id: String,
    pub key: String,
    pub value: String,
    /// `manifest` for those that the image brought along, `api` for the others.
    pub source_type: String,
    pub media_type: String,
}

/// A time during which a name pointed to a manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tag {
    pub name: String,
    pub digest: String,
    pub start: i64,
    /// When it ended, or will by itself.
    pub end: Option<i64>,
    pub reversion: bool,
    pub immutable: bool,
}

impl Tag {
    /// Whether the name still points there at that time.
    pub(super) fn is_alive(&self, now: i64) -> bool {
        self.end.is_none_or(|end| end > now)
    }

    /// Lets it end at a time, or never; the server clamps what it is asked for.
    pub(super) fn expire_at(&mut self, wanted: Option<i64>) {
        self.end = wanted.map(|end| self.start + (end - self.start).clamp(SHORTEST_LIFE, LONGEST_LIFE));
    }
}

impl Images {
    /// The tag of that name, while it is alive.
    pub(super) fn tag(&self, name: &str, now: i64) -> Option<&Tag> {
        let mut newest_first = self.history.iter().rev();
        newest_first.find(|tag| tag.name == name && tag.is_alive(now))
    }

    /// The same, to change it.
    pub(super) fn tag_mut(&mut self, name: &str, now: i64) -> Option<&mut Tag> {
        let mut newest_first = self.history.iter_mut().rev();
        newest_first.find(|tag| tag.name == name && tag.is_alive(now))
    }

    /// Lets a name point to a manifest from now on; what it pointed to before stays in the history.
    pub(super) fn point(&mut self, name: &str, digest: &str, now: i64, reversion: bool) {
        if let Some(old) = self.tag_mut(name, now) {
            old.end = Some(now);
        }
        self.history.push(Tag {
            name: name.to_owned(),
            digest: digest.to_owned(),
            start: now,
            end: None,
            reversion,
            immutable: false,
        });
    }

    /// All tags, the newest first.
    pub(super) fn newest_first(&self) -> Vec<&Tag> {
        let mut tags: Vec<&Tag> = self.history.iter().rev().collect();
        tags.sort_by_key(|tag| std::cmp::Reverse(tag.start));
        tags
    }
}

impl Manifest {
    /// A manifest with one layer of that size.
    pub(super) fn of_size(size: i64) -> Manifest {
        let data = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": { "digest": digest_of("config"), "size": 2, "mediaType": CONFIG_MEDIA_TYPE },
            "layers": [{
                "digest": digest_of(&format!("layer of {size}")),
                "size": size,
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
            }],
        });
        Manifest {
            is_list: false,
            size,
            data: data.to_string(),
            config_media_type: Some(CONFIG_MEDIA_TYPE.to_owned()),
            commands: Vec::new(),
            labels: Vec::new(),
            scan: None,
        }
    }
}

/// A digest that is the same for the same text.
pub(super) fn digest_of(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hexadecimal}")
}
