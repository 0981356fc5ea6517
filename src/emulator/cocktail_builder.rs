//! CocktailCloud at work: builds, and runs that go on by one step as often as somebody looks.
//!
//! The vendor's pages name the fields and the states of a run. How one goes from state to state, the words of its steps
//! but `WAIT`, and its log are made up here; so is that one recipe always makes the same image.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::image::digest_of;
use super::records::RepositoryState;
use super::store::Store;
use super::time;

/// The size of an image that is built here, in bytes.
pub(super) const SIZE: i64 = 4_096;

/// Everything of CocktailCloud.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Cocktail {
    /// The token of its own; where there is none, those of the registry count.
    pub token: Option<String>,
    /// Whether answers come bare, as the reference pages show them, and not in `{code, result, status}`.
    pub is_bare: bool,
    /// In the order of creation.
    pub builds: Vec<Recipe>,
    /// In the order of their numbers, which go through all builds.
    pub runs: Vec<Run>,
}

/// A build: how one image is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Recipe {
    pub seq: u64,
    pub name: String,
    /// The namespace here, assumed to be what is called a registry there.
    pub registry: String,
    pub image: String,
    /// The kinds of its steps.
    pub steps: Vec<String>,
    /// Why its runs fail.
    pub failure: Option<String>,
    /// The fields as they were given.
    pub given: Value,
}

/// A run of a build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Run {
    pub seq: u64,
    pub build: u64,
    /// Which run of its build it is.
    pub number: u64,
    pub tag: String,
    pub description: String,
    pub callback: Option<String>,
    /// `CREATED`, `RUNNING`, `DONE` or `ERROR`.
    pub state: String,
    pub steps: Vec<StepRun>,
    pub began: i64,
    pub ended: Option<i64>,
    pub digest: Option<String>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StepRun {
    pub kind: String,
    /// `WAIT`, `RUNNING`, `DONE` or `ERROR`.
    pub state: String,
    pub log: String,
    pub began: Option<i64>,
    pub ended: Option<i64>,
}

impl Recipe {
    /// What the run's `tagName` becomes where none is asked for: that of the build, or one made up by its rule.
    pub(super) fn automatic_tag(&self, number: u64, now: i64) -> String {
        let given = |field: &str| self.given.get(field).and_then(Value::as_str).unwrap_or_default();
        if given("autotagUseYn") != "Y" {
            let own = given("tagName");
            return if own.is_empty() { "latest" } else { own }.to_owned();
        }
        let end = match given("autotagSeqType") {
            "DATETIME" => time::compact(now),
            _ => number.to_string(),
        };
        match given("autotagPrefix") {
            "" => end,
            prefix => format!("{prefix}-{end}"),
        }
    }
}

impl Run {
    /// Whether nothing will change any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "DONE" | "ERROR")
    }

    fn end(&mut self, state: &str, now: i64) {
        state.clone_into(&mut self.state);
        self.ended = Some(now);
    }
}

impl StepRun {
    /// A step that has not begun.
    pub(super) fn waiting(kind: &str) -> Self {
        StepRun {
            kind: kind.to_owned(),
            state: "WAIT".to_owned(),
            log: String::new(),
            began: None,
            ended: None,
        }
    }

    fn begin(&mut self, now: i64) {
        "RUNNING".clone_into(&mut self.state);
        self.began = Some(now);
        self.say(&format!("{} begins", self.kind));
        if self.kind == "CREATE_IMAGE" {
            self.say("Step 1/2 : FROM scratch\nStep 2/2 : COPY . /");
        }
    }

    fn end(&mut self, state: &str, last: &str, now: i64) {
        state.clone_into(&mut self.state);
        self.ended = Some(now);
        self.say(last);
    }

    fn say(&mut self, lines: &str) {
        self.log.push_str(lines);
        self.log.push('\n');
    }
}

impl Store {
    /// Takes every run one step further; the last one pushes the image.
    pub(super) fn work_on_runs(&mut self) {
        if self.builder.is_away {
            return;
        }
        for place in 0..self.cocktail.runs.len() {
            if !self.cocktail.runs[place].is_over() {
                self.work_on_run(place);
            }
        }
    }

    fn work_on_run(&mut self, place: usize) {
        let now = self.clock;
        let run = &mut self.cocktail.runs[place];
        "RUNNING".clone_into(&mut run.state);
        let under_way = run.steps.iter().position(|step| step.state == "RUNNING");
        let waits = run.steps.iter().position(|step| step.state == "WAIT");
        let is_last = waits.is_none();
        let failure = if is_last { self.obstacle(place) } else { None };
        let run = &mut self.cocktail.runs[place];
        if let Some(step) = under_way {
            match &failure {
                Some(reason) => run.steps[step].end("ERROR", reason, now),
                None => run.steps[step].end("DONE", "done", now),
            }
        }
        match (waits, failure) {
            (Some(next), _) => run.steps[next].begin(now),
            (None, Some(_)) => run.end("ERROR", now),
            (None, None) => self.finish(place),
        }
    }

    /// What keeps the last step of a run from pushing its image.
    fn obstacle(&self, place: usize) -> Option<String> {
        let run = &self.cocktail.runs[place];
        let recipe = self.cocktail.builds.iter().find(|build| build.seq == run.build)?;
        if let Some(reason) = &recipe.failure {
            return Some(reason.clone());
        }
        let refused = |why: &str| {
            let target = format!("{}/{}:{}", recipe.registry, recipe.image, run.tag);
            Some(format!("push of {target} was refused: {why}"))
        };
        let Some(repository) = self.repository(&recipe.registry, &recipe.image) else {
            return refused("there is no such repository");
        };
        if repository.state != RepositoryState::Normal {
            return refused("the repository takes no pushes");
        }
        let tag = repository.images.tag(&run.tag, self.clock);
        let is_protected = tag.is_some_and(|tag| tag.immutable);
        is_protected.then(|| refused("the tag is immutable")).flatten()
    }

    fn finish(&mut self, place: usize) {
        let now = self.clock;
        let run = &mut self.cocktail.runs[place];
        run.end("DONE", now);
        let content = format!("build {} of {}", run.build, run.tag);
        run.digest = Some(digest_of(&content));
        let (seq, tag) = (run.build, run.tag.clone());
        let recipe = self.cocktail.builds.iter().find(|build| build.seq == seq);
        if let Some((registry, image)) = recipe.map(|recipe| (recipe.registry.clone(), recipe.image.clone())) {
            self.push(&registry, &image, &[tag], &content);
        }
    }
}
