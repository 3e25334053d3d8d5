//! Services with a rate limit, and runs that don't know it, on a virtual clock.

use std::collections::BTreeMap;
use std::time::Duration;

use super::pacer::Pacer;
use super::rng::Rng;

const SECOND: Duration = Duration::from_secs(1);

/// How a service limits its clients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// nginx's `limit_req` with this burst and `nodelay`: counts in milliseconds.
    Leaky(f64),
    /// A bucket of so many seconds' tokens, at least one. A rejection has `Retry-After: 1` or none.
    Tokens { seconds: f64, retry_after: bool },
}

/// Those that are tried.
pub const KINDS: [Kind; 6] = [
    Kind::Leaky(0.0),
    Kind::Leaky(5.0),
    Kind::Leaky(20.0),
    Kind::Tokens { seconds: 0.0, retry_after: false },
    Kind::Tokens { seconds: 1.0, retry_after: false },
    Kind::Tokens { seconds: 1.0, retry_after: true },
];

pub struct Service {
    pub kind: Kind,
    pub rate: f64,
    /// What is left of the burst.
    left: f64,
    last: Duration,
}

impl Service {
    pub fn new(kind: Kind, rate: f64, now: Duration) -> Service {
        let mut service = Service { kind, rate, left: 0.0, last: now };
        service.left = service.most();
        service
    }

    fn most(&self) -> f64 {
        match self.kind {
            Kind::Leaky(burst) => burst + 1.0,
            Kind::Tokens { seconds, .. } => (self.rate * seconds).max(1.0),
        }
    }

    fn accepts(&mut self, now: Duration) -> bool {
        let now = match self.kind {
            Kind::Leaky(_) => Duration::from_millis(now.as_millis() as u64),
            Kind::Tokens { .. } => now,
        };
        let now = now.max(self.last);
        self.left = (self.left + self.rate * (now - self.last).as_secs_f64()).min(self.most());
        self.last = now;
        // Sums of fractions are never exact.
        let accepted = self.left >= 1.0 - 1e-6;
        self.left -= f64::from(u8::from(accepted));
        accepted
    }

    fn retry_after(&self) -> Option<Duration> {
        matches!(self.kind, Kind::Tokens { retry_after: true, .. }).then_some(SECOND)
    }
}

/// The run of an account, and what became of its requests.
pub struct Simulation {
    pub pacer: Pacer,
    pub now: Duration,
    pub service: Service,
    pub workers: usize,
    pub latency: Duration,
    /// A sleep is never exact: late by up to so much.
    pub late: Duration,
    /// The same for one sleep in fifty.
    pub busy: Duration,
    /// How much longer one request may be on its way to the service than another.
    pub way: Duration,
    pub interval: Option<Duration>,
    rng: Rng,
    /// By the time of the response: when it was sent, and whether it was accepted.
    in_flight: BTreeMap<(Duration, u64), (Duration, bool)>,
    /// When requests reached the service, and whether it accepted them.
    pub seen: Vec<(Duration, bool)>,
    confirmed: bool,
}

impl Simulation {
    pub fn new(kind: Kind, rate: f64, workers: usize, latency: Duration, seed: u64) -> Simulation {
        let now = Duration::from_secs(1000);
        Simulation {
            pacer: Pacer::default(),
            now,
            service: Service::new(kind, rate, now),
            workers,
            latency,
            late: Duration::from_micros(200),
            busy: Duration::from_millis(4),
            way: Duration::from_micros(500),
            interval: None,
            rng: Rng::new(seed),
            in_flight: BTreeMap::new(),
            seen: Vec::new(),
            confirmed: false,
        }
    }

    /// Now and then something else has the processor.
    fn lateness(&mut self) -> Duration {
        let most = if self.rng.unit() < 0.02 { self.busy } else { self.late };
        most.mul_f64(self.rng.unit())
    }

    pub fn run_until(&mut self, end: Duration) {
        while self.now < end {
            // One request at a time until the first success.
            let free = self.in_flight.len() < if self.confirmed { self.workers } else { 1 };
            let admitted = free.then(|| self.pacer.admit(self.now, self.interval));
            let wake = match admitted {
                Some(Ok(())) => {
                    // The way to the service takes more or less long.
                    let there = self.now + self.way.mul_f64(self.rng.unit());
                    let accepted = self.service.accepts(there);
                    self.seen.push((self.now, accepted));
                    let latency = self.latency.mul_f64(0.9 + 0.2 * self.rng.unit());
                    let number = self.seen.len() as u64;
                    self.in_flight.insert((self.now + latency, number), (self.now, accepted));
                    continue;
                }
                Some(Err((until, _))) => Some(until + self.lateness()),
                None => None,
            };
            let response = self.in_flight.first_key_value().map(|((at, _), _)| *at);
            let next = wake.into_iter().chain(response).min().unwrap_or(end);
            self.now = next.max(self.now + Duration::from_nanos(1));
            while let Some(entry) = self.in_flight.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let (sent_at, accepted) = entry.remove();
                if accepted {
                    self.confirmed = true;
                    self.pacer.succeeded(self.now, sent_at);
                } else {
                    let allowed = self.interval.map(|interval| 1.0 / interval.as_secs_f64());
                    let retry_after = self.service.retry_after();
                    self.pacer.throttled((self.now, sent_at), allowed, 429, retry_after, &mut self.rng);
                }
            }
        }
    }

    /// The share of the rate that could be reached which was, and the share of 429s.
    pub fn shares(&self, from: Duration, to: Duration) -> (f64, f64, usize) {
        let seen = self.seen.iter().filter(|(at, _)| *at >= from && *at < to);
        let (accepted, throttled) =
            seen.fold(
                (0usize, 0usize),
                |(yes, no), (_, accepted)| {
                    if *accepted { (yes + 1, no) } else { (yes, no + 1) }
                },
            );
        let possible = self.service.rate.min(0.9 * self.workers as f64 / self.latency.as_secs_f64());
        let kept = accepted as f64 / (to - from).as_secs_f64() / possible;
        (kept, throttled as f64 / (accepted + throttled).max(1) as f64, throttled)
    }
}

