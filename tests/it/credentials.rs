//! Robots' tokens and the directory they go to: written with the robot, brought up to date ever after.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use quayform::apply::{Applied, ApplyError, Kept, Sink, SinkProblem};
use quayform::http::{Method, Request, Response, Sending, Transport, TransportError};
use quayform::model::{Credential, CredentialFormat, State};
use quayform::sinks::{Directory, Form};
use secrecy::ExposeSecret;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::lab::{Lab, Surroundings};

const TWO: &str = "kind: Organization\nname: acme\nrobots: {ci: {}, pull: {}}\n";

/// A registry, and a directory for its tokens that does not exist yet.
struct Room {
    lab: Lab,
    parent: TempDir,
}

impl Room {
    fn new() -> Self {
        Room::around(Lab::new())
    }

    fn around(lab: Lab) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let mut room = Room { lab, parent };
        room.lab.sink = Some(Arc::new(room.directory(CredentialFormat::Plain)));
        room
    }

    fn path(&self) -> PathBuf {
        self.parent.path().join("tokens")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    fn directory(&self, format: CredentialFormat) -> Directory {
        let host = "quay.example.com".to_owned();
        Directory::new(self.path(), Form { host, format })
    }

    /// Plans and applies; returns what came of it.
    fn apply(&self, manifest: &str) -> Applied {
        self.lab.carry_out(&self.lab.plan(manifest))
    }

    fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path()) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// The file that the registry's present token of a robot makes.
    fn plain(&self, robot: &str) -> String {
        let short = robot.split_once('+').unwrap().1;
        let view = self
            .lab
            .by_hand("GET", &format!("/organization/acme/robots/{short}"), Json::Null);
        format!("{robot}\n{}\n", view["token"].as_str().unwrap())
    }

    fn is_up_to_date(&self) {
        assert_eq!(self.files(), ["acme+ci.txt", "acme+pull.txt"]);
        for robot in ["acme+ci", "acme+pull"] {
            assert_eq!(self.text(&format!("{robot}.txt")), self.plain(robot));
        }
    }
}

/// The addresses as texts.
fn named<'a>(addresses: impl IntoIterator<Item = &'a quayform::model::Address>) -> Vec<String> {
    addresses.into_iter().map(ToString::to_string).collect()
}

#[test]
fn new_robots_are_in_the_directory_when_they_are_done() {
    let room = Room::new();
    let applied = room.apply(TWO);
    room.is_up_to_date();
    let delivered = applied.credentials.unwrap();
    assert_eq!(named(&delivered.written), ["robot[acme+ci]", "robot[acme+pull]"]);
    // The answers that created them held the tokens: besides the look before the writes, nothing more was asked.
    assert_eq!(applied.reads, 1 + applied.verified.unwrap().requests);
}

#[test]
fn what_is_missing_or_outdated_is_fetched_by_an_empty_plan() {
    let room = Room::new();
    room.apply(TWO);
    fs::remove_file(room.file("acme+ci.txt")).unwrap();
    room.lab
        .by_hand("POST", "/organization/acme/robots/pull/regenerate", Json::Null);
    let planned = room.lab.plan(TWO);
    assert!(planned.plan.is_empty());
    let applied = room.lab.carry_out(&planned);
    room.is_up_to_date();
    assert_eq!(applied.credentials.unwrap().written.len(), 2);
    // One request for the whole organization.
    assert_eq!((applied.reads, applied.writes), (1, 0));

    let again = room.apply(TWO).credentials.unwrap();
    assert_eq!((again.written.len(), again.unchanged.len()), (0, 2));
    assert_eq!(again.problems, Vec::<String>::new());
}

#[test]
fn only_declared_robots_are_fetched() {
    let room = Room::new();
    room.apply("kind: Organization\nname: acme\nrobots: {ci: {}, other: {}, pull: {}}\n");
    fs::remove_dir_all(room.path()).unwrap();
    room.apply("kind: Organization\nname: acme\nrobots: {ci: {}, pull: {external: true}}\n");
    assert_eq!(room.files(), ["acme+ci.txt"]);
}

#[test]
fn a_look_alike_does_not_get_the_credential_of_another_organization() {
    let room = Room::around(Lab::seeded(
        r#"{"organizations": [{"name": "a_b", "robots": ["one"]}, {"name": "axb", "robots": ["one", "two"]}]}"#,
    ));
    room.apply("kind: Organization\nname: a_b\nrobots: {one: {}}\n");
    assert_eq!(room.files(), ["a_b+one.txt"]);
    assert!(room.text("a_b+one.txt").starts_with("a_b+one\n"));
}

