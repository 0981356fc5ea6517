//! `/api/v1/discovery`: the routes that exist, as a small Swagger document (behaviour.md, 14).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::router::{self, Operation, Route};
use super::version;

pub(super) const ROUTES: &[Route] = &[Route::new("/api/v1/discovery", &[Operation::get("discovery", read)])];

/// What the server's own web interface uses, and does not tell others of.
const INTERNAL: [&str; 4] = [
    "/api/v1/signin",
    "/api/v1/superuser/changelog/",
    "/api/v1/superuser/registrysize/",
    "/api/v1/superuser/registrystatus",
];

fn read(call: &mut Call<'_>) -> Reply {
    let (mut paths, mut definitions) = (Map::new(), Map::new());
    for route in
        router::routes(call.store).filter(|route| route.path.starts_with("/api/") && !INTERNAL.contains(&route.path))
    {
        let mut operations = Map::new();
        for operation in route.operations {
            operations.insert(operation.method.to_ascii_lowercase(), describe(operation));
            if let Some((name, schema)) = operation.body {
                let mut schema = schema();
                version::strip(call.store.version, &mut schema);
                definitions.insert(name.to_owned(), schema);
            }
        }
        paths.insert(route.path.to_owned(), Value::Object(operations));
    }
    Ok(Answer::ok(&json!({
        "swagger": "2.0",
        "host": "127.0.0.1:8090",
        "basePath": "/",
        "schemes": ["http"],
        "info": { "version": "v1", "title": "Quay Frontend" },
        "paths": paths,
        "definitions": definitions,
    })))
}

fn describe(operation: &Operation) -> Value {
    let body = operation.body.map(|(name, _)| {
        let schema = json!({ "$ref": format!("#/definitions/{name}") });
        json!({ "name": "body", "in": "body", "required": true, "schema": schema })
    });
    json!({ "operationId": operation.id, "parameters": body.into_iter().collect::<Vec<_>>() })
}
