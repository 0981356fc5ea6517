//! One step of a plan.

use std::borrow::Cow;

use super::address::Address;
use super::call::Call;
use super::desired::{Declared, Origin};
use super::fields::Fields;
use super::place::Place;
use super::precondition::Precondition;
use super::reversibility::Reversibility;
use super::value::Value;

/// What a change does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It comes to be.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and created anew: the server has no update.
    Replace,
    /// It goes.
    Delete,
    /// It should change but cannot; the reason says why.
    Blocked,
    /// It will be possible later; the reason says when.
    Deferred,
}

impl Action {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::Blocked => "blocked",
            Action::Deferred => "deferred",
        }
    }

    /// Whether an object is made by it, also where it takes the place of one that goes.
    pub fn makes(self) -> bool {
        matches!(self, Action::Create | Action::Replace)
    }

    /// Whether the change leads to requests.
    pub fn writes(self) -> bool {
        !matches!(self, Action::Blocked | Action::Deferred)
    }
}

/// One field, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The name in the manifest.
    pub name: &'static str,
    /// The live value; `None` where the object does not exist or the value is never shown.
    pub before: Option<Value>,
    /// The wanted value; `None` where the object goes.
    pub after: Option<Value>,
    /// A remark such as `write-only, not compared`.
    pub note: Option<Cow<'static, str>>,
}

/// One object's step.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The object.
    pub address: Address,
    /// What happens to it.
    pub action: Action,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
    /// Every field the object is to have afterwards, for calls that need the whole.
    pub wanted: Fields,
    /// Where the wish is written; `None` for what follows from the server's own doing.
    pub origin: Option<Origin>,
    /// Where the fields are written that stand elsewhere.
    pub apart: Vec<(&'static str, Place)>,
    /// Why, where the manifest's line does not say it.
    pub reason: Option<String>,
    /// The requests, in order.
    pub calls: Vec<Call>,
    /// Changes that must be done before.
    pub after: Vec<Address>,
    /// What this plan makes and without which the object cannot be: as long as that is new, nothing needs to be asked.
    pub below: Vec<Address>,
    /// What it was decided on, read again before it is carried out.
    pub preconditions: Vec<Precondition>,
    /// Whether another apply can undo it.
    pub reversibility: Reversibility,
    /// What is live, as far as it was read, and goes with a deletion by the server's own doing.
    pub takes_along: Vec<Address>,
}

impl Change {
    /// A change without fields, calls and order.
    pub fn new(address: Address, action: Action) -> Self {
        Change {
            address,
            action,
            fields: Vec::new(),
            wanted: Fields::new(),
            origin: None,
            apart: Vec::new(),
            reason: None,
            calls: Vec::new(),
            after: Vec::new(),
            below: Vec::new(),
            preconditions: Vec::new(),
            reversibility: Reversibility::Reversible,
            takes_along: Vec::new(),
        }
    }

    /// What becomes of a wish, without fields, calls and order.
    pub fn of_wish(wish: &Declared, address: Address, action: Action) -> Self {
        Change {
            origin: Some(wish.origin),
            apart: wish.apart.clone(),
            ..Change::new(address, action)
        }
    }

    /// Where a field is written, if that is not where the object is.
    pub fn place_of(&self, field: &str) -> Option<Place> {
        let mut places = self.apart.iter();
        places.find(|(name, _)| *name == field).map(|(_, place)| *place)
    }

    /// The wanted text of a field; empty where it is not set.
    pub fn text(&self, field: &str) -> &str {
        self.wanted.get(field).and_then(Value::as_text).unwrap_or_default()
    }

    /// The field's change, if it changes.
    pub fn field(&self, name: &str) -> Option<&FieldChange> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether the field changes.
    pub fn touches(&self, name: &str) -> bool {
        self.field(name).is_some()
    }
}
