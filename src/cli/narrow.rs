//! `--target`, `--exclude` and PATHs inside of a project: from flags to what is planned.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::complete::addresses_beginning;
use super::failure::Failure;
use super::patterns::chosen;
use crate::manifest::suggest::closest;
use crate::model::{Desired, Narrowing, Pattern, Sources};
use crate::plan::Scope;
use crate::settings::Settings;

/// The flags that choose what is planned.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Plan only this, and what must come before it: --target 'repository[acme/api]', --target '*[acme/api*]'
    #[arg(long, value_name = "ADDRESS", add = ArgValueCompleter::new(addresses_beginning))]
    pub target: Vec<String>,

    /// Leave this as it is, and what can only come after it: --exclude 'robot[acme+old]'
    #[arg(long, value_name = "ADDRESS", add = ArgValueCompleter::new(addresses_beginning))]
    pub exclude: Vec<String>,
}

impl Flags {
    /// Whether any of them is given.
    pub fn is_given(&self) -> bool {
        !self.target.is_empty() || !self.exclude.is_empty()
    }

    /// What the flags and the PATHs choose; `None` for everything. What matches nothing is a mistake, and must not look
    /// like a registry that is as it should be.
    pub fn narrowing(
        &self,
        settings: &Settings,
        sources: &Sources,
        desired: &Desired,
    ) -> Result<Option<Narrowing>, Failure> {
        if !self.is_given() && settings.narrowed_to.is_empty() {
            return Ok(None);
        }
        let narrowing = Narrowing {
            targets: chosen("--target", &self.target)?,
            exclude: chosen("--exclude", &self.exclude)?,
            files: files(&settings.narrowed_to, sources)?,
            paths: settings
                .narrowed_to
                .iter()
                .map(|path| path.display().to_string())
                .collect(),
        };
        for target in &narrowing.targets {
            if !means_something(target, desired) {
                return Err(nothing_meant(target, desired));
            }
        }
        if Scope::new(desired, Some(&narrowing)).is_empty() {
            return Err(Failure::new("the PATHs hold nothing of what --target means")
                .certain("nothing was read from the registry or changed")
                .help("drop one of them"));
        }
        Ok(Some(narrowing))
    }
}

/// The manifests below the PATHs; each PATH must lead to one.
fn files(paths: &[PathBuf], sources: &Sources) -> Result<Option<BTreeSet<u32>>, Failure> {
    if paths.is_empty() {
        return Ok(None);
    }
    let mut files = BTreeSet::new();
    for path in paths {
        let below = below(path, sources);
        if below.is_empty() {
            return Err(
                Failure::new(format!("{} holds no manifest of the project", path.display()))
                    .certain("nothing was read from the registry or changed")
                    .help("name a manifest, or a directory with some, that `manifests` in quayform.toml includes"),
            );
        }
        files.extend(below);
    }
    Ok(Some(files))
}

fn below(path: &Path, sources: &Sources) -> Vec<u32> {
    let is_below = |index: &u32| sources.get(*index).is_some_and(|source| source.path.starts_with(path));
    (0..sources.len() as u32).filter(is_below).collect()
}

fn means_something(target: &Pattern, desired: &Desired) -> bool {
    desired.objects.iter().any(|wish| target.matches(&wish.address))
        || desired
            .owned
            .keys()
            .any(|collection| target.may_mean_one_of(collection))
}

fn nothing_meant(target: &Pattern, desired: &Desired) -> Failure {
    let addresses: Vec<String> = desired.objects.iter().map(|wish| wish.address.to_string()).collect();
    let text = target.to_string();
    let help = match closest(&text, addresses.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name something that the manifests declare, or that stands in a list which they own".to_owned(),
    };
    Failure::new(format!("--target: `{target}` is nothing that the manifests speak of"))
        .certain("nothing was read from the registry or changed")
        .help(help)
}
