//! The result of `plan` or `apply` over one or several registries, in the format that was asked for.

use std::path::PathBuf;

use serde_json::Value as Json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;
use super::prepare::Prepared;
use super::whereabouts::marker;
use crate::apply::Applied;
use crate::report::{Report, html, json, junit, markdown};
use crate::settings::RegistryChoice;

/// What is gathered until the end of a run: text has been printed by then, everything else is one document.
pub(super) struct Output<'c> {
    context: &'c Context,
    command: &'static str,
    format: Format,
    marker: String,
    /// How many registries there are.
    registries: usize,
    documents: Vec<Json>,
    comments: Vec<String>,
    pages: Vec<html::Part>,
    suites: Vec<junit::Suite>,
}

impl<'c> Output<'c> {
    /// The output of a command about the project that these PATHs mean; nothing has been done yet.
    pub(super) fn new(
        command: &'static str,
        formats: &[Format],
        paths: &[PathBuf],
        context: &'c Context,
    ) -> Result<Self, Failure> {
        Ok(Output {
            context,
            command,
            format: context.only_formats(formats)?,
            marker: marker(command, paths, context),
            registries: 1,
            documents: Vec::new(),
            comments: Vec::new(),
            pages: Vec::new(),
            suites: Vec::new(),
        })
    }

    /// A plan, with the document that it was saved as.
    pub(super) fn plan(&mut self, prepared: &Prepared, saved: Option<Json>) -> Result<(), Failure> {
        let digest = saved.as_ref().and_then(|document| document["digest"].as_str());
        self.report(&prepared.report("Plan", digest), false);
        if self.format == Format::Json {
            match saved {
                Some(document) => self.documents.push(document),
                // Of a large plan all of the document at once is larger than all that it comes from.
                None if self.registries == 1 => self.context.ui.json(&prepared.document(None))?,
                None => self.documents.push(prepared.json()),
            }
        }
        Ok(())
    }

    /// A page about a plan, where that is the format; as tests, changes fail where `changes_fail`.
    pub(super) fn report(&mut self, report: &Report<'_>, changes_fail: bool) {
        match self.format {
            Format::Markdown => self.comments.push(markdown::plan(report, self.share())),
            Format::Html => self.pages.push(html::part(report)),
            Format::Junit => self.suites.push(junit::planned(report, changes_fail)),
            _ => {}
        }
    }

    /// The document of one registry, where that is the format.
    pub(super) fn document(&mut self, document: Json) {
        self.documents.push(document);
    }

    /// What an apply has come to.
    pub(super) fn applied(&mut self, prepared: &Prepared, applied: &Applied, seconds: f64) {
        match self.format {
            Format::Markdown => {
                let report = prepared.report("Plan", None);
                let document = markdown::applied(applied, &report, seconds, self.share());
                self.comments.push(document);
            }
            Format::Json => {
                let mut document = json::applied(
                    applied,
                    &prepared.plan,
                    &prepared.sources,
                    &prepared.connection.identity,
                    seconds,
                    prepared.findings.json(),
                );
                prepared.records.add_to(&mut document);
                self.documents.push(document);
            }
            _ => {}
        }
    }

    /// Does it for one registry after the other, until somebody has it stopped: the failure of one is told, and does not
    /// keep it from the others.
    pub(super) async fn each(
        &mut self,
        choices: Vec<RegistryChoice>,
        stopped: impl Fn() -> bool,
        mut one: impl AsyncFnMut(&mut Self, RegistryChoice) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        self.registries = choices.len();
        let mut exit = Exit::Done;
        for choice in choices {
            let ended = match one(self, choice).await {
                Ok(ended) => ended,
                Err(failure) => self.told(failure)?,
            };
            exit = exit.worst(ended);
            if stopped() {
                return Ok(exit.worst(Exit::Interrupted));
            }
        }
        Ok(exit)
    }

    /// The failure of one registry among several, so that the others can go on. What is wrong with the files is wrong for
    /// all of them and ends the run.
    fn told(&mut self, failure: Failure) -> Result<Exit, Failure> {
        let failure = self.context.survivable(failure)?;
        self.fail_with(&failure);
        self.documents.push(failure.json());
        if self.format != Format::Json {
            self.context.ui.failure(&failure);
        }
        Ok(failure.exit())
    }

    /// Prints the document. Where a comment or a list of tests is expected, a failure is in it: that of the run before must
    /// not be taken for this one.
    pub(super) fn finish(mut self, ended: Result<Exit, Failure>) -> Result<Exit, Failure> {
        if let Err(failure) = &ended {
            self.comments.clear();
            self.suites.clear();
            self.fail_with(failure);
        }
        let ui = &self.context.ui;
        match self.format {
            Format::Json if ended.is_ok() && !self.documents.is_empty() => {
                ui.json(&json::registries(self.documents))?
            }
            Format::Markdown => ui.data(&markdown::comment(&self.marker, &self.comments)),
            Format::Html if ended.is_ok() => ui.data(&html::page(&self.pages)),
            Format::Junit => ui.data(&document(&self.suites)?),
            _ => {}
        }
        ended
    }

    fn share(&self) -> usize {
        markdown::share(self.registries)
    }

    fn fail_with(&mut self, failure: &Failure) {
        let lines = failure.lines();
        let findings = failure
            .findings()
            .map(|findings| (&findings.diagnostics, findings.sources()));
        self.comments
            .push(markdown::failure(&title(self.command), &lines, findings, self.share()));
        let said: Vec<String> = lines.iter().map(|(label, text)| format!("{label}: {text}")).collect();
        let message = lines.first().map_or("", |(_, text)| text);
        self.suites.push(junit::failed(self.command, message, &said.join("\n")));
    }
}

/// `Plan`, for `plan`.
fn title(command: &str) -> String {
    let (first, rest) = command.split_at(command.len().min(1));
    first.to_uppercase() + rest
}

/// The XML of these tests.
pub(super) fn document(suites: &[junit::Suite]) -> Result<String, Failure> {
    junit::junit(suites).map_err(|error| Failure::new("the result cannot be written as XML").because(error))
}
