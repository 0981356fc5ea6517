//! What a token may do, as far as that can be seen without writing.

use crate::kinds::{repository, shapes, sight, targets};
use crate::model::{Interest, Query};

use super::organizations::{Administered, administered};
use super::reader::{ReadError, Reader, read_world};

/// One scope of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Its name, such as `org:admin`.
    pub scope: &'static str,
    /// Whether the token has it; `None` where only a write would tell.
    pub is_there: Option<bool>,
    /// What cannot be done without it.
    pub without: &'static str,
}

/// Tries what each scope is needed for: at most five requests, all of them to read.
pub async fn rights(reader: &mut Reader) -> Result<(Administered, Vec<Right>), ReadError> {
    let known = administered(reader).await?;
    let reason = "what the token may do";
    let own = targets::AUTHORIZATIONS.to_owned();
    let mut questions = vec![targets::ask(own, &shapes::AUTHORIZATIONS, reason, Vec::new())];
    let organization = known.organizations.first();
    if let Some(name) = organization {
        let view = targets::organization(name);
        questions.push(targets::ask(view, &shapes::ORGANIZATION, reason, Vec::new()));
    }
    ask(reader, questions).await?;
    let sees_all = organization.map(|name| sight::is_whole(reader.answers(), name));
    let administers = match organization {
        Some(name) => administers_repositories(reader, name).await?,
        None => None,
    };
    let has_user = reader.answers().body(targets::AUTHORIZATIONS).is_some();
    let right = |scope, is_there, without| Right {
        scope,
        is_there,
        without,
    };
    let rights = vec![
        right("org:admin", sees_all, "nothing of an organization can be managed"),
        right(
            "repo:admin",
            administers,
            "permissions, notifications and mirrors of repositories can be neither read nor managed",
        ),
        right("repo:create", None, "no repository can be created"),
        right(
            "user:admin",
            Some(has_user),
            "no organization can be created, and grants of robots take more requests to read",
        ),
        right(
            "super:user",
            Some(known.caller.superuser),
            "quotas, users, messages and service keys are not managed",
        ),
    ];
    Ok((known, rights))
}

/// Whether the users of the first repository are shown; `None` where there is no repository.
async fn administers_repositories(reader: &mut Reader, organization: &str) -> Result<Option<bool>, ReadError> {
    let interest = Interest {
        collections: [repository::of_organization(organization)].into(),
        ..Interest::default()
    };
    let world = read_world(reader, &interest).await?;
    let mut names = repository::explored(&world, organization);
    let Some(name) = names.next() else {
        return Ok(None);
    };
    let target = targets::user_permissions(name);
    let question = targets::ask(
        target.clone(),
        &shapes::USER_PERMISSIONS,
        "what the token may do",
        Vec::new(),
    );
    ask(reader, vec![question]).await?;
    Ok(Some(reader.answers().body(&target).is_some()))
}

async fn ask(reader: &mut Reader, questions: Vec<Query>) -> Result<(), ReadError> {
    reader.fetch_within_budget(0, questions).await?;
    Ok(())
}
