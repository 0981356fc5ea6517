//! The names of live repositories, where a manifest speaks of those that nobody declares.

use std::collections::BTreeSet;

use crate::kinds::repository;
use crate::model::Interest;

use super::reader::{ReadError, Reader, read_world};

/// The state of repositories that belong to an organization's mirror: nobody else may change them.
const OF_MIRROR: &str = "ORG_MIRROR";

/// The full names of all repositories in these organizations, but for those of an organization's mirror. What cannot be
/// read has none; planning meets the same gap.
pub async fn live_repositories(reader: &mut Reader, namespaces: &BTreeSet<String>) -> Result<Vec<String>, ReadError> {
    let interest = Interest {
        collections: namespaces
            .iter()
            .map(|name| repository::of_organization(name))
            .collect(),
        ..Interest::default()
    };
    let world = read_world(reader, &interest).await?;
    let repositories = world
        .objects
        .values()
        .filter(|object| object.address.kind == repository::NAME);
    let reachable = repositories.filter(|object| object.text("state") != OF_MIRROR);
    Ok(reachable.map(|object| object.address.identity.to_string()).collect())
}
