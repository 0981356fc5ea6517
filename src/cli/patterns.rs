//! Patterns of addresses. Their kinds must exist: a guard for a kind that does not would guard nothing.

use super::failure::Failure;
use crate::kinds;
use crate::manifest::suggest::closest;
use crate::model::Pattern;
use crate::model::address::matches_glob;
use crate::settings::Guards;

/// The patterns of `--allow`; the digest of a saved plan is none.
pub fn allowed(texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    let patterns = texts.iter().filter(|text| !text.starts_with("sha256:"));
    patterns.map(|text| one(text)).collect()
}

fn one(text: &str) -> Result<Pattern, Failure> {
    let pattern = Pattern::parse(text).map_err(|problem| {
        Failure::new(format!("--allow: {problem}"))
            .certain("nothing was read or changed")
            .help("quote it for the shell: --allow 'robot[acme+old]'")
    })?;
    known("--allow", &pattern)?;
    Ok(pattern)
}

/// Refuses guards that speak of kinds that do not exist.
pub fn check_guards(guards: &Guards) -> Result<(), Failure> {
    let lists = [
        ("[guards] allow_destroy", &guards.allow_destroy),
        ("[guards] protected", &guards.protected),
    ];
    for (place, patterns) in lists {
        for pattern in patterns {
            known(place, pattern)?;
        }
    }
    Ok(())
}

fn known(place: &str, pattern: &Pattern) -> Result<(), Failure> {
    let names = || kinds::ALL.iter().map(|kind| kind.name());
    if names().any(|name| matches_glob(pattern.kind(), name)) {
        return Ok(());
    }
    let message = format!(
        "{place}: `{pattern}` names the kind `{}`, which does not exist",
        pattern.kind()
    );
    let help = match closest(pattern.kind(), names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the kinds are {}", names().collect::<Vec<_>>().join(", ")),
    };
    Err(Failure::new(message).certain("nothing was read or changed").help(help))
}
