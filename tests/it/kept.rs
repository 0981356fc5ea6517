//! Runs that keep what they read, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use quayform::http::ReadOnly;
use quayform::kinds::{self, kept};
use quayform::model::Secret;
use quayform::read::cache::{Cache, Surroundings};
use quayform::read::{Reader, Recalled};
use secrecy::SecretString;

use crate::lab::{Lab, Planned};

/// What lies in the cache, and under whose eyes.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) documents: BTreeMap<String, String>,
    pub(crate) registry: String,
    pub(crate) token: String,
    /// The own clock, which nobody has set by the server's.
    pub(crate) now: Timestamp,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Kept {
            documents: BTreeMap::new(),
            registry: "https://quay.example".to_owned(),
            token: "emulator-token".to_owned(),
            now: "2031-05-05T10:31:00Z".parse().unwrap(),
        }
    }

    /// Changes every document.
    pub(crate) fn tamper(&mut self, change: impl Fn(&str) -> String) {
        self.documents.values_mut().for_each(|text| *text = change(text));
    }
}

impl Lab {
    /// Reads with the cache, and plans.
    pub(crate) fn plan_with(&self, text: &str, kept: &mut Kept) -> (Planned, Option<Recalled>) {
        let desired = self.desired(text);
        let surroundings = Surroundings {
            registry: kept.registry.clone(),
            organizations: kept::organizations(&desired.interest(kinds::collection)),
            key: Secret::known(kept.token.clone()),
            salt: "salt".to_owned(),
            now: kept.now,
        };
        let documents: Vec<String> = kept.documents.values().cloned().collect();
        let client = ReadOnly::new(
            Arc::new(self.emulator.clone()),
            Some(SecretString::from(kept.token.clone())),
        );
        let cache = Cache::new(surroundings, &documents);
        let mut reader = Reader::new(client).with_cache(Some(cache));
        let planned = self.plan_reading(desired, &mut reader).unwrap();
        kept.documents.extend(reader.kept());
        (planned, reader.recalled())
    }
}
