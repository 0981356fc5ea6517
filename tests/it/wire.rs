//! Replays the recorded exchanges of a real Quay against the embedded registry.

use std::collections::BTreeMap;

use quayform::emulator::{IncomingRequest, Registry, SCOPES, Seed};
use serde::Deserialize;
use serde_json::Value;

/// One recorded exchange.
#[derive(Deserialize)]
struct Exchange {
    n: u64,
    note: String,
    #[serde(rename = "as")]
    caller: Option<String>,
    method: String,
    path: String,
    #[serde(default)]
    query: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    request_body: Option<Value>,
    status: u16,
    response_headers: BTreeMap<String, String>,
    response_body: Value,
}

/// Exchanges of a family that are not reproduced, and why.
#[derive(Deserialize)]
struct NotYet {
    family: String,
    exchanges: Vec<u64>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// A request that was made between two exchanges and not recorded.
#[derive(Deserialize)]
struct Unrecorded {
    family: String,
    before: u64,
    /// How many times it was made; `{n}` in the body stands for the number of the time in three digits, `{i}`
    /// for the same without zeros.
    #[serde(default = "once")]
    repeat: u64,
    method: String,
    path: String,
    #[serde(default)]
    body: Option<Value>,
}

fn once() -> u64 {
    1
}

/// Fields of the usage log that tell of the run, not of the server.
const INCIDENTAL: [&str; 4] = [
    "oauth_token_id",
    "oauth_token_application_id",
    "oauth_token_application",
    "date/time",
];

/// The day of the recordings, which some of their queries name.
const DAY_OF_RECORDING: i64 = 1_795_364_000;

/// The token that an exchange made, with which the caller `minted` came.
const MINTED: &str = "RECORDED00000000000000000000000000000006";
/// How many seconds later the recording of tags began, whose requests name times that have passed.
const TAGS_WERE_PUSHED: i64 = 706;

/// The arrays that the server gives in no order, by the key under which they stand.
const UNORDERED: [&str; 10] = [
    "authorizations",
    "scopes",
    "organizations",
    "users",
    "robots",
    "prototypes",
    "members",
    "collaborators",
    "aggregated",
    "repositories",
];

fn directory() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire")
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> Option<T> {
    let text = std::fs::read_to_string(directory().join(name)).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The registry as it was when the recording of a family began.
fn prepared(family: &str) -> Registry {
    let seed: Seed = read(&format!("seeds/{family}.json")).unwrap_or_default();
    let people: Seed = serde_json::from_value(serde_json::json!({
        "users": [
            { "name": "alice", "token": "alice-token" },
            { "name": "bob", "token": "bob-token" },
            { "name": "carol" },
            { "name": "roadmin", "global_readonly": true, "token": "roadmin-token" },
        ],
    }))
    .unwrap();
    let seed = Seed {
        users: people.users.into_iter().chain(seed.users).collect(),
        ..seed
    };
    let mut registry = Registry::with_seed(&seed).unwrap_or_else(|error| panic!("{family}: {error}"));
    let all_but_super = [
        "repo:read",
        "repo:write",
        "repo:admin",
        "repo:create",
        "user:read",
        "user:admin",
        "org:admin",
    ];
    // The recorded application of people's own tokens, which held a scope that did not help them.
    registry.add_application_token("alice", "alice-token", &SCOPES, "lab");
    registry.add_application_token("alice", "alice_read-token", &["repo:read"], "lab");
    registry.add_token("quayadmin", "admin_read-token", &["repo:read"]);
    registry.add_token("quayadmin", "admin_nosuper-token", &all_but_super);
    let seconds = if family == "tags" { TAGS_WERE_PUSHED } else { 0 };
    registry.set_clock(DAY_OF_RECORDING + seconds);
    registry
}

/// The token of a recorded caller. Headers whose value was not recorded are told apart by their scheme.
fn token(caller: Option<&str>) -> Option<String> {
    match caller? {
        "none" => None,
        "admin" | "bearer …" => Some("emulator-token".to_owned()),
        "Bearer …" => Some("junk".to_owned()),
        header if header.ends_with('…') => None,
        name => Some(format!("{name}-token")),
    }
}

/// Values that differ from run to run: the recorded one and the registry's.
#[derive(Default, Clone)]
struct Learned {
    texts: BTreeMap<String, String>,
    numbers: BTreeMap<(String, i64), i64>,
    /// The page token of the last answer that had one: a recorded token may stem from an answer that was not recorded.
    page: Option<String>,
}

impl Learned {
    /// A recorded text of a request with the registry's values in it.
    fn translate(&self, text: &str) -> String {
        self.texts
            .iter()
            .fold(text.to_owned(), |text, (recorded, own)| text.replace(recorded, own))
    }

    /// Numbers stand in paths after the word for what they count: `quota/3/limit/5`.
    fn translate_path(&self, path: &str) -> String {
        let path = self.translate(path);
        let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        for place in 1..segments.len() {
            let Ok(number) = segments[place].parse() else { continue };
            if let Some(own) = self.numbers.get(&(segments[place - 1].clone(), number)) {
                segments[place] = own.to_string();
            }
        }
        segments.join("/")
    }

    fn translate_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.translate(text)),
            Value::Array(items) => items.iter().map(|item| self.translate_value(item)).collect(),
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| (name.clone(), self.translate_value(value)));
                Value::Object(fields.collect())
            }
            other => other.clone(),
        }
    }

    fn learn(&mut self, recorded: &str, own: &str) -> Result<(), String> {
        match self.texts.insert(recorded.to_owned(), own.to_owned()) {
            Some(before) if before != own => Err(format!("{recorded} was {before} before, now {own}")),
            _ => Ok(()),
        }
    }

    fn learn_number(&mut self, context: &str, recorded: &Value, own: &Value) -> Result<(), String> {
        let (Some(recorded), Some(own)) = (recorded.as_i64(), own.as_i64()) else {
            return Err(format!("{recorded} became {own}"));
        };
        match self.numbers.insert((context.to_owned(), recorded), own) {
            Some(before) if before != own => Err(format!("{context} {recorded} was {before} before, now {own}")),
            _ => Ok(()),
        }
    }
}

