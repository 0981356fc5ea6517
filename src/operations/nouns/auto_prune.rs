//! Auto-prune policies as they are; manifests write them.

use super::Noun;
use crate::operations::operation::{Column, Form, Input, Operation, Right, Route, column};

const WHOSE: Input = Input::path(
    "subject",
    Form::Subject,
    "The organization or repository; without it your own account",
)
.positional();

const UUID: Input = Input::path("uuid", Form::Text, "Only the policy with this uuid");

const VIEW: &[Column] = &[
    column("uuid", "/uuid"),
    column("method", "/method"),
    column("value", "/value"),
    column("tags", "/tagPattern"),
    column("matching", "/tagPatternMatches"),
];

const NEEDS: &[&str] = &["AUTO_PRUNE"];

pub(super) const NOUN: Noun = Noun {
    name: "auto-prune",
    about: "Auto-prune policies, as they are",
    operations: &[
        Operation::new(
            "auto-prune",
            "list",
            "The policies of an organization, a repository, or your own account",
        )
        .takes(&[WHOSE])
        .sends(&[
            Route::get("/repository/{repository}/autoprunepolicy/", Right::RepositoryAdmin).needs(NEEDS),
            Route::get(
                "/organization/{organization}/autoprunepolicy/",
                Right::OrganizationAdmin,
            )
            .needs(NEEDS),
            Route::get("/user/autoprunepolicy/", Right::Own).needs(NEEDS),
        ])
        .lists("/policies", VIEW),
        Operation::new("auto-prune", "show", "One policy")
            .takes(&[WHOSE, UUID.required()])
            .sends(&[
                Route::get(
                    "/repository/{repository}/autoprunepolicy/{uuid}",
                    Right::RepositoryAdmin,
                )
                .needs(NEEDS),
                Route::get(
                    "/organization/{organization}/autoprunepolicy/{uuid}",
                    Right::OrganizationAdmin,
                )
                .needs(NEEDS),
                Route::get("/user/autoprunepolicy/{uuid}", Right::Own).needs(NEEDS),
            ])
            .shows("", VIEW),
    ],
};
