//! What manifests can say of a mirror, and its value checks.

use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::record::{Check, record};
use crate::manifest::secret::TextOrReference;
use crate::manifest::suggest::all_of;
use crate::model::units::{Duration, Moment};
use crate::model::{Diagnostic, Place};

record! {
    /// What the repository copies, and how often; only the mirror's robot can push to it then.
    pub struct MirrorSpec {
        /// The repository to copy: host and path without a scheme, such as `docker.io/library/nginx`.
        external_reference: String,
        /// Which tags to copy, as glob patterns, such as `["1.*", latest]`.
        tags: List<String>,
        /// How long from one copy to the next, such as `6h`.
        sync_interval: Duration,
        /// When to copy for the first time, such as `2026-01-01T00:00:00Z`; not written, at once.
        sync_start_date: Moment,
        /// The organization's robot that pushes the copies, by its short name such as `mirror`; it gets `write`.
        robot: String,
        /// Whether to copy (the default of a new mirror) or to pause.
        enabled: bool,
        /// How to sign in at the other registry; `{}` for not at all.
        credentials: MirrorCredentialsSpec,
        /// Whether the other registry's certificate is checked, which it is unless this says `false`.
        verify_tls: bool,
        /// Whether images without a valid signature are copied, too.
        unsigned_images: bool,
        /// The proxy through which the other registry is reached.
        proxy: MirrorProxySpec,
        /// How long one copy may take, at least `300s`, which is also the default.
        skopeo_timeout: Duration,
        /// For which architectures to copy, such as `[amd64, arm64]`; `[]` for all.
        architectures: List<Architecture>,
        /// Stops the mirror and makes the repository writable again; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_mirror;
}

record! {
    /// How to sign in at the registry that is copied from.
    pub struct MirrorCredentialsSpec {
        /// The user name.
        username: String,
        /// The password, never read back: a text, or better `{env: NAME}`.
        password: TextOrReference,
    }
    check: check_credentials;
}

record! {
    /// The proxy through which the registry that is copied from is reached.
    pub struct MirrorProxySpec {
        /// The proxy for `http://`, such as `http://proxy.acme.example:3128`.
        http_proxy: TextOrReference,
        /// The proxy for `https://`, such as `http://proxy.acme.example:3128`.
        https_proxy: TextOrReference,
        /// Hosts that are reached without the proxy, separated by commas.
        no_proxy: String,
    }
}

choice! {
    /// A processor architecture.
    pub enum Architecture {
        /// Intel and AMD, 64 bits.
        Amd64 = "amd64",
        /// ARM, 64 bits.
        Arm64 = "arm64",
        /// IBM POWER, little-endian.
        Ppc64le = "ppc64le",
        /// IBM Z.
        S390x = "s390x",
    }
}

/// The least that the registry takes.
const LEAST_SKOPEO_TIMEOUT: Duration = Duration::from_seconds(300);

fn check_mirror(mirror: &MirrorSpec, check: &mut Check<'_>) {
    if let Some(reference) = &mirror.external_reference
        && let Some(message) = refuse_reference(&reference.value)
    {
        check.bad_value(
            message,
            reference.place,
            "write host and path, such as `docker.io/library/nginx`",
        );
    }
    if let Some(tags) = mirror
        .tags
        .as_ref()
        .filter(|tags| tags.value.is_empty() && check.is_complete)
    {
        check.bad_value(
            "a mirror needs at least one tag pattern",
            tags.place,
            "write `[\"*\"]` for all tags",
        );
    }
    for tag in mirror
        .tags
        .iter()
        .flat_map(|tags| &tags.value)
        .filter(|tag| tag.value.trim().is_empty())
    {
        check.bad_value(
            "a tag pattern cannot be empty",
            tag.place,
            "write a name or a pattern such as `1.*`",
        );
    }
    if let Some(interval) = mirror
        .sync_interval
        .as_ref()
        .filter(|interval| interval.value.seconds == 0)
    {
        check.bad_value(
            "the interval of a mirror is at least one second",
            interval.place,
            "write something like `6h`",
        );
    }
    if let Some(timeout) = mirror
        .skopeo_timeout
        .as_ref()
        .filter(|timeout| timeout.value < LEAST_SKOPEO_TIMEOUT)
    {
        check.bad_value(
            "the timeout of a mirror is at least 300 seconds",
            timeout.place,
            "write `5m` or more",
        );
    }
    if check.is_complete {
        check.diagnostics.extend(incomplete(mirror, check.place));
    }
}

fn refuse_reference(reference: &str) -> Option<&'static str> {
    let (host, path) = reference.split_once('/').unwrap_or((reference, ""));
    match () {
        () if reference.contains("://") => Some("an external reference has no scheme"),
        () if host.is_empty() || path.is_empty() => Some("an external reference needs a repository path"),
        () if reference.contains(char::is_whitespace) => Some("an external reference has no blanks"),
        () => None,
    }
}

/// Whoever says what to copy describes a mirror that can be created; anything less only adjusts an existing one.
fn incomplete(mirror: &MirrorSpec, place: Place) -> Option<Diagnostic> {
    let reference = mirror.external_reference.as_ref()?;
    let fields = [
        ("tags", mirror.tags.is_some()),
        ("sync_interval", mirror.sync_interval.is_some()),
        ("robot", mirror.robot.is_some()),
    ];
    lacking(&fields, reference.place, place)
}

/// What a mirror at a place lacks of these fields, each with whether it is written, since `said` says what to copy.
pub fn lacking(fields: &[(&str, bool)], said: Place, place: Place) -> Option<Diagnostic> {
    let missing = fields.iter().filter(|(_, written)| !written);
    let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
    (!missing.is_empty()).then(|| {
        Diagnostic::error("missing-field", format!("this mirror lacks {}", all_of(missing)), place)
            .also(said, "a mirror of this needs them, too")
            .help("the registry cannot create a mirror without them")
    })
}

fn check_credentials(credentials: &MirrorCredentialsSpec, check: &mut Check<'_>) {
    if let (None, Some(password), true) = (&credentials.username, &credentials.password, check.is_complete) {
        check.diagnostics.push(
            Diagnostic::error("missing-field", "a password needs a `username`", password.place)
                .help("add `username`; the registry takes both together only"),
        );
    }
}
