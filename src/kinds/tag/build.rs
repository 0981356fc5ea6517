//! Tags that the registry's own builder makes (API guide §3.17).

use std::collections::BTreeMap;

use crate::http::Method;
use crate::kinds::{repository, robot};
use crate::manifest::record::{Check, record};
use crate::model::{Call, Follow, Located, Value};

record! {
    /// How the registry's builder makes the image of a missing tag.
    pub struct BuildSpec {
        /// The `http` or `https` address of the sources: an archive, or a single Dockerfile.
        archive_url: String = required,
        /// The directory of the archive that holds the Dockerfile, such as `/api`.
        subdirectory: String,
        /// The Dockerfile in the archive, such as `/api/Dockerfile`.
        dockerfile_path: String,
        /// The directory of the archive in which the build works.
        context: String,
        /// The robot with whose rights base images are pulled, by its short name.
        pull_robot: String,
    }
    check: check_build;
}

fn check_build(build: &BuildSpec, check: &mut Check<'_>) {
    let is_address = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    if let Some(url) = build.archive_url.as_ref().filter(|url| !is_address(&url.value)) {
        let help = "write where the sources can be fetched, such as `https://example.com/api.tar.gz`";
        check.bad_value("`archive_url` is no `http` or `https` address", url.place, help);
    }
    if let (Some(_), Some(path)) = (&build.subdirectory, &build.dockerfile_path) {
        let message = "`subdirectory` and `dockerfile_path` say the same in two ways";
        check.bad_value(message, path.place, "delete one of the two");
    }
}

/// The full name of the robot that pulls, if one is written.
pub(super) fn pull_robot(organization: &str, spec: &BuildSpec) -> Option<Located<String>> {
    let robot = spec.pull_robot.as_ref()?;
    Some(Located::new(robot::full_name(organization, &robot.value), robot.place))
}

/// The build as plans show it and the registry is told it.
pub(super) fn wanted(organization: &str, spec: &BuildSpec) -> Value {
    let pull_robot = pull_robot(organization, spec);
    let fields = [
        ("archive_url", &spec.archive_url),
        ("subdirectory", &spec.subdirectory),
        ("dockerfile_path", &spec.dockerfile_path),
        ("context", &spec.context),
        ("pull_robot", &pull_robot),
    ];
    let written = fields
        .into_iter()
        .filter_map(|(name, field)| Some((name, field.as_ref()?)));
    Value::Map(
        written
            .map(|(name, text)| (name.to_owned(), Value::text(&text.value)))
            .collect(),
    )
}

/// Starts the build. Its tags go by `docker_tags`: the name in the guide is passed over by the server.
pub(super) fn start(repository: &str, tag: &str, build: &BTreeMap<String, Value>) -> Call {
    let mut body = build.clone();
    body.insert("docker_tags".to_owned(), Value::List(vec![tag.into()]));
    let call = repository::path(Method::Post, repository, &["build"]);
    call.slash().body_map(body).starting(Follow::Build)
}
