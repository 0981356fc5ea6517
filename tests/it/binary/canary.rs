//! Marked secrets in every place that takes one: no output, no file and no log holds them, but for what is meant to.

use std::collections::BTreeSet;
use std::fs;

use quayform::emulator::{Emulator, IncomingRequest};
use serde_json::Value as Json;

use super::program::{Program, Run};
use super::server::{echoing, registry, serve};
use crate::files::below;

/// What no output may hold.
const MARK: &str = "CANARY";
/// The token of the run, marked itself.
const TOKEN: &str = "CANARY-token";
/// What may stand in files besides the sink: the inputs, and the embedded registry's own state.
const INPUTS: [&str; 4] = ["acme.yaml", "quayform.toml", "hidden", ".quayform/emulator.json"];
/// Where the tokens of robots go.
const SINK: &str = "sink";

/// Every field of a manifest that takes a secret, with where it stands: in a notification, or in the mirror.
const PLACES: [(&str, &str, &str); 8] = [
    ("WebhookSpec.url", "notification", "webhook: {url: SECRET}"),
    ("SlackSpec.url", "notification", "slack: {url: SECRET}"),
    (
        "FlowdockSpec.flow_api_token",
        "notification",
        "flowdock: {flow_api_token: SECRET}",
    ),
    (
        "HipchatSpec.notification_token",
        "notification",
        "hipchat: {room_id: '7', notification_token: SECRET}",
    ),
    (
        "MirrorCredentialsSpec.password",
        "mirror",
        "credentials: {username: acme, password: SECRET}",
    ),
    (
        "ProxyCacheCredentialsSpec.password",
        "proxy_cache",
        "credentials: {username: acme, password: SECRET}",
    ),
    ("MirrorProxySpec.http_proxy", "proxy", "http_proxy: SECRET"),
    ("MirrorProxySpec.https_proxy", "proxy", "https_proxy: SECRET"),
];

/// The ways in which a manifest can give a secret.
const WAYS: [&str; 4] = ["literal", "env", "file", "command"];

/// One secret: an address with a mark in each part that may be secret, so that it fits everywhere.
fn secret(way: &str, place: usize, round: usize) -> String {
    format!("https://{MARK}-user:{MARK}-password@hooks.example/{MARK}-{way}-{place}-{round}?key={MARK}")
}

/// How the manifest names it.
fn written(way: &str, place: usize, round: usize) -> String {
    match way {
        "literal" => format!("\"{}\"", secret(way, place, round)),
        "env" => format!("{{env: VARIABLE_{place}}}"),
        "file" => format!("{{file: hidden/{place}.txt}}"),
        _ => format!("{{command: provider_{place}}}"),
    }
}

/// A repository for each way, with a secret in each place.
fn manifest(round: usize) -> String {
    let mut text = "kind: Organization\nname: acme\nrobots: {mirror: {}, ci: {}}\n".to_owned();
    for way in WAYS {
        let at = |home: &'static str| {
            let places = PLACES.iter().enumerate().filter(move |(_, place)| place.1 == home);
            places.map(move |(index, place)| place.2.replace("SECRET", &written(way, index, round)))
        };
        text.push_str(&format!("---\nkind: Repository\nname: acme/{way}\nnotifications:\n"));
        for method in at("notification") {
            text.push_str(&format!("  - {{event: repo_push, {method}}}\n"));
        }
        text.push_str(&format!(
            "mirror:\n  external_reference: quay.io/a/b\n  tags: [latest]\n  sync_interval: 6h\n  robot: mirror\n  {}\n  \
             proxy: {{{}}}\n",
            at("mirror").collect::<String>(),
            at("proxy").collect::<Vec<_>>().join(", ")
        ));
        text.push_str(&format!(
            "---\nkind: Organization\nname: {way}-cache\nproxy_cache:\n  upstream_registry: docker.io\n  {}\n",
            at("proxy_cache").collect::<String>()
        ));
    }
    text
}

/// A project with a secret in each place, in each way.
fn program() -> Program {
    let providers: Vec<String> = (0..PLACES.len())
        .map(|place| format!("provider_{place} = [\"cat\", \"hidden/{place}.command\"]\n"))
        .collect();
    let toml = format!(
        "[registry]\nurl = \"https://quay.example\"\n[read]\ncache = true\n[guards]\nmax_deletes = 100\n[secrets.commands]\n{}",
        providers.concat()
    );
    let mut program = Program::new(&[("quayform.toml", &toml)]).with("RUST_LOG", "trace");
    program.write("acme.yaml", &manifest(0));
    for place in 0..PLACES.len() {
        program.write(&format!("hidden/{place}.txt"), &secret("file", place, 0));
        program.write(&format!("hidden/{place}.command"), &secret("command", place, 0));
        program = program.with(&format!("VARIABLE_{place}"), &secret("env", place, 0));
    }
    // The providers are programs.
    program.with("PATH", &std::env::var("PATH").unwrap_or_default())
}

