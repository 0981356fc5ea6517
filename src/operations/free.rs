//! Requests that no row of the table has: `quayform api METHOD PATH`.
//!
//! The server takes what it does not know below a repository for the name of another repository, so that a mistyped
//! DELETE deletes that one (behaviour.md, 1). Its own description of its API is asked before anything is written.

use serde_json::{Map, Value as Json};

use super::judge::Problem;
use super::operation::{Right, Route};
use super::request::{Prepared, put, with_query};
use crate::http::Method;
use crate::manifest::route_word_in;

/// What such a request is judged by: nothing is known of who may send it.
static ROUTES: [Route; 4] = [
    Route::get("", Right::Unknown),
    Route::post("", Right::Unknown),
    Route::put("", Right::Unknown),
    Route::delete("", Right::Unknown),
];

/// A request to a path of the API (with or without `/api/v1`, and with its query). Fields go into the body, of reads into
/// the query.
pub fn prepare(
    method: Method,
    path: &str,
    fields: &[(String, Json)],
    input: Option<Json>,
) -> Result<Prepared, Problem> {
    let refused = |message: String, help: &str| Err(Problem::new(message, help));
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    let Some(rest) = plain.strip_prefix('/') else {
        return refused(
            format!("`{path}` is no path of the API"),
            "write it from the slash after /api/v1 on: /organization/acme",
        );
    };
    let inner = rest.strip_suffix('/').unwrap_or(rest);
    if inner.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return refused(
            format!("`{path}` has a part that is empty or means another path"),
            "the registry could take it for something else; check the path",
        );
    }
    let mut target = format!("/api/v1{path}");
    let mut body = input;
    for (name, value) in fields {
        if method == Method::Get {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            target = with_query(&target, name, &text);
        } else {
            put(&mut body, &format!("/{name}"), value.clone());
        }
    }
    let route = ROUTES.iter().find(|route| route.method == method).unwrap_or(&ROUTES[0]);
    Ok(Prepared { route, target, body })
}

/// Refuses a write that the server's own description of its API does not have.
pub fn check(prepared: &Prepared, description: &Json) -> Result<(), Problem> {
    let path = prepared.target.split('?').next().unwrap_or_default();
    let repository = path.strip_prefix("/api/v1/repository/");
    if let Some(word) = repository.and_then(route_word_in)
        && best(description, prepared.route.method, path) == Some("/api/v1/repository/{repository}")
    {
        return Err(Problem::new(
            format!("the registry would take `{word}` in {path} for a part of a repository's name"),
            "the method does not exist there, or the feature is off: `quayform registry discovery` has all of them",
        ));
    }
    if best(description, prepared.route.method, path).is_none() {
        return Err(Problem::new(
            format!(
                "the registry's description of its API has no {} {path}",
                prepared.route.method
            ),
            "check method, path and final slash with `quayform registry discovery`, or send it all the same with --unlisted",
        ));
    }
    Ok(())
}

/// The most special template that fits, among those with the method.
fn best<'d>(description: &'d Json, method: Method, path: &str) -> Option<&'d str> {
    let word = method.to_string().to_lowercase();
    let paths: Option<&Map<String, Json>> = description.get("paths").and_then(Json::as_object);
    paths
        .into_iter()
        .flatten()
        .filter(|(template, operations)| operations.get(&word).is_some() && fits(template, path))
        .map(|(template, _)| template.as_str())
        .max_by_key(|template| template.split('/').filter(|part| !part.starts_with('{')).count())
}

/// Whether a path has the form of a template; a repository takes two segments or more.
fn fits(template: &str, path: &str) -> bool {
    let (pattern, segments): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let alike = |(expected, segment): (&&str, &&str)| {
        if expected.starts_with('{') {
            !segment.is_empty()
        } else {
            expected == segment
        }
    };
    let Some(place) = pattern.iter().position(|part| *part == "{repository}") else {
        return pattern.len() == segments.len() && pattern.iter().zip(&segments).all(alike);
    };
    let after = pattern.len() - place - 1;
    if segments.len() <= pattern.len() {
        return false;
    }
    let middle = &segments[place..segments.len() - after];
    pattern[..place].iter().zip(&segments).all(alike)
        && middle.iter().all(|segment| !segment.is_empty())
        && pattern[place + 1..]
            .iter()
            .zip(&segments[segments.len() - after..])
            .all(alike)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description() -> Json {
        json!({"paths": {
            "/api/v1/repository/{repository}": {"get": {}, "put": {}, "delete": {}},
            "/api/v1/repository/{repository}/mirror": {"get": {}, "post": {}, "put": {}},
            "/api/v1/repository/{repository}/notification/": {"get": {}, "post": {}},
            "/api/v1/organization/{orgname}": {"get": {}, "put": {}, "delete": {}},
        }})
    }

    fn checked(method: Method, path: &str) -> bool {
        let prepared = prepare(method, path, &[], None).unwrap();
        check(&prepared, &description()).is_ok()
    }

    #[test]
    fn a_write_that_would_hit_something_else_is_refused() {
        for (method, path, passes) in [
            (Method::Put, "/repository/acme/api/mirror", true),
            (Method::Delete, "/repository/acme/api/mirror", false),
            (Method::Delete, "/repository/acme/api", true),
            (Method::Delete, "/repository/acme/nested/api", true),
            (Method::Post, "/repository/acme/api/notification/", true),
            (Method::Post, "/repository/acme/api/notification", false),
            (Method::Put, "/organization/acme", true),
            (Method::Put, "/organisation/acme", false),
        ] {
            assert_eq!(checked(method, path), passes, "{method} {path}");
        }
    }

    #[test]
    fn paths_that_mean_others_are_refused() {
        for path in [
            "organization/acme",
            "/repository/acme//mirror",
            "/repository/acme/../other",
            "/",
            "/user//",
        ] {
            assert!(prepare(Method::Get, path, &[], None).is_err(), "{path}");
        }
    }

    #[test]
    fn fields_go_where_the_method_takes_them() {
        let fields = [("a/b".to_owned(), json!(1)), ("c".to_owned(), json!("x y"))];
        let read = prepare(Method::Get, "/api/v1/user/logs?x=1", &fields[1..], None).unwrap();
        assert_eq!(
            (read.target.as_str(), read.body),
            ("/api/v1/user/logs?x=1&c=x%20y", None)
        );
        let write = prepare(Method::Post, "/messages", &fields, None).unwrap();
        assert_eq!(write.body, Some(json!({"a": {"b": 1}, "c": "x y"})));
    }
}
