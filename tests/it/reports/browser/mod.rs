//! The HTML page in a real browser.

mod driver;

use std::path::PathBuf;

use quayform::model::Sources;
use quayform::report::{Report, html};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{company, nasty};
use driver::Browser;

/// A page in a file of its own.
fn file(text: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plan.html");
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

/// The page of the plan that nobody should approve, opened; it says nothing to the console and asks for nothing.
fn opened(browser: &Browser) -> TempDir {
    let run = nasty().run(&["plan", "--emulator", "--format", "html"]);
    let (directory, path) = file(&run.stdout);
    browser.open(&path);
    directory
}

/// The page is as it was asked to be once it has drawn twice: what is unfolded is filled in between.
const DRAWN: &str = "const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const main = document.querySelector('main');
    const form = main.querySelector('.filters');
    const fill = async (name, value) => { form.elements[name].value = value; form.dispatchEvent(new Event('input')); await drawn(); await drawn(); };
    const tick = async (box, on) => { box.checked = on; form.dispatchEvent(new Event('input')); await drawn(); await drawn(); };
    const open = async (details, on) => { details.open = on; await drawn(); await drawn(); };
    const rows = () => [...main.querySelectorAll('.change .address')].map((row) => row.textContent);
    const count = () => main.querySelector('.count').textContent;
    const nodes = () => document.querySelectorAll('*').length;
    await drawn(); await drawn();\n";

/// Runs a script that knows the words above.
fn within(browser: &Browser, script: &str) -> Json {
    browser.run(&format!("return (async () => {{ {DRAWN} {script} }})()"))
}

fn asks_nobody(browser: &Browser) {
    let console = browser.console();
    assert!(console.is_empty(), "{console:#?}");
    let asked = browser.requests();
    assert!(
        !asked.is_empty() && asked.iter().all(|url| url.starts_with("file:///")),
        "{asked:#?}"
    );
    assert_eq!(asked.len(), 1, "{asked:#?}");
}

#[test]
fn the_page_works_from_a_file() {
    let Some(browser) = Browser::start() else { return };
    let _directory = opened(&browser);
    assert_eq!(within(&browser, "return rows().length"), 17);
    searches_and_filters(&browser);
    folds(&browser);
    tells_of_access(&browser);
    assert_eq!(browser.run("return window.pwned === undefined"), true);
    asks_nobody(&browser);
}

fn searches_and_filters(browser: &Browser) {
    let found = within(
        browser,
        "await fill('search', 'Repository LEGACY'); return [rows(), count()]",
    );
    assert_eq!(
        found,
        json!([["repository[acme/legacy]"], "1 of 17 changes in 1 of 1 organizations"])
    );
    // Values, places and reasons are searched too.
    let found = within(
        browser,
        "await fill('search', 'acme.yaml the server cannot'); return rows()",
    );
    assert_eq!(found, json!(["robot[acme+ci]"]));
    let found = within(
        browser,
        "await fill('search', 'no such thing'); return [rows(), count()]",
    );
    assert_eq!(found, json!([[], "0 of 17 changes in 0 of 1 organizations"]));
    let found = within(
        browser,
        "await fill('search', ''); await fill('kind', 'repository'); return rows()",
    );
    assert_eq!(
        found,
        json!([
            "repository[acme/prod-db]",
            "repository[acme/legacy]",
            "repository[acme/web]"
        ])
    );
    let script = "await tick(form.querySelector('[value=delete]'), false); return rows()";
    assert_eq!(within(browser, script), json!(["repository[acme/web]"]));
    let script = "await tick(form.querySelector('[value=delete]'), true); await fill('kind', ''); await tick(form.elements.lossy, true); return rows()";
    assert_eq!(
        within(browser, script),
        json!(["repository[acme/prod-db]", "repository[acme/legacy]", "robot[acme+old]"])
    );
    assert_eq!(
        within(browser, "await tick(form.elements.lossy, false); return rows().length"),
        17
    );
}

fn folds(browser: &Browser) {
    let script = "const row = [...main.querySelectorAll('.change')].find((row) => row.textContent.includes('[acme/web]'));
        const before = row.children.length; await open(row, true);
        const text = row.textContent; await open(row, false);
        return [before, text.includes('private') && text.includes('public'), text.includes('</script><script>pwned = 1</script>'), row.children.length]";
    assert_eq!(within(browser, script), json!([1, true, true, 1]));
    // What a short change comes to stands in its own line, folded or not.
    let script = "return [...main.querySelectorAll('.change .gist')].map((gist) => gist.textContent)";
    let gists = within(browser, script);
    assert!(
        gists.as_array().unwrap().contains(&json!("role: write → admin")),
        "{gists}"
    );
    let script = "const organization = main.querySelector('.organization'); await open(organization, false);
        const folded = rows().length; await open(organization, true); return [folded, rows().length]";
    assert_eq!(within(browser, script), json!([0, 17]));
    let script = "const picture = main.querySelector('.picture'); await open(picture, true);
        return picture.querySelectorAll('.node').length > 3 && picture.querySelector('svg').getBoundingClientRect().height > 50";
    assert_eq!(within(browser, script), true);
}

fn tells_of_access(browser: &Browser) {
    let script = "const tables = [...main.querySelectorAll('.access table')];
        return tables.map((table) => [table.caption.textContent, table.rows[1].cells[0].textContent, table.rows[1].cells[1].textContent])";
    let tables = within(browser, script);
    assert_eq!(tables[0][1], "anyone", "{tables}");
    assert_eq!(tables[0][2], "read", "{tables}");
    assert!(tables[1][0].as_str().unwrap().starts_with("Access lost: "), "{tables}");
    let script = "await fill('search', 'mallory'); const table = main.querySelector('.access table');
        const all = [...table.tBodies[0].rows].every((row) => row.textContent.includes('mallory')); await fill('search', ''); return [all, table.tBodies[0].rows.length > 0]";
    assert_eq!(within(browser, script), json!([true, true]));
}

#[test]
fn the_page_fits_a_phone_and_the_dark() {
    let Some(browser) = Browser::start() else { return };
    let mut colours = Vec::new();
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")] {
        browser.appear(width, scheme);
        let _directory = opened(&browser);
        let script = "for (const row of main.querySelectorAll('.change')) await open(row, true);
            return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(within(&browser, script), true, "at {width} pixels something sticks out");
        colours.push(browser.run("return getComputedStyle(document.body).backgroundColor"));
        asks_nobody(&browser);
    }
    assert_ne!(colours[0], colours[1]);
}

