//! Saved plans: `plan --out FILE` and `apply FILE`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use secrecy::SecretString;
use serde_json::Value as Json;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::patterns::allowed;
use super::prepare::{Prepared, Purpose, What, resolve};
use super::records::Records;
use crate::kinds::wishes;
use crate::manifest;
use crate::model::{Address, Change, Diagnostics, Interest, Located, Place, Plan, Reference, Refusal, Secret, Value};
use crate::plan::{Options, depends_on_actor, protected_now};
use crate::read::{Reader, read_world};
use crate::report::Cost;
use crate::saved::{self, SavedPlan};
use crate::settings::{RegistryChoice, Settings};

/// Writes a plan to a file, whole or not at all, and returns what was written.
pub fn save(prepared: &Prepared, path: &Path, context: &Context) -> Result<Json, Failure> {
    let salt = salt()?;
    let document = prepared.document(Some(&salt));
    let origin = saved::Origin {
        registry: prepared.connection.identity.clone(),
        registry_name: prepared.connection.name.clone(),
        actor: prepared.live.caller.name.clone(),
        created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        manifests: saved::digest_of_files(&prepared.sources),
    };
    let (plan, desired, sources) = (&prepared.plan, &prepared.desired, &prepared.sources);
    let document = saved::save(document, plan, desired, sources, &origin, &salt);
    write_whole(&context.path(path), &format!("{document:#}\n")).map_err(|error| {
        Failure::new(format!("the plan cannot be saved to {}", path.display()))
            .because(error)
            .certain("nothing was changed")
    })?;
    Ok(document)
}

