//! What a part of a plan says of the rest.

use quayform::model::{Address, Narrowing, Pattern};

use crate::lab::Lab;

const SEED: &str = r#"{
  "users": [{"name": "alice"}],
  "organizations": [{
    "name": "acme", "teams": {"developers": {"role": "member"}},
    "default_permissions": [
      {"role": "read", "team": "developers"}, {"role": "write", "team": "developers"}, {"role": "read", "user": "alice"}
    ]
  }]
}"#;

const WANTED: &str = "kind: Organization\nname: acme\ndefault_permissions: []\n";

/// Their numbers change as soon as one of them goes, so that none goes; but none is forgotten without a word.
#[test]
fn what_is_called_like_something_excluded_is_left_out_because_of_it() {
    let [first, second, other] = ["team/developers", "team/developers#2", "user/alice"]
        .map(|name| Address::new("default_permission", format!("acme:{name}")));
    for (excluded, alike) in [(&first, &second), (&second, &first)] {
        let mut lab = Lab::seeded(SEED).allow(&["*"]);
        lab.options.narrowing = Some(Narrowing {
            exclude: vec![Pattern::parse(&excluded.to_string()).unwrap()],
            ..Narrowing::default()
        });
        let planned = lab.plan(WANTED);
        let left_out = planned.plan.narrowed.clone().unwrap().left_out;
        assert_eq!(left_out, [(alike.clone(), excluded.clone())]);
        let kept: Vec<&Address> = planned.plan.changes.iter().map(|change| &change.address).collect();
        assert_eq!(kept, [&other], "{:#?}", planned.details());
        let applied = lab.carry_out(&planned);
        assert!(applied.verified.as_ref().unwrap().converged());
        assert!(lab.plan(WANTED).plan.is_empty());
    }
}

/// A robot of an organization that goes cannot be taken in, whichever part of the plan is looked at.
#[test]
fn what_needs_a_robot_that_goes_with_its_organization_is_blocked_in_every_part() {
    let lab = Lab::new();
    lab.converge("kind: Organization\nname: other\nrobots: {ci: {}}\n---\nkind: Organization\nname: acme\n");
    let text = "kind: Organization\nname: acme\nteams: {dev: {members: [other+ci]}}\n---\n\
        kind: Organization\nname: other\nabsent: true\n";
    let mut lab = lab.allow(&["organization[other]", "robot[other+ci]"]);
    let blocked = |lab: &Lab| -> Vec<String> {
        let lines = lab.plan(text).lines();
        lines.into_iter().filter(|line| line.contains("member[")).collect()
    };
    let whole = blocked(&lab);
    assert_eq!(whole, ["blocked member[acme/dev/other+ci]"]);
    lab.options.narrowing = Some(Narrowing {
        targets: vec![Pattern::parse("member[acme/dev/other+ci]").unwrap()],
        ..Narrowing::default()
    });
    assert_eq!(blocked(&lab), whole);
}
