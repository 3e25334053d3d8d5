//! Whole jobs on a virtual clock against a simulated service with random faults. A seed replays a run.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::backoff::Rng;
use super::pool::{Response, Transport};
use super::engine::{Engine, Limits};
use super::throttle::Throttle;
use super::journal::{Journal, JournalOptions};
use super::outcomes::IdState;
use super::report::{Report, Status};
use super::hooks::{Cancel, Hooks};
use super::{GRACE, close, drive, resume};
use crate::update::{AttributeKind, Ids, Job, Rules, Update, Value};
use crate::wire::{RejectedId, Fault, Request, Verdict, Message};

const SECOND: Duration = Duration::from_secs(1);

/// How the service behaves in one run; probabilities out of 1.
#[derive(Clone, Debug)]
struct Weather {
    bad: BTreeSet<usize>,
    refused_value: Option<usize>,
    latency: Duration,
    server_error: f64,
    dropped: f64,
    timeout: f64,
    /// How likely a fault is to have applied the request all the same.
    applies_anyway: f64,
    /// From when to when everything fails.
    outage: Option<(Duration, Duration)>,
    burst_401: Option<(Duration, Duration)>,
    requests_per_second: Option<usize>,
    max_ids: usize,
    names: Names,
}

/// Whether a refusal names the bad ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    None,
    First,
    All,
    /// Some good one: never to be believed.
    Wrong,
}

/// The service and the clock.
struct Simulated<'a> {
    job: &'a Job<'a>,
    weather: Weather,
    rng: Rng,
    start: Instant,
    now: Instant,
    /// What comes back when.
    coming: BTreeMap<(Instant, u64), Verdict>,
    sent_at: VecDeque<Instant>,
    /// What the service did, by slot.
    applied: Vec<bool>,
    /// In a request that was answered with a complete 2xx which came back.
    accepted: Vec<bool>,
    sent: Vec<u32>,
    requests: u64,
    cancel: Option<(Instant, Cancel)>,
    crash: Option<Instant>,
    under_way_at_once: usize,
}

impl<'a> Simulated<'a> {
    fn new(job: &'a Job<'a>, weather: Weather, rng: Rng, start: Instant) -> Simulated<'a> {
        let n = job.slots();
        Simulated {
            job,
            weather,
            rng,
            start,
            now: start,
            coming: BTreeMap::new(),
            sent_at: VecDeque::new(),
            applied: vec![false; n],
            accepted: vec![false; n],
            sent: vec![0; n],
            requests: 0,
            cancel: None,
            crash: None,
            under_way_at_once: 0,
        }
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.rng.unit() < probability
    }

    fn within(&self, window: Option<(Duration, Duration)>) -> bool {
        let since = self.now - self.start;
        window.is_some_and(|(from, to)| since >= from && since < to)
    }

    /// What the service makes of a request, and when the answer is there.
    fn answer(&mut self, request: &Request) -> (Duration, Verdict) {
        let latency = self.weather.latency.mul_f64(0.5 + self.rng.unit());
        let words = Message::new;
        let transient = |fault, status| Verdict::Transient { fault, status, words: words("simulated") };
        self.sent_at.push_back(self.now);
        while self.sent_at.front().is_some_and(|at| *at + SECOND <= self.now) {
            self.sent_at.pop_front();
        }
        if self.within(self.weather.burst_401) {
            return (latency, Verdict::Unauthorized { words: words("Invalid token.") });
        }
        if self.weather.requests_per_second.is_some_and(|most| self.sent_at.len() > most) {
            let wait = self.chance(0.5).then_some(SECOND);
            return (latency, Verdict::Throttled { status: 429, wait, words: words("throttled") });
        }
        let outage = self.within(self.weather.outage);
        if outage && self.chance(0.3) {
            return (latency, transient(Fault::Unreached, None));
        }
        let fault = [
            (self.weather.server_error, transient(Fault::Server, Some(502)), latency),
            (self.weather.dropped, transient(Fault::Dropped, None), latency),
            (self.weather.timeout, transient(Fault::TimedOut, None), 60 * SECOND),
        ]
        .into_iter()
        .find(|(probability, ..)| self.chance(*probability));
        if let Some((_, verdict, after)) = fault {
            if self.chance(self.weather.applies_anyway) {
                self.apply(request);
            }
            return (after, verdict);
        }
        if outage {
            return (latency, transient(Fault::Server, Some(503)));
        }
        if request.len() > self.weather.max_ids {
            return (latency, Verdict::TooLarge { words: words("too large") });
        }
        if self.weather.refused_value == Some(request.group) {
            return (latency, Verdict::Rejected { status: 400, words: words("bad value"), rejected_ids: vec![] });
        }
        let bad: Vec<usize> = request.sent().filter(|slot| self.weather.bad.contains(slot)).collect();
        if !bad.is_empty() {
            let rejected_ids = self.rejected_ids(request, &bad);
            return (latency, Verdict::Rejected { status: 400, words: words("bad ids"), rejected_ids });
        }
        self.apply(request);
        (latency, Verdict::Confirmed(Vec::new()))
    }

    fn rejected_ids(&mut self, request: &Request, bad: &[usize]) -> Vec<RejectedId> {
        let index = |slot: &usize| request.sent().position(|s| s == *slot).unwrap_or(0);
        let name = |slot: &usize| RejectedId::Index(index(slot), Message::new("bad"));
        match self.weather.names {
            Names::None => Vec::new(),
            Names::First => bad.iter().take(1).map(name).collect(),
            Names::All => bad.iter().map(name).collect(),
            Names::Wrong => {
                let good: Vec<usize> = request.sent().filter(|slot| !bad.contains(slot)).collect();
                let any = (self.rng.next() % (good.len() as u64 + 1)) as usize;
                good.get(any).map(name).into_iter().collect()
            }
        }
    }

    fn apply(&mut self, request: &Request) {
        request.sent().for_each(|slot| self.applied[slot] = true);
    }
}

