//! Repositories of a seed.

use indexmap::IndexMap;

use super::{SeedError, refuse, require_accounts};
use crate::emulator::names;
use crate::emulator::notification;
use crate::emulator::notification_method::is_method;
use crate::emulator::records::{Mirror, Notification, Repository, RepositoryState};
use crate::emulator::registry::Registry;
use crate::emulator::seed::{SeedMirror, SeedNotification, SeedRepository};
use crate::emulator::seed_images::{images_of, trigger_of};

pub(super) fn add_repository(
    registry: &mut Registry,
    organization: &str,
    seed: &SeedRepository,
) -> Result<(), SeedError> {
    let place = format!("repository {organization}/{}", seed.name);
    if !matches!(seed.visibility.as_str(), "public" | "private") {
        return refuse(&place, "the visibility is `public` or `private`");
    }
    require_accounts(registry, &place, seed.permissions.users.keys())?;
    require_good_name(&place, &seed.name)?;
    require_mirror(registry, &place, organization, seed.mirror.as_ref())?;
    require_notifications(&place, &seed.notifications)?;
    require_teams(registry, &place, organization, &seed.permissions.teams)?;
    let state = state_of(&place, seed)?;
    let store = &mut registry.store;
    if store.repository(organization, &seed.name).is_some() {
        return refuse(&place, "it is there already");
    }
    let description = seed.description.clone().or_else(|| (!seed.pushed).then(String::new));
    let notifications = seed
        .notifications
        .iter()
        .map(|seed| notification_of(store.next_uuid(), seed))
        .collect();
    let images = images_of(store, &place, seed)?;
    let triggers = seed.triggers.iter().map(|seed| trigger_of(store, seed)).collect();
    let repository = Repository {
        id: store.next_id(),
        namespace: organization.to_owned(),
        name: seed.name.clone(),
        description,
        is_public: seed.visibility == "public",
        state,
        last_modified: seed.pushed.then_some(store.clock),
        uses: seed.uses,
        user_roles: seed.permissions.users.clone(),
        team_roles: seed.permissions.teams.clone(),
        notifications,
        mirror: seed.mirror.as_ref().map(mirror_of),
        authorized_emails: IndexMap::new(),
        orphan_mirror_rule: None,
        auto_prune: Vec::new(),
        immutability: Vec::new(),
        images,
        builds: Vec::new(),
        triggers,
        trust_enabled: seed.trust_enabled,
    };
    store
        .repositories
        .insert(format!("{organization}/{}", seed.name), repository);
    Ok(())
}

fn require_teams<V>(
    registry: &Registry,
    place: &str,
    organization: &str,
    teams: &IndexMap<String, V>,
) -> Result<(), SeedError> {
    match teams
        .keys()
        .find(|team| registry.store.team(organization, team).is_none())
    {
        Some(team) => refuse(place, format!("there is no team `{team}`")),
        None => Ok(()),
    }
}

fn require_good_name(place: &str, name: &str) -> Result<(), SeedError> {
    if names::is_repository(name, true) {
        Ok(())
    } else {
        refuse(place, "a repository cannot have that name")
    }
}

fn require_mirror(
    registry: &Registry,
    place: &str,
    organization: &str,
    mirror: Option<&SeedMirror>,
) -> Result<(), SeedError> {
    let Some(SeedMirror { robot, sync_status, .. }) = mirror else {
        return Ok(());
    };
    let is_own = robot.split_once('+').map(|(owner, _)| owner) == Some(organization);
    if !is_own || !registry.store.robots.contains_key(robot) {
        return refuse(place, format!("there is no robot `{robot}` in {organization}"));
    }
    let known = ["NEVER_RUN", "SYNC_NOW", "SYNCING", "SUCCESS", "FAIL", "CANCEL"];
    if !known.contains(&sync_status.as_str()) {
        return refuse(place, format!("the status of a mirror is one of {}", known.join(", ")));
    }
    Ok(())
}

fn require_notifications(place: &str, notifications: &[SeedNotification]) -> Result<(), SeedError> {
    for SeedNotification { event, method, .. } in notifications {
        if !notification::EVENTS.contains(&event.as_str()) {
            return refuse(place, format!("there is no event `{event}`"));
        }
        if !is_method(method) {
            return refuse(place, format!("there is no method `{method}`"));
        }
    }
    Ok(())
}

fn state_of(place: &str, seed: &SeedRepository) -> Result<RepositoryState, SeedError> {
    match &seed.state {
        Some(name) => match RepositoryState::from_name(name) {
            Some(state) => Ok(state),
            None => refuse(place, "the state is `NORMAL`, `READ_ONLY` or `MIRROR`"),
        },
        None if seed.mirror.as_ref().is_some_and(|mirror| !mirror.dormant) => Ok(RepositoryState::Mirror),
        None => Ok(RepositoryState::Normal),
    }
}

fn notification_of(uuid: String, seed: &SeedNotification) -> Notification {
    Notification {
        uuid,
        title: seed.title.clone(),
        event: seed.event.clone(),
        method: seed.method.clone(),
        config: seed.config.clone(),
        event_config: seed.event_config.clone(),
        number_of_failures: 0,
    }
}

fn mirror_of(seed: &SeedMirror) -> Mirror {
    Mirror {
        is_enabled: !seed.dormant,
        external_reference: seed.external_reference.clone(),
        username: seed.username.clone(),
        password: seed.password.clone(),
        external_registry_config: seed.external_registry_config.clone(),
        robot: seed.robot.clone(),
        root_rule: seed.tags.clone(),
        sync_interval: seed.sync_interval,
        sync_start_date: Some(seed.sync_start_date.clone()),
        sync_expiration_date: None,
        sync_retries_remaining: if seed.sync_status == "FAIL" { 0 } else { 3 },
        sync_status: seed.sync_status.clone(),
        skopeo_timeout_interval: seed.skopeo_timeout_interval,
        architecture_filter: Vec::new(),
    }
}
