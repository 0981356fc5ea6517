//! Notifications of repositories and organizations.

use super::Noun;
use super::common::SUBJECT;
use crate::operations::operation::{Column, Form, Input, Operation, Right, Route, column};

const UUID: Input = Input::argument(
    "uuid",
    Form::Text,
    "The notification's uuid, as `notification list` shows it",
);

const VIEW: &[Column] = &[
    column("uuid", "/uuid"),
    column("title", "/title"),
    column("event", "/event"),
    column("method", "/method"),
    column("failures", "/number_of_failures"),
];

const OF_REPOSITORY: &str = "/repository/{repository}/notification/{uuid}";
const OF_ORGANIZATION: &str = "/organization/{organization}/notifications/{uuid}";
const ORGANIZATIONS_HAVE_THEM: &[&str] = &["QUOTA_NOTIFICATIONS"];

pub(super) const NOUN: Noun = Noun {
    name: "notification",
    about: "Notifications: look, test, begin again after failures",
    operations: &[
        Operation::new(
            "notification",
            "list",
            "The notifications of a repository or an organization, and how often they failed",
        )
        .takes(&[SUBJECT])
        .sends(&[
            Route::get("/repository/{repository}/notification/", Right::RepositoryAdmin),
            Route::get("/organization/{organization}/notifications", Right::OrganizationAdmin)
                .needs(ORGANIZATIONS_HAVE_THEM),
        ])
        .lists("/notifications", VIEW),
        Operation::new("notification", "show", "One notification")
            .takes(&[SUBJECT, UUID])
            .sends(&[
                Route::get(OF_REPOSITORY, Right::RepositoryAdmin),
                Route::get(OF_ORGANIZATION, Right::OrganizationAdmin).needs(ORGANIZATIONS_HAVE_THEM),
            ])
            .shows("", VIEW),
        Operation::new(
            "notification",
            "test",
            "Have the registry deliver a notification as a test",
        )
        .takes(&[SUBJECT, UUID])
        .sends(&[
            Route::post(
                "/repository/{repository}/notification/{uuid}/test",
                Right::RepositoryAdmin,
            ),
            Route::post(
                "/organization/{organization}/notifications/{uuid}/test",
                Right::OrganizationAdmin,
            )
            .needs(ORGANIZATIONS_HAVE_THEM),
        ])
        .says("A test of notification {uuid} is queued; whether it arrives is seen at its other end."),
        Operation::new(
            "notification",
            "reset",
            "Forget the failures of a notification: after three the registry delivers it no more",
        )
        .takes(&[SUBJECT, UUID])
        .sends(&[
            Route::post(OF_REPOSITORY, Right::RepositoryAdmin),
            Route::post(OF_ORGANIZATION, Right::OrganizationAdmin).needs(ORGANIZATIONS_HAVE_THEM),
        ])
        .says("The failures of notification {uuid} are forgotten; it is delivered again."),
    ],
};
