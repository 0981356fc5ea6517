//! The organizations that a token administers.

use serde_json::Value as Json;

use crate::kinds::sight::{list, text};
use crate::kinds::{registry, shapes, targets};
use crate::model::{Answer, Caller, Gap, Interest, Paging, Query};

use super::reader::{ReadError, Reader, read_world};

/// What a token administers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Administered {
    /// The organizations by name, in alphabetical order.
    pub organizations: Vec<String>,
    /// Whose token it is.
    pub caller: Caller,
    /// Whether that is the whole registry.
    pub is_all: bool,
    /// Why the list could not be read, if so.
    pub gap: Option<Gap>,
}

/// Asks for them: all there are, if the user sees all as superuser does; otherwise those in whose admin teams the user is.
pub async fn administered(reader: &mut Reader) -> Result<Administered, ReadError> {
    let world = read_world(reader, &Interest::default()).await?;
    let is_all = registry::is_visible(&world) && world.features.has("SUPERUSERS_FULL_ACCESS");
    let caller = world.caller;
    let mut gap = None;
    let mut organizations: Vec<String> = if is_all {
        let query = Query {
            target: targets::ORGANIZATIONS.to_owned(),
            form: &shapes::ORGANIZATIONS,
            reason: "every organization".to_owned(),
            serves: Vec::new(),
            paging: Paging::NextPage("organizations"),
        };
        reader.fetch_within_budget(0, vec![query]).await?;
        if let Some(Answer::Gap(found)) = reader.answers().get(targets::ORGANIZATIONS) {
            gap = Some(found.clone());
        }
        let all = reader.answers().list(targets::ORGANIZATIONS, "organizations");
        all.iter().map(|view| text(view, "name").to_owned()).collect()
    } else {
        let own = reader.answers().body(targets::USER).into_iter();
        let all = own.flat_map(|view| list(view, "organizations"));
        let ours = all.filter(|view| view.get("is_org_admin") == Some(&Json::Bool(true)));
        ours.map(|view| text(view, "name").to_owned()).collect()
    };
    organizations.sort();
    Ok(Administered {
        organizations,
        caller,
        is_all,
        gap,
    })
}
