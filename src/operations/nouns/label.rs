//! Labels of manifests.

use super::Noun;
use super::common::{MANIFEST, REPOSITORY};
use crate::operations::operation::{Column, Constant, Form, Input, Operation, Place, Right, Route, column};

const LABELS: &str = "/repository/{repository}/manifest/{manifest}/labels";
const LABEL: &str = "/repository/{repository}/manifest/{manifest}/labels/{label}";

const ID: Input = Input::argument("label", Form::Text, "The label's id, as `label list` shows it");

const VIEW: &[Column] = &[
    column("label", "/id"),
    column("key", "/key"),
    column("value", "/value"),
    column("from", "/source_type"),
    column("type", "/media_type"),
];

pub(super) const NOUN: Noun = Noun {
    name: "label",
    about: "Labels of a manifest",
    operations: &[
        Operation::new("label", "list", "The labels of a manifest")
            .takes(&[
                REPOSITORY,
                MANIFEST,
                Input::query("filter", "filter", Form::Text, "Only keys that begin like this"),
            ])
            .sends(&[Route::get(LABELS, Right::RepositoryRead)])
            .lists("/labels", VIEW),
        Operation::new("label", "show", "One label")
            .takes(&[REPOSITORY, MANIFEST, ID])
            .sends(&[Route::get(LABEL, Right::RepositoryRead)])
            .shows("", VIEW),
        Operation::new(
            "label",
            "add",
            "Put a label on a manifest; the same one twice makes two",
        )
        .takes(&[
            REPOSITORY,
            MANIFEST,
            Input::body("key", "/key", Form::Text, "The key")
                .required()
                .positional(),
            Input::body("value", "/value", Form::Text, "The value")
                .required()
                .positional(),
            Input::body(
                "media-type",
                "/media_type",
                Form::OneOf(&["text/plain", "application/json"]),
                "What the value is",
            ),
        ])
        .sends(&[Route::post(LABELS, Right::RepositoryWrite).with(&[(Place::Body("/media_type"), Constant::Null)])])
        .shows("/label", VIEW),
        Operation::new("label", "delete", "Take a label off a manifest")
            .takes(&[REPOSITORY, MANIFEST, ID])
            .sends(&[Route::delete(LABEL, Right::RepositoryWrite)])
            .says("Label {label} is deleted."),
    ],
};
