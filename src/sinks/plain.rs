//! User name and token, a line each.

use secrecy::ExposeSecret;

use crate::model::Credential;

/// Two lines, each with its line break.
pub(super) fn render(credential: &Credential) -> String {
    format!("{}\n{}\n", credential.robot, credential.token.expose_secret())
}

#[cfg(test)]
mod tests {
    #[test]
    fn name_and_token_have_a_line_each() {
        assert_eq!(super::render(&super::super::example()), "acme+ci\nCANARY\n");
    }
}
