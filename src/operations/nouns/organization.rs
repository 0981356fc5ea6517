//! Organizations as they are, and their names.

use super::Noun;
use super::common::ORGANIZATION;
use crate::operations::operation::{
    Constant, Form, Input, Operation, Paging, Place, Right, Route, Show, column, shown,
};

pub(super) const NOUN: Noun = Noun {
    name: "organization",
    about: "Organizations: look, rename, delete",
    operations: &[
        Operation::new(
            "organization",
            "list",
            "Every organization of the registry, for superusers",
        )
        .sends(&[Route::get("/superuser/organizations/", Right::Superuser).with(PAGED)])
        .pages(
            "/organizations",
            Paging::NextPage,
            &[
                column("organization", "/name"),
                column("email", "/email"),
                shown("size", "/quota_report/quota_bytes", Show::Bytes),
                shown("quota", "/quota_report/configured_quota", Show::Bytes),
            ],
        ),
        Operation::new("organization", "show", "One organization")
            .takes(&[ORGANIZATION])
            .sends(&[Route::get("/organization/{organization}", Right::OrganizationMember)])
            .shows(
                "",
                &[
                    column("organization", "/name"),
                    column("email", "/email"),
                    column("administered by you", "/is_admin"),
                    shown("teams", "/teams", Show::Names),
                    column("tag expiration (s)", "/tag_expiration_s"),
                    shown("size", "/quota_report/quota_bytes", Show::Bytes),
                    shown("quota", "/quota_report/configured_quota", Show::Bytes),
                ],
            ),
        Operation::new(
            "organization",
            "rename",
            "Give an organization another name, for superusers",
        )
        .takes(&[
            ORGANIZATION,
            Input::body("name", "/name", Form::Text, "Its new name")
                .required()
                .positional(),
        ])
        .sends(&[Route::put("/superuser/organizations/{organization}", Right::Superuser)])
        .says("{organization} is called {name} now; manifests must call it so, too.")
        .loses("the old name: whoever pulls or pushes by it no longer can"),
        Operation::new(
            "organization",
            "delete",
            "Delete an organization that nobody administers any more, for superusers",
        )
        .takes(&[ORGANIZATION])
        .sends(&[Route::delete(
            "/superuser/organizations/{organization}",
            Right::Superuser,
        )])
        .says("{organization} is deleted.")
        .destroys("the organization with all of its repositories, robots and teams"),
    ],
};

const PAGED: &[(Place, Constant)] = &[(Place::Query("limit"), Constant::Text("100"))];
