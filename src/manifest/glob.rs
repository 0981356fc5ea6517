//! File patterns: `orgs/**/*.yaml`.

use std::path::{Path, PathBuf};

/// A pattern over paths relative to the project's root: `*` and `?` within a name, `**` for any directories.
#[derive(Debug, Clone)]
pub(super) struct Glob {
    parts: Vec<String>,
}

impl Glob {
    /// Reads a pattern; the error goes on from "`pattern`".
    pub(super) fn parse(pattern: &str) -> Result<Self, &'static str> {
        if pattern.starts_with('/') || Path::new(pattern).is_absolute() {
            return Err("must be relative to the project's root");
        }
        let parts: Vec<String> = pattern
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .map(str::to_owned)
            .collect();
        if parts.iter().any(|part| part == "..") {
            return Err("must not lead out of the project");
        }
        Ok(Glob { parts })
    }

    /// Whether it names one path.
    pub(super) fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| is_literal(part))
    }

    /// The directories (for a literal pattern the whole path) that every match begins with.
    pub(super) fn literal_start(&self) -> PathBuf {
        self.parts.iter().take_while(|part| is_literal(part)).collect()
    }

    /// Whether the path is meant.
    pub(super) fn matches(&self, path: &Path) -> bool {
        let names: Vec<_> = path
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        matches(
            &self.parts,
            &names,
            |part| part == "**",
            |part, name| matches_name(part, name),
        )
    }
}

fn is_literal(part: &str) -> bool {
    !part.contains(['*', '?'])
}

fn matches_name(part: &str, name: &str) -> bool {
    let pattern: Vec<char> = part.chars().collect();
    let letters: Vec<char> = name.chars().collect();
    matches(
        &pattern,
        &letters,
        |letter| *letter == '*',
        |one, letter| *one == '?' || one == letter,
    )
}

/// Whether the items are what the pattern describes; a star stands for any number of items. Never exponential: only
/// the last star is ever tried again.
fn matches<P, I>(pattern: &[P], items: &[I], is_star: impl Fn(&P) -> bool, is_match: impl Fn(&P, &I) -> bool) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while item < items.len() {
        match pattern.get(at) {
            Some(part) if is_star(part) => {
                retry = Some((at, item));
                at += 1;
            }
            Some(part) if is_match(part, &items[item]) => (at, item) = (at + 1, item + 1),
            _ => match &mut retry {
                Some((star, from)) => {
                    *from += 1;
                    (at, item) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stars_stand_for_any_directories() {
        for (pattern, path, meant) in [
            ("orgs/**/*.yaml", "orgs/a.yaml", true),
            ("orgs/**/*.yaml", "orgs/a/b/c.yaml", true),
            ("orgs/**/*.yaml", "orgs/a/b/c.yml", false),
            ("orgs/*.yaml", "orgs/a/b.yaml", false),
            ("**/prod/*.y?ml", "a/prod/b/prod/c.yaml", true),
            ("./orgs//a.yaml", "orgs/a.yaml", true),
            ("**", "a/b", true),
            ("a*b*c", "aXbXbXc", true),
        ] {
            assert_eq!(
                Glob::parse(pattern).unwrap().matches(Path::new(path)),
                meant,
                "{pattern} {path}"
            );
        }
        assert!(Glob::parse("../a.yaml").is_err());
        assert!(Glob::parse("/etc/*.yaml").is_err());
    }

    #[test]
    fn a_pattern_starts_where_its_first_star_is() {
        assert_eq!(
            Glob::parse("orgs/acme/**/*.yaml").unwrap().literal_start(),
            Path::new("orgs/acme")
        );
        assert_eq!(Glob::parse("*.yaml").unwrap().literal_start(), Path::new(""));
    }
}
