//! Runs that reach the request limit, and what their message says.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::play::{Fate, check, play};
use super::service::{Simulated, Weather};
use super::support::{figure, fine, ids, limits, one_value, random, usually};
use crate::interface::Status;
use crate::journal::Journal;
use crate::options::{ClientOptions, RunOptions};
use crate::run::engine::{Engine, Limits};
use crate::run::{Hooks, drive, finish, resume};
use crate::throttle::{Rng, Throttle};

#[test]
fn dense_bad_ids_end_at_the_request_limit_with_the_clean_ones_first() {
    let ids = ids(200_000);
    let job = one_value(&ids);
    let bad = random(200_000, 0.05, 10);
    let limits = Limits { max_requests: Some(4000), ..limits() };
    let played = play(&job, Weather { bad, ..fine() }, &limits, 11, Fate::default());
    assert_eq!(played.report.status(), Status::RequestLimit);
    let message = played.report.message();
    let share: f64 = figure(message, "about ", " %");
    assert!((share - 5.0).abs() <= 1.25, "of 5 %: {message}");
    assert!(played.report.confirmed() > 0);
}

#[test]
fn half_a_percent_of_many_ids() {
    let n = usually(400_000, 2_000_000);
    let ids = ids(n);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 1000, workers: 8, max_requests: Some(n as u64 / 40), ..limits() };
    let bad = random(n, 0.005, 12);
    let weather = Weather { bad, latency: Duration::from_millis(5), ..fine() };
    let played = play(&job, weather.clone(), &limits, 13, Fate::default());
    check(&job, &weather, &limits, &played, &Fate::default());
    assert_eq!(played.report.status(), Status::RequestLimit);
    // Half of the requests that it takes confirm about half of the good ids.
    let message = played.report.message();
    assert!(played.report.confirmed() > n / 2, "{message}");
    let share: f64 = figure(message, "about ", " %");
    assert!((share - 0.5).abs() <= 0.125, "of 0.5 %: {message}");
    let (more, minutes): (f64, f64) =
        (figure(message, "would take about ", " more req"), figure(message, "requests, ", " minutes"));
    assert!((minutes - more * 0.02 / 60.0).abs() < 0.1 * minutes + 1.0, "{message}");
}

#[test]
fn the_request_limit_knows_what_is_left() {
    let n = usually(40_000, 200_000);
    let ids = ids(n);
    let job = one_value(&ids);
    let whole = Limits { max_requests: Some(u64::MAX), ..limits() };
    for share in [0.002, 0.01, 0.05] {
        let weather = Weather { bad: random(n, share, 1), ..fine() };
        let played = play(&job, weather.clone(), &whole, 2, Fate::default());
        assert_eq!(played.report.confirmed() + played.report.rejected(), n);
        for part in [3, 2] {
            // The same run, stopped when a half or a third of it is done.
            let limits = Limits { max_requests: Some(played.requests / part), ..limits() };
            let report = play(&job, weather.clone(), &limits, 2, Fate::default()).report;
            let said: u64 = figure(report.message(), "would take about ", " more requests");
            let left = played.requests - report.requests();
            assert!(said.abs_diff(left) <= left / 4, "{share}, {left}: {}", report.message());
        }
    }
}

/// Each batch starts with a bad id, and a run may send fewer requests than there are batches.
#[test]
fn with_the_lowest_limit_each_resumed_run_gets_further() {
    let (n, day) = (20_000, Duration::from_secs(24 * 3600));
    let ids = ids(n);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 1000, workers: 8, max_requests: Some(15), ..limits() };
    let bad = (0..n).step_by(1000).collect();
    let dir = tempfile::tempdir().unwrap();
    let (mut settled, mut now) = (0, Instant::now());
    for seed in 0.. {
        let mut service =
            Simulated::new(&job, Weather { bad: Clone::clone(&bad), ..fine() }, Rng::new(seed), now);
        let mut engine =
            Engine::new(&job, limits.clone(), Arc::new(Throttle::default()), Rng::new(seed), service.now);
        let journal = Journal::open(dir.path(), day, &[1; 32], n, SystemTime::now()).unwrap();
        let mut recorder = resume(&mut engine, &Hooks::default(), journal);
        let (traffic, _) = drive(&mut engine, &mut service, &mut recorder, &mut Hooks::default());
        let report = finish(&job, engine, traffic, recorder, &Hooks::default());
        let before = std::mem::replace(&mut settled, report.confirmed() + report.rejected());
        assert!(settled > before, "run {seed}: {report}");
        now = service.now;
        if settled == n {
            break;
        }
    }
}

#[test]
fn the_default_limit_is_enough_for_an_old_list() {
    let ids = ids(10_000);
    let job = one_value(&ids);
    for seed in 0..3 {
        let limits = Limits { batch_size: 1000, workers: 8, ..limits() };
        let weather = Weather { bad: random(10_000, 0.05, seed), ..fine() };
        let played = play(&job, weather, &limits, seed, Fate::default());
        assert_eq!(played.report.status(), Status::Partial, "{}", played.report);
        assert_eq!(played.report.confirmed() + played.report.rejected(), 10_000);
    }
}

#[test]
fn a_run_stops_when_more_ids_are_rejected_than_it_may() {
    let ids = ids(5000);
    let job = one_value(&ids);
    for (most, share, status) in [
        (20, 0.05, Status::TooManyRejected),
        (20, 0.001, Status::Partial),
        (0, 0.05, Status::Partial),
        (1, 0.5, Status::TooManyRejected),
    ] {
        let options = RunOptions { max_rejected: Some(most), ..RunOptions::default() };
        let max_rejected = Limits::new(&ClientOptions::default(), &options).max_rejected;
        let limits = Limits { max_rejected, max_requests: Some(10_000), ..limits() };
        let weather = Weather { bad: random(5000, share, 5), ..fine() };
        let report = play(&job, weather.clone(), &limits, 5, Fate::default()).report;
        assert_eq!(report.status(), status, "{most} {share}: {report}");
        if status == Status::TooManyRejected {
            let rejected = report.rejected() as u64;
            assert!(rejected > most && rejected <= most + limits.workers as u64, "{report}");
            assert!(report.message().contains("max_rejected") && report.not_attempted() > 0, "{report}");
        }
    }
    // Nothing was left to do.
    let few = [1, 2, 3];
    let job = one_value(&few);
    let limits = Limits { max_rejected: Some(1), ..limits() };
    let weather = Weather { bad: [0, 2].into(), ..fine() };
    let report = play(&job, weather, &limits, 1, Fate::default()).report;
    assert_eq!((report.status(), report.confirmed(), report.rejected()), (Status::Partial, 1, 2), "{report}");
}
