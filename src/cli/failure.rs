//! What a user is told when a command cannot do what was asked.

use std::fmt::Display;

use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::findings::Findings;
use crate::http::{ClientProblem, TransportError};
use crate::quay::preflight::PreflightError;
use crate::read::{ReadError, TooMany};
use crate::report::diagnostics::Appearance;
use crate::settings::{CocktailProblem, DiscoveryProblem, RegistryProblem, SecretProblem, SettingsProblem};

/// An error at the edge: what went wrong, why, what is certain about the server, and what to do.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
    cause: Option<String>,
    certain: Option<Box<str>>,
    help: Option<String>,
    registry: Option<Box<str>>,
    findings: Option<Box<Findings>>,
}

impl Failure {
    /// A failure that ends with exit code 1. One sentence, in lower case, without a full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Failure {
            exit: Exit::Error,
            message: message.into(),
            cause: None,
            certain: None,
            help: None,
            registry: None,
            findings: None,
        }
    }

    /// Ends with another exit code.
    #[must_use]
    pub fn ending(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Says why, in the words of whoever knows.
    #[must_use]
    pub fn because(mut self, cause: impl Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Says what is certain about the server's state, such as "nothing was changed".
    #[must_use]
    pub fn certain(mut self, certain: impl Into<String>) -> Self {
        self.certain = Some(certain.into().into_boxed_str());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the problems of files, which are shown with their lines before the message.
    #[must_use]
    pub fn with_findings(mut self, findings: Findings) -> Self {
        self.findings = Some(Box::new(findings));
        self
    }

    /// Whether it shows lines of files.
    pub fn is_about_files(&self) -> bool {
        self.findings.is_some()
    }

    /// The problems of files that it shows.
    pub fn findings(&self) -> Option<&Findings> {
        self.findings.as_deref()
    }

    /// What is said, each with its label; what went wrong comes first.
    pub fn lines(&self) -> Vec<(&'static str, &str)> {
        let lines = [
            ("error", Some(self.message.as_str())),
            ("cause", self.cause.as_deref()),
            ("certain", self.certain.as_deref()),
            ("help", self.help.as_deref()),
        ];
        lines
            .into_iter()
            .filter_map(|(label, text)| Some((label, text?)))
            .collect()
    }

    /// How the run ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The text for people; ends with a line break.
    pub fn text(&self, appearance: Appearance) -> String {
        let mut text = String::new();
        if let Some(findings) = &self.findings {
            text.push_str(&findings.text(appearance));
            text.push('\n');
        }
        for (label, content) in self.lines() {
            let color = match label {
                "error" => "1;31",
                "help" => "36",
                _ => "1",
            };
            let label = if appearance.color {
                format!("\u{1b}[{color}m{label}:\u{1b}[0m")
            } else {
                format!("{label}:")
            };
            text.push_str(&format!("{label} {content}\n"));
        }
        text
    }

    /// The JSON document that takes the place of the result.
    pub fn json(&self) -> Json {
        json!({
            "format_version": 1,
            "registry": self.registry,
            "error": {
                "message": self.message,
                "cause": self.cause,
                "certain": self.certain,
                "help": self.help,
                "exit_code": self.exit.code(),
            },
            "diagnostics": self.findings.as_ref().map_or_else(Vec::new, |findings| findings.json()),
        })
    }
}

impl From<SettingsProblem> for Failure {
    fn from(problem: SettingsProblem) -> Self {
        match problem {
            SettingsProblem::Discovery(problem) => problem.into(),
            SettingsProblem::File {
                sources,
                diagnostics,
                secrets,
            } => {
                Failure::new("quayform.toml cannot be used").with_findings(Findings::new(diagnostics, sources, secrets))
            }
        }
    }
}

impl From<DiscoveryProblem> for Failure {
    fn from(problem: DiscoveryProblem) -> Self {
        let help = match &problem {
            DiscoveryProblem::Unreadable { .. } => "name a directory or a manifest that exists",
            DiscoveryProblem::TwoProjects { .. } => "run quayform once for each",
        };
        Failure::new(problem.to_string()).help(help)
    }
}

impl From<RegistryProblem> for Failure {
    fn from(problem: RegistryProblem) -> Self {
        Failure::new(problem.to_string()).help(problem.help())
    }
}

impl From<CocktailProblem> for Failure {
    fn from(problem: CocktailProblem) -> Self {
        Failure::new(problem.to_string()).help(problem.help())
    }
}

impl From<SecretProblem> for Failure {
    fn from(problem: SecretProblem) -> Self {
        Failure::new(problem.to_string()).help(problem.help())
    }
}

impl From<ClientProblem> for Failure {
    fn from(problem: ClientProblem) -> Self {
        let help = match &problem {
            ClientProblem::Authorities | ClientProblem::NoAuthority => "check `ca_file` in quayform.toml",
            ClientProblem::Identity => "check `client_certificate` and `client_key` in quayform.toml",
            ClientProblem::Url(_) => "write the registry's address, such as https://quay.example.com",
            ClientProblem::Setup(_) => {
                "check the trusted certificates of this machine (SSL_CERT_FILE), or set `ca_file`"
            }
        };
        Failure::new(problem.to_string()).help(help)
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        let (certain, help) = match &error {
            TransportError::Connect(_) => (
                "nothing was sent",
                "check `url` in quayform.toml (or --url, QUAYFORM_URL) and the network",
            ),
            TransportError::Tls(_) => (
                "nothing was sent",
                "for a private certificate authority set `ca_file` in quayform.toml, for one that asks for a certificate `client_certificate` and `client_key`",
            ),
            TransportError::SignIn(_) => (
                "nothing was sent",
                "check `username` and `password` in quayform.toml (or QUAYFORM_USERNAME, QUAYFORM_PASSWORD)",
            ),
            TransportError::Interrupted => ("nothing was sent", "run the command again"),
            TransportError::Timeout(_) | TransportError::Cut(_) => (
                "the registry may have carried out the request",
                "run the command again: it reads what is there before it writes",
            ),
        };
        Failure::new(error.to_string()).certain(certain).help(help)
    }
}

/// What a registry is read for.
struct Purpose {
    doing: &'static str,
    /// How it takes fewer requests.
    cheaper: &'static str,
}

const PLANNING: Purpose = Purpose {
    doing: "planning",
    cheaper: "manage less of what has no list (notifications, mirrors, grants of people), plan some of the organizations with --shard",
};

const EXPORTING: Purpose = Purpose {
    doing: "exporting",
    cheaper: "name fewer organizations, take fewer sections (--only teams,robots)",
};

/// How many reasons for requests are named.
const REASONS: usize = 5;

impl Failure {
    /// A registry, known by its URL or state file, that was not read.
    pub fn of_reading(error: &ReadError, registry: &str) -> Self {
        match error {
            ReadError::Preflight(error) => Failure::of_preflight(error, registry),
            ReadError::TooMany(excess) => Failure::of_price(excess, registry, &PLANNING),
        }
    }

    /// The same, where it was read to be exported.
    pub fn of_exporting(error: &ReadError, registry: &str) -> Self {
        match error {
            ReadError::TooMany(excess) => Failure::of_price(excess, registry, &EXPORTING),
            ReadError::Preflight(_) => Failure::of_reading(error, registry),
        }
    }

    /// Reading that costs more than `--max-requests` allows: refused as by a guard.
    fn of_price(excess: &TooMany, registry: &str, purpose: &Purpose) -> Self {
        let (shown, rest) = excess
            .estimate
            .reasons
            .split_at(excess.estimate.reasons.len().min(REASONS));
        let mut reasons: Vec<String> = shown
            .iter()
            .map(|(reason, number)| format!("{number} for {reason}"))
            .collect();
        let others: usize = rest.iter().map(|(_, number)| number).sum();
        reasons.extend((others > 0).then(|| format!("{others} for the rest")));
        let (requests, seconds) = (excess.estimate.requests, excess.estimate.seconds);
        // Before the first answer nothing is known about the pace.
        let time = match seconds {
            0.0 => String::new(),
            _ => format!(" (some {seconds:.1} s)"),
        };
        let message = format!(
            "{} takes at least {requests} requests{time}, and --max-requests allows {}",
            purpose.doing, excess.most
        );
        let failure = Failure::new(message)
            .because(reasons.join("; "))
            .certain(format!(
                "{} requests were sent, all of them to read; nothing was changed",
                excess.sent
            ))
            .help(format!("{}, or allow it: --max-requests {requests}", purpose.cheaper))
            .ending(Exit::Refused);
        Failure {
            registry: Some(registry.into()),
            ..failure
        }
    }

    /// A registry, known by its URL or state file, that does not prove itself.
    fn of_preflight(error: &PreflightError, registry: &str) -> Self {
        let message = match error {
            PreflightError::Unreachable(_) => format!("the registry at {registry} gives no answer"),
            PreflightError::SignIn(_) => format!("nobody could be signed in at the registry at {registry}"),
            PreflightError::OutOfOrder(_) => format!("the registry at {registry} is out of order"),
            PreflightError::NotQuay(_) => format!("{registry} is not a Quay registry"),
            PreflightError::DeadToken => format!("the registry at {registry} does not accept the token"),
            PreflightError::LacksUserRead => "the token lacks the scope user:read".to_owned(),
            PreflightError::Unreadable(_) => format!("the registry at {registry} does not say whose token it is"),
        };
        let failure = Failure::new(message).certain("nothing was changed").help(error.help());
        Failure {
            cause: error.cause().map(str::to_owned),
            registry: Some(registry.into()),
            ..failure
        }
    }
}
