//! Problems where other programs show them: SARIF, annotations of GitHub Actions, JUnit.

use jsonschema::Validator;
use regex::Regex;
use serde_json::json;

use super::nasty;
use crate::binary::program::Program;

/// Two files with mistakes, one of them with names that are hard to write.
const WRONG: &str = "kind: Organization\nname: acme\nteams:\n  developers: {rol: member, members: [\"a,b::c%25\"]}\n";
const ALSO_WRONG: &str =
    "kind: Repository\nname: acme/api\npermissions: {teams: {nobody: write}}\n---\nkind: Repository\nname: acme/api\n";

/// A project below the top of a repository.
fn wrong() -> Program {
    Program::new(&[
        (".git/HEAD", ""),
        ("registry, 100%/quayform.toml", ""),
        ("registry, 100%/acme.yaml", WRONG),
        ("registry, 100%/more/api.yaml", ALSO_WRONG),
        ("registry, 100%/fine.yaml", "kind: Organization\nname: other\n"),
    ])
}

const PROJECT: &str = "registry, 100%";

/// What this report uses of the published schema of SARIF 2.1.0, closed.
fn sarif_schema() -> Validator {
    let region = json!({
        "type": "object", "additionalProperties": false, "required": ["startLine"],
        "properties": {
            "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1},
            "endLine": {"type": "integer", "minimum": 1}, "endColumn": {"type": "integer", "minimum": 1},
        },
    });
    let message = json!({
        "type": "object", "additionalProperties": false, "required": ["text"],
        "properties": {"text": {"type": "string", "minLength": 1}},
    });
    let location = json!({
        "type": "object", "additionalProperties": false, "required": ["physicalLocation"],
        "properties": {
            "id": {"type": "integer", "minimum": 0}, "message": message,
            "physicalLocation": {
                "type": "object", "additionalProperties": false, "required": ["artifactLocation", "region"],
                "properties": {
                    "artifactLocation": {
                        "type": "object", "additionalProperties": false, "required": ["uri"],
                        // A reference to a URI: no blank, no control, no bare percent sign.
                        "properties": {
                            "uri": {"type": "string", "pattern": "^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"},
                            "uriBaseId": {"const": "%SRCROOT%"},
                        },
                    },
                    "region": region,
                },
            },
        },
    });
    let result = json!({
        "type": "object", "additionalProperties": false, "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
        "properties": {
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0},
            "level": {"enum": ["none", "note", "warning", "error"]}, "message": message,
            "locations": {"type": "array", "maxItems": 1, "items": location},
            "relatedLocations": {"type": "array", "uniqueItems": true, "items": location},
        },
    });
    let driver = json!({
        "type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {
            "name": {"const": "quayform"}, "semanticVersion": {"type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+"},
            "rules": {"type": "array", "uniqueItems": true, "items": {
                "type": "object", "additionalProperties": false, "required": ["id"], "properties": {"id": {"type": "string"}},
            }},
        },
    });
    let run = json!({
        "type": "object", "additionalProperties": false, "required": ["tool", "results"],
        "properties": {
            "tool": {"type": "object", "additionalProperties": false, "required": ["driver"], "properties": {"driver": driver}},
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            "results": {"type": "array", "items": result},
        },
    });
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["version", "runs"],
        "properties": {
            "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"},
            "runs": {"type": "array", "minItems": 1, "items": run},
        },
    });
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn sarif_holds_every_problem_at_its_place() {
    let validator = sarif_schema();
    let run = wrong().run(&["validate", PROJECT, "--format", "sarif"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    let document = run.json();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
    let said = wrong().run(&["validate", PROJECT, "--format", "json"]).json();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let diagnostics = said["diagnostics"].as_array().unwrap();
    assert_eq!(results.len(), diagnostics.len());
    for (result, diagnostic) in results.iter().zip(diagnostics) {
        assert_eq!(result["ruleId"], diagnostic["code"]);
        let rule = &document["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], diagnostic["code"]);
        let (place, told) = (&result["locations"][0]["physicalLocation"], &diagnostic["places"][0]);
        assert_eq!(place["region"]["startLine"], told["line"], "{result:#}");
        assert_eq!(place["region"]["startColumn"], told["column"], "{result:#}");
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let name = told["file"].as_str().unwrap().replace(' ', "%20");
        assert_eq!(uri, format!("registry%2C%20100%25/{name}"));
    }
}

#[test]
fn what_is_wrong_with_the_settings_has_its_place_too() {
    let program = wrong();
    program.write("registry, 100%/quayform.toml", "[guards]\nmax_delete = 3\n");
    let document = program.run(&["validate", PROJECT, "--format", "sarif"]);
    assert_eq!(document.code, Some(1));
    let json = document.json();
    assert!(sarif_schema().is_valid(&json), "{json:#}");
    let place = &json["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "registry%2C%20100%25/quayform.toml");
    assert_eq!(place["region"]["startLine"], 2);
}

/// A workflow command as the runner reads it: command, properties, message.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let parts = Regex::new(r"^::(error|warning) ([^:]*(?:=[^:]*)*)::(.*)$").unwrap();
    let found = parts.captures(line).unwrap_or_else(|| panic!("{line}"));
    let decoded = |text: &str| {
        let text = text
            .replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",");
        text.replace("%25", "%")
    };
    let properties = found[2].split(',').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), decoded(value))
    });
    (found[1].to_owned(), properties.collect(), decoded(&found[3]))
}

