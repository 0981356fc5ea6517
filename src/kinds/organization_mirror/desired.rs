//! From the manifest to the wanted fields.

use super::{NAME, OrganizationMirrorSpec, address};
use crate::kinds::mirror::{wanted_credentials, wanted_proxy};
use crate::kinds::wishes::{Wishes, set};
use crate::kinds::{exclusive, organization, robot};
use crate::model::{Fields, Located, Value};

/// What a document wants of its organization's mirror.
pub fn desired(organization: &str, spec: &Located<OrganizationMirrorSpec>, wishes: &mut Wishes<'_>) {
    let mirror = &spec.value;
    if mirror.absent.is_some() {
        return wishes.forbid(address(organization), spec.place);
    }
    let mut fields = Fields::new();
    set(
        &mut fields,
        "external_registry_type",
        &mirror.external_registry_type,
        |word| word.as_str().into(),
    );
    let texts = [
        ("external_registry_url", &mirror.external_registry_url),
        ("external_namespace", &mirror.external_namespace),
    ];
    for (name, text) in texts {
        set(&mut fields, name, text, |text| Value::text(text));
    }
    set(
        &mut fields,
        "repository_filters",
        &mirror.repository_filters,
        |filters| filters.iter().map(|filter| Value::text(&filter.value)).collect(),
    );
    set(&mut fields, "robot", &mirror.robot, |short| {
        Value::text(robot::full_name(organization, short))
    });
    set(&mut fields, "visibility", &mirror.visibility, |word| {
        word.as_str().into()
    });
    let times = [
        ("sync_interval", &mirror.sync_interval),
        ("skopeo_timeout", &mirror.skopeo_timeout),
    ];
    for (name, time) in times {
        set(&mut fields, name, time, |time| (time.seconds as i64).into());
    }
    set(&mut fields, "sync_start_date", &mirror.sync_start_date, |moment| {
        Value::text(moment.to_string())
    });
    let switches = [("enabled", &mirror.enabled), ("verify_tls", &mirror.verify_tls)];
    for (name, switch) in switches {
        set(&mut fields, name, switch, |switch| (*switch).into());
    }
    set(&mut fields, "proxy", &mirror.proxy, |proxy| wanted_proxy(proxy, wishes));
    if let Some(credentials) = &mirror.credentials {
        wanted_credentials(&mut fields, &credentials.value, wishes);
    }
    let mut needs = vec![organization::address(organization)];
    if let Some(robot) = &mirror.robot {
        needs.push(robot::address(&robot::full_name(organization, &robot.value)));
    }
    exclusive::watch(NAME, organization, wishes);
    wishes.want(address(organization), fields, needs, spec.place);
}
