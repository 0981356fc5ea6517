//! What the documents of plans and of applies have in common.

use serde_json::{Map, Value as Json, json};

use super::shapes::{
    anything, flag, key, link, list, maybe, number, number_or_null, object, one_of, seconds, text, text_or_null, values,
};
use crate::kinds;
use crate::plan::GUARDS;
use crate::saved::{ACTIONS, FORMAT_VERSION};

/// `$schema`, `title`, `oneOf` these documents, and the definitions that they use.
pub(super) fn document(title: &str, description: &str, documents: &[&str], more: Vec<(&'static str, Json)>) -> Json {
    let definitions: Map<String, Json> = more
        .into_iter()
        .chain(definitions())
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "oneOf": documents.iter().map(|name| link(name)).collect::<Vec<_>>(),
        "$defs": definitions,
    })
}

/// The version of all documents.
pub(super) fn version() -> super::shapes::Key {
    key(
        "format_version",
        "The version of this format.",
        json!({ "const": FORMAT_VERSION }),
    )
}

/// The documents of several registries in one.
pub(super) fn registries(documents: &[&str]) -> Json {
    let each = json!({ "oneOf": documents.iter().map(|name| link(name)).collect::<Vec<_>>() });
    object(
        "What `--registry all` makes: one document for each registry.",
        [
            version(),
            key("registries", "In the order in which they were planned.", list(each)),
        ],
    )
}

fn definitions() -> Vec<(&'static str, Json)> {
    vec![
        ("failure", failure()),
        ("address", address()),
        ("change", change(Vec::new())),
        ("field", field()),
        ("because", because()),
        ("call", call()),
        ("answers", answers()),
        ("precondition", precondition()),
        ("gap", gap()),
        ("refusal", refusal()),
        ("diagnostic", diagnostic()),
        ("previous_run", previous_run()),
    ]
}

fn failure() -> Json {
    let error = object(
        "What went wrong.",
        [
            key("message", "In one sentence.", text()),
            key("cause", "Why, in the words of whoever knows.", text_or_null()),
            key("certain", "What is certain about the registry's state.", text_or_null()),
            key("help", "What to do.", text_or_null()),
            key("exit_code", "What the process ended with, were this all.", number()),
        ],
    );
    object(
        "A run without a result.",
        [
            version(),
            key(
                "registry",
                "What the registry is known by, if it came to that.",
                text_or_null(),
            ),
            key("error", "What went wrong.", error),
            key("diagnostics", "The problems of files.", list(link("diagnostic"))),
        ],
    )
}

fn address() -> Json {
    let kinds = kinds::names().join("|");
    json!({
        "description": "KIND[NAME], such as robot[acme+ci].",
        "type": "string",
        "pattern": format!("^({kinds})\\["),
    })
}

/// A change; `more` are the keys of what an apply has left open.
pub(super) fn change(more: Vec<super::shapes::Key>) -> Json {
    let actions = ACTIONS.map(|action| action.word());
    let reversibility = object(
        "What it takes away for good.",
        [
            key(
                "class",
                "Whether another apply can undo it.",
                one_of(&["reversible", "loses_history_or_credential", "irreversible"]),
            ),
            key("lost", "What is lost.", text_or_null()),
            key("takes_along", "What goes with it.", list(link("address"))),
        ],
    );
    let keys = vec![
        key("address", "The object.", link("address")),
        key("action", "What happens to it.", one_of(&actions)),
        key("fields", "What of it changes.", list(link("field"))),
        key("because", "Why, and where that is written.", link("because")),
        key("calls", "The requests, in order.", list(link("call"))),
        key("after", "Changes that must be done before.", list(link("address"))),
        key(
            "below",
            "What this plan makes and without which the object cannot be.",
            list(link("address")),
        ),
        key("preconditions", "What it was decided on.", list(link("precondition"))),
        key("reversibility", "What it takes away for good.", reversibility),
    ];
    object("One step of a plan.", keys.into_iter().chain(more))
}

fn field() -> Json {
    object(
        "One field, before and after.",
        [
            key("name", "Its name in manifests.", text()),
            key(
                "before",
                "The live value; null where there is none or it is never shown.",
                anything(),
            ),
            key("after", "The wanted value; null where the object goes.", anything()),
            key(
                "secret",
                "Whether a secret is in it: only a reference or a digest is shown.",
                flag(),
            ),
            key("note", "A remark, such as `write-only, not compared`.", text_or_null()),
            maybe(
                "because",
                "Where it is written, if that is not where the object is: in a layer.",
                link("because"),
            ),
        ],
    )
}