impl Transport for Simulated<'_> {
    fn now(&self) -> Instant {
        self.now
    }

    fn send(&mut self, ticket: u64, request: Request) {
        assert!(request.len() > 0, "an empty request");
        assert!(request.sent().all(|slot| self.job.groups()[request.group].contains(&slot)), "foreign slots");
        self.requests += 1;
        request.sent().for_each(|slot| self.sent[slot] += 1);
        let (after, verdict) = self.answer(&request);
        if matches!(verdict, Verdict::Confirmed(_)) {
            request.sent().for_each(|slot| self.accepted[slot] = true);
        }
        self.coming.insert((self.now + after, ticket), verdict);
        self.under_way_at_once = self.under_way_at_once.max(self.coming.len());
    }

    fn wait(&mut self, until: Option<Instant>) -> Option<Response> {
        let first = self.coming.first_key_value().map(|((at, _), _)| *at);
        let cancel = self.cancel.as_ref().map(|(at, _)| *at).filter(|at| *at > self.now);
        let wake = [until, first, cancel, self.crash].into_iter().flatten().min().expect("waits for ever");
        // A little, so that a run that waits for what has passed does not stand still.
        self.now = wake.max(self.now + Duration::from_micros(1));
        if self.crash.is_some_and(|at| at <= self.now) {
            std::panic::resume_unwind(Box::new(Crash));
        }
        if let Some((_, handle)) = self.cancel.as_ref().filter(|(at, _)| *at <= self.now) {
            handle.request();
        }
        let entry = self.coming.first_entry().filter(|entry| entry.key().0 <= self.now)?;
        let ((_, ticket), verdict) = entry.remove_entry();
        Some(Response { ticket, verdict })
    }

    fn cut(&mut self) {
        let cut = std::mem::take(&mut self.coming);
        for (at, ((_, ticket), _)) in cut.into_iter().enumerate() {
            let words = Message::new("cut");
            let verdict = Verdict::Transient { fault: Fault::Dropped, status: None, words };
            self.coming.insert((self.now + Duration::from_nanos(at as u64), ticket), verdict);
        }
    }

    fn capacity(&self) -> usize {
        usize::MAX
    }
}

struct Played {
    report: Report,
    took: Duration,
    requests: u64,
    sent: Vec<u32>,
    applied: Vec<bool>,
    accepted: Vec<bool>,
}

/// What happens to the caller during a run.
#[derive(Clone, Debug, Default)]
struct Fate {
    cancel: Option<Duration>,
    /// The process dies, so long after each start, and the same call is made again.
    crashes: Vec<Duration>,
    /// The journal's end doesn't always reach the disk, as when the power fails.
    torn: bool,
}

/// How a process ends that gets no chance to say goodbye.
struct Crash;

