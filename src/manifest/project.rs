//! All documents of a project, by name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;

use super::decode::Decoder;
use super::documents::{
    AccountDocument, OrganizationDocument, RegistryDocument, RepositoryDefaultsDocument, RepositoryDocument,
};
use super::layers::Layers;
use super::registries::{Aimed, Target, aim};
use super::suggest::closest;
use super::tree::{Content, MapEntry, Node, Tree};
use super::{record, resolve, source, tree};
use crate::model::{Diagnostic, Diagnostics, Located, Place, Reference, Severity, Sources};

/// Everything that the manifests of a project declare.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// The organizations by name, in the order in which they were read.
    pub organizations: IndexMap<String, OrganizationDocument>,
    /// The repositories by full name such as `acme/api`, in the order in which they were read.
    ///
    /// Each in a place of its own: there are many, and they are large, so that a growing map would copy them again and again.
    pub repositories: IndexMap<String, Box<RepositoryDocument>>,
    /// The accounts by name, in the order in which they were read; a token serves one of them.
    pub accounts: IndexMap<String, AccountDocument>,
    /// What belongs to the registry as a whole.
    pub registry: Option<RegistryDocument>,
    /// The patterns of layers that also reach live repositories which nobody declares.
    pub reaching: Vec<String>,
    /// How many documents hold in other registries only.
    pub elsewhere: usize,
    /// The files, for the places of values.
    pub sources: Arc<Sources>,
}

/// What came of reading a project.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The project, unless there is an error.
    pub project: Option<Project>,
    /// Every problem, by file and position.
    pub diagnostics: Diagnostics,
    /// The files that could be read, also where there is an error.
    pub sources: Arc<Sources>,
    /// Where secrets are written out; nothing there may be shown.
    pub secrets: Vec<Place>,
    /// Where secrets are said to come from, in the order in which they were read.
    pub references: Vec<Located<Reference>>,
}

/// Reads and checks the manifests below a project's root that the patterns choose (none: all of them), as they hold in
/// the unnamed registry.
pub fn load(root: &Path, patterns: &[String]) -> Loaded {
    load_for(root, patterns, Target::default())
}

/// The same, as they hold in one of several registries.
pub fn load_for(root: &Path, patterns: &[String], target: Target<'_>) -> Loaded {
    let (files, diagnostics) = source::read(root, patterns);
    let mut loaded = parse(files, diagnostics, target);
    let is_empty = |project: &Project| {
        let names = project.organizations.len() + project.repositories.len() + project.accounts.len();
        names == 0 && project.registry.is_none()
    };
    let holds_elsewhere = loaded.project.as_ref().is_some_and(|project| project.elsewhere > 0);
    if loaded.project.as_ref().is_some_and(is_empty) && !holds_elsewhere {
        let message = format!("the files below {} hold no document", root.display());
        loaded
            .diagnostics
            .push(Diagnostic::without_place("no-manifests", Severity::Error, message));
        loaded.project = None;
    }
    loaded
}

/// Reads and checks manifests whose texts are at hand.
pub fn parse_sources(files: impl IntoIterator<Item = (PathBuf, String)>) -> Loaded {
    parse_for(files, Target::default())
}

/// The same, as they hold in one of several registries.
pub fn parse_for(files: impl IntoIterator<Item = (PathBuf, String)>, target: Target<'_>) -> Loaded {
    parse(files.into_iter().collect(), Diagnostics::default(), target)
}

fn parse(files: Vec<(PathBuf, String)>, diagnostics: Diagnostics, target: Target<'_>) -> Loaded {
    let mut sources: Sources = files.into_iter().collect();
    let mut layers = Layers::find(&sources, target);
    let mut collected = Collected {
        diagnostics,
        ..Collected::default()
    };
    for index in 0..sources.len() as u32 {
        if let Some(source) = sources.get(index) {
            let tree = tree::parse(index, &source.text, &mut collected.diagnostics);
            collected.file(&tree, target, &mut layers);
        }
    }
    let Collected {
        mut project,
        mut diagnostics,
        secrets,
        mut references,
        incomplete,
    } = collected;
    layers.report_unused(&mut diagnostics);
    if !layers.is_empty() {
        // What is inherited a hundred times is told once.
        diagnostics.remove_repetitions();
        let mut seen = HashSet::new();
        references.retain(|reference| seen.insert(reference.place));
    }
    project.reaching = layers.reaching();
    let spans = layers.spans();
    drop(layers);
    spans
        .into_iter()
        .for_each(|(place, matches)| sources.add_layer(place, matches));
    resolve::check(&project, &incomplete, &mut diagnostics);
    project.sources = Arc::new(sources);
    diagnostics.sort();
    let sources = Arc::clone(&project.sources);
    Loaded {
        project: (!diagnostics.has_errors()).then_some(project),
        diagnostics,
        sources,
        secrets,
        references,
    }
}