#[test]
fn ten_thousand_changes_stay_light() {
    let Some(browser) = Browser::start() else { return };
    let plan = company(500, 10_000);
    let text = html::page(&[html::part(&Report::of(&plan, &Sources::default()))]);
    assert!(text.len() < 8 * 1024 * 1024, "{} bytes", text.len());
    let (_directory, path) = file(&text);
    browser.open(&path);
    // What is not looked at is not in the page.
    let most = 4_000;
    let sizes = within(&browser, "return [count(), rows().length, nodes()]");
    assert_eq!(sizes[0], "10000 of 10000 changes in 500 of 500 organizations");
    assert_eq!(sizes[1], 0);
    assert!(sizes[2].as_u64().unwrap() < most, "{sizes}");
    let script = "await open(main.querySelector('.organization'), true); return [rows().length, nodes()]";
    let opened = within(&browser, script);
    assert_eq!(opened[0], 20);
    assert!(opened[1].as_u64().unwrap() < most, "{opened}");
    // Every change can still be found, and what is found grows by pages.
    let found = within(
        &browser,
        "await fill('search', 'service-4999:'); return [rows(), nodes()]",
    );
    assert_eq!(found[0], json!(["permission[team-499/service-4999:team/developers]"]));
    let script = "await fill('search', 'permission'); const button = main.querySelector('.organizations > button');
        const before = main.querySelectorAll('.organization').length; button.click(); await drawn();
        return [before, main.querySelectorAll('.organization').length, nodes()]";
    let grown = within(&browser, script);
    assert_eq!((&grown[0], &grown[1]), (&json!(100), &json!(200)));
    assert!(grown[2].as_u64().unwrap() < 2 * most, "{grown}");
    asks_nobody(&browser);
}
