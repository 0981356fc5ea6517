//! Sends the calls of one change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::cocktail::Cocktail;
use crate::http::echo;
use crate::http::{Clock, LONGEST_WAIT, ReadOnly, Request, Response, Stop, Transport, retry_after};
use crate::kinds;
use crate::kinds::targets::{encode, encode_query};
use crate::model::{
    Address, Call, Caller, Change, Features, Follow, Interest, OnUnknown, Plan, Secret, Segment, State, Target, Value,
    World,
};
use crate::read::{Reader, look};

use super::Context;
use super::credentials::Keeper;
use super::journal::{Event, Journal, Work};
use super::judge::{Verdict, judge};
use super::settle::{Found, Unsettled};
use super::told::{given_up, told};

/// How often a write is tried that certainly did not happen, or does no harm when repeated.
const TRIES: u32 = 4;

/// What goes on with what changes have started, in the order in which it was seen.
pub(super) type News = UnboundedReceiver<(Address, String)>;

/// Sends writes and remembers the ids of objects.
pub(super) struct Sender {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) token: Option<SecretString>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stop: Stop,
    journal: Arc<dyn Journal>,
    pub(super) settle_time: Duration,
    pub(super) build_patience: Duration,
    pub(super) cocktail: Option<Cocktail>,
    pub(super) work: Work,
    news: UnboundedSender<(Address, String)>,
    pub(super) unsettled: Unsettled,
    features: Features,
    caller: Caller,
    keeper: Option<Keeper>,
    handles: Mutex<BTreeMap<Address, String>>,
    writes: AtomicUsize,
    reads: AtomicUsize,
}

impl Sender {
    pub(super) fn new(context: &Context<'_>, live: &World) -> (Self, News) {
        let (news, heard) = unbounded_channel();
        let known = live
            .objects
            .iter()
            .filter_map(|(address, object)| Some((address.clone(), object.handle.clone()?)));
        let sender = Sender {
            build_patience: context.build_patience,
            cocktail: context.cocktail.clone(),
            work: context.work.clone(),
            news,
            transport: Arc::clone(&context.transport),
            token: context.token.clone(),
            clock: Arc::clone(&context.clock),
            stop: context.stop.clone(),
            journal: Arc::clone(&context.journal),
            settle_time: context.settle_time,
            unsettled: Unsettled::default(),
            features: live.features.clone(),
            caller: live.caller.clone(),
            keeper: context.sink.as_ref().map(|sink| {
                let client = ReadOnly::new(Arc::clone(&context.transport), context.token.clone());
                Keeper::new(Arc::clone(sink), client, &live.caller.name)
            }),
            handles: Mutex::new(known.collect()),
            writes: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
        };
        (sender, heard)
    }

    /// Says what goes on, to whoever watches the apply.
    pub(super) fn tell(&self, address: &Address, what: String) {
        // Nobody listens any more where the run has ended.
        let _ = self.news.send((address.clone(), what));
    }

    pub(super) fn count_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes up the server's ids as they were read again.
    pub(super) async fn learn(&self, handles: BTreeMap<Address, String>) {
        self.handles.lock().await.extend(handles);
    }

    pub(super) fn keeper(&self) -> Option<&Keeper> {
        self.keeper.as_ref()
    }

    pub(super) fn writes(&self) -> usize {
        self.writes.load(Ordering::Relaxed)
    }

    pub(super) fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    /// Carries out the calls of one change, one after the other; the first that does not succeed ends it. `is_busy` says
    /// that its object must come to rest first.
    pub(super) async fn carry_out(&self, change: &Change, is_busy: bool) -> State {
        let waited = if is_busy {
            self.comes_to_rest(change).await
        } else {
            Ok(())
        };
        let state = match waited {
            Ok(()) => self.calls(change).await,
            Err(state) => state,
        };
        self.note_unsettled(&state);
        let ends = Event::ChangeEnds {
            address: change.address.to_string(),
            state: state.word().to_owned(),
        };
        self.note(ends).await;
        state
    }

    /// What the first answer, that of the creation, hands out is in its sink before the change is done.
    async fn calls(&self, change: &Change) -> State {
        let mut answers: Vec<Option<Response>> = vec![None; change.calls.len()];
        for (index, call) in change.calls.iter().enumerate() {
            let answer = &mut answers[index];
            let state = match (self.path(call).await, call.starts) {
                (Ok(path), Some(Follow::Build)) => self.build(change, call, &path, answer).await,
                (Ok(path), Some(Follow::CocktailRun)) => self.cocktail_run(change, call, &path, answer).await,
                (Ok(path), None) => self.call(change, call, &path, answer).await,
                (Err(reason), _) => State::Failed(reason),
            };
            if state != State::Done {
                return told(state, index);
            }
        }
        self.hand_over(change, answers.first().and_then(Option::as_ref)).await
    }

