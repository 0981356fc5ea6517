//! Salts for the digests of secrets.

use super::failure::Failure;
use crate::model::hexadecimal;

/// A new salt, so that equal secrets cannot be told from the digests in two files.
pub fn salt() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::new("this machine has no random numbers").because(error))?;
    Ok(hexadecimal(&bytes))
}
