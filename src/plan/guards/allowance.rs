//! What is allowed by `allow_destroy` and `--allow`.

use crate::model::{Address, Change, Diagnostic, Pattern, Severity};

use super::{Case, words};

/// How many addresses are worth a flag each.
const FLAGS: usize = 10;

fn patterns<'a>(case: &'a Case<'_>) -> impl Iterator<Item = &'a Pattern> {
    case.options.guards.allow_destroy.iter().chain(&case.options.allow)
}

/// Whether the object may be lost: by its address, a glob, or its kind.
pub(super) fn allows(case: &Case<'_>, address: &Address) -> bool {
    patterns(case).any(|pattern| pattern.matches(address))
}

/// Whether somebody wrote just this address: a glob or a kind allows a loss, but no amount.
pub(super) fn names(case: &Case<'_>, address: &Address) -> bool {
    patterns(case).any(|pattern| pattern.is_exact() && pattern.matches(address))
}

/// The narrowest way to allow exactly these objects.
pub(super) fn way_out(case: &Case<'_>, addresses: &[&Address]) -> String {
    let these = if addresses.len() == 1 { "this" } else { "these" };
    format!(
        "allow exactly {these} with {}, or with allow_destroy in {}",
        flags(addresses),
        place(case)
    )
}

/// `--allow 'robot[acme+old]'` for each of them, while that can be read.
pub(super) fn flags(addresses: &[&Address]) -> String {
    match addresses.len() {
        0..=FLAGS => {
            let flags = addresses.iter().map(|address| format!("--allow '{address}'"));
            flags.collect::<Vec<_>>().join(" ")
        }
        _ => "an --allow for each".to_owned(),
    }
}

/// The narrowest way to allow exactly what these changes cause, where only a flag may.
pub(super) fn way_out_by_flags(addresses: &[&Address]) -> String {
    format!("change the manifests, or allow exactly this with {}", flags(addresses))
}

/// Whether `allow_destroy` refuses the change.
pub(super) fn refuses(case: &Case<'_>, change: &Change) -> bool {
    change.reversibility.lost().is_some() && !allows(case, &change.address)
}

/// Where guards are changed.
pub(super) fn place<'a>(case: &'a Case<'_>) -> &'a str {
    case.options.guards_from.as_deref().unwrap_or("the same pull request")
}

/// A pattern of `--allow` that means nothing which goes is a slip of the pen, or left over from another run. Where
/// something could not be read, it may have meant that.
pub(super) fn unused(case: &Case<'_>) -> Vec<Diagnostic> {
    if !case.plan.gaps.is_empty() {
        return Vec::new();
    }
    let causes = case.plan.access.gained.iter().flat_map(|shift| &shift.because);
    let causes = causes.filter(|_| !case.options.guards.deny.is_empty());
    let lasting = case.irreversible().map(|change| &change.address);
    let meant: Vec<&Address> = case.gone.keys().copied().chain(causes).chain(lasting).collect();
    let is_unused = |pattern: &&Pattern| !meant.iter().any(|address| pattern.matches(address));
    let unused = case.options.allow.iter().filter(is_unused);
    let warning = |pattern: &Pattern| {
        let message = format!("--allow '{pattern}' means nothing that this plan deletes");
        let warning = Diagnostic::without_place("unused-allow", Severity::Warning, message);
        let ours: Vec<String> = case.deleted().map(|change| change.address.to_string()).collect();
        warning.help(match ours.as_slice() {
            [] => "it deletes nothing: drop the flag".to_owned(),
            ours => format!("correct it or drop it; this plan deletes {}", words::some(ours)),
        })
    };
    unused.map(warning).collect()
}
