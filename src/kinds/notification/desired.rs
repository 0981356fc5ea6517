//! From the manifest to the wanted fields.

use super::{Methods, NAME, NotificationSpec, QuayNotificationSpec, label, mail, of_repository};
use crate::kinds::wishes::{Wishes, set};
use crate::kinds::{organization, repository, team};
use crate::manifest::decode::List;
use crate::manifest::documents::Manage;
use crate::model::{Address, Fields, Located, Value};

/// What a repository is to tell whom.
pub fn desired(name: &str, manage: Manage, list: &Located<List<NotificationSpec>>, wishes: &mut Wishes<'_>) {
    wishes.own(of_repository(name), manage, list.place);
    for item in &list.value {
        let spec = &item.value;
        let Some((method, _)) = spec.methods().next() else {
            continue;
        };
        let title = spec.title.as_ref().map_or("", |title| title.value.as_str());
        let event = spec.event.as_ref().map_or("", |event| event.value.as_str());
        let fields = Fields::from([
            ("title", title.into()),
            ("event", event.into()),
            ("method", method.into()),
            ("config", config(name, spec, wishes)),
            ("filter", wanted_filter(spec)),
        ]);
        let address = wishes.next(NAME, &label(name, &fields));
        let told = spec.quay_notification.as_ref();
        let told = told.and_then(|target| told_object(name, &target.value));
        let needs = std::iter::once(repository::address(name)).chain(told).collect();
        wishes.want(address, fields, needs, item.place);
    }
}

/// What is told in the registry itself; the server refuses one that does not exist.
fn told_object(repository: &str, target: &QuayNotificationSpec) -> Option<Address> {
    let organization = repository.split('/').next().unwrap_or_default();
    match (&target.team, &target.organization) {
        (Some(team), _) => Some(team::address(organization, &team.value)),
        (None, Some(other)) => Some(organization::address(&other.value)),
        (None, None) => None,
    }
}

fn wanted_filter(spec: &NotificationSpec) -> Value {
    let mut filter = Fields::new();
    set(&mut filter, "level", &spec.level, |level| level.as_str().into());
    set(&mut filter, "ref", &spec.ref_regex, |pattern| Value::text(pattern));
    set(&mut filter, "days", &spec.days, |days| i64::from(*days).into());
    map(filter)
}

/// What the method needs; whether an e-mail address may be written to is asked.
fn config(name: &str, spec: &NotificationSpec, wishes: &mut Wishes<'_>) -> Value {
    let Some(email) = spec.email.as_ref().and_then(|email| email.value.email.as_ref()) else {
        let organization = name.split('/').next().unwrap_or_default();
        return wanted_config(organization, &spec.shared(), wishes);
    };
    wishes.watch(mail::collection(name, &email.value));
    map(Fields::from([("email", email.value.as_str().into())]))
}

/// What the written one of the methods needs that repositories and organizations share.
pub fn wanted_config(organization: &str, methods: &Methods<'_>, wishes: &Wishes<'_>) -> Value {
    let mut config = Fields::new();
    if let Some(webhook) = methods.webhook {
        wishes.seal(&mut config, "url", &webhook.value.url);
        set(&mut config, "template", &webhook.value.template, |text| {
            Value::text(text)
        });
    }
    if let Some(slack) = methods.slack {
        wishes.seal(&mut config, "url", &slack.value.url);
    }
    if let Some(flowdock) = methods.flowdock {
        wishes.seal(&mut config, "flow_api_token", &flowdock.value.flow_api_token);
    }
    if let Some(hipchat) = methods.hipchat {
        wishes.seal(&mut config, "notification_token", &hipchat.value.notification_token);
        set(&mut config, "room_id", &hipchat.value.room_id, |text| Value::text(text));
    }
    if let Some(target) = methods.quay_notification {
        config.insert("target", wanted_target(organization, &target.value));
    }
    map(config)
}

fn wanted_target(organization: &str, target: &QuayNotificationSpec) -> Value {
    let (kind, name) = match (&target.user, &target.team) {
        (Some(user), _) => ("user", user.value.as_str()),
        (_, Some(team)) => ("team", team.value.as_str()),
        (None, None) => (
            "org",
            target
                .organization
                .as_ref()
                .map_or(organization, |name| name.value.as_str()),
        ),
    };
    map(Fields::from([("kind", kind.into()), ("name", name.into())]))
}

fn map(fields: Fields) -> Value {
    Value::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
