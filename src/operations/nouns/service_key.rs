//! Keys that services of the registry sign with.

use super::Noun;
use crate::operations::operation::{Column, Constant, Form, Handout, Input, Operation, Place, Right, Route, column};

const KID: Input = Input::argument("kid", Form::Text, "The key's id, as `service-key list` shows it");

const VIEW: &[Column] = &[
    column("kid", "/kid"),
    column("name", "/name"),
    column("service", "/service"),
    column("created", "/created_date"),
    column("expires", "/expiration_date"),
    column("approved", "/approval/approved_date"),
    column("approved by", "/approval/approver/username"),
];

const KEY: &str = "/superuser/keys/{kid}";

pub(super) const NOUN: Noun = Noun {
    name: "service-key",
    about: "Keys that services of the registry sign with, for superusers",
    operations: &[
        Operation::new("service-key", "list", "Every key, with when it expires")
            .sends(&[Route::get("/superuser/keys", Right::Superuser)])
            .lists("/keys", VIEW),
        Operation::new("service-key", "show", "One key")
            .takes(&[KID])
            .sends(&[Route::get(KEY, Right::Superuser)])
            .shows("", VIEW),
        Operation::new(
            "service-key",
            "create",
            "Make a key, approved at once; its private half is shown only once",
        )
        .takes(&[
            Input::body("service", "/service", Form::Text, "The service that signs with it")
                .required()
                .positional(),
            Input::body("name", "/name", Form::Text, "What it is called"),
            Input::body(
                "expires",
                "/expiration",
                Form::Moment,
                "When it expires, as 2027-01-01 or 90d; never otherwise",
            ),
            Input::body("notes", "/notes", Form::Text, "Why it was approved"),
        ])
        .sends(&[Route::post("/superuser/keys", Right::Superuser).with(&[
            (Place::Body("/expiration"), Constant::Null),
            (Place::Body("/metadata"), Constant::Object),
        ])])
        .shows("", VIEW)
        .hands_out(Handout {
            at: "/private_key",
            what: "the private key",
            name: "/kid",
            login: None,
            is_shown_once: true,
        }),
        Operation::new(
            "service-key",
            "approve",
            "Approve a key that a service has made for itself",
        )
        .takes(&[KID, Input::body("notes", "/notes", Form::Text, "Why it is approved")])
        .sends(&[
            Route::post("/superuser/approvedkeys/{kid}", Right::Superuser).with(&[(Place::Body(""), Constant::Object)])
        ])
        .says("Key {kid} is approved."),
        Operation::new(
            "service-key",
            "extend",
            "Let a key expire at another time, or call it something else",
        )
        .takes(&[
            KID,
            Input::body(
                "expires",
                "/expiration",
                Form::Moment,
                "When it expires, as 2027-01-01 or 90d",
            ),
            Input::body("name", "/name", Form::Text, "What it is called"),
        ])
        .sends(&[Route::put(KEY, Right::Superuser).with(&[(Place::Body(""), Constant::Object)])])
        .shows("", VIEW),
        Operation::new("service-key", "delete", "Take a key out of use")
            .takes(&[KID])
            .sends(&[Route::delete(KEY, Right::Superuser)])
            .says("Key {kid} is deleted.")
            .destroys("the key: what is signed with it is no longer believed"),
    ],
};
