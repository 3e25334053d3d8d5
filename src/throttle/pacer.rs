//! When the next request may be sent: the rate limit, and the delays that the service asks for. Plain data, so that
//! processes can share it in a file.

use std::time::Duration;

use super::Waiting;
use super::backoff::backoff;
use super::ceiling::Ceiling;
use super::rng::Rng;

/// Late requests may catch up this much, so that the rate is kept on average.
const CATCH_UP: Duration = Duration::from_millis(50);
/// But each of them only so much, and by at most half an interval, or several late requests would be a burst.
const GENTLY: Duration = Duration::from_millis(2);
/// The longest delay that is obeyed: no stall timeout is longer.
pub(super) const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// The longest time between two requests: that of the lowest rate limit.
const LONGEST_INTERVAL: Duration = Duration::from_secs(10);

/// Times are those of the monotonic clock, which all processes of a machine share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pacer {
    /// When the next request is due. It may be in the past: then requests are late.
    pub due: Duration,
    /// No request before.
    pub next: Duration,
    /// Somebody waits for that moment.
    pub awaited: bool,
    /// A delay that the service asked for, and the status with which it did; 0 if the delay is our own.
    pub delay: Duration,
    pub delay_status: u16,
    pub last_throttled: Duration,
    /// How often the service has throttled in a row.
    pub throttles: u32,
    pub ceiling: Ceiling,
}

impl Pacer {
    /// A slot to send now, or until when to wait, and why.
    pub fn admit(&mut self, now: Duration, interval: Option<Duration>) -> Result<(), (Duration, Waiting)> {
        self.check_delay(now)?;
        let ceiling = self.ceiling.rate(now, interval.map(|interval| 1.0 / interval.as_secs_f64()));
        // The lower of the two rates: the run's own, and the one that the service seems to allow.
        let interval = ceiling.map(|rate| Duration::from_secs_f64(1.0 / rate)).or(interval);
        if let Some(interval) = interval {
            if self.next > now {
                self.awaited = true;
                return Err((self.next, Waiting::RateLimit));
            }
            // Near a rate that the service rejects, two requests that are too close to each other may be one too many.
            let gently =
                if ceiling.is_some() { Duration::ZERO } else { GENTLY.max(interval / 20).min(interval / 2) };
            // Late is only who waited for this moment.
            let earliest = if self.awaited { now.saturating_sub(CATCH_UP) } else { now };
            self.due = self.due.max(earliest) + interval;
            self.next = self.due.max(now + interval - gently);
            self.awaited = false;
        }
        self.ceiling.sent(now);
        Ok(())
    }

    pub fn check_delay(&self, now: Duration) -> Result<(), (Duration, Waiting)> {
        match self.delay_status {
            _ if self.delay <= now => Ok(()),
            0 => Err((self.delay, Waiting::Service)),
            status => Err((self.delay, Waiting::RetryAfter(status))),
        }
    }

    /// Whether a success would change anything.
    pub fn learns(&self) -> bool {
        self.throttles > 0 || self.ceiling.learned.is_some()
    }

    pub fn succeeded(&mut self, now: Duration, sent_at: Duration) {
        self.throttles = 0;
        self.ceiling.succeeded(now, sent_at);
    }

    /// 429, or another status with `Retry-After`: everybody waits. `allowed` is the rate that the run may use.
    pub fn throttled(
        &mut self,
        (now, sent_at): (Duration, Duration),
        allowed: Option<f64>,
        status: u16,
        retry_after: Option<Duration>,
        rng: &mut Rng,
    ) {
        // Those that were in flight together are throttled once.
        let limited = status == 429;
        if sent_at >= self.last_throttled {
            self.throttles = self.throttles.saturating_add(1);
            if limited {
                self.ceiling.throttled(now, sent_at, allowed);
            }
            self.last_throttled = now;
        }
        // A little more than requested, so that not everybody is back in the same millisecond.
        let jitter = Duration::from_millis(250).mul_f64(rng.unit());
        let own = backoff(self.throttles, rng);
        let (wait, status) = match retry_after.map(|wait| wait.min(LONGEST)).filter(|wait| *wait > own) {
            Some(wait) => (wait, status),
            None => (own, 0),
        };
        let until = now + wait + jitter;
        if until > self.delay {
            (self.delay, self.delay_status) = (until, status);
        }
        // Requests after the delay are not late.
        self.due = self.due.max(self.delay);
        if limited {
            self.next = self.next.max(self.ceiling.resumes(self.delay));
            self.due = self.due.max(self.next);
        }
    }

    /// Of times that another process wrote, none may be further away than any that this one would write.
    pub fn within_bounds(mut self, now: Duration) -> Pacer {
        self.due = self.due.min(now + LONGEST_INTERVAL);
        self.next = self.next.min(now + LONGEST_INTERVAL);
        self.delay = self.delay.min(now + LONGEST + Duration::from_secs(1));
        self.last_throttled = self.last_throttled.min(now);
        self.ceiling = self.ceiling.within_bounds(now);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a ceiling, too: a success ends the row, so that the next delay is a short one again.
    #[test]
    fn a_success_ends_a_row_of_delays() {
        let (mut pacer, now, mut rng) = (Pacer::default(), Duration::from_secs(100), Rng::new(1));
        assert!(!pacer.learns());
        pacer.throttled((now, now), None, 503, None, &mut rng);
        assert!(pacer.throttles == 1 && pacer.learns() && pacer.ceiling.learned.is_none());
        pacer.succeeded(now, now);
        assert!(pacer.throttles == 0 && !pacer.learns());
        pacer.throttled((now, now), None, 429, None, &mut rng);
        pacer.succeeded(now, now);
        assert!(pacer.throttles == 0 && pacer.learns(), "what is learned changes with each success");
    }
}
