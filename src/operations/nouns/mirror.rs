//! Mirrors of repositories and organizations: what the worker does, now.

use super::Noun;
use super::common::{ORGANIZATION, SUBJECT};
use crate::operations::operation::{Column, Form, Input, Operation, Paging, Right, Route, Show, Wait, column, shown};

const STATE: &[Column] = &[
    column("status", "/sync_status"),
    column("enabled", "/is_enabled"),
    column("from", "/external_reference"),
    column("url", "/external_registry_url"),
    column("namespace", "/external_namespace"),
    column("robot", "/robot_username"),
    column("next start", "/sync_start_date"),
    column("interval (s)", "/sync_interval"),
    column("retries left", "/sync_retries_remaining"),
];

/// The states of a mirror (API guide §3.8).
const SYNC: Wait = Wait {
    paths: &["/repository/{repository}/mirror", "/organization/{organization}/mirror"],
    learns: &[],
    at: "/sync_status",
    good: &["SUCCESS"],
    bad: &["FAIL", "CANCEL", "NEVER_RUN"],
    hint: None,
};

pub(super) const NOUN: Noun = Noun {
    name: "mirror",
    about: "Mirrors: look, synchronize now, cancel",
    operations: &[
        Operation::new(
            "mirror",
            "show",
            "How a mirror is set up, and how its last synchronization went",
        )
        .takes(&[SUBJECT])
        .sends(&[
            Route::get("/repository/{repository}/mirror", Right::RepositoryAdmin).needs(&["REPO_MIRROR"]),
            Route::get("/organization/{organization}/mirror", Right::OrganizationAdmin).needs(&["ORG_MIRROR"]),
        ])
        .shows("", STATE),
        Operation::new(
            "mirror",
            "sync-now",
            "Have a mirror synchronized as soon as a worker is free",
        )
        .takes(&[SUBJECT])
        .sends(&[
            Route::post("/repository/{repository}/mirror/sync-now", Right::RepositoryAdmin).needs(&["REPO_MIRROR"]),
            Route::post("/organization/{organization}/mirror/sync-now", Right::OrganizationAdmin)
                .needs(&["ORG_MIRROR"]),
        ])
        .says("{subject} is synchronized as soon as a worker is free.")
        .waits(SYNC),
        Operation::new(
            "mirror",
            "sync-cancel",
            "Stop the synchronization of a mirror that is going on",
        )
        .takes(&[SUBJECT])
        .sends(&[
            Route::post("/repository/{repository}/mirror/sync-cancel", Right::RepositoryAdmin).needs(&["REPO_MIRROR"]),
            Route::post(
                "/organization/{organization}/mirror/sync-cancel",
                Right::OrganizationAdmin,
            )
            .needs(&["ORG_MIRROR"]),
        ])
        .says("The synchronization of {subject} is cancelled."),
        Operation::new(
            "mirror",
            "verify",
            "Try the connection of an organization's mirror to its source",
        )
        .takes(&[ORGANIZATION])
        .sends(&[
            Route::post("/organization/{organization}/mirror/verify", Right::OrganizationAdmin).needs(&["ORG_MIRROR"]),
        ])
        .shows("", &[column("success", "/success"), column("message", "/message")]),
        Operation::new(
            "mirror",
            "repositories",
            "The repositories that an organization's mirror has found",
        )
        .takes(&[
            ORGANIZATION,
            Input::query("status", "status", Form::Text, "Only those in this state"),
        ])
        .sends(&[Route::get(
            "/organization/{organization}/mirror/repositories",
            Right::OrganizationAdmin,
        )
        .needs(&["ORG_MIRROR"])])
        .pages(
            "/repositories",
            Paging::Numbered("has_next"),
            &[
                column("repository", "/repository_name"),
                column("status", "/sync_status"),
                shown("last synchronized", "/last_sync_date", Show::Plain),
            ],
        ),
    ],
};
