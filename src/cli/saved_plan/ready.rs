//! From a saved plan to one that can be applied.

use std::sync::Arc;
use std::time::Instant;

use super::secrets::Known;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::findings::Findings;
use crate::cli::patterns::allowed;
use crate::cli::prepare::{Prepared, Purpose, What, budget};
use crate::cli::records::Records;
use crate::model::{Address, Interest, Plan, Refusal};
use crate::plan::{Options, depends_on_actor, protected_now};
use crate::read::{Reader, read_world};
use crate::report::Cost;
use crate::saved::SavedPlan;
use crate::settings::RegistryChoice;

/// Makes a saved plan ready to be applied: the same registry, somebody on whom it does not depend, the same secrets.
pub async fn prepare(
    saved: &SavedPlan,
    choice: RegistryChoice,
    what: &What,
    context: &Context,
) -> Result<Prepared, Failure> {
    let settings = context.settings(&[])?;
    let options = what.options(allowed(&what.allow)?, &settings, context)?;
    let connection = context.connect(&settings, &choice, &context.secrets(&settings))?;
    same_registry(saved, &connection.identity)?;
    let purpose = Purpose::Apply { resend_secrets: false };
    let records = Records::look_up(&purpose, &settings, &connection.identity, context).await?;
    let (mut plan, mut desired) = (guarded(saved, what, &options), saved.desired.clone());
    let known = Known::new(&plan, &settings, saved.origin.registry_name.as_deref(), context);
    known.fill_in(&mut plan)?;
    desired.objects.iter_mut().for_each(|object| {
        object.fields.values_mut().for_each(|value| known.fill(value));
    });

    let started = Instant::now();
    let budget = budget(what.max_requests, context).signing_in(connection.signing_in());
    let mut reader = Reader::new(connection.reader()).within(budget);
    let mut live = read_world(&mut reader, &Interest::default())
        .await
        .map_err(|error| Failure::of_reading(&error, &connection.identity))?;
    live.operators = options.operators(&live.caller.name);
    same_actor(saved, &live.caller.name)?;
    let reads = [reader.asked(), &connection.signing_in()()].concat();
    let requests = reads.iter().map(|asked| asked.requests).sum();
    Ok(Prepared {
        plan,
        live,
        desired,
        resolved: Default::default(),
        options,
        sources: Arc::clone(&saved.sources),
        records,
        root: settings.root,
        credentials: settings.credentials,
        findings: Findings::default(),
        reads,
        explains_reads: false,
        shard: None,
        cost: Cost::new(requests, started.elapsed().as_secs_f64()),
        connection,
    })
}

/// The plan with the refusals that stand: what was refused and is not allowed now, and what is protected now.
fn guarded(saved: &SavedPlan, what: &What, options: &Options) -> Plan {
    let mut plan = saved.plan.clone();
    plan.refusals
        .retain(|refusal| !is_overridden(refusal, saved, what, options));
    if !plan.refusals.iter().any(|refusal| refusal.guard == "protected") {
        plan.refusals.extend(protected_now(&plan, options));
    }
    plan
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
