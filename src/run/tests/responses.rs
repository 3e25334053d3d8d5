//! Runs whose service responds as a script says, on a virtual clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::support::{RULES, SECOND, ids, limits, one_value};
use crate::interface::{IdState, Status};
use crate::report::Report;
use crate::run::engine::{Engine, Limits};
use crate::run::transport::{Received, Transport};
use crate::run::{Hooks, Recorder, drive, finish};
use crate::throttle::Rng;
use crate::update::{Ids, Job, Rules, Update, Value};
use crate::wire::{Fatal, Fault, Message, RejectedId, Request, Unreadable, Verdict};

/// Responds after 20 ms. The script gets the request, its number and the time since the start.
struct Scripted<F> {
    script: F,
    start: Instant,
    now: Instant,
    in_flight: VecDeque<(Instant, u64, Verdict)>,
    sent: Vec<(Duration, Request)>,
}

impl<F: FnMut(&Request, usize, Duration) -> Verdict> Transport for Scripted<F> {
    fn now(&self) -> Instant {
        self.now
    }

    fn send(&mut self, ticket: u64, request: Request) {
        let since = self.now - self.start;
        let verdict = (self.script)(&request, self.sent.len(), since);
        self.in_flight.push_back((self.now + Duration::from_millis(20), ticket, verdict));
        self.sent.push((since, request));
    }

    fn wait(&mut self, until: Option<Instant>) -> Option<Received> {
        let first = self.in_flight.front().map(|(at, ..)| *at);
        let wake = [first, until].into_iter().flatten().min().expect("waits for ever");
        self.now = wake.max(self.now + Duration::from_micros(1));
        self.in_flight.front().filter(|(at, ..)| *at <= self.now)?;
        let (_, ticket, verdict) = self.in_flight.pop_front()?;
        Some(Received { ticket, verdict })
    }

    fn abort(&mut self) {}

    fn capacity(&self) -> usize {
        usize::MAX
    }
}

struct Run {
    report: Report,
    sent: Vec<(Duration, Request)>,
}

impl Run {
    fn status(&self) -> Status {
        self.report.status()
    }

    /// When a slot was sent.
    fn times(&self, slot: usize) -> Vec<Duration> {
        self.sent.iter().filter(|(_, request)| request.sent().any(|s| s == slot)).map(|(at, _)| *at).collect()
    }
}

fn run(job: &Job<'_>, limits: Limits, script: impl FnMut(&Request, usize, Duration) -> Verdict) -> Run {
    let start = Instant::now();
    let mut engine = Engine::new(job, limits, Arc::default(), Rng::new(3), start);
    let mut transport = Scripted { script, start, now: start, in_flight: VecDeque::new(), sent: Vec::new() };
    let (mut recorder, mut hooks) = (Recorder::default(), Hooks::default());
    let (traffic, _) = drive(&mut engine, &mut transport, &mut recorder, &mut hooks);
    Run { report: finish(job, engine, traffic, recorder, &hooks), sent: transport.sent }
}

fn ok() -> Verdict {
    Verdict::Confirmed(Vec::new())
}

fn says(text: &str) -> Message {
    Message::new(text)
}

fn doubt(status: u16) -> Verdict {
    Verdict::PerhapsRejected { status, retry_after: None, message: says("locked"), rejected_ids: vec![] }
}

fn wait(status: u16, seconds: u64) -> Verdict {
    Verdict::Throttled { status, retry_after: Some(SECOND * seconds as u32), message: says("later") }
}

fn has(request: &Request, slot: usize) -> bool {
    request.sent().any(|s| s == slot)
}

#[test]
fn ambiguous_batches_are_unknown_and_not_sent_again() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let ambiguous = || Verdict::Ambiguous { status: 207, message: says("perhaps") };
    let run = |script: &dyn Fn(usize) -> bool| {
        run(&job, limits(), |_, n, _| if script(n) { ambiguous() } else { ok() })
    };
    let always = run(&|_| true);
    assert_eq!((always.status(), always.sent.len()), (Status::BadResponse, 3), "{}", always.report);
    assert_eq!((always.report.unknown(), always.report.not_attempted()), (300, 700));
    assert!(always.report.message().contains("http 207: perhaps"), "{}", always.report);
    let failure = always.report.failure(0).unwrap();
    assert_eq!((failure.http_status, failure.message), (Some(207), "perhaps"));

    let sometimes = run(&|n| n % 3 == 1);
    assert_eq!((sometimes.status(), sometimes.sent.len()), (Status::Partial, 10), "{}", sometimes.report);
    assert_eq!((sometimes.report.confirmed(), sometimes.report.unknown()), (700, 300));
    assert!(sometimes.report.message().contains("300 unknown: http 207: perhaps"), "{}", sometimes.report);

    let later = run(&|n| n >= 5);
    assert_eq!(later.status(), Status::BadResponse, "{}", later.report);
    assert!(later.sent.len() <= 5 + 3 + 3 && later.report.not_attempted() > 0, "{}", later.report);
}

