//! Everything that there is in some namespaces, as far as the kinds know to ask for it.

use std::collections::BTreeSet;

use crate::kinds::Kind;
use crate::model::{Interest, World};

use super::reader::{ReadError, Reader, read_world};

/// Reads all that the kinds find in these namespaces; returns also what that was. What is found leads to more questions:
/// a repository to its notifications, a team to its members.
pub async fn explore(
    reader: &mut Reader,
    namespaces: &BTreeSet<String>,
    kinds: &[&'static dyn Kind],
) -> Result<(Interest, World), ReadError> {
    let mut interest = Interest {
        subjects_are_known: true,
        ..Interest::default()
    };
    let mut world = read_world(reader, &interest).await?;
    // Organizations and robots tell what else there is, and repositories do.
    for passes in 0.. {
        if passes == 1 {
            reader.has_lists();
        }
        let known = (interest.collections.len(), interest.detailed.len());
        for kind in kinds {
            for namespace in namespaces {
                kind.explore(namespace, &world, reader.answers(), &mut interest);
            }
        }
        if known == (interest.collections.len(), interest.detailed.len()) {
            break;
        }
        world = read_world(reader, &interest).await?;
    }
    Ok((interest, world))
}
