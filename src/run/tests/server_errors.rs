//! Runs of a service that responds with 500: because of single ids, or because it is down.

use std::collections::BTreeSet;
use std::time::Duration;

use super::play::{Fate, Played, check, play};
use super::service::Weather;
use super::support::{RULES, SECOND, fine, ids, limits, one_value, random, usually};
use crate::interface::{IdState, Status};
use crate::run::engine::Limits;
use crate::update::{Ids, Job, Update, Value};

fn unknown(played: &Played) -> BTreeSet<usize> {
    let states = played.report.states().iter().enumerate();
    states.filter(|(_, state)| **state == IdState::Unknown).map(|(slot, _)| slot).collect()
}

/// What isolating `k` ids of a batch of `n` costs at most, with the errors before the trial, the single ids where both
/// halves have a bad one, and six attempts with each id that is isolated.
fn bound(n: usize, k: usize) -> u64 {
    let log = |x: usize| x.next_power_of_two().trailing_zeros() as usize;
    (2 * k * (log(n) - k.ilog2() as usize + 1) + 3 * k + 6 * k + 8) as u64
}

/// Everything but the poisonous ids is confirmed; those are unknown, never rejected.
fn isolates(job: &Job<'_>, poison: &BTreeSet<usize>, limits: &Limits, seed: u64, fate: Fate) -> Played {
    let weather = Weather { poison: poison.clone(), ..fine() };
    let played = play(job, weather.clone(), limits, seed, fate.clone());
    check(job, &weather, limits, &played, &fate);
    let report = &played.report;
    assert_eq!(unknown(&played), *poison, "seed {seed}: {report}");
    assert_eq!(report.confirmed(), job.slots() - poison.len(), "seed {seed}: {report}");
    assert!(report.failures().all(|f| f.http_status == Some(500)), "seed {seed}: {report}");
    if fate.crashes.is_empty() {
        assert_eq!(report.status(), Status::Partial, "seed {seed}: {report}");
    }
    played
}

#[test]
fn one_id_in_the_first_a_later_or_the_only_batch() {
    for (n, bad) in [(900, 0), (900, 450), (900, 899), (2, 0), (2, 1), (3, 1), (10_000, 0), (10_000, 5050)] {
        let ids = ids(n);
        let job = one_value(&ids);
        for (batch_size, workers) in [(1000, 4), (100, 4), (100, 1)] {
            for seed in 0..usually(8, 20) {
                let limits = Limits { batch_size, workers, ..limits() };
                let played = isolates(&job, &[bad].into(), &limits, seed, Fate::default());
                let batches = n.div_ceil(batch_size) as u64;
                let most = batches + bound(batch_size.min(n), 1);
                assert!(played.requests <= most, "{n} {bad}: {} of {most}", played.requests);
                assert!(played.took < 60 * SECOND, "{n} {bad}: {:?}", played.took);
            }
        }
    }
}

#[test]
fn several_ids_spread_and_adjacent() {
    let ids = ids(5000);
    let job = one_value(&ids);
    let one_batch = Limits { batch_size: 5000, ..limits() };
    for seed in 0..usually(6, 20) {
        for poison in [
            random(5000, 0.0008, seed),
            random(5000, 0.004, seed),
            (400..410).collect(),
            [0, 1, 2].into(),
            [0, 2500, 4999].into(),
            (0..50).map(|n| n * 100 + 7).collect(),
        ] {
            for limits in [limits(), one_batch.clone()] {
                let limits = Limits { max_requests: Some(100_000), ..limits };
                let played = isolates(&job, &poison, &limits, seed, Fate::default());
                let k = poison.len().max(1);
                let most = 5000_u64.div_ceil(limits.batch_size as u64) + bound(5000, k);
                assert!(played.requests <= most, "{k}: {} of {most}", played.requests);
            }
        }
    }
}

#[test]
fn after_a_crash_the_next_run_isolates_it() {
    let ids = ids(900);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 1000, ..limits() };
    for seed in 0..40 {
        let crashes = vec![Duration::from_millis(500 * seed)];
        isolates(&job, &[450].into(), &limits, seed, Fate { crashes, ..Fate::default() });
    }
}

#[test]
fn with_bad_ids_too() {
    let ids = ids(3000);
    let job = one_value(&ids);
    for seed in 0..50 {
        let (bad, poison) = (random(3000, 0.002, seed), random(3000, 0.002, 1000 + seed));
        let poison: BTreeSet<usize> = poison.difference(&bad).copied().collect();
        let weather = Weather { bad: bad.clone(), poison: poison.clone(), ..fine() };
        let played = play(&job, weather.clone(), &limits(), seed, Fate::default());
        check(&job, &weather, &limits(), &played, &Fate::default());
        assert_eq!(unknown(&played), poison, "{seed}: {}", played.report);
        assert_eq!(played.report.rejected(), bad.len(), "{seed}: {}", played.report);
    }
}

