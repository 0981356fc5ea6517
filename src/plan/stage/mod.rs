//! Goes through the kinds and finds their changes against a registry that the changes so far have already moved.

mod record;
mod undeclared;

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{self, Identity, Kind, exclusive};
use crate::model::{
    Action, Address, Change, Collection, Declared, Desired, Diagnostic, FieldChange, Fields, Gap, HashMap, HashSet,
    Intent, Narrowing, Object, Origin, Plan, World,
};

use super::{Options, compare, matching};

/// What staging leaves behind.
pub(super) struct Staged<'a> {
    /// The plan, not ordered and not guarded yet.
    pub(super) plan: Plan,
    /// The registry after all changes.
    pub(super) after: World,
    /// For every change what it needs, and for every object that the server makes by itself the change that does it.
    pub(super) causes: Causes<'a>,
}

/// Why changes and objects come after others.
#[derive(Default)]
pub(super) struct Causes<'a> {
    /// What the manifest says that an object needs.
    pub(super) needs: HashMap<Address, &'a [Address]>,
    /// Which change makes the server create an object.
    pub(super) born_by: HashMap<Address, Address>,
    /// Which change moves the role of a grant that is there: the grant's own change would be lost if it came first.
    pub(super) moved_by: HashMap<Address, Address>,
}

/// Goes through all kinds.
pub(super) fn stage<'a>(desired: &'a Desired, live: &'a World, options: &'a Options) -> Staged<'a> {
    let mut stage = Stage::new(desired, live, options);
    for kind in kinds::ALL {
        stage.kind(*kind);
    }
    stage.finish()
}

