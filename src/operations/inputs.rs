//! What was given to an operation, read in the forms that it asks for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::operation::{Form, Input};
use crate::kinds::targets::{encode, encode_repository};
use crate::manifest::route_word_in;
use crate::model::units::Duration;

/// The inputs of one run: values by their names, and the parts of paths that they make.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    values: BTreeMap<&'static str, Json>,
    parameters: BTreeMap<&'static str, String>,
    shown: BTreeMap<&'static str, String>,
    tag: Option<String>,
}

impl Inputs {
    /// Takes one text for an input; `now` is what lengths of time are counted from. The error says what is accepted.
    pub fn give(&mut self, input: &'static Input, text: &str, now: Timestamp) -> Result<(), String> {
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if !input.is_body() && text.split('/').any(|part| part == "." || part == "..") {
            // A path with it means another path, and so another request.
            return Err("`.` and `..` are no names".to_owned());
        }
        self.shown.insert(input.name, text.to_owned());
        match input.form {
            Form::Repository => self.repository(text)?,
            Form::Robot => self.robot(text)?,
            Form::Subject if text.contains('/') => self.repository(text)?,
            Form::Subject => self.parameter("organization", text)?,
            Form::Manifest if text.contains(':') => self.parameter("manifest", text)?,
            Form::Manifest => self.tag = Some(text.to_owned()),
            Form::Text | Form::Number | Form::OneOf(_) => self.parameter(input.name, text)?,
            _ => {}
        }
        let value = read(input.form, text, now)?;
        match (self.values.get_mut(input.name), value) {
            (Some(Json::Array(list)), Json::Array(more)) if input.form == Form::Texts => list.extend(more),
            (_, value) => {
                self.values.insert(input.name, value);
            }
        }
        Ok(())
    }

    /// Switches something on.
    pub fn switch(&mut self, name: &'static str) {
        self.values.insert(name, Json::Bool(true));
    }

    /// The value of an input, as the API wants it.
    pub fn value(&self, name: &str) -> Option<&Json> {
        self.values.get(name)
    }

    /// A part of a path, percent-encoded.
    pub fn segment(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The tag of which the digest must be looked up first.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Says which manifest the tag means.
    pub fn resolve_tag(&mut self, digest: &str) {
        self.tag = None;
        self.parameters.insert("manifest", encode(digest));
    }

    /// Says what an answer told, for the paths to come.
    pub fn learn(&mut self, name: &'static str, text: &str) {
        self.parameters.insert(name, encode(text));
        self.shown.insert(name, text.to_owned());
    }

    /// A sentence with `{names}` of inputs in it.
    pub fn fill(&self, sentence: &str) -> String {
        self.shown.iter().fold(sentence.to_owned(), |sentence, (name, text)| {
            sentence.replace(&format!("{{{name}}}"), text)
        })
    }

    fn parameter(&mut self, name: &'static str, text: &str) -> Result<(), String> {
        self.parameters.insert(name, encode(text));
        Ok(())
    }

    fn repository(&mut self, text: &str) -> Result<(), String> {
        if !text.contains('/') || text.split('/').any(str::is_empty) {
            return Err("write a repository as namespace/name: acme/api".to_owned());
        }
        if let Some(word) = route_word_in(text) {
            return Err(format!(
                "the registry's API takes `{word}` in {text} for a part of acme/api and not for a name"
            ));
        }
        self.parameters.insert("repository", encode_repository(text));
        Ok(())
    }

    fn robot(&mut self, text: &str) -> Result<(), String> {
        let (organization, short) = match text.split_once('+') {
            Some((organization, short)) => (Some(organization), short),
            None => (None, text),
        };
        if short.is_empty() || short.contains(['+', '/']) || organization.is_some_and(str::is_empty) {
            return Err("write acme+ci for a robot of an organization, ci for one of your own".to_owned());
        }
        if let Some(organization) = organization {
            self.parameter("organization", organization)?;
        }
        self.parameter("robot", short)
    }
}

impl Input {
    fn is_body(&self) -> bool {
        matches!(self.place, super::Place::Body(_))
    }
}

fn read(form: Form, text: &str, now: Timestamp) -> Result<Json, String> {
    match form {
        Form::Number => {
            let number: Result<u32, _> = text.parse();
            number
                .map(|number| json!(number))
                .map_err(|_| "write a whole number".to_owned())
        }
        Form::Day => {
            let day: Date = text.parse().map_err(|_| "write a day as 2026-11-22".to_owned())?;
            Ok(json!(format!("{:02}/{:02}/{:04}", day.month(), day.day(), day.year())))
        }
        Form::Moment => moment(text, now).map(|seconds| json!(seconds)),
        Form::Duration => Ok(json!(Duration::parse(text)?.seconds)),
        Form::Json => serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}")),
        Form::MapFile => shaped(text, Json::is_object, "the file must hold a map: `imageName: api`"),
        Form::ListFile => shaped(
            text,
            Json::is_array,
            "the file must hold a list: `- stepType: CODE_DOWN`",
        ),
        Form::Texts => Ok(json!([text])),
        Form::OneOf(words) if !words.contains(&text) => Err(format!("write one of {}", words.join(", "))),
        _ => Ok(json!(text)),
    }
}

