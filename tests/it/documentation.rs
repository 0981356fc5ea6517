//! Every relative link in a Markdown file leads to something that is there.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

#[test]
fn relative_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    collect(root, &mut pages);
    assert!(!pages.is_empty(), "there is no Markdown file");
    let broken: Vec<String> = pages.iter().flat_map(|page| broken_links(root, page)).collect();
    assert_eq!(broken, Vec::<String>::new());
}

fn collect(directory: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                collect(&path, pages);
            }
        } else if name.ends_with(".md") {
            pages.push(path);
        }
    }
}

fn broken_links(root: &Path, page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let shown = page.strip_prefix(root).unwrap().display();
    let broken = links(&text).into_iter().filter(|target| {
        let file = target.split('#').next().unwrap();
        let is_relative = !target.contains("://") && !target.starts_with("mailto:") && !file.is_empty();
        is_relative && !page.parent().unwrap().join(file).exists()
    });
    broken.map(|target| format!("{shown}: {target}")).collect()
}

/// Who looks for something begins in one place.
#[test]
fn every_page_is_in_the_index() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let index = fs::read_to_string(docs.join("README.md")).unwrap();
    let listed = links(&index);
    let mut pages = Vec::new();
    collect(&docs, &mut pages);
    let names = pages
        .iter()
        .map(|page| page.strip_prefix(&docs).unwrap().display().to_string());
    let missing: Vec<String> = names
        .filter(|name| name != "README.md" && !listed.contains(name))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// A link to a part of a page leads to a heading of that page.
#[test]
fn links_to_headings_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    collect(root, &mut pages);
    let mut broken = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for target in links(&text).into_iter().filter(|target| !target.contains("://")) {
            let Some((file, heading)) = target.split_once('#') else {
                continue;
            };
            let other = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            if other.extension().is_some_and(|extension| extension == "md") && other.is_file() {
                let known = headings(&fs::read_to_string(other).unwrap());
                if !known.iter().any(|known| known == heading) {
                    broken.push(format!("{}: {target}", page.strip_prefix(root).unwrap().display()));
                }
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// The names by which headings are linked to.
fn headings(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if let Some(heading) = line.strip_prefix('#').filter(|_| !fenced) {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let letters = heading
                .chars()
                .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
            found.push(letters.map(|letter| if letter == ' ' { '-' } else { letter }).collect());
        }
    }
    found
}

/// The targets of `[text](target)` and `[name]: target`, outside code.
fn links(text: &str) -> Vec<String> {
    let inline = Regex::new(r"\]\(<?([^)\s>]+)").unwrap();
    let reference = Regex::new(r"^\[[^\]]+\]:\s+(\S+)").unwrap();
    let code = Regex::new(r"`[^`]*`").unwrap();
    let mut fenced = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let line = code.replace_all(line, "");
            let found = inline.captures_iter(&line).chain(reference.captures(&line));
            targets.extend(found.map(|link| link[1].to_owned()));
        }
    }
    targets
}

#[test]
fn links_are_found_outside_code_only() {
    let text = "[a](b.md#c) and `[d](e.md)` ![f](g.png \"h\")\n```\n[i](j.md)\n```\n[k]: l.md\n";
    assert_eq!(links(text), ["b.md#c", "g.png", "l.md"]);
}