/// Plays a job with these limits. The same call is made again after each crash, with a real journal.
fn play(job: &Job<'_>, weather: Weather, limits: &Limits, seed: u64, fate: Fate) -> Played {
    let mut rng = Rng::new(seed);
    let start = Instant::now();
    let n = job.slots();
    let mut transport = Simulated::new(job, weather, Rng::new(rng.next()), start);
    transport.cancel = fate.cancel.map(|after| (start + after, Cancel::new()));
    let dir = std::env::temp_dir().join(format!("usercom-simulation-{}-{seed}", std::process::id()));
    let journal = JournalOptions { dir: dir.clone(), max_age: Duration::from_secs(12 * 3600) };
    let mut crashes = fate.crashes.iter().copied();
    let journaled = !fate.crashes.is_empty();
    let report = loop {
        transport.crash = crashes.next().map(|after| transport.now + after);
        let life = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let mut hooks = Hooks::default();
            hooks.cancel = transport.cancel.as_ref().map(|(_, handle)| handle.clone());
            let (throttle, rng) = (Arc::new(Throttle::default()), Rng::new(rng.next()));
            let mut engine = Engine::new(job, limits.clone(), throttle, rng, transport.now);
            if journaled {
                let opened = Journal::open(&journal, &[7; 32], n, SystemTime::now()).expect("a journal");
                resume(&mut engine, &mut hooks, opened);
            }
            let (traffic, _) = drive(&mut engine, &mut transport, &mut hooks);
            close(job, engine, traffic, hooks)
        }));
        match life {
            Ok(report) => break report,
            Err(cause) if cause.is::<Crash>() => {
                // What was under way may have been applied, but nobody is there to hear of it.
                transport.coming.clear();
                if fate.torn {
                    tear(&dir, &mut rng);
                }
            }
            Err(cause) => std::panic::resume_unwind(cause),
        }
    };
    assert!(transport.coming.is_empty(), "a run ended with requests under way");
    assert!(transport.under_way_at_once <= limits.workers, "more requests at once than workers");
    if journaled {
        let settled = report.confirmed() + report.rejected() == n;
        assert_eq!(std::fs::read_dir(&dir).expect("its directory").count(), usize::from(!settled));
        std::fs::remove_dir_all(&dir).expect("its directory");
    }
    Played {
        report,
        took: transport.now - start,
        requests: transport.requests,
        sent: transport.sent,
        applied: transport.applied,
        accepted: transport.accepted,
    }
}

/// Sometimes the end of a journal didn't reach the disk.
fn tear(dir: &Path, rng: &mut Rng) {
    let journal = std::fs::read_dir(dir).ok().and_then(|mut files| files.next()?.ok()).expect("a journal");
    let file = std::fs::OpenOptions::new().write(true).open(journal.path()).expect("a journal");
    let length = file.metadata().expect("a journal").len();
    let lost = if rng.unit() < 0.5 { rng.next() % 100 } else { 0 };
    // The first line is on the disk before anything is sent.
    file.set_len(length.saturating_sub(lost).max(length.min(120))).expect("a journal");
}

pub(super) fn limits() -> Limits {
    Limits {
        batch_size: 100,
        workers: 4,
        interval: Some(Duration::from_millis(20)),
        max_attempts: 8,
        stall_timeout: 120 * SECOND,
        max_requests: None,
    }
}

fn fine() -> Weather {
    Weather {
        bad: BTreeSet::new(),
        refused_value: None,
        latency: Duration::from_millis(30),
        server_error: 0.0,
        dropped: 0.0,
        timeout: 0.0,
        applies_anyway: 0.5,
        outage: None,
        burst_401: None,
        requests_per_second: None,
        max_ids: usize::MAX,
        names: Names::None,
    }
}

const RULES: Rules = Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: None };

pub(super) fn one_value(ids: &[i64]) -> Job<'_> {
    Job::new(&Update::new("plan", "pro"), Ids::Numeric(ids), RULES).unwrap()
}

fn ids(n: usize) -> Vec<i64> {
    (1..=n as i64).collect()
}

