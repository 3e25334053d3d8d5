//! What it costs to find bad ids, by their share: the figures behind docs/bad-ids.md.

use std::collections::BTreeSet;
use std::fmt;

use super::play::{Fate, Played, check, play};
use super::service::Weather;
use super::support::{SECOND, fine, ids, limits, one_value, random, usually};
use crate::interface::Status;
use crate::run::engine::Limits;
use crate::run::share::entropy;

/// Where the bad ids are in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Random,
    /// Together, somewhere within.
    Cluster,
    Start,
    End,
}

/// What the runs with some seeds came to.
pub(super) struct Cost {
    n: usize,
    share: f64,
    place: Place,
    /// What information theory needs for ids that are bad independently of each other.
    pub bits: f64,
    pub mean: f64,
    most: u64,
    /// The part of the good ids that was confirmed after half of the requests: the mean, and the smallest one.
    half: f64,
    least: f64,
    /// The longest time, in units of what the rate limit needs.
    wall: f64,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, share) = (format!("{:?}", self.place), 100.0 * self.share);
        let ratio = self.mean / self.bits;
        write!(
            f,
            "| {:>9} | {place:<7} | {share:>4} % | {:>9.0} | {:>9.0} | {:>9} | {ratio:>5.2} | {:>4.0} % | {:>4.0} % | {:>4.2} |",
            self.n,
            self.bits,
            self.mean,
            self.most,
            100.0 * self.half,
            100.0 * self.least,
            self.wall
        )
    }
}

const HEAD: &str = "\
|       ids | place   |  share |    n·H(p) |      mean |      most | ratio |   half |  least | wall |
|-----------|---------|--------|-----------|-----------|-----------|-------|--------|--------|------|";

fn bad_ids(n: usize, share: f64, place: Place, seed: u64) -> BTreeSet<usize> {
    let k = ((n as f64 * share) as usize).max(1);
    let start = match place {
        Place::Random => return random(n, share, 1000 + seed),
        Place::Cluster => (n - k) * (1 + seed as usize % 8) / 9,
        Place::Start => 0,
        Place::End => n - k,
    };
    (start..start + k).collect()
}

/// The defaults of the library, without a request limit.
fn defaults() -> Limits {
    Limits {
        batch_size: 1000,
        workers: 8,
        interval: Some(SECOND / 5),
        max_requests: Some(u64::MAX),
        ..limits()
    }
}

fn search(n: usize, share: f64, place: Place, seed: u64, latency_ms: u32) -> Option<Played> {
    let ids = ids(n);
    let job = one_value(&ids);
    let bad = bad_ids(n, share, place, seed);
    let weather = Weather { bad, latency: SECOND * latency_ms / 1000, ..fine() };
    let played = play(&job, weather.clone(), &defaults(), seed, Fate::default());
    check(&job, &weather, &defaults(), &played, &Fate::default());
    // Three bad canaries speak against the value.
    (played.report.status() != Status::Rejected).then_some(played)
}

pub(super) fn cost(n: usize, share: f64, place: Place, seeds: u64, latency_ms: u32) -> Cost {
    let mut cost = Cost {
        n,
        share,
        place,
        bits: n as f64 * entropy(share),
        mean: 0.0,
        most: 0,
        half: 0.0,
        least: 1.0,
        wall: 0.0,
    };
    let runs = (0..).filter_map(|seed| search(n, share, place, seed, latency_ms));
    for played in runs.take(seeds as usize) {
        assert_eq!(played.report.confirmed() + played.report.rejected(), n);
        let requests = played.requests;
        let half = played.accepted_after[requests as usize / 2];
        let half = f64::from(half) / played.report.confirmed() as f64;
        cost.mean += requests as f64 / seeds as f64;
        cost.most = cost.most.max(requests);
        cost.half += half / seeds as f64;
        cost.least = cost.least.min(half);
        cost.wall = cost.wall.max(played.took.as_secs_f64() * 5.0 / requests as f64);
    }
    println!("{cost}");
    cost
}

const SHARES: [f64; 11] = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.5];