/// What was read so far.
#[derive(Default)]
struct Collected {
    project: Project,
    diagnostics: Diagnostics,
    secrets: Vec<Place>,
    references: Vec<Located<Reference>>,
    /// Organizations of which a part is unknown: what they do not declare may be in that part.
    incomplete: HashSet<String>,
}

impl Collected {
    fn file<'t>(&mut self, tree: &Tree<'t>, target: Target<'_>, layers: &mut Layers<'t>) {
        let mut decoder = Decoder::new(tree);
        let mut inheriting = Vec::new();
        for root in &tree.documents {
            let document = tree.node(*root);
            match aim(tree, *root, target, &mut decoder.diagnostics) {
                Aimed::Elsewhere => self.project.elsewhere += 1,
                Aimed::Changed(changed) => {
                    let root = changed.node(changed.documents[0]);
                    let merged = layers.applied_to(&changed, root, &mut decoder.diagnostics);
                    inheriting.push(merged.unwrap_or(changed));
                }
                Aimed::AsWritten => match layers.applied_to(tree, document, &mut decoder.diagnostics) {
                    Some(merged) => inheriting.push(merged),
                    None => self.document(document, &mut decoder),
                },
            }
        }
        self.take(decoder);
        for merged in &inheriting {
            let mut decoder = Decoder::new(merged);
            merged
                .documents
                .iter()
                .for_each(|document| self.document(merged.node(*document), &mut decoder));
            self.take(decoder);
        }
    }

    fn take(&mut self, decoder: Decoder<'_>) {
        self.diagnostics.extend(decoder.diagnostics);
        self.secrets.extend(decoder.secrets);
        self.references.extend(decoder.references);
    }

    fn document<'t>(&mut self, node: &'t Node<'t>, decoder: &mut Decoder<'t>) {
        let Content::Map(entries) = &node.content else {
            if !matches!(node.content, Content::Broken) {
                decoder.diagnostics.push(
                    Diagnostic::error("wrong-type", "a document must be a map", node.place)
                        .help("begin it with `kind: Organization`, `Repository`, `Account` or `Registry`"),
                );
            }
            return;
        };
        match kind(node.place, entries, decoder) {
            Some("Organization") => {
                let document: OrganizationDocument = record::decode_document(node.place, entries, decoder);
                let name = document.name.clone();
                if lost(entries, "teams", &document.teams) || lost(entries, "robots", &document.robots) {
                    self.incomplete.extend(name.as_ref().map(|name| name.value.clone()));
                }
                self.add(
                    name,
                    document,
                    "organization",
                    |project| &mut project.organizations,
                    |it| &it.name,
                );
            }
            Some("Repository") => {
                let document: RepositoryDocument = record::decode_document(node.place, entries, decoder);
                let name = document.name.clone();
                self.add(
                    name,
                    Box::new(document),
                    "repository",
                    |project| &mut project.repositories,
                    |it| &it.name,
                );
            }
            Some("Account") => {
                let document: AccountDocument = record::decode_document(node.place, entries, decoder);
                let name = document.name.clone();
                self.add(
                    name,
                    document,
                    "account",
                    |project| &mut project.accounts,
                    |it| &it.name,
                );
            }
            Some("Registry") => {
                let document: RegistryDocument = record::decode_document(node.place, entries, decoder);
                self.registry(node.place, document);
            }
            Some("RepositoryDefaults") => {
                decoder.takes_parts = true;
                record::decode_document::<RepositoryDefaultsDocument>(node.place, entries, decoder);
                decoder.takes_parts = false;
            }
            _ => {}
        }
    }

    /// Takes the one document of its kind, or reports the other.
    fn registry(&mut self, place: Place, document: RegistryDocument) {
        let place_of = |document: &RegistryDocument| document.kind.as_ref().map(|kind| kind.place);
        if let Some(first) = &self.project.registry {
            self.diagnostics.push(
                Diagnostic::error(
                    "duplicate-address",
                    "the registry is described twice",
                    place_of(&document).unwrap_or(place),
                )
                .remark("described again here")
                .also(place_of(first).unwrap_or_default(), "first described here")
                .help("describe each object in one place: merge the two documents"),
            );
        } else {
            self.project.registry = Some(document);
        }
    }

    /// Adds a document under its name, or reports the other one of that name.
    fn add<D>(
        &mut self,
        name: Option<Located<String>>,
        document: D,
        noun: &str,
        documents: fn(&mut Project) -> &mut IndexMap<String, D>,
        name_of: fn(&D) -> &Option<Located<String>>,
    ) {
        let Some(Located { value: name, place }) = name else {
            return;
        };
        match documents(&mut self.project).entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(document);
            }
            Slot::Occupied(first) => {
                let message = format!("{noun} `{}` is described twice", first.key());
                self.incomplete.insert(first.key().clone());
                let other = name_of(first.get()).as_ref().map(|name| name.place).unwrap_or_default();
                self.diagnostics.push(
                    Diagnostic::error("duplicate-address", message, place)
                        .remark("described again here")
                        .also(other, "first described here")
                        .help("describe each object in one place: merge the two documents"),
                );
            }
        }
    }
}

