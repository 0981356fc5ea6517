use std::path::PathBuf;

use quayform::settings::{self, SettingsProblem};

use super::{KINDS, project};

#[test]
fn the_project_is_found_from_the_paths() {
    let directory = project(&[
        ("quayform.toml", ""),
        ("orgs/acme/a.yaml", ""),
        ("examples/inner/quayform.toml", ""),
        ("examples/inner/b.yaml", ""),
    ]);
    let root = directory.path().canonicalize().unwrap();
    let inner = root.join("examples/inner");
    for (from, paths, expected_root, narrowed) in [
        ("", vec![], &root, vec![]),
        ("orgs/acme", vec![], &root, vec![]),
        ("orgs/acme", vec!["."], &root, vec!["orgs/acme"]),
        ("", vec!["."], &root, vec![]),
        ("", vec!["quayform.toml"], &root, vec![]),
        (
            "",
            vec!["orgs", "orgs/acme/a.yaml"],
            &root,
            vec!["orgs", "orgs/acme/a.yaml"],
        ),
        ("", vec!["orgs", "."], &root, vec![]),
        ("", vec!["examples/inner"], &inner, vec![]),
        ("orgs", vec!["../examples/inner/b.yaml"], &inner, vec!["b.yaml"]),
    ] {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let settings = settings::load(&paths, &root.join(from), KINDS).unwrap();
        assert_eq!(&settings.root, expected_root, "{from} {paths:?}");
        assert_eq!(
            settings.narrowed_to,
            narrowed.iter().map(PathBuf::from).collect::<Vec<_>>(),
            "{from} {paths:?}"
        );
        assert_eq!(settings.state_directory, expected_root.join(".quayform"));
    }
    for paths in [vec!["orgs", "examples/inner"], vec!["nowhere"]] {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        assert!(
            matches!(settings::load(&paths, &root, KINDS), Err(SettingsProblem::Discovery(_))),
            "{paths:?}"
        );
    }
}

#[test]
fn a_path_outside_any_project_is_the_project() {
    let directory = project(&[("loose/a.yaml", ""), ("loose/b.yaml", "")]);
    let root = directory.path().canonicalize().unwrap();
    let whole = settings::load(&[PathBuf::from("loose")], &root, KINDS).unwrap();
    assert_eq!(
        (whole.root, whole.file, whole.state_directory),
        (root.join("loose"), None, root.join(".quayform"))
    );
    assert!(whole.manifest_patterns.is_empty());
    let file = settings::load(&[PathBuf::from("loose/a.yaml")], &root, KINDS).unwrap();
    assert_eq!(
        (file.root, file.manifest_patterns),
        (root.join("loose"), vec!["a.yaml".to_owned()])
    );
}
