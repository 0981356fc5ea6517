//! Notifications of an organization: what it tells whom about its storage.

use schemars::Schema;
use serde_json::json;

use super::notification::{
    self, FlowdockSpec, HipchatSpec, Methods, QuayNotificationSpec, SlackSpec, WebhookSpec, check_methods,
};
use super::sight::{self, text};
use super::wishes::Wishes;
use super::{Identity, Kind, numbered, organization, registry, shapes, targets};
use crate::http::Method;
use crate::manifest::choice::choice;
use crate::manifest::decode::List;
use crate::manifest::documents::OrganizationDocument;
use crate::manifest::record::{Check, add_condition, record};
use crate::model::{
    Address, Answers, Call, Change, Collection, Document, Effect, ExactList, Exported, Field, Fields, Interest,
    Located, Object, Place, Query, World, Written,
};

record! {
    /// One thing about the organization's storage that is told in one way. Exactly one of the methods must be written.
    pub struct OrganizationNotificationSpec {
        /// What the notification is called; not written, it has no title.
        title: String,
        /// What must happen: `quota_warning` or `quota_error`.
        event: QuotaEvent = required,
        /// Sends an HTTP POST.
        webhook: WebhookSpec,
        /// Posts to Slack.
        slack: SlackSpec,
        /// With `true`: sends an e-mail to the organization's own address, or to who administers it.
        email: bool,
        /// Shows it in the registry's own web pages.
        quay_notification: QuayNotificationSpec,
        /// Posts to Flowdock (the service has ended; the registry still takes it).
        flowdock: FlowdockSpec,
        /// Posts to HipChat (the service has ended; the registry still takes it).
        hipchat: HipchatSpec,
    }
    check: check_notification;
    schema: one_method;
}

choice! {
    /// What an organization can tell.
    pub enum QuotaEvent {
        /// Its storage has reached a warning of its quota.
        QuotaWarning = "quota_warning",
        /// Its storage has reached a limit of its quota that refuses pushes.
        QuotaError = "quota_error",
    }
}

impl OrganizationNotificationSpec {
    /// The written methods, as the API calls them, and where.
    fn methods(&self) -> impl Iterator<Item = (&'static str, Place)> {
        let email = self.email.as_ref().map(|email| ("email", email.place));
        self.shared().written().chain(email)
    }

    fn shared(&self) -> Methods<'_> {
        Methods {
            webhook: &self.webhook,
            slack: &self.slack,
            quay_notification: &self.quay_notification,
            flowdock: &self.flowdock,
            hipchat: &self.hipchat,
        }
    }
}

fn check_notification(notification: &OrganizationNotificationSpec, check: &mut Check<'_>) {
    let written: Vec<_> = notification.methods().collect();
    check_methods(&written, check);
    if let Some(email) = notification.email.as_ref().filter(|email| !email.value) {
        check.bad_value("`email` can only be `true`", email.place, "delete it for no e-mail");
    }
}

fn one_method(schema: &mut Schema) {
    let alternatives = notification::METHODS.map(|method| json!({ "required": [method] }));
    add_condition(schema, json!({ "oneOf": alternatives }));
    add_condition(schema, json!({ "properties": { "email": { "const": true } } }));
}

/// The kind's name.
pub const NAME: &str = "organization_notification";

/// A message that the registry sends about an organization's storage.
pub struct OrganizationNotification;

/// All notifications of an organization.
pub fn of_organization(organization: &str) -> Collection {
    Collection::new(NAME, format!("{organization}:"))
}

/// The server's switch for all of this.
const FEATURE: &str = "QUOTA_NOTIFICATIONS";

const FIELDS: &[Field] = &[
    Field::replaced("title"),
    Field::replaced("event"),
    Field::replaced("method"),
    Field::replaced("config"),
];

/// What an organization is to tell whom.
pub fn desired(
    name: &str,
    document: &OrganizationDocument,
    list: &Located<List<OrganizationNotificationSpec>>,
    wishes: &mut Wishes<'_>,
) {
    wishes.own(
        of_organization(name),
        document.manage_organization_notifications(),
        list.place,
    );
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
            ("config", notification::wanted_config(name, &spec.shared(), wishes)),
        ]);
        let address = wishes.next(NAME, &notification::label(name, &fields));
        wishes.want(address, fields, vec![organization::address(name)], item.place);
    }
}

impl Kind for OrganizationNotification {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> Identity {
        Identity::Content
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn key(&self, fields: &Fields) -> String {
        notification::key(fields)
    }

    fn collection(&self, address: &Address) -> Collection {
        of_organization(address.namespace())
    }

    /// L; where the feature is off there is nothing to ask.
    fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        let visible = sight::visible(NAME, interest, answers).into_iter();
        let asked = visible.filter(|_| known.features.has(FEATURE));
        asked
            .map(|(organization, _)| {
                let target = targets::organization_notifications(organization);
                let reason = "the notifications of an organization";
                targets::ask(
                    target,
                    &shapes::NOTIFICATIONS,
                    reason,
                    vec![of_organization(organization)],
                )
            })
            .collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(NAME, interest, answers, world, |world, organization, _| {
            if !world.features.has(FEATURE) {
                world.complete.insert(of_organization(organization));
                return;
            }
            let target = targets::organization_notifications(organization);
            for view in answers.list(&target, "notifications") {
                let mut fields = notification::read(view);
                fields.remove("filter");
                let label = notification::label(organization, &fields);
                let mut object = Object::new(numbered(world, NAME, &label), fields);
                object.handle = Some(text(view, "uuid").to_owned());
                world.put(object);
            }
            sight::settle(world, answers, of_organization(organization), &[target]);
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest.collections.extend(is_one.then(|| of_organization(namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let organization = object.address.namespace();
        let is_known = QuotaEvent::parse(object.text("event")).is_some();
        let Some((method, config)) = notification::written_method(object).filter(|_| is_known) else {
            return Exported::not("a manifest knows neither this method nor what belongs to it");
        };
        let config = if method == "email" {
            Written::Switch(true)
        } else {
            config
        };
        let title = object.text("title");
        let entries = [
            ("title", (!title.is_empty()).then(|| Written::text(title))),
            ("event", Some(Written::text(object.text("event")))),
            (method, Some(config)),
        ];
        let document = Document::Organization(organization.to_owned());
        let exported = Exported::item(document, &["notifications"], Written::map(entries));
        match notification::told_team(object) {
            Some(team) => exported.needing(team),
            None => exported,
        }
    }

    fn exact_list(&self, collection: &Collection, _world: &World) -> Option<ExactList> {
        let document = Document::Organization(collection.namespace().to_owned());
        let manage = ["manage", "notifications"];
        Some(ExactList::new(
            collection.clone(),
            document,
            &["notifications"],
            &manage,
        ))
    }

    fn impossible(&self, _change: &Change, world: &World) -> Option<String> {
        (!world.features.has(FEATURE)).then(|| format!("FEATURE_{FEATURE} is off on this server"))
    }

    /// There is no update. The old one goes first, for the reason that it does so with repositories.
    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let path = ["organization", change.address.namespace(), "notifications"];
        let create = || Call::new(Method::Post, &path).body_map(notification::body(change));
        let delete = || {
            Call::new(Method::Delete, &path)
                .handle(&change.address)
                .already(404, "Not Found")
        };
        super::without_update(change.action, create, delete)
    }

    fn effects(&self, _change: &Change, _world: &World) -> Vec<Effect> {
        Vec::new()
    }
}
