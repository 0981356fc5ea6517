//! A registry in process and a project in memory: plan, apply, plan again.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quayform::apply::journal::{Event, Journal, Recording, Work};
use quayform::apply::{self, Applied, ApplyError, Progress, Sink};
use quayform::cocktail::Cocktail;
use quayform::emulator::{Emulator, IncomingRequest, Registry, Seed, When, Write};
use quayform::export::{Export, Section, Split, export, files, kinds_of};
use quayform::http::{Clock, ReadOnly, Stop, Transport};
use quayform::kinds::{self, registry, wishes};
use quayform::manifest::{self, Loaded, Target};
use quayform::model::{Change, Desired, Interest, Outcome, Pattern, Plan, State, World};
use quayform::plan::{Options, Scope, plan};
use quayform::quay::preflight::PreflightError;
use quayform::read::{ReadError, Reader, administered, explore, live_repositories, read_world};
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::reports::published;

/// A registry and the options to plan with.
pub(crate) struct Lab {
    pub(crate) emulator: Emulator,
    pub(crate) options: Options,
    pub(crate) token: String,
    /// Where the tokens of robots go.
    pub(crate) sink: Option<Arc<dyn Sink>>,
    /// The texts of environment variables that manifests may name.
    pub(crate) variables: Vec<(&'static str, &'static str)>,
}

/// What a plan is carried out in.
pub(crate) struct Surroundings {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) stop: Stop,
    /// How long the end of builds is waited for.
    pub(crate) build_patience: std::time::Duration,
    /// What earlier runs have started and have not seen the end of.
    pub(crate) work: Work,
}

/// A plan with what it was made from.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) live: World,
    pub(crate) desired: Desired,
    pub(crate) requests: usize,
    pub(crate) asked: Vec<String>,
    pub(crate) rounds: usize,
}

impl Planned {
    /// The changes as `create team[acme/developers]`, in order.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.plan
            .changes
            .iter()
            .map(|change| format!("{} {}", change.action.word(), change.address))
            .collect()
    }

    /// The changes with their fields: `update team[acme/developers] role: member -> admin`.
    pub(crate) fn details(&self) -> Vec<String> {
        self.plan.changes.iter().map(detail).collect()
    }
}

/// A change with its fields.
pub(crate) fn detail(change: &Change) -> String {
    let shown = |value: &Option<quayform::model::Value>| value.as_ref().map_or("-".to_owned(), ToString::to_string);
    let fields = change.fields.iter();
    let fields = fields.map(|field| format!(" {}: {} -> {}", field.name, shown(&field.before), shown(&field.after)));
    format!(
        "{} {}{}",
        change.action.word(),
        change.address,
        fields.collect::<String>()
    )
}

/// Reads without a limit.
fn read(reader: &mut Reader, interest: &Interest) -> Result<World, PreflightError> {
    runtime().block_on(read_world(reader, interest)).map_err(unproven)
}

