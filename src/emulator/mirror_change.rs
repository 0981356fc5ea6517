//! Changes of a mirror: part after part, without a way back when a later part is refused (api.md, 3.8; mirror.json of
//! the recordings, exchanges 11 to 49).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::mirror::{admit_robot, log_change};
use super::mirror_body::{architectures, changed_mirror, rule, start_date, text};
use super::mirror_reference;
use super::records::Mirror;

/// Changes what the body names, and answers 201 even where that is nothing.
pub(super) fn update(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let body = call.json_object(&changed_mirror())?;
    let mut change = Change { call, namespace, name };
    change.mirror()?;
    change.switch(&body)?;
    change.reference(&body)?;
    change.robot(&body)?;
    change.schedule(&body)?;
    change.credentials(&body)?;
    change.registry(&body)?;
    change.rule(&body)?;
    change.architectures(&body)?;
    Ok(Answer::json(201, &json!("")))
}

/// A change under way; the order of its parts is the server's, as far as it is known.
struct Change<'a, 'b> {
    call: &'a mut Call<'b>,
    namespace: String,
    name: String,
}

impl Change<'_, '_> {
    fn mirror(&mut self) -> Result<&mut Mirror, Answer> {
        let repository = self.call.store.repository_mut(&self.namespace, &self.name);
        repository
            .and_then(|repository| repository.mirror.as_mut())
            .ok_or_else(Answer::not_found)
    }

    fn log(&mut self, changed: &str, to: Value) {
        log_change(self.call, &self.namespace, &self.name, changed, to);
    }

    fn switch(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        if let Some(on) = body.get("is_enabled").and_then(Value::as_bool) {
            self.mirror()?.is_enabled = on;
            self.log("is_enabled", json!(on));
        }
        Ok(())
    }

    fn reference(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        let Some(reference) = text(body, "external_reference") else {
            return Ok(());
        };
        if reference.is_empty() {
            // Not recorded.
            return Err(Answer::detail(400, "Empty string is an invalid repository location."));
        }
        mirror_reference::check(reference)?;
        self.mirror()?.external_reference = reference.to_owned();
        self.log("external_reference", json!(reference));
        Ok(())
    }

    /// The new robot may push from now on, and the old one still may. The log has no word on it (api.md, 5.4).
    fn robot(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        if let Some(robot) = text(body, "robot_username") {
            admit_robot(self.call, &self.namespace, &self.name, robot)?;
            self.mirror()?.robot = robot.to_owned();
        }
        Ok(())
    }

    fn schedule(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        if let Some(seconds) = start_date(body)? {
            self.mirror()?.sync_start_date = text(body, "sync_start_date").map(str::to_owned);
            self.log("sync_start_date", json!(seconds));
        }
        if let Some(interval) = body.get("sync_interval").and_then(Value::as_i64) {
            self.mirror()?.sync_interval = interval;
            self.log("sync_interval", json!(interval));
        }
        if let Some(timeout) = body.get("skopeo_timeout_interval").and_then(Value::as_i64) {
            self.mirror()?.skopeo_timeout_interval = timeout;
            self.log("skopeo_timeout_interval", json!(timeout));
        }
        Ok(())
    }

    /// A name alone keeps the password, a password needs a name, and both can be removed together (exchanges 16 to 21).
    fn credentials(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        let owned = |value: &Value| value.as_str().map(str::to_owned);
        let username = body.get("external_registry_username").map(owned);
        let password = body.get("external_registry_password").map(owned);
        match (&username, &password) {
            (None, Some(_)) => {
                let text = "Unable to set a new password without also specifying a username.";
                return Err(Answer::detail(400, text));
            }
            (Some(None), Some(Some(_))) => {
                let text = "Unable to delete username while setting a password.";
                return Err(Answer::detail(400, text));
            }
            _ => {}
        }
        if let Some(username) = username {
            self.mirror()?.username = username.clone();
            self.log("external_registry_username", json!(username));
        }
        if let Some(password) = password {
            let shown = password.as_ref().map(|_| "********");
            self.mirror()?.password = password;
            self.log("external_registry_password", json!(shown));
        }
        Ok(())
    }

    /// Key is merged after key; none can be removed. The first proxy key of a mirror that has no proxy yet is lost: the
    /// server makes the object for it and forgets to put the key in (behaviour.md, hazards).
    fn registry(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        let Some(wanted) = body.get("external_registry_config") else {
            return Ok(());
        };
        for key in ["verify_tls", "unsigned_images"] {
            if let Some(value) = wanted.get(key) {
                self.mirror()?.external_registry_config[key] = value.clone();
                self.log(key, value.clone());
            }
        }
        for key in ["http_proxy", "https_proxy", "no_proxy"] {
            let Some(value) = wanted.get("proxy").and_then(|proxy| proxy.get(key)) else {
                continue;
            };
            let config = &mut self.mirror()?.external_registry_config;
            if config.get("proxy").is_some() {
                config["proxy"][key] = value.clone();
            } else {
                config["proxy"] = json!({});
            }
            self.log(key, value.clone());
        }
        Ok(())
    }

