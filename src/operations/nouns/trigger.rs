//! Build triggers.

use super::Noun;
use super::common::REPOSITORY;
use crate::operations::operation::{
    Column, Constant, Form, Input, Operation, Place, Right, Route, Show, column, shown,
};

const TRIGGER: Input = Input::argument("trigger", Form::Text, "The trigger's uuid, as `trigger list` shows it");

const VIEW: &[Column] = &[
    column("trigger", "/id"),
    column("service", "/service"),
    column("active", "/is_active"),
    column("enabled", "/enabled"),
    column("disabled because", "/disabled_reason"),
    column("source", "/build_source"),
    column("pull robot", "/pull_robot/name"),
];

const BUILDS: &[Column] = &[
    column("build", "/id"),
    column("phase", "/phase"),
    column("started", "/started"),
    shown("tags", "/tags", Show::Names),
];

const ITS_PATH: &str = "/repository/{repository}/trigger/{trigger}";

pub(super) const NOUN: Noun = Noun {
    name: "trigger",
    about: "Build triggers: look, activate, start a build",
    operations: &[
        Operation::new("trigger", "list", "The triggers of a repository")
            .takes(&[REPOSITORY])
            .sends(&[Route::get("/repository/{repository}/trigger/", Right::RepositoryAdmin).needs(NEEDS)])
            .lists("/triggers", VIEW),
        Operation::new("trigger", "show", "One trigger")
            .takes(&[REPOSITORY, TRIGGER])
            .sends(&[Route::get(ITS_PATH, Right::RepositoryAdmin).needs(NEEDS)])
            .shows("", VIEW),
        Operation::new("trigger", "builds", "The latest builds that a trigger has started")
            .takes(&[
                REPOSITORY,
                TRIGGER,
                Input::query("limit", "limit", Form::Number, "At most so many; 5 otherwise"),
            ])
            .sends(&[Route::get(
                "/repository/{repository}/trigger/{trigger}/builds",
                Right::RepositoryAdmin,
            )
            .needs(NEEDS)])
            .lists("/builds", BUILDS),
        Operation::new("trigger", "start", "Have a trigger start a build now")
            .takes(&[
                REPOSITORY,
                TRIGGER,
                Input::body("branch", "/branch_name", Form::Text, "The branch to build"),
                Input::body("commit", "/commit_sha", Form::Text, "The commit to build"),
                Input::body(
                    "refs",
                    "/refs",
                    Form::Json,
                    "The reference to build, as JSON: {\"kind\": \"tag\", \"name\": \"v1\"}",
                ),
            ])
            .sends(&[Route::post(
                "/repository/{repository}/trigger/{trigger}/start",
                Right::RepositoryAdmin,
            )
            .needs(NEEDS)
            .with(&[(Place::Body(""), Constant::Object)])])
            .shows("", BUILDS),
        Operation::new(
            "trigger",
            "activate",
            "Set up a trigger that was connected on the web page; it cannot be changed afterwards",
        )
        .takes(&[
            REPOSITORY,
            TRIGGER,
            Input::body(
                "config",
                "/config",
                Form::Json,
                "What it builds, as JSON: {\"build_source\": …}",
            )
            .required(),
            Input::body(
                "pull-robot",
                "/pull_robot",
                Form::Text,
                "The robot that pulls base images",
            ),
        ])
        .sends(&[Route::post(
            "/repository/{repository}/trigger/{trigger}/activate",
            Right::RepositoryAdmin,
        )
        .needs(NEEDS)])
        .shows("", VIEW),
    ],
};

const NEEDS: &[&str] = &["BUILD_SUPPORT"];