#[test]
fn a_limit_that_nobody_was_told_is_found_and_kept() {
    for kind in KINDS {
        for rate in [1.0, 5.0, 10.0, 50.0, 200.0] {
            for (workers, ms) in [(8, 20), (8, 200), (32, 200)] {
                let mut run = Simulation::new(kind, rate, workers, Duration::from_millis(ms), 11);
                let start = run.now;
                let check = |run: &mut Simulation, from: u32, to: u32| {
                    run.run_until(start + to * SECOND);
                    let (kept, share, throttled) = run.shares(start + from * SECOND, start + to * SECOND);
                    let what = format!("{kind:?} {rate} {workers} {ms}: {kept:.3}, {share:.4} ({throttled})");
                    // One a second is too few requests to learn much in ten seconds.
                    let (least, most) = if rate > 1.0 {
                        (if rate < 200.0 { 0.87 } else { 0.8 }, 0.025)
                    } else {
                        (0.75, 0.08)
                    };
                    assert!(kept >= least && share <= most, "{what}");
                };
                check(&mut run, 10, 70);
                if rate > 1.0 {
                    run.service.rate = rate / 2.0;
                    run.run_until(start + 80 * SECOND);
                    let (kept, ..) = run.shares(run.now - 5 * SECOND, run.now);
                    assert!(kept > 0.4, "{kind:?} {rate} {workers} {ms}: halved, kept {kept}");
                    run.service.rate = rate;
                    check(&mut run, 220, 280);
                }
            }
        }
    }
}

#[test]
fn below_the_limit_nothing_is_throttled() {
    for kind in KINDS {
        for rate in [1.0, 5.0, 10.0, 50.0, 200.0] {
            let mut run = Simulation::new(kind, rate, 32, Duration::from_millis(50), 5);
            run.interval = Some(SECOND.div_f64(rate * 0.95));
            // To catch up, a request may be 2 ms nearer to the one before than the service without a burst allows.
            (run.busy, run.way) = (run.late, Duration::ZERO);
            let start = run.now;
            run.run_until(start + 60 * SECOND);
            let (kept, _, throttled) = run.shares(start, run.now);
            assert!(throttled == 0 && kept >= 0.98 * 0.95, "{kind:?} {rate}: {kept}, {throttled}");
        }
    }
}

#[test]
fn within_a_minute_the_configured_rate_is_back() {
    for rate in [1.0, 5.0, 50.0] {
        let mut run = Simulation::new(Kind::Leaky(0.0), rate, 8, Duration::from_millis(50), 5);
        run.interval = Some(SECOND.div_f64(rate * 4.0));
        let start = run.now;
        run.run_until(start + 100 * SECOND);
        run.service.rate = rate * 8.0;
        run.run_until(start + 160 * SECOND);
        run.run_until(start + 170 * SECOND);
        let (kept, _, throttled) = run.shares(start + 160 * SECOND, start + 170 * SECOND);
        // Of the eightfold rate that the service has now, the run may use half.
        assert!(throttled == 0 && kept > 0.47, "{rate}: {kept}, {throttled}");
    }
}

#[test]
fn a_limit_is_kept_on_average() {
    for rate in [1.0, 2.0, 5.0, 10.0, 50.0, 200.0] {
        for (kind, ms) in KINDS.into_iter().flat_map(|kind| [(kind, 20), (kind, 200)]) {
            let (mut kept, mut throttled) = (0.0, 0.0);
            // The fewer requests, the more chance.
            let seeds = if rate < 10.0 { 20 } else { 2 };
            for seed in 0..seeds {
                let mut run = Simulation::new(kind, rate, 8, Duration::from_millis(ms), seed);
                let start = run.now;
                run.run_until(start + 70 * SECOND);
                let minute = run.shares(start + 10 * SECOND, start + 70 * SECOND);
                kept += minute.0 / seeds as f64;
                throttled += minute.2 as f64 / seeds as f64;
            }
            // Without a burst, one request that is half a millisecond early is too early.
            let least = if rate > 1.0 && rate < 200.0 { 0.9 } else { 0.84 };
            let most = (60.0 * rate * 0.02).max(3.5);
            let what = format!("{kind:?} {rate} {ms}: {kept:.3}, {throttled:.2} in a minute");
            assert!(kept >= least && throttled <= most, "{what}");
        }
    }
}
