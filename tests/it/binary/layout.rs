//! `quayform fmt`: files, checks, patches and stdin.

use std::fs;

use super::program::Program;

const CROOKED: &str =
    "name:  acme   # the company\nkind: Organization\nteams:\n    owners: {members: [alice],role: admin}\n";
const STRAIGHT: &str =
    "kind: Organization\nname: acme # the company\nteams:\n  owners: {role: admin, members: [alice]}\n";

fn project() -> Program {
    Program::new(&[
        ("quayform.toml", "format = 1\n"),
        ("acme.yaml", CROOKED),
        ("good.yaml", "kind: Repository\nname: acme/api\n"),
        ("deployment.yaml", "kind:   Deployment\n"),
    ])
}

#[test]
fn files_are_laid_out_once() {
    let program = project();
    let first = program.run(&["fmt"]);
    assert_eq!(
        (first.code, first.stdout.as_str()),
        (Some(0), "acme.yaml\n"),
        "{}",
        first.stderr
    );
    assert!(first.stderr.contains("1 of 2 files laid out anew."), "{}", first.stderr);
    assert_eq!(fs::read_to_string(program.path("acme.yaml")).unwrap(), STRAIGHT);
    let again = program.run(&["fmt"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        fs::read_to_string(program.path("deployment.yaml")).unwrap(),
        "kind:   Deployment\n"
    );
}

#[test]
fn a_check_lists_and_a_diff_shows_what_would_change() {
    let program = project();
    let check = program.run(&["fmt", "--check"]);
    assert_eq!((check.code, check.stdout.as_str()), (Some(2), "acme.yaml\n"));
    assert!(
        check.stderr.contains("1 of 2 files to lay out: run quayform fmt."),
        "{}",
        check.stderr
    );
    let diff = program.run(&["fmt", "--diff"]);
    assert_eq!(diff.code, Some(2));
    assert!(
        diff.stdout.starts_with("--- a/acme.yaml\n+++ b/acme.yaml\n@@"),
        "{}",
        diff.stdout
    );
    let json = program.run(&["fmt", "--check", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["changed"], &json["written"]),
        (&serde_json::json!(["acme.yaml"]), &false.into())
    );
    assert_eq!(fs::read_to_string(program.path("acme.yaml")).unwrap(), CROOKED);
    assert_eq!(program.run(&["fmt", "--check", "good.yaml"]).code, Some(0));
}

#[test]
fn a_file_with_problems_is_left_alone_and_the_others_are_laid_out() {
    let program = project();
    program.write("broken.yaml", "kind: Repository\nname: [\n");
    let run = program.run(&["fmt"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), "acme.yaml\n"));
    assert!(run.stderr.contains("broken.yaml:"), "{}", run.stderr);
    assert!(
        run.stderr.contains("1 of 3 files laid out anew; 1 left as it is."),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read_to_string(program.path("broken.yaml")).unwrap(),
        "kind: Repository\nname: [\n"
    );
}

#[test]
fn an_editor_gets_the_text_on_stdout() {
    let program = project();
    let run = program.run_with_input(&["fmt", "--stdin"], CROOKED);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), STRAIGHT));
    let wrong = program.run_with_input(&["fmt", "--stdin"], "kind: [");
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(1), ""));
    assert!(wrong.stderr.contains("stdin:"), "{}", wrong.stderr);
}

#[cfg(unix)]
#[test]
fn who_may_read_a_file_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = project();
    let path = program.path("acme.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(program.run(&["fmt", "acme.yaml"]).code, Some(0));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_is_no_manifest_of_the_project_is_said() {
    let program = project();
    program.write("notes.txt", "x");
    let run = program.run(&["fmt", "notes.txt"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("notes.txt is no manifest of the project"),
        "{}",
        run.stderr
    );
    assert_eq!(program.run(&["fmt", "missing.yaml"]).code, Some(1));
}
