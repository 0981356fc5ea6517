//! What one row of the table says about an operation.

mod answer;
mod input;
mod route;

use crate::http::Method;
use crate::model::{Reversibility, Target};

pub use answer::{Answer, Column, Handout, Login, Paging, Show, Threshold, Wait, column, shown};
pub use input::{Form, Input, Place};
pub use route::{Constant, Right, Route};

/// One command, `quayform NOUN VERB`, and the requests behind it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// What it is about: `mirror`.
    pub noun: &'static str,
    /// What it does: `sync-now`.
    pub verb: &'static str,
    /// One sentence for help and reference, without a full stop.
    pub about: &'static str,
    /// What it takes, in the order of its arguments.
    pub inputs: &'static [Input],
    /// The requests it may send; the first that fits what is given is sent.
    pub routes: &'static [Route],
    /// What comes back, and what people see of it.
    pub answer: Answer,
    /// What it takes away for good: it is asked for before, unless it was approved.
    pub reversibility: Reversibility,
    /// The secret that the answer hands out.
    pub handout: Option<Handout>,
    /// What `--wait` waits for.
    pub wait: Option<Wait>,
    /// What `--fail-on` looks at.
    pub threshold: Option<Threshold>,
}

impl Operation {
    /// A row that sends nothing yet.
    pub const fn new(noun: &'static str, verb: &'static str, about: &'static str) -> Self {
        Operation {
            noun,
            verb,
            about,
            inputs: &[],
            routes: &[],
            answer: Answer::Whole,
            reversibility: Reversibility::Reversible,
            handout: None,
            wait: None,
            threshold: None,
        }
    }

    /// With these inputs.
    pub const fn takes(mut self, inputs: &'static [Input]) -> Self {
        self.inputs = inputs;
        self
    }

    /// With these routes, the most special first.
    pub const fn sends(mut self, routes: &'static [Route]) -> Self {
        self.routes = routes;
        self
    }

    /// Says this when it is done.
    pub const fn says(mut self, text: &'static str) -> Self {
        self.answer = Answer::Said(text);
        self
    }

    /// Answers with a list that comes whole.
    pub const fn lists(mut self, at: &'static str, columns: &'static [Column]) -> Self {
        self.answer = Answer::List {
            at,
            columns,
            paging: Paging::Whole,
        };
        self
    }

    /// Answers with a list that comes in pages.
    pub const fn pages(mut self, at: &'static str, paging: Paging, columns: &'static [Column]) -> Self {
        self.answer = Answer::List { at, columns, paging };
        self
    }

    /// Answers with one object.
    pub const fn shows(mut self, at: &'static str, columns: &'static [Column]) -> Self {
        self.answer = Answer::Object { at, columns };
        self
    }

    /// Answers with the lines of a build's log.
    pub const fn logs(mut self) -> Self {
        self.answer = Answer::Log;
        self
    }

    /// Answers with the lines of the steps of a run.
    pub const fn steps(mut self) -> Self {
        self.answer = Answer::Steps;
        self
    }

    /// Loses this, although the object can come back.
    pub const fn loses(mut self, what: &'static str) -> Self {
        self.reversibility = Reversibility::Lossy(what);
        self
    }

    /// Loses this for good.
    pub const fn destroys(mut self, what: &'static str) -> Self {
        self.reversibility = Reversibility::Irreversible(what);
        self
    }

    /// Hands out a secret.
    pub const fn hands_out(mut self, handout: Handout) -> Self {
        self.handout = Some(handout);
        self
    }

    /// Can be waited for.
    pub const fn waits(mut self, wait: Wait) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Answers with what a scanner found, of these severities, and can fail on it.
    pub const fn finds(mut self, grades: &'static [&'static str]) -> Self {
        self.answer = Answer::Findings;
        self.threshold = Some(Threshold { grades });
        self
    }

    /// The command without the program's name: `mirror sync-now`.
    pub fn command(&self) -> String {
        format!("{} {}", self.noun, self.verb)
    }

    /// To whom all of its requests go.
    pub fn target(&self) -> Target {
        self.routes.first().map(|route| route.target).unwrap_or_default()
    }

    /// Whether it changes nothing, whatever its inputs are.
    pub fn only_reads(&self) -> bool {
        self.routes.iter().all(|route| route.method == Method::Get)
    }

    /// The input of that name.
    pub fn input(&self, name: &str) -> Option<&'static Input> {
        self.inputs.iter().find(|input| input.name == name)
    }
}
