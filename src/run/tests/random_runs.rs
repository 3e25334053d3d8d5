//! Random jobs in random weather.

use std::time::Duration;

use super::play::{Fate, check, play};
use super::service::{Names, Weather};
use super::support::{RULES, SECOND, ids, limits};
use crate::interface::Status;
use crate::run::GRACE;
use crate::throttle::Rng;
use crate::update::{Ids, Job, Update, Value};

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
    let (poison, ambiguous, busy) = (sometimes(0.3, 0.1), sometimes(0.15, 0.1), sometimes(0.2, 0.2));
    let (locked, firewall) = (sometimes(0.2, 6.0), sometimes(0.15, 90.0));
    let sometimes_groups = sometimes(0.2, 0.2);
    let (locked_at, firewall_at) = (sometimes(0.8, 5.0), sometimes(0.8, 5.0));
    let names = [Names::None, Names::First, Names::All, Names::Wrong][(rng.next() % 4) as usize];
    let groups = job.groups().len();
    Weather {
        bad: (0..n).filter(|_| rng.unit() < bad * bad).collect(),
        poison: (0..n).filter(|_| rng.unit() < poison * poison).collect(),
        groups_rejected: sometimes_groups,
        ambiguous,
        busy,
        error_status: [500, 502, 503][(rng.next() % 3) as usize],
        locked: window(locked_at, locked),
        firewall: window(firewall_at, firewall),
        rejected_value: (value > 0.0).then_some((value * groups as f64) as usize % groups.max(1)),
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
    let fate = Fate { cancel, crashes, torn, watched: false };
    let played = play(&job, weather.clone(), &limits, rng.next(), fate.clone());
    check(&job, &weather, &limits, &played, &fate);
    if let (Some(after), [], Status::Cancelled) = (cancel, &*fate.crashes, played.report.status()) {
        assert!(played.took <= after + GRACE + SECOND);
    }
    assert!(played.took < Duration::from_secs(24 * 3600), "took {:?}", played.took);
}

/// Some hundred seeds, or as many as `USERCOM_SEEDS` says.
#[test]
fn random_runs() {
    let seeds = std::env::var("USERCOM_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(300u64);
    for seed in 0..seeds {
        let outcome = std::panic::catch_unwind(|| random_run(seed));
        assert!(outcome.is_ok(), "seed {seed} failed; replay it with random_run({seed})");
    }
}
