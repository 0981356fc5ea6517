//! The Kubernetes example: the very command lines of its pods, against the embedded registry.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use quayform::model::Shard;
use serde_json::Value as Json;

use crate::binary::program::{Program, Run};
use crate::binary::server;

const SEED: &str = "{}";

/// The Job of one of the files.
fn job(file: &str) -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/ci/kubernetes")
        .join(file);
    let mut document: Json = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    match document["kind"].as_str() {
        Some("CronJob") => document["spec"]["jobTemplate"].take(),
        _ => document,
    }
}

fn container(job: &Json) -> &Json {
    &job["spec"]["template"]["spec"]["containers"][0]
}

/// The command lines of the pods, as Kubernetes makes them.
fn command_lines(job: &Json) -> Vec<Vec<String>> {
    let completions = job["spec"]["completions"].as_u64().unwrap();
    assert_eq!(job["spec"]["completionMode"], "Indexed");
    let arguments = |index: u64| {
        let words = container(job)["args"].as_array().unwrap().iter();
        let words = words.map(|word| {
            word.as_str()
                .unwrap()
                .replace("$(JOB_COMPLETION_INDEX)", &index.to_string())
        });
        words.collect()
    };
    (0..completions).map(arguments).collect()
}

fn run_all(program: &Program, job: &Json) -> Vec<Run> {
    let run = |line: Vec<String>| program.run(&line.iter().map(String::as_str).collect::<Vec<_>>());
    command_lines(job).into_iter().map(run).collect()
}

/// Twelve organizations; in each a robot of the one before is a member of a team, which is known to exist only once
/// that has been applied.
fn manifests() -> Vec<(String, String)> {
    let name = |number: usize| format!("organization{number:02}");
    let text = |number: usize| {
        let mut text = format!(
            "kind: Organization\nname: {}\nrobots: {{ci: {{}}}}\nteams:\n  owners: {{role: admin, members: [quayadmin]}}\n",
            name(number)
        );
        if number > 0 {
            writeln!(text, "  friends: {{members: [{}+ci]}}", name(number - 1)).unwrap();
        }
        writeln!(
            text,
            "---\nkind: Repository\nname: {}/api\nvisibility: private",
            name(number)
        )
        .unwrap();
        text
    };
    (0..12)
        .map(|number| (format!("manifests/{}.yaml", name(number)), text(number)))
        .collect()
}

/// The project as the pods have it mounted.
fn project(url: &str) -> Program {
    let program = Program::new(&[("quayform.toml", "")]).at(url, "emulator-token");
    manifests().iter().for_each(|(path, text)| program.write(path, text));
    program
}

#[test]
fn the_pods_have_what_they_name() {
    for file in ["apply-job.yaml", "drift-cronjob.yaml"] {
        let job = job(file);
        let variables: BTreeMap<&str, &Json> = container(&job)["env"]
            .as_array()
            .unwrap()
            .iter()
            .map(|variable| (variable["name"].as_str().unwrap(), &variable["valueFrom"]))
            .collect();
        assert!(variables["QUAYFORM_URL"]["configMapKeyRef"].is_object(), "{file}");
        assert!(variables["QUAYFORM_TOKEN"]["secretKeyRef"].is_object(), "{file}");
        let volumes = job["spec"]["template"]["spec"]["volumes"].as_array().unwrap();
        for mount in container(&job)["volumeMounts"].as_array().unwrap() {
            assert!(
                volumes.iter().any(|volume| volume["name"] == mount["name"]),
                "{file}: {mount}"
            );
        }
        assert_eq!(job["spec"]["parallelism"], job["spec"]["completions"], "{file}");
    }
}

