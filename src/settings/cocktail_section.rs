//! The section `[cocktail]`: where CocktailCloud builds images, as it is written.

use std::path::PathBuf;

use url::Url;

use super::registry_section::{SecretVariable, address, client_certificate, hold, secret};
use super::section::Section;
use crate::model::Reference;

/// What its variables are named after, as those of a registry of that name would be: `QUAYFORM_COCKTAIL_TOKEN`.
pub(super) const NAME: &str = "cocktail";

/// What the section says.
#[derive(Debug, Clone, Default)]
pub(super) struct CocktailSection {
    pub(super) url: Option<Url>,
    pub(super) token: Option<Reference>,
    pub(super) ca_file: Option<PathBuf>,
    /// The files of the certificate and of its key.
    pub(super) client_certificate: Option<(PathBuf, PathBuf)>,
    pub(super) insecure: bool,
}

/// Reads `[cocktail]`.
pub(super) fn decode(mut section: Section<'_>, holders: &mut Vec<SecretVariable>) -> CocktailSection {
    let help = "write the address of CocktailCloud's API gateway, such as https://cocktail.example.com";
    let url = address(&mut section, help);
    let token = secret(&mut section, "token");
    if let Some(reference) = &token {
        hold(holders, Some(NAME), reference);
    }
    let decoded = CocktailSection {
        url,
        token: token.map(|token| token.value),
        ca_file: section.text("ca_file").map(|path| PathBuf::from(path.value)),
        client_certificate: client_certificate(&mut section),
        insecure: section.switch("insecure").unwrap_or(false),
    };
    section.finish();
    decoded
}
