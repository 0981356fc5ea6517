//! App tokens: passwords of one's own account for one machine each.

use super::Noun;
use crate::operations::operation::{Column, Form, Handout, Input, Login, Operation, Right, Route, column};

const UUID: Input = Input::argument("uuid", Form::Text, "The token's uuid, as `token list` shows it");

const NEEDS: &[&str] = &["APP_SPECIFIC_TOKENS"];

const VIEW: &[Column] = &[
    column("uuid", "/uuid"),
    column("title", "/title"),
    column("created", "/created"),
    column("expires", "/expiration"),
    column("last used", "/last_accessed"),
];

const CODE: Handout = Handout {
    at: "/token/token_code",
    what: "the app token",
    name: "/token/title",
    login: Some(Login::Always("$app")),
    is_shown_once: false,
};

pub(super) const NOUN: Noun = Noun {
    name: "token",
    about: "App tokens of your own account, to log in with from one machine",
    operations: &[
        Operation::new("token", "list", "Your app tokens; with --superuser those of everybody")
            .takes(&[
                Input::query("expiring", "expiring", Form::Switch, "Only those that end soon"),
                Input::choice("superuser", "Those of everybody"),
            ])
            .sends(&[
                Route::get("/superuser/apptokens", Right::Superuser)
                    .needs(NEEDS)
                    .chosen_by("superuser"),
                Route::get("/user/apptoken", Right::Own).needs(NEEDS),
            ])
            .lists("/tokens", VIEW),
        Operation::new("token", "show", "One of your app tokens, with the token itself")
            .takes(&[UUID])
            .sends(&[Route::get("/user/apptoken/{uuid}", Right::Own).needs(NEEDS)])
            .shows("/token", VIEW)
            .hands_out(CODE),
        Operation::new("token", "create", "Make an app token")
            .takes(&[Input::body("title", "/title", Form::Text, "What it is called")
                .required()
                .positional()])
            .sends(&[Route::post("/user/apptoken", Right::Own).needs(NEEDS)])
            .shows("/token", VIEW)
            .hands_out(CODE),
        Operation::new("token", "revoke", "Take an app token out of use")
            .takes(&[UUID])
            .sends(&[Route::delete("/user/apptoken/{uuid}", Right::Own).needs(NEEDS)])
            .says("App token {uuid} is revoked.")
            .destroys("the token: whoever logs in with it no longer can"),
    ],
};
