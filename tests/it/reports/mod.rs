//! Plans and problems in the formats that other programs and people read.

mod annotations;
mod browser;
mod large;
mod markdown;
mod page;
pub(crate) mod published;

use std::collections::HashMap;

use quayform::model::{
    AccessChange, Action, Address, Change, FieldChange, Ground, Plan, Reversibility, Shift, Subject, Value,
};

use crate::binary::program::Program;

/// A company of many organizations: repositories, and grants that are alike but for some.
pub(crate) fn company(organizations: usize, changes: usize) -> Plan {
    let mut plan = Plan::default();
    let mut add = |kind, name: String, action, fields: Vec<FieldChange>| {
        let mut change = Change::new(Address::new(kind, name), action);
        if action == Action::Delete && kind == "repository" {
            change.reversibility = Reversibility::Irreversible("its images and their history");
        }
        change.fields = fields;
        plan.summary.count(action);
        plan.changes.push(change);
    };
    let field = |name, before: Option<&str>, after: &str| FieldChange {
        name,
        before: before.map(Value::text),
        after: Some(Value::text(after)),
        note: None,
    };
    for number in 0..changes / 2 {
        let organization = format!("team-{}", number % organizations);
        let repository = format!("{organization}/service-{number}");
        let (action, description) = match number % 250 {
            249 => (Action::Delete, Vec::new()),
            _ => (
                Action::Create,
                vec![field("description", None, &format!("The service {number}."))],
            ),
        };
        add("repository", repository.clone(), action, description);
        let role = if number % 100 == 7 { "admin" } else { "write" };
        let grant = format!("{repository}:team/developers");
        add(
            "permission",
            grant,
            Action::Update,
            vec![field("role", Some("read"), role)],
        );
    }
    plan.access = shifts(organizations, changes / 2);
    plan
}

/// In every organization somebody gains something.
fn shifts(organizations: usize, repositories: usize) -> AccessChange {
    let mut names: HashMap<usize, Vec<String>> = HashMap::new();
    for number in 0..repositories {
        let organization = number % organizations;
        let name = format!("team-{organization}/service-{number}");
        names.entry(organization).or_default().push(name);
    }
    let gained = (0..organizations).map(|organization| Shift {
        subjects: vec![
            Subject::Account(format!("person-{organization}")),
            Subject::Account(format!("team-{organization}+ci")),
        ],
        on: Ground::Repositories(names.remove(&organization).unwrap_or_default()),
        before: "read",
        after: if organization == 3 { "admin" } else { "write" },
        once_accepted: false,
        because: Vec::new(),
    });
    AccessChange {
        gained: gained.collect(),
        lost: Vec::new(),
    }
}

const TOML: &str = r#"
[guards]
protected = ["repository[acme/prod-*]"]
allow_destroy = ["robot[acme+old]"]
"#;

const SEED: &str = r#"{"users": [
    {"name": "alice", "email": "alice@example.com"}, {"name": "bob", "email": "bob@example.com"},
    {"name": "carol", "email": "carol@example.com"}, {"name": "mallory", "email": "mallory@example.com"}
]}"#;

/// What somebody writes who wants to write a part of the report.
const HOSTILE: &str = "@alice <img src=x onerror=alert(1)> `x` | [l](http://evil.example) <!-- quayform plan 12 --> #1";

fn manifest() -> String {
    let mut text = "kind: Organization\nname: acme\nteams:\n  owners: {role: admin, members: [quayadmin, alice, bob]}\n  \
                    developers: {role: creator, members: [carol, acme+ci]}\nrobots: {ci: {description: Pushes from CI}, old: {}}\n"
        .to_owned();
    for number in 1..=12 {
        text.push_str(&format!(
            "---\nkind: Repository\nname: acme/svc-{number}\npermissions: {{teams: {{developers: write}}, robots: {{ci: write}}}}\n"
        ));
    }
    for name in ["prod-db", "legacy", "web"] {
        text.push_str(&format!(
            "---\nkind: Repository\nname: acme/{name}\nvisibility: private\npermissions: {{teams: {{developers: read}}}}\n"
        ));
    }
    text
}

/// A plan that nobody should approve: somebody gains the administration of almost all services, images go for good, a
/// repository becomes public, a guard refuses, and texts try to be more than texts.
pub(crate) fn nasty() -> Program {
    let program = Program::new(&[("quayform.toml", TOML), ("seed.json", SEED), ("acme.yaml", &manifest())]);
    program.converge();
    let text = manifest()
        .replace("developers: write", "developers: admin")
        .replacen("developers: admin", "developers: write", 1)
        .replace("[carol, acme+ci]", "[carol, mallory, acme+ci]")
        .replace("old: {}", "old: {absent: true}")
        .replace("Pushes from CI", &format!("'{HOSTILE}'"))
        .replace(
            "name: acme/web\nvisibility: private",
            "name: acme/web\nvisibility: public\ndescription: |\n  ```\n  </script><script>pwned = 1</script>\n  @bob\n  ## heading",
        );
    let gone = |text: &str, name: &str| {
        let all = format!("name: acme/{name}\nvisibility: private\npermissions: {{teams: {{developers: read}}}}");
        text.replace(&all, &format!("name: acme/{name}\nabsent: true"))
    };
    program.write("acme.yaml", &gone(&gone(&text, "legacy"), "prod-db"));
    program
}
