//! What manifests can say of a notification, and its value checks.

use schemars::Schema;
use serde_json::json;

use crate::manifest::choice::choice;
use crate::manifest::record::{Check, add_condition, record};
use crate::manifest::secret::TextOrReference;
use crate::manifest::suggest::alternatives;
use crate::model::{Diagnostic, Located, Place};

record! {
    /// One thing that is told in one way. Exactly one of the methods must be written.
    pub struct NotificationSpec {
        /// What the notification is called; not written, it has no title.
        title: String,
        /// What must happen, such as `repo_push`.
        event: NotificationEvent = required,
        /// With `vulnerability_found`: from which severity on; not written, from any.
        level: VulnerabilityLevel,
        /// With a build event: only for git references that match this regular expression, such as `refs/heads/main`.
        ref_regex: String,
        /// With `repo_image_expiry`, which needs it: how many days before an image expires.
        days: u32,
        /// Sends an HTTP POST.
        webhook: WebhookSpec,
        /// Posts to Slack.
        slack: SlackSpec,
        /// Sends an e-mail.
        email: EmailSpec,
        /// Shows it in the registry's own web pages.
        quay_notification: QuayNotificationSpec,
        /// Posts to Flowdock (the service has ended; the registry still takes it).
        flowdock: FlowdockSpec,
        /// Posts to HipChat (the service has ended; the registry still takes it).
        hipchat: HipchatSpec,
    }
    check: check_notification;
    schema: refine_notification;
}

record! {
    /// An HTTP POST with a JSON body.
    pub struct WebhookSpec {
        /// Where to: an `http` or `https` address, best as `{env: NAME}`; kept secret.
        url: TextOrReference = required,
        /// The JSON body to send instead of the registry's own, with variables such as `${repository}`.
        template: String,
    }
    check: check_webhook;
}

record! {
    /// A message in Slack.
    pub struct SlackSpec {
        /// The incoming webhook's address, best as `{env: NAME}`; kept secret.
        url: TextOrReference = required,
    }
}

record! {
    /// An e-mail.
    pub struct EmailSpec {
        /// Where to; the address must have been confirmed for this repository in the registry.
        email: String = required,
    }
}

record! {
    /// A notification in the registry's own web pages. Exactly one of the fields must be written.
    pub struct QuayNotificationSpec {
        /// The user who sees it.
        user: String,
        /// The organization's team that sees it.
        team: String,
        /// The organization whose members see it; the one of the repository.
        organization: String,
    }
    check: check_target;
    schema: one_target;
}

record! {
    /// A message in Flowdock.
    pub struct FlowdockSpec {
        /// The flow's token, best as `{env: NAME}`; kept secret.
        flow_api_token: TextOrReference = required,
    }
}

record! {
    /// A message in HipChat.
    pub struct HipchatSpec {
        /// The room's token, best as `{env: NAME}`; kept secret.
        notification_token: TextOrReference = required,
        /// The room's number.
        room_id: String = required,
    }
}

choice! {
    /// What a repository can tell.
    pub enum NotificationEvent {
        /// An image was pushed.
        RepoPush = "repo_push",
        /// A build was queued.
        BuildQueued = "build_queued",
        /// A build started.
        BuildStart = "build_start",
        /// A build succeeded.
        BuildSuccess = "build_success",
        /// A build failed.
        BuildFailure = "build_failure",
        /// A build was cancelled.
        BuildCancelled = "build_cancelled",
        /// A vulnerability was found in an image.
        VulnerabilityFound = "vulnerability_found",
        /// A mirror began to copy.
        RepoMirrorSyncStarted = "repo_mirror_sync_started",
        /// A mirror has copied everything.
        RepoMirrorSyncSuccess = "repo_mirror_sync_success",
        /// A mirror could not copy.
        RepoMirrorSyncFailed = "repo_mirror_sync_failed",
        /// An image expires soon.
        RepoImageExpiry = "repo_image_expiry",
        /// The organization's storage has reached a warning of its quota.
        QuotaWarning = "quota_warning",
        /// The organization's storage has reached a limit of its quota that refuses pushes.
        QuotaError = "quota_error",
    }
}

