//! Where CocktailCloud is, and with which token it is talked to.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::Settings;
use super::cocktail_section::NAME;
use super::environment::Environment;
use super::registry::trimmed;
use super::registry_section::{parse_url, variable};
use super::secret_problem::SecretProblem;
use super::secrets::Secrets;
use crate::model::Reference;

/// CocktailCloud, ready to be talked to.
#[derive(Debug, Clone)]
pub struct CocktailSettings {
    /// The origin of its API gateway.
    pub url: Url,
    /// The token, which its console hands out.
    pub token: SecretString,
    /// Certificates of authorities that are trusted besides those of the system, in PEM form.
    pub ca_file: Option<PathBuf>,
    /// The files of the certificate that proves to the server who is calling, and of its key, in PEM form.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// Whether any certificate is accepted. Whoever connects warns the user.
    pub insecure: bool,
}

/// Why CocktailCloud cannot be talked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CocktailProblem {
    /// Nothing says where it is.
    #[error("nothing says where CocktailCloud is")]
    NoUrl,
    /// The URL of the variable is none.
    #[error("{variable}: {reason}")]
    Url {
        /// The variable.
        variable: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing says where its token is.
    #[error("no token for CocktailCloud is set")]
    NoToken,
    /// The token cannot be read.
    #[error("no token for CocktailCloud: {0}")]
    Token(SecretProblem),
}

impl CocktailProblem {
    /// What to do about it.
    pub fn help(&self) -> String {
        let (url, token) = (variable(Some(NAME), "URL"), variable(Some(NAME), "TOKEN"));
        match self {
            CocktailProblem::NoUrl => format!("set url in [cocktail] of quayform.toml, or {url}"),
            CocktailProblem::Url { .. } => "write its address, such as https://cocktail.example.com".to_owned(),
            CocktailProblem::NoToken => {
                format!("set {token}, or token = {{ env = \"NAME\" }} in [cocktail] of quayform.toml")
            }
            CocktailProblem::Token(problem) => problem.help(),
        }
    }
}

impl Settings {
    /// Settles where CocktailCloud is: environment before file. Commands run here where the token needs one.
    pub fn cocktail(
        &self,
        environment: &dyn Environment,
        secrets: &Secrets,
    ) -> Result<CocktailSettings, CocktailProblem> {
        let (url, token) = self.cocktail_sources(environment)?;
        let section = self.registries.cocktail.clone();
        let below = |path: PathBuf| self.root.join(path);
        Ok(CocktailSettings {
            url,
            token: trimmed(secrets, &token).map_err(CocktailProblem::Token)?,
            ca_file: section.ca_file.map(below),
            client_certificate: section
                .client_certificate
                .map(|(certificate, key)| (below(certificate), below(key))),
            insecure: section.insecure,
        })
    }

    /// Where it is and where its token comes from, without reading the token.
    ///
    /// There is no flag for the URL, and a variable wins over the file: so a token in the environment goes to the URL in
    /// the environment, where there is one, and nowhere else.
    pub fn cocktail_sources(&self, environment: &dyn Environment) -> Result<(Url, Reference), CocktailProblem> {
        let (section, holder) = (&self.registries.cocktail, variable(Some(NAME), "TOKEN"));
        let named = variable(Some(NAME), "URL");
        let pinned = environment.filled_variable(&named).map(|text| parse_url(text.trim()));
        let wrong = |reason| CocktailProblem::Url {
            variable: named,
            reason,
        };
        let url = pinned.transpose().map_err(wrong)?.or_else(|| section.url.clone());
        let url = url.ok_or(CocktailProblem::NoUrl)?;
        let token = match environment.filled_variable(&holder) {
            Some(_) => Reference::Env(holder),
            None => section.token.clone().ok_or(CocktailProblem::NoToken)?,
        };
        Ok((url, token))
    }
}
