//! Jobs, limits and a service without faults, for all tests of a run.

use std::collections::BTreeSet;
use std::time::Duration;

use super::service::{Names, Weather};
use crate::options::{ClientOptions, RunOptions};
use crate::run::engine::Limits;
use crate::throttle::Rng;
use crate::update::{AttributeKind, Ids, Job, Rules, Update};

pub const SECOND: Duration = Duration::from_secs(1);

pub fn limits() -> Limits {
    Limits {
        batch_size: 100,
        workers: 4,
        interval: Some(Duration::from_millis(20)),
        max_attempts: 8,
        stall_timeout: 120 * SECOND,
        ..Limits::new(&ClientOptions::default(), &RunOptions::default())
    }
}

pub fn fine() -> Weather {
    Weather {
        bad: BTreeSet::new(),
        rejected_value: None,
        poison: BTreeSet::new(),
        latency: Duration::from_millis(30),
        server_error: 0.0,
        groups_rejected: 0.0,
        dropped: 0.0,
        timeout: 0.0,
        ambiguous: 0.0,
        busy: 0.0,
        error_status: 503,
        applies_anyway: 0.5,
        outage: None,
        burst_401: None,
        locked: None,
        firewall: None,
        requests_per_second: None,
        max_ids: usize::MAX,
        names: Names::None,
    }
}

pub const RULES: Rules = Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: None };

pub fn one_value(ids: &[i64]) -> Job<'_> {
    Job::new(&Update::new("plan", "pro"), Ids::Numeric(ids), RULES).unwrap()
}

pub fn ids(n: usize) -> Vec<i64> {
    (1..=n as i64).collect()
}

/// How much a test does: usually, and in `make torture`, which sets USERCOM_SEEDS.
pub fn usually<T>(usual: T, in_torture: T) -> T {
    if std::env::var_os("USERCOM_SEEDS").is_some() { in_torture } else { usual }
}

/// A random share of a list.
pub fn random(n: usize, share: f64, seed: u64) -> BTreeSet<usize> {
    let mut rng = Rng::new(seed);
    (0..n).filter(|_| rng.unit() < share).collect()
}

/// A number within a message.
pub fn figure<T: std::str::FromStr>(message: &str, before: &str, after: &str) -> T {
    let rest = message.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    rest.and_then(|(figure, _)| figure.parse().ok()).unwrap_or_else(|| panic!("{message}"))
}
