//! What `plan` and `apply` have in common: from PATHs to a plan.

mod prepared;
mod secrets;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::cocktail;
use super::complete::addresses_beginning;
use super::connect::Connection;
use super::context::Context;
use super::failure::Failure;
use super::findings::Findings;
use super::kept;
use super::narrow;
use super::others;
use super::patterns::allowed;
use super::reach::reach;
use super::records::Records;
use crate::http::{Clock, SystemClock};
use crate::kinds::{self, wishes};
use crate::manifest::{self, Target};
use crate::model::{Asked, Caller, Desired, Pattern, Plan, Shard, Sources, World};
use crate::plan::{self, Options, Scope};
use crate::read::{Budget, Reader, read_world};
use crate::report::{Cost, text};
use crate::settings::{CredentialRules, RegistryChoice, Settings};
use crate::state::addresses;
pub(super) use secrets::{forbidden, resolve};

/// The arguments that decide what is planned.
#[derive(Debug, Clone, Args)]
pub struct What {
    /// A project: a directory with a quayform.toml, or manifests outside of any project; a PATH inside of a project
    /// narrows what is planned [default: where you are]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Let this run delete what is lost for good, by address: --allow 'robot[acme+old]'
    #[arg(long, value_name = "ADDRESS", add = ArgValueCompleter::new(addresses_beginning))]
    pub allow: Vec<String>,

    /// Refuse to plan with more than N requests, before the expensive ones are sent
    #[arg(long, value_name = "N")]
    pub max_requests: Option<usize>,

    /// Only the organizations of one of N shards, counted from 0: 0/4, 1/4, 2/4, 3/4
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,

    /// What of it is planned.
    #[command(flatten)]
    pub narrow: narrow::Flags,

    /// Take [guards] from another quayform.toml: that of the base branch, which a pull request cannot change
    #[arg(long, value_name = "FILE")]
    pub guards_from: Option<PathBuf>,

    /// Read everything from the registry, whatever the cache of `[read] cache` holds
    #[arg(long)]
    pub refresh: bool,
}

impl What {
    /// The same, reading everything from the registry if what comes of it is compared with more than this run's wishes:
    /// of secrets in a cache only digests are known, each under a salt of its own.
    pub fn refreshed_if(&self, needed: bool) -> Self {
        What {
            refresh: self.refresh || needed,
            ..self.clone()
        }
    }
}

impl What {
    /// What is planned under; the patterns of `--allow` have been read before anything else.
    pub(super) fn options(
        &self,
        allow: Vec<Pattern>,
        settings: &Settings,
        context: &Context,
    ) -> Result<Options, Failure> {
        let guards = match &self.guards_from {
            Some(file) => context.guards(file)?,
            None => settings.guards.clone(),
        };
        Ok(Options {
            guards,
            allow,
            guards_from: self.guards_from.as_ref().map(|file| file.display().to_string()),
            now: Some(SystemClock.now()),
            ..Options::default()
        })
    }
}

/// What a plan is made for.
#[derive(Debug, Clone)]
pub enum Purpose {
    /// To be looked at.
    Plan {
        /// Who will apply it, if not the token's own user.
        actor: Option<String>,
    },
    /// To tell what is not as it is declared, and what nobody declares.
    Drift,
    /// To be carried out.
    Apply {
        /// Whether write-only values of objects that stay as they are shall be sent again.
        resend_secrets: bool,
    },
}

