//! Organizations and their settings.

use crate::manifest::record::{Check, record};
use crate::model::units::Duration;

record! {
    /// The settings of an organization.
    pub struct OrganizationSpec {
        /// Where the registry reaches the organization's owners, such as `platform@acme.example`; `''` for none.
        email: String,
        /// Whether invoices are mailed.
        invoice_email: bool,
        /// Where invoices are mailed to instead of `email`, such as `billing@acme.example`; `''` for none.
        invoice_email_address: String,
        /// How long a deleted or overwritten tag can be brought back: `0`, `1d`, `1w`, `2w` or `4w`.
        tag_expiration: Duration,
    }
    check: check_organization;
}

/// The choices a registry offers unless it is configured otherwise (`TAG_EXPIRATION_OPTIONS`), in seconds.
const TAG_EXPIRATIONS: [u64; 5] = [0, 86_400, 604_800, 1_209_600, 2_419_200];

fn check_organization(organization: &OrganizationSpec, check: &mut Check<'_>) {
    if let Some(email) = organization.email.as_ref().filter(|email| !is_email(&email.value)) {
        let help = "write something like `platform@acme.example`, or `''` for none";
        check.bad_value("`email` is not an e-mail address", email.place, help);
    }
    let allowed = |expiration: &Duration| TAG_EXPIRATIONS.contains(&expiration.seconds);
    if let Some(expiration) = organization.tag_expiration.as_ref().filter(|expiration| !allowed(&expiration.value)) {
        let message = format!("the registry does not offer a tag expiration of `{}`", expiration.value);
        check.bad_value(message, expiration.place, "write `0`, `1d`, `1w`, `2w` or `4w`");
    }
}

/// The registry's own test, which also takes nothing at all.
fn is_email(text: &str) -> bool {
    let has_form = |(name, host): (&str, &str)| {
        !name.is_empty() && host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty())
    };
    text.is_empty()
        || (text.len() <= 254 && !text.contains(char::is_whitespace) && text.split_once('@').is_some_and(has_form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_have_a_name_and_a_dotted_host() {
        for right in ["", "a@b.c", "platform+quay@acme.example"] {
            assert!(is_email(right), "{right}");
        }
        for wrong in ["a", "a@b", "@b.c", "a@b..c", "a b@c.d", "a@.c"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
