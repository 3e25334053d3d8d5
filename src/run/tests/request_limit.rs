//! Runs that reach the request limit, and what their message says.

use std::collections::BTreeSet;
use std::time::Duration;

use super::play::{Fate, check, play};
use super::service::Weather;
use super::support::{figure, fine, ids, limits, one_value, random};
use crate::interface::Status;
use crate::run::engine::Limits;

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
    let (more, hours): (f64, f64) =
        (figure(message, "about ", " more req"), figure(message, "requests, ", " hours"));
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
            // The same run, stopped when a half or a third of it is done.
            let limits = Limits { max_requests: Some(played.requests / part), ..limits() };
            let report = play(&job, weather.clone(), &limits, 2, Fate::default()).report;
            let said: u64 = figure(report.message(), "about ", " more requests");
            let left = played.requests - report.requests();
            assert!(said <= left + left / 10 && said > left / 3, "{share}, {left}: {}", report.message());
        }
    }
}
