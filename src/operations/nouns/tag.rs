//! Tags of repositories.

use super::Noun;
use super::common::REPOSITORY;
use crate::operations::operation::{
    Column, Constant, Form, Input, Operation, Paging, Place, Right, Route, Show, column, shown,
};

const TAG: Input = Input::argument("tag", Form::Text, "The tag");

const VIEW: &[Column] = &[
    column("tag", "/name"),
    column("digest", "/manifest_digest"),
    shown("size", "/size", Show::Bytes),
    shown("since", "/start_ts", Show::Moment),
    shown("until", "/end_ts", Show::Moment),
    column("immutable", "/immutable"),
    column("restored", "/reversion"),
];

const TAGS: &str = "/repository/{repository}/tag/";
const MORE: Paging = Paging::Numbered("has_additional");

pub(super) const NOUN: Noun = Noun {
    name: "tag",
    about: "Tags: look, delete, bring back",
    operations: &[
        Operation::new("tag", "list", "The tags that a repository has now, the newest first")
            .takes(&[
                REPOSITORY,
                Input::query(
                    "filter",
                    "filter_tag_name",
                    Form::Text,
                    "like:TEXT for names that hold it, eq:NAME for one",
                ),
            ])
            .sends(&[Route::get(TAGS, Right::RepositoryRead).with(&[
                (Place::Query("onlyActiveTags"), Constant::Boolean(true)),
                (Place::Query("limit"), Constant::Text("100")),
            ])])
            .pages("/tags", MORE, VIEW),
        Operation::new(
            "tag",
            "history",
            "Everything that a tag, or any tag of a repository, was in the past",
        )
        .takes(&[
            REPOSITORY,
            Input::query("tag", "specificTag", Form::Text, "Only this tag").positional(),
        ])
        .sends(&[Route::get(TAGS, Right::RepositoryRead).with(&[(Place::Query("limit"), Constant::Text("100"))])])
        .pages("/tags", MORE, VIEW),
        Operation::new("tag", "restore", "Let a tag be again what it was")
            .takes(&[
                REPOSITORY,
                TAG,
                Input::body(
                    "digest",
                    "/manifest_digest",
                    Form::Text,
                    "What it shall be, as `tag history` shows it: sha256:…",
                )
                .required()
                .positional(),
            ])
            .sends(&[Route::post(
                "/repository/{repository}/tag/{tag}/restore",
                Right::RepositoryWrite,
            )])
            .says("{tag} of {repository} is {digest} again."),
        Operation::new("tag", "delete", "Delete a tag; it can be restored until it expires")
            .takes(&[REPOSITORY, TAG])
            .sends(&[Route::delete(
                "/repository/{repository}/tag/{tag}",
                Right::RepositoryWrite,
            )])
            .says("{tag} of {repository} is deleted; `tag restore` brings it back until it expires.")
            .loses("the tag: whoever pulls it no longer can, and after the tag expiration its image is gone"),
    ],
};