fn request(exchange: &Exchange, learned: &Learned) -> IncomingRequest {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut target = learned.translate_path(&exchange.path);
    for (place, (name, value)) in exchange.query.iter().flatten().enumerate() {
        let value = match (value, &learned.page) {
            (Value::String(token), Some(page)) if is_page_token(token) => page.clone(),
            (Value::String(text), _) => learned.translate(text),
            (other, _) => other.to_string(),
        };
        target.push_str(&format!(
            "{}{name}={}",
            if place == 0 { '?' } else { '&' },
            encode(&value)
        ));
    }
    let mut request = IncomingRequest::new(&exchange.method, &target);
    request.token = match exchange.caller.as_deref() {
        Some("minted") => learned.texts.get(MINTED).cloned(),
        caller => token(caller),
    };
    match &exchange.request_body {
        // The recordings hold a body that was not JSON as a text, and neither an absent body nor `null`.
        Some(Value::String(text)) => {
            request.body = text.clone().into_bytes();
            request.content_type = Some(raw_content_type(&exchange.note).to_owned());
        }
        Some(body) => request = request.with_json(&learned.translate_value(body)),
        None if exchange.note == "null body" => request = request.with_json(&Value::Null),
        None => {}
    }
    request
}

fn raw_content_type(note: &str) -> &'static str {
    if note.contains("content type") {
        "text/plain"
    } else {
        "application/json"
    }
}

/// Compares an answer with the recorded one.
fn compare(exchange: &Exchange, answer: &quayform::emulator::Answer, learned: &mut Learned) -> Result<(), String> {
    let body = String::from_utf8_lossy(&answer.body);
    if answer.status != exchange.status {
        return Err(format!(
            "status {}, recorded {}; body {body}",
            answer.status, exchange.status
        ));
    }
    let media_type = |text: &str| text.split(';').next().unwrap_or_default().to_owned();
    let recorded_type = exchange
        .response_headers
        .get("content-type")
        .map(String::as_str)
        .unwrap_or_default();
    if media_type(answer.content_type) != media_type(recorded_type) {
        return Err(format!(
            "content type {}, recorded {recorded_type}",
            answer.content_type
        ));
    }
    compare_body(exchange, &body, learned)?;
    compare_headers(exchange, answer, learned)
}

fn compare_body(exchange: &Exchange, body: &str, learned: &mut Learned) -> Result<(), String> {
    match &exchange.response_body {
        Value::String(page) if page == "<html>" => Ok(()),
        Value::Null if body.is_empty() => Ok(()),
        Value::String(text) if text.starts_with("(see ") => Ok(()),
        recorded => {
            let own = serde_json::from_str(body).map_err(|error| format!("{error} in {body}"))?;
            compare_values("", recorded, &own, learned)
        }
    }
}

