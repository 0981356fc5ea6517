//! Who gains and who loses what: `{subjects, on, before, after, once_accepted, because}`.

use serde_json::{Value as Json, json};

use crate::model::{AccessChange, Ground, Role, Shift, Standing, Subject};

use super::parts::Parts;

/// Both lists as JSON: `{gained, lost}`.
pub(super) fn encode(access: &AccessChange) -> Json {
    let all = |shifts: &[Shift]| shifts.iter().map(shift).collect::<Vec<_>>();
    json!({ "gained": all(&access.gained), "lost": all(&access.lost) })
}

fn shift(shift: &Shift) -> Json {
    json!({
        "subjects": shift.subjects.iter().map(subject).collect::<Vec<_>>(),
        "on": match &shift.on {
            Ground::Organization(name) => json!({ "organization": name }),
            Ground::Repositories(names) => json!({ "repositories": names }),
            Ground::NextRepositories { organization, created_by } => {
                json!({ "next_repositories": organization, "created_by": created_by })
            }
        },
        "before": shift.before,
        "after": shift.after,
        "once_accepted": shift.once_accepted,
        "because": shift.because,
    })
}

/// Somebody: `{user}`, `{robot}`, `{team}` or `{anyone: true}`.
pub fn subject(subject: &Subject) -> Json {
    match subject {
        Subject::Anyone => json!({ "anyone": true }),
        Subject::Account(name) if name.contains('+') => json!({ "robot": name }),
        Subject::Account(name) => json!({ "user": name }),
        Subject::Team(name) => json!({ "team": name }),
    }
}

/// Reads what `encode` wrote.
pub(super) fn decode(parts: &Parts<'_>) -> Result<AccessChange, String> {
    Ok(AccessChange {
        gained: parts.each("gained", read_shift)?,
        lost: parts.each("lost", read_shift)?,
    })
}

fn read_shift(parts: &Parts<'_>) -> Result<Shift, String> {
    let on = parts.inner("on")?;
    let on = match (on.optional_text("organization"), on.optional_text("next_repositories")) {
        (Some(name), _) => Ground::Organization(name.to_owned()),
        (_, Some(name)) => Ground::NextRepositories {
            organization: name.to_owned(),
            created_by: on.optional_text("created_by").map(str::to_owned),
        },
        _ => Ground::Repositories(on.texts("repositories")?.into_iter().map(str::to_owned).collect()),
    };
    let word = |key: &str| {
        let text = parts.text(key)?;
        let known = match on {
            Ground::Organization(_) => Standing::from_word(text).word(),
            _ => Role::from_word(text).word(),
        };
        if known == text {
            Ok(known)
        } else {
            Err(format!("`{text}` is no role"))
        }
    };
    Ok(Shift {
        subjects: parts.each("subjects", read_subject)?,
        before: word("before")?,
        after: word("after")?,
        once_accepted: parts.flag("once_accepted"),
        because: parts.addresses("because")?,
        on,
    })
}

fn read_subject(parts: &Parts<'_>) -> Result<Subject, String> {
    let named = |key: &str| parts.optional_text(key).map(str::to_owned);
    match (
        named("user").or_else(|| named("robot")),
        named("team"),
        parts.flag("anyone"),
    ) {
        (Some(name), _, _) => Ok(Subject::Account(name)),
        (_, Some(name), _) => Ok(Subject::Team(name)),
        (_, _, true) => Ok(Subject::Anyone),
        _ => Err("a subject is none of user, robot, team and anyone".to_owned()),
    }
}
