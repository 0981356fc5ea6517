//! `/api/v1/error/...`: what the types of problem documents mean (auth_and_errors, exchanges 76 to 87).

use serde_json::json;

use super::answer::{Answer, ORIGIN, Reply};
use super::call::Call;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[Route::new(
    "/api/v1/error/{error_type}",
    &[Operation::get("getErrorDescription", read)],
)];

fn read(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("error_type");
    let description = describe(&name).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(&json!({
        "type": format!("{ORIGIN}/api/v1/error/{name}"),
        "title": name,
        "description": description,
    })))
}

fn describe(name: &str) -> Option<&'static str> {
    Some(match name {
        "not_found" => "The resource was not found.",
        "invalid_token" => "The access token provided was invalid.",
        "invalid_request" => {
            "The request was invalid. It may have contained invalid values or was improperly formatted."
        }
        "insufficient_scope" => "The access token did not have sufficient scope to access the requested resource.",
        "fresh_login_required" => "The action requires a fresh login to succeed.",
        "expired_token" => "The access token provided has expired.",
        "exceeds_license" => "The action was refused because the current license does not allow it.",
        "external_service_timeout" => "An external service timed out. Retrying the request may resolve the issue.",
        "downstream_issue" => "An error occurred in a downstream service.",
        "tag_immutable" => "The tag is immutable and cannot be modified or deleted.",
        "token_rotation_failed" => "Token rotation failed.",
        _ => return None,
    })
}
