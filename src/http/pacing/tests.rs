use std::collections::VecDeque;
use std::sync::Mutex;

use super::super::clock::Sleeping;
use super::*;

type Outcome = Result<Response, TransportError>;

/// Answers from a list, in order; 200 when it is used up.
struct Script(Mutex<VecDeque<Outcome>>);

impl Transport for Script {
    fn send(&self, _: Request) -> Sending<'_> {
        let next = self.0.lock().unwrap().pop_front().unwrap_or_else(|| answer(200, None));
        Box::pin(std::future::ready(next))
    }
}

/// A clock on which waiting takes no time and is written down.
struct Jumping(Mutex<(Timestamp, Vec<Duration>)>);

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().0
    }

    fn sleep(&self, duration: Duration) -> Sleeping<'_> {
        let mut state = self.0.lock().unwrap();
        state.0 = state.0.checked_add(duration).unwrap();
        state.1.push(duration);
        Box::pin(std::future::ready(()))
    }

    /// Chance that a test can foresee.
    fn spread(&self, wait: Duration) -> Duration {
        wait + Duration::from_millis(1)
    }
}

fn answer(status: u16, retry_after: Option<&str>) -> Outcome {
    Ok(Response {
        status,
        content_type: "text/html".to_owned(),
        retry_after: retry_after.map(str::to_owned),
        body: Vec::new(),
    })
}

fn request(method: Method) -> Request {
    Request {
        method,
        target: "/api/v1/user/".to_owned(),
        token: None,
        body: None,
    }
}

/// Sends one request against the script; gives the outcome's status, the waits in milliseconds and the counts.
async fn run(method: Method, script: Vec<Outcome>) -> (Option<u16>, Vec<u128>, Counts) {
    let clock = Arc::new(Jumping(Mutex::new((
        "2026-08-21T20:00:00Z".parse().unwrap(),
        Vec::new(),
    ))));
    let paced = Paced::with_clock(Script(Mutex::new(script.into())), Pacing::default(), clock.clone());
    let status = paced.send(request(method)).await.ok().map(|response| response.status);
    let waits = clock.0.lock().unwrap().1.iter().map(Duration::as_millis).collect();
    (status, waits, paced.counts())
}

#[tokio::test]
async fn reads_are_repeated_with_growing_waits_three_times_at_most() {
    let cut = || Err(TransportError::Cut("gone".to_owned()));
    let (status, waits, counts) = run(Method::Get, vec![answer(502, None), cut()]).await;
    assert_eq!((status, waits), (Some(200), vec![501, 1001]));
    assert_eq!(
        counts,
        Counts {
            reads: 3,
            writes: 0,
            retries: 2
        }
    );

    let (status, waits, _) = run(
        Method::Get,
        vec![cut(), Err(TransportError::Timeout(1)), answer(504, None)],
    )
    .await;
    assert_eq!((status, waits), (Some(504), vec![501, 1001]));
}

#[tokio::test]
async fn writes_and_plain_refusals_are_never_repeated() {
    for method in [Method::Post, Method::Put, Method::Delete] {
        for outcome in [
            answer(429, None),
            answer(503, None),
            Err(TransportError::Connect("refused".to_owned())),
        ] {
            let (_, waits, counts) = run(method, vec![outcome]).await;
            assert_eq!(
                (waits, counts),
                (
                    vec![],
                    Counts {
                        reads: 0,
                        writes: 1,
                        retries: 0
                    }
                ),
                "{method}"
            );
        }
    }
    for outcome in [
        answer(404, None),
        answer(500, None),
        Err(TransportError::Tls("expired".to_owned())),
    ] {
        assert_eq!(run(Method::Get, vec![outcome]).await.2.reads, 1);
    }
}

#[tokio::test]
async fn retry_after_is_obeyed_in_both_forms() {
    for (header, waits) in [
        ("7", vec![7000]),
        (" Fri, 21 Aug 2026 20:00:09 GMT ", vec![9000]),
        ("Fri, 21 Aug 2026 19:00:00 GMT", vec![0]),
        // Nobody asked for a number: the clock spreads the wait.
        ("soon", vec![501]),
    ] {
        assert_eq!(
            run(Method::Get, vec![answer(429, Some(header))]).await.1,
            waits,
            "{header}"
        );
    }
    let (status, waits, _) = run(Method::Get, vec![answer(429, Some("3600"))]).await;
    assert_eq!(
        (status, waits),
        (Some(429), vec![]),
        "a wait beyond the bound is handed on"
    );
}

#[tokio::test]
async fn a_server_that_asks_for_peace_gets_it_from_the_next_request_too() {
    for asked in ["7", "Fri, 21 Aug 2026 20:00:07 GMT"] {
        let clock = Arc::new(Jumping(Mutex::new((
            "2026-08-21T20:00:00Z".parse().unwrap(),
            Vec::new(),
        ))));
        let script = Script(Mutex::new(vec![answer(429, Some(asked))].into()));
        let paced = Paced::with_clock(script, Pacing::default(), clock.clone());
        paced.send(request(Method::Post)).await.unwrap();
        paced.send(request(Method::Post)).await.unwrap();
        assert_eq!(clock.0.lock().unwrap().1, [Duration::from_secs(7)], "{asked}");
    }
}

