//! Messages that the registry shows everybody.

use super::Noun;
use crate::operations::operation::{Constant, Form, Input, Operation, Place, Right, Route, column};

pub(super) const NOUN: Noun = Noun {
    name: "message",
    about: "Messages that the registry shows everybody",
    operations: &[
        Operation::new("message", "list", "The messages that are shown now")
            .sends(&[Route::get("/messages", Right::Anyone)])
            .lists(
                "/messages",
                &[
                    column("uuid", "/uuid"),
                    column("severity", "/severity"),
                    column("type", "/media_type"),
                    column("content", "/content"),
                ],
            ),
        Operation::new(
            "message",
            "create",
            "Show everybody a message; the same one twice makes two",
        )
        .takes(&[
            Input::body("content", "/message/content", Form::Text, "What it says")
                .required()
                .positional(),
            Input::body(
                "severity",
                "/message/severity",
                Form::OneOf(&["info", "warning", "error"]),
                "How grave it is; info otherwise",
            ),
            Input::body(
                "media-type",
                "/message/media_type",
                Form::OneOf(&["text/plain", "text/markdown"]),
                "What the content is; text/plain otherwise",
            ),
        ])
        .sends(&[Route::post("/messages", Right::Superuser).with(&[
            (Place::Body("/message/severity"), Constant::Text("info")),
            (Place::Body("/message/media_type"), Constant::Text("text/plain")),
        ])])
        .says("The message is shown."),
        Operation::new("message", "delete", "Show a message no more")
            .takes(&[Input::argument(
                "uuid",
                Form::Text,
                "The message's uuid, as `message list` shows it",
            )])
            .sends(&[Route::delete("/message/{uuid}", Right::Superuser)])
            .says("The message {uuid} is gone.")
            .loses("the message"),
    ],
};
