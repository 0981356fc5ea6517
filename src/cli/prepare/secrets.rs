//! What the manifests' references to secrets stand for.

use std::collections::BTreeSet;

use secrecy::SecretString;

use crate::cli::context::Context;
use crate::kinds::wishes;
use crate::model::{Diagnostic, Diagnostics, Located, Place, Reference};
use crate::settings::{SecretProblem, Secrets};

/// Resolves what it can; what is not set is only not compared. The embedded registry gets a stand-in for it, so that
/// everything can be rehearsed by somebody who has no secrets.
pub(in crate::cli) fn resolve(
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
pub(in crate::cli) fn forbidden(reference: &Reference, problem: &SecretProblem, place: Place) -> Diagnostic {
    Diagnostic::error(
        "forbidden-secret",
        format!("{reference} cannot be used: {problem}"),
        place,
    )
    .help(problem.help())
}
