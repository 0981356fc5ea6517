//! Organizations and their settings.

use std::collections::BTreeSet;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Kind, member, mirror, registry, robot, shapes, targets, team};
use crate::http::Method;
use crate::manifest::documents::OrganizationDocument;
use crate::manifest::record::{Check, record};
use crate::model::units::Duration;
use crate::model::{
    Action, Address, Answers, Call, Change, Collection, Document, Effect, Entries, Exported, Field, Fields, Interest,
    Object, Query, Reversibility, Value, World, Written,
};

record! {
    /// The settings of an organization.
    pub struct OrganizationSpec {
        /// Where the registry reaches the organization's owners, such as `platform@acme.example`; `''` for none.
        email: String,
        /// Whether invoices are mailed.
        invoice_email: bool,
        /// Where invoices are mailed to instead of `email`, such as `billing@acme.example`; `''` for none.
        invoice_email_address: String,
        /// How long a deleted or overwritten tag can be brought back: `0`, `1d`, `1w`, `2w` or `4w`.
        tag_expiration: Duration,
    }
    check: check_organization;
}

/// What a new organization has.
const USUAL_TAG_EXPIRATION: u64 = 1_209_600;

/// The choices a registry offers unless it is configured otherwise (`TAG_EXPIRATION_OPTIONS`), in seconds.
const TAG_EXPIRATIONS: [u64; 5] = [0, 86_400, 604_800, 1_209_600, 2_419_200];

fn check_organization(organization: &OrganizationSpec, check: &mut Check<'_>) {
    if let Some(email) = organization.email.as_ref().filter(|email| !is_email(&email.value)) {
        let help = "write something like `platform@acme.example`, or `''` for none";
        check.bad_value("`email` is not an e-mail address", email.place, help);
    }
    let allowed = |expiration: &Duration| TAG_EXPIRATIONS.contains(&expiration.seconds);
    if let Some(expiration) = organization
        .tag_expiration
        .as_ref()
        .filter(|expiration| !allowed(&expiration.value))
    {
        let message = format!("the registry does not offer a tag expiration of `{}`", expiration.value);
        check.bad_value(message, expiration.place, "write `0`, `1d`, `1w`, `2w` or `4w`");
    }
}

/// The registry's own test, which also takes nothing at all.
pub fn is_email(text: &str) -> bool {
    let has_form = |(name, host): (&str, &str)| {
        !name.is_empty() && host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty())
    };
    text.is_empty()
        || (text.len() <= 254 && !text.contains(char::is_whitespace) && text.split_once('@').is_some_and(has_form))
}

/// The kind's name.
pub const NAME: &str = "organization";

/// An organization and its settings.
pub struct Organization;

/// The address of an organization.
pub fn address(name: &str) -> Address {
    Address::new(NAME, name)
}

const FIELDS: &[Field] = &[
    Field::updated("email"),
    Field::updated("invoice_email"),
    Field::updated("invoice_email_address"),
    Field::updated("tag_expiration"),
];

/// Marks what is no organization, but the account of whose token it is; not compared.
const ACCOUNT: &str = "account";

/// The account of somebody else: the API has robots, rules and grants of accounts for their own users alone. So nothing of
/// it is read, and all that is wished there is blocked; but for its quota, which is a superuser's business.
fn strange_accounts(interest: &Interest, answers: &Answers, world: &mut World) {
    let Some(view) = answers.body(targets::USER) else {
        return;
    };
    let own = text(view, "username");
    for name in interest.accounts.iter().filter(|name| *name != own) {
        world.put(Object::new(address(name), Fields::from([(ACCOUNT, true.into())])));
        world.complete.insert(Collection::new(NAME, name.as_str()));
        world.strange_accounts.insert(name.clone());
    }
    let collections = interest.collections.iter();
    let strange = |each: &&Collection| !registry::owns(each.kind) && world.strange_accounts.contains(each.namespace());
    let unread: Vec<Collection> = collections.filter(strange).cloned().collect();
    world.complete.extend(unread);
}

/// What a document wants of its organization.
pub fn desired(name: &str, document: &OrganizationDocument, wishes: &mut Wishes<'_>) {
    let place = document.name.as_ref().map(|name| name.place).unwrap_or_default();
    if document.absent.is_some() {
        return wishes.forbid(address(name), place);
    }
    if document.external.is_some() {
        return wishes.rely_on(address(name), place);
    }
    let mut fields = Fields::new();
    let settings = &document.settings;
    set(&mut fields, "email", &settings.email, |text| Value::text(text));
    set(&mut fields, "invoice_email", &settings.invoice_email, |switch| {
        (*switch).into()
    });
    set(
        &mut fields,
        "invoice_email_address",
        &settings.invoice_email_address,
        |text| Value::text(text),
    );
    set(&mut fields, "tag_expiration", &settings.tag_expiration, |time| {
        (time.seconds as i64).into()
    });
    wishes.want(address(name), fields, Vec::new(), place);
}