/// The goals: 1.25 times the bits (1.35 for a short list), a request for each batch and ten more; where so many are bad
/// that groups don't pay, one request an id, one for each batch, and what it takes to find that out.
#[test]
fn the_search_costs_little_more_than_the_bits() {
    println!("{HEAD}");
    for share in usually(&[0.001, 0.005, 0.05, 0.2, 0.5][..], &SHARES[..]).iter().copied() {
        for (n, seeds, factor) in [(1000, usually(6, 50), 1.35), (4000, usually(2, 50), 1.25)] {
            let cost = cost(n, share, Place::Random, seeds, 300);
            let plan = n as f64 / 1000.0;
            assert!(cost.mean <= factor * cost.bits + plan + 10.0, "{cost}");
            assert!(
                cost.most as f64 <= n as f64 + plan + 15.0 && cost.mean <= n as f64 + plan + 3.0,
                "{cost}"
            );
            if n == 4000 && share > 0.001 {
                assert!(cost.half >= 0.4 && cost.least >= 0.3 && cost.wall <= 1.1, "{cost}");
            }
        }
        for place in [Place::Cluster, Place::Start, Place::End] {
            let cost = cost(4000, share, place, 1, 300);
            // Each bad id is sent on its own, and the ends of the cluster are found.
            assert!(cost.mean <= (4000.0 * share).max(1.0) + 70.0, "{cost}");
            // Where many in a row are bad, another part of the list is tried first.
            assert!(cost.half >= 0.4, "{cost}");
        }
    }
}

/// After a fifth of the work the forecast is right within a quarter.
#[test]
fn the_rest_is_forecast() {
    for share in [0.01, 0.05, 0.2, 0.5] {
        let n = 10_000;
        let ids = ids(n);
        let job = one_value(&ids);
        let bad = random(n, share, 3);
        let weather = Weather { bad: bad.clone(), ..fine() };
        let fate = Fate { watched: true, ..Fate::default() };
        let played = play(&job, weather, &defaults(), 4, fate);
        assert_eq!(played.report.confirmed() + played.report.rejected(), n);
        let near = |said: f64, is: f64| (said - is).abs() <= 0.25 * is;
        for part in [0.2, 0.3, 0.5, 0.7] {
            let (when, told) =
                played.told.iter().find(|(when, _)| *when >= played.took.mul_f64(part)).unwrap();
            let left = (played.requests - told.requests) as f64;
            let time = (played.took - *when).as_secs_f64();
            let said = format!("{share}, {part}: {told:?}; {left} requests, {time} s, {} bad", bad.len());
            assert!(near(told.expected_rejected as f64, bad.len() as f64), "{said}");
            assert!(near(told.requests_left as f64, left), "{said}");
            assert!(near(told.time_left.as_secs_f64(), time), "{said}");
        }
        let (_, last) = played.told.last().unwrap();
        assert_eq!((last.expected_rejected, last.requests_left), (bad.len(), 0));
    }
}

/// Rejections that are no fault of the ids, and ids that are no longer bad, cost requests and nothing else.
#[test]
fn a_service_that_changes_its_mind_leads_to_no_false_rejection() {
    let ids = ids(3000);
    let job = one_value(&ids);
    for seed in 0..4 {
        let weather = Weather {
            bad: random(3000, 0.03, seed),
            groups_rejected: 0.05,
            server_error: 0.05,
            error_status: 500,
            ..fine()
        };
        let limits = Limits { max_requests: Some(100_000), ..limits() };
        let played = play(&job, weather.clone(), &limits, seed, Fate::default());
        check(&job, &weather, &limits, &played, &Fate::default());
        let rejected = played.report.rejected();
        assert_eq!((rejected, played.report.confirmed()), (weather.bad.len(), 3000 - rejected));
    }
}

/// Prints the whole table. `USERCOM_IDS` is the largest number of ids.
#[test]
#[ignore = "takes minutes"]
fn the_cost_by_share() {
    let most = std::env::var("USERCOM_IDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000usize);
    println!("{HEAD}");
    for (n, seeds) in [(1000, 50), (4000, 50), (20_000, 50), (100_000, 5), (1_000_000, 1)] {
        for share in SHARES.into_iter().filter(|_| n <= most) {
            for place in [Place::Random, Place::Cluster, Place::Start, Place::End] {
                let seeds = if place == Place::Random { seeds } else { seeds.min(8) };
                cost(n, share, place, seeds, 300);
            }
        }
    }
}