/// Whether the field is written but could not be read.
fn lost<T>(entries: &[MapEntry<'_>], name: &str, field: &Option<T>) -> bool {
    field.is_none() && entries.iter().any(|entry| entry.name == name)
}

const KINDS: [&str; 5] = [
    "Organization",
    "Repository",
    "RepositoryDefaults",
    "Account",
    "Registry",
];

/// The document's kind, or `None` after a report.
fn kind<'t>(place: Place, entries: &'t [MapEntry<'t>], decoder: &mut Decoder<'t>) -> Option<&'static str> {
    let written = |entry: &&MapEntry<'_>| entry.name == "kind" && !decoder.node(entry.value).is_null();
    let Some(entry) = entries.iter().find(written) else {
        decoder
            .diagnostics
            .push(Diagnostic::error("missing-field", "`kind` is missing", place).help(
            "add `kind: Organization`, `Repository`, `Account` or `Registry`, or leave the file out with `manifests` in quayform.toml",
        ));
        return None;
    };
    let Located { value, place } = decoder.entry::<String>(entry)?;
    let known = KINDS.into_iter().find(|kind| *kind == value);
    if known.is_none() {
        let help = match closest(&value, KINDS) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write `Organization`, `Repository`, `Account` or `Registry`, or leave the file out with `manifests` in quayform.toml"
                .to_owned(),
        };
        decoder
            .diagnostics
            .push(Diagnostic::error("unknown-kind", format!("unknown kind `{value}`"), place).help(help));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_example_is_read() {
        let text = r#"
kind: Organization
name: acme
email: platform@acme.example
invoice_email: true
invoice_email_address: billing@acme.example
tag_expiration: 2w
quota:
  limit: 500 GiB
  limits: [{type: warning, at: 80%}, {type: reject, at: 100%}]
teams:
  owners:     {role: admin, members: [alice, bob]}
  developers: {role: creator, description: Application developers, members: [carol, acme+ci]}
robots:
  ci: {description: Pushes from CI, metadata: {owner: platform}}
  mirror: {}
  old: {absent: true}
default_permissions:
  - {role: write, team: developers}
  - {role: read, robot: ci, created_by: carol}
manage: {teams: exact}
---
kind: Repository
name: acme/api
visibility: private
description: |
  The public API.
permissions:
  teams: {developers: write}
  robots: {ci: write}
  users: {erin: read}
notifications:
  - {title: pushes, event: repo_push, slack: {url: {env: SLACK_URL}}}
  - {event: vulnerability_found, level: high, webhook: {url: "https://hooks.example/quay"}}
mirror:
  external_reference: docker.io/library/nginx
  tags: ["1.*", latest]
  sync_interval: 6h
  sync_start_date: 2026-01-01T00:00:00Z
  robot: mirror
  credentials: {username: acme, password: {env: HUB_PASSWORD}}
"#;
        let loaded = parse_sources([("a.yaml".into(), text.to_owned())]);
        assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
        let project = loaded.project.unwrap();
        let acme = &project.organizations["acme"];
        assert_eq!(acme.settings.tag_expiration.as_ref().unwrap().value.seconds, 1_209_600);
        let teams = &acme.teams.as_ref().unwrap().value;
        assert_eq!(teams.keys().collect::<Vec<_>>(), ["owners", "developers"]);
        let members = teams["developers"].value.members.as_ref().unwrap();
        assert_eq!(members.value[1].value, "acme+ci");
        assert_eq!(project.sources.locate(members.value[1].place).unwrap().1, 13);
        let api = &project.repositories["acme/api"];
        assert_eq!(api.settings.description.as_ref().unwrap().value, "The public API.\n");
        assert_eq!(api.notifications.as_ref().unwrap().value.len(), 2);
    }
}
