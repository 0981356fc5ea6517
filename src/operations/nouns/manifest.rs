//! Manifests of images: what they are, and what is wrong with them.

use super::Noun;
use super::common::{MANIFEST, REPOSITORY};
use crate::operations::operation::{Constant, Operation, Place, Right, Route, Show, column, shown};

/// The severities of the scanner, from the gravest on.
const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "negligible", "unknown"];

pub(super) const NOUN: Noun = Noun {
    name: "manifest",
    about: "Manifests: what an image is, and what is wrong with it",
    operations: &[
        Operation::new("manifest", "show", "What a manifest says")
            .takes(&[REPOSITORY, MANIFEST])
            .sends(&[Route::get(
                "/repository/{repository}/manifest/{manifest}",
                Right::RepositoryRead,
            )])
            .shows(
                "",
                &[
                    column("digest", "/digest"),
                    column("list", "/is_manifest_list"),
                    column("media type", "/config_media_type"),
                    shown("layers", "/layers", Show::Count),
                    shown("size", "/layers_compressed_size", Show::Bytes),
                ],
            ),
        Operation::new("manifest", "security", "What the scanner has found in an image")
            .takes(&[REPOSITORY, MANIFEST])
            .sends(&[Route::get(
                "/repository/{repository}/manifest/{manifest}/security",
                Right::RepositoryRead,
            )
            .needs(&["SECURITY_SCANNER"])
            .with(&[(Place::Query("vulnerabilities"), Constant::Boolean(true))])])
            .finds(SEVERITIES),
    ],
};
