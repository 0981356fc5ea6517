//! User accounts.

use super::Noun;
use super::common::{SUPERUSER, USER};
use crate::operations::operation::{
    Column, Constant, Form, Handout, Input, Operation, Paging, Place, Right, Route, Show, column, shown,
};

const VIEW: &[Column] = &[
    column("user", "/username"),
    column("email", "/email"),
    column("enabled", "/enabled"),
    column("verified", "/verified"),
    column("superuser", "/super_user"),
    shown("quota", "/quota_report/configured_quota", Show::Bytes),
];

const ACCOUNT: &str = "/superuser/users/{user}";

pub(super) const NOUN: Noun = Noun {
    name: "user",
    about: "User accounts: look, make, enable, disable",
    operations: &[
        Operation::new("user", "list", "Every account of the registry, for superusers")
            .takes(&[Input::choice("enabled", "Only those that are enabled")])
            .sends(&[
                Route::get("/superuser/users/", Right::Superuser)
                    .chosen_by("enabled")
                    .with(&[
                        (Place::Query("limit"), Constant::Text("100")),
                        (Place::Query("disabled"), Constant::Boolean(false)),
                    ]),
                Route::get("/superuser/users/", Right::Superuser)
                    .with(&[(Place::Query("limit"), Constant::Text("100"))]),
            ])
            .pages("/users", Paging::NextPage, VIEW),
        Operation::new("user", "whoami", "Whose token it is")
            .sends(&[Route::get("/user/", Right::OwnRead)])
            .shows(
                "",
                &[
                    column("user", "/username"),
                    column("email", "/email"),
                    column("superuser", "/super_user"),
                    shown("organizations", "/organizations", Show::Names),
                ],
            ),
        Operation::new("user", "show", "Whether an account exists; superusers are told more")
            .takes(&[USER, SUPERUSER])
            .sends(&[
                Route::get(ACCOUNT, Right::Superuser).chosen_by("superuser"),
                Route::get("/users/{user}", Right::OwnRead),
            ])
            .shows("", VIEW),
        Operation::new("user", "create", "Make an account; its password is shown only once")
            .takes(&[
                Input::body("name", "/username", Form::Text, "The user's name")
                    .required()
                    .positional(),
                Input::body("email", "/email", Form::Text, "The e-mail address"),
            ])
            .sends(&[Route::post("/superuser/users/", Right::Superuser)])
            .shows("", VIEW)
            .hands_out(Handout {
                at: "/password",
                what: "the password",
                name: "/username",
                login: None,
                is_shown_once: true,
            }),
        Operation::new(
            "user",
            "disable",
            "Let nobody log in to an account; nothing of it is lost",
        )
        .takes(&[USER])
        .sends(&[Route::put(ACCOUNT, Right::Superuser).with(&[(Place::Body("/enabled"), Constant::Boolean(false))])])
        .says("{user} is disabled."),
        Operation::new("user", "enable", "Let an account be used again")
            .takes(&[USER])
            .sends(&[Route::put(ACCOUNT, Right::Superuser).with(&[(Place::Body("/enabled"), Constant::Boolean(true))])])
            .says("{user} is enabled."),
    ],
};