#[test]
fn what_can_never_be_read_stops_a_run_of_which_nothing_is_confirmed() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let gzip = || Verdict::Unreadable { status: 200, what: Unreadable::Compressed("gzip") };
    let long = || Verdict::Unreadable { status: 200, what: Unreadable::TooLong };
    let always = run(&job, limits(), |_, _, _| gzip());
    assert_eq!((always.status(), always.sent.len()), (Status::BadResponse, 3), "{}", always.report);
    let said = always.report.message();
    assert!(said.starts_with("3 responses in a row") && said.contains("compressed with gzip"), "{said}");
    assert_eq!(always.report.unknown(), 100);

    // Different ones, or one in the middle, may be chance.
    let script = |_: &Request, n: usize, _: Duration| match n {
        0 | 2 => gzip(),
        1 | 3 => long(),
        _ => ok(),
    };
    assert_eq!(run(&job, limits(), script).status(), Status::Ok);
    let middle = run(&job, limits(), |_, n, _| if (4..10).contains(&n) { gzip() } else { ok() });
    assert_eq!(middle.status(), Status::Ok, "{}", middle.report);
}

#[test]
fn a_firewall_stops_a_run_at_first_and_is_waited_out_later() {
    let ids = ids(3000);
    let job = one_value(&ids);
    for status in [302, 403, 404, 406] {
        let foreign = || Verdict::Foreign { status, message: says("blocked") };
        let first = run(&job, limits(), |_, _, _| foreign());
        assert_eq!((first.status(), first.sent.len()), (Status::WrongEndpoint, 1), "{}", first.report);
        assert_eq!(first.report.not_attempted(), 3000);
        let said = first.report.message();
        assert!(
            said.contains("something in front of the service refused") && said.contains("blocked"),
            "{said}"
        );

        let for_a_while = |_: &Request, _: usize, at: Duration| match at.as_secs() {
            1..40 if at > SECOND / 10 => foreign(),
            _ => ok(),
        };
        let limits_of_20 = Limits { interval: Some(SECOND / 20), ..limits() };
        let survived = run(&job, limits_of_20.clone(), for_a_while);
        assert_eq!(survived.status(), Status::Ok, "{status}: {}", survived.report);

        let stays = run(&job, limits_of_20, |_, n, _| if n < 10 { ok() } else { foreign() });
        assert_eq!(stays.status(), Status::WrongEndpoint, "{status}: {}", stays.report);
        assert_eq!(stays.report.confirmed(), 1000, "{}", stays.report);
        assert!(stays.report.message().contains("no progress for 120 s"), "{}", stays.report);
        assert!(!stays.report.message().contains("token has no"), "{}", stays.report);
    }
}

#[test]
fn a_short_conflict_passes_and_a_lasting_one_is_a_rejection() {
    let ids = ids(1000);
    let job = one_value(&ids);
    for status in [409, 400] {
        let short = |_: &Request, _: usize, at: Duration| if at < 6 * SECOND { doubt(status) } else { ok() };
        let passed = run(&job, limits(), short);
        assert_eq!(passed.status(), Status::Ok, "{}", passed.report);
        assert!(passed.sent.len() <= 13, "{} requests", passed.sent.len());

        // One batch, at first and in the middle; the good ids around it are confirmed.
        for bad in [7, 555] {
            let one = run(&job, limits(), |r, _, _| if has(r, bad) { doubt(status) } else { ok() });
            assert_eq!((one.status(), one.report.rejected()), (Status::Partial, 1), "{}", one.report);
            assert_eq!(one.report.failure(0).unwrap().index, bad);
            let first = one.times(bad).into_iter().take(4).collect::<Vec<_>>();
            assert!(first[3] - first[0] >= 7 * SECOND, "three more over several seconds: {first:?}");
            assert!(one.report.message().contains("1 rejected: http"), "{}", one.report);
        }
        let all = run(&job, limits(), |_, _, _| doubt(status));
        assert_eq!(all.status(), Status::Rejected, "{}", all.report);
        assert!(all.sent.len() <= 16, "{} requests", all.sent.len());
        assert!(all.report.message().contains("locked"), "{}", all.report);
    }
}

