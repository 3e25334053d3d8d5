//! What 429s teach about the service's own limit: an absolute rate, and how time takes it back.
//!
//! Plain data, so that processes can share it in a file. Times are those of the monotonic clock.

use std::time::Duration;

/// So long after the last 429 the configured rate is back; without one, the rate has doubled.
const RECOVERED: Duration = Duration::from_secs(60);
/// How long the rate stays near the one that failed: the higher, the longer.
const GENTLE: i32 = 8;
/// The lowest rate, in requests per second. The delays after 429s do the rest.
const LOWEST: f64 = 0.2;
/// The same while nothing gets through at all: then it may be no matter of the rate.
const LOWEST_IN_A_ROW: f64 = 1.0;
/// Where one request a millisecond is sent, it is unlimited.
const HIGHEST: f64 = 1000.0;
/// If the rate is not known, since the very first request was throttled.
const GUESS: f64 = 10.0;
/// A rate that is fine and one that is too high are close enough to each other.
const CLOSE: f64 = 1.07;
/// What is kept of a rate that is too high, if the one that is fine is close to it.
const BELOW: f64 = 0.94;
/// Below this rate there are so few requests that each 429 is a large share of them: less is tried.
const SLOW: f64 = 4.0;
const CLOSE_IF_SLOW: f64 = 1.15;
const BELOW_IF_SLOW: f64 = 0.92;
/// A rate is fine if it is kept for so long: a whole window of a server that counts by seconds.
const TRIED: Duration = Duration::from_secs(1);

/// How fast requests are sent, over one to two seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sending {
    pub since: Duration,
    pub count: f64,
    pub before: f64,
}

impl Sending {
    const WINDOW: Duration = Duration::from_secs(1);

    fn add(&mut self, now: Duration) {
        let windows = now.saturating_sub(self.since).as_secs();
        if windows > 0 {
            self.before = if windows == 1 { self.count } else { 0.0 };
            self.count = 0.0;
            self.since = if windows == 1 { self.since + Self::WINDOW } else { now };
        }
        self.count += 1.0;
    }

    fn rate(&self, now: Duration) -> f64 {
        let before = if self.before > 0.0 { Self::WINDOW } else { Duration::ZERO };
        let time = now.saturating_sub(self.since) + before;
        match self.count + self.before {
            // The first one begins the interval, so it is not counted.
            sent if sent > 1.0 => ((sent - 1.0) / time.as_secs_f64().max(0.001)).min(HIGHEST),
            _ => GUESS,
        }
    }
}

/// The rate that the service seems to allow, in requests per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Learned {
    pub rate: f64,
    /// A rate that was kept without a 429; 0 if none was.
    pub fine: f64,
    pub too_high: f64,
    pub throttled_at: Duration,
    /// Until when the last 429 let nobody send.
    pub resumed_at: Duration,
    /// How many requests were sent since, and how many of them the service has accepted.
    pub sent: f64,
    pub accepted: f64,
    /// Since when this rate is tried, and how many requests it accepted at it.
    pub changed_at: Duration,
    pub successes: f64,
}

/// The rate limit that the service seems to have, if it has throttled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ceiling {
    pub sending: Sending,
    pub learned: Option<Learned>,
}

impl Ceiling {
    pub fn sent(&mut self, now: Duration) {
        self.sending.add(now);
        if let Some(learned) = &mut self.learned {
            learned.sent += 1.0;
        }
    }

    /// Requests per second, if the service allows less than what is configured. `allowed` is the configured rate.
    pub fn rate(&self, now: Duration, allowed: Option<f64>) -> Option<f64> {
        let learned = self.learned?;
        let minutes = now.saturating_sub(learned.throttled_at).as_secs_f64() / RECOVERED.as_secs_f64();
        let gently = minutes.min(1.0).powi(GENTLE);
        let doubling = learned.rate * gently.max(if minutes > 1.0 { minutes } else { 0.0 }).exp2();
        let returning = allowed.map_or(0.0, |allowed| learned.rate * (allowed / learned.rate).powf(gently));
        let rate = doubling.max(returning);
        (rate < allowed.unwrap_or(HIGHEST)).then_some(rate)
    }

    /// A request that was sent at `sent_at` was accepted.
    pub fn succeeded(&mut self, now: Duration, sent_at: Duration) {
        let Some(learned) = self.learned.as_mut().filter(|learned| sent_at >= learned.throttled_at) else {
            return;
        };
        learned.accepted += 1.0;
        if sent_at < learned.changed_at {
            return;
        }
        learned.successes += 1.0;
        if learned.too_high > learned.rate * close(learned.rate) && learned.is_tried(now) {
            learned.fine = learned.fine.max(learned.rate);
            learned.rate = between(learned.fine, learned.too_high);
            learned.changed_at = now;
            learned.successes = 0.0;
        }
    }

