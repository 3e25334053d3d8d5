//! Runs of a service that responds with 401 or 429.

use std::time::Duration;

use super::play::{Fate, check, play};
use super::service::Weather;
use super::support::{SECOND, fine, ids, limits, one_value};
use crate::interface::Status;

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
fn a_rate_limit_that_is_never_lifted_ends_the_run_after_the_stall_timeout() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    let weather = Weather { requests_per_second: Some(0), ..fine() };
    let played = play(&job, weather.clone(), &limits(), 18, Fate::default());
    check(&job, &weather, &limits(), &played, &Fate::default());
    assert_eq!(played.report.status(), Status::RateLimited, "{}", played.report.message());
    assert_eq!(played.report.not_attempted(), 20_000);
    let stall_timeout = limits().stall_timeout;
    assert!(played.took >= stall_timeout && played.took < stall_timeout + SECOND, "{:?}", played.took);
    assert!(played.requests < 40, "{} requests", played.requests);
}
