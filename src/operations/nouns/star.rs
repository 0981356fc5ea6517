//! The repositories that one has marked for oneself.

use super::Noun;
use super::common::REPOSITORY;
use crate::operations::operation::{Form, Input, Operation, Paging, Right, Route, column};

pub(super) const NOUN: Noun = Noun {
    name: "star",
    about: "The repositories that you have marked for yourself",
    operations: &[
        Operation::new("star", "list", "The repositories that you have marked")
            .sends(&[Route::get("/user/starred", Right::Own)])
            .pages(
                "/repositories",
                Paging::NextPage,
                &[
                    column("namespace", "/namespace"),
                    column("repository", "/name"),
                    column("public", "/is_public"),
                    column("description", "/description"),
                ],
            ),
        Operation::new("star", "add", "Mark a repository")
            .takes(&[
                Input::body("repository", "", Form::Repository, "The repository, as acme/api")
                    .required()
                    .positional(),
            ])
            .sends(&[Route::post("/user/starred", Right::Own).missing_is_null()])
            .says("{repository} is marked."),
        Operation::new("star", "remove", "Mark a repository no more")
            .takes(&[REPOSITORY])
            .sends(&[Route::delete("/user/starred/{repository}", Right::Own)])
            .says("{repository} is not marked any more."),
    ],
};
