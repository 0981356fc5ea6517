//! The document of a plan.

use serde_json::{Value as Json, json};

use super::parts::{document, registries, requests_of_plan, version};
use super::shapes::{flag, key, link, list, maybe, number, object, one_of, summary, text, text_or_null, values};

/// The schema of what `plan --format json` prints and `plan --out` saves.
pub fn plan() -> Json {
    document(
        "Quayform plan",
        "What an apply would do: printed by `plan --format json`, saved by `plan --out`.",
        &["plan", "registries", "failure"],
        vec![
            ("plan", one()),
            ("registries", registries(&["plan", "failure"])),
            ("subject", subject()),
            ("shift", shift()),
            ("wishes", wishes()),
        ],
    )
}

/// The plan of one registry.
pub(super) fn one() -> Json {
    let counts = [
        ("create", "Objects that come to be."),
        ("update", "Objects that change in place."),
        ("replace", "Objects that are deleted and made anew."),
        ("delete", "Objects that go."),
        ("blocked", "Wishes that cannot be fulfilled."),
        ("deferred", "Changes that the server will allow later."),
        ("unchanged", "Declared objects that are as they should be."),
        ("unmanaged", "Live objects that nobody declares."),
    ];
    let access = object(
        "Who may do more and who may do less than before.",
        [
            key("gained", "Who may do more.", list(link("shift"))),
            key("lost", "Who may do less.", list(link("shift"))),
        ],
    );
    let always = vec![
        version(),
        key(
            "registry",
            "Its normalized URL, or the file of the embedded one.",
            text(),
        ),
        summary(&counts),
        key(
            "requests",
            "What reading took, and what applying will take.",
            requests_of_plan(),
        ),
        key(
            "changes",
            "In an order that keeps every dependency.",
            list(link("change")),
        ),
        key("access", "Who may do more and who may do less.", access),
        key("unmanaged", "Live objects that nobody declares.", list(link("address"))),
        key("gaps", "What could not be read.", list(link("gap"))),
        key("refusals", "Guards that refuse.", list(link("refusal"))),
        key(
            "diagnostics",
            "The problems of manifests and plan.",
            list(link("diagnostic")),
        ),
    ];
    let sometimes = vec![
        maybe("narrowed", "What it was narrowed to.", narrowed()),
        maybe("shard", "The part of the organizations, as I/N.", text()),
        maybe("reads", "What was asked, with --explain-reads.", list(reads())),
        maybe(
            "previous_run",
            "An apply before it that did not end.",
            link("previous_run"),
        ),
    ];
    let saved = vec![
        maybe("digest", "In saved plans: the digest of all of it.", text()),
        maybe(
            "registry_name",
            "In saved plans: its name in quayform.toml.",
            text_or_null(),
        ),
        maybe("actor", "In saved plans: who is to apply it.", text()),
        maybe("created", "In saved plans: when.", text()),
        maybe("manifests", "In saved plans: the digest of the manifests.", text()),
        maybe("quayform", "In saved plans: the version that made it.", text()),
        maybe("salt", "In saved plans: the salt of its secrets' digests.", text()),
        maybe("unreadable", "In saved plans: organizations with gaps.", list(text())),
        maybe("wishes", "In saved plans: what proves the result.", link("wishes")),
    ];
    object(
        "The plan of one registry.",
        always.into_iter().chain(sometimes).chain(saved),
    )
}

/// What only plans use.
pub(super) fn subject() -> Json {
    let of = |name: &'static str, description: &'static str, schema: Json| {
        object(description, [key(name, description, schema)])
    };
    json!({
        "description": "Somebody.",
        "oneOf": [
            of("user", "A user.", text()),
            of("robot", "A robot, by its full name.", text()),
            of("team", "The members of a team.", text()),
            of("anyone", "Whoever asks.", json!({ "const": true })),
        ],
    })
}

/// Several people to whom the same happens.
pub(super) fn shift() -> Json {
    let on = json!({ "oneOf": [
        object("An organization.", [key("organization", "Its name.", text())]),
        object("Repositories.", [key("repositories", "Their full names.", list(text()))]),
        object(
            "Repositories that are created later.",
            [
                key("next_repositories", "In this organization.", text()),
                key("created_by", "By this account; null for everybody.", text_or_null()),
            ],
        ),
    ]});
    let word = || one_of(&["none", "read", "write", "admin", "member", "creator"]);
    object(
        "Several people to whom the same happens.",
        [
            key("subjects", "Who.", list(link("subject"))),
            key("on", "On what.", on),
            key("before", "The role or standing before.", word()),
            key("after", "The one after.", word()),
            key("once_accepted", "Whether an invitation must be accepted first.", flag()),
            key("because", "The changes that cause it.", list(link("address"))),
        ],
    )
}

fn narrowed() -> Json {
    let left_out = object(
        "A change that would be meant.",
        [
            key("address", "The object.", link("address")),
            key("because_of", "What holds it up.", link("address")),
        ],
    );
    object(
        "What a plan was narrowed to.",
        [
            key("targets", "--target.", list(text())),
            key("exclude", "--exclude.", list(text())),
            key("paths", "The PATHs.", list(text())),
            key("pulled_in", "What must come before.", list(link("address"))),
            key("left_out", "What could not be done.", list(left_out)),
        ],
    )
}

fn reads() -> Json {
    let each = object(
        "One request, with its pages.",
        [
            key("method", "How it was asked.", one_of(&["GET", "POST"])),
            key("target", "What was asked.", text()),
            key("requests", "How many, pages included.", number()),
            key("serves", "What it was for.", list(text())),
        ],
    );
    object(
        "Requests of one sort.",
        [
            key("reason", "What they were for.", text()),
            key("requests", "How many.", number()),
            key("each", "One by one.", list(each)),
        ],
    )
}

/// What proves the result of a saved plan.
pub(super) fn wishes() -> Json {
    let wish = object(
        "A declared object.",
        [
            key("address", "The object.", link("address")),
            key(
                "intent",
                "Whether it must exist.",
                one_of(&["present", "absent", "external"]),
            ),
            key("fields", "What is declared of it.", values()),
            key("needs", "What must exist before.", list(link("address"))),
            key("because", "Where it is written.", link("because")),
        ],
    );
    let owned = object(
        "A collection that is owned.",
        [
            key("kind", "The kind of its objects.", text()),
            key("prefix", "How their names start.", text()),
            key("manage", "How.", one_of(&["exact", "additive", "declared"])),
            key("because", "Where it is written.", link("because")),
        ],
    );
    let renamed = object(
        "An object that is to take the place of another one.",
        [
            key("address", "The object.", link("address")),
            key("previous", "What it was called before.", link("address")),
        ],
    );
    object(
        "The wishes that concern the changes.",
        [
            key("objects", "Declared objects.", list(wish)),
            key("owned", "Collections that are owned.", list(owned)),
            key("detailed", "Objects of which more must be read.", list(link("address"))),
            key("previous", "What objects were called before.", list(renamed)),
            key(
                "left_to_others",
                "Objects of which the rest is somebody else's.",
                list(link("address")),
            ),
        ],
    )
}
