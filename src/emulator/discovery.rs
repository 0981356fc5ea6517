//! `/api/v1/discovery`: the routes that exist, as a small Swagger document (behaviour.md, 14).

use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::router::{self, Operation, Route};
use super::store::Store;
use super::version;

pub(super) const ROUTES: &[Route] = &[Route::new("/api/v1/discovery", &[Operation::get("discovery", read)])];

/// What the server's own web interface uses, and does not tell others of.
const INTERNAL: [&str; 4] = [
    "/api/v1/signin",
    "/api/v1/superuser/changelog/",
    "/api/v1/superuser/registrysize/",
    "/api/v1/superuser/registrystatus",
];

/// What servers of one version with the same features answer.
struct Known {
    version: u32,
    features: IndexMap<String, bool>,
    answer: Answer,
}

/// Almost every plan asks for one, and it takes long to put together.
static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());

fn read(call: &mut Call<'_>) -> Reply {
    let (version, features) = (call.store.version, &call.store.features);
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = all.iter();
    if let Some(known) = known.find(|known| known.version == version && known.features == *features) {
        return Ok(known.answer.clone());
    }
    let answer = Answer::ok(&document(call.store));
    all.push(Known {
        version,
        features: features.clone(),
        answer: answer.clone(),
    });
    Ok(answer)
}

fn document(store: &Store) -> Value {
    let (mut paths, mut definitions) = (Map::new(), Map::new());
    for route in
        router::routes(store).filter(|route| route.path.starts_with("/api/") && !INTERNAL.contains(&route.path))
    {
        let mut operations = Map::new();
        for operation in route.operations {
            operations.insert(operation.method.to_ascii_lowercase(), describe(operation));
            if let Some((name, schema)) = operation.body {
                let mut schema = schema();
                version::strip(store.version, &mut schema);
                definitions.insert(name.to_owned(), schema);
            }
        }
        paths.insert(route.path.to_owned(), Value::Object(operations));
    }
    json!({
        "swagger": "2.0",
        "host": "127.0.0.1:8090",
        "basePath": "/",
        "schemes": ["http"],
        "info": { "version": "v1", "title": "Quay Frontend" },
        "paths": paths,
        "definitions": definitions,
    })
}

fn describe(operation: &Operation) -> Value {
    let body = operation.body.map(|(name, _)| {
        let schema = json!({ "$ref": format!("#/definitions/{name}") });
        json!({ "name": "body", "in": "body", "required": true, "schema": schema })
    });
    json!({ "operationId": operation.id, "parameters": body.into_iter().collect::<Vec<_>>() })
}
