//! Codes of problems: Plans.

use super::{Code, Example};

pub(super) const CODES: [Code; 9] = [
    Code {
        code: "unused-allow",
        meaning: "Warning: a pattern of `--allow` means nothing that the plan deletes.",
        way_out: "Correct it, or drop it.",
        example: Example::Story("`plan --allow 'robot[acme+old]'`, and the plan does not delete that robot."),
    },
    Code {
        code: "in-use",
        meaning: "Warning: something that is allowed to be lost was pushed to, pulled or logged in with lately.",
        way_out: "Make sure that nobody needs it any more.",
        example: Example::Story("`plan --allow 'robot[acme+old]'`, and the robot logged in yesterday."),
    },
    Code {
        code: "missing-reference",
        meaning: "Something that is taken for granted (`external`, or of an organization without a document) is not on the registry.",
        way_out: "Create it there, declare it, or correct the name.",
        example: Example::Story("`teams: {security: {external: true}}`, and the registry has no team of that name."),
    },
    Code {
        code: "not-compared",
        meaning: "Warning: a secret is not known here, so that its field is not compared.",
        way_out: "Set the variable or file; an apply that must send it does not begin without.",
        example: Example::Story("A webhook's `url: {env: HOOK_URL}`, and HOOK_URL is not set where `plan` runs."),
    },
    Code {
        code: "kept",
        meaning: "Warning: something stays although an exact list does not hold it, since whoever runs quayform would be locked out.",
        way_out: "List it, or run quayform with another account.",
        example: Example::Story(
            "`owners: {members: [alice]}`, and the token is bob's, who is an owner: his removal would lock quayform out.",
        ),
    },
    Code {
        code: "dependency-cycle",
        meaning: "Changes wait for each other.",
        way_out: "Declare them in two steps, with an apply between.",
        example: Example::Story("Two changes of which each can only be made after the other."),
    },
    Code {
        code: "interrupted-access",
        meaning: "Warning: in between, somebody can do less than before and after. Any other order would give somebody too much for a moment.",
        way_out: "Nothing, or apply when a short interruption does no harm.",
        example: Example::Story(
            "A team's grant is replaced by its members' own grants; between the two writes they have none.",
        ),
    },
    Code {
        code: "unsafe-order",
        meaning: "The order of the plan would let somebody do too much, or lock an administrator out, for a moment. A mistake in quayform: nothing is applied, exit code 70.",
        way_out: "Report it with the plan.",
        example: Example::Story("None is known: a plan that says so is a bug."),
    },
    Code {
        code: "no-cocktail",
        meaning: "Warning: a tag is to be built by CocktailCloud, and it is not set where that is, or with which token.",
        way_out: "Set `[cocktail]` in `quayform.toml`; an apply that needs it does not begin without.",
        example: Example::Story("`tags: {v1: {cocktail: {…}}}`, and `quayform.toml` has no `[cocktail]`."),
    },
];