/// A registry whose superuser has a marked token.
fn marked_registry() -> Emulator {
    registry(&format!(
        r#"{{"users": [{{"name": "root", "superuser": true, "token": "{TOKEN}"}}]}}"#
    ))
}

/// The tokens of all robots, which only the sink may hold.
fn robot_tokens(emulator: &Emulator) -> Vec<String> {
    let request = IncomingRequest::new("GET", "/api/v1/organization/acme/robots").with_token(TOKEN);
    let answer = emulator.handle(&request).unwrap();
    let body: Json = serde_json::from_slice(&answer.body).unwrap();
    let robots = body["robots"].as_array().unwrap().clone();
    robots
        .iter()
        .map(|robot| robot["token"].as_str().unwrap().to_owned())
        .collect()
}

/// Asserts that neither stream holds a mark.
pub(super) fn clean(run: &Run, marks: &[String]) {
    for mark in marks.iter().map(String::as_str).chain([MARK]) {
        assert!(
            !run.stdout.contains(mark) && !run.stderr.contains(mark),
            "{mark} in {}",
            run.shown()
        );
    }
}

/// Asserts that no file of the project holds a mark, but for the inputs; and only the sink the tokens of robots.
fn clean_files(program: &Program, tokens: &[String]) {
    let root = program.path("");
    for file in below(&root) {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let is_input = INPUTS.iter().any(|input| name.starts_with(input));
        assert!(is_input || !text.contains(MARK), "{name} holds a secret");
        let is_sink = name.starts_with(SINK);
        let holds_token = tokens.iter().any(|token| text.contains(token));
        assert!(is_sink || is_input || !holds_token, "{name} holds the token of a robot");
    }
}

/// Runs this in every format, with all that the log can say; the output of each must be clean.
fn run_all(program: &Program, words: &[&str], code: i32, marks: &[String]) {
    let formats: &[&str] = match words.first() {
        Some(&"plan") => &["text", "json", "markdown", "html", "junit"],
        Some(&"validate") => &["text", "json", "sarif", "github", "junit"],
        Some(&"apply") => &["text", "json", "markdown"],
        _ => &["text", "json"],
    };
    for format in formats {
        let run = program.run(&[words, &["--allow-commands", "--format", format, "-vv"]].concat());
        clean(&run, marks);
        assert_eq!(run.code, Some(code), "{}", run.shown());
    }
}

/// The commands that show what is planned, each of which may write files.
const PLANS: [&[&str]; 4] = [
    &["plan"],
    &["plan", "--expand"],
    &["plan", "--out", "plan.json"],
    &["plan", "--metrics", "quayform.prom"],
];

/// What is told of differences, with a file of figures.
const DRIFT: [&str; 5] = ["drift", "--settle", "0", "--metrics", "quayform.prom"];

#[test]
fn every_secret_field_has_a_place_here() {
    let schema = quayform::manifest::schema();
    let mut fields = BTreeSet::new();
    for (definition, record) in schema["$defs"].as_object().unwrap() {
        for (field, form) in record["properties"].as_object().into_iter().flatten() {
            if form
                .to_string()
                .contains("The environment variable that holds the text.")
            {
                fields.insert(format!("{definition}.{field}"));
            }
        }
    }
    let places: BTreeSet<String> = PLACES.iter().map(|place| place.0.to_owned()).collect();
    assert_eq!(fields, places, "a field that takes a secret needs a place in PLACES");
}

