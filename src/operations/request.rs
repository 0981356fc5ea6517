//! From inputs to the request: which route fits, and what it sends.

use serde_json::{Map, Value as Json};

use super::inputs::Inputs;
use super::operation::{Constant, Form, Input, Operation, Place, Route};
use crate::http::Method;
use crate::kinds::targets::encode;
use crate::model::Target;

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The route that fits.
    pub route: &'static Route,
    /// The path from the origin on, with its query.
    pub target: String,
    /// The JSON body.
    pub body: Option<Json>,
}

/// Chooses the first route that fits what is given, and fills it in. The error says what is missing.
pub fn prepare(operation: &'static Operation, inputs: &Inputs) -> Result<Prepared, String> {
    let fits = |route: &&Route| {
        let chosen = match route.chosen_by {
            Some(switch) => inputs.value(switch).is_some(),
            None => true,
        };
        chosen && route.parameters().all(|name| inputs.segment(name).is_some())
    };
    let route = operation
        .routes
        .iter()
        .find(fits)
        .ok_or_else(|| lacking(operation, inputs))?;
    Ok(Prepared {
        route,
        target: target(operation, route, inputs),
        body: body(operation, route, inputs),
    })
}

/// A path with what is known put into it; `None` where something is not.
pub fn path(target: Target, template: &str, inputs: &Inputs) -> Option<String> {
    let mut path = target.root().to_owned();
    for segment in template.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => path.push_str(inputs.segment(name)?),
            None => path.push_str(segment),
        }
    }
    Some(path)
}

/// The same target with one thing more in its query.
pub fn with_query(target: &str, name: &str, value: &str) -> String {
    let separator = if target.contains('?') { '&' } else { '?' };
    format!("{target}{separator}{name}={}", encode(value))
}

fn target(operation: &Operation, route: &Route, inputs: &Inputs) -> String {
    // `prepare` has seen that all of the path is there.
    let mut target = path(route.target, route.path, inputs).unwrap_or_default();
    for (place, constant) in route.constants {
        if let Place::Query(name) = place {
            target = with_query(&target, name, &word(&constant.json()));
        }
    }
    for input in operation.inputs {
        if let (Place::Query(name), Some(value)) = (input.place, inputs.value(input.name)) {
            target = with_query(&target, name, &word(value));
        }
    }
    target
}

/// A value in a query.
fn word(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn body(operation: &Operation, route: &Route, inputs: &Inputs) -> Option<Json> {
    if route.method == Method::Get {
        return None;
    }
    let mut body = None;
    for (place, constant) in route.constants {
        if let Place::Body(at) = place {
            put(&mut body, at, constant.json());
        }
    }
    for input in operation.inputs {
        let (Place::Body(at), Some(value)) = (input.place, inputs.value(input.name)) else {
            continue;
        };
        match (input.form, value.as_str().and_then(|text| text.split_once('/'))) {
            (Form::Repository, Some((namespace, name))) => {
                put(&mut body, "/namespace", namespace.into());
                put(&mut body, "/repository", name.into());
            }
            _ => put(&mut body, at, value.clone()),
        }
    }
    body
}

/// Puts a value at a JSON pointer, and makes the objects on the way; what an object goes to that is there already, it
/// adds to.
pub(super) fn put(body: &mut Option<Json>, at: &str, value: Json) {
    let mut place = body.get_or_insert_with(|| Json::Object(Map::new()));
    for key in at.split('/').skip(1) {
        if !place.is_object() {
            *place = Json::Object(Map::new());
        }
        place = &mut place[key];
    }
    match (place, value) {
        (Json::Object(present), Json::Object(more)) if at.is_empty() => present.extend(more),
        (place, value) => *place = value,
    }
}

impl Constant {
    fn json(self) -> Json {
        match self {
            Constant::Boolean(switch) => Json::Bool(switch),
            Constant::Text(text) => Json::from(text),
            Constant::Null => Json::Null,
            Constant::Object => Json::Object(Map::new()),
        }
    }
}

fn lacking(operation: &Operation, inputs: &Inputs) -> String {
    let names: Vec<String> = operation
        .inputs
        .iter()
        .filter(|input| matches!(input.place, Place::Path | Place::Choice) && inputs.value(input.name).is_none())
        .map(Input::shown)
        .collect();
    format!("it is not said what this is about: give {}", names.join(" or "))
}