/// What must delay whatever happens.
fn check(job: &Job<'_>, weather: &Weather, limits: &Limits, played: &Played, fate: &Fate) {
    let crashes = fate.crashes.len() as u64;
    let report = &played.report;
    let total = report.confirmed() + report.rejected() + report.unknown() + report.not_attempted();
    assert_eq!(total, report.total(), "the four states partition the input");
    assert_eq!(report.failure_count(), report.rejected() + report.unknown());
    // A value of which nothing was confirmed may have been refused as such.
    let state_of = |slot: usize| report.states()[job.position(slot)];
    let nothing_confirmed = |slots: &Range<usize>| slots.clone().all(|s| state_of(s) != IdState::Confirmed);
    let given_up: Vec<&Range<usize>> = job.groups().iter().filter(|g| nothing_confirmed(g)).collect();
    for slot in 0..job.slots() {
        let state = state_of(slot);
        let refused = weather.bad.contains(&slot) || given_up.iter().any(|group| group.contains(&slot));
        match state {
            IdState::Confirmed => assert!(played.accepted[slot], "slot {slot}: a false confirmation"),
            IdState::Rejected => assert!(refused, "slot {slot}: a good id rejected"),
            IdState::NotAttempted => {
                assert!(!played.applied[slot] || fate.torn, "slot {slot}: applied, but not attempted");
            }
            IdState::Unknown => assert!(played.sent[slot] > 0, "slot {slot}: unknown, but never sent"),
        }
    }
    let planned: u64 = job.groups().iter().map(|g| g.len().div_ceil(limits.batch_size) as u64).sum();
    let limit = limits.max_requests.unwrap_or((20 * planned).max(1000));
    assert!(played.requests <= limit * (1 + crashes), "more requests than the limit");
    assert!(report.requests() == played.requests || crashes > 0);
    if report.status() == Status::Ok {
        assert_eq!(report.confirmed(), job.slots());
    }
    if fate.cancel.is_none() && report.status().completed() {
        let left_out = |slot: &usize| state_of(*slot) == IdState::NotAttempted;
        let known = |slot: usize| given_up.iter().any(|group| group.contains(&slot));
        assert!((0..job.slots()).filter(left_out).all(known), "came to its end and left ids out");
    }
}

fn random_weather(rng: &mut Rng, job: &Job<'_>) -> Weather {
    let n = job.slots();
    let mut sometimes = |probability: f64, most: f64| {
        let (roll, size) = (rng.unit(), rng.unit());
        if roll < probability { size * most } else { 0.0 }
    };
    let window = |start: f64, length: f64| {
        (length > 0.0).then(|| (Duration::from_secs_f64(start), Duration::from_secs_f64(start + length)))
    };
    let (bad, server_error, dropped) = (sometimes(0.4, 0.2), sometimes(0.5, 0.4), sometimes(0.5, 0.3));
    let (timeout, outage, burst) = (sometimes(0.3, 0.1), sometimes(0.3, 90.0), sometimes(0.15, 60.0));
    let (rate, value, max_ids) = (sometimes(0.3, 60.0), sometimes(0.15, 1.0), sometimes(0.2, 90.0));
    let (latency, outage_at, burst_at) = (sometimes(1.0, 3.0), sometimes(0.8, 5.0), sometimes(1.0, 3.0));
    let names = [Names::None, Names::First, Names::All, Names::Wrong][(rng.next() % 4) as usize];
    let groups = job.groups().len();
    Weather {
        bad: (0..n).filter(|_| rng.unit() < bad * bad).collect(),
        refused_value: (value > 0.0).then_some((value * groups as f64) as usize % groups.max(1)),
        latency: Duration::from_secs_f64(latency * latency + 0.001),
        server_error,
        dropped,
        timeout,
        applies_anyway: rng.unit(),
        outage: window(outage_at, outage),
        burst_401: window(burst_at, burst),
        requests_per_second: (rate > 0.0).then_some(rate as usize + 3),
        max_ids: if max_ids > 0.0 { max_ids as usize + 1 } else { usize::MAX },
        names,
    }
}

/// One random job in random weather.
fn random_run(seed: u64) {
    let mut rng = Rng::new(seed);
    let n = (rng.next() % 3000) as usize;
    let ids = ids(n);
    let groups = 1 + (rng.next() % 4) as u32;
    let update = if groups == 1 {
        Update::new("plan", "pro")
    } else {
        let values = (0..groups).map(Value::from).collect();
        Update::rows("plan", values, (0..n).map(|_| (rng.next() % u64::from(groups)) as u32).collect())
    };
    let job = Job::new(&update, Ids::Numeric(&ids), RULES).unwrap();
    let mut limits = limits();
    limits.batch_size = 1 + (rng.next() % 200) as usize;
    limits.workers = 1 + (rng.next() % 8) as usize;
    limits.max_attempts = 1 + (rng.next() % 8) as u32;
    if rng.unit() < 0.3 {
        limits.interval = None;
    }
    let weather = random_weather(&mut rng, &job);
    let soon = |rng: &mut Rng| Duration::from_secs_f64(30.0 * rng.unit() * rng.unit());
    let cancel = (rng.unit() < 0.2).then(|| soon(&mut rng));
    let crashes = if rng.unit() < 0.2 { 1 + rng.next() % 4 } else { 0 };
    let (torn, crashes) = (rng.unit() < 0.5, (0..crashes).map(|_| soon(&mut rng)).collect());
    let fate = Fate { cancel, crashes, torn };
    let played = play(&job, weather.clone(), &limits, rng.next(), fate.clone());
    check(&job, &weather, &limits, &played, &fate);
    if let (Some(after), [], Status::Cancelled) = (cancel, &*fate.crashes, played.report.status()) {
        assert!(played.took <= after + GRACE + SECOND);
    }
    assert!(played.took < Duration::from_secs(24 * 3600), "took {:?}", played.took);
}

