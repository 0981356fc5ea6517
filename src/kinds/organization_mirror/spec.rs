//! What manifests can say of a mirror of a whole organization, and its value checks.

use crate::kinds::mirror::{MirrorCredentialsSpec, MirrorProxySpec, lacking};
use crate::kinds::repository::Visibility;
use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::record::{Check, record};
use crate::model::Diagnostic;
use crate::model::units::{Duration, Moment};

record! {
    /// The organization elsewhere of which this one is a copy: the registry makes and fills its repositories by itself.
    pub struct OrganizationMirrorSpec {
        /// What the other registry is: `harbor` or `quay`. It cannot be changed later.
        external_registry_type: ExternalRegistryType,
        /// The other registry, such as `https://harbor.acme.example`.
        external_registry_url: String,
        /// The organization or project there, such as `library`.
        external_namespace: String,
        /// Which repositories to copy, as glob patterns, such as `["app-*"]`; `[]` for all.
        repository_filters: List<String>,
        /// The organization's robot that makes the repositories and pushes to them, by its short name such as `mirror`.
        robot: String,
        /// Who may pull from the copies: `private` (the default) or `public`.
        visibility: Visibility,
        /// How long from one copy to the next, such as `6h`; at least a minute.
        sync_interval: Duration,
        /// When to copy for the first time, such as `2026-01-01T00:00:00Z`; not written, at once.
        sync_start_date: Moment,
        /// Whether to copy (the default of a new mirror) or to pause.
        enabled: bool,
        /// How to sign in at the other registry; `{}` for not at all.
        credentials: MirrorCredentialsSpec,
        /// Whether the other registry's certificate is checked, which it is unless this says `false`.
        verify_tls: bool,
        /// The proxy through which the other registry is reached.
        proxy: MirrorProxySpec,
        /// How long one copy may take, from `30s` to `1h`; `5m` is the default.
        skopeo_timeout: Duration,
        /// Ends the mirror; its repositories stay, and can be pushed to. Stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_organization_mirror;
}

choice! {
    /// What a registry is.
    pub enum ExternalRegistryType {
        /// A Harbor, whose projects are copied.
        Harbor = "harbor",
        /// A Quay, whose organizations are copied.
        Quay = "quay",
    }
}

fn check_organization_mirror(mirror: &OrganizationMirrorSpec, check: &mut Check<'_>) {
    if let Some(url) = &mirror.external_registry_url
        && !["https://", "http://"]
            .iter()
            .any(|scheme| url.value.starts_with(scheme))
    {
        let help = "write something like `https://harbor.acme.example`";
        check.bad_value("the registry takes http and https addresses only", url.place, help);
    }
    if let Some(namespace) = &mirror.external_namespace
        && (namespace.value.is_empty() || namespace.value.len() > 255)
    {
        let message = "the name of the other organization has 1 to 255 letters";
        check.bad_value(message, namespace.place, "write a name such as `library`");
    }
    if let Some(interval) = mirror
        .sync_interval
        .as_ref()
        .filter(|interval| interval.value.seconds < 60)
    {
        let message = "the interval of an organization's mirror is at least a minute";
        check.bad_value(message, interval.place, "write something like `6h`");
    }
    let allowed = |timeout: &Duration| (30..=3600).contains(&timeout.seconds);
    if let Some(timeout) = mirror
        .skopeo_timeout
        .as_ref()
        .filter(|timeout| !allowed(&timeout.value))
    {
        let message = "the timeout of an organization's mirror is 30 seconds to an hour";
        check.bad_value(message, timeout.place, "write something like `5m`");
    }
    if check.is_complete {
        check.diagnostics.extend(incomplete(mirror, check));
    }
}

/// Whoever says what to copy describes a mirror that can be created; anything less only adjusts an existing one.
fn incomplete(mirror: &OrganizationMirrorSpec, check: &Check<'_>) -> Option<Diagnostic> {
    let url = mirror.external_registry_url.as_ref()?;
    let fields = [
        ("external_registry_type", mirror.external_registry_type.is_some()),
        ("external_namespace", mirror.external_namespace.is_some()),
        ("robot", mirror.robot.is_some()),
        ("sync_interval", mirror.sync_interval.is_some()),
    ];
    lacking(&fields, url.place, check.place)
}
