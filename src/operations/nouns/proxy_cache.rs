//! Proxy caches: what an organization fetches from another registry.

use super::Noun;
use super::common::ORGANIZATION;
use crate::operations::operation::{Form, Input, Operation, Right, Route, column};

const NEEDS: &[&str] = &["PROXY_CACHE"];

pub(super) const NOUN: Noun = Noun {
    name: "proxy-cache",
    about: "Proxy caches: look, try a source",
    operations: &[
        Operation::new(
            "proxy-cache",
            "show",
            "What an organization fetches from; nothing where all is empty",
        )
        .takes(&[ORGANIZATION])
        .sends(&[Route::get("/organization/{organization}/proxycache", Right::OrganizationMember).needs(NEEDS)])
        .shows(
            "",
            &[
                column("upstream", "/upstream_registry"),
                column("expires after (s)", "/expiration_s"),
                column("insecure", "/insecure"),
            ],
        ),
        Operation::new(
            "proxy-cache",
            "validate",
            "Have the registry try a source, without setting it up",
        )
        .takes(&[
            ORGANIZATION,
            Input::body(
                "upstream",
                "/upstream_registry",
                Form::Text,
                "The source: docker.io, quay.io/acme",
            )
            .required()
            .positional(),
        ])
        .sends(&[Route::post(
            "/organization/{organization}/validateproxycache",
            Right::OrganizationAdmin,
        )
        .needs(NEEDS)])
        .says("The registry can fetch from {upstream}."),
    ],
};
