//! CocktailCloud, which builds images elsewhere.

use super::Noun;
use crate::model::Target;
use crate::operations::operation::{
    Column, Constant, Form, Input, Operation, Place, Right, Route, Show, Wait, column, shown,
};

const BUILD: &[Column] = &[
    column("build", "/buildSeq"),
    column("name", "/buildName"),
    column("registry", "/registryName"),
    column("image", "/imageName"),
    column("tag", "/tagName"),
    column("description", "/description"),
];

const RUN: &[Column] = &[
    column("run", "/buildRunSeq"),
    column("build", "/buildSeq"),
    column("state", "/runState"),
    column("tag", "/tagName"),
    column("image", "/imageUrl"),
    column("digest", "/imageDigest"),
    shown("size", "/imageSize", Show::Bytes),
    column("began", "/beginTime"),
    column("ended", "/endTime"),
];

/// What the API wants to be told of every new build.
const NEW: &[(Place, Constant)] = &[(Place::Body("/editType"), Constant::Text("N"))];

const CALLBACK: Input = Input::query(
    "callback-url",
    "callbackUrl",
    Form::Text,
    "What CocktailCloud calls when it has ended",
);

pub(super) const NOUN: Noun = Noun {
    name: "cocktail",
    about: "CocktailCloud: create builds, run them, read their logs",
    operations: &[
        Operation::new(
            "cocktail",
            "build create",
            "Create a build from a file, from flags, or from both: flags win",
        )
        .takes(&[
            Input::body(
                "file",
                "",
                Form::MapFile,
                "A file, JSON or YAML, with fields as the API calls them; - is standard input",
            ),
            Input::body(
                "registry-name",
                "/registryName",
                Form::Text,
                "The registry to which it pushes",
            ),
            Input::body("project", "/registryProjectId", Form::Number, "That registry's project"),
            Input::body(
                "external-registry",
                "/externalRegistrySeq",
                Form::Number,
                "An external registry, such as a Quay, to which it pushes",
            ),
            Input::body("account", "/accountSeq", Form::Number, "The account whose build it is"),
            Input::body("image", "/imageName", Form::Text, "The image that it makes"),
            Input::body("tag", "/tagName", Form::Text, "The tag that it makes"),
            Input::body("description", "/description", Form::Text, "What it is for"),
            Input::body(
                "autotag",
                "/autotagUseYn",
                Form::OneOf(&["Y", "N"]),
                "Whether tags are made up where a run names none",
            ),
            Input::body("autotag-prefix", "/autotagPrefix", Form::Text, "How such a tag begins"),
            Input::body(
                "autotag-sequence",
                "/autotagSeqType",
                Form::OneOf(&["DATETIME", "SEQUENCE"]),
                "How such a tag ends",
            ),
            Input::body(
                "steps",
                "/buildSteps",
                Form::ListFile,
                "A file, JSON or YAML, with the list of its steps; - is standard input",
            ),
            CALLBACK,
        ])
        .sends(&[Route::post("/build", Right::Cocktail).to(Target::Cocktail).with(NEW)])
        .shows("", BUILD),
        Operation::new("cocktail", "build run", "Run a build: make a tag")
            .takes(&[
                Input::argument("build", Form::Number, "The build's number"),
                Input::query(
                    "tag",
                    "tagName",
                    Form::Text,
                    "The tag; by the build's own rule otherwise",
                ),
                Input::query("description", "description", Form::Text, "What the run is for"),
                CALLBACK,
            ])
            .sends(&[Route::post("/build/run/{build}", Right::Cocktail).to(Target::Cocktail)])
            .shows("", RUN)
            .waits(Wait {
                paths: &["/build/run/log/{run}"],
                learns: &[("run", "/buildRunSeq")],
                at: "/0/runState",
                good: &["DONE"],
                bad: &["ERROR"],
                hint: Some("`quayform cocktail build log {run}` shows why"),
            }),
        Operation::new(
            "cocktail",
            "build log",
            "The log of a run, step by step; with --follow as it is written",
        )
        .takes(&[Input::argument(
            "run",
            Form::Number,
            "The run's number, as `build run` tells it",
        )])
        .sends(&[Route::get("/build/run/log/{run}", Right::Cocktail).to(Target::Cocktail)])
        .steps(),
    ],
};
