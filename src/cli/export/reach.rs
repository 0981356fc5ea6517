//! Which organizations are meant.

use std::collections::BTreeSet;

use super::What;
use crate::cli::failure::Failure;
use crate::export::Section;
use crate::kinds::{organization, registry};
use crate::manifest::suggest::closest;
use crate::model::World;
use crate::model::address::matches_glob;
use crate::read::{Administered, ReadError, Reader, administered};

/// Why it is not known which organizations are meant.
pub(super) enum Unclear {
    /// The registry could not be asked.
    Reading(ReadError),
    /// It was, and there are none.
    Nothing(Box<Failure>),
}

impl Unclear {
    /// What the user is told.
    pub(super) fn told(self, registry: &str) -> Failure {
        match self {
            Unclear::Reading(error) => Failure::of_exporting(&error, registry),
            Unclear::Nothing(failure) => *failure,
        }
    }
}

/// The namespaces that are meant: by name, by pattern, or all of which the token can see everything.
pub(super) async fn namespaces(
    what: &What,
    sections: &[&Section],
    reader: &mut Reader,
) -> Result<BTreeSet<String>, Unclear> {
    let names = what.organizations.iter();
    let (patterns, names): (Vec<&String>, Vec<&String>) = names.partition(|name| name.contains('*'));
    let mut meant: BTreeSet<String> = names.into_iter().cloned().collect();
    if patterns.is_empty() && !meant.is_empty() {
        return Ok(meant);
    }
    let known = administered(reader).await.map_err(Unclear::Reading)?;
    if let Some(gap) = &known.gap {
        let failure = Failure::new("the organizations of the registry cannot be listed")
            .because(format!("{}: {}", gap.target, gap.reason))
            .certain("nothing was changed")
            .help("try again, or name the organizations");
        return Err(Unclear::Nothing(Box::new(failure)));
    }
    if what.organizations.is_empty() {
        meant.extend(known.organizations.iter().cloned());
        meant.insert(known.caller.name.clone());
        let wants_registry = known.is_all && sections.iter().any(|section| super::is_of_registry(section));
        meant.extend(wants_registry.then(|| registry::NAMESPACE.to_owned()));
        return Ok(meant);
    }
    for pattern in patterns {
        let fitting = known.organizations.iter().filter(|name| matches_glob(pattern, name));
        let before = meant.len();
        meant.extend(fitting.cloned());
        if meant.len() == before {
            return Err(Unclear::Nothing(Box::new(no_match(pattern, &known))));
        }
    }
    Ok(meant)
}

fn no_match(pattern: &str, known: &Administered) -> Failure {
    let whose = &known.caller.name;
    let failure = match known.organizations.is_empty() {
        true => Failure::new(format!("the token's user, {whose}, administers no organization")),
        false => Failure::new(format!(
            "no organization that {whose} administers is called like `{pattern}`"
        ))
        .because(format!("there are {}", known.organizations.join(", "))),
    };
    failure
        .certain("nothing was changed")
        .help("quote the pattern, or use the token of somebody in an admin team; superusers see all organizations where FEATURE_SUPERUSERS_FULL_ACCESS is on")
}

/// Refuses names that nothing in the registry has, and tokens that administer nothing.
pub(super) fn exist(what: &What, meant: &BTreeSet<String>, world: &World) -> Result<(), Failure> {
    let is_there = |name: &str| {
        let address = organization::address(name);
        let is_hidden = world.gaps.keys().any(|collection| collection.namespace() == name);
        name == registry::NAMESPACE || name == world.caller.name || is_hidden || world.get(&address).is_some()
    };
    let is_nothing = |name: &&String| world.caller.name == **name || name.as_str() == registry::NAMESPACE;
    if what.organizations.is_empty() && meant.iter().all(|name| is_nothing(&name)) && world.objects.is_empty() {
        let whose = &world.caller.name;
        return Err(Failure::new(format!(
            "there is nothing to export: {whose} administers no organization, and owns nothing"
        ))
        .certain("nothing was changed")
        .help("use the token of somebody in an admin team, with the scopes org:admin, repo:admin and user:admin"));
    }
    let Some(unknown) = what
        .organizations
        .iter()
        .find(|name| !name.contains('*') && !is_there(name))
    else {
        return Ok(());
    };
    let others = meant.iter().filter(|name| is_there(name)).map(String::as_str);
    let meant = closest(unknown, others).map(|name| format!("did you mean `{name}`? "));
    Err(Failure::new(format!("there is no organization `{unknown}`"))
        .certain("nothing was changed")
        .help(format!(
            "{}without a name, all that the token administers is exported; of accounts only the token's own",
            meant.unwrap_or_default()
        )))
}
