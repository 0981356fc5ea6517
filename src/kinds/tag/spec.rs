//! What manifests can say of a tag, and its value checks.

use super::build::BuildSpec;
use super::cocktail::CocktailSpec;
use crate::kinds::label;
use crate::manifest::decode::Map;
use crate::manifest::record::{Check, record};
use crate::model::units::Expiration;

record! {
    /// A name in a repository that points to an image. It says to which (`digest`), or how a missing tag comes to be.
    pub struct TagSpec {
        /// The manifest to which it points, `sha256:` and 64 hexadecimal digits; a tag that points elsewhere is
        /// moved, and if it expires, its `expiration` must be written too: it begins anew.
        digest: String,
        /// The tag from which a missing one is made; an existing tag stays where it points.
        from_tag: String,
        /// The build that makes a missing one; an existing tag stays where it points.
        build: BuildSpec,
        /// The build of CocktailCloud that makes a missing one; an existing tag stays where it points.
        cocktail: CocktailSpec,
        /// When the registry deletes it, such as `2027-01-01T00:00:00Z`, or `never`.
        expiration: Expiration,
        /// Whether it can be neither moved nor deleted.
        immutable: bool,
        /// Labels of the manifest to which `digest` points, by key; those that the image brought along are not meant.
        labels: Map<String>,
        /// Deletes the tag; stands alone.
        absent: bool,
    }
    marks: [absent];
    check: check_tag;
}

/// Whether a text is the digest of a manifest.
fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Whether a text can name a tag (API guide §3.16).
pub fn is_name(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins_well = text.bytes().next().is_some_and(is_word);
    begins_well && text.len() <= 128 && text.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

fn check_tag(tag: &TagSpec, check: &mut Check<'_>) {
    if let Some(digest) = tag.digest.as_ref().filter(|digest| !is_digest(&digest.value)) {
        let help = "write `sha256:` and 64 digits, 0 to 9 and a to f";
        check.bad_value(format!("`{}` is not a digest", digest.value), digest.place, help);
    }
    if let Some(from) = tag.from_tag.as_ref().filter(|from| !is_name(&from.value)) {
        let help = "write the name of a tag of the same repository";
        check.bad_value(format!("`{}` is not the name of a tag", from.value), from.place, help);
    }
    let means = [
        tag.digest.as_ref().map(|digest| digest.place),
        tag.from_tag.as_ref().map(|from| from.place),
        tag.build.as_ref().map(|build| build.place),
        tag.cocktail.as_ref().map(|cocktail| cocktail.place),
    ];
    if let Some(place) = means.into_iter().flatten().nth(1) {
        let message = "a tag comes to be in one way: by `digest`, `from_tag`, `build` or `cocktail`";
        check.bad_value(message, place, "delete the others");
    }
    let Some(labels) = &tag.labels else { return };
    if tag.digest.is_none() && check.is_complete {
        let message = "labels belong to a manifest, so that the tag needs `digest`";
        check.bad_value(message, labels.place, "write the digest that has these labels");
    }
    for (key, entry) in labels.value.iter().filter(|(key, _)| !label::is_key(key)) {
        let help = "use lower-case letters and digits with single `.` or `-` between them, and no reserved beginning";
        check.bad_value(format!("`{key}` cannot be the key of a label"), entry.name, help);
    }
}
