//! What `plan` and `apply` have in common: from PATHs to a plan.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use secrecy::SecretString;
use serde_json::Value as Json;

use super::connect::Connection;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::patterns::allowed;
use crate::kinds::{self, wishes};
use crate::manifest;
use crate::model::{Desired, Diagnostic, Diagnostics, Located, Place, Plan, Reference, Sources, World};
use crate::plan::{self, Options};
use crate::read::{Reader, read_world};
use crate::report::{Cost, json, text};
use crate::settings::{RegistryChoice, SecretProblem, Secrets, Settings};

/// The arguments that decide what is planned.
#[derive(Debug, Args)]
pub struct What {
    /// A project: a directory with a quayform.toml, or manifests outside of any project [default: where you are]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Let this run delete what is lost for good, by address: --allow 'robot[acme+old]'
    #[arg(long, value_name = "ADDRESS")]
    pub allow: Vec<String>,
}

/// A plan with everything it was made from.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// The registry as it was read.
    pub live: World,
    /// What the manifests want.
    pub desired: Desired,
    /// What the plan was made under.
    pub options: Options,
    /// The files.
    pub sources: Arc<Sources>,
    /// Warnings of the manifests and of the plan.
    pub findings: Findings,
    /// Requests and seconds of reading.
    pub cost: Cost,
    /// The registry.
    pub connection: Connection,
}

impl Prepared {
    /// The exit code that the plan alone asks for: gaps and errors before refusals.
    pub fn exit(&self) -> Exit {
        let unreadable = !self.plan.gaps.is_empty() || self.findings.diagnostics.has_errors();
        let refused = !self.plan.refusals.is_empty();
        let error = if unreadable { Exit::Error } else { Exit::Done };
        error.worst(if refused { Exit::Refused } else { Exit::Done })
    }

    /// Prints findings and plan for people.
    pub fn show(&self, expand: bool, context: &Context) {
        context.ui.findings(&self.findings);
        let shown = text::plan(&self.plan, &self.sources, self.cost, style(context), expand);
        context.ui.data(&shown);
    }

    /// The plan for programs.
    pub fn json(&self) -> Json {
        let registry = &self.connection.identity;
        json::plan(&self.plan, &self.sources, registry, self.cost, self.findings.json())
    }
}

/// How text for people looks here.
pub fn style(context: &Context) -> text::Style {
    text::Style {
        color: context.ui.appearance().color,
    }
}

/// The registries that the flags mean: one, or all that the project names.
pub fn choices(arguments: &What, context: &Context) -> Result<Vec<RegistryChoice>, Failure> {
    context.choices(&context.settings(&arguments.paths)?)
}

/// Reads the manifests, then the registry, then plans; nothing is written.
pub async fn prepare(
    arguments: &What,
    resend_secrets: bool,
    choice: RegistryChoice,
    context: &Context,
) -> Result<Prepared, Failure> {
    let allow = allowed(&arguments.allow)?;
    let settings = context.settings(&arguments.paths)?;
    refuse_narrowing(&settings)?;
    let loaded = manifest::load(&settings.root, &settings.manifest_patterns);
    let (sources, places) = (Arc::clone(&loaded.sources), loaded.secrets);
    let Some(project) = loaded.project else {
        let findings = Findings::new(loaded.diagnostics, sources, places);
        let failure = Failure::new(format!("the manifests cannot be used: {}", findings.tally()));
        return Err(failure.with_findings(findings).certain("nothing was read or changed"));
    };
    let secrets = context.secrets(&settings);
    let mut diagnostics = loaded.diagnostics;
    let resolved = resolve(context, &secrets, loaded.references, &mut diagnostics);
    let desired = wishes::desired(&project, &resolved);
    let connection = context.connect(&settings, &choice, &secrets)?;
    let options = Options {
        guards: settings.guards.clone(),
        allow,
        resend_secrets,
    };

    let started = Instant::now();
    context.ui.begins(&format!("Reading {}.", connection.identity));
    let progress = context.ui.progress("reading");
    let mut reader = Reader::new(connection.reader());
    let live = read_world(&mut reader, &desired.interest(kinds::collection))
        .await
        .map_err(|error| Failure::of_preflight(&error, &connection.identity))?;
    drop(progress);
    let cost = Cost::new(reader.requests(), started.elapsed().as_secs_f64());
    let mut plan = plan::plan(&desired, &live, &options);
    diagnostics.extend(std::mem::take(&mut plan.diagnostics));
    let findings = Findings::new(diagnostics, Arc::clone(&sources), places);
    Ok(Prepared {
        plan,
        live,
        desired,
        options,
        sources,
        findings,
        cost,
        connection,
    })
}

/// A part of a project could be planned wrongly without the rest, so only whole projects are taken.
fn refuse_narrowing(settings: &Settings) -> Result<(), Failure> {
    if settings.narrowed_to.is_empty() {
        return Ok(());
    }
    Err(
        Failure::new("a plan is made for a whole project, and this PATH is a part of one")
            .certain("nothing was read or changed")
            .help(format!("name the project: {}", settings.root.display())),
    )
}

/// Resolves what it can; what is not set is only not compared. The embedded registry gets a stand-in for it, so that
/// everything can be rehearsed by somebody who has no secrets.
fn resolve(
    context: &Context,
    secrets: &Secrets,
    references: Vec<Located<Reference>>,
    diagnostics: &mut Diagnostics,
) -> wishes::Secrets {
    let mut resolved = wishes::Secrets::new();
    let (mut stand_ins, mut unknown) = (Vec::new(), BTreeSet::new());
    for Located {
        value: reference,
        place,
    } in references
    {
        // One variable that is not set may be named in a hundred places.
        if resolved.contains_key(&reference) || unknown.contains(&reference) {
            continue;
        }
        match secrets.resolve(&reference) {
            Ok(text) => {
                resolved.insert(reference, text);
            }
            Err(problem) if problem.is_forbidden() => diagnostics.push(forbidden(&reference, &problem, place)),
            Err(_) if context.globals.emulator => {
                stand_ins.push(reference.to_string());
                let text = format!("https://stand-in.invalid/{}", reference.to_string().replace(' ', "/"));
                resolved.insert(reference, SecretString::from(text));
            }
            Err(problem) => {
                let message = format!("{reference} is not compared: {problem}");
                diagnostics.push(Diagnostic::warning("not-compared", message, place).help(problem.help()));
                unknown.insert(reference);
            }
        }
    }
    if !stand_ins.is_empty() {
        stand_ins.sort();
        let names = stand_ins.join(", ");
        context.ui.message(&format!(
            "The embedded registry gets stand-ins for secrets that are not here: {names}."
        ));
    }
    resolved
}

/// A reference that the project's own rules do not let a manifest make.
pub(super) fn forbidden(reference: &Reference, problem: &SecretProblem, place: Place) -> Diagnostic {
    Diagnostic::error(
        "forbidden-secret",
        format!("{reference} cannot be used: {problem}"),
        place,
    )
    .help(problem.help())
}