#[test]
fn all_shards_together_are_the_whole() {
    let emulator = server::registry(SEED);
    let program = project(&server::serve(emulator.clone()));
    let (apply, drift) = (job("apply-job.yaml"), job("drift-cronjob.yaml"));

    let found: Vec<Option<i32>> = run_all(&program, &drift).iter().map(|run| run.code).collect();
    assert!(found.contains(&Some(2)), "{found:?}");
    // A robot that another shard is yet to make keeps nothing else from being done; the second round adds the members.
    for _ in 0..2 {
        for run in run_all(&program, &apply) {
            assert_eq!(run.code, Some(0), "{}", run.shown());
        }
    }
    let whole = program.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(whole.code, Some(0), "{}", whole.shown());
    for run in run_all(&program, &drift) {
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }

    let other = server::registry(SEED);
    let at_once = project(&server::serve(other.clone())).run(&["apply", "--auto-approve"]);
    assert_eq!(at_once.code, Some(0), "{}", at_once.shown());
    let organizations = |program: &Program| program.run(&["plan", "--format", "json"]).json()["summary"].clone();
    assert_eq!(organizations(&program), organizations(&project(&server::serve(other))));
}

#[test]
fn every_change_is_in_exactly_one_shard() {
    let program = project(&server::serve(server::registry(SEED)));
    let addresses = |arguments: &[&str]| -> Vec<String> {
        let document = program.run(&[&["plan", "--format", "json"], arguments].concat()).json();
        let changes = document["changes"].as_array().unwrap().iter();
        changes
            .map(|change| change["address"].as_str().unwrap().to_owned())
            .collect()
    };
    let shards = ["0/3", "1/3", "2/3"].map(|shard| addresses(&["--shard", shard]));
    assert!(shards.iter().all(|shard| !shard.is_empty()), "{shards:?}");
    let (mut parts, mut whole) = (shards.concat(), addresses(&[]));
    parts.sort();
    whole.sort();
    assert_eq!(parts, whole);
}

/// What a shard leaves out is still part of the project: it is validated, and nothing of it is taken for deleted.
#[test]
fn a_shard_is_no_smaller_project() {
    let emulator = server::registry(SEED);
    let program = project(&server::serve(emulator));
    let applied = program.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    for shard in ["0/2", "1/2"] {
        let run = program.run(&["plan", "--detailed-exitcode", "--shard", shard]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }
    program.write("manifests/twice.yaml", "kind: Organization\nname: organization00\n");
    for shard in ["0/2", "1/2"] {
        let run = program.run(&["plan", "--shard", shard]);
        assert_eq!(run.code, Some(1), "{}", run.shown());
    }
}

#[test]
fn a_saved_plan_of_a_shard_holds_only_that() {
    let program = project(&server::serve(server::registry(SEED)));
    let saved = program.run(&["plan", "--shard", "0/2", "--out", "plan.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.shown());
    let again = program.run(&["apply", "plan.json", "--auto-approve", "--shard", "1/2"]);
    assert_eq!(again.code, Some(1), "{}", again.shown());
    let applied = program.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    let rest = program.run(&["plan", "--detailed-exitcode", "--shard", "1/2"]);
    assert_eq!(rest.code, Some(2), "{}", rest.shown());
}

/// What a deletion takes along in an organization of another shard is refused as it is without shards.
#[test]
fn look_alikes_in_other_shards_are_respected() {
    let seed = r#"{"organizations": [{"name": "a_b"}, {"name": "axb", "robots": ["ci"]}]}"#;
    let program = Program::new(&[
        ("quayform.toml", ""),
        ("gone.yaml", "kind: Organization\nname: a_b\nabsent: true\n"),
        ("stays.yaml", "kind: Organization\nname: axb\nrobots: {ci: {}}\n"),
    ])
    .at(&server::serve(server::registry(seed)), "emulator-token");
    let shards = (2..9).flat_map(|count| (0..count).map(move |index| format!("{index}/{count}")));
    let apart = |shard: &String| {
        let shard: Shard = shard.parse().unwrap();
        shard.holds("a_b") && !shard.holds("axb")
    };
    let shard = shards.into_iter().find(apart).unwrap();
    let allowed = ["--allow", "organization[a_b]", "--shard", &shard];
    let run = program.run(&[&["apply", "--auto-approve"], &allowed[..]].concat());
    assert_eq!(run.code, Some(3), "{}", run.shown());
    assert!(
        run.stdout
            .contains("a robot of another organization would be deleted too"),
        "{}",
        run.shown()
    );
    assert!(run.stdout.contains("robot[axb+ci]"), "{}", run.shown());
}
