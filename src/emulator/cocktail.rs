//! CocktailCloud's build API beside the registry's own, under `/v1/build` (from the vendor's published pages; nothing of
//! it was recorded).
//!
//! Published are the paths, the fields and the states of a run, and that an answer may be wrapped. Assumed are: that every
//! answer, an error too, comes in `{code, result, status}` with HTTP 200, but 401 without a token; the words of errors;
//! that a build may be run again while it runs; and what `cocktail_builder` says.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Reply};
use super::call::Call;
use super::cocktail_builder::{Recipe, Run, SIZE, StepRun};
use super::router::{Operation, Route};
use super::store::Store;
use super::time;

pub(super) const ROUTES: &[Route] = &[
    Route::new("/v1/build", &[Operation::post("createBuild", create).open()]),
    Route::new("/v1/build/run/{buildSeq}", &[Operation::post("runBuild", run).open()]),
    Route::new(
        "/v1/build/run/log/{buildRunSeq}",
        &[Operation::get("getBuildRunLog", log)],
    ),
];

/// What a build without steps goes through.
const USUAL_STEPS: [&str; 2] = ["CODE_DOWN", "CREATE_IMAGE"];

/// What stands in the place of the build server's private key: nobody may ever see it.
const CLIENT_KEY: &str = "EMULATED-BUILD-SERVER-CLIENT-KEY";

fn create(call: &mut Call<'_>) -> Reply {
    require_token(call)?;
    let Ok(Value::Object(given)) = call.json_body() else {
        return Err(refused(call.store, "400", "the body is no JSON object"));
    };
    let text = |field: &str| given.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    if text("editType") != "N" {
        return Err(refused(call.store, "400", "editType must be N"));
    }
    if text("imageName").is_empty() {
        return Err(refused(call.store, "400", "imageName is missing"));
    }
    let kind = |step: &Value| Some(step.get("stepType")?.as_str()?.to_owned());
    let steps = given.get("buildSteps").and_then(Value::as_array);
    let recipe = Recipe {
        seq: call.store.next_recipe(),
        name: text("imageName"),
        registry: text("registryName"),
        image: text("imageName"),
        steps: steps.into_iter().flatten().filter_map(kind).collect(),
        failure: None,
        given: Value::Object(given),
    };
    let view = build_view(&recipe);
    call.store.cocktail.builds.push(recipe);
    Ok(answered(call.store, &view))
}

fn run(call: &mut Call<'_>) -> Reply {
    require_token(call)?;
    let (seq, now) = (call.parameter("buildSeq"), call.store.clock);
    let builds = &call.store.cocktail.builds;
    let Some(recipe) = builds.iter().find(|build| build.seq.to_string() == seq).cloned() else {
        return Err(refused(call.store, "404", &format!("build {seq} does not exist")));
    };
    let runs = &call.store.cocktail.runs;
    let number = 1 + runs.iter().filter(|run| run.build == recipe.seq).count() as u64;
    let asked = |name: &str| call.query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let steps = recipe.steps.iter().map(|kind| StepRun::waiting(kind));
    let mut steps: Vec<StepRun> = steps.collect();
    if steps.is_empty() {
        steps.extend(USUAL_STEPS.map(StepRun::waiting));
    }
    let run = Run {
        seq: runs.last().map_or(1, |last| last.seq + 1),
        build: recipe.seq,
        number,
        tag: asked("tagName").unwrap_or_else(|| recipe.automatic_tag(number, now)),
        description: asked("description").unwrap_or_default(),
        callback: asked("callbackUrl"),
        state: "CREATED".to_owned(),
        steps,
        began: now,
        ended: None,
        digest: None,
    };
    let view = run_view(&recipe, &run);
    call.store.cocktail.runs.push(run);
    Ok(answered(call.store, &view))
}

