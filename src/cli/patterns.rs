//! The patterns of `--allow`, `--target` and `--exclude`.

use super::failure::Failure;
use crate::kinds;
use crate::manifest::suggest::closest;
use crate::model::Pattern;
use crate::model::address::matches_glob;

/// Reads the patterns of `--allow`; the digest of a saved plan is none. Their kinds must exist: one that does not would
/// allow nothing, and the plan be refused for no visible reason. One that spans kinds would be a global force.
pub fn allowed(texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    let patterns = texts.iter().filter(|text| !text.starts_with("sha256:"));
    let one = |text: &String| {
        let pattern = known("--allow", text)?;
        if pattern.spans_kinds() {
            return Err(Failure::new(format!("--allow: `{pattern}` does not name one kind"))
                .certain("nothing was read or changed")
                .help("allow what is meant, such as --allow 'robot[acme+old]': nothing allows everything"));
        }
        Ok(pattern)
    };
    patterns.map(one).collect()
}

/// Reads the patterns of a flag that chooses objects; their kinds must exist.
pub fn chosen(flag: &str, texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    texts.iter().map(|text| known(flag, text)).collect()
}

fn known(flag: &str, text: &str) -> Result<Pattern, Failure> {
    let pattern = Pattern::parse(text).map_err(|problem| {
        Failure::new(format!("{flag}: {problem}"))
            .certain("nothing was read or changed")
            .help(format!("quote it for the shell: {flag} 'robot[acme+old]'"))
    })?;
    let names = kinds::names();
    if names.iter().any(|name| matches_glob(pattern.kind(), name)) {
        return Ok(pattern);
    }
    let message = format!(
        "{flag}: `{pattern}` names the kind `{}`, which does not exist",
        pattern.kind()
    );
    let help = match closest(pattern.kind(), names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the kinds are {}", names.join(", ")),
    };
    Err(Failure::new(message).certain("nothing was read or changed").help(help))
}