#[test]
fn annotations_are_commands_that_the_runner_understands() {
    let run = wrong().run(&["validate", PROJECT, "--format", "github"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    let said = wrong().run(&["validate", PROJECT, "--format", "json"]).json();
    let diagnostics = said["diagnostics"].as_array().unwrap();
    assert_eq!(run.stdout.lines().count(), diagnostics.len(), "{}", run.shown());
    for (line, diagnostic) in run.stdout.lines().zip(diagnostics) {
        let (severity, properties, message) = command(line);
        assert_eq!(json!(severity), diagnostic["severity"]);
        assert!(
            message.starts_with(diagnostic["message"].as_str().unwrap()),
            "{message}"
        );
        let get = |name: &str| {
            properties
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let place = &diagnostic["places"][0];
        assert_eq!(
            get("file").unwrap(),
            format!("registry, 100%/{}", place["file"].as_str().unwrap())
        );
        assert_eq!(get("line").unwrap(), place["line"].to_string());
        assert_eq!(get("col").unwrap(), place["column"].to_string());
        assert_eq!(json!(get("title").unwrap()), diagnostic["code"]);
    }
}

#[test]
fn names_do_not_become_commands() {
    let program = Program::new(&[(
        "acme.yaml",
        "kind: Organization\nname: \"x\\n::error::pwned\\r\\n::stop-commands::x\"\n",
    )]);
    let run = program.run(&["validate", "--format", "github"]);
    assert_eq!(run.code, Some(1));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with("::error file=acme.yaml,line=2,")),
        "{}",
        run.shown()
    );
    assert!(!run.stdout.contains('\r'));
}

#[test]
fn nothing_wrong_is_nothing_to_show() {
    let program = Program::example("minimal");
    let github = program.run(&["validate", "--format", "github"]);
    assert_eq!((github.code, github.stdout.as_str()), (Some(0), ""));
    let sarif = program.run(&["validate", "--format", "sarif"]).json();
    assert!(sarif_schema().is_valid(&sarif));
    assert_eq!(sarif["runs"][0]["results"], json!([]));
}

/// What of JUnit's XML everybody agrees on: the elements, where they stand, and that the figures are right.
fn cases(xml: &str) -> Vec<(String, String, String)> {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let mut found = Vec::new();
    for suite in root.children().filter(|node| node.is_element()) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        let number = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
        let cases: Vec<_> = suite.children().filter(|node| node.is_element()).collect();
        let ends: Vec<String> = cases
            .iter()
            .map(|case| {
                assert_eq!(case.tag_name().name(), "testcase");
                let inner: Vec<_> = case.children().filter(|node| node.is_element()).collect();
                assert!(inner.len() <= 1);
                inner.first().map_or("", |node| node.tag_name().name()).to_owned()
            })
            .collect();
        assert_eq!(number("tests"), cases.len());
        for (attribute, tag) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
            assert_eq!(number(attribute), ends.iter().filter(|end| *end == tag).count());
        }
        for (case, end) in cases.iter().zip(ends) {
            let attribute = |name| case.attribute(name).unwrap().to_owned();
            found.push((attribute("classname"), attribute("name"), end));
        }
    }
    found
}

#[test]
fn every_file_is_a_test() {
    let run = wrong().run(&["validate", PROJECT, "--format", "junit"]);
    assert_eq!(run.code, Some(1));
    let ends: Vec<(String, String)> = cases(&run.stdout)
        .into_iter()
        .map(|(_, name, end)| (name, end))
        .collect();
    let expected = [
        ("registry, 100%/acme.yaml", "failure"),
        ("registry, 100%/fine.yaml", ""),
        ("registry, 100%/more/api.yaml", "failure"),
    ];
    assert_eq!(ends, expected.map(|(name, end)| (name.to_owned(), end.to_owned())));
    let missing = Program::new(&[]).run(&["validate", "nowhere", "--format", "junit"]);
    assert_eq!(cases(&missing.stdout)[0].2, "error", "{}", missing.shown());
}

#[test]
fn every_change_and_every_refusal_is_a_test() {
    let run = nasty().run(&["plan", "--emulator", "--format", "junit"]);
    assert_eq!(run.code, Some(3), "{}", run.shown());
    let found = cases(&run.stdout);
    let end = |name: &str| found.iter().find(|case| case.1 == name).map(|case| case.2.as_str());
    assert_eq!(end("protected"), Some("failure"));
    assert_eq!(end("delete repository[acme/legacy]"), Some("system-out"));
    assert_eq!(end("blocked robot[acme+ci]"), Some("skipped"));
    let unreachable = Program::example("minimal").at("http://127.0.0.1:9", "token");
    let failed = unreachable.run(&["plan", "--format", "junit"]);
    assert_eq!(cases(&failed.stdout)[0].2, "error", "{}", failed.shown());
}

#[test]
fn commands_say_which_formats_they_write() {
    let program = Program::example("minimal");
    for (words, format, said) in [
        (
            vec!["validate"],
            "html",
            "use --format text or --format json or --format sarif or --format github or --format junit",
        ),
        (
            vec!["plan", "--emulator"],
            "sarif",
            "use --format text or --format json or --format markdown or --format html or --format junit",
        ),
        (
            vec!["apply", "--emulator"],
            "html",
            "use --format text or --format json or --format markdown",
        ),
        (
            vec!["access", "--emulator"],
            "junit",
            "use --format text or --format json or --format csv",
        ),
    ] {
        let run = program.run(&[words.as_slice(), &["--format", format]].concat());
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert!(run.stderr.contains(said), "{}", run.shown());
        assert_eq!(run.stdout, "");
    }
}