/// A thousand seeds, or as many as `USERCOM_SEEDS` says.
#[test]
fn random_runs() {
    let seeds = std::env::var("USERCOM_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1000u64);
    for seed in 0..seeds {
        let outcome = std::panic::catch_unwind(|| random_run(seed));
        assert!(outcome.is_ok(), "seed {seed} failed; replay it with random_run({seed})");
    }
}

/// Slots of which the journal in this directory says so.
fn noted(dir: &Path, word: &str) -> BTreeSet<usize> {
    let journal = std::fs::read_dir(dir).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(journal).unwrap();
    let lines = text.lines().map(|line| line.split(' ').skip(2).collect::<Vec<_>>());
    let ranges = lines.filter(|words| words[0] == word).map(|words| {
        let (first, last) = words[1].split_once('-').unwrap();
        first.parse().unwrap()..=last.parse::<usize>().unwrap()
    });
    ranges.flatten().collect()
}

#[test]
fn all_is_on_paper_before_anything_is_sent_or_waited_for() {
    struct Auditor<'a> {
        service: Simulated<'a>,
        dir: &'a Path,
        under_way: BTreeMap<u64, Request>,
        confirmed: BTreeSet<usize>,
    }
    impl Transport for Auditor<'_> {
        fn now(&self) -> Instant {
            self.service.now()
        }
        fn send(&mut self, ticket: u64, request: Request) {
            assert!(noted(self.dir, "sending").is_superset(&request.sent().collect()));
            assert_eq!(noted(self.dir, "confirmed"), self.confirmed);
            self.under_way.insert(ticket, request.clone());
            self.service.send(ticket, request);
        }
        fn wait(&mut self, until: Option<Instant>) -> Option<Response> {
            assert_eq!(noted(self.dir, "confirmed"), self.confirmed);
            let answer = self.service.wait(until)?;
            let request = self.under_way.remove(&answer.ticket).unwrap();
            if matches!(answer.verdict, Verdict::Confirmed(_)) {
                self.confirmed.extend(request.sent());
            }
            Some(answer)
        }
        fn cut(&mut self) {
            self.service.cut();
        }
        fn capacity(&self) -> usize {
            self.service.capacity()
        }
    }
    let ids = ids(3000);
    let job = one_value(&ids);
    let weather = Weather { bad: [7, 1500].into(), server_error: 0.2, ..fine() };
    let dir = std::env::temp_dir().join(format!("usercom-paper-{}", std::process::id()));
    let options = JournalOptions { dir: dir.clone(), max_age: 3600 * SECOND };
    let start = Instant::now();
    let mut engine = Engine::new(&job, limits(), Arc::default(), Rng::new(18), start);
    let mut hooks = Hooks::default();
    resume(&mut engine, &mut hooks, Journal::open(&options, &[7; 32], 3000, SystemTime::now()).unwrap());
    let service = Simulated::new(&job, weather, Rng::new(19), start);
    let mut transport = Auditor { service, dir: &dir, under_way: BTreeMap::new(), confirmed: BTreeSet::new() };
    drive(&mut engine, &mut transport, &mut hooks);
    assert_eq!(noted(&dir, "confirmed"), transport.confirmed);
    assert_eq!(noted(&dir, "rejected"), [7, 1500].into());
    assert_eq!(transport.confirmed.len(), 2998);
    drop(hooks);
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_clean_run_keeps_the_pace_and_sends_nothing_twice() {
    let ids = ids(30_000);
    let job = one_value(&ids);
    let played = play(&job, fine(), &limits(), 1, Fate::default());
    assert_eq!(played.report.status(), Status::Ok);
    assert_eq!(played.requests, 300);
    assert!(played.sent.iter().all(|n| *n == 1));
    let ideal = Duration::from_millis(20 * 299);
    assert!(played.took < ideal.mul_f64(1.02) + SECOND / 10, "{:?}", played.took);
}

