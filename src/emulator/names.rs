//! The rule for names of organizations, users, teams and robots (behaviour.md, 4).

/// The expression as error messages show it.
const EXPRESSION: &str = "^([a-z0-9]+(?:[._-][a-z0-9]+)*)$";

/// Why a name is refused, in the server's words; `what` stands in the text about its length.
pub(super) fn name_error(name: &str, what: &str) -> Option<String> {
    if !matches_expression(name) {
        return Some(format!("Namespace must match expression {EXPRESSION}"));
    }
    // The expression admits ASCII only, so bytes are characters here.
    if !(2..=255).contains(&name.len()) {
        return Some(format!("{what} must be between 2 and 255 characters in length"));
    }
    None
}

/// Runs of lower-case letters and digits, joined by single separators.
fn matches_expression(name: &str) -> bool {
    let is_run = |run: &str| !run.is_empty() && run.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.split(['.', '_', '-']).all(is_run)
}

/// Whether a text is something like an e-mail address: `x@a.b`, at most 254 characters (api.md, 3.1).
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let dotted = domain
        .split_once('.')
        .is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty());
    text.len() <= 254 && !local.is_empty() && dotted && !domain.contains('@') && !text.contains(char::is_whitespace)
}

/// Whether a text can name a tag: up to 128 letters, digits, `_`, `.` and `-`, of which the last two do not begin it.
pub(super) fn is_tag(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins_well = name.bytes().next().is_some_and(is_word);
    begins_well && name.len() <= 128 && name.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

/// Whether a text can name a repository: segments of lower-case letters, digits, `.`, `_` and `-` that begin with a letter
/// or digit, several of them only where names are `extended` (api.md, 3.4; repository, exchanges 12 to 24).
pub(super) fn is_repository(name: &str, extended: bool) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_segment = |segment: &str| {
        let starts_well = segment.bytes().next().is_some_and(is_alphanumeric);
        starts_well
            && segment
                .bytes()
                .all(|byte| is_alphanumeric(byte) || b"._-".contains(&byte))
    };
    name.len() <= 255 && (extended || !name.contains('/')) && name.split('/').all(is_segment)
}