struct Stage<'a> {
    desired: &'a Desired,
    live: &'a World,
    options: &'a Options,
    world: World,
    plan: Plan,
    causes: Causes<'a>,
    by_kind: BTreeMap<&'static str, Vec<&'a Declared>>,
    waiting: Vec<Change>,
    taken: BTreeSet<Address>,
    blocked: BTreeSet<Address>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(desired: &'a Desired, live: &'a World, options: &'a Options) -> Self {
        let mut by_kind: BTreeMap<&'static str, Vec<&Declared>> = BTreeMap::new();
        for declared in &desired.objects {
            by_kind.entry(declared.address.kind).or_default().push(declared);
        }
        let mut world = start(live, options);
        world.ending = exclusive::ending(desired, live);
        let (plan, causes) = (Plan::default(), Causes::default());
        Stage {
            desired,
            live,
            options,
            world,
            plan,
            causes,
            by_kind,
            waiting: Vec::new(),
            taken: BTreeSet::new(),
            blocked: BTreeSet::new(),
        }
    }

    /// Finds the changes of one kind.
    pub(super) fn kind(&mut self, kind: &'static dyn Kind) {
        let declared = self.by_kind.remove(kind.name()).unwrap_or_default();
        let partners = match kind.identity() {
            Identity::Path => BTreeMap::new(),
            Identity::Content => self.partners(kind, &declared),
        };
        let mut met: HashSet<&Address> = HashSet::default();
        let before = self.plan.changes.len();
        let labels: HashSet<&str> = match kind.is_one_of_its_label() {
            true => declared.iter().map(|wish| matching::label(&wish.address)).collect(),
            false => HashSet::default(),
        };
        for wish in declared {
            if self.wish(kind, wish, &partners) {
                let partner = partners.get(&wish.address);
                met.insert(partner.map_or(&wish.address, |object| &object.address));
            }
        }
        // An item that is created gets the next free number, which no wish knows.
        let created = self.plan.changes[before..].iter();
        let created = created.filter(|change| change.action == Action::Create);
        let created: HashSet<Address> = created.map(|change| change.address.clone()).collect();
        let owned = self.desired.owned.range(Collection::new(kind.name(), "")..);
        for (collection, owned) in owned.take_while(|(collection, _)| collection.kind == kind.name()) {
            if self.world.is_complete(collection) {
                let rest: Vec<Object> = self
                    .world
                    .of(collection)
                    .filter(|object| !met.contains(&object.address) && !created.contains(&object.address))
                    .cloned()
                    .collect();
                for object in rest {
                    match labels.contains(matching::label(&object.address)) {
                        true => self.surplus(kind, &object, owned),
                        false => self.undeclared(kind, object, owned),
                    }
                }
            }
        }
    }

    /// Ends staging: changes that wait for births take effect, references are proven, gaps are listed.
    pub(super) fn finish(mut self) -> Staged<'a> {
        for change in std::mem::take(&mut self.waiting) {
            self.advance(&change);
        }
        for (address, place) in &self.desired.references {
            let collection = kinds::collection(address);
            if self.live.is_complete(&collection) && self.world.get(address).is_none() {
                self.plan.diagnostics.push(missing(address, *place));
            }
        }
        self.plan.changes.shrink_to_fit();
        let gaps: BTreeSet<&Gap> = self.live.gaps.values().collect();
        self.plan.gaps = gaps.into_iter().cloned().collect();
        self.plan.unreadable = self
            .live
            .gaps
            .keys()
            .map(|collection| collection.namespace().to_owned())
            .collect();
        Staged {
            plan: self.plan,
            after: self.world,
            causes: self.causes,
        }
    }

    fn partners(&self, kind: &dyn Kind, declared: &[&Declared]) -> BTreeMap<Address, Object> {
        let mut groups: BTreeMap<_, Vec<&Declared>> = BTreeMap::new();
        for wish in declared {
            groups.entry(kind.collection(&wish.address)).or_default().push(wish);
        }
        let mut partners = BTreeMap::new();
        for (collection, wishes) in groups {
            let live: Vec<&Object> = self.world.of(&collection).collect();
            for (address, object) in matching::pair(kind, &wishes, &live) {
                partners.insert(address.clone(), object.clone());
            }
        }
        partners
    }

    /// Finds what a wish needs to be done; returns whether there is a live object that it means.
    fn wish(&mut self, kind: &'static dyn Kind, wish: &'a Declared, partners: &BTreeMap<Address, Object>) -> bool {
        let partner = match kind.identity() {
            Identity::Path => self.world.get(&wish.address),
            Identity::Content => partners.get(&wish.address),
        };
        let is_met = partner.is_some();
        if self.is_strange(&wish.address) {
            self.block_strange(wish);
            return is_met;
        }
        if !self.world.is_complete(&kind.collection(&wish.address)) {
            return is_met;
        }
        match (wish.intent, partner) {
            (Intent::Present, None) => self.create(kind, wish),
            (Intent::Present, Some(live)) => {
                let difference = compare::compare(kind, &wish.fields, live, self.options.resend_secrets);
                // Most wishes are fulfilled: what has nothing to be done is not copied.
                if difference.is_empty() {
                    self.unchanged(wish);
                } else {
                    let live = live.clone();
                    self.update(kind, wish, &live, difference);
                }
            }
            (Intent::Absent, Some(live)) => {
                let mut change = deletion(live);
                change.origin = Some(wish.origin);
                self.record(kind, change);
            }
            (Intent::External, None) => self.plan.diagnostics.push(missing(&wish.address, wish.origin.place)),
            (Intent::Absent, None) | (Intent::External, Some(_)) => self.unchanged(wish),
        }
        is_met
    }

    /// Whether it belongs to an account that this token has no part in.
    fn is_strange(&self, address: &Address) -> bool {
        self.world.strange_accounts.contains(address.namespace()) && !kinds::registry::owns(address.kind)
    }

    fn block_strange(&mut self, wish: &Declared) {
        let (owner, own) = (wish.address.namespace(), &self.world.caller.name);
        let reason = format!(
            "{owner} is not the token's own user, who is {own}: the API lets nobody else see or change this of an account"
        );
        let mut change = Change::of_wish(wish, wish.address.clone(), Action::Blocked);
        change.wanted = wish.fields.clone();
        self.block(change, reason);
    }

    fn unchanged(&mut self, wish: &Declared) {
        if self.is_meant(&wish.address, wish.origin) {
            self.plan.summary.unchanged += 1;
        }
    }

    /// Whether the plan is to speak of it where there is nothing to do.
    fn is_meant(&self, address: &Address, origin: Origin) -> bool {
        let chooses = |it: &Narrowing| it.chooses(address, Some(&origin)) && !it.excludes(address);
        self.options.narrowing.as_ref().is_none_or(chooses)
    }

    fn create(&mut self, kind: &'static dyn Kind, wish: &'a Declared) {
        let address = match kind.identity() {
            Identity::Path => wish.address.clone(),
            Identity::Content => self.free_address(&wish.address),
        };
        let mut change = Change::of_wish(wish, address, Action::Create);
        change.wanted = wish.fields.clone();
        let refused = self.refused(kind, &mut change);
        for (name, value) in kind.defaults(&change, &self.world) {
            change.wanted.supplement(name, value);
        }
        change.fields = kind
            .fields()
            .iter()
            .filter_map(|field| Some((field.name, change.wanted.get(field.name)?)))
            .filter(|(_, value)| !compare::is_blank(value))
            .map(|(name, value)| FieldChange {
                name,
                before: None,
                after: Some(value.clone()),
                note: None,
            })
            .collect();
        change.fields.shrink_to_fit();
        self.causes.needs.insert(change.address.clone(), &wish.needs);
        if let Some(reason) = self.lacks(&wish.needs) {
            return self.block(change, reason);
        }
        let address = change.address.clone();
        self.record(kind, change);
        // What does not come at all needs no word about its fields.
        if !self.blocked.contains(&address) {
            refused
                .into_iter()
                .for_each(|(change, reason)| self.block(change, reason));
        }
    }

    /// Takes out of a creation what this server does not take, as blocked changes with the reasons.
    fn refused(&self, kind: &dyn Kind, change: &mut Change) -> Vec<(Change, String)> {
        let mut refused = Vec::new();
        for field in kind.fields() {
            let Some(wanted) = change.wanted.get(field.name).cloned() else {
                continue;
            };
            if let Some(reason) = kind.refuses(field.name, &wanted, &self.world) {
                change.wanted.remove(field.name);
                let mut blocked = Change::new(change.address.clone(), Action::Blocked);
                blocked.origin = change.origin;
                blocked.apart.clone_from(&change.apart);
                blocked.fields.push(FieldChange {
                    name: field.name,
                    before: None,
                    after: Some(wanted),
                    note: None,
                });
                refused.push((blocked, reason));
            }
        }
        refused
    }

    /// The wish's own address, or the next number if a live item that is not meant has it.
    fn free_address(&mut self, wished: &Address) -> Address {
        let label = wished
            .identity
            .rsplit_once('#')
            .map_or(&*wished.identity, |(label, _)| label);
        let mut address = wished.clone();
        let mut number = 1;
        while self.world.get(&address).is_some() || !self.taken.insert(address.clone()) {
            number += 1;
            address.identity = format!("{label}#{number}").into();
        }
        address
    }

    fn update(
        &mut self,
        kind: &'static dyn Kind,
        wish: &'a Declared,
        live: &Object,
        mut difference: compare::Difference,
    ) {
        let mut wanted: Fields = live.fields.clone();
        wanted.extend(wish.fields.clone());
        difference.block(kind, self.options.resend_secrets, |field| {
            kind.refuses(field.name, field.after.as_ref()?, &self.world)
        });
        for (field, why) in difference.blocked {
            let mut change = Change::of_wish(wish, live.address.clone(), Action::Blocked);
            change.wanted.clone_from(&wanted);
            // What else changes leaves this as it is.
            wanted.extend(field.before.clone().map(|before| (field.name, before)));
            change.fields.push(field);
            self.block(change, why);
        }
        if !difference.changed.is_empty() {
            let action = if difference.replaces {
                Action::Replace
            } else {
                Action::Update
            };
            let mut change = Change::of_wish(wish, live.address.clone(), action);
            change.fields = difference.changed;
            change.wanted = wanted;
            self.causes.needs.insert(change.address.clone(), &wish.needs);
            let lost = match action {
                Action::Replace => compare::forgotten(kind, &wish.fields, live, &self.world),
                _ => compare::unsettled(kind, &change, &wish.fields, live),
            };
            match lost {
                Some(reason) => self.block(change, reason),
                None => self.record(kind, change),
            }
        }
    }

    /// What is missing for an object to come to be, as far as that is proven.
    fn lacks(&self, needs: &[Address]) -> Option<String> {
        let absent =
            |need: &&Address| self.world.get(need).is_none() && self.world.is_complete(&kinds::collection(need));
        let need = needs.iter().find(absent)?;
        Some(if self.blocked.contains(need) {
            format!("it needs {need}, which is blocked")
        } else {
            format!("{need} does not exist, and nothing in this plan creates it")
        })
    }
}

/// The registry before any change, with those who must keep their way in.
pub(super) fn start(live: &World, options: &Options) -> World {
    let mut world = live.clone();
    world.operators = options.operators(&live.caller.name);
    world
}

fn deletion(live: &Object) -> Change {
    let mut change = Change::new(live.address.clone(), Action::Delete);
    change.wanted.clone_from(&live.fields);
    change
}

fn missing(address: &Address, place: crate::model::Place) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "missing-reference",
        format!("{address} does not exist on the registry"),
        place,
    );
    diagnostic.help("create it there, declare it in a manifest, or correct the name")
}