    async fn hand_over(&self, change: &Change, answer: Option<&Response>) -> State {
        let hands_out = kinds::find(change.address.kind).is_some_and(|kind| kind.hands_out_credential(change.action));
        match &self.keeper {
            Some(keeper) if hands_out => match keeper.take(&change.address, answer).await {
                Ok(()) => State::Done,
                Err(reason) => State::Failed(reason),
            },
            _ => State::Done,
        }
    }

    /// Sends one call until its outcome is known, or as often as is sensible; `answer` is that of the last attempt.
    pub(super) async fn call(&self, change: &Change, call: &Call, path: &str, answer: &mut Option<Response>) -> State {
        let mut attempt = 1;
        let (mut may_have_acted, mut sent_again) = (false, false);
        let sent = format!("{} {path}", call.method);
        loop {
            let (said, asked) = match self.attempt(change, call, path, attempt, answer).await {
                Verdict::Done => return State::Done,
                Verdict::Already(_) if may_have_acted => return State::Done,
                Verdict::Already(said) => {
                    return State::Failed(format!(
                        "{sent}: {said}: somebody else was first, and how is not known; the next plan compares it"
                    ));
                }
                Verdict::Later(said) => return State::Deferred(said),
                // What was sent twice may be refused because the first one was carried out late.
                Verdict::Failed(_) if sent_again && self.look_for(change).await == Found::There => return State::Done,
                Verdict::Failed(said) => return State::Failed(format!("{sent}: {said}")),
                Verdict::Unknown(said) => match self.found(change, call).await {
                    Found::There => return State::Done,
                    Found::Missing if !sent_again => {
                        sent_again = true;
                        attempt += 1;
                        continue;
                    }
                    Found::Missing => return State::Failed(format!("{sent}: {said}; read again: it was not done")),
                    Found::Unsure => return State::Unknown(format!("{sent}: {said}")),
                },
                Verdict::Repeat(said) => {
                    may_have_acted = true;
                    (said, None)
                }
                Verdict::Again(said, asked) => (said, asked),
            };
            let pause = pause(attempt, asked.as_deref(), self.clock.as_ref());
            if attempt >= TRIES || pause > LONGEST_WAIT || !self.stop.wait(self.clock.as_ref(), pause).await {
                return given_up(&sent, &said, attempt, may_have_acted);
            }
            attempt += 1;
        }
    }

    /// One request, noted before it leaves and after its answer.
    async fn attempt(
        &self,
        change: &Change,
        call: &Call,
        path: &str,
        attempt: u32,
        answer: &mut Option<Response>,
    ) -> Verdict {
        let write = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        let begins = Event::WriteBegins {
            write,
            address: change.address.to_string(),
            action: change.action.word().to_owned(),
            method: call.method,
            path: path.to_owned(),
            attempt,
            repeatable: call.on_unknown == OnUnknown::Repeat,
        };
        if let Err(error) = self.journal.record(begins).await {
            self.writes.fetch_sub(1, Ordering::Relaxed);
            return Verdict::Failed(format!(
                "the journal cannot be written ({error}), so that nothing was sent"
            ));
        }
        let Some((transport, token)) = self.way(call.target) else {
            return Verdict::Failed("there is no way to CocktailCloud; nothing was sent".to_owned());
        };
        let request = Request {
            method: call.method,
            target: path.to_owned(),
            token: token.cloned(),
            body: call.body.as_ref().map(|body| sent(body, &*self.clock)),
        };
        let result = transport.send(request).await;
        let verdict = judge(call, &result).map(|said| self.without_secrets(said, call));
        *answer = result.ok();
        let ends = Event::WriteEnds {
            write,
            outcome: verdict.word().to_owned(),
            status: answer.as_ref().map(|response| response.status),
        };
        self.note(ends).await;
        verdict
    }

    /// What the server said, without what it was told in secret.
    fn without_secrets(&self, said: String, call: &Call) -> String {
        let body = call.body.iter().flat_map(Value::secrets);
        let told = body.filter_map(Secret::expose);
        echo::without(&said, told.chain(self.tokens()))
    }

    /// What somebody wrote about what was started, without tokens.
    pub(super) fn without_token(&self, said: &str) -> String {
        echo::without(said, self.tokens())
    }

