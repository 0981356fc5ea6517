//! Quotas as they are; manifests write them, and change a limit by making another one.

use super::Noun;
use super::common::{ORGANIZATION, SUPERUSER};
use crate::operations::operation::{Column, Form, Input, Operation, Right, Route, Show, column, shown};

const WHOSE: Input = Input::path(
    "organization",
    Form::Text,
    "The organization; without it your own account",
)
.positional();

const QUOTA: Input = Input::path("quota", Form::Text, "The quota's id, as `quota list` shows it").required();

const LIMIT: Input = Input::path("limit", Form::Text, "The limit's id, as `quota limits` shows it").required();

const VIEW: &[Column] = &[
    column("quota", "/id"),
    shown("size", "/limit_bytes", Show::Bytes),
    column("registry's default", "/default_config"),
    shown("limits", "/limits", Show::Count),
];

const LIMITS: &[Column] = &[
    column("limit", "/id"),
    column("type", "/type"),
    column("at (%)", "/limit_percent"),
];

const NEEDS: &[&str] = &["QUOTA_MANAGEMENT"];

pub(super) const NOUN: Noun = Noun {
    name: "quota",
    about: "Quotas, as they are",
    operations: &[
        Operation::new(
            "quota",
            "list",
            "The quota of an organization or your own account; superusers: of any account",
        )
        .takes(&[
            WHOSE,
            Input::path("account", Form::Text, "The user whose quota it is, for superusers"),
            SUPERUSER,
        ])
        .sends(&[
            Route::get("/superuser/organization/{organization}/quota", Right::Superuser)
                .chosen_by("superuser")
                .needs(NEEDS),
            Route::get("/superuser/users/{account}/quota", Right::Superuser).needs(NEEDS),
            Route::get("/organization/{organization}/quota", Right::OrganizationMember).needs(NEEDS),
            Route::get("/user/quota", Right::Own).needs(NEEDS),
        ])
        .lists("", VIEW),
        Operation::new("quota", "show", "One quota")
            .takes(&[WHOSE, QUOTA])
            .sends(&[
                Route::get("/organization/{organization}/quota/{quota}", Right::OrganizationMember).needs(NEEDS),
                Route::get("/user/quota/{quota}", Right::Own).needs(NEEDS),
            ])
            .shows("", VIEW),
        Operation::new(
            "quota",
            "limits",
            "The limits of a quota: when it warns and when it rejects",
        )
        .takes(&[WHOSE, QUOTA])
        .sends(&[
            Route::get(
                "/organization/{organization}/quota/{quota}/limit",
                Right::OrganizationMember,
            )
            .needs(NEEDS),
            Route::get("/user/quota/{quota}/limit", Right::Own).needs(NEEDS),
        ])
        .lists("", LIMITS),
        Operation::new("quota", "limit", "One limit of a quota")
            .takes(&[WHOSE, QUOTA, LIMIT])
            .sends(&[
                Route::get(
                    "/organization/{organization}/quota/{quota}/limit/{limit}",
                    Right::OrganizationMember,
                )
                .needs(NEEDS),
                Route::get("/user/quota/{quota}/limit/{limit}", Right::Own).needs(NEEDS),
            ])
            .shows("", LIMITS),
        Operation::new(
            "quota",
            "change-limit",
            "Let a limit of an organization's quota take effect earlier or later, or warn instead of reject",
        )
        .takes(&[
            ORGANIZATION,
            QUOTA,
            LIMIT,
            Input::body(
                "type",
                "/type",
                Form::OneOf(&["Warning", "Reject"]),
                "What happens then",
            )
            .required(),
            Input::body(
                "at",
                "/threshold_percent",
                Form::Number,
                "At how many percent of the quota",
            )
            .required(),
        ])
        .sends(&[Route::put(
            "/organization/{organization}/quota/{quota}/limit/{limit}",
            Right::Superuser,
        )
        .needs(NEEDS)])
        .shows("", VIEW),
    ],
};
