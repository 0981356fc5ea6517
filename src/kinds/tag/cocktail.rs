//! Tags that CocktailCloud makes: a build of its own is run, and pushes the image here.

use crate::http::Method;
use crate::manifest::record::{Check, record};
use crate::model::{Call, Entries, Follow, Target, Value};

record! {
    /// How CocktailCloud makes the image of a missing tag: it runs one of its builds, which pushes to the repository.
    pub struct CocktailSpec {
        /// The number of the build, as CocktailCloud shows it (`buildSeq`).
        build_seq: u32 = required,
        /// What the run is for; CocktailCloud shows it beside the run.
        description: String,
    }
    check: check_cocktail;
}

fn check_cocktail(cocktail: &CocktailSpec, check: &mut Check<'_>) {
    if let Some(seq) = cocktail.build_seq.as_ref().filter(|seq| seq.value == 0) {
        let help = "write the build's number, as CocktailCloud's console shows it";
        check.bad_value("no build has the number 0", seq.place, help);
    }
}

/// The build as plans show it.
pub(super) fn wanted(spec: &CocktailSpec) -> Value {
    let mut entries = Entries::new();
    if let Some(seq) = &spec.build_seq {
        entries.insert("build_seq".to_owned(), Value::Integer(seq.value.into()));
    }
    if let Some(description) = &spec.description {
        entries.insert("description".to_owned(), Value::text(&description.value));
    }
    Value::Map(entries)
}

/// Runs the build for a tag.
pub(super) fn start(tag: &str, cocktail: &Entries) -> Call {
    let seq = cocktail
        .get("build_seq")
        .and_then(Value::as_integer)
        .unwrap_or_default();
    let call = Call::new(Method::Post, &["build", "run", &seq.to_string()]);
    let call = call.to(Target::Cocktail).query("tagName", tag);
    let call = match cocktail.get("description").and_then(Value::as_text) {
        Some(description) if !description.is_empty() => call.query("description", description),
        _ => call,
    };
    call.starting(Follow::CocktailRun)
}
