//! Accounts of people: created, changed and deleted by superusers, and looked up before they are added anywhere.

use serde_json::Value as Json;

use super::sight::{self, text};
use super::wishes::{Wishes, set};
use super::{Kind, default_permission, member, organization, permission, registry, shapes, targets, user_quota};
use crate::http::Method;
use crate::manifest::decode::Entry;
use crate::manifest::documents::RegistryDocument;
use crate::manifest::is_name;
use crate::manifest::record::{Check, record};
use crate::model::{
    Action, Address, Answer, Answers, Call, Change, Collection, Document, Effect, Entries, Exported, Field, Fields,
    Interest, Object, Paging, Query, Reversibility, Value, World, Written,
};

record! {
    /// The account of a person, for servers that keep the accounts themselves. The password of a new one is the
    /// server's choice, and is handed out once.
    pub struct UserSpec {
        /// Where the person is reached, such as `bob@acme.example`; needed for a new user where the server sends mail.
        email: String,
        /// Whether the person may sign in, which a new one may.
        enabled: bool,
        /// How much may be stored in the person's own namespace.
        quota: super::quota::QuotaSpec,
        /// Deletes the account with all repositories and robots in its namespace; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_user;
}

fn check_user(user: &UserSpec, check: &mut Check<'_>) {
    if let Some(email) = user
        .email
        .as_ref()
        .filter(|email| !organization::is_email(&email.value))
    {
        check.bad_value(
            "`email` is not an e-mail address",
            email.place,
            "write something like `bob@acme.example`",
        );
    }
}

/// The kind's name.
pub const NAME: &str = "user";

/// The account of a person.
pub struct User;

/// The address of a user.
pub fn address(name: &str) -> Address {
    Address::new(NAME, name)
}

const FIELDS: &[Field] = &[Field::updated("email"), Field::updated("enabled")];

/// Whether the server lists the user as superuser; not compared.
const SUPERUSER: &str = "superuser";

/// What a document wants of one user.
pub fn desired(name: &str, document: &RegistryDocument, entry: &Entry<UserSpec>, wishes: &mut Wishes<'_>) {
    let spec = &entry.value;
    if spec.absent.is_some() {
        return wishes.forbid(address(name), entry.name);
    }
    let mut fields = Fields::new();
    set(&mut fields, "email", &spec.email, |text| Value::text(text));
    set(&mut fields, "enabled", &spec.enabled, |switch| (*switch).into());
    wishes.want(address(name), fields, Vec::new(), entry.name);
    if let Some(quota) = &spec.quota {
        user_quota::desired(name, document.manage_limits(), quota, wishes);
    }
}

/// The public view of a user; 404 where there is none (`user_and_misc.json` 4 to 8).
fn target(name: &str) -> String {
    format!("/api/v1/users/{}", targets::encode(name))
}

/// Asks whether a user exists, since adding one who does not fails. Those who are declared are read anyway.
pub fn lookup(name: &str, interest: &Interest) -> Option<Query> {
    let is_open = !interest.subjects_are_known && !interest.addresses.contains(&address(name));
    is_open.then(|| existence(name))
}

fn existence(name: &str) -> Query {
    targets::ask(
        target(name),
        &shapes::ACCOUNT,
        "whether a user exists, before adding it",
        vec![collection(name)],
    )
}

fn collection(name: &str) -> Collection {
    Collection::new(NAME, name)
}

/// Puts what a look-up proved into the world.
pub fn learn(name: &str, answers: &Answers, world: &mut World) {
    match answers.get(&target(name)) {
        None => {}
        Some(Answer::Body(_)) => {
            world.put(Object::new(address(name), Fields::new()));
            world.complete.insert(collection(name));
        }
        Some(Answer::Missing) => {
            world.complete.insert(collection(name));
        }
        Some(Answer::Gap(gap)) => {
            world.gaps.insert(collection(name), gap.clone());
        }
    }
}

/// Why nothing can be granted to a user, if the server proved that there is none of that name.
pub fn unknown(name: &str, world: &World) -> Option<String> {
    let absent = world.is_complete(&collection(name)) && world.get(&address(name)).is_none();
    absent.then(|| format!("no such user yet: {name} must sign in once, or be created, before it can be added"))
}

/// The users of whom something is wanted.
fn wanted(interest: &Interest) -> impl Iterator<Item = &str> {
    let collections = interest.collections.iter();
    let kinds = [NAME, user_quota::NAME, super::user_quota_limit::NAME];
    collections
        .filter(move |collection| kinds.contains(&collection.kind))
        .map(Collection::namespace)
}

/// What superusers see of a user who is wanted; `None` also where there is no such user, or no list of them.
pub(super) fn views(answers: &Answers) -> impl Iterator<Item = (&str, &Json)> {
    let users = answers.list(targets::USERS, "users").iter();
    users.map(|view| (text(view, "username"), view))
}

/// Everybody, where the registry as a whole is meant and the list of users is there; until then the token's own user, who
/// is in it.
pub(super) fn everybody<'a>(
    namespace: &'a str,
    known: &'a World,
    answers: &'a Answers,
) -> impl Iterator<Item = String> + 'a {
    let is_meant = namespace == registry::NAMESPACE && registry::is_visible(known);
    let listed = views(answers).map(|(name, _)| name.to_owned());
    let own = std::iter::once(known.caller.name.clone());
    own.chain(listed).filter(move |_| is_meant)
}