#[test]
fn the_marks_arrive_at_the_registry_and_nowhere_else() {
    let emulator = marked_registry();
    let program = program().at(&serve(emulator.clone()), TOKEN);
    run_all(&program, &["validate"], 0, &[]);
    for plan in PLANS {
        run_all(&program, plan, 0, &[]);
    }
    run_all(&program, &DRIFT, 2, &[]);
    let to_sink = ["apply", "--auto-approve", "--credentials-out", SINK];
    let applied = program.run(&[&to_sink[..], &["--allow-commands", "-vv"]].concat());
    assert_eq!(applied.code, Some(0), "{}", applied.shown());
    // What is not sent cannot leak: every secret of every way must have arrived.
    let state = emulator.with(|registry| format!("{registry:?}"));
    for (way, place) in WAYS
        .iter()
        .flat_map(|way| (0..PLACES.len()).map(move |place| (way, place)))
    {
        assert!(state.contains(&secret(way, place, 0)), "{way} {}", PLACES[place].0);
    }
    let tokens = robot_tokens(&emulator);
    assert_eq!(tokens.len(), 2);
    clean(&applied, &tokens);
    clean_files(&program, &tokens);
    run_all(&program, &["export", "acme"], 0, &tokens);
    // The cache is really filled, and read.
    run_all(&program, &["plan"], 0, &tokens);
    let cache = fs::read_dir(program.path(".quayform/cache")).unwrap();
    assert_eq!(cache.count(), 1);
    clean_files(&program, &tokens);
    // The log is really on.
    assert!(
        applied.stderr.contains("PUT /api/v1/organization/acme/robots/ci"),
        "{}",
        applied.shown()
    );

    // Secrets that moved: the old ones come from the server, the new ones from the manifests.
    program.write("acme.yaml", &manifest(1));
    for place in 0..PLACES.len() {
        program.write(&format!("hidden/{place}.txt"), &secret("file", place, 1));
    }
    for plan in PLANS {
        run_all(&program, plan, 0, &tokens);
    }
    fs::remove_dir_all(program.path(SINK)).unwrap();
    run_all(&program, &[&to_sink[..], &["--resend-secrets"]].concat(), 0, &tokens);

    // Secrets that differ, as messages and figures tell of them too.
    program.write("acme.yaml", &manifest(2));
    run_all(&program, &DRIFT, 2, &tokens);
    clean_files(&program, &tokens);

    // Secrets that only the server knows.
    program.write(
        "acme.yaml",
        manifest(1)
            .replace("notifications:\n", "notifications: []\nx-was:\n")
            .as_str(),
    );
    for plan in PLANS {
        run_all(&program, plan, 0, &tokens);
    }
    run_all(&program, &to_sink, 0, &tokens);
    clean_files(&program, &tokens);
}

#[test]
fn commands_that_take_tokens_are_the_only_ones_to_see_them() {
    for (end, code) in [("", 0), ("; exit 1", 1)] {
        let emulator = marked_registry();
        let program = program().at(&serve(emulator.clone()), TOKEN);
        let first = program.run(&["apply", "--auto-approve", "--allow-commands"]);
        assert_eq!(first.code, Some(0), "{}", first.shown());
        let toml = fs::read_to_string(program.path("quayform.toml")).unwrap();
        let takes = format!("[credentials]\ncommand = [\"sh\", \"-c\", \"cat{end}\"]\n");
        program.write("quayform.toml", &(toml + &takes));
        let tokens = robot_tokens(&emulator);
        run_all(&program, &["apply", "--auto-approve"], code, &tokens);
        clean_files(&program, &tokens);
    }
}

#[test]
fn the_embedded_registry_keeps_what_it_is_told_to_itself() {
    let program = program();
    for plan in PLANS {
        run_all(&program, &[plan, &["--emulator"]].concat(), 0, &[]);
    }
    run_all(&program, &["apply", "--emulator", "--auto-approve"], 0, &[]);
    clean_files(&program, &[]);
}

#[test]
fn what_the_registry_echoes_is_not_shown() {
    for start in ["/api/v1/repository", "/api/v1/organization"] {
        let program = program().at(&echoing(marked_registry(), start, "writes"), TOKEN);
        let run = program.run(&["apply", "--auto-approve", "--allow-commands", "-vv"]);
        assert_eq!(run.code, Some(5), "{}", run.shown());
        assert!(run.stdout.contains("You said: "), "{}", run.shown());
        clean(&run, &[]);
    }
    for start in ["/api/v1/user", "/api/v1/organization", "/config"] {
        let program = program().at(&echoing(marked_registry(), start, "reads"), TOKEN);
        for plan in PLANS {
            run_all(&program, plan, 1, &[]);
        }
    }
}

#[test]
fn secrets_that_cannot_be_had_say_nothing_of_themselves() {
    let program = program().at(&serve(marked_registry()), TOKEN);
    let failing = "[secrets.commands]\nprovider_0 = [\"sh\", \"-c\", \"cat hidden/0.command; exit 3\"]\n";
    program.write("quayform.toml", &(failing.to_owned() + "[guards]\nmax_deletes = 100\n"));
    let text = format!(
        "kind: Repository\nname: acme/api\nnotifications:\n  - {{event: repo_push, slack: {{url: {}}}}}\n",
        written("command", 0, 0)
    );
    program.write(
        "acme.yaml",
        &("kind: Organization\nname: acme\n---\n".to_owned() + &text),
    );
    run_all(&program, &["apply", "--auto-approve"], 1, &[]);
}