fn unproven(error: ReadError) -> PreflightError {
    match error {
        ReadError::Preflight(error) => error,
        ReadError::TooMany(error) => panic!("nothing is limited here: {error}"),
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

impl Lab {
    /// A registry with the people that scenarios speak of.
    pub(crate) fn new() -> Self {
        Lab::seeded(
            r#"{"users": [
                {"name": "alice", "email": "alice@example.com"}, {"name": "bob", "email": "bob@example.com"},
                {"name": "carol", "email": "carol@example.com"}, {"name": "dave", "email": "dave@example.com"},
                {"name": "erin", "email": "erin@example.com"}
            ]}"#,
        )
    }

    /// A registry that holds what a seed says.
    pub(crate) fn seeded(seed: &str) -> Self {
        let seed = Seed::from_json(seed).unwrap();
        Lab {
            emulator: Emulator::new(Registry::with_seed(&seed).unwrap()),
            options: Options::default(),
            token: "emulator-token".to_owned(),
            sink: None,
            variables: Vec::new(),
        }
    }

    /// Another registry in the same state.
    pub(crate) fn once_more(&self) -> Self {
        Lab {
            emulator: Emulator::new(self.emulator.with(|registry| registry.clone())),
            options: self.options.clone(),
            token: self.token.clone(),
            sink: self.sink.clone(),
            variables: self.variables.clone(),
        }
    }

    /// The wishes of one manifest text; it must be valid.
    pub(crate) fn desired(&self, text: &str) -> Desired {
        self.wishes(&manifest::parse_sources([("manifest.yaml".into(), text.to_owned())]))
    }

    fn wishes(&self, loaded: &Loaded) -> Desired {
        let project = loaded
            .project
            .as_ref()
            .unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
        wishes::desired(project, &self.secrets())
    }

    /// What references to secrets stand for.
    pub(crate) fn secrets(&self) -> wishes::Secrets {
        let secrets = self.variables.iter().map(|(name, text)| {
            (
                quayform::model::Reference::Env((*name).to_owned()),
                SecretString::from(*text),
            )
        });
        secrets.collect()
    }

    /// Reads and plans.
    pub(crate) fn plan(&self, text: &str) -> Planned {
        self.try_plan(text).unwrap()
    }

    /// Reads and plans, unless the registry does not prove itself.
    pub(crate) fn try_plan(&self, text: &str) -> Result<Planned, PreflightError> {
        self.plan_through(text, Arc::new(self.emulator.clone()))
    }

    /// Reads and plans over another way to the registry.
    pub(crate) fn plan_through(&self, text: &str, transport: Arc<dyn Transport>) -> Result<Planned, PreflightError> {
        let token = SecretString::from(self.token.clone());
        let client = ReadOnly::new(transport, Some(token));
        let mut loaded = manifest::parse_sources([("manifest.yaml".into(), text.to_owned())]);
        let namespaces = loaded.project.as_ref().map(|project| project.reached_namespaces());
        if let Some(namespaces) = namespaces.filter(|names| !names.is_empty()) {
            let names = runtime().block_on(live_repositories(&mut Reader::new(client.clone()), &namespaces));
            loaded.reach(names.map_err(unproven)?, Target::default());
        }
        self.plan_reading(self.wishes(&loaded), &mut Reader::new(client))
    }

    /// Reads through this reader, and plans.
    pub(crate) fn plan_reading(&self, desired: Desired, reader: &mut Reader) -> Result<Planned, PreflightError> {
        let mut scope = Scope::new(&desired, self.options.narrowing.as_ref());
        let (desired, live, plan) = loop {
            let part = scope.of(&desired).into_owned();
            let live = read(reader, &part.interest(kinds::collection))?;
            let plan = plan(&part, &live, &self.options);
            if !scope.grow(&plan, &desired) {
                break (part, live, plan);
            }
        };
        let asked = reader
            .asked()
            .iter()
            .map(|asked| format!("{} ({})", asked.query.target, asked.query.reason))
            .collect();
        assert!(
            plan.breaches.is_empty(),
            "{:#?} in {:#?}",
            plan.breaches,
            plan.changes
                .iter()
                .map(|change| (detail(change), &change.after))
                .collect::<Vec<_>>()
        );
        Ok(Planned {
            plan,
            live,
            desired,
            requests: reader.requests(),
            rounds: reader.rounds(),
            asked,
        })
    }

    /// Reads, with this lab's token.
    pub(crate) fn read_of(&self, emulator: &Emulator, interest: &Interest) -> Result<World, PreflightError> {
        let token = SecretString::from(self.token.clone());
        let mut reader = Reader::new(ReadOnly::new(Arc::new(emulator.clone()), Some(token)));
        read(&mut reader, interest)
    }

    /// Exports everything that there is in the organizations that the token administers, in their own account, and in
    /// the registry as a whole.
    pub(crate) fn export(&self) -> Export {
        let sections: Vec<&Section> = Section::ALL.iter().filter(|section| section.is_usual).collect();
        self.export_of(&sections)
    }

    /// Exports some sections of it.
    pub(crate) fn export_of(&self, sections: &[&Section]) -> Export {
        let (interest, world) = self.explored(sections);
        export(&interest, &world, &kinds_of(sections))
    }

    /// Reads all of these sections that there is.
    pub(crate) fn explored(&self, sections: &[&Section]) -> (Interest, World) {
        let token = SecretString::from(self.token.clone());
        let mut reader = Reader::new(ReadOnly::new(Arc::new(self.emulator.clone()), Some(token)));
        runtime().block_on(async {
            let known = administered(&mut reader).await.unwrap();
            assert_eq!(known.gap, None);
            let names = known.organizations.into_iter();
            let names = names
                .chain([known.caller.name, registry::NAMESPACE.to_owned()])
                .collect();
            let kinds = kinds_of(sections);
            explore(&mut reader, &names, &kinds).await.unwrap()
        })
    }

    /// Sets the variables that an export names, as far as the registry shows what they hold.
    pub(crate) fn know(&mut self, export: &Export) {
        for variable in &export.variables {
            let text = variable.secret.as_ref().and_then(|secret| secret.expose());
            // They are few, and as long-lived as the test.
            let leaked = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
            self.variables
                .push((leaked(&variable.name), leaked(text.unwrap_or("MARKED"))));
        }
    }

    /// Carries out a plan.
    pub(crate) fn carry_out(&self, planned: &Planned) -> Applied {
        self.carry_out_in(planned, self.surroundings()).unwrap()
    }

    /// Carries out a plan over another way to the registry.
    pub(crate) fn carry_out_through(&self, planned: &Planned, transport: Arc<dyn Transport>) -> Applied {
        let surroundings = Surroundings {
            transport,
            ..self.surroundings()
        };
        self.carry_out_in(planned, surroundings).unwrap()
    }

    /// What a plan is carried out in, unless a test changes some of it.
    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings {
            transport: Arc::new(self.emulator.clone()),
            clock: Arc::new(Impatient::beside(&self.emulator)),
            journal: Arc::new(Forgetful),
            stop: Stop::default(),
            build_patience: apply::builds::PATIENCE,
            work: Work::new(),
        }
    }

    /// Carries out a plan with surroundings of one's own.
    pub(crate) fn carry_out_in(&self, planned: &Planned, surroundings: Surroundings) -> Result<Applied, ApplyError> {
        runtime().block_on(self.applying(planned, surroundings))
    }

    /// Carries out a plan as a process does that is killed at this write; `None` if it was.
    pub(crate) fn carry_out_until(&self, planned: &Planned, write: u64, when: When) -> Option<Applied> {
        self.carry_out_watched(planned, self.surroundings(), move |seen| {
            match (seen.number, seen.when) == (write, when) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    }

    /// Carries out a plan while somebody looks on, who kills the process by breaking; `None` if it was killed.
    pub(crate) fn carry_out_watched(
        &self,
        planned: &Planned,
        surroundings: Surroundings,
        mut look: impl FnMut(Write<'_>) -> ControlFlow<()> + Send + 'static,
    ) -> Option<Applied> {
        let killed = Arc::new(Notify::new());
        let kill = Arc::clone(&killed);
        self.emulator.watch(move |seen| {
            let flow = look(seen);
            if flow.is_break() {
                kill.notify_one();
            }
            flow
        });
        let applied = runtime().block_on(async {
            tokio::select! {
                applied = self.applying(planned, surroundings) => Some(applied.unwrap()),
                () = killed.notified() => None,
            }
        });
        self.emulator.unwatch();
        applied
    }

    async fn applying(&self, planned: &Planned, surroundings: Surroundings) -> Result<Applied, ApplyError> {
        let token = Some(SecretString::from(self.token.clone()));
        let context = apply::Context {
            cocktail: Some(Cocktail::new(Arc::clone(&surroundings.transport), token.clone())),
            work: surroundings.work,
            transport: surroundings.transport,
            token,
            clock: surroundings.clock,
            desired: &planned.desired,
            options: &self.options,
            sink: self.sink.clone(),
            journal: surroundings.journal,
            settle_time: apply::settle::TIME,
            stop: surroundings.stop,
            build_patience: surroundings.build_patience,
        };
        apply::apply(&planned.plan, &planned.live, &context, &Silent).await
    }

    /// Plans, applies, and plans again: everything is done, the residual is empty, and so is the second plan.
    pub(crate) fn converge(&self, text: &str) -> Planned {
        let planned = self.plan(text);
        published::is_plan(&planned.plan);
        assert!(planned.plan.refusals.is_empty(), "{:#?}", planned.plan.refusals);
        assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
        let applied = self.carry_out(&planned);
        let open: Vec<&Outcome> = applied
            .outcomes
            .iter()
            .filter(|outcome| !matches!(outcome.state, State::Done | State::Deferred(_)))
            .collect();
        assert!(open.is_empty(), "{open:#?}");
        if let Some(verified) = &applied.verified {
            assert!(verified.converged(), "{verified:#?}");
        }
        let again = self.plan(text);
        assert!(
            again.plan.is_empty(),
            "the second plan is not empty: {:#?}",
            again.details()
        );
        planned
    }

    /// Allows deletions of what the patterns mean.
    pub(crate) fn allow(mut self, patterns: &[&str]) -> Self {
        self.options
            .allow
            .extend(patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()));
        self
    }

    /// Somebody changes the registry by hand, over its API.
    pub(crate) fn by_hand(&self, method: &str, path: &str, body: serde_json::Value) -> serde_json::Value {
        let mut request = IncomingRequest::new(method, &format!("/api/v1{path}")).with_token("emulator-token");
        if !body.is_null() {
            request = request.with_json(&body);
        }
        let answer = self.emulator.handle(&request).unwrap();
        let body = String::from_utf8_lossy(&answer.body);
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {} {body}",
            answer.status
        );
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// The requests that changed something since the log was cleared: `PUT /api/v1/organization/acme`.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.emulator.with(|registry| {
            registry
                .write_log()
                .iter()
                .map(|entry| format!("{} {}", entry.method, entry.target))
                .collect()
        })
    }
}

