//! The document of an apply.

use serde_json::{Value as Json, json};

use super::parts::{change, document, registries, version};
use super::plan;
use super::shapes::{
    anything, flag, key, link, list, maybe, number, object, one_of, seconds, summary, text, text_or_null,
};
use crate::saved::ACTIONS;

/// The schema of what `apply --format json` prints: the result, or the plan where nothing was written.
pub fn applied() -> Json {
    let one = ["applied", "plan", "failure"];
    document(
        "Quayform apply",
        "What became of a plan: printed by `apply --format json`. Where nothing is written, it is the plan.",
        &["applied", "plan", "registries", "failure"],
        vec![
            ("applied", result()),
            ("plan", plan::one()),
            ("registries", registries(&one)),
            ("residual", residual()),
            ("subject", plan::subject()),
            ("shift", plan::shift()),
            ("wishes", plan::wishes()),
        ],
    )
}

fn result() -> Json {
    let counts = [
        ("done", "Changes that are done."),
        ("already", "Of these, those that were so already."),
        ("failed", "Changes that failed, or of which nobody knows."),
        ("stale", "Changes that were held back, because something moved."),
        ("skipped", "Changes that were not attempted."),
        ("deferred", "Changes that the server will allow later."),
        ("cancelled", "Changes that an interrupt kept from being attempted."),
        ("blocked", "Wishes that cannot be fulfilled."),
    ];
    let requests = object(
        "What it took.",
        [
            key("read", "Requests that read.", number()),
            key("write", "Requests that wrote.", number()),
            key("seconds", "How long it took.", seconds()),
        ],
    );
    object(
        "The result of one registry.",
        [
            version(),
            key(
                "registry",
                "Its normalized URL, or the file of the embedded one.",
                text(),
            ),
            summary(&counts),
            key(
                "converged",
                "Whether all reads as it was written, and all was done.",
                flag(),
            ),
            key("residual", "What reads otherwise.", list(link("residual"))),
            key(
                "blocked",
                "What the server took and passed over, as it is known to do.",
                list(link("residual")),
            ),
            key("unread_logs", "Logs that could not be read.", list(link("gap"))),
            key("unproven", "What could not be read again.", list(text())),
            key("gaps", "What could not be read at planning.", list(link("gap"))),
            key("credentials", "Which tokens went where.", credentials()),
            key(
                "diagnostics",
                "The problems of manifests and plan.",
                list(link("diagnostic")),
            ),
            key("requests", "What it took.", requests),
            key("outcomes", "What became of each change.", list(outcome())),
            maybe(
                "previous_run",
                "An apply before it that did not end.",
                link("previous_run"),
            ),
        ],
    )
}

fn credentials() -> Json {
    let written = object(
        "Which tokens went where; never the tokens.",
        [
            key("to", "The sink.", text()),
            key("written", "Robots whose token is there now.", list(text())),
            key("unchanged", "Robots whose token was there.", list(text())),
            key("removed", "What is no more there.", list(text())),
            key("problems", "What could not be delivered.", list(text())),
        ],
    );
    json!({ "oneOf": [{ "type": "null" }, written] })
}

fn outcome() -> Json {
    let actions = ACTIONS.map(|action| action.word());
    object(
        "One change and its end.",
        [
            key("address", "The object.", link("address")),
            key("action", "What was to happen.", one_of(&actions)),
            key(
                "state",
                "What happened.",
                one_of(&["done", "deferred", "failed", "stale", "skipped", "cancelled"]),
            ),
            key("detail", "What there is to say besides.", text_or_null()),
        ],
    )
}

/// The change that would still be needed, with its likely causes.
fn residual() -> Json {
    let cause = object(
        "Why, as far as can be told.",
        [
            key(
                "likely",
                "The sort of cause.",
                one_of(&["somebody", "kept", "stuck", "normalized", "vanished", "stayed", "moved"]),
            ),
            key("text", "In one sentence.", text()),
            maybe("performer", "Who did it.", text_or_null()),
            maybe("event", "By which logged event.", text()),
            maybe("time", "When.", text()),
            maybe("ip", "From where.", text_or_null()),
        ],
    );
    let difference = object(
        "What differs.",
        [
            key("field", "The field; null for the object itself.", text_or_null()),
            key("wanted", "What was written.", anything()),
            key("found", "What was read.", anything()),
            key("cause", "Why, as far as can be told.", cause),
        ],
    );
    change(vec![key("differences", "What differs, and why.", list(difference))])
}
