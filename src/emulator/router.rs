//! Finds the handler for a request, with the redirects and fall-throughs of the real routing (behaviour.md, 1).

use std::sync::LazyLock;

use serde_json::Value;

use super::answer::{Answer, ORIGIN, Reply};
use super::call::Call;
use super::request::IncomingRequest;
use super::store::Store;
use super::version;

/// Answers one request to one route.
pub(super) type Handler = fn(&mut Call<'_>) -> Reply;

/// The name and the schema of a body.
pub(super) type BodySchema = (&'static str, fn() -> Value);

/// One path of the API and what can be done with it.
pub(super) struct Route {
    /// The path with its parameters: `/api/v1/organization/{orgname}`. `{repository}` stands for two segments or more.
    pub path: &'static str,
    /// The features without which the route does not exist.
    pub features: &'static [&'static str],
    pub operations: &'static [Operation],
}

/// One method of a route.
pub(super) struct Operation {
    pub method: &'static str,
    /// The name that `/api/v1/discovery` gives it.
    pub id: &'static str,
    pub handler: Handler,
    /// The name and the schema of the body.
    pub body: Option<BodySchema>,
    /// Whether it changes something without a token: no CSRF check.
    pub is_open: bool,
}

impl Route {
    /// A route that is always there.
    pub(super) const fn new(path: &'static str, operations: &'static [Operation]) -> Route {
        Route {
            path,
            features: &[],
            operations,
        }
    }

    /// A route that needs features.
    pub(super) const fn with_features(
        path: &'static str,
        features: &'static [&'static str],
        operations: &'static [Operation],
    ) -> Route {
        Route {
            path,
            features,
            operations,
        }
    }

    fn operation(&self, method: &str) -> Option<&Operation> {
        let method = if method == "HEAD" { "GET" } else { method };
        self.operations.iter().find(|operation| operation.method == method)
    }
}

impl Operation {
    /// A read.
    pub(super) const fn get(id: &'static str, handler: Handler) -> Operation {
        Operation {
            method: "GET",
            id,
            handler,
            body: None,
            is_open: false,
        }
    }

    /// A POST; it has no body unless [`Operation::taking`] says so.
    pub(super) const fn post(id: &'static str, handler: Handler) -> Operation {
        Operation {
            method: "POST",
            id,
            handler,
            body: None,
            is_open: false,
        }
    }

    /// A PUT; it has no body unless [`Operation::taking`] says so.
    pub(super) const fn put(id: &'static str, handler: Handler) -> Operation {
        Operation {
            method: "PUT",
            id,
            handler,
            body: None,
            is_open: false,
        }
    }

    /// A DELETE.
    pub(super) const fn delete(id: &'static str, handler: Handler) -> Operation {
        Operation {
            method: "DELETE",
            id,
            handler,
            body: None,
            is_open: false,
        }
    }

    /// The same, which needs no proof of who is calling before its handler asks for one.
    pub(super) const fn open(mut self) -> Operation {
        self.is_open = true;
        self
    }

    /// The same with a body of that name and schema; discovery publishes it, the handler checks it.
    pub(super) const fn taking(mut self, name: &'static str, schema: fn() -> Value) -> Operation {
        self.body = Some((name, schema));
        self
    }
}

/// The tables of all families. A new family is one more line.
const FAMILIES: &[&[Route]] = &[
    super::application::ROUTES,
    super::application_token::ROUTES,
    super::authorization::ROUTES,
    super::authorized_email::ROUTES,
    super::access_token::ROUTES,
    super::app_token::ROUTES,
    super::auto_prune::ROUTES,
    super::build::ROUTES,
    super::capabilities::ROUTES,
    super::cocktail::ROUTES,
    super::config::ROUTES,
    super::default_permission::ROUTES,
    super::discovery::ROUTES,
    super::errors::ROUTES,
    super::immutability::ROUTES,
    super::label::ROUTES,
    super::manifests::ROUTES,
    super::message::ROUTES,
    super::mirror::ROUTES,
    super::namespace_notification::ROUTES,
    super::notification::ROUTES,
    super::organization::ROUTES,
    super::organization_member::ROUTES,
    super::organization_mirror::ROUTES,
    super::permission::ROUTES,
    super::proxy_cache::ROUTES,
    super::quota::ROUTES,
    super::quota_limit::ROUTES,
    super::quota_of_any::ROUTES,
    super::repository::ROUTES,
    super::robot::ROUTES,
    super::robot_federation::ROUTES,
    super::search::ROUTES,
    super::service_key::ROUTES,
    super::session::ROUTES,
    super::star::ROUTES,
    super::superuser::ROUTES,
    super::superuser_report::ROUTES,
    super::superuser_user::ROUTES,
    super::tag::ROUTES,
    super::team::ROUTES,
    super::team_members::ROUTES,
    super::trigger::ROUTES,
    super::usage_log::ROUTES,
    super::usage_log_export::ROUTES,
    super::user::ROUTES,
];

/// The routes that exist in the store's version and with its features.
pub(super) fn routes(store: &Store) -> impl Iterator<Item = &'static Route> {
    let all = FAMILIES.iter().flat_map(|family| family.iter());
    all.filter(|route| exists(store, route))
}

