//! People of an organization.

use super::Noun;
use super::common::ORGANIZATION;
use crate::operations::operation::{Column, Form, Input, Operation, Right, Route, Show, column, shown};

const MEMBER: Input = Input::argument("member", Form::Text, "The user, or the robot as acme+ci");

const VIEW: &[Column] = &[
    column("name", "/name"),
    column("kind", "/kind"),
    shown("teams", "/teams", Show::Names),
    shown("repositories", "/repositories", Show::Names),
];

const MEMBERS: &str = "/organization/{organization}/members/{member}";

pub(super) const NOUN: Noun = Noun {
    name: "member",
    about: "People of an organization: look, remove from everything",
    operations: &[
        Operation::new("member", "list", "Everybody who is in a team of an organization")
            .takes(&[ORGANIZATION])
            .sends(&[Route::get(
                "/organization/{organization}/members",
                Right::OrganizationAdmin,
            )])
            .lists("/members", VIEW),
        Operation::new(
            "member",
            "collaborators",
            "Everybody who is in no team and has a role on a repository",
        )
        .takes(&[ORGANIZATION])
        .sends(&[Route::get(
            "/organization/{organization}/collaborators",
            Right::OrganizationAdmin,
        )])
        .lists("/collaborators", VIEW),
        Operation::new("member", "show", "The teams and repositories of one member")
            .takes(&[ORGANIZATION, MEMBER])
            .sends(&[Route::get(MEMBERS, Right::OrganizationAdmin)])
            .shows("", VIEW),
        Operation::new(
            "member",
            "evict",
            "Remove somebody from every team and every repository of an organization",
        )
        .takes(&[ORGANIZATION, MEMBER])
        .sends(&[Route::delete(MEMBERS, Right::OrganizationAdmin)])
        .says("{member} is in no team of {organization} and has no role of their own there any more.")
        .loses("all of their memberships and roles in the organization, without an entry in the usage log"),
    ],
};
