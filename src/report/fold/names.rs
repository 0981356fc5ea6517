//! A pattern for many names, and those that it does not fit.

/// From how many names on a few may be exceptions.
const MANY: usize = 8;

/// How many names may be exceptions.
const EXCEPTIONS: usize = 3;

/// How many letters longer the pattern must become for each exception.
const GAIN: usize = 3;

/// Many names: what most of them begin and end with, and the others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Names<'a> {
    prefix: &'a str,
    suffix: &'a str,
    /// The names that the pattern does not fit.
    pub(crate) besides: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Finds the pattern that says most with the fewest exceptions.
    pub(crate) fn of(names: &[&'a str]) -> Self {
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        let most = if sorted.len() < MANY { 0 } else { EXCEPTIONS };
        // Names that begin alike stand together once they are sorted, so that exceptions stand at the ends.
        let ends = (0..=most).flat_map(|exceptions| (0..=exceptions).map(move |first| (first, exceptions - first)));
        let worth = |(first, last): &(usize, usize)| {
            let inner = &sorted[*first..sorted.len() - last];
            let prefix = shared(inner.first().copied(), inner.last().copied());
            prefix.len() as isize - (GAIN * (first + last)) as isize
        };
        // The first of the best: that with the fewest exceptions.
        let best = ends
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .max_by_key(worth)
            .unwrap_or_default();
        let inner = &sorted[best.0..sorted.len() - best.1];
        let prefix = shared(inner.first().copied(), inner.last().copied());
        let besides = sorted[..best.0].iter().chain(&sorted[sorted.len() - best.1..]);
        Names {
            prefix,
            suffix: common_end(inner, prefix.len()),
            besides: besides.copied().collect(),
        }
    }

    /// The pattern, with `*` for what differs.
    pub(crate) fn pattern(&self) -> String {
        format!("{}*{}", self.prefix, self.suffix)
    }

    /// Whether the pattern fits.
    pub(crate) fn matches(&self, name: &str) -> bool {
        name.strip_prefix(self.prefix)
            .is_some_and(|rest| rest.ends_with(self.suffix))
    }
}

/// What both begin with.
fn shared<'a>(first: Option<&'a str>, last: Option<&str>) -> &'a str {
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let same = |((_, ours), theirs): &((usize, char), char)| ours == theirs;
    let letters = first.char_indices().zip(last.chars()).take_while(same);
    let end = letters.last().map_or(0, |((at, letter), _)| at + letter.len_utf8());
    &first[..end]
}

/// What all end with, from a separator on: a letter that happens to be the same says nothing.
fn common_end<'a>(names: &[&'a str], prefix: usize) -> &'a str {
    let rests = || names.iter().map(|name| &name[prefix..]);
    let Some(shortest) = rests().min_by_key(|rest| rest.len()) else {
        return "";
    };
    let starts = shortest.match_indices([':', '/']).map(|(at, _)| &shortest[at..]);
    let mut fitting = starts.filter(|end| rests().all(|rest| rest.ends_with(end)));
    fitting.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_says_what_most_names_have_in_common() {
        for (names, pattern, besides) in [
            (vec!["acme/api", "acme/web"], "acme/*", vec![]),
            (
                vec!["acme/svc-a:pushes", "acme/svc-b:pushes"],
                "acme/svc-*:pushes",
                vec![],
            ),
            (vec!["a/core", "a/more"], "a/*", vec![]),
            (vec!["é1", "é2"], "é*", vec![]),
            (
                vec![
                    "acme/a",
                    "acme/service-1",
                    "acme/service-2",
                    "acme/service-3",
                    "acme/service-4",
                    "acme/service-5",
                    "acme/service-6",
                    "acme/service-7",
                    "acme/web",
                ],
                "acme/service-*",
                vec!["acme/a", "acme/web"],
            ),
        ] {
            let found = Names::of(&names);
            assert_eq!(found.pattern(), pattern);
            assert_eq!(found.besides, besides);
            assert!(names.iter().all(|name| found.matches(name) != besides.contains(name)));
        }
    }
}