fn because() -> Json {
    object(
        "Where a wish is written.",
        [
            key("file", "The manifest.", text_or_null()),
            key("line", "From 1.", number_or_null()),
            maybe("layer", "What the layer matches that it is inherited from.", text()),
            maybe("reason", "Why, where the line does not say it.", text_or_null()),
        ],
    )
}

fn call() -> Json {
    let expect = object(
        "What answers mean besides the usual.",
        [
            key("already", "Answers that say that it is so already.", link("answers")),
            key(
                "already_when_repeated",
                "The same, after a request without an answer.",
                link("answers"),
            ),
            key(
                "later",
                "Answers that say that it will be possible later.",
                link("answers"),
            ),
            key("null_is_missing", "Whether `null` says that it is not there.", flag()),
        ],
    );
    object(
        "A request that writes.",
        [
            key("method", "Such as PUT.", one_of(&["POST", "PUT", "DELETE", "PATCH"])),
            key("path", "With `{id of ADDRESS}` for what is known only then.", text()),
            key("body", "What is sent; secrets are references.", anything()),
            key(
                "on_unknown",
                "What is done where no answer comes.",
                one_of(&["repeat", "reread"]),
            ),
            maybe("target", "Who is asked, if not the registry.", one_of(&["cocktail"])),
            maybe(
                "starts",
                "What goes on after the answer.",
                one_of(&["build", "cocktail_run"]),
            ),
            maybe("expect", "What answers mean besides the usual.", expect),
        ],
    )
}

fn answers() -> Json {
    let pair = json!({
        "type": "array",
        "prefixItems": [{ "type": "integer" }, { "type": "string" }],
        "minItems": 2,
        "maxItems": 2,
    });
    json!({ "description": "Pairs of status and text.", "type": "array", "items": pair })
}

fn precondition() -> Json {
    object(
        "What an object must be like before the change is written.",
        [
            key("address", "The object.", link("address")),
            maybe("absent", "It is not there.", json!({ "const": true })),
            maybe("present", "It is there.", json!({ "const": true })),
            maybe("fields", "It has these values.", values()),
            maybe("equal", "So many have these values.", values()),
            maybe("number", "How many have them.", number()),
        ],
    )
}

fn gap() -> Json {
    object(
        "What could not be read.",
        [
            key("request", "The path that was asked for.", text()),
            key("reason", "Why it is not known.", text()),
        ],
    )
}

fn refusal() -> Json {
    object(
        "A guard that says no: nothing is applied.",
        [
            key("guard", "Its name in quayform.toml.", one_of(&GUARDS)),
            key("message", "The figure, the limit and what it is about.", text()),
            key("addresses", "The objects concerned.", list(link("address"))),
            key("remarks", "What to know before it is allowed.", list(text())),
            key("way_out", "The narrowest way to allow exactly this.", text()),
            key("overridable", "Whether `apply --allow DIGEST` allows it.", flag()),
        ],
    )
}

fn diagnostic() -> Json {
    let place = object(
        "A place in a file.",
        [
            key("file", "Its path.", text_or_null()),
            key("line", "From 1.", number_or_null()),
            key("column", "In characters, from 1.", number_or_null()),
            key("remark", "What is said there.", text()),
        ],
    );
    object(
        "A problem of manifests or of the plan.",
        [
            key("code", "One of docs/errors.md.", text()),
            key("severity", "Whether it stops the run.", one_of(&["warning", "error"])),
            key("message", "In one sentence.", text()),
            key("help", "What to do.", text_or_null()),
            key("places", "Where, the main place first.", list(place)),
        ],
    )
}

fn previous_run() -> Json {
    let unanswered = object(
        "A request of it without an answer.",
        [
            key("time", "When it left.", text()),
            key("address", "The object.", text()),
            key("method", "Such as PUT.", text()),
            key("path", "What was asked.", text()),
        ],
    );
    object(
        "An apply before this run that did not come to its end.",
        [
            key("began", "When.", text_or_null()),
            key("actor", "Whose token it had.", text_or_null()),
            key("changes", "How many changes it was to make.", number_or_null()),
            key("done", "How many it made.", number_or_null()),
            key("not_done", "How many it did not.", number_or_null()),
            key("unanswered", "Requests that may still be at work.", list(unanswered)),
        ],
    )
}

/// What reading and writing cost.
pub(super) fn requests_of_plan() -> Json {
    object(
        "What reading took, and what applying will take.",
        [
            key("read", "Requests that read.", number()),
            key(
                "estimated_read",
                "How many were expected once the lists were there.",
                number(),
            ),
            key("estimated_write", "How many an apply will send.", number()),
            key("seconds", "How long reading took.", seconds()),
            key("estimated_seconds", "How long it was expected to take.", seconds()),
            maybe("cached", "How many the cache saved.", number()),
            maybe("cached_at", "How old the cache is.", text()),
        ],
    )
}