#[test]
fn random_server_errors_cost_little() {
    let ids = ids(1_000_000);
    let job = one_value(&ids);
    let limits = Limits { interval: Some(SECOND / 5), workers: 8, ..limits() };
    for latency in [30, 300, 1200] {
        let fine = Weather { latency: Duration::from_millis(latency), ..fine() };
        let clean = play(&job, fine.clone(), &limits, 1, Fate::default());
        for (share, requests, wall) in [(0.15, 1.25, 1.5), (0.30, 1.6, 2.0)] {
            let played =
                play(&job, Weather { server_error: share, ..fine.clone() }, &limits, 2, Fate::default());
            assert_eq!(played.report.status(), Status::Ok, "{}", played.report.message());
            let cost = played.requests as f64 / clean.requests as f64;
            let time = played.took.as_secs_f64() / clean.took.as_secs_f64();
            println!("{latency} ms, {share}: {cost:.2} times the requests, {time:.2} times the time");
            assert!(cost <= requests && time <= wall);
        }
    }
}

#[test]
fn an_outage_is_survived_also_by_a_single_batch() {
    for n in [50, 20_000] {
        for (from, length) in [(0, 10), (0, 20), (0, 60), (1, 10), (1, 20), (1, 60)] {
            let outage = Some((from * SECOND, (from + length) * SECOND));
            let ids = ids(n);
            let job = one_value(&ids);
            let played = play(&job, Weather { outage, ..fine() }, &limits(), 3, Fate::default());
            assert_eq!(played.report.status(), Status::Ok, "{n} ids, {length} s from {from} s on");
        }
    }
}

#[test]
fn a_service_that_stays_away_ends_the_run_after_its_patience() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    for from in [0, 1] {
        let outage = Some((from * SECOND, Duration::MAX));
        let played = play(&job, Weather { outage, ..fine() }, &limits(), 4, Fate::default());
        assert!(matches!(played.report.status(), Status::Server | Status::Transport));
        let patience = limits().stall_timeout;
        assert!(played.took >= patience && played.took < patience + 65 * SECOND, "{:?}", played.took);
        let failed = played.requests - played.report.confirmed() as u64 / 100;
        assert!(failed < 80, "one probe at a time: {failed}");
        assert!(played.report.unknown() < 2000, "{} ids unknown", played.report.unknown());
    }
}

#[test]
fn one_poisonous_batch_is_no_outage() {
    // A batch that always fails, among many that don't.
    let ids = ids(20_000);
    let job = one_value(&ids);
    struct Poison<'a>(Simulated<'a>);
    impl Transport for Poison<'_> {
        fn now(&self) -> Instant {
            self.0.now()
        }
        fn send(&mut self, ticket: u64, request: Request) {
            let poisonous = request.slots.contains(&7050);
            self.0.weather.server_error = if poisonous { 1.0 } else { 0.0 };
            self.0.send(ticket, request);
        }
        fn wait(&mut self, until: Option<Instant>) -> Option<Response> {
            self.0.wait(until)
        }
        fn cut(&mut self) {
            self.0.cut();
        }
        fn capacity(&self) -> usize {
            self.0.capacity()
        }
    }
    for workers in [1, 4] {
        let limits = Limits { workers, ..limits() };
        let start = Instant::now();
        let mut engine = Engine::new(&job, limits.clone(), Arc::default(), Rng::new(5), start);
        let mut transport = Poison(Simulated::new(&job, fine(), Rng::new(6), start));
        let mut hooks = Hooks::default();
        let (traffic, _) = drive(&mut engine, &mut transport, &mut hooks);
        let report = close(&job, engine, traffic, hooks);
        assert_eq!(report.confirmed(), 19_900, "{report}");
        assert_eq!(report.unknown(), 100);
        assert!(matches!(report.status(), Status::Partial | Status::Server), "{report}");
        assert!(transport.0.sent[7050] <= 3 * limits.max_attempts, "{} times", transport.0.sent[7050]);
    }
}

#[test]
fn bad_ids_are_found_exactly_and_the_good_ones_confirmed() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    let bad: BTreeSet<usize> = [0, 1, 2, 777, 5000, 19_999].into();
    for (names, most) in
        [(Names::None, 6 * 2 * 8), (Names::First, 40), (Names::All, 20), (Names::Wrong, 6 * 2 * 8 + 40)]
    {
        let weather = Weather { bad: bad.clone(), names, ..fine() };
        let played = play(&job, weather, &limits(), 7, Fate::default());
        assert_eq!(played.report.status(), Status::Partial);
        let rejected: BTreeSet<usize> = played.report.failures().map(|f| f.index).collect();
        assert_eq!(rejected, bad, "{names:?}");
        assert_eq!(played.report.confirmed(), 20_000 - 6);
        assert!(played.requests <= 200 + most, "{names:?}: {} requests", played.requests);
    }
}

