//! The builder: it works on a build as often as somebody looks, so that a build takes a few looks and no time
//! (built from api.md, 3.17; the recorded server had no builder, and every build waited there).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::image::{Manifest, digest_of};
use super::records::LogEntry;
use super::store::Store;

/// A build of a repository's image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Build {
    pub id: String,
    pub phase: String,
    pub started: i64,
    pub display_name: String,
    pub dockerfile_path: String,
    pub context: String,
    pub tags: Vec<String>,
    pub manual_user: Option<String>,
    /// The trigger that started it.
    pub trigger: Option<String>,
    pub trigger_metadata: Value,
    pub pull_robot: Option<String>,
    pub archive_url: Option<String>,
    /// Oldest first.
    pub log: Vec<Value>,
}

/// Who carries out builds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Builder {
    /// Whether there is none, so that builds wait for ever, those of CocktailCloud too.
    pub is_away: bool,
    /// By the URL of an archive, why its builds fail.
    pub failures: IndexMap<String, String>,
}

/// What a build goes through, one phase at a look.
const PHASES: [&str; 6] = ["waiting", "unpacking", "pulling", "building", "pushing", "complete"];

/// The size of an image that was built here, in bytes.
const SIZE: i64 = 4_096;

impl Build {
    /// Whether nothing will change any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.phase.as_str(), "complete" | "error" | "cancelled")
    }

    fn enter(&mut self, phase: &str) {
        phase.clone_into(&mut self.phase);
        self.log.push(json!({ "type": "phase", "message": phase }));
    }
}

impl Store {
    /// Whether a look at some build may change something.
    pub(super) fn is_building(&self) -> bool {
        let mut builds = self.repositories.values().flat_map(|repository| &repository.builds);
        let builds = builds.any(|build| !build.is_over()) || self.cocktail.runs.iter().any(|run| !run.is_over());
        builds && !self.builder.is_away
    }

    /// Takes a build one phase further; the last one makes its tags.
    pub(super) fn work_on(&mut self, namespace: &str, name: &str, id: &str) {
        let Builder { is_away, failures } = self.builder.clone();
        let builds = self.repository_mut(namespace, name).map(|found| &mut found.builds);
        let build = builds.and_then(|builds| builds.iter_mut().find(|build| build.id == id));
        let Some(build) = build.filter(|build| !is_away && !build.is_over()) else {
            return;
        };
        let place = PHASES
            .iter()
            .position(|phase| *phase == build.phase)
            .unwrap_or_default();
        let failure = build.archive_url.as_ref().and_then(|url| failures.get(url));
        match (PHASES[(place + 1).min(PHASES.len() - 1)], failure) {
            ("pushing", Some(reason)) => {
                build.enter("error");
                build.log.push(json!({ "type": "error", "message": reason }));
            }
            ("complete", _) => {
                build.enter("complete");
                let (tags, id) = (build.tags.clone(), build.id.clone());
                self.push(namespace, name, &tags, &id);
            }
            (phase, _) => {
                build.enter(phase);
                if phase == "building" {
                    let steps = ["Step 1/2 : FROM scratch", "Step 2/2 : COPY . /"];
                    build
                        .log
                        .extend(steps.map(|step| json!({ "type": "command", "message": step })));
                }
            }
        }
    }

    /// Does what a push of a new image under these names does; what is protected stays.
    pub(super) fn push(&mut self, namespace: &str, name: &str, tags: &[String], content: &str) {
        let now = self.clock;
        let digest = digest_of(content);
        let Some(repository) = self.repository_mut(namespace, name) else {
            return;
        };
        let images = &mut repository.images;
        images
            .manifests
            .entry(digest.clone())
            .or_insert_with(|| Manifest::of_size(SIZE));
        for tag in tags {
            if !images.tag(tag, now).is_some_and(|old| old.immutable) {
                images.point(tag, &digest, now, false);
            }
        }
        repository.last_modified = Some(now);
        let id = repository.id;
        for tag in tags {
            self.logs.push(LogEntry {
                time: now,
                kind: "push_repo".to_owned(),
                metadata: json!({ "repo": name, "namespace": namespace, "tag": tag }),
                performer: None,
                namespace: Some(namespace.to_owned()),
                repository: Some(id),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{registry, send};

    const WEB: &str = "/api/v1/repository/acme/web";
    const ARCHIVE: &str = "https://example.com/web.tar.gz";

    /// Asks for a build of `v1` and looks until it is over: its last phase, and the messages of its log.
    fn built(seed: &str) -> (String, Vec<Value>, Value) {
        let mut registry = registry(seed);
        let body = json!({ "archive_url": ARCHIVE, "docker_tags": ["v1"] });
        let (status, build) = send(&mut registry, "POST", &format!("{WEB}/build/"), &body);
        assert_eq!((status, &build["phase"]), (201, &json!("waiting")));
        let below = |rest: &str| format!("{WEB}/build/{}{rest}", build["id"].as_str().unwrap());
        let look = |_| send(&mut registry, "GET", &below("/status"), &Value::Null).1["phase"].clone();
        let phases: Vec<Value> = (0..6).map(look).collect();
        let (_, log) = send(&mut registry, "GET", &below("/logs?start=1"), &Value::Null);
        let messages = log["logs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["message"].clone());
        let (messages, last) = (messages.collect(), phases[5].as_str().unwrap().to_owned());
        let tags = send(
            &mut registry,
            "GET",
            &format!("{WEB}/tag/?specificTag=v1"),
            &Value::Null,
        );
        (last, messages, tags.1["tags"].clone())
    }

    #[test]
    fn a_build_takes_a_few_looks_and_makes_its_tags() {
        let (phase, messages, tags) =
            built(r#"{"organizations": [{"name": "acme", "repositories": [{"name": "web"}]}]}"#);
        assert_eq!(phase, "complete");
        assert!(messages.contains(&json!("Step 2/2 : COPY . /")), "{messages:?}");
        assert_eq!(tags[0]["name"], "v1");
    }

    #[test]
    fn a_failing_build_says_why_and_makes_nothing() {
        let (phase, messages, tags) = built(
            r#"{"builder": {"failures": {"https://example.com/web.tar.gz": "COPY failed: no such file"}},
                "organizations": [{"name": "acme", "repositories": [{"name": "web"}]}]}"#,
        );
        assert_eq!(phase, "error");
        assert_eq!(messages.last(), Some(&json!("COPY failed: no such file")));
        assert_eq!(tags, json!([]));
    }

    #[test]
    fn without_a_builder_builds_wait() {
        let seed =
            r#"{"builder": {"away": true}, "organizations": [{"name": "acme", "repositories": [{"name": "web"}]}]}"#;
        assert_eq!(built(seed).0, "waiting");
    }
}
