//! OAuth applications of organizations, and their tokens.

use super::Noun;
use super::common::ORGANIZATION;
use crate::operations::operation::{Column, Form, Handout, Input, Operation, Paging, Right, Route, column};

const CLIENT_ID: Input = Input::argument(
    "client-id",
    Form::Text,
    "The application's client id, as `application list` shows it",
);

const VIEW: &[Column] = &[
    column("client id", "/client_id"),
    column("name", "/name"),
    column("description", "/description"),
    column("uri", "/application_uri"),
    column("redirects to", "/redirect_uri"),
];

const TOKENS: &[Column] = &[
    column("uuid", "/uuid"),
    column("name", "/name"),
    column("scope", "/scope"),
    column("made by", "/created_by"),
    column("expires", "/expires_at"),
    column("last used", "/last_accessed"),
];

const APPLICATION: &str = "/organization/{organization}/applications/{client-id}";

pub(super) const NOUN: Noun = Noun {
    name: "application",
    about: "OAuth applications of an organization, and their tokens",
    operations: &[
        Operation::new("application", "list", "The applications of an organization")
            .takes(&[ORGANIZATION])
            .sends(&[Route::get(
                "/organization/{organization}/applications",
                Right::OrganizationAdmin,
            )])
            .lists("/applications", VIEW),
        Operation::new("application", "show", "One application, without its secret")
            .takes(&[ORGANIZATION, CLIENT_ID])
            .sends(&[Route::get(APPLICATION, Right::OrganizationAdmin)])
            .shows("", VIEW),
        Operation::new(
            "application",
            "info",
            "What the registry tells everybody about an application",
        )
        .takes(&[CLIENT_ID])
        .sends(&[Route::get("/app/{client-id}", Right::Anyone)])
        .shows(
            "",
            &[
                column("name", "/name"),
                column("description", "/description"),
                column("uri", "/uri"),
                column("organization", "/organization/name"),
            ],
        ),
        Operation::new(
            "application",
            "secret",
            "Fetch the client secret of an application, as it is",
        )
        .takes(&[ORGANIZATION, CLIENT_ID])
        .sends(&[Route::get(APPLICATION, Right::OrganizationAdmin)])
        .shows("", VIEW)
        .hands_out(SECRET),
        Operation::new(
            "application",
            "reset-secret",
            "Give an application a new client secret: the old one is dead at once",
        )
        .takes(&[ORGANIZATION, CLIENT_ID])
        .sends(&[Route::post(
            "/organization/{organization}/applications/{client-id}/resetclientsecret",
            Right::OrganizationAdmin,
        )])
        .shows("", VIEW)
        .hands_out(SECRET)
        .loses("the application's present client secret, which whoever uses it must replace"),
        Operation::new(
            "application",
            "tokens",
            "The tokens of an application that have not expired",
        )
        .takes(&[ORGANIZATION, CLIENT_ID])
        .sends(&[Route::get(
            "/organization/{organization}/applications/{client-id}/tokens",
            Right::OrganizationAdmin,
        )])
        .pages("/tokens", Paging::NextPage, TOKENS),
        Operation::new(
            "application",
            "create-token",
            "Make a token of an application; the registry shows it only once",
        )
        .takes(&[
            ORGANIZATION,
            CLIENT_ID,
            Input::body("name", "/name", Form::Text, "What it is called").required(),
            Input::body(
                "scope",
                "/scope",
                Form::Text,
                "What it may do, separated by commas: repo:read,org:admin",
            )
            .required(),
            Input::body(
                "expires-in",
                "/expiration",
                Form::Duration,
                "How long it lives, as 90d; ten years otherwise",
            ),
        ])
        .sends(&[Route::post(
            "/organization/{organization}/applications/{client-id}/tokens",
            Right::OrganizationAdmin,
        )])
        .shows("", TOKENS)
        .hands_out(Handout {
            at: "/token",
            what: "the application's token",
            name: "/uuid",
            login: None,
            is_shown_once: true,
        }),
        Operation::new(
            "application",
            "revoke-token",
            "Take a token of an application out of use",
        )
        .takes(&[
            ORGANIZATION,
            CLIENT_ID,
            Input::argument("uuid", Form::Text, "The token's uuid, as `application tokens` shows it"),
        ])
        .sends(&[Route::delete(
            "/organization/{organization}/applications/{client-id}/tokens/{uuid}",
            Right::OrganizationAdmin,
        )])
        .says("Token {uuid} is revoked.")
        .destroys("the token: whoever uses it no longer can"),
    ],
};

const SECRET: Handout = Handout {
    at: "/client_secret",
    what: "the client secret",
    name: "/client_id",
    login: None,
    is_shown_once: false,
};