impl Kind for User {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn collection(&self, address: &Address) -> Collection {
        collection(&address.identity)
    }

    /// Superusers have one list, 100 a page; to others only their existence is shown, one by one.
    fn queries(&self, interest: &Interest, known: &World, _answers: &Answers) -> Vec<Query> {
        if known.caller.name.is_empty() || wanted(interest).next().is_none() {
            return Vec::new();
        }
        if !registry::is_visible(known) {
            let declared = interest.addresses.iter().filter(|address| address.kind == NAME);
            return declared.map(|address| existence(&address.identity)).collect();
        }
        let collections = interest.collections.iter();
        let serves = collections
            .filter(|collection| collection.kind == NAME)
            .cloned()
            .collect();
        let reason = "every user, with e-mail address and quota";
        let mut list = targets::ask(targets::USERS.to_owned(), &shapes::USERS, reason, serves);
        list.paging = Paging::NextPage("users");
        vec![list]
    }

    fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        let wanted: std::collections::BTreeSet<&str> = wanted(interest).collect();
        if !registry::is_visible(world) {
            return wanted.into_iter().for_each(|name| learn(name, answers, world));
        }
        for (name, view) in views(answers).filter(|(name, _)| wanted.contains(name)) {
            world.put(Object::new(address(name), read(view)));
        }
        for name in wanted {
            sight::settle(world, answers, collection(name), &[targets::USERS.to_owned()]);
        }
    }

    fn explore(&self, namespace: &str, known: &World, answers: &Answers, interest: &mut Interest) {
        interest
            .collections
            .extend(everybody(namespace, known, answers).map(|name| collection(&name)));
    }

    /// Whoever comes from a directory is not made here.
    fn export(&self, object: &Object, world: &World) -> Exported {
        let name = object.address.identity.as_str();
        let is_kept_here = matches!(world.features.authentication.as_str(), "" | "Database");
        if !is_kept_here || !object.fields.contains_key("enabled") {
            return Exported::nothing();
        }
        let email = object.text("email");
        if !is_name(name) || !organization::is_email(email) {
            return Exported::not("a manifest cannot write the name or the e-mail address");
        }
        let is_enabled = object.fields.get("enabled") != Some(&Value::Boolean(false));
        let entries = [
            ("email", (!email.is_empty()).then(|| Written::text(email))),
            ("enabled", (!is_enabled).then_some(Written::Switch(false))),
        ];
        Exported::at(Document::Registry, &["users", name], Written::map(entries))
    }

    fn impossible(&self, change: &Change, world: &World) -> Option<String> {
        let name = change.address.identity.as_str();
        if change.action == Action::Delete && world.operators.contains(name) {
            return Some(format!("{name} runs quayform: operators are never deleted"));
        }
        if change.wanted.get(SUPERUSER) == Some(&Value::Boolean(true)) {
            let why =
                "superusers are named in the server's own configuration, and nobody can change or delete them here";
            return Some(why.to_owned());
        }
        if let Some(reason) = registry::refusal(world, "create, change and delete users") {
            return Some(reason);
        }
        let mails = change.action == Action::Create && world.features.has("MAILING");
        (mails && change.text("email").is_empty())
            .then(|| "FEATURE_MAILING is on: the server creates no user without an `email`".to_owned())
    }

    fn reversibility(&self, change: &Change) -> Reversibility {
        match change.action {
            Action::Delete => Reversibility::Irreversible(
                "the user's own repositories with their images, robots, grants and memberships",
            ),
            _ => Reversibility::Reversible,
        }
    }

    fn hands_out_credential(&self, action: Action) -> bool {
        action == Action::Create
    }

    fn defaults(&self, _change: &Change, _world: &World) -> Vec<(&'static str, Value)> {
        vec![("email", Value::text("")), ("enabled", true.into())]
    }

    fn calls(&self, change: &Change, _world: &World) -> Vec<Call> {
        let name = change.address.identity.as_str();
        let disables = change.wanted.get("enabled") == Some(&Value::Boolean(false));
        match change.action {
            Action::Create => {
                let mut body = vec![("username".to_owned(), Value::text(name))];
                if !change.text("email").is_empty() {
                    body.push(("email".to_owned(), Value::text(change.text("email"))));
                }
                let create = Call::new(Method::Post, &["superuser", "users"])
                    .slash()
                    .body_map(body.into_iter().collect::<Entries>());
                vec![create.later(400, "Username is not available")]
            }
            Action::Update => vec![put(name, change.fields.iter().map(|field| field.name), change)],
            Action::Delete => vec![Call::new(Method::Delete, &["superuser", "users", name]).already(404, "Not Found")],
            _ => Vec::new(),
        }
        .into_iter()
        // The first answer hands out the password; a new user is enabled, whatever the body says.
        .chain((change.action == Action::Create && disables).then(|| put(name, ["enabled"].into_iter(), change)))
        .collect()
    }

    /// The user's namespace goes with the user, and so does every way in.
    fn effects(&self, change: &Change, world: &World) -> Vec<Effect> {
        if change.action != Action::Delete {
            return Vec::new();
        }
        let name = change.address.identity.as_str();
        let gone = |address: &&Address| {
            (address.namespace() == name && address.kind != NAME)
                || member::is_of(address, name)
                || permission::is_of(address, "user", name)
                || default_permission::is_of(address, "user", name)
                || default_permission::is_created_by(address, name)
        };
        let gone = world.objects.keys().filter(gone);
        gone.cloned().map(Effect::Remove).collect()
    }
}

fn put(name: &str, fields: impl Iterator<Item = &'static str>, change: &Change) -> Call {
    let of = |field: &str| change.wanted.get(field).cloned().unwrap_or(Value::Null);
    let body: Entries = fields.map(|field| (field.to_owned(), of(field))).collect();
    Call::new(Method::Put, &["superuser", "users", name]).body_map(body)
}

/// Where no e-mail address is stored, the server shows a random uuid in its place (measured, 4).
fn read(view: &Json) -> Fields {
    let email = text(view, "email");
    let email = if email.contains('@') { email } else { "" };
    let switch = |key: &str| Value::Boolean(view.get(key) == Some(&Json::Bool(true)));
    Fields::from([
        ("email", Value::text(email)),
        ("enabled", switch("enabled")),
        (SUPERUSER, switch("super_user")),
    ])
}