fn exists(store: &Store, route: &Route) -> bool {
    let has_route = version::has_route(store.version, route.path);
    has_route && route.features.iter().all(|feature| store.has_feature(feature))
}

/// What a request leads to.
pub(super) enum Target {
    Operation(&'static Operation, Vec<(&'static str, String)>),
    /// An answer of the routing itself: a redirect, 404 or 405.
    Answer(Answer),
}

/// Finds the operation for a request.
///
/// Routes are tried from the most specific on, and a route that lacks the method is passed over: below
/// `/repository/` this ends at the repository itself, since repository names may hold slashes.
pub(super) fn find(store: &Store, request: &IncomingRequest) -> Target {
    let path = request.path();
    let slashed = format!("{path}/");
    let segments: Vec<&str> = slashed.split('/').collect();
    // The path ends where the slash that is put to it begins another segment.
    let (with_slash, without) = (&segments[..], &segments[..segments.len() - 1]);
    let mut matching = Vec::new();
    let near = TEMPLATES
        .iter()
        .filter(|template| slashed.starts_with(template.beginning));
    for template in near {
        let route = template.route;
        let operation = route.operation(&request.method);
        // Whether a route exists takes longer to find out than whether its form fits.
        match template.parameters(without) {
            Some(parameters) if exists(store, route) => match operation {
                Some(operation) => return Target::Operation(operation, parameters),
                None => matching.push(route),
            },
            Some(_) => {}
            None if operation.is_some() && template.parameters(with_slash).is_some() && exists(store, route) => {
                return Target::Answer(redirect(request));
            }
            None => {}
        }
    }
    Target::Answer(without_operation(request, &path, &matching))
}

/// The answer where no route has the method. The web interface serves GET of every path that ends in a slash.
fn without_operation(request: &IncomingRequest, path: &str, matching: &[&Route]) -> Answer {
    match request.method.as_str() {
        "OPTIONS" => Answer {
            body: Vec::new(),
            ..Answer::html(200, "")
        }
        .with_header("allow", allowed(matching)),
        "GET" | "HEAD" if path.ends_with('/') => Answer::html(404, "Quay"),
        "GET" | "HEAD" => redirect(request),
        _ if matching.is_empty() => {
            Answer::html(405, "405 Method Not Allowed").with_header("allow", "OPTIONS, GET, HEAD".to_owned())
        }
        _ => Answer::message(405, "The method is not allowed for the requested URL.")
            .with_header("allow", allowed(matching)),
    }
}

fn allowed(matching: &[&Route]) -> String {
    let has = |method: &str| matching.iter().any(|route| route.operation(method).is_some());
    let mut methods: Vec<&str> = ["PUT", "POST", "DELETE"]
        .into_iter()
        .filter(|method| has(method))
        .collect();
    methods.extend(["OPTIONS", "GET", "HEAD"]);
    methods.join(", ")
}

fn redirect(request: &IncomingRequest) -> Answer {
    let origin = request
        .host
        .as_ref()
        .map_or_else(|| ORIGIN.to_owned(), |host| format!("http://{host}"));
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    Answer::redirect(format!("{origin}{path}/{query}"))
}

/// A route with its path taken apart.
struct Template {
    route: &'static Route,
    /// What every path of this form begins with: most are told apart by it.
    beginning: &'static str,
    segments: Vec<&'static str>,
    /// Where the repository stands, a namespace and a name of at least one segment.
    repository: Option<usize>,
}

/// All routes, from the most specific on.
static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let mut all: Vec<Template> = FAMILIES.iter().copied().flatten().map(Template::of).collect();
    all.sort_by_key(|template| std::cmp::Reverse(template.specificity()));
    all
});

impl Template {
    fn of(route: &'static Route) -> Self {
        let segments: Vec<&'static str> = route.path.split('/').collect();
        Template {
            route,
            beginning: route.path.split('{').next().unwrap_or_default(),
            repository: segments.iter().position(|segment| *segment == "{repository}"),
            segments,
        }
    }

    /// Fixed segments count most, then the number of segments.
    fn specificity(&self) -> (usize, usize) {
        let fixed = self.segments.iter().filter(|segment| !segment.starts_with('{')).count();
        (fixed, self.segments.len())
    }

    /// The parameters of a path that has the form of this template.
    fn parameters(&self, segments: &[&str]) -> Option<Vec<(&'static str, String)>> {
        let Some(place) = self.repository else {
            return matches_segments(&self.segments, segments);
        };
        let (before, after) = (&self.segments[..place], &self.segments[place + 1..]);
        let length = segments
            .len()
            .checked_sub(before.len() + after.len())
            .filter(|length| *length >= 2)?;
        let repository = &segments[place..place + length];
        if repository.iter().any(|segment| segment.is_empty()) {
            return None;
        }
        let mut parameters = matches_segments(before, &segments[..place])?;
        parameters.push(("repository", repository.join("/")));
        parameters.extend(matches_segments(after, &segments[place + length..])?);
        Some(parameters)
    }
}

fn matches_segments(pattern: &[&'static str], segments: &[&str]) -> Option<Vec<(&'static str, String)>> {
    if pattern.len() != segments.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (expected, segment) in pattern.iter().zip(segments) {
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => parameters.push((name, (*segment).to_owned())),
            None if expected == segment => {}
            None => return None,
        }
    }
    Some(parameters)
}
