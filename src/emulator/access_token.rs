//! Access tokens of repositories, which are gone: every call says so (api.md, 3.20; tokens_builds_triggers.json of the
//! recordings).

use super::answer::{Answer, Reply};
use super::call::Call;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        "/api/v1/repository/{repository}/tokens/",
        &[
            Operation::get("listRepoTokens", handle),
            Operation::post("createToken", create),
        ],
    ),
    Route::new(
        "/api/v1/repository/{repository}/tokens/{code}",
        &[
            Operation::get("getTokens", handle),
            Operation::put("changeToken", handle),
            Operation::delete("deleteToken", handle),
        ],
    ),
];

fn handle(_call: &mut Call<'_>) -> Reply {
    Err(gone("Handling"))
}

fn create(_call: &mut Call<'_>) -> Reply {
    Err(gone("Creation"))
}

fn gone(what: &str) -> Answer {
    Answer::message(410, &format!("{what} of access tokens is no longer supported"))
}
