//! Export onto manifests that were written for another state of the registry: afterwards there is nothing to plan, what
//! is said in comments is still there, and the same again changes nothing.

use std::path::PathBuf;

use proptest::prelude::*;
use quayform::export::update::{Ground, Updated, update};
use quayform::export::{Described, Export, Section, Split, export, factor, files, kinds_of};
use quayform::manifest::Target;

use crate::lab::Lab;

use super::case::{Case, case};
use super::config;
use super::large::large_case;

proptest! {
    #![proptest_config(proptest::test_runner::Config { max_shrink_time: 15_000, ..config(96) })]

    #[test]
    fn manifests_come_to_say_what_is_there(before in case(), now in case(), split: bool, factored: bool) {
        comes_to_say_it(&before, &now, split, factored);
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { max_shrink_time: 15_000, ..config(12) })]

    #[test]
    fn manifests_of_every_kind_come_to_say_what_is_there(before in large_case(), now in large_case(), split: bool) {
        comes_to_say_it(&before, &now, split, false);
    }
}

fn comes_to_say_it(before: &Case, now: &Case, split: bool, factored: bool) {
    let split = if split { Split::ByGroup } else { Split::ByNamespace };
    let then = before.lab().export();
    let then = if factored { factor(then) } else { then };
    let lab = now.lab();
    let there = lab.export();
    let is_there = |described: &Described| {
        let mut all = there.documents.iter();
        all.any(|(each, _)| each.namespace() == described.namespace())
    };
    // Whether an organization is gone or only not to be seen, nobody can tell: what is written of it stays.
    let mut then = then;
    then.documents.retain(|(described, _)| is_there(described));
    let written = commented(&then, split);
    let (updated, live) = onto(&lab, written.clone(), split);
    let told = || {
        format!(
            "{:#?}\n{:#?}\n{written:#?}\n{:#?}",
            updated.left, updated.refused, updated.files
        )
    };
    // What a layer says of fields is not said otherwise by itself.
    if !factored {
        assert!(updated.left.is_empty(), "{}", told());
    }
    for (described, _) in &live.documents {
        let Described::One(document) = described else { continue };
        let was_there = then.documents.iter().any(|(each, _)| each == described);
        let comment = format!("# about {}.\n", document.name());
        let stands = updated.files.iter().any(|(_, text)| text.contains(&comment));
        assert!(
            stands || !was_there || document.name().is_empty(),
            "{comment}{}",
            told()
        );
    }
    let (again, _) = onto(&lab, updated.files.clone(), split);
    if updated.left.is_empty() {
        assert_eq!(again.files, updated.files);
    }
}

/// An export to which somebody has added a comment in each document.
fn commented(export: &Export, split: Split) -> Vec<(PathBuf, String)> {
    let files = files(export, split, None).unwrap();
    let commented = files.into_iter().map(|file| {
        let lines = file.text.lines().map(|line| match line.strip_prefix("name: ") {
            Some(name) => format!("{line} # about {}.\n", name.trim_matches('"')),
            None => format!("{line}\n"),
        });
        (PathBuf::from(&file.path), lines.collect())
    });
    commented.collect()
}

fn onto(lab: &Lab, files: Vec<(PathBuf, String)>, split: Split) -> (Updated, Export) {
    let sections: Vec<&Section> = Section::ALL.iter().filter(|section| section.is_usual).collect();
    let sections: Vec<&'static Section> = sections
        .into_iter()
        .filter_map(|each| Section::find(each.name))
        .collect();
    let kinds = kinds_of(&sections);
    let (interest, live) = lab.explored(&sections);
    let export = export(&interest, &live, &kinds);
    let ground = Ground {
        target: Target::default(),
        live: &live,
        interest: &interest,
        kinds: &kinds,
        sections: &sections,
        export: &export,
        fresh: &export,
        split,
        schema: None,
    };
    (update(files, &ground).unwrap(), export)
}
