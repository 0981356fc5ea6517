//! The registry itself.

use super::Noun;
use crate::operations::operation::{Constant, Form, Input, Operation, Place, Right, Route, Show, column, shown};

pub(super) const NOUN: Noun = Noun {
    name: "registry",
    about: "The registry itself: its size, its API, its errors",
    operations: &[
        Operation::new("registry", "size", "How much is stored in all, as it was last counted")
            .sends(&[Route::get("/superuser/registrysize/", Right::Superuser)])
            .shows(
                "",
                &[
                    shown("size", "/size_bytes", Show::Bytes),
                    shown("counted", "/last_ran", Show::Plain),
                    column("being counted", "/running"),
                    column("to be counted", "/queued"),
                ],
            ),
        Operation::new(
            "registry",
            "recalculate",
            "Have it counted again how much is stored in all",
        )
        .sends(
            &[Route::post("/superuser/registrysize/", Right::Superuser).with(&[(Place::Body(""), Constant::Object)])],
        )
        .says("It will be counted; `quayform registry size` shows it then."),
        Operation::new(
            "registry",
            "discovery",
            "The registry's own description of its API, as JSON",
        )
        .sends(&[Route::get("/discovery", Right::Anyone)]),
        Operation::new("registry", "error", "What the registry says about one of its errors")
            .takes(&[Input::argument(
                "error",
                Form::Text,
                "The error's type, such as invalid_request",
            )])
            .sends(&[Route::get("/error/{error}", Right::Anyone)])
            .shows(
                "",
                &[
                    column("error", "/title"),
                    column("status", "/status"),
                    column("meaning", "/description"),
                ],
            ),
    ],
};
