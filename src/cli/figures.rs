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

/// Where a gateway takes figures.
const JOB: &str = "/metrics/job/";

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
    /// Runs a command, which adds what it finds of each registry, and delivers the figures however it ends.
    pub async fn of(
        &self,
        command: &'static str,
        context: &Context,
        run: impl AsyncFnOnce(&mut Vec<Figures>) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        self.check()?;
        let started = Instant::now();
        let mut found = Vec::new();
        let outcome = run(&mut found).await;
        let exit = outcome.as_ref().map_or_else(Failure::exit, |exit| *exit);
        let delivered = self.deliver(command, started, exit, found, context).await;
        match (outcome, delivered) {
            (Ok(exit), Ok(())) => Ok(exit),
            (Ok(exit), Err(failure)) => Err(failure.ending(exit.worst(Exit::Error))),
            (Err(failure), _) => Err(failure),
        }
    }

    /// Refuses what cannot be sent to, before anything is read.
    fn check(&self) -> Result<(), Failure> {
        let Some(address) = &self.push else { return Ok(()) };
        Sender::new(address.clone())
            .below(JOB, &job(""))
            .map(|_| ())
            .map_err(|problem| {
                Failure::new(format!("--push cannot be used: {problem}"))
                    .certain("nothing was read or changed")
                    .help("write --push http://gateway:9091, or with a path: http://gateway:9091/metrics/job/quayform")
            })
    }

    /// Writes and sends the figures, also of a run that failed: who watches them must not see those of the one before. A
    /// gateway that does not answer is said, and changes nothing about the result.
    async fn deliver(
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
            && let Err(problem) = push(address.clone(), &job(command), &text).await
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
                .certain("the result above holds")
                .help("name a file in a directory that exists and may be written to")
        })
    }
}

/// What is sent replaces all that was sent under the same name: drift's figures must outlive a plan.
fn job(command: &str) -> String {
    match command {
        "plan" | "apply" => format!("quayform-{command}"),
        _ => "quayform".to_owned(),
    }
}

async fn push(address: SecretString, job: &str, text: &str) -> Result<(), sender::SendProblem> {
    let message = sender::Message {
        method: Method::Put,
        content_type: "text/plain; version=0.0.4",
        body: text,
    };
    Sender::new(address).below(JOB, job)?.send(message).await
}
