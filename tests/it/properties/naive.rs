//! A reader that asks for everything one by one, to hold the economical one against.

use quayform::emulator::{Emulator, IncomingRequest};
use quayform::kinds::{member, permission, quota_limit, repository, robot, team, user};
use quayform::model::{Collection, Fields, Object, Value, World};
use serde_json::Value as Json;

use super::views;

/// The people of whom it is known whether they exist.
const PEOPLE: &[&str] = &["alice", "bob", "carol", "nobody", "quayadmin"];

/// Everything in these organizations, and the switches and the caller of another world.
pub(super) fn read(emulator: &Emulator, organizations: &[&str], known: &World) -> World {
    let mut world = World {
        features: known.features.clone(),
        caller: known.caller.clone(),
        ..World::default()
    };
    let reader = Naive { emulator };
    for name in PEOPLE {
        if reader.get(&format!("/users/{name}")).is_some() {
            world.put(Object::new(user::address(name), Fields::new()));
        }
        world.complete.insert(Collection::new(user::NAME, *name));
    }
    for organization in organizations {
        reader.organization(organization, &mut world);
    }
    world
}

struct Naive<'a> {
    emulator: &'a Emulator,
}

fn text<'a>(view: &'a Json, key: &str) -> &'a str {
    view[key].as_str().unwrap_or_default()
}

fn entries(view: &Json) -> impl Iterator<Item = &Json> {
    let of_list = view.as_array().into_iter().flatten();
    of_list.chain(view.as_object().into_iter().flat_map(|entries| entries.values()))
}

impl Naive<'_> {
    fn get(&self, path: &str) -> Option<Json> {
        let request = IncomingRequest::new("GET", &format!("/api/v1{path}")).with_token("emulator-token");
        let answer = self.emulator.handle(&request).unwrap();
        (answer.status == 200).then(|| serde_json::from_slice(&answer.body).unwrap())
    }

    fn organization(&self, name: &str, world: &mut World) {
        let path = format!("/organization/{name}");
        let Some(view) = self.get(&path) else { return };
        world.put(views::organization(name, &view));
        for quota in entries(&self.get(&format!("{path}/quota")).unwrap_or_default()) {
            world.put(views::quota(name, quota));
            for limit in entries(&quota["limits"]) {
                let percent = limit["limit_percent"].as_i64().unwrap();
                let address = quota_limit::address(name, &text(limit, "type").to_lowercase(), percent);
                world.put(with_handle(
                    Object::new(address, Fields::new()),
                    limit["id"].to_string(),
                ));
            }
        }
        for view in entries(&view["teams"]) {
            self.team(name, view, world);
        }
        let robots = self.get(&format!("{path}/robots?permissions=true")).unwrap_or_default();
        for view in entries(&robots["robots"]) {
            let full = text(view, "name");
            if let Some(short) = full.strip_prefix(&format!("{name}+")) {
                let single = self.get(&format!("{path}/robots/{short}")).unwrap();
                world.put(views::robot(full, &single, view));
                let identities = self.get(&format!("{path}/robots/{short}/federation")).unwrap();
                if let Some(object) = views::federation(full, &identities) {
                    world.put(object);
                }
            }
        }
        let list = self.get(&format!("{path}/notifications")).unwrap_or_default();
        for view in entries(&list["notifications"]) {
            views::put_numbered(world, views::organization_notification(name, view));
        }
        let list = self.get(&format!("{path}/applications")).unwrap();
        views::applications(name, &list).for_each(|object| views::put_numbered(world, object));
        let list = self.get(&format!("{path}/prototypes")).unwrap_or_default();
        for view in entries(&list["prototypes"]) {
            views::put_numbered(world, views::default_permission(name, view));
        }
        self.rules(name, &path, world);
        let cache = self.get(&format!("{path}/proxycache")).unwrap_or_default();
        if !text(&cache, "upstream_registry").is_empty() {
            world.put(views::proxy_cache(name, &cache));
        }
        if let Some(mirror) = self.get(&format!("{path}/mirror")) {
            world.put(views::organization_mirror(name, &mirror));
        }
        let list = self.get(&format!("/repository?namespace={name}")).unwrap();
        for view in entries(&list["repositories"]) {
            self.repository(name, text(view, "name"), world);
        }
    }

    fn rules(&self, owner: &str, path: &str, world: &mut World) {
        let list = self.get(&format!("{path}/autoprunepolicy/")).unwrap_or_default();
        for view in entries(&list["policies"]) {
            views::put_numbered(world, views::auto_prune(owner, view));
        }
        let list = self.get(&format!("{path}/immutabilitypolicy/")).unwrap_or_default();
        for view in entries(&list["policies"]) {
            views::put_numbered(world, views::immutability(owner, view));
        }
    }

    fn team(&self, organization: &str, view: &Json, world: &mut World) {
        let name = text(view, "name");
        let fields = Fields::from([
            ("role", Value::text(text(view, "role"))),
            ("description", Value::text(text(view, "description"))),
            ("synced", view["is_synced"].as_bool().unwrap().into()),
        ]);
        world.put(Object::new(team::address(organization, name), fields));
        let path = format!("/organization/{organization}/team/{name}/members?includePending=true");
        let list = self.get(&path).unwrap();
        views::team_sync(organization, name, &list)
            .into_iter()
            .for_each(|object| world.put(object));
        views::invites(organization, name, &list)
            .into_iter()
            .for_each(|object| world.put(object));
        for view in entries(&list["members"]).filter(|view| view["name"].is_string()) {
            let address = member::address(organization, name, text(view, "name"));
            let invited = view["invited"] == Json::Bool(true);
            if !invited || world.get(&address).is_none() {
                world.put(Object::new(address, Fields::from([("pending", invited.into())])));
            }
        }
    }

    fn repository(&self, organization: &str, short: &str, world: &mut World) {
        let name = format!("{organization}/{short}");
        let path = format!("/repository/{name}");
        let view = self.get(&path).unwrap();
        world.put(views::repository(&name, &view));
        for sort in ["team", "user"] {
            let list = self.get(&format!("{path}/permissions/{sort}/")).unwrap();
            for (account, view) in list["permissions"].as_object().unwrap() {
                let sort = if account.contains('+') { "robot" } else { sort };
                let account = robot::short_name(organization, account);
                let fields = Fields::from([("role", Value::text(text(view, "role")))]);
                world.put(Object::new(permission::address(&name, sort, account), fields));
            }
        }
        let list = self.get(&format!("{path}/notification/")).unwrap();
        for view in entries(&list["notifications"]) {
            views::put_numbered(world, views::notification(&name, view));
        }
        self.rules(&name, &path, world);
        if let Some(mirror) = self.get(&format!("{path}/mirror")) {
            let state = world.get(&repository::address(&name)).unwrap().text("state").to_owned();
            world.put(views::mirror(&name, &state, &mirror));
        }
    }
}

pub(super) fn with_handle(mut object: Object, handle: String) -> Object {
    object.handle = Some(handle);
    object
}
