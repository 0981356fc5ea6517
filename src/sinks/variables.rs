//! Variables with their texts, as shells and `.env` readers take them.

use secrecy::{ExposeSecret, SecretString};

/// A line for each variable: `NAME='text'`; where the text is not known, an empty one with a remark.
pub fn variables<'v>(all: impl IntoIterator<Item = (&'v str, Option<&'v SecretString>)>) -> SecretString {
    let mut text = String::new();
    for (name, secret) in all {
        match secret {
            Some(secret) => {
                let quoted = secret.expose_secret().replace('\'', r"'\''");
                text.push_str(&format!("{name}='{quoted}'\n"));
            }
            None => text.push_str(&format!("# the registry never shows it\n{name}=''\n")),
        }
    }
    SecretString::from(text)
}

/// The bytes of such a file, for the one place that writes it.
pub fn bytes(text: &SecretString) -> &[u8] {
    text.expose_secret().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_for_a_shell() {
        let secret = SecretString::from("it's");
        let text = variables([("ONE", Some(&secret)), ("TWO", None)]);
        let expected = "ONE='it'\\''s'\n# the registry never shows it\nTWO=''\n";
        assert_eq!(bytes(&text), expected.as_bytes());
    }
}
