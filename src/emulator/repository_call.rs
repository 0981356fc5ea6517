//! What every call about a repository does first and last: ask for the right, and write to the usage log.

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::records::Role;

impl Call<'_> {
    /// Refuses who does not administer the repository (RA). Administrators of the namespace pass for any name in it.
    pub(super) fn require_repository_admin(&self, namespace: &str, name: &str) -> Result<(), Answer> {
        self.require_repository_role(namespace, name, Role::Admin)
    }

    /// Refuses who may not read what a repository's administrator may read (RA or GRO).
    pub(super) fn require_repository_admin_reader(&self, namespace: &str, name: &str) -> Result<(), Answer> {
        let is_admin = self
            .caller
            .has_repository_role(self.store, namespace, name, Role::Admin);
        self.require(is_admin || self.caller.reads_everything(self.store))
    }

    /// Writes an entry about a repository to the usage log: under the namespace alone where it does not exist, as the
    /// server does for phantom deletions (api.md, 1.3).
    pub(super) fn log_by_name(&mut self, kind: &str, namespace: &str, name: &str, metadata: Value) {
        match self.store.repository(namespace, name).map(|repository| repository.id) {
            Some(id) => self.log_repository(kind, namespace, id, metadata),
            None => self.log(kind, namespace, metadata),
        }
    }

    /// The same with the repository's name and namespace in the entry, and one field more.
    pub(super) fn log_field(&mut self, kind: &str, namespace: &str, name: &str, field: &str, value: Value) {
        let mut metadata = json!({ "repo": name, "namespace": namespace });
        metadata[field] = value;
        self.log_by_name(kind, namespace, name, metadata);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::registry::Registry;
    use super::super::request::IncomingRequest;
    use super::super::seed::Seed;

    const WEB: &str = "/api/v1/repository/acme/web";

    fn send(registry: &mut Registry, method: &str, path: &str, body: &Value) -> Value {
        let request = IncomingRequest::new(method, path).with_token("emulator-token");
        let answer = registry.handle(&request.with_json(body));
        assert!(answer.status < 300, "{method} {path} gave {}", answer.status);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    #[test]
    fn every_write_is_in_the_usage_log() {
        let seed = r#"{"users": [{"name": "bob"}], "organizations": [{"name": "acme"}]}"#;
        let mut registry = Registry::with_seed(&Seed::from_json(seed).unwrap()).unwrap();
        let below = |path: &str| format!("{WEB}{path}");
        let new = json!({ "namespace": "acme", "repository": "web", "visibility": "private", "description": "" });
        send(&mut registry, "POST", "/api/v1/repository", &new);
        send(&mut registry, "PUT", WEB, &json!({ "description": "x" }));
        let visibility = json!({ "visibility": "public" });
        send(&mut registry, "POST", &below("/changevisibility"), &visibility);
        send(
            &mut registry,
            "PUT",
            &below("/changestate"),
            &json!({ "state": "READ_ONLY" }),
        );
        send(
            &mut registry,
            "PUT",
            &below("/permissions/user/bob"),
            &json!({ "role": "read" }),
        );
        send(&mut registry, "DELETE", &below("/permissions/user/bob"), &Value::Null);
        let hook = json!({ "event": "repo_push", "method": "slack", "config": { "url": "x" }, "eventConfig": {} });
        let made = send(&mut registry, "POST", &below("/notification/"), &hook);
        let one = below(&format!("/notification/{}", made["uuid"].as_str().unwrap()));
        send(&mut registry, "POST", &one, &Value::Null);
        send(&mut registry, "DELETE", &one, &Value::Null);
        send(&mut registry, "DELETE", WEB, &Value::Null);
        let kinds: Vec<&str> = registry.store.logs.iter().map(|entry| entry.kind.as_str()).collect();
        let expected = [
            "create_repo",
            "set_repo_description",
            "change_repo_visibility",
            "change_repo_state",
            "change_repo_permission",
            "delete_repo_permission",
            "add_repo_notification",
            "reset_repo_notification",
            "delete_repo_notification",
            "delete_repo",
        ];
        assert_eq!(kinds, expected);
        let granted = &registry.store.logs[4];
        assert_eq!(granted.metadata["username"], "bob");
        assert_eq!(granted.metadata["oauth_token_application"], "quayform");
        assert!(granted.repository.is_some());
    }
}