choice! {
    /// How bad a vulnerability is.
    pub enum VulnerabilityLevel {
        /// Critical.
        Critical = "critical",
        /// High or worse.
        High = "high",
        /// Medium or worse.
        Medium = "medium",
        /// Low or worse.
        Low = "low",
        /// Negligible or worse.
        Negligible = "negligible",
        /// Any, also of unknown severity.
        Unknown = "unknown",
    }
}

impl NotificationEvent {
    /// Whether it tells of a build.
    pub fn is_build(self) -> bool {
        use NotificationEvent::{BuildCancelled, BuildFailure, BuildQueued, BuildStart, BuildSuccess};
        matches!(
            self,
            BuildQueued | BuildStart | BuildSuccess | BuildFailure | BuildCancelled
        )
    }
}

/// The methods, as the API calls them.
pub const METHODS: [&str; 6] = ["webhook", "slack", "email", "quay_notification", "flowdock", "hipchat"];

/// What is written of the methods that notifications of repositories and organizations share.
pub struct Methods<'a> {
    /// An HTTP POST.
    pub webhook: &'a Option<Located<WebhookSpec>>,
    /// A message in Slack.
    pub slack: &'a Option<Located<SlackSpec>>,
    /// A notification in the registry's own web pages.
    pub quay_notification: &'a Option<Located<QuayNotificationSpec>>,
    /// A message in Flowdock.
    pub flowdock: &'a Option<Located<FlowdockSpec>>,
    /// A message in HipChat.
    pub hipchat: &'a Option<Located<HipchatSpec>>,
}

impl Methods<'_> {
    /// The written ones, as the API calls them, and where.
    pub fn written(&self) -> impl Iterator<Item = (&'static str, Place)> + use<> {
        let places = [
            ("webhook", self.webhook.as_ref().map(|it| it.place)),
            ("slack", self.slack.as_ref().map(|it| it.place)),
            ("quay_notification", self.quay_notification.as_ref().map(|it| it.place)),
            ("flowdock", self.flowdock.as_ref().map(|it| it.place)),
            ("hipchat", self.hipchat.as_ref().map(|it| it.place)),
        ];
        places.into_iter().filter_map(|(method, place)| Some((method, place?)))
    }
}

impl NotificationSpec {
    /// The written methods, as the API calls them, and where.
    pub fn methods(&self) -> impl Iterator<Item = (&'static str, Place)> + use<> {
        let email = self.email.as_ref().map(|email| ("email", email.place));
        self.shared().written().chain(email)
    }

    /// The methods but e-mail.
    pub fn shared(&self) -> Methods<'_> {
        Methods {
            webhook: &self.webhook,
            slack: &self.slack,
            quay_notification: &self.quay_notification,
            flowdock: &self.flowdock,
            hipchat: &self.hipchat,
        }
    }
}

/// Reports a notification with no method, or with several.
pub fn check_methods(written: &[(&'static str, Place)], check: &mut Check<'_>) {
    match written {
        [] if check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "this notification has no method", check.place)
                .help(format!("add {}", alternatives(METHODS))),
        ),
        [(first, other), (second, place), ..] => check.diagnostics.push(
            Diagnostic::error(
                "one-of",
                format!("a notification cannot have both `{first}` and `{second}`"),
                *place,
            )
            .also(*other, "the other method")
            .help("write one notification for each"),
        ),
        _ => {}
    }
}

fn check_notification(notification: &NotificationSpec, check: &mut Check<'_>) {
    let written: Vec<_> = notification.methods().collect();
    check_methods(&written, check);
    if let Some(event) = &notification.event {
        check_event_fields(notification, event, check);
        check_days(notification, event, check);
    }
}