impl Kind for Organization {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// A, once per organization that anything is wanted of: it is also the proof of sight.
    fn queries(&self, interest: &Interest, known: &World, _answers: &Answers) -> Vec<Query> {
        let is_account = |name: &str| interest.accounts.contains(name) || name == known.caller.name;
        let whole = |name| {
            interest
                .collections
                .iter()
                .filter(|each| each.namespace() == name)
                .cloned()
                .collect()
        };
        registry::owners(interest)
            .into_iter()
            .map(|name| {
                if is_account(name) {
                    return targets::ask(targets::USER.to_owned(), &shapes::USER, "whose token it is", Vec::new());
                }
                targets::ask(
                    targets::organization(name),
                    &shapes::ORGANIZATION,
                    "settings, teams and quota; proof of sight",
                    whole(name),
                )
            })
            .collect()
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        strange_accounts(interest, answers, world);
        sight::each_organization(NAME, interest, answers, world, |world, name, view| {
            if sight::is_own_account(answers, name) {
                world.put(Object::new(address(name), Fields::from([(ACCOUNT, true.into())])));
                world.complete.insert(Collection::new(NAME, name));
                return;
            }
            let fields = Fields::from([
                ("email", Value::text(text(view, "email"))),
                (
                    "invoice_email",
                    Value::Boolean(view.get("invoice_email") == Some(&true.into())),
                ),
                (
                    "invoice_email_address",
                    Value::text(text(view, "invoice_email_address")),
                ),
                (
                    "tag_expiration",
                    view.get("tag_expiration_s").map_or(Value::Null, Value::from_json),
                ),
            ]);
            world.put(Object::new(address(name), fields));
            world.complete.insert(Collection::new(NAME, name));
        });
    }

    fn explore(&self, namespace: &str, known: &World, _answers: &Answers, interest: &mut Interest) {
        let is_one = registry::is_organization(namespace, known);
        interest
            .collections
            .extend(is_one.then(|| Collection::new(NAME, namespace)));
    }

