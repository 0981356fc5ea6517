//! `/config`: features and settings of the server, for everybody (config.json of the recordings).

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::router::{Operation, Route};
use super::store::Store;
use super::version;

pub(super) const ROUTES: &[Route] = &[Route::new("/config", &[Operation::get("getConfig", read)])];

// The file is part of the program; a test proves that it is JSON.
static RECORDED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("config.json")).unwrap_or_default());

/// The features of the recorded server.
pub(super) fn recorded_features() -> IndexMap<String, bool> {
    let features = RECORDED["features"].as_object().into_iter().flatten();
    features
        .map(|(name, on)| (name.clone(), on.as_bool().unwrap_or(false)))
        .collect()
}

/// How people sign in at the recorded server.
pub(super) fn recorded_authentication() -> String {
    RECORDED["config"]["AUTHENTICATION_TYPE"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What an administrator of the server has set, by name.
pub(super) fn settings(store: &Store) -> Value {
    let features = store.features.iter();
    features
        .map(|(name, on)| (format!("FEATURE_{name}"), Value::Bool(*on)))
        .collect::<Map<_, _>>()
        .into()
}

fn read(call: &mut Call<'_>) -> Reply {
    let mut config = RECORDED.clone();
    config["config"]["AUTHENTICATION_TYPE"] = Value::String(call.store.authentication.clone());
    let version = call.store.version;
    if let Some(features) = config["features"].as_object_mut() {
        features.retain(|name, _| version::has_feature(version, name));
    }
    if version == version::OLDEST {
        config.as_object_mut().map(|config| config.remove("version_number"));
    } else if version != version::NEWEST {
        config["version_number"] = format!("Quay v3.{version}.0").into();
    }
    let known = call.store.features.iter();
    for (name, on) in known.filter(|(name, _)| version::has_feature(version, name)) {
        config["features"][name] = Value::Bool(*on);
        let setting = format!("FEATURE_{name}");
        if config["config"].get(&setting).is_some() {
            config["config"][setting] = Value::Bool(*on);
        }
    }
    Ok(Answer::ok(&config))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_recorded_features_are_there() {
        assert_eq!(super::recorded_features().get("REPO_MIRROR"), Some(&true));
        assert_eq!(super::recorded_features().get("MAILING"), Some(&false));
    }
}