/// A look is what lets the runs go on.
fn log(call: &mut Call<'_>) -> Reply {
    require_token(call)?;
    let seq = call.parameter("buildRunSeq");
    call.store.work_on_runs();
    let cocktail = &call.store.cocktail;
    let found = cocktail.runs.iter().find(|run| run.seq.to_string() == seq);
    let recipe = found.and_then(|run| cocktail.builds.iter().find(|build| build.seq == run.build));
    let (Some(run), Some(recipe)) = (found, recipe) else {
        return Err(refused(call.store, "404", &format!("run {seq} does not exist")));
    };
    let mut view = run_view(recipe, run);
    let steps = run.steps.iter().enumerate();
    view["buildStepRuns"] = steps.map(|(place, step)| step_view(run, place + 1, step)).collect();
    Ok(answered(call.store, &json!([view])))
}

fn require_token(call: &Call<'_>) -> Result<(), Answer> {
    let is_known = match &call.store.cocktail.token {
        Some(own) => call.request.token.as_ref() == Some(own),
        None => call.request.token.is_some() && !call.caller.is_anonymous(),
    };
    if is_known {
        return Ok(());
    }
    let body = json!({ "code": "401", "status": "error", "message": "the token is not valid" });
    Err(Answer::json(401, &body))
}

fn answered(store: &Store, result: &Value) -> Answer {
    if store.cocktail.is_bare {
        return Answer::ok(result);
    }
    Answer::ok(&json!({ "code": "200", "result": result, "status": "ok" }))
}

fn refused(store: &Store, code: &str, message: &str) -> Answer {
    let body = json!({ "code": code, "result": null, "status": "error", "message": message });
    let status = if store.cocktail.is_bare { code.parse() } else { Ok(200) };
    Answer::json(status.unwrap_or(400), &body)
}

fn build_view(recipe: &Recipe) -> Value {
    let mut view = match &recipe.given {
        Value::Object(given) => given.clone(),
        _ => Map::new(),
    };
    view.insert("buildSeq".to_owned(), json!(recipe.seq));
    view.insert("buildNo".to_owned(), json!(0));
    view.insert("buildName".to_owned(), json!(recipe.name));
    view.insert("registryName".to_owned(), json!(recipe.registry));
    view.insert("imageName".to_owned(), json!(recipe.image));
    view.insert("useYn".to_owned(), json!("Y"));
    view.extend(build_server());
    Value::Object(view)
}

fn run_view(recipe: &Recipe, run: &Run) -> Value {
    let is_done = run.state == "DONE";
    let mut view = json!({
        "useYn": "Y",
        "created": time::plain(run.began),
        "updated": time::plain(run.ended.unwrap_or(run.began)),
        "buildName": recipe.name,
        "buildDesc": recipe.given.get("description"),
        "registryName": recipe.registry,
        "imageName": recipe.image,
        "buildRunSeq": run.seq,
        "buildSeq": run.build,
        "buildNo": run.number,
        "runType": "BUILD",
        "runDesc": run.description,
        "runState": run.state,
        "autotagUseYn": recipe.given.get("autotagUseYn").cloned().unwrap_or(json!("N")),
        "tagName": run.tag,
        "callbackUrl": run.callback,
        "imageUrl": is_done.then(|| format!("emulator.invalid/{}/{}", recipe.registry, recipe.image)),
        "imageSize": is_done.then_some(SIZE),
        "imageDigest": run.digest,
        "beginTime": time::iso_with_offset(run.began),
        "endTime": run.ended.map(time::iso_with_offset),
        "runTimeBySec": run.ended.map(|ended| ended - run.began),
        "possibleActions": if run.is_over() { ["VIEW", "BUILD", "LOG", "REMOVE"] } else { ["VIEW", "BUILD", "LOG", "CANCEL"] },
    });
    if let Value::Object(fields) = &mut view {
        fields.extend(build_server());
    }
    view
}

/// The connection of the server that builds, which the answers really hold, its private key too.
fn build_server() -> [(String, Value); 5] {
    [
        ("buildServerHost", "topic:build"),
        ("buildServerTlsVerify", "Y"),
        ("buildServerCacrt", "EMULATED-CA"),
        ("buildServerClientCert", "EMULATED-CERTIFICATE"),
        ("buildServerClientKey", CLIENT_KEY),
    ]
    .map(|(name, text)| (name.to_owned(), json!(text)))
}

