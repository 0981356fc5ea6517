//! The published operations of CocktailCloud, all three of them.

use crate::lab::Lab;
use crate::operations::runs::{self, fits};

/// One operation, and what sends it.
pub(super) struct Entry {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// What the vendor calls it.
    pub(super) name: &'static str,
    /// Whether tags send it.
    pub(super) is_of_tags: bool,
    pub(super) commands: &'static [&'static str],
}

pub(super) const ENTRIES: [Entry; 3] = [
    Entry {
        method: "POST",
        path: "/v1/build",
        name: "Create build",
        is_of_tags: false,
        commands: &["cocktail build create"],
    },
    Entry {
        method: "POST",
        path: "/v1/build/run/{buildSeq}",
        name: "Run build",
        is_of_tags: true,
        commands: &["cocktail build run"],
    },
    Entry {
        method: "GET",
        path: "/v1/build/run/log/{buildRunSeq}",
        name: "Build run log",
        is_of_tags: true,
        commands: &["cocktail build log", "cocktail build run"],
    },
];

/// What a manifest with such a tag makes quayform send.
fn sent_for_tags() -> Vec<(String, String)> {
    let lab = Lab::seeded(
        r#"{"cocktail": {"builds": [{"registry": "acme", "image": "api"}]},
            "organizations": [{"name": "acme", "repositories": [{"name": "api"}]}]}"#,
    );
    lab.converge(
        "kind: Organization\nname: acme\n---\nkind: Repository\nname: acme/api\ntags: {v1: {cocktail: {build_seq: 1}}}\n",
    );
    lab.emulator.with(|registry| {
        let log = registry.request_log().iter();
        log.map(|entry| (entry.method.clone(), entry.target.clone())).collect()
    })
}

#[test]
fn each_is_sent_by_what_is_said_to_send_it() {
    let of_tags = sent_for_tags();
    let of_commands: Vec<&runs::Sent> = runs::all().iter().flat_map(|ran| &ran.requests).collect();
    for entry in ENTRIES {
        let is_it = |method: &str, target: &str| {
            method == entry.method && fits(entry.path, target.split('?').next().unwrap_or_default())
        };
        let by_tags = of_tags.iter().any(|(method, target)| is_it(method, target));
        assert_eq!(by_tags, entry.is_of_tags, "{}", entry.name);
        for command in entry.commands {
            let is_sent = |sent: &&&runs::Sent| sent.command == *command && is_it(&sent.method, &sent.path);
            assert!(
                of_commands.iter().find(is_sent).is_some(),
                "{} by {command}",
                entry.name
            );
        }
    }
}
