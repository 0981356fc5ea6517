//! `--metrics` and `--push`: the figures of a run for Prometheus.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use secrecy::SecretString;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use crate::http::{Clock, Method, Sender, SystemClock, sender};
use crate::report::metrics::{Figures, Metrics};
use crate::state::{Readers, beside, replace};

/// Where a gateway takes figures, and as whose.
const JOB: &str = "/metrics/job/";
const NAME: &str = "quayform";

/// The flags that say where the figures go.
#[derive(Debug, Clone, Args)]
pub struct Destinations {
    /// Write the run's figures to FILE, in the text format of Prometheus
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    /// Send the run's figures to a Pushgateway: http://gateway:9091, or with a path such as /metrics/job/quayform
    #[arg(long, value_name = "URL", value_parser = secret)]
    push: Option<SecretString>,
}

/// It may hold a user name and a password.
fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

impl Destinations {
    /// Refuses what cannot be sent to, before anything is read.
    pub fn check(&self) -> Result<(), Failure> {
        let Some(address) = &self.push else { return Ok(()) };
        Sender::new(address.clone())
            .below(JOB, NAME)
            .map(|_| ())
            .map_err(|problem| {
                Failure::new(format!("--push cannot be used: {problem}"))
                    .certain("nothing was read or changed")
                    .help("write --push http://gateway:9091, or with a path: http://gateway:9091/metrics/job/quayform")
            })
    }

    /// Writes and sends the figures, also of a run that failed: who watches them must not see those of the one before. A
    /// gateway that does not answer is said, and changes nothing about the result.
    pub async fn deliver(
        &self,
        command: &'static str,
        started: Instant,
        exit: Exit,
        registries: Vec<Figures>,
        context: &Context,
    ) -> Result<(), Failure> {
        if self.metrics.is_none() && self.push.is_none() {
            return Ok(());
        }
        let metrics = Metrics {
            command,
            finished: SystemClock.now(),
            seconds: started.elapsed().as_secs_f64(),
            exit_code: exit.code(),
            registries,
        };
        let text = metrics.text();
        if let Some(address) = &self.push
            && let Err(problem) = push(address.clone(), &text).await
        {
            context
                .ui
                .warning(&format!("--push: the figures were not taken: {problem}"));
        }
        let Some(file) = &self.metrics else { return Ok(()) };
        let path = context.path(file);
        replace(&path, &beside(&path), text.as_bytes(), Readers::Anybody).map_err(|error| {
            Failure::new(format!("--metrics: {} cannot be written", file.display()))
                .because(error)
                .certain("the result above holds; nothing was changed in the registry")
                .help("name a file in a directory that exists and may be written to")
        })
    }
}

async fn push(address: SecretString, text: &str) -> Result<(), sender::SendProblem> {
    let message = sender::Message {
        method: Method::Put,
        content_type: "text/plain; version=0.0.4",
        body: text,
    };
    Sender::new(address).below(JOB, NAME)?.send(message).await
}