#[test]
fn everybody_waits_as_long_as_the_service_asks() {
    let ids = ids(1000);
    let job = one_value(&ids);
    for status in [429, 503, 408, 423, 425] {
        let short = run(&job, limits(), |_, n, _| if n == 4 { wait(status, 9) } else { ok() });
        assert_eq!((short.status(), short.sent.len()), (Status::Ok, 11), "{status}: {}", short.report);
        let pause = short.sent.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap();
        assert!(
            pause >= 9 * SECOND - Duration::from_millis(80) && pause < 11 * SECOND,
            "{status}: {pause:?}"
        );
    }
    let conflict = |n| match n {
        4 => Verdict::PerhapsRejected {
            status: 409,
            retry_after: Some(9 * SECOND),
            message: says("locked"),
            rejected_ids: vec![],
        },
        _ => ok(),
    };
    let short = run(&job, limits(), |_, n, _| conflict(n));
    let pause = short.sent.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap();
    assert!(short.status() == Status::Ok && pause >= 9 * SECOND - Duration::from_millis(80), "{pause:?}");
    let long = run(&job, limits(), |_, _, _| wait(503, 3600));
    assert_eq!((long.status(), long.sent.len()), (Status::Server, 1), "{}", long.report);
    assert_eq!(long.report.unknown(), 100, "a 503 may have been applied: {}", long.report);
    let long = run(&job, limits(), |_, _, _| wait(429, 3600));
    assert_eq!((long.status(), long.report.unknown()), (Status::RateLimited, 0), "{}", long.report);
}

/// Not even if there is one worker only.
#[test]
fn one_batch_that_always_asks_for_a_delay_does_not_stop_the_others() {
    let ids = ids(2000);
    let job = one_value(&ids);
    for workers in [1, 4] {
        for status in [503, 423] {
            let limits = Limits { workers, ..limits() };
            let one = run(&job, limits, |r, _, _| if has(r, 7) { wait(status, 1) } else { ok() });
            assert_eq!((one.report.confirmed(), one.report.unknown()), (1900, 100), "{}", one.report);
            assert!(one.times(7).len() <= 40, "{status}: {} times", one.times(7).len());
        }
    }
}

#[test]
fn a_413_with_a_delay() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let too_large = |seconds| {
        let retry_after = Some(SECOND * seconds);
        Verdict::TooLarge { retry_after, message: says("too large") }
    };
    let halved = run(&job, limits(), |r, _, _| if r.len() > 60 { too_large(4) } else { ok() });
    assert_eq!((halved.status(), halved.report.confirmed()), (Status::Ok, 1000), "{}", halved.report);
    assert!(halved.sent[1].0 >= 4 * SECOND, "{:?}", halved.sent[1].0);
    let single = run(&one_value(&[7]), limits(), |_, n, _| if n < 2 { too_large(2) } else { ok() });
    assert_eq!(single.status(), Status::Ok, "{}", single.report);
}

#[test]
fn a_rejection_is_told_with_the_services_words_the_type_and_the_ids() {
    let ids = ids(1000);
    let no = |text: &str| Verdict::Rejected { status: 400, message: says(text), rejected_ids: vec![] };
    let job = one_value(&ids);
    let rejected = run(&job, limits(), |_, _, _| no("Not a valid choice."));
    assert_eq!((rejected.status(), rejected.sent.len()), (Status::Rejected, 4), "{}", rejected.report);
    let said = rejected.report.message();
    for part in ["http 400: Not a valid choice.", "\"plan\"", "sent as a string", "ids 167, 501, 834"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let values = [
        (Value::from(7), "a number"),
        (Value::from(true), "a boolean"),
        (vec!["a"].into(), "a list"),
        (Value::json("{}").unwrap(), "an object"),
        (Value::date(2026, 11, 23).unwrap(), "a string"),
        (Value::json("null").unwrap(), "null"),
    ];
    for (value, kind) in values {
        let custom = Ids::Custom(vec!["u-1\u{1b}"]);
        let rules = Rules { allow_null: true, ..RULES };
        let job = Job::new(&Update::new("plan", value), custom, rules).unwrap();
        let rejected = run(&job, limits(), |_, _, _| no("no"));
        let said = rejected.report.message();
        assert!(said.contains(&format!("sent as {kind}")) && said.contains("id u-1\\u{1b}"), "{said}");
    }
    let some = run(&job, limits(), |r, _, _| if has(r, 7) { no("bad id") } else { ok() });
    let said = some.report.message();
    assert!(said.starts_with("999 of 1000 ids confirmed; 1 rejected: http 400: bad id"), "{said}");
    assert!(said.contains("value sent as a string"), "{said}");
    assert_eq!(some.report.states()[7], IdState::Rejected);
}

#[test]
fn a_page_stops_a_run_only_as_its_first_response() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let page = || Verdict::Html { status: 200, message: says("an HTML page titled \"Log in\"") };
    let first = run(&job, limits(), |_, _, _| page());
    assert_eq!((first.status(), first.sent.len()), (Status::WrongEndpoint, 1), "{}", first.report);
    assert!(first.report.message().contains("Log in"), "{}", first.report);
    let down = || Verdict::Transient { fault: Fault::Server, status: Some(502), message: says("") };
    for n in [1, 5] {
        let later = run(&job, limits(), |_, at, _| match at {
            0 if n == 1 => down(),
            at if at == n => page(),
            _ => ok(),
        });
        assert_eq!(later.status(), Status::Ok, "{}", later.report);
    }
}

