//! The throttle of a process on a virtual clock, for the fuzz targets.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::{Permit, Rng, Throttle};

/// The same for all processes, to the nanosecond.
static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::default);

/// A process that sends requests. Times are counted from its start.
pub struct Process {
    throttle: Arc<Throttle>,
    start: Instant,
    rng: Rng,
}

/// A request that was sent.
pub struct Sent(Permit);

impl Process {
    /// Shares the rate limit by the file in `dir`, if there is one. A later one of the same time starts where this did.
    pub fn new(dir: Option<&Path>, start: Instant, seed: u64) -> Process {
        let throttle = Arc::new(Throttle { clock: *CLOCK, ..Throttle::default() });
        if dir.is_some() {
            throttle.share_with_host(dir);
        }
        Process { throttle, start, rng: Rng::new(seed) }
    }

    /// Why the file is not used.
    pub fn problem(&self) -> Option<String> {
        self.throttle.problem()
    }

    /// Sends a request, or says when to ask again.
    pub fn send(&self, now: Duration, interval: Option<Duration>) -> Result<Sent, Duration> {
        let permit = self.throttle.admit(self.start + now, interval);
        permit.map(Sent).map_err(|delay| delay.until.saturating_duration_since(self.start))
    }

    /// The request was accepted.
    pub fn succeeded(&self, now: Duration, Sent(permit): Sent) {
        permit.succeeded(self.start + now);
    }

    /// The service asks to wait.
    pub fn throttled(&mut self, now: Duration, sent: Sent, status: u16, retry_after: Option<Duration>) {
        sent.0.throttled(self.start + now, status, retry_after, &mut self.rng);
    }
}
