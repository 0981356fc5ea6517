//! What runs in a person's clone before a commit.

use super::workplace::Workplace;
use super::{documents, example};

/// The commands of the framework's hooks.
fn entries() -> Vec<String> {
    let config = documents("pre-commit/.pre-commit-config.yaml").remove(0);
    let hooks = config["repos"][0]["hooks"].as_array().unwrap().clone();
    hooks
        .iter()
        .map(|hook| hook["entry"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_commit_with_a_mistake_is_refused() {
    let place = Workplace::new();
    let hook = std::fs::read_to_string(example("pre-commit/pre-commit")).unwrap();
    let run = |script: &str| place.run(script, &std::collections::BTreeMap::new());
    for script in entries().iter().chain([&hook]) {
        let ended = run(script);
        assert_eq!(ended.code, Some(0), "{}", ended.output);
    }
    place
        .program
        .write("acme.yaml", "kind: Organization\nname: acme\nteems: {}\n");
    let refused = run(&hook);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(refused.output.contains("teems"), "{}", refused.output);
    place.program.write("acme.yaml", "{name: acme,   kind: Organization}\n");
    let refused = run(&hook);
    assert_eq!(refused.code, Some(2), "{}", refused.output);
}