#[test]
fn a_refused_value_costs_four_requests_or_little_more_among_rows() {
    let ids = ids(50_000);
    let job = one_value(&ids);
    let played = play(&job, Weather { refused_value: Some(0), ..fine() }, &limits(), 8, Fate::default());
    assert_eq!((played.report.status(), played.requests), (Status::Rejected, 4));
    assert_eq!(played.report.confirmed() + played.report.unknown(), 0);

    let update =
        Update::rows("plan", (0..3).map(Value::from).collect(), (0..50_000).map(|i| i % 3).collect());
    let rows = Job::new(&update, Ids::Numeric(&ids), RULES).unwrap();
    let played = play(&rows, Weather { refused_value: Some(1), ..fine() }, &limits(), 9, Fate::default());
    assert_eq!(played.report.status(), Status::Partial);
    let wrong = &rows.groups()[1];
    assert_eq!(played.report.confirmed(), 50_000 - wrong.len());
    let clean: u64 = [0, 2].iter().map(|g: &usize| rows.groups()[*g].len().div_ceil(100) as u64).sum();
    let spent = played.requests - clean;
    assert!(spent <= limits().workers as u64 + 3, "{spent} requests for the refused value");
}

#[test]
fn a_list_whose_first_part_was_purged_is_not_given_up() {
    let ids = ids(10_000);
    let job = one_value(&ids);
    let weather = Weather { bad: (0..8000).collect(), ..fine() };
    let played =
        play(&job, weather, &Limits { max_requests: Some(100_000), ..limits() }, 10, Fate::default());
    assert_eq!(played.report.confirmed(), 2000, "{}", played.report);
}

/// A random share of a list.
fn random(n: usize, share: f64, seed: u64) -> BTreeSet<usize> {
    let mut rng = Rng::new(seed);
    (0..n).filter(|_| rng.unit() < share).collect()
}

#[test]
fn a_list_of_which_most_was_purged_is_worked_off_where_the_service_names_the_ids() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    for seed in 0..50 {
        let bad = random(20_000, 0.8, seed);
        let weather = Weather { bad: bad.clone(), names: Names::All, ..fine() };
        let played = play(&job, weather.clone(), &limits(), seed, Fate::default());
        check(&job, &weather, &limits(), &played, &Fate::default());
        assert_eq!(played.report.confirmed(), 20_000 - bad.len(), "{}", played.report);
        assert_eq!(played.report.rejected(), bad.len());
        assert!(played.requests <= 2 * 200 + 9, "{} requests", played.requests);
    }
}

#[test]
fn a_list_of_which_nothing_exists_is_found_out_soon() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    for (names, most) in [(Names::None, 4), (Names::First, 12), (Names::All, 12)] {
        let weather = Weather { bad: (0..20_000).collect(), names, ..fine() };
        let played = play(&job, weather, &limits(), 1, Fate::default());
        assert_eq!(played.report.status(), Status::Rejected);
        assert!(played.requests <= most, "{names:?}: {} requests", played.requests);
        assert_eq!(played.report.confirmed() + played.report.unknown(), 0);
    }
}

/// How often a list of 200 is given up falsely, of a hundred such lists.
#[test]
fn a_short_list_of_bad_ids_is_rarely_given_up() {
    let ids = ids(200);
    let job = one_value(&ids);
    let given_up = |share: f64, names: Names| {
        let ends = (0..100).filter(|seed| {
            let weather = Weather { bad: random(200, share, *seed), names, ..fine() };
            let played = play(&job, weather, &limits(), *seed, Fate::default());
            played.report.status() == Status::Rejected
        });
        ends.count()
    };
    for (share, unnamed, first) in [(0.5, 20, 1), (0.8, 65, 25)] {
        let counts = [Names::None, Names::First, Names::All].map(|names| given_up(share, names));
        println!("{share}: {counts:?}");
        assert!(counts[0] <= unnamed && counts[1] <= first && counts[2] == 0, "{share}: {counts:?}");
    }
}

#[test]
fn dense_bad_ids_end_at_the_request_limit_with_the_clean_ones_first() {
    let ids = ids(200_000);
    let job = one_value(&ids);
    let bad: BTreeSet<usize> = (0..200_000).step_by(20).collect();
    let limits = Limits { max_requests: Some(4000), ..limits() };
    let played = play(&job, Weather { bad, ..fine() }, &limits, 11, Fate::default());
    assert_eq!(played.report.status(), Status::RequestLimit);
    let message = played.report.message();
    let share: f64 = figure(message, "at least ", " %");
    assert!(share > 1.0 && share <= 5.0, "of 5 %: {message}");
    assert!(played.report.confirmed() > 0);
}