fn compare_headers(exchange: &Exchange, answer: &quayform::emulator::Answer, learned: &Learned) -> Result<(), String> {
    for (name, recorded) in &exchange.response_headers {
        let recorded = &learned.translate(recorded);
        let own = answer
            .headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str());
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split(", ").map(str::to_owned).collect();
            words.sort();
            words
        };
        match name.as_str() {
            "content-type" => {}
            "allow" if own.map(sorted) == Some(sorted(recorded)) => {}
            _ if own == Some(recorded) => {}
            _ => return Err(format!("header {name} is {own:?}, recorded {recorded}")),
        }
    }
    Ok(())
}

fn compare_values(place: &str, recorded: &Value, own: &Value, learned: &mut Learned) -> Result<(), String> {
    let differs = || Err(format!("{place}: {own}, recorded {recorded}"));
    match (recorded, own) {
        (Value::Object(recorded), Value::Object(own)) => compare_objects(place, recorded, own, learned),
        (Value::Array(recorded), Value::Array(own)) => compare_arrays(place, recorded, own, learned),
        // Of a long text the beginning was recorded, as it was sent.
        (Value::String(text), own) if text.starts_with("(cut) ") => match begins(own, &text["(cut) ".len()..]) {
            true => Ok(()),
            false => differs(),
        },
        // Long lists were cut at the recording: `"(20)"`.
        (Value::String(text), Value::Array(own)) if cut_length(text) == Some(own.len()) => Ok(()),
        (Value::String(text), Value::Array(own)) if is_summary(text, own) => Ok(()),
        (Value::String(text), Value::Object(own)) if cut_length(text) == Some(own.len()) => Ok(()),
        (Value::String(text), Value::Object(own)) if is_summary_of_page(text, own) => Ok(()),
        (Value::String(recorded), Value::String(own)) => compare_texts(place, recorded, own, learned),
        (Value::Number(_), Value::Number(_)) if place.ends_with("/id") => {
            learned.learn_number(number_context(place), recorded, own)
        }
        (Value::Number(_), Value::Number(_)) if place.ends_with("_ts") => Ok(()),
        (Value::Number(number), Value::Number(own)) if number.as_f64() == own.as_f64() => Ok(()),
        _ if recorded == own => Ok(()),
        _ => differs(),
    }
}

/// The word that stands before such a number in a path.
fn number_context(place: &str) -> &'static str {
    if place.contains("limits/") { "limit" } else { "quota" }
}

fn compare_objects(
    place: &str,
    recorded: &serde_json::Map<String, Value>,
    own: &serde_json::Map<String, Value>,
    learned: &mut Learned,
) -> Result<(), String> {
    let is_avatar = place.ends_with("/avatar");
    let extra: Vec<&String> = own.keys().filter(|name| !recorded.contains_key(*name)).collect();
    if let Some(name) = extra
        .into_iter()
        .find(|name| !(is_avatar && (*name == "hash" || *name == "color")))
    {
        return Err(format!("{place}: has `{name}`, which was not recorded"));
    }
    for (name, value) in recorded {
        let own = own
            .get(name)
            .ok_or_else(|| format!("{place}: lacks `{name}`, recorded {value}"))?;
        if place.ends_with("/metadata") && INCIDENTAL.contains(&name.as_str()) {
            continue;
        }
        compare_values(&format!("{place}/{name}"), value, own, learned)?;
    }
    Ok(())
}

fn compare_arrays(place: &str, recorded: &[Value], own: &[Value], learned: &mut Learned) -> Result<(), String> {
    let cut = recorded.last().and_then(Value::as_str).and_then(cut_length);
    let (recorded, length) = match cut {
        Some(length) => (&recorded[..recorded.len() - 1], length),
        None => (recorded, recorded.len()),
    };
    if own.len() != length {
        return Err(format!("{place}: {} elements, recorded {length}: {own:?}", own.len()));
    }
    let key = place.rsplit('/').next().unwrap_or_default();
    if UNORDERED.contains(&key) && !are_of_one_namespace(recorded) {
        return compare_unordered(place, recorded, own, learned);
    }
    for (index, (recorded, own)) in recorded.iter().zip(own).enumerate() {
        compare_values(&format!("{place}/{index}"), recorded, own, learned)?;
    }
    Ok(())
}