/// What a file held, by now as JSON.
fn shaped(text: &str, fits: fn(&Json) -> bool, accepted: &str) -> Result<Json, String> {
    let value: Json = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
    if fits(&value) {
        Ok(value)
    } else {
        Err(accepted.to_owned())
    }
}

/// Seconds since 1970.
fn moment(text: &str, now: Timestamp) -> Result<i64, String> {
    if let Ok(duration) = Duration::parse(text) {
        return Ok(now.as_second().saturating_add_unsigned(duration.seconds));
    }
    let midnight = text.parse::<Date>().map(|_| format!("{text}T00:00:00Z"));
    let exact: Result<Timestamp, _> = midnight.as_deref().unwrap_or(text).parse();
    exact
        .map(Timestamp::as_second)
        .map_err(|_| "write 2027-01-01, 2027-01-01T12:00:00Z, or a length of time from now on, 90d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPOSITORY: Input = Input::argument("repository", Form::Repository, "");
    const ROBOT: Input = Input::argument("robot", Form::Robot, "");
    const UNTIL: Input = Input::body("expires", "/expiration", Form::Moment, "");
    const DAY: Input = Input::query("from", "starttime", Form::Day, "");

    fn given(input: &'static Input, text: &str) -> Result<Inputs, String> {
        let mut inputs = Inputs::default();
        inputs.give(input, text, Timestamp::UNIX_EPOCH)?;
        Ok(inputs)
    }

    #[test]
    fn names_become_parts_of_paths() {
        let inputs = given(&REPOSITORY, "acme/a b/c").unwrap();
        assert_eq!(inputs.segment("repository"), Some("acme/a%20b/c"));
        let inputs = given(&ROBOT, "acme+ci").unwrap();
        assert_eq!(
            (inputs.segment("organization"), inputs.segment("robot")),
            (Some("acme"), Some("ci"))
        );
        let inputs = given(&ROBOT, "ci").unwrap();
        assert_eq!(
            (inputs.segment("organization"), inputs.segment("robot")),
            (None, Some("ci"))
        );
    }

    #[test]
    fn what_would_mean_another_path_is_refused() {
        for text in [
            "acme",
            "acme/",
            "/api",
            "acme//api",
            "acme/..",
            "acme/./api",
            "acme/api/mirror",
            "",
        ] {
            assert!(given(&REPOSITORY, text).is_err(), "{text}");
        }
        for text in ["+ci", "acme+", "acme+a/b", "acme+a+b", ".."] {
            assert!(given(&ROBOT, text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_sent_as_the_server_counts_them() {
        for (text, seconds) in [("1970-01-02", 86_400), ("1970-01-01T00:01:00Z", 60), ("90d", 7_776_000)] {
            assert_eq!(
                given(&UNTIL, text).unwrap().value("expires"),
                Some(&json!(seconds)),
                "{text}"
            );
        }
        assert_eq!(
            given(&DAY, "2026-11-02").unwrap().value("from"),
            Some(&json!("11/02/2026"))
        );
        assert!(given(&DAY, "11/02/2026").is_err());
    }
}
