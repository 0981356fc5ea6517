//! From the manifest to the wanted fields.

use super::{MirrorCredentialsSpec, MirrorProxySpec, MirrorSpec, address};
use crate::kinds::wishes::{Wishes, place, set};
use crate::kinds::{permission, repository, robot};
use crate::model::{Fields, Located, Value};

/// What a document wants of its repository's mirror.
pub fn desired(name: &str, spec: &Located<Box<MirrorSpec>>, wishes: &mut Wishes<'_>) {
    let mirror = &spec.value;
    if mirror.absent.is_some() {
        return wishes.forbid(address(name), spec.place);
    }
    let organization = name.split('/').next().unwrap_or_default();
    let mut fields = Fields::new();
    set(&mut fields, "external_reference", &mirror.external_reference, |text| {
        Value::text(text)
    });
    set(&mut fields, "tags", &mirror.tags, |tags| {
        tags.iter().map(|tag| Value::text(&tag.value)).collect()
    });
    set(&mut fields, "sync_interval", &mirror.sync_interval, |time| {
        (time.seconds as i64).into()
    });
    set(&mut fields, "sync_start_date", &mirror.sync_start_date, |moment| {
        Value::text(moment.to_string())
    });
    set(&mut fields, "robot", &mirror.robot, |short| {
        Value::text(robot::full_name(organization, short))
    });
    set(&mut fields, "enabled", &mirror.enabled, |switch| (*switch).into());
    set(&mut fields, "verify_tls", &mirror.verify_tls, |switch| (*switch).into());
    set(&mut fields, "unsigned_images", &mirror.unsigned_images, |switch| {
        (*switch).into()
    });
    set(&mut fields, "skopeo_timeout", &mirror.skopeo_timeout, |time| {
        (time.seconds as i64).into()
    });
    set(&mut fields, "architectures", &mirror.architectures, |list| {
        let words: std::collections::BTreeSet<&str> = list.iter().map(|each| each.value.as_str()).collect();
        words.into_iter().map(Value::text).collect()
    });
    set(&mut fields, "proxy", &mirror.proxy, |proxy| wanted_proxy(proxy, wishes));
    if let Some(credentials) = &mirror.credentials {
        wanted_credentials(&mut fields, &credentials.value, wishes);
    }
    let mut needs = vec![repository::address(name)];
    if let Some(robot) = &mirror.robot {
        let robot = robot::address(&robot::full_name(organization, &robot.value));
        wishes.refer(robot.clone(), spec.place);
        needs.push(robot);
        // What the robot has already decides whether it gets a grant.
        wishes.watch(permission::of_repository(name, "robot"));
    }
    wishes.want(address(name), fields, needs, spec.place);
    let credentials = mirror.credentials.as_ref().map(|credentials| &credentials.value);
    wishes.written(&[
        ("external_reference", place(&mirror.external_reference)),
        ("tags", place(&mirror.tags)),
        ("sync_interval", place(&mirror.sync_interval)),
        ("sync_start_date", place(&mirror.sync_start_date)),
        ("robot", place(&mirror.robot)),
        ("enabled", place(&mirror.enabled)),
        ("verify_tls", place(&mirror.verify_tls)),
        ("unsigned_images", place(&mirror.unsigned_images)),
        ("skopeo_timeout", place(&mirror.skopeo_timeout)),
        ("architectures", place(&mirror.architectures)),
        ("proxy", place(&mirror.proxy)),
        ("username", credentials.and_then(|spec| place(&spec.username))),
        ("password", credentials.and_then(|spec| place(&spec.password))),
    ]);
}

/// Adds how to sign in at the registry that is copied from; no name for not at all.
pub fn wanted_credentials(fields: &mut Fields, credentials: &MirrorCredentialsSpec, wishes: &Wishes<'_>) {
    let username = credentials.username.as_ref().map_or("", |name| name.value.as_str());
    fields.insert("username", username.into());
    wishes.seal(fields, "password", &credentials.password);
}

/// The proxy through which the registry that is copied from is reached.
pub fn wanted_proxy(proxy: &MirrorProxySpec, wishes: &Wishes<'_>) -> Value {
    let mut wanted = Fields::new();
    wishes.seal(&mut wanted, "http_proxy", &proxy.http_proxy);
    wishes.seal(&mut wanted, "https_proxy", &proxy.https_proxy);
    set(&mut wanted, "no_proxy", &proxy.no_proxy, |hosts| Value::text(hosts));
    Value::Map(wanted.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