    fn tokens(&self) -> impl Iterator<Item = &str> {
        let of_cocktail = self.cocktail.as_ref().and_then(|cocktail| cocktail.token.as_ref());
        let all = self.token.iter().chain(of_cocktail);
        all.map(|token| token.expose_secret())
    }

    /// The way of a call, and the token of whoever is at its end: no token goes to anybody else.
    fn way(&self, target: Target) -> Option<(&Arc<dyn Transport>, Option<&SecretString>)> {
        match target {
            Target::Registry => Some((&self.transport, self.token.as_ref())),
            Target::Cocktail => {
                let cocktail = self.cocktail.as_ref()?;
                Some((&cocktail.transport, cocktail.token.as_ref()))
            }
        }
    }

    /// Notes what has happened. A line that is lost makes the next run say too much, and nothing worse.
    pub(super) async fn note(&self, event: Event) {
        if let Err(error) = self.journal.record(event).await {
            tracing::warn!("a line is missing in the journal: {error}");
        }
    }

    /// The path with the ids of objects filled in; those made in this run are read now.
    pub(super) async fn path(&self, call: &Call) -> Result<String, String> {
        let mut path = call.target.root().to_owned();
        for segment in &call.path {
            path.push('/');
            match segment {
                Segment::Text(text) => path.push_str(&encode(text)),
                Segment::Handle(address) => path.push_str(&encode(&self.handle(address).await?)),
            }
        }
        if call.slash {
            path.push('/');
        }
        Ok(path + &encode_query(&call.query))
    }

    async fn handle(&self, address: &Address) -> Result<String, String> {
        let mut handles = self.handles.lock().await;
        if let Some(handle) = handles.get(address) {
            return Ok(handle.clone());
        }
        let found = self.look_at(address).await.objects.into_inner().into_values();
        handles.extend(found.filter_map(|object| Some((object.address, object.handle?))));
        handles
            .get(address)
            .cloned()
            .ok_or_else(|| format!("{address} cannot be found, so its id is not known; nothing was changed"))
    }

    /// The object and its collection, as they are now.
    pub(super) async fn look_at(&self, address: &Address) -> World {
        let mut interest = Interest::default();
        interest.collections.insert(kinds::collection(address));
        interest.addresses.insert(address.clone());
        interest.doubted.insert(address.clone());
        let mut reader = Reader::new(ReadOnly::new(Arc::clone(&self.transport), self.token.clone()));
        let world = look(&mut reader, &interest, self.features.clone(), self.caller.clone()).await;
        self.reads.fetch_add(reader.requests(), Ordering::Relaxed);
        world
    }
}

/// What the server asks for with `Retry-After`, or twice as long each time.
fn pause(attempt: u32, asked: Option<&str>, clock: &dyn Clock) -> Duration {
    let asked = asked.and_then(|header| retry_after(header, clock.now()));
    asked.unwrap_or_else(|| clock.spread(Duration::from_millis(500 * 2u64.pow(attempt - 1))))
}

/// A value as it goes over the wire: the one place where secrets are opened.
fn sent(value: &Value, clock: &dyn Clock) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(switch) => (*switch).into(),
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(|item| sent(item, clock)).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), sent(value, clock)))
            .collect(),
        Value::Secret(secret) => secret.expose().map_or(Json::Null, Json::from),
        Value::Now => now(clock).into(),
    }
}

/// The time in exactly the form that the server takes: whole seconds, in UTC.
fn now(clock: &dyn Clock) -> String {
    let now = clock.now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// Secrets that would have to be sent and are not known, each with the objects that need it.
pub(super) fn unresolved(plan: &Plan) -> Vec<String> {
    let mut unresolved: BTreeMap<String, Vec<&Address>> = BTreeMap::new();
    for change in plan.changes.iter().filter(|change| change.action.writes()) {
        let bodies = change.calls.iter().filter_map(|call| call.body.as_ref());
        if let Some(secret) = bodies.flat_map(Value::secrets).find(|secret| secret.expose().is_none()) {
            let reference = secret.reference();
            let name = reference.map_or("(secret)".to_owned(), ToString::to_string);
            unresolved.entry(name).or_default().push(&change.address);
        }
    }
    let shown = |(name, addresses): (String, Vec<&Address>)| match addresses.as_slice() {
        [] => name,
        [one] => format!("{name} (for {one})"),
        [first, rest @ ..] => format!("{name} (for {first} and {} more)", rest.len()),
    };
    unresolved.into_iter().map(shown).collect()
}