#[test]
fn the_credential_of_a_deleted_robot_goes() {
    let mut room = Room::new();
    room.lab = room.lab.allow(&["robot", "organization"]);
    room.apply(TWO);
    fs::write(room.file("acme+ci.docker.json"), "in another format").unwrap();
    fs::write(room.file("mine.txt"), "not quayform's").unwrap();
    let absent = "kind: Organization\nname: acme\nrobots: {ci: {absent: true}, pull: {}}\n";
    let delivered = room.apply(absent).credentials.unwrap();
    assert_eq!(named(&delivered.removed), ["robot[acme+ci]"]);
    assert_eq!(room.files(), ["acme+pull.txt", "mine.txt"]);

    // A run that was killed before it came to the file: the tombstone takes it away later.
    fs::write(room.file("acme+ci.txt"), "dead").unwrap();
    assert_eq!(
        named(&room.apply(absent).credentials.unwrap().removed),
        ["robot[acme+ci]"]
    );

    let exact = "kind: Organization\nname: acme\nrobots: {}\nmanage: {robots: exact}\n";
    assert_eq!(
        named(&room.apply(exact).credentials.unwrap().removed),
        ["robot[acme+pull]"]
    );
    assert_eq!(room.files(), ["mine.txt"]);
}

#[test]
fn credentials_go_with_their_organization() {
    let mut room = Room::new();
    room.lab = room.lab.allow(&["robot", "organization"]);
    room.apply(TWO);
    let delivered = room.apply("kind: Organization\nname: acme\nabsent: true\n").credentials;
    assert_eq!(delivered.unwrap().removed.len(), 2);
    assert_eq!(room.files(), Vec::<String>::new());
}

#[test]
fn a_tombstone_that_cannot_be_fulfilled_yet_keeps_the_credential() {
    let mut room = Room::new();
    room.lab = room.lab.allow(&["robot"]);
    let mirror = |robot: &str| {
        format!(
            "kind: Organization\nname: acme\nrobots: {{ci: {robot}, pull: {{}}}}\n---\nkind: Repository\n\
             name: acme/copy\nmirror: {{external_reference: quay.io/a/b, tags: [latest], sync_interval: 6h, robot: ci}}\n"
        )
    };
    room.apply(&mirror("{}"));
    let tombstone = "kind: Organization\nname: acme\nrobots: {ci: {absent: true}, pull: {}}\n";
    let applied = room.apply(tombstone);
    assert!(matches!(applied.outcomes[0].state, State::Deferred(_)));
    room.is_up_to_date();
}

/// A way to the registry that breaks at the first creation of a robot, after the registry has acted.
struct Breaking {
    lab: quayform::emulator::Emulator,
    broken: Mutex<bool>,
    /// Whether it stays broken, as if the process had been killed.
    for_good: bool,
}

impl Transport for Breaking {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            let creates = request.method == Method::Put && request.target.contains("/robots/");
            let was_broken = *self.broken.lock().unwrap();
            if was_broken && self.for_good {
                return Err(TransportError::Connect("gone".to_owned()));
            }
            let answer: Response = self.lab.send(request).await?;
            if creates && !was_broken {
                *self.broken.lock().unwrap() = true;
                return Err(TransportError::Cut("in the middle of the answer".to_owned()));
            }
            Ok(answer)
        })
    }
}

impl Room {
    fn apply_over_breaking(&self, for_good: bool) -> Applied {
        let transport = Breaking {
            lab: self.lab.emulator.clone(),
            broken: Mutex::new(false),
            for_good,
        };
        let planned = self.lab.plan(TWO);
        let surroundings = Surroundings {
            transport: Arc::new(transport),
            ..self.lab.surroundings()
        };
        self.lab.carry_out_in(&planned, surroundings).unwrap()
    }
}

#[test]
fn a_token_whose_answer_was_lost_is_asked_for() {
    let room = Room::new();
    let applied = room.apply_over_breaking(false);
    assert!(applied.outcomes.iter().all(|outcome| outcome.state == State::Done));
    room.is_up_to_date();
}

#[test]
fn a_run_that_ends_between_robot_and_sink_is_made_good_by_the_next() {
    let room = Room::new();
    let applied = room.apply_over_breaking(true);
    assert!(applied.outcomes.iter().any(|outcome| outcome.state != State::Done));
    assert_eq!(room.files(), Vec::<String>::new());
    room.apply(TWO);
    room.is_up_to_date();
}

/// A sink that takes nothing.
struct Full;

impl Sink for Full {
    fn name(&self) -> String {
        "the full one".to_owned()
    }

    fn prepare(&self) -> Result<(), SinkProblem> {
        Ok(())
    }

    fn keep(&self, credential: &Credential) -> Result<Kept, SinkProblem> {
        assert!(!credential.token.expose_secret().is_empty());
        Err(SinkProblem("no space left".to_owned()))
    }

    fn holds(&self, _: &str) -> bool {
        false
    }

    fn forget(&self, _: &str) -> Result<(), SinkProblem> {
        Ok(())
    }
}