    /// 429 to a request that was sent at `sent_at`. `allowed` is the configured rate.
    pub fn throttled(&mut self, now: Duration, sent_at: Duration, allowed: Option<f64>) {
        let rate = self.rate(sent_at, allowed).or(allowed).unwrap_or_else(|| self.sending.rate(sent_at));
        let (mut too_high, mut fine, mut guess, mut lowest) = (rate, 0.0, 0.0, LOWEST);
        if let Some(last) = self.learned {
            // Whatever the service has saved up was used up at the last 429, and is so again. What it accepted
            // between them is what it allows, but for what it did not save up while nobody sent.
            let time = sent_at.saturating_sub(last.throttled_at).as_secs_f64().max(0.001);
            let active = sent_at.saturating_sub(last.resumed_at).as_secs_f64().max(0.001);
            if last.accepted > 0.0 {
                fine = (last.accepted - 1.0) / time;
                guess = last.accepted / time;
            } else {
                lowest = LOWEST_IN_A_ROW;
            }
            if last.sent <= 1.0 {
                // It was not sent at a rate. There is still not one more, or the service counts by longer times.
                too_high = last.too_high.min(last.rate.max(1.0 / time));
            } else if last.changed_at <= last.resumed_at && rate < last.rate * CLOSE {
                // The rate was too high all the time. Some of the requests may still be accepted.
                too_high = too_high.min(last.sent / active);
                // A service that took so many in a row saves up, and that was used up at both ends of this time.
                if rate < SLOW && last.accepted >= 5.0 && active > time * 0.8 {
                    too_high = too_high.min(guess * 1.03);
                }
            }
            // Otherwise the service allows less than it did.
            if last.fine * 1.02 < too_high {
                fine = last.fine.max(fine);
            }
        }
        too_high = too_high.max(lowest.min(rate));
        fine = fine.min(below(too_high));
        let next = match f64::max(fine, guess.min(below(too_high))) {
            0.0 if allowed.is_none() => too_high / 4.0,
            0.0 => too_high / 2.0,
            fine => between(fine, too_high),
        };
        self.learned = Some(Learned {
            rate: next.max(lowest.min(rate)),
            fine,
            too_high,
            throttled_at: now,
            sent: 0.0,
            resumed_at: now,
            accepted: 0.0,
            changed_at: now,
            successes: 0.0,
        });
    }

    /// Of what another process wrote, only what can be.
    pub fn within_bounds(mut self, now: Duration) -> Ceiling {
        self.sending.since = self.sending.since.min(now);
        let sane = |rate: f64| rate.is_finite() && (0.0..=HIGHEST).contains(&rate);
        self.learned = self.learned.filter(|learned| {
            [learned.fine, learned.too_high].into_iter().all(sane)
                && (LOWEST / 4.0..=HIGHEST).contains(&learned.rate)
                && learned.throttled_at <= now
        });
        self
    }

    /// After a 429 nobody sends until then. Until when, if that is too early for one more request at the rate that was
    /// learned.
    pub fn resumes(&mut self, at: Duration) -> Duration {
        let Some(learned) = &mut self.learned else { return at };
        let at = at.max(learned.throttled_at + Duration::from_secs_f64(1.0 / learned.rate));
        learned.resumed_at = learned.resumed_at.max(at);
        learned.changed_at = learned.changed_at.max(at);
        at
    }
}

impl Learned {
    /// Whether this rate has been kept for long enough to be fine.
    fn is_tried(&self, now: Duration) -> bool {
        // If the rate is too high, what the service saved up while nobody sent must be used up before that shows.
        let saved = self.resumed_at.saturating_sub(self.throttled_at).as_secs_f64();
        let used_up = (saved * self.rate + 2.0) / (self.too_high - self.rate).max(self.rate * 0.01);
        let time = now.saturating_sub(self.changed_at).as_secs_f64();
        self.successes >= self.rate.max(3.0) && time >= used_up.max(TRIED.as_secs_f64())
    }
}

/// What to try between a rate that is fine and one that is too high.
fn between(fine: f64, too_high: f64) -> f64 {
    if too_high > fine * close(fine) { (fine * too_high).sqrt() } else { fine.max(below(too_high)) }
}

/// A rate that is fine if the one above is too high.
fn below(too_high: f64) -> f64 {
    too_high * if too_high < SLOW { BELOW_IF_SLOW } else { BELOW }
}

/// How close to it a rate that is too high is close enough.
fn close(rate: f64) -> f64 {
    if rate < SLOW { CLOSE_IF_SLOW } else { CLOSE }
}

#[cfg(test)]
mod tests;
