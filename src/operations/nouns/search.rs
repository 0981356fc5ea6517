//! Looking for what one does not know the exact name of.

use super::Noun;
use crate::operations::operation::{Form, Input, Operation, Paging, Right, Route, column};

const WORDS: Input = Input::query("words", "query", Form::Text, "What to look for")
    .required()
    .positional();

pub(super) const NOUN: Noun = Noun {
    name: "search",
    about: "Look for repositories, people, teams and robots",
    operations: &[
        Operation::new(
            "search",
            "repositories",
            "Repositories whose name or description has these words",
        )
        .takes(&[WORDS])
        .sends(&[Route::get("/find/repositories", Right::RepositoryRead)])
        .pages(
            "/results",
            Paging::Numbered("has_additional"),
            &[
                column("namespace", "/namespace/name"),
                column("repository", "/name"),
                column("public", "/is_public"),
                column("description", "/description"),
            ],
        ),
        Operation::new("search", "all", "Everything that has these words in its name")
            .takes(&[WORDS])
            .sends(&[Route::get("/find/all", Right::RepositoryRead)])
            .lists(
                "/results",
                &[
                    column("kind", "/kind"),
                    column("namespace", "/namespace/name"),
                    column("name", "/name"),
                    column("description", "/description"),
                ],
            ),
        Operation::new(
            "search",
            "entities",
            "Users, robots and teams whose name begins like this",
        )
        .takes(&[
            Input::argument("prefix", Form::Text, "How the name begins"),
            Input::query(
                "namespace",
                "namespace",
                Form::Text,
                "The organization whose robots and teams count as well",
            ),
            Input::query("teams", "includeTeams", Form::Switch, "Teams of that organization, too"),
            Input::query("organizations", "includeOrgs", Form::Switch, "Organizations, too"),
        ])
        .sends(&[Route::get("/entities/{prefix}", Right::OwnRead)])
        .lists(
            "/results",
            &[
                column("name", "/name"),
                column("kind", "/kind"),
                column("robot", "/is_robot"),
                column("in the organization", "/is_org_member"),
            ],
        ),
    ],
};