#[test]
fn a_robot_whose_token_is_nowhere_is_not_done_and_the_report_says_so() {
    let mut room = Room::new();
    let directory = room.lab.sink.replace(Arc::new(Full));
    let manifest = "kind: Organization\nname: acme\nrobots: {ci: {}, pull: {}}\n\
                    teams: {devs: {members: [acme+ci]}}\n";
    let applied = room.apply(manifest);
    let state = |address: &str| {
        let mut outcomes = applied.outcomes.iter();
        let found = outcomes.find(|outcome| outcome.address.to_string() == address);
        found.unwrap().state.clone()
    };
    let State::Failed(said) = state("robot[acme+ci]") else {
        panic!("{:?}", applied.outcomes)
    };
    assert_eq!(
        said,
        "it was created, but its token did not reach its sink: no space left; \
         the next apply with the same sink fetches it"
    );
    assert!(matches!(state("member[acme/devs/acme+ci]"), State::Skipped(_)));
    // Said once, with the change.
    assert_eq!(applied.credentials.unwrap().problems, Vec::<String>::new());

    room.lab.sink = directory;
    room.lab.converge(manifest);
    room.is_up_to_date();
}

#[test]
fn nothing_is_written_to_the_registry_when_the_directory_cannot_be_made() {
    let room = Room::new();
    fs::write(room.path(), "a file, no directory").unwrap();
    let planned = room.lab.plan(TWO);
    let refused = room.lab.carry_out_in(&planned, room.lab.surroundings());
    assert!(matches!(refused, Err(ApplyError::Sink(_))));
    assert!(!room.lab.plan(TWO).plan.is_empty());
}

#[test]
fn tokens_that_the_registry_does_not_show_are_a_problem() {
    let mut room = Room::around(Lab::seeded(
        r#"{"users": [{"name": "bob", "token": "bob-token"}], "organizations": [{"name": "acme", "robots": ["ci", "pull"],
            "teams": {"devs": {"role": "creator", "members": ["bob"]}}}]}"#,
    ));
    let planned = room.lab.plan(TWO);
    room.lab.token = "bob-token".to_owned();
    let delivered = room.lab.carry_out(&planned).credentials.unwrap();
    assert_eq!(
        delivered.problems,
        ["ci", "pull"].map(|short| format!(
            "robot[acme+{short}]: the registry does not show its token: only an administrator of acme sees it"
        ))
    );
}

#[cfg(unix)]
mod on_disk {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &std::path::Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_and_the_directory_are_their_owners_alone() {
        let room = Room::new();
        room.apply(TWO);
        assert_eq!(mode(&room.path()), 0o700);
        assert_eq!(mode(&room.file("acme+ci.txt")), 0o600);
        // A file that somebody opened to others is closed again, also with the right content.
        fs::set_permissions(room.file("acme+ci.txt"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(room.apply(TWO).credentials.unwrap().written.len(), 1);
        assert_eq!(mode(&room.file("acme+ci.txt")), 0o600);
    }

    #[test]
    fn a_link_in_the_place_of_a_file_is_not_followed() {
        let room = Room::new();
        room.apply(TWO);
        let elsewhere = room.parent.path().join("elsewhere");
        fs::write(&elsewhere, room.plain("acme+ci")).unwrap();
        fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o600)).unwrap();
        fs::remove_file(room.file("acme+ci.txt")).unwrap();
        symlink(&elsewhere, room.file("acme+ci.txt")).unwrap();
        // What a killed run left, or somebody laid in the way of the next one.
        symlink(&elsewhere, room.file(".acme+ci.txt.new")).unwrap();
        room.lab
            .by_hand("POST", "/organization/acme/robots/ci/regenerate", Json::Null);
        let before = fs::read_to_string(&elsewhere).unwrap();
        room.apply(TWO);
        room.is_up_to_date();
        assert!(fs::symlink_metadata(room.file("acme+ci.txt")).unwrap().is_file());
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), before);
    }

    #[test]
    fn the_right_content_behind_a_link_does_not_count() {
        let room = Room::new();
        room.apply(TWO);
        let elsewhere = room.parent.path().join("elsewhere");
        fs::rename(room.file("acme+ci.txt"), &elsewhere).unwrap();
        symlink(&elsewhere, room.file("acme+ci.txt")).unwrap();
        room.apply(TWO);
        assert!(fs::symlink_metadata(room.file("acme+ci.txt")).unwrap().is_file());
    }
}

#[test]
fn formats_stand_side_by_side() {
    let mut room = Room::new();
    for format in CredentialFormat::ALL {
        room.lab.sink = Some(Arc::new(room.directory(format)));
        room.lab.converge(TWO);
    }
    assert_eq!(
        room.files(),
        [
            "acme+ci.docker.json",
            "acme+ci.kubernetes.json",
            "acme+ci.txt",
            "acme+pull.docker.json",
            "acme+pull.kubernetes.json",
            "acme+pull.txt",
        ]
    );
    for name in ["acme+ci.docker.json", "acme+ci.kubernetes.json"] {
        let json: Json = serde_json::from_str(&room.text(name)).unwrap();
        assert!(json.is_object());
    }
}
