//! What 429s teach about the service's own limit: an absolute rate, and how it is forgotten.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So long after the last 429 nothing is left of it.
const FORGOTTEN: Duration = Duration::from_secs(60);
/// Until half of that the rate rises slowly, since the limit is most likely still there.
const DOUBLED: Duration = Duration::from_secs(30);
/// The lowest rate, in requests per second. The delays after 429s do the rest.
const LOWEST: f64 = 0.2;
/// Where one request a millisecond is sent, it is unlimited.
const HIGHEST: f64 = 1000.0;
/// If the rate is not known, since the very first request was throttled.
const GUESS: f64 = 10.0;
/// A rate and one that is too high are close enough to each other.
const CLOSE: f64 = 1.1;
/// How far back requests are counted.
const WINDOW: Duration = Duration::from_secs(2);
/// The most of them that are remembered.
const COUNTED: usize = 64;

/// The requests of the last two seconds.
#[derive(Debug, Default)]
struct Recent(VecDeque<Instant>);

impl Recent {
    fn add(&mut self, now: Instant) {
        self.0.push_back(now);
        if self.0.len() > COUNTED {
            self.0.pop_front();
        }
    }

    /// How many there were, and since when.
    fn since(&mut self, now: Instant) -> (f64, Option<Duration>) {
        self.0.retain(|at| *at + WINDOW > now);
        (self.0.len() as f64, self.0.front().map(|first| now - *first))
    }
}

/// The rate that the service seems to allow, in requests per second.
#[derive(Debug)]
struct Learned {
    rate: f64,
    /// A rate that was kept without a 429; 0 if none was.
    fine: f64,
    too_high: f64,
    throttled_at: Instant,
    /// Since when this rate is tried, and how many requests succeeded at it.
    changed_at: Instant,
    successes: f64,
}

/// The rate limit that the service seems to have, if it has throttled.
#[derive(Debug, Default)]
pub(super) struct Ceiling {
    sent: Recent,
    succeeded: Recent,
    learned: Option<Learned>,
}

impl Ceiling {
    pub fn sent(&mut self, now: Instant) {
        self.sent.add(now);
    }

    /// Requests per second, if there is a limit now.
    pub fn rate(&mut self, now: Instant) -> Option<f64> {
        let learned = self.learned.as_ref()?;
        let since = now.saturating_duration_since(learned.throttled_at);
        if since >= FORGOTTEN {
            self.learned = None;
            return None;
        }
        Some(learned.rate * (1.0 + (since.as_secs_f64() / DOUBLED.as_secs_f64()).powi(3)))
    }

    /// A request that was sent at `sent_at` succeeded.
    pub fn succeeded(&mut self, now: Instant, sent_at: Instant) {
        self.succeeded.add(now);
        let Some(learned) = self.learned.as_mut().filter(|learned| sent_at >= learned.changed_at) else {
            return;
        };
        learned.successes += 1.0;
        // About a second at this rate, so that a whole window of a server that counts by seconds is seen.
        let tried =
            learned.successes >= learned.rate.max(4.0) && now - learned.changed_at >= Duration::from_secs(1);
        if tried {
            learned.fine = learned.fine.max(learned.rate);
            if learned.too_high > learned.fine * CLOSE {
                learned.try_rate((learned.fine * learned.too_high).sqrt(), now);
            }
        }
    }