#[test]
fn other_statuses_stop_at_once() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let stop = |fatal, status| Verdict::Fatal { fatal, status: Some(status), message: says("why") };
    for (verdict, status) in [
        (stop(Fatal::WrongEndpoint, 405), Status::WrongEndpoint),
        (stop(Fatal::WrongEndpoint, 415), Status::WrongEndpoint),
        (stop(Fatal::Forbidden, 403), Status::Unauthorized),
    ] {
        let stopped = run(&job, limits(), |_, _, _| verdict.clone());
        assert_eq!((stopped.status(), stopped.sent.len()), (status, 1), "{}", stopped.report);
        assert!(stopped.report.message().contains("why"), "{}", stopped.report);
    }
    for (fatal, unknown) in [(Fatal::Tls, 0), (Fatal::Proxy, 0), (Fatal::TlsBroken, 100)] {
        let broken = || Verdict::Fatal { fatal, status: None, message: says("why") };
        let stopped = run(&job, limits(), |_, _, _| broken());
        assert_eq!((stopped.sent.len(), stopped.report.unknown()), (1, unknown), "{}", stopped.report);
    }
}

#[test]
fn an_id_that_is_repeated_ends_as_where_it_was_sent() {
    let ids = [7, 3, 7, 9, 3];
    let job = one_value(&ids);
    let no = || Verdict::Rejected { status: 400, message: says("no"), rejected_ids: vec![] };
    let run = run(&job, limits(), |r, _, _| if has(r, 1) { no() } else { ok() });
    let states: Vec<bool> = run.report.states().iter().map(|state| *state == IdState::Confirmed).collect();
    assert_eq!(states, [true, false, true, true, false], "{}", run.report);
    let failures: Vec<usize> = run.report.failures().map(|failure| failure.index).collect();
    assert_eq!((run.report.rejected(), failures), (2, vec![1, 4]));
}

/// Three attempts while others succeed, and three more at the end. What never reached the service was not attempted, and
/// the reason is the last error.
#[test]
fn a_batch_that_never_gets_through_although_others_do() {
    let ids = ids(2000);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 10, max_attempts: 3, ..limits() };
    for (fault, status, unknown) in
        [(Fault::Unreached, None, 0), (Fault::Server, Some(502), 10), (Fault::Unreadable, Some(200), 10)]
    {
        let failed = || Verdict::Transient { fault, status, message: says("no way through") };
        let run = run(&job, limits.clone(), |r, _, _| if has(r, 1005) { failed() } else { ok() });
        let report = &run.report;
        assert_eq!((report.confirmed(), report.unknown(), report.rejected()), (1990, unknown, 0), "{report}");
        // A failure before the next success is the service's own, and costs none.
        assert!((6..=7).contains(&run.times(1005).len()), "{:?}", run.times(1005));
        let (ends, said) = if unknown == 0 {
            (Status::Transport, "1990 of 2000 ids confirmed; no way through")
        } else {
            (Status::Partial, "1990 of 2000 ids confirmed; 10 unknown: http ")
        };
        assert!(report.status() == ends && report.message().starts_with(said), "{report}");
    }
}

#[test]
fn an_id_that_was_named_is_not_lost_with_a_413() {
    let ids = ids(4);
    let job = one_value(&ids);
    let named = || RejectedId::Index(0, Message::new("no such user"));
    let played = run(&job, Limits { batch_size: 2, workers: 1, ..limits() }, |request, _, _| {
        if has(request, 0) {
            ok()
        } else if request.len() == 2 {
            Verdict::Rejected { status: 400, message: Message::new("bad"), rejected_ids: vec![named()] }
        } else {
            Verdict::TooLarge { retry_after: None, message: Message::new("large") }
        }
    });
    assert_eq!((played.report.confirmed(), played.report.not_attempted()), (2, 0), "{}", played.report);
}
