//! E-mail addresses that were asked whether a repository may notify them (api.md, 3.10 and 7; that there is nothing of it
//! without mail is recorded in notifications.json, exchanges 101 and 102, the rest is not).

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::router::{Operation, Route};

pub(super) const ROUTES: &[Route] = &[Route::with_features(
    "/api/v1/repository/{repository}/authorizedemail/{email}",
    &["MAILING"],
    &[
        Operation::get("checkRepoEmailAuthorized", read),
        Operation::post("sendAuthorizeRepoEmail", ask),
    ],
)];

fn view(namespace: &str, name: &str, email: &str, confirmed: bool) -> Value {
    json!({ "email": email, "repository": name, "namespace": namespace, "confirmed": confirmed })
}

fn read(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let email = call.parameter("email");
    let repository = call.store.repository(&namespace, &name);
    let confirmed = repository.and_then(|repository| repository.authorized_emails.get(&email));
    let confirmed = *confirmed.ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(&view(&namespace, &name, &email, confirmed)))
}

/// Nothing is sent here: somebody else has to say that the link was followed.
fn ask(call: &mut Call<'_>) -> Reply {
    let (namespace, name) = call.repository_parameter();
    call.require_repository_admin(&namespace, &name)?;
    let email = call.parameter("email");
    let repository = call
        .store
        .repository_mut(&namespace, &name)
        .ok_or_else(Answer::not_found)?;
    let confirmed = *repository.authorized_emails.entry(email.clone()).or_default();
    Ok(Answer::ok(&view(&namespace, &name, &email, confirmed)))
}