fn step_view(run: &Run, order: usize, step: &StepRun) -> Value {
    let seconds = step.began.zip(step.ended).map(|(began, ended)| ended - began);
    json!({
        "buildRunSeq": run.seq,
        "buildStepRunSeq": run.seq * 100 + order as u64,
        "stepType": step.kind,
        "stepState": step.state,
        "stepOrder": order,
        "log": step.log,
        "beginTime": step.began.map(time::iso_with_offset),
        "endTime": step.ended.map(time::iso_with_offset),
        "runTimeBySec": seconds,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::registry::Registry;
    use super::super::testing::{registry, send, send_as};

    fn seeded(cocktail: &str) -> Registry {
        registry(&format!(
            r#"{{"cocktail": {cocktail}, "organizations": [{{"name": "acme", "repositories": [{{"name": "web"}}]}}]}}"#
        ))
    }

    const BUILDS: &str = r#"{"builds": [{"registry": "acme", "image": "web"}]}"#;

    /// Runs the first build and looks until it is over; the last view of the run.
    fn ran(registry: &mut Registry) -> Value {
        let (_, run) = send(
            registry,
            "POST",
            "/v1/build/run/1?tagName=v1&description=a%20b",
            &Value::Null,
        );
        assert_eq!(run["result"]["runState"], "CREATED", "{run}");
        let mut last = Value::Null;
        for _ in 0..4 {
            last = send(registry, "GET", "/v1/build/run/log/1", &Value::Null).1;
        }
        assert_eq!(last["code"], "200");
        last["result"][0].clone()
    }

    #[test]
    fn a_run_goes_through_its_steps_and_pushes() {
        let mut registry = seeded(BUILDS);
        let run = ran(&mut registry);
        assert_eq!((&run["runState"], &run["runDesc"]), (&json!("DONE"), &json!("a b")));
        assert_eq!(run["imageDigest"].as_str(), registry.tag("acme/web", "v1"));
        assert_eq!(run["buildStepRuns"][1]["stepType"], "CREATE_IMAGE");
    }

    #[test]
    fn a_failing_run_says_why_in_its_last_step() {
        let mut registry = seeded(BUILDS);
        registry.fail_runs(1, "COPY failed: no such file");
        let run = ran(&mut registry);
        assert_eq!((&run["runState"], &run["imageDigest"]), (&json!("ERROR"), &Value::Null));
        let log = run["buildStepRuns"][1]["log"].as_str().unwrap();
        assert!(log.ends_with("COPY failed: no such file\n"), "{log}");
        assert_eq!(registry.tag("acme/web", "v1"), None);
    }

    #[test]
    fn refusals_are_codes_where_answers_are_wrapped() {
        let mut registry = seeded(r#"{"token": "of-its-own", "builds": []}"#);
        let mut ask = |token: &str, path: &str| send_as(&mut registry, token, "POST", path, &json!({"editType": "X"}));
        let (status, body) = ask("of-its-own", "/v1/build/run/7");
        assert_eq!((status, &body["code"]), (200, &json!("404")));
        assert_eq!(ask("of-its-own", "/v1/build").1["code"], "400");
        assert_eq!(ask("emulator-token", "/v1/build/run/7").0, 401);
    }

    #[test]
    fn a_build_that_was_made_here_can_be_run() {
        let mut registry = seeded(r#"{"bare": true}"#);
        let body = json!({
            "editType": "N", "registryName": "acme", "imageName": "web", "autotagUseYn": "Y", "autotagPrefix": "nightly",
            "buildSteps": [{"stepType": "CREATE_IMAGE"}],
        });
        let (status, build) = send(&mut registry, "POST", "/v1/build", &body);
        assert_eq!((status, &build["buildSeq"]), (200, &json!(1)));
        let (_, run) = send(&mut registry, "POST", "/v1/build/run/1", &Value::Null);
        assert_eq!(run["tagName"], "nightly-1");
        assert_eq!(send(&mut registry, "GET", "/v1/build/run/log/9", &Value::Null).0, 404);
    }
}
