//! Robots of organizations and of one's own account.

use super::Noun;
use super::common::ROBOT;
use crate::operations::operation::{
    Column, Constant, Form, Handout, Input, Login, Operation, Place, Right, Route, Show, column, shown,
};

const OF_ORGANIZATION: &str = "/organization/{organization}/robots/{robot}";
const OWN: &str = "/user/robots/{robot}";

const VIEW: &[Column] = &[
    column("robot", "/name"),
    column("description", "/description"),
    column("created", "/created"),
    column("last used", "/last_accessed"),
];

const TOKEN: Handout = Handout {
    at: "/token",
    what: "the robot's token",
    name: "/name",
    login: Some(Login::At("/name")),
    is_shown_once: false,
};

const LOGIN: &[Column] = &[column("robot", "/name"), column("last used", "/last_accessed")];

const GRANTS: &[Column] = &[column("repository", "/repository/name"), column("role", "/role")];

pub(super) const NOUN: Noun = Noun {
    name: "robot",
    about: "Robots: look, fetch a token, make a new one",
    operations: &[
        Operation::new("robot", "list", "The robots of an organization, or your own")
            .takes(&[Input::path(
                "organization",
                Form::Text,
                "The organization; without it your own robots",
            )
            .positional()])
            .sends(&[
                Route::get("/organization/{organization}/robots", Right::OrganizationMember).with(WITH_GRANTS),
                Route::get("/user/robots", Right::Own).with(WITH_GRANTS),
            ])
            .lists(
                "/robots",
                &[
                    column("robot", "/name"),
                    column("description", "/description"),
                    column("last used", "/last_accessed"),
                    shown("teams", "/teams", Show::Names),
                    shown("repositories", "/repositories", Show::Names),
                ],
            ),
        Operation::new("robot", "show", "One robot, without its token")
            .takes(&[ROBOT])
            .sends(&[
                Route::get(OF_ORGANIZATION, Right::OrganizationAdmin),
                Route::get(OWN, Right::Own),
            ])
            .shows("", VIEW),
        Operation::new("robot", "token", "Fetch the token of a robot, as it is")
            .takes(&[ROBOT])
            .sends(&[
                Route::get(OF_ORGANIZATION, Right::OrganizationAdmin),
                Route::get(OWN, Right::Own),
            ])
            .shows("", LOGIN)
            .hands_out(TOKEN),
        Operation::new(
            "robot",
            "regenerate",
            "Give a robot a new token: the old one is dead at once",
        )
        .takes(&[ROBOT])
        .sends(&[
            Route::post(
                "/organization/{organization}/robots/{robot}/regenerate",
                Right::OrganizationAdmin,
            ),
            Route::post("/user/robots/{robot}/regenerate", Right::Own),
        ])
        .shows("", LOGIN)
        .hands_out(TOKEN)
        .loses("the robot's present token, which whoever uses it must replace"),
        Operation::new("robot", "permissions", "The repositories that a robot has a role on")
            .takes(&[ROBOT])
            .sends(&[
                Route::get(
                    "/organization/{organization}/robots/{robot}/permissions",
                    Right::OrganizationAdmin,
                ),
                Route::get("/user/robots/{robot}/permissions", Right::Own),
            ])
            .lists("/permissions", GRANTS),
        Operation::new(
            "robot",
            "federation",
            "The identities elsewhere that may act as a robot",
        )
        .takes(&[ROBOT])
        .sends(&[
            Route::get(
                "/organization/{organization}/robots/{robot}/federation",
                Right::OrganizationAdmin,
            ),
            Route::get("/user/robots/{robot}/federation", Right::Own),
        ])
        .lists("", &[column("issuer", "/issuer"), column("subject", "/subject")]),
    ],
};

const WITH_GRANTS: &[(Place, Constant)] = &[
    (Place::Query("permissions"), Constant::Boolean(true)),
    (Place::Query("token"), Constant::Boolean(false)),
];
