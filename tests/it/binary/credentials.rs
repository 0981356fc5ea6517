//! `--credentials-out` and the command of `[credentials]`, with the program itself.

use std::fs;

use super::program::{Program, check};
use super::server::{registry, serve};

const MANIFEST: &str = "kind: Organization\nname: acme\nrobots: {ci: {}, pull: {}}\n";

/// Keeps what it is told below `taken/`, with the registry's name.
const KEEPER: &str = r#"
[credentials]
command = ["sh", "-c", "mkdir -p taken && { echo $QUAYFORM_REGISTRY_HOST; cat; } > taken/$QUAYFORM_ROBOT && echo not for stdout"]
format = "plain"
"#;

fn program(toml: &str) -> Program {
    Program::new(&[("acme.yaml", MANIFEST), ("quayform.toml", toml)])
}

#[test]
fn the_report_says_what_was_written_and_where() {
    let program = program("");
    let to = [
        "apply",
        "--emulator",
        "--auto-approve",
        "--credentials-out",
        "out/tokens",
    ];
    let json = [to.to_vec(), vec!["--format", "json"]].concat();
    let first = program.run(&to);
    fs::remove_file(program.path("out/tokens/acme+ci.docker.json")).unwrap();
    let second = program.run(&json);
    program.write(
        "acme.yaml",
        "kind: Organization\nname: acme\nrobots: {ci: {absent: true}, pull: {}}\n",
    );
    let third = program.run(&[to.to_vec(), vec!["--allow", "robot"]].concat());
    check("credentials", &[first, second, third]);
    assert!(program.path("out/tokens/acme+pull.docker.json").is_file());
}

#[test]
fn without_a_sink_new_robots_are_followed_by_advice() {
    let program = program("");
    let run = program.run(&["apply", "--emulator", "--auto-approve"]);
    let advice = "2 new robots: apply --credentials-out DIR writes the tokens of all declared robots to files\n";
    assert!(run.stdout.contains(advice), "{}", run.shown());
    let again = program.run(&["apply", "--emulator", "--auto-approve"]);
    assert!(!again.stdout.contains("credentials"), "{}", again.shown());
}

#[test]
fn the_command_gets_every_declared_credential() {
    let url = serve(registry("{}"));
    let program = program(KEEPER).at(&url, "emulator-token");
    let refused = program.run(&["apply", "--auto-approve"]);
    let allowed = ["apply", "--auto-approve", "--allow-commands"];
    let first = program.run(&allowed);
    let kept = fs::read_to_string(program.path("taken/acme+ci")).unwrap();
    let lines: Vec<&str> = kept.lines().collect();
    assert_eq!(lines[..2], [url.strip_prefix("http://").unwrap(), "acme+ci"]);
    assert!(lines.len() == 3 && lines[2].len() == 64, "{}", lines.len());
    fs::remove_dir_all(program.path("taken")).unwrap();
    let second = program.run(&allowed);
    assert_eq!(fs::read_to_string(program.path("taken/acme+ci")).unwrap(), kept);
    check("credentials_command", &[refused, first, second]);
}

#[test]
fn a_command_that_fails_is_told_by_name_and_made_good_by_the_next_apply() {
    let url = serve(registry("{}"));
    let program = program("[credentials]\ncommand = [\"sh\", \"-c\", \"cat > /dev/null; test -e ready\"]\n")
        .at(&url, "emulator-token");
    let words = ["apply", "--auto-approve", "--allow-commands"];
    let failed = program.run(&words);
    program.write("ready", "");
    let good = program.run(&words);
    check("credentials_command_fails", &[failed, good]);
}

#[test]
fn tokens_of_the_embedded_registry_do_not_go_to_the_command() {
    let program = program(KEEPER);
    program.converge();
    assert!(!program.path("taken").exists());
    let run = program.run(&["apply", "--emulator", "--auto-approve", "--allow-commands"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(!program.path("taken").exists());
}

#[test]
fn registries_with_names_have_directories_of_their_own() {
    let program =
        program("[registries.one]\nurl = \"http://one.invalid\"\n[registries.two]\nurl = \"http://two.invalid\"\n")
            .with("QUAYFORM_ONE_URL", &serve(registry("{}")))
            .with("QUAYFORM_ONE_TOKEN", "emulator-token")
            .with("QUAYFORM_TWO_URL", &serve(registry("{}")))
            .with("QUAYFORM_TWO_TOKEN", "emulator-token");
    let run = program.run(&[
        "apply",
        "--registry",
        "all",
        "--auto-approve",
        "--credentials-out",
        "out",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    for name in ["one", "two"] {
        assert!(program.path(&format!("out/{name}/acme+ci.docker.json")).is_file());
    }
}

#[test]
fn mistakes_are_found_before_anything_is_done() {
    let wrong = "[credentials]\ncommand = []\nformat = \"yaml\"\nfile = \"x\"\n";
    let runs = [
        program("").run(&["apply", "--emulator", "--auto-approve", "--credentials-format", "plain"]),
        program("").run(&[
            "apply",
            "--emulator",
            "--auto-approve",
            "--credentials-out",
            "acme.yaml",
        ]),
        program(wrong).run(&["plan", "--emulator"]),
    ];
    check("credentials_mistakes", &runs);
}

#[test]
fn what_the_page_says_can_be_done() {
    let page = include_str!("../../../docs/credentials.md");
    let block = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let program = program(block("toml"));
    for line in block("sh").lines() {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        let run = program.run(&[&words, &["--emulator", "--auto-approve"][..]].concat());
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }
    for ending in ["docker.json", "kubernetes.json", "txt"] {
        let name = format!("tokens/acme+ci.{ending}");
        assert!(program.path(&name).is_file() && page.contains(&name.replace("tokens/", "")));
    }
}

/// A password that nobody would ever see again is not made.
#[test]
fn what_is_shown_once_needs_a_place_before_anything_is_written() {
    let manifest = "kind: Registry\nusers: {frank: {}}\n";
    let program = Program::new(&[("registry.yaml", manifest), ("quayform.toml", "")]);
    let program = program.at(&serve(registry("{}")), "emulator-token");
    let run = program.run(&["apply", "--auto-approve"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(
        run.stderr.contains("user[frank]") && run.stderr.contains("--credentials-out"),
        "{}",
        run.shown()
    );
    let plan = program.run(&["plan"]);
    assert!(
        plan.stdout.contains("1 to create"),
        "nothing was written: {}",
        plan.shown()
    );
    let run = program.run(&["apply", "--auto-approve", "--credentials-out", "out"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(program.path("out/frank.docker.json").is_file());
    assert!(!run.shown().contains("EMULATED0"), "no password in the output");
}