    /// 429. `allowed` is the configured rate.
    pub fn throttled(&mut self, now: Instant, allowed: Option<f64>) {
        let current = self.rate(now);
        // If nothing got through since the last one, it may be no matter of the rate.
        let in_a_row = self.learned.as_ref().is_some_and(|learned| learned.successes == 0.0);
        let lowest = if in_a_row { allowed.unwrap_or(GUESS).min(GUESS) / 4.0 } else { LOWEST };
        let (sent, since) = self.sent.since(now);
        let sending = match since {
            // The first one begins the interval, so it is not counted.
            Some(since) if sent > 1.0 => ((sent - 1.0) / since.as_secs_f64().max(0.001)).min(HIGHEST),
            _ => GUESS,
        };
        let limit = [current, allowed].into_iter().flatten().fold(f64::INFINITY, f64::min);
        // The spacing that was kept says more than a count, if there is one.
        let too_high = if limit.is_finite() { limit } else { sending };
        let (succeeded, since) = self.succeeded.since(now);
        let accepted = since.map(|since| succeeded / since.as_secs_f64().max(0.2));
        let fine = self.learned.as_ref().map_or(0.0, |learned| learned.fine);
        let fine = if fine >= too_high * 0.95 { too_high * 0.7 } else { fine };
        let next = match accepted {
            _ if fine > 0.0 => (fine * too_high).sqrt(),
            // The service has not accepted more than that, so twice as much is too much, too.
            Some(accepted) => (too_high / 2.0).min(accepted * 2.0),
            None => too_high / 2.0,
        };
        let mut learned =
            Learned { rate: next, fine, too_high, throttled_at: now, changed_at: now, successes: 0.0 };
        learned.try_rate(next.max(lowest.min(too_high)), now);
        self.learned = Some(learned);
    }
}

impl Learned {
    fn try_rate(&mut self, rate: f64, now: Instant) {
        self.rate = rate.max(LOWEST);
        self.changed_at = now;
        self.successes = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_rate_is_learned_and_forgotten_after_a_minute() {
        let (mut ceiling, start) = (Ceiling::default(), Instant::now());
        assert_eq!(ceiling.rate(start), None);
        // 100 requests a second, of which none succeeded.
        (0..11).for_each(|n| ceiling.sent(start + 10 * n * MS));
        let now = start + 100 * MS;
        ceiling.throttled(now, None);
        assert_eq!(ceiling.rate(now), Some(50.0));
        ceiling.throttled(now, None);
        assert_eq!(ceiling.rate(now), Some(25.0));
        (0..10).for_each(|_| ceiling.throttled(now, None));
        assert_eq!(ceiling.rate(now), Some(2.5), "nothing got through, at whatever rate");
        ceiling.succeeded(now, now);
        ceiling.throttled(now, None);
        assert_eq!(ceiling.rate(now), Some(1.25));
        let rates: Vec<f64> = (0..60).map(|s| ceiling.rate(now + s * SECOND).unwrap()).collect();
        assert!(rates.windows(2).all(|pair| pair[0] <= pair[1]) && rates[10] < 1.3 && rates[30] == 2.5);
        assert_eq!(ceiling.rate(now + 60 * SECOND), None);
    }

    #[test]
    fn the_configured_rate_is_where_it_begins() {
        let (mut ceiling, now) = (Ceiling::default(), Instant::now());
        ceiling.throttled(now, Some(5.0));
        assert_eq!(ceiling.rate(now), Some(2.5));
        for _ in 0..100 {
            ceiling.succeeded(now, now);
            ceiling.throttled(now, Some(5.0));
        }
        assert_eq!(ceiling.rate(now), Some(LOWEST));
    }

    #[test]
    fn what_was_fine_is_a_floor_for_the_next() {
        let (mut ceiling, start) = (Ceiling::default(), Instant::now());
        ceiling.throttled(start, Some(16.0));
        // Eight a second for a second are fine, so eleven are tried.
        (0..8).for_each(|n| ceiling.succeeded(start + (1000 + n as u32) * MS, start));
        let now = start + 2 * SECOND;
        assert!((11.3..11.4).contains(&ceiling.rate(now).unwrap()), "{:?}", ceiling.rate(now));
        ceiling.throttled(now, Some(16.0));
        assert!((9.5..9.6).contains(&ceiling.rate(now).unwrap()), "{:?}", ceiling.rate(now));
        // If even those are too many, what was fine is not any more.
        for _ in 0..10 {
            ceiling.succeeded(now, now);
            ceiling.throttled(now, Some(16.0));
        }
        assert!(ceiling.rate(now).unwrap() < 5.0);
    }
}
