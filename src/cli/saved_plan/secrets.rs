//! The secrets of a saved plan: it holds none, so that they come from where they were taken when it was made.

use secrecy::SecretString;

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::prepare::resolve;
use crate::kinds::wishes;
use crate::manifest::{self, Target};
use crate::model::{Address, Change, Diagnostics, Located, Place, Plan, Reference, Secret, Value};
use crate::settings::Settings;

/// The secrets that a plan sends, as far as they are known here.
pub(super) struct Known {
    referenced: wishes::Secrets,
    written: Vec<SecretString>,
}

impl Known {
    pub(super) fn new(plan: &Plan, settings: &Settings, registry: Option<&str>, context: &Context) -> Self {
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
            written_out(settings, registry)
        } else {
            Vec::new()
        };
        Known { referenced, written }
    }

    /// Fills in every secret; one that is not what it was when the plan was made makes the whole plan stale.
    pub(super) fn fill_in(&self, plan: &mut Plan) -> Result<(), Failure> {
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

    pub(super) fn fill(&self, value: &mut Value) {
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
fn written_out(settings: &Settings, registry: Option<&str>) -> Vec<SecretString> {
    let target = Target {
        name: registry,
        known: None,
    };
    let loaded = manifest::load_for(&settings.root, &settings.manifest_patterns, target);
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