#[test]
fn two_million_ids_with_half_a_percent_bad() {
    let ids = ids(2_000_000);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 1000, workers: 8, ..limits() };
    let bad = random(2_000_000, 0.005, 12);
    let weather = Weather { bad, latency: Duration::from_millis(5), ..fine() };
    let played = play(&job, weather.clone(), &limits, 13, Fate::default());
    check(&job, &weather, &limits, &played, &Fate::default());
    assert_eq!(played.report.status(), Status::RequestLimit);
    // The clean batches came first.
    let message = played.report.message();
    assert!(played.report.confirmed() > 1_000_000, "{message}");
    let share: f64 = figure(message, "at least ", " %");
    assert!(share > 0.3 && share <= 0.5, "of 0.5 %: {message}");
    let (more, hours): (f64, f64) = (figure(message, "about ", " req"), figure(message, "more, ", " hours"));
    assert!((hours - more * 0.02 / 3600.0).abs() < 0.1, "{message}");
}

#[test]
fn the_request_limit_knows_what_is_left() {
    let ids = ids(200_000);
    let job = one_value(&ids);
    let whole = Limits { max_requests: Some(u64::MAX), ..limits() };
    for share in [0.002, 0.01, 0.05] {
        let weather = Weather { bad: random(200_000, share, 1), ..fine() };
        let played = play(&job, weather.clone(), &whole, 2, Fate::default());
        assert_eq!(played.report.confirmed() + played.report.rejected(), 200_000);
        for part in [3, 2] {
            // The same run, cut off when a half or a third of it is done.
            let limits = Limits { max_requests: Some(played.requests / part), ..limits() };
            let report = play(&job, weather.clone(), &limits, 2, Fate::default()).report;
            let said: u64 = figure(report.message(), "about ", " requests");
            let left = played.requests - report.requests();
            assert!(said <= left + left / 10 && said > left / 3, "{share}, {left}: {}", report.message());
        }
    }
}

/// A number within a message.
fn figure<T: std::str::FromStr>(message: &str, before: &str, after: &str) -> T {
    let rest = message.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    rest.and_then(|(figure, _)| figure.parse().ok()).unwrap_or_else(|| panic!("{message}"))
}

#[test]
fn a_401_in_the_middle() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    let short = Weather { burst_401: Some((SECOND, 11 * SECOND)), ..fine() };
    assert_eq!(play(&job, short, &limits(), 14, Fate::default()).report.status(), Status::Ok);
    let forever = Weather { burst_401: Some((SECOND, Duration::MAX)), ..fine() };
    let played = play(&job, forever, &limits(), 15, Fate::default());
    assert_eq!(played.report.status(), Status::Unauthorized);
    assert!(played.report.confirmed() > 3000 && played.report.unknown() == 0);
    let since = played.took - SECOND;
    assert!(since >= 50 * SECOND && since < 52 * SECOND, "three probes: {since:?}");
    let at_once = Weather { burst_401: Some((Duration::ZERO, Duration::MAX)), ..fine() };
    let played = play(&job, at_once, &limits(), 16, Fate::default());
    assert_eq!((played.report.status(), played.requests), (Status::Unauthorized, 1));
    assert_eq!(played.report.not_attempted(), 20_000);
}

#[test]
fn a_rate_limit_is_learned() {
    let ids = ids(60_000);
    let job = one_value(&ids);
    let weather = Weather { requests_per_second: Some(10), ..fine() };
    let played = play(&job, weather, &limits(), 17, Fate::default());
    assert_eq!(played.report.status(), Status::Ok, "{}", played.report.message());
    assert!(played.requests < 660, "{} requests for 600 batches", played.requests);
}

#[test]
fn a_rate_limit_that_is_never_lifted_ends_the_run_after_its_patience() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    let weather = Weather { requests_per_second: Some(0), ..fine() };
    let played = play(&job, weather.clone(), &limits(), 18, Fate::default());
    check(&job, &weather, &limits(), &played, &Fate::default());
    assert_eq!(played.report.status(), Status::RateLimited, "{}", played.report.message());
    assert_eq!(played.report.not_attempted(), 20_000);
    let patience = limits().stall_timeout;
    assert!(played.took >= patience && played.took < patience + SECOND, "{:?}", played.took);
    assert!(played.requests < 40, "{} requests", played.requests);
}
