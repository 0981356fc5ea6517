//! What rules about tags have in common: they stand in lists of organizations and of repositories, without names.

use serde_json::Value as Json;

use super::sight::{self, text};
use super::{auto_prune, immutability, numbered, organization, repository, targets};
use crate::http::Method;
use crate::model::{
    Address, Answers, Call, Collection, Document, ExactList, Fields, Form, Interest, Object, Query, World,
};

/// One sort of such rules.
pub struct Sort {
    /// The kind's name.
    pub kind: &'static str,
    /// The feature without which the server has none.
    pub feature: &'static str,
    /// The word for them in paths.
    pub route: &'static str,
    /// What the list must look like.
    pub form: &'static Form,
    /// Why the list is read.
    pub reason: &'static str,
    /// The fields of one rule in the list.
    pub read: fn(&Json) -> Fields,
}

/// Organization or repository (`acme/api`) whose rule it is.
pub fn owner(address: &Address) -> &str {
    address.identity.split(':').next().unwrap_or_default()
}

/// All rules of an organization or a repository.
pub fn of_owner(kind: &'static str, owner: &str) -> Collection {
    Collection::new(kind, format!("{owner}:"))
}

/// What stands before the number in every address of a rule: rules have no names.
pub fn label(owner: &str) -> String {
    format!("{owner}:policy")
}

/// The address of the object whose rules they are.
pub fn parent(owner: &str) -> Address {
    match owner.contains('/') {
        true => repository::address(owner),
        false => organization::address(owner),
    }
}

/// Where the list of an owner's rules stands in manifests; `key` is its name there.
pub fn exact_list(collection: &Collection, key: &str, world: &World) -> ExactList {
    let document = Document::of_owner(owner_of(&collection.prefix), world);
    ExactList::new(collection.clone(), document, &[key], &["manage", key])
}

/// Whether it must be known which repositories the organization has: rules of theirs are wanted, not only its own, or such
/// that take away what their tags could.
pub fn in_repositories(interest: &Interest, organization: &str) -> bool {
    let mut prefixes = interest.prefixes(auto_prune::NAME, organization);
    prefixes.any(|prefix| prefix.contains('/')) || interest.wants(immutability::NAME, organization)
}

impl Sort {
    /// One GET for each organization and repository whose rules are declared: no list goes over several. What the
    /// server does not have is not asked for: it has none.
    pub fn queries(&self, interest: &Interest, known: &World, answers: &Answers) -> Vec<Query> {
        if !known.features.has(self.feature) {
            return Vec::new();
        }
        let visible = sight::visible(self.kind, interest, answers);
        let owners = visible.into_iter().flat_map(|(organization, _)| {
            let live = repository::names(answers, organization);
            let owners = interest.prefixes(self.kind, organization).map(owner_of);
            owners.filter(move |owner| !owner.contains('/') || live.contains(*owner))
        });
        let ask = |owner| {
            let serves = vec![of_owner(self.kind, owner)];
            targets::ask(self.list(answers, owner), self.form, self.reason, serves)
        };
        owners.map(ask).collect()
    }

    /// Puts the rules that were read into the world.
    pub fn live(&self, interest: &Interest, answers: &Answers, world: &mut World) {
        sight::each_organization(self.kind, interest, answers, world, |world, organization, _| {
            let live = repository::names(answers, organization);
            for prefix in interest.prefixes(self.kind, organization) {
                let owner = owner_of(prefix);
                let list = self.list(answers, owner);
                for view in answers.list(&list, "policies") {
                    let mut object = Object::new(numbered(world, self.kind, &label(owner)), (self.read)(view));
                    object.handle = Some(text(view, "uuid").to_owned());
                    world.put(object);
                }
                let proof = if owner.contains('/') && !live.contains(owner) {
                    repository::list(answers, organization)
                } else if world.features.has(self.feature) {
                    list
                } else if sight::is_own_account(answers, organization) {
                    targets::USER.to_owned()
                } else {
                    targets::organization(organization)
                };
                sight::settle(world, answers, Collection::new(self.kind, prefix), &[proof]);
            }
        });
    }

    /// The list of an owner's rules; that of the token's own account has a path of its own.
    fn list(&self, answers: &Answers, owner: &str) -> String {
        match sight::is_own_account(answers, owner) {
            true => targets::own_policies(self.route),
            false => targets::policies(owner, self.route),
        }
    }

    /// Why this server has no such rules, if so.
    pub fn missing(&self, world: &World) -> Option<String> {
        let feature = self.feature;
        (!world.features.has(feature)).then(|| format!("FEATURE_{feature} is off on this server"))
    }

    /// A call to the whole list.
    pub fn to_list(&self, method: Method, address: &Address) -> Call {
        self.path(method, owner(address)).slash()
    }

    /// A call to one rule.
    pub fn to_one(&self, method: Method, address: &Address) -> Call {
        self.path(method, owner(address)).handle(address)
    }

    fn path(&self, method: Method, owner: &str) -> Call {
        match owner.contains('/') {
            true => repository::path(method, owner, &[self.route]),
            false => Call::new(method, &["organization", owner, self.route]),
        }
    }
}

fn owner_of(prefix: &str) -> &str {
    prefix.trim_end_matches(':')
}

/// Which tags a rule is about, as fields: those that match, all but those that match, or all.
pub fn read_pattern(view: &Json) -> [(&'static str, crate::model::Value); 2] {
    let pattern = text(view, "tagPattern");
    // Old rows hold null, which means yes.
    let matches = view.get("tagPatternMatches") != Some(&Json::Bool(false));
    let (tags, except) = if matches { (pattern, "") } else { ("", pattern) };
    [("tags", tags.into()), ("except", except.into())]
}

/// The server's words for `tags` and `except` of the wanted fields.
pub fn pattern_body(change: &crate::model::Change) -> Vec<(&'static str, crate::model::Value)> {
    match (change.text("tags"), change.text("except")) {
        ("", "") => Vec::new(),
        (tags, "") => vec![("tagPattern", tags.into()), ("tagPatternMatches", true.into())],
        (_, except) => vec![("tagPattern", except.into()), ("tagPatternMatches", false.into())],
    }
}
