//! Repositories as they are; manifests write them.

use super::Noun;
use super::common::REPOSITORY;
use crate::operations::operation::{
    Constant, Form, Input, Operation, Paging, Place, Right, Route, Show, column, shown,
};

pub(super) const NOUN: Noun = Noun {
    name: "repository",
    about: "Repositories, as they are",
    operations: &[
        Operation::new("repository", "list", "The repositories of an organization or account")
            .takes(&[
                Input::query("namespace", "namespace", Form::Text, "The organization or account")
                    .required()
                    .positional(),
            ])
            .sends(&[Route::get("/repository", Right::RepositoryRead).with(&[
                (Place::Query("last_modified"), Constant::Boolean(true)),
                (Place::Query("popularity"), Constant::Boolean(true)),
            ])])
            .pages(
                "/repositories",
                Paging::NextPage,
                &[
                    column("repository", "/name"),
                    column("public", "/is_public"),
                    column("state", "/state"),
                    shown("last pushed", "/last_modified", Show::Moment),
                    column("popularity", "/popularity"),
                    shown("size", "/quota_report/quota_bytes", Show::Bytes),
                    column("description", "/description"),
                ],
            ),
        Operation::new("repository", "show", "One repository")
            .takes(&[REPOSITORY])
            .sends(&[Route::get("/repository/{repository}", Right::RepositoryRead)
                .with(&[(Place::Query("includeTags"), Constant::Boolean(false))])])
            .shows(
                "",
                &[
                    column("namespace", "/namespace"),
                    column("repository", "/name"),
                    column("public", "/is_public"),
                    column("state", "/state"),
                    column("trusted", "/trust_enabled"),
                    column("starred", "/is_starred"),
                    column("yours to write", "/can_write"),
                    column("yours to administer", "/can_admin"),
                    column("description", "/description"),
                ],
            ),
    ],
};