fn check_event_fields(notification: &NotificationSpec, event: &Located<NotificationEvent>, check: &mut Check<'_>) {
    let fields = [
        (
            "level",
            notification.level.as_ref().map(|it| it.place),
            event.value == NotificationEvent::VulnerabilityFound,
        ),
        (
            "ref_regex",
            notification.ref_regex.as_ref().map(|it| it.place),
            event.value.is_build(),
        ),
        (
            "days",
            notification.days.as_ref().map(|it| it.place),
            event.value == NotificationEvent::RepoImageExpiry,
        ),
    ];
    for (field, place, _) in fields.into_iter().filter(|(_, _, applies)| !applies) {
        check.diagnostics.extend(place.map(|place| {
            Diagnostic::error(
                "not-for-event",
                format!("`{field}` has no effect with `{}`", event.value),
                place,
            )
            .also(event.place, "the event")
            .help(format!("delete `{field}`"))
        }));
    }
}

fn check_days(notification: &NotificationSpec, event: &Located<NotificationEvent>, check: &mut Check<'_>) {
    match &notification.days {
        Some(days) if days.value == 0 => {
            check.bad_value("`days` must be at least 1", days.place, "write something like `7`");
        }
        None if event.value == NotificationEvent::RepoImageExpiry && check.is_complete => check.diagnostics.push(
            Diagnostic::error("missing-field", "`repo_image_expiry` needs `days`", event.place)
                .help("add how many days before the expiry, such as `days: 7`"),
        ),
        _ => {}
    }
}

fn check_webhook(webhook: &WebhookSpec, check: &mut Check<'_>) {
    let text = webhook
        .url
        .as_ref()
        .and_then(|url| Some((url.value.as_text()?, url.place)));
    if let Some((_, place)) = text.filter(|(text, _)| !is_webhook_url(text)) {
        let help = "write an `http` or `https` address whose host is not the registry itself";
        check.bad_value("the registry does not take this address for a webhook", place, help);
    }
    if let Some(template) = &webhook.template
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&template.value)
    {
        let help = "put variables such as `${repository}` between quotes";
        check.bad_value(format!("`template` is not JSON: {error}"), template.place, help);
    }
}

fn is_webhook_url(text: &str) -> bool {
    let takes_host = |host: &str| !matches!(host, "" | "localhost" | "127.0.0.1");
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(takes_host))
}

fn check_target(target: &QuayNotificationSpec, check: &mut Check<'_>) {
    let written = [&target.user, &target.team, &target.organization]
        .into_iter()
        .flatten()
        .count();
    if written > 1 || (written == 0 && check.is_complete) {
        check.diagnostics.push(
            Diagnostic::error(
                "one-of",
                "`quay_notification` needs exactly one of `user`, `team` and `organization`",
                check.place,
            )
            .help("write one notification for each"),
        );
    }
}

fn one_target(schema: &mut Schema) {
    let alternatives = ["user", "team", "organization"].map(|target| json!({ "required": [target] }));
    add_condition(schema, json!({ "oneOf": alternatives }));
}

fn refine_notification(schema: &mut Schema) {
    let alternatives = METHODS.map(|method| json!({ "required": [method] }));
    add_condition(schema, json!({ "oneOf": alternatives }));
    let builds: Vec<&str> = NotificationEvent::ALL
        .iter()
        .filter(|event| event.is_build())
        .map(|event| event.as_str())
        .collect();
    for (field, events) in [
        ("level", vec!["vulnerability_found"]),
        ("ref_regex", builds),
        ("days", vec!["repo_image_expiry"]),
    ] {
        let only = json!({ "properties": { "event": { "enum": events } } });
        add_condition(schema, json!({ "if": { "required": [field] }, "then": only }));
    }
    let expiry = json!({ "properties": { "event": { "const": "repo_image_expiry" } }, "required": ["event"] });
    let days = json!({ "properties": { "days": { "minimum": 1 } }, "required": ["days"] });
    add_condition(schema, json!({ "if": expiry, "then": days }));
}
