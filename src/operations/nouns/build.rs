//! Builds of Quay's own builder.

use super::Noun;
use super::common::{REPOSITORY, SUPERUSER};
use crate::operations::operation::{Column, Form, Input, Operation, Right, Route, Show, Wait, column, shown};

const UUID: Input = Input::argument("build", Form::Text, "The build's uuid, as `build list` shows it");

/// Builds are found by their uuid alone where a superuser asks.
const ITS_REPOSITORY: Input = Input::path(
    "repository",
    Form::Repository,
    "The repository, as acme/api; not needed with --superuser",
);

const VIEW: &[Column] = &[
    column("build", "/id"),
    column("phase", "/phase"),
    column("started", "/started"),
    column("by", "/manual_user"),
    shown("tags", "/tags", Show::Names),
    column("dockerfile", "/dockerfile_path"),
    column("context", "/context"),
    column("archive", "/archive_url"),
    column("error", "/error"),
];

/// How a build stands (API guide §3.17).
const BUILT: Wait = Wait {
    paths: &["/repository/{repository}/build/{build}/status"],
    learns: &[("build", "/id")],
    at: "/phase",
    good: &["complete"],
    bad: &["error", "internalerror", "cancelled", "expired"],
    hint: Some("`quayform build logs` shows why"),
};

const NEEDS: &[&str] = &["BUILD_SUPPORT"];

pub(super) const NOUN: Noun = Noun {
    name: "build",
    about: "Builds: start, look, follow, cancel",
    operations: &[
        Operation::new("build", "list", "The latest builds of a repository, the newest first")
            .takes(&[
                REPOSITORY,
                Input::query("limit", "limit", Form::Number, "At most so many; 5 otherwise"),
                Input::query(
                    "since",
                    "since",
                    Form::Moment,
                    "Only those that began after this moment",
                ),
            ])
            .sends(&[Route::get("/repository/{repository}/build/", Right::RepositoryRead).needs(NEEDS)])
            .lists("/builds", VIEW),
        Operation::new("build", "start", "Start a build from an archive of its context")
            .takes(&[
                REPOSITORY,
                Input::body(
                    "archive-url",
                    "/archive_url",
                    Form::Text,
                    "Where the archive with the context is",
                ),
                Input::body(
                    "file-id",
                    "/file_id",
                    Form::Text,
                    "The archive's id, if it was uploaded to the registry",
                ),
                Input::body(
                    "subdirectory",
                    "/subdirectory",
                    Form::Text,
                    "The directory of the Dockerfile in the archive",
                ),
                Input::body(
                    "dockerfile-path",
                    "/dockerfile_path",
                    Form::Text,
                    "The Dockerfile in the archive",
                ),
                Input::body(
                    "context",
                    "/context",
                    Form::Text,
                    "The context's directory in the archive",
                ),
                Input::body(
                    "pull-robot",
                    "/pull_robot",
                    Form::Text,
                    "The robot that pulls base images",
                ),
                Input::body(
                    "tag",
                    "/docker_tags",
                    Form::Texts,
                    "A tag that the image gets; may be repeated",
                ),
            ])
            .sends(&[Route::post("/repository/{repository}/build/", Right::RepositoryWrite).needs(NEEDS)])
            .shows("", VIEW)
            .waits(BUILT),
        Operation::new("build", "show", "One build")
            .takes(&[UUID, ITS_REPOSITORY, SUPERUSER])
            .sends(&[
                Route::get("/superuser/{build}/build", Right::Superuser)
                    .chosen_by("superuser")
                    .needs(NEEDS),
                Route::get("/repository/{repository}/build/{build}", Right::RepositoryRead).needs(NEEDS),
            ])
            .shows("", VIEW),
        Operation::new("build", "status", "How a build stands; with --wait until it has ended")
            .takes(&[UUID, ITS_REPOSITORY, SUPERUSER])
            .sends(&[
                Route::get("/superuser/{build}/status", Right::Superuser)
                    .chosen_by("superuser")
                    .needs(NEEDS),
                Route::get("/repository/{repository}/build/{build}/status", Right::RepositoryRead).needs(NEEDS),
            ])
            .shows("", VIEW)
            .waits(Wait {
                paths: &[
                    "/repository/{repository}/build/{build}/status",
                    "/superuser/{build}/status",
                ],
                ..BUILT
            }),
        Operation::new("build", "logs", "The log of a build; with --follow as it is written")
            .takes(&[UUID, ITS_REPOSITORY, SUPERUSER])
            .sends(&[
                Route::get("/superuser/{build}/logs", Right::Superuser)
                    .chosen_by("superuser")
                    .needs(NEEDS),
                Route::get("/repository/{repository}/build/{build}/logs", Right::RepositoryWrite).needs(NEEDS),
            ])
            .logs(),
        Operation::new("build", "cancel", "Cancel a build that has not begun")
            .takes(&[UUID, ITS_REPOSITORY.required()])
            .sends(&[Route::delete("/repository/{repository}/build/{build}", Right::RepositoryAdmin).needs(NEEDS)])
            .says("Build {build} is cancelled."),
    ],
};