#[test]
fn random_500s_cost_little() {
    let ids = ids(200_000);
    let job = one_value(&ids);
    for (share, most) in [(0.15, 1.25), (0.30, 1.6)] {
        let weather = Weather { server_error: share, error_status: 500, ..fine() };
        let played = play(&job, weather, &limits(), 2, Fate::default());
        assert_eq!(played.report.status(), Status::Ok, "{share}: {}", played.report);
        let cost = played.requests as f64 / 2000.0;
        println!("{share}: {cost:.2} times the requests");
        assert!(cost <= most, "{share}: {cost}");
    }
}

/// Whether there is a bad id or not.
#[test]
fn an_outage_is_not_taken_for_a_bad_id() {
    for (n, batch_size) in [(900, 1000), (20_000, 100)] {
        let ids = ids(n);
        let job = one_value(&ids);
        let limits = Limits { batch_size, ..limits() };
        for seed in 0..usually(10, 30) {
            for (from, length) in [(0, 20), (0, 60), (1, 20), (1, 60), (12, 40)] {
                let outage = Some((from * SECOND, (from + length) * SECOND));
                let weather = Weather { outage, error_status: 500, ..fine() };
                let played = play(&job, weather.clone(), &limits, seed, Fate::default());
                check(&job, &weather, &limits, &played, &Fate::default());
                let report = &played.report;
                assert_eq!(report.status(), Status::Ok, "{n}, {from}+{length} s, seed {seed}: {report}");
                let extra = played.requests - n.div_ceil(batch_size) as u64;
                assert!(extra <= 60, "{n}, {from}+{length} s, seed {seed}: {extra} more requests");
            }
            let weather = Weather { outage: Some((SECOND, Duration::MAX)), error_status: 500, ..fine() };
            let played = play(&job, weather.clone(), &limits, seed, Fate::default());
            check(&job, &weather, &limits, &played, &Fate::default());
            if n > 1000 {
                let report = &played.report;
                assert!(
                    matches!(report.status(), Status::Server | Status::Transport),
                    "seed {seed}: {report}"
                );
                let failed = played.requests - report.confirmed() as u64 / 100;
                assert!(failed < 80, "seed {seed}: {failed} requests in an outage");
                assert!(report.unknown() < 2000 && report.not_attempted() > 10_000, "{report}");
            }
        }
    }
}

/// An outage comes while an id is being isolated.
#[test]
fn an_outage_during_a_trial_loses_little() {
    let ids = ids(900);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 1000, ..limits() };
    for seed in 0..100 {
        let outage = Some((Duration::from_millis(10_000 + 100 * seed), Duration::from_secs(40)));
        let weather = Weather { outage, error_status: 500, poison: [450].into(), ..fine() };
        let played = play(&job, weather.clone(), &limits, seed, Fate::default());
        check(&job, &weather, &limits, &played, &Fate::default());
        let report = &played.report;
        assert!(report.confirmed() >= 899 - 16, "seed {seed}: {report}");
        assert!(played.requests < 150, "seed {seed}: {} requests", played.requests);
    }
}

#[test]
fn a_value_that_always_fails_among_rows_costs_no_bisection() {
    let ids = ids(3000);
    let update = Update::rows("plan", (0..3).map(Value::from).collect(), (0..3000).map(|i| i % 3).collect());
    let job = Job::new(&update, Ids::Numeric(&ids), RULES).unwrap();
    let poison: BTreeSet<usize> = job.groups()[1].clone().collect();
    let weather = Weather { poison: poison.clone(), ..fine() };
    let limits = Limits { batch_size: 1000, ..limits() };
    for seed in 0..20 {
        let played = play(&job, weather.clone(), &limits, seed, Fate::default());
        check(&job, &weather, &limits, &played, &Fate::default());
        assert_eq!(played.report.confirmed(), 2000, "{}", played.report);
        assert_eq!(played.report.unknown(), 1000, "{}", played.report);
        assert!(played.requests < 80, "{} requests", played.requests);
    }
}

#[test]
fn a_single_id_with_nothing_else_to_try_is_an_outage() {
    let ids = ids(1);
    let job = one_value(&ids);
    let weather = Weather { poison: [0].into(), ..fine() };
    let played = play(&job, weather, &limits(), 1, Fate::default());
    assert_eq!((played.report.status(), played.report.unknown()), (Status::Server, 1), "{}", played.report);
}

#[test]
fn batches_of_one() {
    let ids = ids(300);
    let job = one_value(&ids);
    let limits = Limits { batch_size: 1, ..limits() };
    for seed in 0..20 {
        let played = isolates(&job, &[7, 150, 299].into(), &limits, seed, Fate::default());
        assert!(played.requests <= 300 + 3 * 12, "{} requests", played.requests);
    }
}

#[test]
fn a_canary_that_makes_the_service_fail() {
    let ids = ids(1000);
    let job = one_value(&ids);
    // The single ids that are tried after the first rejection.
    for poison in [BTreeSet::from([166]), [166, 500].into(), [166, 500, 833].into()] {
        for seed in 0..20 {
            let weather = Weather { bad: [7].into(), poison: poison.clone(), ..fine() };
            let played = play(&job, weather.clone(), &limits(), seed, Fate::default());
            check(&job, &weather, &limits(), &played, &Fate::default());
            assert_eq!(unknown(&played), poison, "seed {seed}: {}", played.report);
            assert_eq!(played.report.rejected(), 1, "seed {seed}: {}", played.report);
        }
    }
}