/// The manifests of an export in one text.
pub(crate) fn text(export: &Export) -> String {
    let files = files(export, Split::ByNamespace, None).unwrap();
    let texts: Vec<String> = files.into_iter().map(|file| file.text).collect();
    texts.join("---\n")
}

/// A clock that does not wait, and of its own time, so that what happens is the same in every run: it goes on by a
/// millisecond whenever somebody looks at it, and by every wait.
pub(crate) struct Impatient(AtomicU64);

impl Impatient {
    /// It begins with the time of the registry.
    pub(crate) fn beside(emulator: &Emulator) -> Self {
        let seconds = emulator.with(|registry| registry.clock());
        Impatient(AtomicU64::new(seconds.unsigned_abs() * 1_000))
    }
}

impl Clock for Impatient {
    fn now(&self) -> jiff::Timestamp {
        let milliseconds = self.0.fetch_add(1, Ordering::Relaxed);
        jiff::Timestamp::from_millisecond(milliseconds.cast_signed()).unwrap()
    }

    fn sleep(&self, wait: Duration) -> quayform::http::clock::Sleeping<'_> {
        self.0.fetch_add(wait.as_millis() as u64, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}

/// A journal of which nothing is kept.
pub(crate) struct Forgetful;

impl Journal for Forgetful {
    fn record(&self, _: Event) -> Recording<'_> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Hears of nothing.
pub(crate) struct Silent;

impl Progress for Silent {
    fn started(&self, _: &Change) {}
    fn ended(&self, _: &Outcome) {}
    fn verifying(&self) {}
}