/// Replaces the file at once: a reader sees the old content or the new one.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.file_name().unwrap_or_default().to_owned();
    beside.push(".new");
    let beside = path.with_file_name(beside);
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// So that equal secrets cannot be told from the digests of two plans.
pub(super) fn salt() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::new("this machine has no random numbers").because(error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The saved plan that the PATHs mean, if they mean one: a JSON file with `format_version`.
pub fn open(paths: &[PathBuf], context: &Context) -> Result<Option<SavedPlan>, Failure> {
    let meant = |path: &Path| -> Option<String> {
        let is_manifest = path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml");
        let text = std::fs::read_to_string(context.path(path))
            .ok()
            .filter(|_| !is_manifest)?;
        let is_plan = path.extension().is_some_and(|ending| ending == "json") || saved::is_meant(&text);
        is_plan.then_some(text)
    };
    let Some((path, text)) = paths.iter().find_map(|path| Some((path, meant(path)?))) else {
        return Ok(None);
    };
    if paths.len() > 1 {
        return Err(
            Failure::new(format!("{} is a saved plan, and there are other PATHs", path.display()))
                .certain("nothing was read or changed")
                .help("apply one saved plan at a time, or manifests"),
        );
    }
    load(path, &text).map(Some)
}

/// Reads a file that must be a saved plan.
pub fn read(path: &Path, context: &Context) -> Result<SavedPlan, Failure> {
    let text = std::fs::read_to_string(context.path(path)).map_err(|error| {
        Failure::new(format!("{} cannot be read", path.display()))
            .because(error)
            .certain("nothing was read from the registry or changed")
    })?;
    load(path, &text)
}

fn load(path: &Path, text: &str) -> Result<SavedPlan, Failure> {
    saved::load(text).map_err(|problem| {
        Failure::new(format!("{} cannot be applied", path.display()))
            .because(problem)
            .certain("nothing was read from the registry or changed")
            .help("make the plan anew: quayform plan --out FILE")
    })
}

/// Makes a saved plan ready to be applied: the same registry, somebody on whom it does not depend, the same secrets.
pub async fn prepare(
    saved: &SavedPlan,
    choice: RegistryChoice,
    what: &What,
    context: &Context,
) -> Result<Prepared, Failure> {
    let settings = context.settings(&[])?;
    let options = Options {
        guards: match &what.guards_from {
            Some(file) => context.guards(file)?,
            None => settings.guards.clone(),
        },
        allow: allowed(&what.allow)?,
        ..Options::default()
    };
    let connection = context.connect(&settings, &choice, &context.secrets(&settings))?;
    same_registry(saved, &connection.identity)?;
    let purpose = Purpose::Apply { resend_secrets: false };
    let records = Records::look_up(&purpose, &settings, &connection.identity, context).await?;
    let (mut plan, mut desired) = (saved.plan.clone(), saved.desired.clone());
    plan.refusals
        .retain(|refusal| !is_overridden(refusal, saved, what, &options));
    if !plan.refusals.iter().any(|refusal| refusal.guard == "protected") {
        plan.refusals.extend(protected_now(&plan, &options));
    }
    let known = Known::new(&plan, &settings, context);
    known.fill_in(&mut plan)?;
    desired.objects.iter_mut().for_each(|object| {
        object.fields.values_mut().for_each(|value| known.fill(value));
    });

    let started = Instant::now();
    let mut reader = Reader::new(connection.reader());
    let mut live = read_world(&mut reader, &Interest::default())
        .await
        .map_err(|error| Failure::of_preflight(&error, &connection.identity))?;
    live.operators = options.operators(&live.caller.name);
    same_actor(saved, &live.caller.name)?;
    Ok(Prepared {
        plan,
        live,
        desired,
        options,
        sources: Arc::clone(&saved.sources),
        records,
        root: settings.root,
        credentials: settings.credentials,
        findings: Findings::default(),
        cost: Cost::new(reader.requests(), started.elapsed().as_secs_f64()),
        connection,
    })
}

/// The registry that a saved plan is for, unless a flag names another one.
pub fn choice(saved: &SavedPlan, context: &Context) -> RegistryChoice {
    let (name, url) = (context.globals.registry.clone(), context.globals.url.clone());
    let planned = saved.origin.registry_name.clone().filter(|_| url.is_none());
    RegistryChoice {
        name: name.or(planned),
        url,
    }
}

/// A refusal can be overridden for exactly its objects, or for exactly this plan; some cannot be at all.
fn is_overridden(refusal: &Refusal, saved: &SavedPlan, what: &What, options: &Options) -> bool {
    let by_digest = what.allow.contains(&saved.digest);
    let allowed = |address: &Address| options.allow.iter().any(|pattern| pattern.matches(address));
    let by_address = refusal.guard == "allow_destroy" && refusal.addresses.iter().all(allowed);
    by_address || (refusal.overridable && by_digest)
}

fn same_registry(saved: &SavedPlan, identity: &str) -> Result<(), Failure> {
    if saved.origin.registry == identity {
        return Ok(());
    }
    let planned = &saved.origin.registry;
    Err(
        Failure::new(format!("this plan is for {planned}, and {identity} is chosen"))
            .certain("nothing was read from the registry or changed")
            .help("choose the registry of the plan with --registry or --url, or plan anew for this one"),
    )
}

/// Whoever creates gets rights, and nobody may lock themselves out: what was planned for one is not right for another.
fn same_actor(saved: &SavedPlan, actor: &str) -> Result<(), Failure> {
    let planned = &saved.origin.actor;
    match depends_on_actor(&saved.plan) {
        Some((address, why)) if planned != actor => Err(Failure::new(format!(
            "this plan was made for {planned}, and the token is {actor}'s"
        ))
        .because(format!("{address} depends on who applies it: {why}"))
        .certain("nothing was changed")
        .help(format!(
            "plan with the same token, or with: quayform plan --as {actor} --out FILE"
        ))),
        _ => Ok(()),
    }
}

/// The secrets that a plan sends, as far as they are known here.
struct Known {
    referenced: wishes::Secrets,
    written: Vec<SecretString>,
}

impl Known {
    fn new(plan: &Plan, settings: &Settings, context: &Context) -> Self {
        let sealed: Vec<&Secret> = plan.changes.iter().flat_map(sent).flat_map(Value::secrets).collect();
        let references = sealed.iter().filter_map(|secret| secret.reference.clone());
        let references: Vec<Located<Reference>> = references
            .map(|reference| Located::new(reference, Place::default()))
            .collect();
        // What cannot be resolved is told when it is to be sent.
        let mut ignored = Diagnostics::default();
        let referenced = resolve(context, &context.secrets(settings), references, &mut ignored);
        let needs_manifests = sealed.iter().any(|secret| secret.reference.is_none());
        let written = if needs_manifests {
            written_out(settings)
        } else {
            Vec::new()
        };
        Known { referenced, written }
    }

    /// Fills in every secret; one that is not what it was when the plan was made makes the whole plan stale.
    fn fill_in(&self, plan: &mut Plan) -> Result<(), Failure> {
        for change in &mut plan.changes {
            let address = change.address.clone();
            for value in change.calls.iter_mut().filter_map(|call| call.body.as_mut()) {
                self.check(value).map_err(|problem| problem.at(&address))?;
                self.fill(value);
            }
            change
                .fields
                .iter_mut()
                .filter_map(|field| field.after.as_mut())
                .for_each(|value| self.fill(value));
        }
        Ok(())
    }

    fn fill(&self, value: &mut Value) {
        value.fill_in(&|secret| self.text(secret));
    }

    fn text(&self, secret: &Secret) -> Option<SecretString> {
        match &secret.reference {
            Some(reference) => self.referenced.get(reference).cloned(),
            None => {
                let is_it = |text: &&SecretString| secret.was_planned_with(text) == Some(true);
                self.written.iter().find(is_it).cloned()
            }
        }
    }

    fn check(&self, value: &Value) -> Result<(), Unfit> {
        for secret in value.secrets() {
            match (self.text(secret), &secret.reference) {
                (None, None) => return Err(Unfit::WrittenOut),
                (Some(text), Some(reference)) if secret.was_planned_with(&text) == Some(false) => {
                    return Err(Unfit::Moved(reference.clone()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Why a secret cannot be sent.
enum Unfit {
    /// It stands in a manifest that is not here, or not any more.
    WrittenOut,
    /// It has another value than when the plan was made.
    Moved(Reference),
}

impl Unfit {
    fn at(self, address: &Address) -> Failure {
        let failure = match self {
            Unfit::WrittenOut => Failure::new(format!("a secret of {address} is not known"))
                .because("it is written out in a manifest, a saved plan holds no secrets, and no manifest here has it")
                .help("apply where the manifests are as they were planned, or name a variable there: {env: NAME}"),
            Unfit::Moved(reference) => Failure::new(format!(
                "{reference} has another value than when the plan was made (for {address})"
            ))
            .help("plan anew with the value that is to be sent")
            .ending(Exit::Stale),
        };
        failure.certain("nothing was changed")
    }
}

fn sent(change: &Change) -> impl Iterator<Item = &Value> {
    change.calls.iter().filter_map(|call| call.body.as_ref())
}

/// Every secret that is written out in the manifests that are here.
fn written_out(settings: &Settings) -> Vec<SecretString> {
    let loaded = manifest::load(&settings.root, &settings.manifest_patterns);
    let Some(project) = loaded.project else {
        return Vec::new();
    };
    let desired = wishes::desired(&project, &wishes::Secrets::new());
    let values = desired.objects.iter().flat_map(|object| object.fields.values());
    let secrets = values
        .flat_map(Value::secrets)
        .filter(|secret| secret.reference.is_none());
    secrets.filter_map(|secret| secret.text().cloned()).collect()
}