fn compare_unordered(place: &str, recorded: &[Value], own: &[Value], learned: &mut Learned) -> Result<(), String> {
    let mut left: Vec<&Value> = own.iter().collect();
    for value in recorded {
        let fits = |own: &&Value| compare_values(&format!("{place}/*"), value, own, &mut learned.clone()).is_ok();
        let Some(found) = left.iter().position(fits) else {
            return Err(format!("{place}: nothing like {value} in {left:?}"));
        };
        compare_values(&format!("{place}/*"), value, left.remove(found), learned)?;
    }
    Ok(())
}

/// Repositories of one namespace come in the order of creation. Those of several were partly made by other recordings
/// at the same time, and are prepared one namespace after the other.
fn are_of_one_namespace(values: &[Value]) -> bool {
    let namespace = |value: &Value| value.get("namespace").and_then(Value::as_str).map(str::to_owned);
    values.windows(2).all(|pair| namespace(&pair[0]) == namespace(&pair[1]))
        && values.first().is_some_and(|first| namespace(first).is_some())
}

/// Whether `(100 entries: repo000 … repo099)` or `(100: t104 … t005)` tells of these.
fn is_summary(text: &str, own: &[Value]) -> bool {
    let text = text.trim_matches(['(', ')']);
    let Some((length, names)) = text.split_once(" entries").or_else(|| text.split_once(": ")) else {
        return false;
    };
    let names: Vec<&str> = names.trim_start_matches(": ").split(" … ").collect();
    let own_name = |value: Option<&Value>| value.and_then(|value| value["name"].as_str().map(str::to_owned));
    let same_ends = match names[..] {
        [first, last] => {
            own_name(own.first()).as_deref() == Some(first) && own_name(own.last()).as_deref() == Some(last)
        }
        _ => true,
    };
    length.parse() == Ok(own.len()) && same_ends
}

/// Whether `(100 entries, next_page True)` tells of this page of repositories.
fn is_summary_of_page(text: &str, own: &serde_json::Map<String, Value>) -> bool {
    let says_more = !text.contains("next_page") || own.contains_key("next_page");
    let listed = own.get("repositories").and_then(Value::as_array);
    says_more && listed.is_some_and(|own| is_summary(text, own))
}

/// Whether an answer begins like this, of which the last character may be half of one.
fn begins(own: &Value, beginning: &str) -> bool {
    let beginning = beginning.replacen("\": ", "\":", 1);
    own.to_string().starts_with(beginning.trim_end_matches('\\'))
}

/// The length in `(20)` or `(… 20 in all)`.
fn cut_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    inner.trim_start_matches("… ").trim_end_matches(" in all").parse().ok()
}

