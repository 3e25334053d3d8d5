//! Runs of a healthy service, of one with random errors, and of one that is down.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::play::{Fate, play};
use super::service::{Simulated, Weather};
use super::support::{SECOND, fine, ids, limits, one_value, usually};
use crate::interface::Status;
use crate::run::engine::{Engine, Limits};
use crate::run::transport::{Received, Transport};
use crate::run::{Hooks, Recorder, drive, finish};
use crate::throttle::Rng;
use crate::wire::Request;

#[test]
fn a_clean_run_keeps_the_rate_limit_and_sends_nothing_twice() {
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
    let ids = ids(usually(250_000, 1_000_000));
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
fn a_service_that_stays_away_ends_the_run_after_the_stall_timeout() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    for from in [0, 1] {
        let outage = Some((from * SECOND, Duration::MAX));
        let played = play(&job, Weather { outage, ..fine() }, &limits(), 4, Fate::default());
        assert!(matches!(played.report.status(), Status::Server | Status::Transport));
        let stall_timeout = limits().stall_timeout;
        assert!(
            played.took >= stall_timeout && played.took < stall_timeout + 65 * SECOND,
            "{:?}",
            played.took
        );
        let failed = played.requests - played.report.confirmed() as u64 / 100;
        assert!(failed < 80, "one probe at a time: {failed}");
        assert!(played.report.unknown() < 2000, "{} ids unknown", played.report.unknown());
    }
}

#[test]
fn one_bad_batch_is_no_outage() {
    // A batch that always fails, among many that don't.
    let ids = ids(20_000);
    let job = one_value(&ids);
    struct OneBadBatch<'a>(Simulated<'a>);
    impl Transport for OneBadBatch<'_> {
        fn now(&self) -> Instant {
            self.0.now()
        }
        fn send(&mut self, ticket: u64, request: Request) {
            let bad = request.slots.contains(&7050);
            self.0.weather.server_error = if bad { 1.0 } else { 0.0 };
            self.0.send(ticket, request);
        }
        fn wait(&mut self, until: Option<Instant>) -> Option<Received> {
            self.0.wait(until)
        }
        fn abort(&mut self) {
            self.0.abort();
        }
        fn capacity(&self) -> usize {
            self.0.capacity()
        }
    }
    for workers in [1, 4] {
        let limits = Limits { workers, ..limits() };
        let start = Instant::now();
        let mut engine = Engine::new(&job, limits.clone(), Arc::default(), Rng::new(5), start);
        let mut transport = OneBadBatch(Simulated::new(&job, fine(), Rng::new(6), start));
        let (mut recorder, mut hooks) = (Recorder::default(), Hooks::default());
        let (traffic, _) = drive(&mut engine, &mut transport, &mut recorder, &mut hooks);
        let report = finish(&job, engine, traffic, recorder, &hooks);
        assert_eq!(report.confirmed(), 19_900, "{report}");
        assert_eq!(report.unknown(), 100);
        assert!(matches!(report.status(), Status::Partial | Status::Server), "{report}");
        assert!(transport.0.sent[7050] <= 3 * limits.max_attempts, "{} times", transport.0.sent[7050]);
    }
}
