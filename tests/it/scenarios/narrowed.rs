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
