//! The patterns of `--allow`.

use super::failure::Failure;
use crate::kinds;
use crate::manifest::suggest::closest;
use crate::model::Pattern;
use crate::model::address::matches_glob;

/// Reads them; the digest of a saved plan is none. Their kinds must exist: one that does not would allow nothing, and the plan be refused for no visible
/// reason. One that spans kinds would be a global force.
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
    if pattern.spans_kinds() {
        return Err(Failure::new(format!("--allow: `{pattern}` does not name one kind"))
            .certain("nothing was read or changed")
            .help("allow what is meant, such as --allow 'robot[acme+old]': nothing allows everything"));
    }
    known(&pattern)?;
    Ok(pattern)
}

fn known(pattern: &Pattern) -> Result<(), Failure> {
    let names = kinds::names();
    if names.iter().any(|name| matches_glob(pattern.kind(), name)) {
        return Ok(());
    }
    let message = format!(
        "--allow: `{pattern}` names the kind `{}`, which does not exist",
        pattern.kind()
    );
    let help = match closest(pattern.kind(), names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the kinds are {}", names.join(", ")),
    };
    Err(Failure::new(message).certain("nothing was read or changed").help(help))
}