    /// The server changes the first rule of the repository, which is not this mirror's where an earlier creation failed
    /// and left one: then 201 changes nothing that can be seen (behaviour.md, hazards).
    fn rule(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        if !body.contains_key("root_rule") {
            return Ok(());
        }
        let tags = rule(body)?;
        let repository = self
            .call
            .store
            .repository_mut(&self.namespace, &self.name)
            .ok_or_else(Answer::not_found)?;
        match (&mut repository.orphan_mirror_rule, &mut repository.mirror) {
            (Some(orphan), _) => *orphan = tags.clone(),
            (None, Some(mirror)) => mirror.root_rule = tags.clone(),
            (None, None) => {}
        }
        self.log("mirror_rule", json!(tags));
        Ok(())
    }

    fn architectures(&mut self, body: &Map<String, Value>) -> Result<(), Answer> {
        if body.contains_key("architecture_filter") {
            let architectures = architectures(self.call, body)?;
            self.mirror()?.architecture_filter = architectures.clone();
            self.log("architecture_filter", json!(architectures));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::registry::Registry;
    use super::super::request::IncomingRequest;
    use super::super::seed::Seed;

    const MIRROR: &str = "/api/v1/repository/acme/web/mirror";

    fn registry() -> Registry {
        let text = r#"{"organizations": [{"name": "acme", "robots": ["bot"], "repositories": [{"name": "web"}]}]}"#;
        Registry::with_seed(&Seed::from_json(text).unwrap()).unwrap()
    }

    fn send(registry: &mut Registry, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = IncomingRequest::new(method, path).with_token("emulator-token");
        let answer = registry.handle(&request.with_json(body));
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    fn new_mirror(robot: &str) -> Value {
        json!({
            "external_reference": "quay.io/acme/web",
            "sync_interval": 3600,
            "sync_start_date": "2030-01-02T03:04:05Z",
            "skopeo_timeout_interval": 300,
            "robot_username": robot,
            "root_rule": { "rule_kind": "tag_glob_csv", "rule_value": ["latest"] },
        })
    }

    fn shown(registry: &mut Registry) -> Value {
        send(registry, "GET", MIRROR, &Value::Null).1
    }

    #[test]
    fn a_creation_that_fails_on_its_robot_blocks_later_changes_of_the_rule() {
        let mut registry = registry();
        assert_eq!(send(&mut registry, "POST", MIRROR, &new_mirror("acme+none")).0, 400);
        assert_eq!(send(&mut registry, "POST", MIRROR, &new_mirror("acme+bot")).0, 201);
        let rule = json!({ "root_rule": { "rule_kind": "tag_glob_csv", "rule_value": ["v*"] } });
        assert_eq!(send(&mut registry, "PUT", MIRROR, &rule).0, 201);
        assert_eq!(shown(&mut registry)["root_rule"]["rule_value"], json!(["latest"]));
        // The way out: the repository anew.
        send(&mut registry, "DELETE", "/api/v1/repository/acme/web", &Value::Null);
        let repository =
            json!({ "namespace": "acme", "repository": "web", "visibility": "private", "description": "" });
        send(&mut registry, "POST", "/api/v1/repository", &repository);
        send(&mut registry, "POST", MIRROR, &new_mirror("acme+bot"));
        send(&mut registry, "PUT", MIRROR, &rule);
        assert_eq!(shown(&mut registry)["root_rule"]["rule_value"], json!(["v*"]));
    }

    #[test]
    fn an_unknown_field_fails_after_the_robot_was_admitted() {
        let mut registry = registry();
        let mut body = new_mirror("acme+bot");
        body["tags"] = json!(["latest"]);
        assert_eq!(send(&mut registry, "POST", MIRROR, &body).0, 500);
        assert_eq!(send(&mut registry, "GET", MIRROR, &Value::Null).0, 404);
        assert_eq!(
            registry.role_of("acme+bot", "acme/web").map(|role| role.name()),
            Some("write")
        );
    }

    #[test]
    fn the_first_proxy_key_is_lost() {
        let mut registry = registry();
        send(&mut registry, "POST", MIRROR, &new_mirror("acme+bot"));
        let proxy = json!({ "http_proxy": "http://p:1", "no_proxy": "localhost" });
        let change = json!({ "external_registry_config": { "proxy": proxy } });
        send(&mut registry, "PUT", MIRROR, &change);
        let kept = &shown(&mut registry)["external_registry_config"];
        assert_eq!(*kept, json!({ "proxy": { "no_proxy": "localhost" } }));
        send(&mut registry, "PUT", MIRROR, &change);
        assert_eq!(
            shown(&mut registry)["external_registry_config"]["proxy"]["http_proxy"],
            "http://p:1"
        );
    }

    #[test]
    fn a_disabled_mirror_holds_its_robot_until_garbage_collection_of_the_repository() {
        let mut registry = registry();
        send(&mut registry, "POST", MIRROR, &new_mirror("acme+bot"));
        send(&mut registry, "PUT", MIRROR, &json!({ "is_enabled": false }));
        send(
            &mut registry,
            "PUT",
            "/api/v1/repository/acme/web/changestate",
            &json!({ "state": "NORMAL" }),
        );
        let robot = "/api/v1/organization/acme/robots/bot";
        assert_eq!(send(&mut registry, "DELETE", robot, &Value::Null).0, 400);
        send(&mut registry, "DELETE", "/api/v1/repository/acme/web", &Value::Null);
        assert_eq!(send(&mut registry, "DELETE", robot, &Value::Null).0, 400);
        registry.garbage_collect();
        assert_eq!(send(&mut registry, "DELETE", robot, &Value::Null).0, 204);
    }
}
