//! The HTML page as a text: nothing in it asks anybody for anything, and nothing in it is what a name wrote.

use quayform::model::Sources;
use quayform::report::{Report, html};
use regex::Regex;
use serde_json::Value as Json;

use super::{HOSTILE, company, nasty};

/// The page of a plan that somebody tries to break out of.
fn page() -> String {
    let run = nasty().run(&["plan", "--emulator", "--format", "html"]);
    assert_eq!(run.code, Some(3), "{}", run.shown());
    run.stdout
}

/// The JSON that is embedded.
fn data(page: &str) -> Json {
    let (_, rest) = page
        .split_once("<script type=\"application/json\" id=\"data\">")
        .unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn names_cannot_break_out() {
    let page = page();
    let data = data(&page);
    let changes = data[0]["organizations"][0]["changes"].as_array().unwrap();
    let robot = changes
        .iter()
        .find(|change| change["address"] == "robot[acme+ci]")
        .unwrap();
    assert_eq!(robot["fields"][0][2], HOSTILE);
    let scripts = Regex::new("<script").unwrap().find_iter(&page).count();
    assert_eq!(scripts, 2, "the data, and the page's own");
    assert!(!page.contains("<img") && !page.contains("onerror=alert(1)>"), "{page}");
}

#[test]
fn nothing_is_asked_of_anybody() {
    let page = page();
    let policy = Regex::new(r#"<meta http-equiv="Content-Security-Policy" content="([^"]*)">"#).unwrap();
    let policy = policy.captures(&page).unwrap()[1].to_owned();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    let asking = Regex::new(
        r#"(?i)\b(src|href|action|data|poster|srcset)\s*=\s*["']|@import|url\(|fetch\(|XMLHttpRequest|import\("#,
    );
    let own = page.split_once("<body>").unwrap().0.to_owned() + page.rsplit_once("<script>").unwrap().1;
    let found = asking.unwrap().find(&own).map(|found| found.as_str().to_owned());
    assert_eq!(found, None);
    assert!(!own.contains("innerHTML") && !own.contains("insertAdjacentHTML"));
}

#[test]
fn the_picture_stays_small() {
    let sources = Sources::default();
    for (organizations, changes) in [(1, 20), (10, 1_000), (500, 10_000)] {
        let plan = company(organizations, changes);
        let page = html::page(&[html::part(&Report::of(&plan, &sources))]);
        let nodes = page.matches("<g class=\"node").count();
        assert!((1..=200).contains(&nodes), "{nodes} nodes");
    }
}

#[test]
fn several_registries_are_on_one_page() {
    let sources = Sources::default();
    let plan = company(2, 40);
    let report = |name| Report {
        name: Some(name),
        ..Report::of(&plan, &sources)
    };
    let page = html::page(&[html::part(&report("one")), html::part(&report("two"))]);
    assert_eq!(page.matches("<main").count(), 2);
    assert_eq!(data(&page)[1]["registry"], "two");
}