    fn export(&self, object: &Object, _world: &World) -> Exported {
        let name = object.address.identity.as_str();
        if object.fields.contains_key(ACCOUNT) {
            return Exported::nothing();
        }
        let document = || Document::Organization(name.to_owned());
        let mut exported = Exported::document(document());
        let email = object.text("email");
        for (field, text) in [
            ("email", email),
            ("invoice_email_address", object.text("invoice_email_address")),
        ] {
            if field == "email" && !is_email(email) {
                exported = exported.without(
                    Some(field),
                    "it is not what the registry takes for an e-mail address today",
                );
            } else if !text.is_empty() {
                exported = exported.and(document(), &[field], Written::text(text));
            }
        }
        if object.fields.get("invoice_email") == Some(&Value::Boolean(true)) {
            exported = exported.and(document(), &["invoice_email"], Written::Switch(true));
        }
        let seconds = object.fields.get("tag_expiration").and_then(Value::as_integer);
        match seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
            None | Some(USUAL_TAG_EXPIRATION) => exported,
            Some(seconds) if TAG_EXPIRATIONS.contains(&seconds) => {
                let written = Written::text(Duration::from_seconds(seconds).to_string());
                exported.and(document(), &["tag_expiration"], written)
            }
            Some(seconds) => exported.without(Some("tag_expiration"), format!("a manifest cannot say {seconds} s")),
        }
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let live = world.get(&change.address);
        if live.is_some_and(|live| live.fields.contains_key(ACCOUNT)) {
            let name = &change.address.identity;
            return Some(format!(
                "{name} is a user, and no organization: describe it with `kind: Account`"
            ));
        }
        let needs_email = change.action == Action::Create && world.features.organizations_need_email;
        (needs_email && change.text("email").is_empty()).then(|| {
            "this server sends mail, and makes no organization without an address (Quay 3.18 does): write `email`"
                .to_owned()
        })
    }

    fn refuses(&self, field: &str, wanted: &Value, world: &World) -> Option<String> {
        let seconds = wanted.as_integer().filter(|_| field == "tag_expiration")?;
        if !world.features.has("CHANGE_TAG_EXPIRATION") {
            return Some(
                "FEATURE_CHANGE_TAG_EXPIRATION is off: the server ignores tag_expiration without a word".to_owned(),
            );
        }
        let options = &world.features.tag_expirations;
        if options.is_empty() || options.contains(&seconds) {
            return None;
        }
        let options: Vec<String> = options.iter().map(|option| format!("{option} s")).collect();
        Some(format!(
            "this server only allows a tag_expiration of {}",
            options.join(", ")
        ))
    }

    /// Tags that are deleted can be brought back for as long as `tag_expiration` says.
    fn reversibility(&self, change: &Change) -> Reversibility {
        let seconds = |value: &Option<Value>| value.as_ref().and_then(Value::as_integer);
        let expiration = change.field("tag_expiration");
        let shrinks = expiration.is_some_and(|field| seconds(&field.after) < seconds(&field.before));
        match change.action {
            Action::Delete => {
                Reversibility::Irreversible("all of its repositories with their images, and every credential in it")
            }
            Action::Update if shrinks => {
                Reversibility::Lossy("tags that were deleted longer ago than that, and could still be brought back")
            }
            _ => Reversibility::Reversible,
        }
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.as_str();
        match change.action {
            Action::Create => {
                let mut body = vec![("name".to_owned(), Value::text(name))];
                if !change.text("email").is_empty() {
                    body.push(("email".to_owned(), Value::text(change.text("email"))));
                }
                let mut create = Call::new(Method::Post, &["organization"])
                    .slash()
                    .later(400, "Username is not available");
                create = create.body_map(body.into_iter().collect::<Entries>());
                [Some(create), settings(change)].into_iter().flatten().collect()
            }
            Action::Update => settings(change).into_iter().collect(),
            Action::Delete => vec![Call::new(Method::Delete, &["organization", name]).already(404, "Not Found")],
            Action::Replace | Action::Blocked | Action::Deferred => Vec::new(),
        }
    }

    /// The creator lands in `owners`; a deletion takes everything along, and the robots of look-alike organizations
    /// too, whose names fit when `_` stands for any character (measured: "Hazards").
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        let name = change.address.identity.as_str();
        match change.action {
            Action::Create => vec![
                Effect::Put(team::owners(name)),
                Effect::Put(Object::new(
                    member::address(name, "owners", &world.caller.name),
                    Fields::new(),
                )),
            ],
            Action::Delete => {
                let lost = |address: &&Address| address.namespace() == name || is_look_alike(name, address);
                let lost: BTreeSet<&Address> = world.objects.keys().filter(lost).collect();
                let robots: Vec<&str> = lost
                    .iter()
                    .filter(|address| address.kind == robot::NAME)
                    .map(|address| address.identity.as_str())
                    .collect();
                let traces = robots.iter().flat_map(|robot| robot::traces(world, robot));
                let orphaned = |object: &&Object| robots.iter().any(|robot| mirror::is_by(object, robot));
                let mirrors = world.objects.values().filter(orphaned).map(|object| &object.address);
                let all: BTreeSet<&Address> = traces.chain(mirrors).chain(lost.iter().copied()).collect();
                all.into_iter().cloned().map(Effect::Remove).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Everything but name and e-mail can only be set by a PUT after the creation.
fn settings(change: &Change) -> Option<Call> {
    let mut body = Entries::new();
    for (field, key) in [
        ("email", "email"),
        ("invoice_email", "invoice_email"),
        ("invoice_email_address", "invoice_email_address"),
        ("tag_expiration", "tag_expiration_s"),
    ] {
        let sent_on_creation = change.action == Action::Create && field == "email";
        if let Some(after) = change.field(field).and_then(|field| field.after.clone())
            && !sent_on_creation
        {
            body.insert(key.to_owned(), after);
        }
    }
    if body.is_empty() {
        return None;
    }
    Some(Call::new(Method::Put, &["organization", &change.address.identity]).body_map(body))
}

/// Whether a robot's organization is another one that the server's pattern for `organization+…` also fits.
pub fn is_look_alike(organization: &str, address: &Address) -> bool {
    let other = address.namespace();
    address.kind == robot::NAME
        && other != organization
        && other.len() == organization.len()
        && organization
            .bytes()
            .zip(other.bytes())
            .all(|(ours, theirs)| ours == b'_' || ours == theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_have_a_name_and_a_dotted_host() {
        for right in ["", "a@b.c", "platform+quay@acme.example"] {
            assert!(is_email(right), "{right}");
        }
        for wrong in ["a", "a@b", "@b.c", "a@b..c", "a b@c.d", "a@.c"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
