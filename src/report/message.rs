//! Messages to a webhook about drift that is new or gone.

use serde_json::{Value as Json, json};

use crate::drift::{Drifted, Report};
use crate::model::Sources;

use super::{json, text};

/// How many objects a message names; the rest is counted.
const FEW: usize = 15;

/// How many characters a line has at most: texts of the registry are written by anybody.
const LONGEST_LINE: usize = 300;

/// What a message tells.
#[derive(Debug, Clone, Copy)]
pub struct News<'a> {
    /// What the registry is known by.
    pub registry: &'a str,
    /// What has not been told yet.
    pub new: &'a [&'a Drifted],
    /// The addresses of what was told, and is as it should be again.
    pub gone: &'a [String],
    /// All that there is.
    pub report: &'a Report,
}

/// `{"text": …}`, as Slack and what is compatible with it take it.
pub fn slack(news: News<'_>) -> Json {
    let mut lines = vec![format!("*Drift on {}*", marked(news.registry))];
    for drifted in news.new.iter().take(FEW) {
        let address = marked(&drifted.change.address.to_string());
        let told = marked(&text::told(drifted.verdict()));
        lines.push(format!("• {} `{address}`: {told}", drifted.sort.word()));
    }
    lines.extend(rest(news.new.len()).map(|rest| format!("• and {rest} more")));
    if !news.gone.is_empty() {
        let few: Vec<String> = news
            .gone
            .iter()
            .take(FEW)
            .map(|it| format!("`{}`", marked(it)))
            .collect();
        let more = rest(news.gone.len()).map_or(String::new(), |rest| format!(" and {rest} more"));
        lines.push(format!("As it should be again: {}{more}", few.join(", ")));
    }
    lines.push(match news.report.drifted.len() {
        0 => "Nothing differs any more.".to_owned(),
        number => format!("{number} in all."),
    });
    let lines: Vec<String> = lines.iter().map(|line| short(line)).collect();
    json!({ "text": lines.join("\n") })
}

/// The same for programs: every new object in the form of the report.
pub fn plain(news: News<'_>, sources: &Sources) -> Json {
    json!({
        "format_version": json::FORMAT_VERSION,
        "registry": news.registry,
        "tally": news.report.tally(),
        "new": news.new.iter().map(|each| json::drifted(each, sources)).collect::<Vec<_>>(),
        "gone": news.gone,
    })
}

fn rest(number: usize) -> Option<usize> {
    number.checked_sub(FEW).filter(|rest| *rest > 0)
}

/// Without what Slack would take for a mention or a link, and on one line.
fn marked(written: &str) -> String {
    let line = written.replace(|letter: char| letter.is_control() || letter == '`', " ");
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn short(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::{Sort, Untold, Verdict};
    use crate::model::{Action, Address, Change};

    #[test]
    fn a_message_stays_short_and_mentions_nobody() {
        let drifted = |number: usize| Drifted {
            change: Change::new(
                Address::new("notification", format!("acme/api:<!here>{number}")),
                Action::Delete,
            ),
            sort: Sort::Extra,
            verdicts: vec![(None, Verdict::Untold(Untold::Unreadable("x".repeat(10_000))))],
        };
        let all: Vec<Drifted> = (0..500).map(drifted).collect();
        let report = Report {
            drifted: all.clone(),
            ..Report::default()
        };
        let new: Vec<&Drifted> = all.iter().collect();
        let gone: Vec<String> = (0..500).map(|number| format!("team[acme/{number}]")).collect();
        let message = slack(News {
            registry: "https://quay.example",
            new: &new,
            gone: &gone,
            report: &report,
        });
        let text = message["text"].as_str().unwrap();
        assert!(text.len() < 8_000, "{}", text.len());
        assert!(
            text.contains("• and 485 more") && text.contains("500 in all."),
            "{text}"
        );
        assert!(text.contains("&lt;!here&gt;0") && !text.contains("<!here>"), "{text}");
    }
}
