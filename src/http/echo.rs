//! Servers and proxies that repeat in their refusals what they were told.

/// What stands in the place of a secret.
const HIDDEN: &str = "(secret)";
/// Shorter pieces are words that may stand anywhere.
const SHORTEST_PIECE: usize = 8;

/// The text without these secrets, also as JSON writes them, and without their longer pieces: of an address, somebody
/// may repeat only the password or the path.
pub fn without<'s>(text: &str, secrets: impl IntoIterator<Item = &'s str>) -> String {
    let mut hidden: Vec<String> = Vec::new();
    for secret in secrets.into_iter().filter(|secret| !secret.trim().is_empty()) {
        let pieces = secret.split(|letter: char| letter.is_whitespace() || "/:@?&=#,;\"'".contains(letter));
        hidden.extend(pieces.filter(|piece| piece.len() >= SHORTEST_PIECE).map(str::to_owned));
        hidden.push(serde_json::Value::from(secret).to_string().trim_matches('"').to_owned());
        hidden.push(secret.to_owned());
    }
    // The whole before its pieces.
    hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    hidden.iter().fold(text.to_owned(), |text, secret| {
        if text.contains(secret.as_str()) {
            text.replace(secret.as_str(), HIDDEN)
        } else {
            text
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_their_pieces_are_hidden() {
        let url = "https://user:CANARY-password@hooks.example/CANARY-path?key=CANARY\"1";
        for (said, shown) in [
            (
                "400 bad url: https://user:CANARY-password@hooks.example/CANARY-path?key=CANARY\"1",
                "400 bad url: (secret)",
            ),
            (
                r#"{"url": "https://user:CANARY-password@hooks.example/CANARY-path?key=CANARY\"1"}"#,
                r#"{"url": "(secret)"}"#,
            ),
            ("cannot reach /CANARY-path", "cannot reach /(secret)"),
            ("Not today", "Not today"),
        ] {
            assert_eq!(without(said, [url]), shown);
        }
        assert_eq!(without("a b", ["", " "]), "a b");
    }
}