fn compare_texts(place: &str, recorded: &str, own: &str, learned: &mut Learned) -> Result<(), String> {
    let key = place.rsplit('/').next().unwrap_or_default();
    let first_line = |text: &str| {
        text.split("\n\nFailed validating")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let (wanted, found) = match key {
        "detail" | "error_message" => (learned.translate(&first_line(recorded)), first_line(own)),
        _ => (learned.translate(recorded), own.to_owned()),
    };
    if wanted == found {
        return Ok(());
    }
    // Ciphertext, keys whose length varies, and what was left out of the recording.
    if recorded == "(secret)" || ["encrypted_password", "private_key"].contains(&key) {
        return Ok(());
    }
    if is_page_token(recorded) {
        learned.page = Some(own.to_owned());
        return Ok(());
    }
    let is_key = ["kid", "n", "public_key"].contains(&key);
    if (is_key || is_random(recorded)) && recorded.len() == own.len() {
        return learned.learn(recorded, own);
    }
    if is_date(recorded) && is_date(own) && recorded.len() == own.len() {
        return Ok(());
    }
    Err(format!("{place}: {own:?}, recorded {recorded:?}"))
}

/// Uuids, tokens and keys: long, without spaces, and of letters and digits only.
fn is_random(text: &str) -> bool {
    let is_uuid = text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let is_token = text.len() >= 32 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_client_id = text.len() == 20 && text.starts_with("RECORDED");
    is_uuid || is_token || is_client_id
}

fn is_page_token(text: &str) -> bool {
    text.starts_with("gAAAAA")
}

/// `Sun, 22 Nov 2026 16:28:29 -0000` or `… GMT`, `2026-11-22T16:28:29Z` or `2026-11-22`.
fn is_date(text: &str) -> bool {
    let is_rfc2822 = (text.ends_with(" -0000") || text.ends_with(" GMT")) && text.matches(':').count() == 2;
    let is_iso = text.ends_with('Z') && text.contains('T') && text.matches('-').count() == 2;
    let is_day = text.len() == 10 && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    is_rfc2822 || is_iso || is_day
}

/// Makes an unrecorded request, all of which succeeded, or a trigger, which only a web page can make.
fn make_up(registry: &mut Registry, step: &Unrecorded) {
    for number in 0..step.repeat {
        if step.method == "TRIGGER" {
            let trigger = serde_json::from_value(step.body.clone().unwrap()).unwrap();
            registry.add_trigger(&step.path, &trigger);
            continue;
        }
        let path = step.path.replace("{n}", &format!("{number:03}"));
        let mut request = IncomingRequest::new(&step.method, &path).with_token("emulator-token");
        if let Some(body) = &step.body {
            request = request.with_json(body);
            let text = String::from_utf8(request.body).unwrap();
            let text = text.replace("{n}", &format!("{number:03}"));
            request.body = text.replace("{i}", &number.to_string()).into_bytes();
        }
        let status = registry.handle(&request).status;
        assert!(status < 300, "{} {} gave {status}", step.method, step.path);
    }
}

/// Replays a family: every exchange must be reproduced, unless it is listed as not yet reproduced.
fn replay(family: &str) {
    let exchanges: Vec<Exchange> = read(&format!("{family}.json")).expect("the recording is there");
    let not_yet: Vec<NotYet> = read("not_yet.json").expect("the list is there");
    let listed: Vec<u64> = not_yet
        .into_iter()
        .filter(|entry| entry.family == family)
        .flat_map(|entry| entry.exchanges)
        .collect();
    let mut registry = prepared(family);
    let mut learned = Learned::default();
    let mut failures = Vec::new();
    let unrecorded: Vec<Unrecorded> = read("unrecorded.json").expect("the list is there");
    for exchange in &exchanges {
        for step in unrecorded
            .iter()
            .filter(|step| step.family == family && step.before == exchange.n)
        {
            make_up(&mut registry, step);
        }
        let answer = registry.handle(&request(exchange, &learned));
        let mut after = learned.clone();
        let place = format!("{} {} ({})", exchange.n, exchange.note, exchange.method);
        match (compare(exchange, &answer, &mut after), listed.contains(&exchange.n)) {
            (Ok(()), false) => learned = after,
            (Ok(()), true) => failures.push(format!("{place}: is listed in not_yet.json, but is reproduced")),
            (Err(_), true) => {}
            (Err(difference), false) => failures.push(format!("{place} {}: {difference}", exchange.path)),
        }
    }
    assert!(
        failures.is_empty(),
        "{family}, {} of {}:\n{}",
        failures.len(),
        exchanges.len(),
        failures.join("\n")
    );
}

#[test]
fn applications() {
    replay("applications");
}

#[test]
fn auth_and_errors() {
    replay("auth_and_errors");
}

#[test]
fn config() {
    replay("config");
}

#[test]
fn logs() {
    replay("logs");
}

#[test]
fn members_and_collaborators() {
    replay("members_and_collaborators");
}

#[test]
fn mirror() {
    replay("mirror");
}

#[test]
fn notifications() {
    replay("notifications");
}

#[test]
fn organization() {
    replay("organization");
}

#[test]
fn permissions() {
    replay("permissions");
}

#[test]
fn prototypes() {
    replay("prototypes");
}

#[test]
fn auto_prune() {
    replay("autoprune");
}

#[test]
fn immutability() {
    replay("immutability");
}

#[test]
fn organization_mirror() {
    replay("org_mirror");
}

#[test]
fn proxy_cache() {
    replay("proxycache");
}

#[test]
fn quota() {
    replay("quota");
}

#[test]
fn repository() {
    replay("repository");
}

#[test]
fn robots() {
    replay("robots");
}

#[test]
fn superuser() {
    replay("superuser");
}

#[test]
fn teams() {
    replay("teams");
}

#[test]
fn tags() {
    replay("tags");
}

#[test]
fn tokens_builds_triggers() {
    replay("tokens_builds_triggers");
}

#[test]
fn user_and_misc() {
    replay("user_and_misc");
}