/// A plan with everything it was made from.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// The registry as it was read.
    pub live: World,
    /// What the manifests want.
    pub desired: Desired,
    /// What their references to secrets stand for.
    pub resolved: wishes::Secrets,
    /// The directory that holds the manifests.
    pub root: PathBuf,
    /// Where robots' tokens go, by the project's file.
    pub credentials: CredentialRules,
    /// What the plan was made under.
    pub options: Options,
    /// The files.
    pub sources: Arc<Sources>,
    /// Warnings of the manifests and of the plan.
    pub findings: Findings,
    /// Requests and seconds of reading.
    pub cost: Cost,
    /// What was asked for it.
    pub reads: Vec<Asked>,
    /// Whether that is told.
    pub explains_reads: bool,
    /// The part of the organizations that was planned, where it was not all of them.
    pub shard: Option<Shard>,
    /// The registry.
    pub connection: Connection,
    /// What this machine remembers about the registry.
    pub records: Records,
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
    purpose: Purpose,
    choice: RegistryChoice,
    context: &Context,
) -> Result<Prepared, Failure> {
    let allow = allowed(&arguments.allow)?;
    let settings = context.settings(&arguments.paths)?;
    let known = settings.named();
    let target = Target {
        name: choice.name.as_deref(),
        known: Some(&known),
    };
    let mut loaded = manifest::load_for(&settings.root, &settings.manifest_patterns, target);
    if loaded.project.is_none() {
        return Err(unusable(loaded, "nothing was read or changed"));
    }
    let secrets = context.secrets(&settings);
    let connection = context.connect(&settings, &choice, &secrets)?;
    let records = Records::look_up(&purpose, &settings, &connection.identity, context).await?;
    let budget = budget(arguments.max_requests, context).signing_in(connection.signing_in());
    let mut reader = Reader::new(connection.reader()).within(budget);
    reach(&mut loaded, target, &mut reader, &connection).await?;
    let Some(project) = loaded.project.take() else {
        return Err(unusable(loaded, "nothing was changed"));
    };
    let (sources, places) = (Arc::clone(&loaded.sources), loaded.secrets);
    let mut diagnostics = loaded.diagnostics;
    let resolved = resolve(context, &secrets, loaded.references, &mut diagnostics);
    let desired = wishes::desired(&project, &resolved);
    // Of a large project the documents take as much memory as all that comes of them.
    drop(project);
    let desired = match arguments.shard {
        Some(shard) => desired.of_namespaces(|name| shard.holds(name)),
        None => desired,
    };
    let options = Options {
        resend_secrets: matches!(purpose, Purpose::Apply { resend_secrets: true }),
        narrowing: arguments.narrow.narrowing(&settings, &sources, &desired)?,
        ..arguments.options(allow, &settings, context)?
    };

    let started = Instant::now();
    context.ui.begins(&format!("Reading {}.", connection.identity));
    let progress = context.ui.progress("reading");
    let mut scope = Scope::new(&desired, options.narrowing.as_ref());
    let interest = scope.of(&desired).interest(kinds::collection);
    let cache = kept::cache(&settings, &connection, &interest, arguments.refresh, SystemClock.now())?;
    let mut reader = reader.with_cache(cache);
    let (live, mut plan) = loop {
        let part = scope.of(&desired);
        let mut live = read_world(&mut reader, &part.interest(kinds::collection))
            .await
            .map_err(|error| Failure::of_reading(&error, &connection.identity))?;
        if let Purpose::Plan { actor: Some(name) } = &purpose
            && *name != live.caller.name
        {
            // Whether somebody else is a superuser is not to be seen: without that power the plan asks for less.
            let (name, superuser) = (name.clone(), false);
            live.caller = Caller { name, superuser };
        }
        let plan = plan::plan(&part, &live, &options);
        if !scope.grow(&plan, &desired) {
            break (live, plan);
        }
    };
    if matches!(purpose, Purpose::Drift) && options.narrowing.is_none() {
        others::list(&mut reader, &desired, arguments.shard, &mut plan, context).await;
    }
    drop(progress);
    let part = match scope.of(&desired) {
        Cow::Owned(part) => Some(part),
        Cow::Borrowed(_) => None,
    };
    let desired = part.unwrap_or(desired);
    let knew_all = arguments.shard.is_none() && options.narrowing.is_none();
    kept::keep(&reader, knew_all, &settings, &connection, context);
    addresses::remember(&plan, &settings.state_directory);
    let reads = [reader.asked(), &connection.signing_in()()].concat();
    let requests = reads.iter().map(|asked| asked.requests).sum();
    let mut cost = Cost::new(requests, started.elapsed().as_secs_f64()).with(reader.recalled());
    if let Some(estimate) = reader.estimate() {
        cost = cost.expected(estimate.requests, estimate.seconds);
    }
    diagnostics.extend(std::mem::take(&mut plan.diagnostics));
    if !matches!(purpose, Purpose::Apply { .. }) {
        diagnostics.extend(cocktail::lacking(&plan, &settings, context));
    }
    let findings = Findings::new(diagnostics, Arc::clone(&sources), places);
    Ok(Prepared {
        root: settings.root,
        credentials: settings.credentials,
        plan,
        live,
        desired,
        resolved,
        options,
        sources,
        findings,
        cost,
        reads,
        explains_reads: false,
        shard: arguments.shard,
        connection,
        records,
    })
}

/// Manifests with errors, and what is certain all the same.
pub(super) fn unusable(loaded: manifest::Loaded, certain: &str) -> Failure {
    let findings = Findings::new(loaded.diagnostics, loaded.sources, loaded.secrets);
    let failure = Failure::new(format!("the manifests cannot be used: {}", findings.tally()));
    failure.with_findings(findings).certain(certain)
}

/// What reading may cost; the price is said before it is paid.
pub fn budget(most: Option<usize>, context: &Context) -> Budget {
    let ui = context.ui.clone();
    Budget::new(most).telling(move |estimate| {
        let (requests, seconds) = (estimate.requests, estimate.seconds);
        ui.message(&format!("Reading takes {requests} requests, some {seconds:.1} s."));
    })
}