#[tokio::test]
async fn the_limit_halves_on_overload_and_recovers_one_by_one() {
    let script = Script(Mutex::new(vec![answer(429, None), answer(503, None)].into()));
    let paced = Paced::new(script, Pacing::default());
    let mut limits = Vec::new();
    for _ in 0..12 {
        paced.send(request(Method::Delete)).await.unwrap();
        limits.push(paced.limit());
    }
    assert_eq!(limits, [4, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4]);
}

/// A server whose answers take as long as the list says, the last time for ever.
struct Slow {
    clock: Arc<Jumping>,
    milliseconds: Mutex<Vec<u64>>,
}

impl Transport for Slow {
    fn send(&self, _: Request) -> Sending<'_> {
        let mut list = self.milliseconds.lock().unwrap();
        let takes = if list.len() > 1 { list.remove(0) } else { list[0] };
        let mut time = self.clock.0.lock().unwrap();
        time.0 = time.0.checked_add(Duration::from_millis(takes)).unwrap();
        Box::pin(std::future::ready(answer(200, None)))
    }
}

/// The limits after each of three windows of answers, of which each takes so many milliseconds.
async fn limits_of(windows: [u64; 3]) -> Vec<usize> {
    let clock = Arc::new(Jumping(Mutex::new((
        "2026-08-21T20:00:00Z".parse().unwrap(),
        Vec::new(),
    ))));
    let milliseconds = windows.iter().flat_map(|takes| [*takes; 8]).collect();
    let slow = Slow {
        clock: clock.clone(),
        milliseconds: Mutex::new(milliseconds),
    };
    let paced = Paced::with_clock(slow, Pacing::default(), clock);
    let mut limits = Vec::new();
    for _ in 0..3 {
        for _ in 0..8 {
            paced.send(request(Method::Get)).await.unwrap();
        }
        limits.push(paced.limit());
    }
    limits
}

#[tokio::test]
async fn the_limit_halves_when_answers_take_twice_as_long() {
    assert_eq!(limits_of([300, 300, 300]).await, [8, 8, 8]);
    assert_eq!(limits_of([300, 700, 700]).await, [8, 4, 2]);
    // Once it is fast again, one comes back with each round.
    assert_eq!(limits_of([300, 700, 300]).await, [8, 4, 5]);
    // Slower from the start is no change, and what is slow within a tenth of a second is chance.
    assert_eq!(limits_of([2000, 2000, 3900]).await, [8, 8, 8]);
    assert_eq!(limits_of([5, 90, 100]).await, [8, 8, 8]);
}

#[tokio::test]
async fn one_slow_answer_among_quick_ones_is_no_slowness() {
    let clock = Arc::new(Jumping(Mutex::new((
        "2026-08-21T20:00:00Z".parse().unwrap(),
        Vec::new(),
    ))));
    let slow = Slow {
        clock: clock.clone(),
        milliseconds: Mutex::new([[25_000].as_slice(), &[5; 7], &[25_000], &[5; 8]].concat()),
    };
    let paced = Paced::with_clock(slow, Pacing::default(), clock);
    for _ in 0..16 {
        paced.send(request(Method::Get)).await.unwrap();
    }
    assert_eq!(paced.limit(), 8);
}

#[tokio::test]
async fn a_read_only_registry_is_not_taken_for_a_busy_one() {
    let refusal = Response {
        content_type: "application/json".to_owned(),
        ..answer(503, None).unwrap()
    };
    let paced = Paced::new(Script(Mutex::new(vec![Ok(refusal)].into())), Pacing::default());
    paced.send(request(Method::Put)).await.unwrap();
    assert_eq!(paced.limit(), 8);
}

/// Notes how many requests are inside at once, and answers only when all that may come in have come.
struct Crowded {
    inside: AtomicU64,
    most: AtomicU64,
    expected: tokio::sync::Barrier,
}

impl Transport for Crowded {
    fn send(&self, _: Request) -> Sending<'_> {
        Box::pin(async {
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(inside, Ordering::SeqCst);
            self.expected.wait().await;
            self.inside.fetch_sub(1, Ordering::SeqCst);
            answer(200, None)
        })
    }
}

#[tokio::test]
async fn no_more_requests_are_in_flight_than_allowed() {
    let crowded = Crowded {
        inside: AtomicU64::new(0),
        most: AtomicU64::new(0),
        expected: tokio::sync::Barrier::new(3),
    };
    let paced = Arc::new(Paced::new(
        crowded,
        Pacing {
            in_flight: 3,
            ..Pacing::default()
        },
    ));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let paced = paced.clone();
        tasks.spawn(async move { paced.send(request(Method::Get)).await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.len(), 12);
    assert_eq!(paced.inner.most.load(Ordering::SeqCst), 3);
}
