//! The part of a seed that describes CocktailCloud.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::cocktail_builder::{Cocktail, Recipe};
use super::registry::Registry;
use super::seed::Seed;
use super::seeding::{SeedError, refuse};
use super::store::Store;

/// CocktailCloud, which builds images and pushes them here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedCocktail {
    /// The only token that it takes; those of the registry's users where absent, as `--emulator` needs it.
    pub token: Option<String>,
    /// Whether its answers come without `{code, result, status}` around them.
    pub bare: bool,
    /// Its builds.
    pub builds: Vec<SeedBuild>,
}

/// A build of CocktailCloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedBuild {
    /// Its number; one more than that of the build before it where absent.
    #[serde(default)]
    pub build_seq: Option<u64>,
    /// The namespace to which it pushes.
    pub registry: String,
    /// The name of the repository there.
    pub image: String,
    /// The kinds of its steps; `CODE_DOWN` and `CREATE_IMAGE` where absent.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Why its runs fail; they do not where absent.
    #[serde(default)]
    pub failure: Option<String>,
}

impl Store {
    /// The number of the next build.
    pub(super) fn next_recipe(&self) -> u64 {
        let builds = self.cocktail.builds.iter().map(|build| build.seq);
        builds.max().unwrap_or_default() + 1
    }
}

impl Registry {
    /// Lets the runs of a build of CocktailCloud fail for a reason from now on; unknown builds are passed over.
    pub fn fail_runs(&mut self, build_seq: u64, reason: &str) {
        let mut builds = self.store.cocktail.builds.iter_mut();
        if let Some(build) = builds.find(|build| build.seq == build_seq) {
            build.failure = Some(reason.to_owned());
        }
    }

    /// How often builds of CocktailCloud were run.
    pub fn runs(&self) -> usize {
        self.store.cocktail.runs.len()
    }
}

/// The CocktailCloud of a seed.
pub(super) fn plant_cocktail(registry: &mut Registry, seed: &Seed) -> Result<(), SeedError> {
    let Some(cocktail) = &seed.cocktail else {
        return Ok(());
    };
    registry.store.cocktail = Cocktail {
        token: cocktail.token.clone(),
        is_bare: cocktail.bare,
        ..Cocktail::default()
    };
    for build in &cocktail.builds {
        let seq = build.build_seq.unwrap_or_else(|| registry.store.next_recipe());
        let builds = &mut registry.store.cocktail.builds;
        if seq == 0 || builds.iter().any(|other| other.seq == seq) {
            return refuse(
                "cocktail",
                format!("a second build cannot have the number {seq}, and none can have 0"),
            );
        }
        builds.push(Recipe {
            seq,
            name: build.image.clone(),
            registry: build.registry.clone(),
            image: build.image.clone(),
            steps: build.steps.clone(),
            failure: build.failure.clone(),
            given: json!({}),
        });
    }
    Ok(())
}
