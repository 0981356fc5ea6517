//! Roles on repositories as they are; manifests write them.

use super::Noun;
use super::common::REPOSITORY;
use crate::operations::operation::{Column, Form, Input, Operation, Right, Route, column};

const VIEW: &[Column] = &[
    column("name", "/name"),
    column("role", "/role"),
    column("robot", "/is_robot"),
];

const WHO: Input = Input::path("user", Form::Text, "The user, or the robot as acme+ci");

pub(super) const NOUN: Noun = Noun {
    name: "permission",
    about: "Roles on repositories, as they are",
    operations: &[
        Operation::new(
            "permission",
            "list",
            "Who has a role of their own on a repository; with --teams which teams",
        )
        .takes(&[
            REPOSITORY,
            Input::choice("teams", "The teams instead of users and robots"),
        ])
        .sends(&[
            Route::get("/repository/{repository}/permissions/team/", Right::RepositoryAdmin).chosen_by("teams"),
            Route::get("/repository/{repository}/permissions/user/", Right::RepositoryAdmin),
        ])
        .lists("/permissions", VIEW),
        Operation::new(
            "permission",
            "show",
            "The role that a user, robot or team has of its own on a repository",
        )
        .takes(&[REPOSITORY, WHO, Input::path("team", Form::Text, "The team")])
        .sends(&[
            Route::get(
                "/repository/{repository}/permissions/user/{user}",
                Right::RepositoryAdmin,
            ),
            Route::get(
                "/repository/{repository}/permissions/team/{team}",
                Right::RepositoryAdmin,
            ),
        ])
        .shows("", VIEW),
        Operation::new(
            "permission",
            "effective",
            "The roles that a user or robot has on a repository, through teams as well",
        )
        .takes(&[REPOSITORY, WHO.required().positional()])
        .sends(&[Route::get(
            "/repository/{repository}/permissions/user/{user}/transitive",
            Right::RepositoryAdmin,
        )])
        .lists("/permissions", &[column("role", "/role")]),
    ],
};