/// Lines of a manifest with a secret where none is expected, each a mistake that people make.
const SLIPS: [&str; 13] = [
    "slack: {url: \"https://hooks.example/CANARY\"}, level: high",
    "webhook: {ulr: \"CANARY\"}",
    "webhook: {url: [\"CANARY\"]}",
    "webhook: {url: {env: \"https://hooks.example/CANARY\"}}",
    "webhook: {url: {env: \"CANARY-name\"}}",
    "webhook: {url: {value: \"CANARY\"}}",
    "webhook: {url: {evn: \"CANARY\"}}",
    "webhook: \"CANARY\"",
    "webhook: [\"CANARY\"]",
    "slak: {url: \"CANARY\"}",
    "slack: {url: not-an-address-CANARY, x: 1}",
    "flowdock: {flow_api_token: CANARY, flow_api_token: CANARY}",
    "flowdock: {flow_token: CANARY}",
];

#[test]
fn slips_do_not_show_the_secrets_beside_them() {
    for slip in SLIPS {
        let program = Program::new(&[]);
        let text = format!("kind: Repository\nname: acme/api\nnotifications:\n  - {{event: repo_push, {slip}}}\n");
        program.write("acme.yaml", &text);
        for words in [
            ["validate"].as_slice(),
            &["validate", "--format", "json"],
            &["plan", "--emulator"],
        ] {
            let run = program.run(words);
            assert_eq!(run.code, Some(1), "{}", run.shown());
            clean(&run, &[]);
        }
    }
}

/// Whole files `quayform.toml` with a secret where none is expected.
const SETTINGS: [&str; 9] = [
    "[registry]\nurl = \"https://user:CANARY@quay.example\"\n",
    "[registry]\nurl = \"https://quay.example\"\ntoken = \"CANARY\"\n",
    "[registry]\nurl = \"https://quay.example\"\ntokn = \"CANARY\"\n",
    "[registry]\nurl = \"https://quay.example\"\npassword = \"CANARY\"\n",
    "[registry]\nurl = \"https://quay.example\"\ntoken = { env = \"X\", value = \"CANARY\" }\n",
    "[registry]\nurl = \"https://quay.example\"\ntoken = \"CANARY\n",
    "[registry]\nurl = \"https://quay.example/?token=CANARY\"\n",
    "[cocktail]\nurl = \"https://user:CANARY@cocktail.example\"\n",
    "[cocktail]\ntoken = \"CANARY\"\n",
];

#[test]
fn slips_in_the_settings_do_not_show_the_secrets_beside_them() {
    for settings in SETTINGS {
        let program = Program::new(&[
            ("acme.yaml", "kind: Organization\nname: acme\n"),
            ("quayform.toml", settings),
        ]);
        for words in [["plan"].as_slice(), &["plan", "--format", "json"]] {
            let run = program.run(words);
            assert_eq!(run.code, Some(1), "{}", run.shown());
            clean(&run, &[]);
        }
    }
}

#[test]
fn addresses_with_passwords_are_not_shown() {
    let manifest = ("acme.yaml", "kind: Organization\nname: acme\n");
    for url in [
        "https://user:CANARY@quay.example",
        "https://quay.example/?token=CANARY",
        "https://quay.example/#CANARY",
    ] {
        let program = Program::new(&[manifest]).at(url, TOKEN);
        let flag = Program::new(&[manifest]).with("QUAYFORM_TOKEN", TOKEN);
        for run in [program.run(&["plan", "-vv"]), flag.run(&["plan", "-vv", "--url", url])] {
            assert_eq!(run.code, Some(1), "{}", run.shown());
            clean(&run, &[]);
        }
    }
    // A proxy that nobody listens at.
    let proxied = Program::new(&[manifest])
        .at("https://quay.example", TOKEN)
        .with("HTTPS_PROXY", "http://user:CANARY@127.0.0.1:9")
        .with("ALL_PROXY", "http://user:CANARY@127.0.0.1:9");
    run_all(&proxied, &["plan"], 1, &[]);
}

#[test]
fn nothing_generated_holds_a_secret() {
    let program = program();
    for words in [
        ["schema"].as_slice(),
        &["completions", "bash"],
        &["apply", "--help"],
        &["reference", "fields"],
    ] {
        clean(&program.run(words), &[]);
    }
}
