//! The usage log: of the registry, an organization, a repository, or one's own account.

use super::Noun;
use super::common::SUPERUSER;
use crate::operations::operation::{Column, Constant, Form, Input, Operation, Paging, Place, Right, Route, column};

const WHOSE: Input = Input::path(
    "subject",
    Form::Subject,
    "The organization or repository; without it your own account",
)
.positional();

const FROM: Input = Input::query(
    "from",
    "starttime",
    Form::Day,
    "The first day, UTC; yesterday otherwise",
);
const TO: Input = Input::query("to", "endtime", Form::Day, "The last day, UTC; today otherwise");
const PERFORMER: Input = Input::query("performer", "performer", Form::Text, "Only what this user or robot did");

const ENTRY: &[Column] = &[
    column("when", "/datetime"),
    column("event", "/kind"),
    column("by", "/performer/name"),
    column("from", "/ip"),
    column("namespace", "/namespace/name"),
    column("repository", "/metadata/repo"),
    column("team", "/metadata/team"),
    column("member", "/metadata/member"),
    column("user", "/metadata/username"),
    column("robot", "/metadata/robot"),
    column("tag", "/metadata/tag"),
];

const COUNT: &[Column] = &[
    column("day", "/datetime"),
    column("event", "/kind"),
    column("count", "/count"),
];

/// Of which log: where the superuser's is not asked for, that of what is named, and one's own where nothing is.
const EMPTY: &[(Place, Constant)] = &[(Place::Body(""), Constant::Object)];

pub(super) const NOUN: Noun = Noun {
    name: "logs",
    about: "The usage log: who did what, and when",
    operations: &[
        Operation::new("logs", "list", "The entries of a usage log, the newest first")
            .takes(&[WHOSE, FROM, TO, PERFORMER, SUPERUSER])
            .sends(&[
                Route::get("/superuser/logs", Right::Superuser).chosen_by("superuser"),
                Route::get("/repository/{repository}/logs", Right::RepositoryAdmin),
                Route::get("/organization/{organization}/logs", Right::OrganizationAdmin),
                Route::get("/user/logs", Right::Own),
            ])
            .pages("/logs", Paging::NextPage, ENTRY),
        Operation::new(
            "logs",
            "aggregate",
            "How many events of each sort there were on each day, of a month at most",
        )
        .takes(&[WHOSE, FROM, TO, PERFORMER, SUPERUSER])
        .sends(&[
            Route::get("/superuser/aggregatelogs", Right::Superuser)
                .chosen_by("superuser")
                .needs(COUNTED),
            Route::get("/repository/{repository}/aggregatelogs", Right::RepositoryAdmin).needs(COUNTED),
            Route::get("/organization/{organization}/aggregatelogs", Right::OrganizationAdmin).needs(COUNTED),
            Route::get("/user/aggregatelogs", Right::Own).needs(COUNTED),
        ])
        .lists("/aggregated", COUNT),
        Operation::new(
            "logs",
            "export",
            "Have the registry export a usage log, and tell where it is",
        )
        .takes(&[
            WHOSE,
            FROM,
            TO,
            Input::body(
                "callback-url",
                "/callback_url",
                Form::Text,
                "The address that is called when it is there",
            ),
            Input::body(
                "callback-email",
                "/callback_email",
                Form::Text,
                "Who is written to when it is there",
            ),
        ])
        .sends(&[
            Route::post("/repository/{repository}/exportlogs", Right::RepositoryAdmin)
                .needs(EXPORTED)
                .with(EMPTY),
            Route::post("/organization/{organization}/exportlogs", Right::OrganizationAdmin)
                .needs(EXPORTED)
                .with(EMPTY),
            Route::post("/user/exportlogs", Right::Own).needs(EXPORTED).with(EMPTY),
        ])
        .shows("", &[column("export", "/export_id")]),
    ],
};

const COUNTED: &[&str] = &["AGGREGATED_LOG_COUNT_RETRIEVAL"];
const EXPORTED: &[&str] = &["LOG_EXPORT"];
