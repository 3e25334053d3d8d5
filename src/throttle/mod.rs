//! Rate limiter and circuit breaker: what all runs of a process share that use the same endpoint and token, and, if they
//! ask for it, all processes of a user.
//!
//! Time is an argument, so there is no clock in here. A request needs a [`Permit`]. Its outcome goes back to the
//! throttle through the permit; a permit that is dropped counts as nothing.

mod backoff;
mod ceiling;
mod clock;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
#[cfg(target_os = "linux")]
mod host;
#[cfg(not(target_os = "linux"))]
#[path = "no_host.rs"]
mod host;
mod pacer;
mod per_process;
mod record;
mod rng;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use self::backoff::backoff;
use self::clock::Clock;
use self::host::Host;
use self::pacer::Pacer;
pub(crate) use self::per_process::PerProcess;
#[cfg(feature = "capi")]
pub(crate) use self::per_process::generation;
pub(crate) use self::rng::Rng;

/// How long a run waits before it asks again while another run's probe is in flight.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// After a 401 that follows a success: the service responds so for a short time after a burst.
const PROBES_AFTER_401: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(30)];
/// Time between two requests; `None` is no rate limit.
pub(crate) type Interval = Option<Duration>;

/// All throttles of this process. They outlive their clients, so that the next client keeps the rate limit.
static THROTTLES: PerProcess<(Key, Arc<Throttle>)> = PerProcess::new();

/// Beyond this number unused throttles are dropped.
const KEPT: usize = 64;

/// A digest of endpoint and token.
pub(crate) type Key = [u8; 32];

/// The rate limit, the outage state and the delays of one endpoint and token.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    key: Key,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pacer: Pacer,
    /// Where the pacer is kept if it is shared with other processes. What is above is then what was read last.
    host: Option<Host>,
    /// Why it is not shared although it should be.
    problem: Option<String>,
    /// Nobody sends before its end: what an outage or a 401 delays.
    delay: Option<Delay>,
    last_success: Option<Instant>,
    /// Failures in a row without a success between them: above 0 there is an outage.
    failures_in_a_row: u32,
    unauthorized: u32,
    /// When a failure last extended the outage; requests sent before say nothing new.
    outage_at: Option<Instant>,
    /// Half-open: one request at a time probes whether the outage is over.
    probing: bool,
}

/// Permission to send one request.
#[derive(Debug)]
pub(crate) struct Permit {
    throttle: Arc<Throttle>,
    sent_at: Instant,
    /// The rate that its run may use, in requests per second.
    allowed: Option<f64>,
    probe: bool,
}

/// No permission yet: when to ask again, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delay {
    pub until: Instant,
    pub reason: Waiting,
}

/// What a run is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// The rate limit.
    RateLimit,
    /// A response, or the end of an outage.
    Service,
    /// The end of a delay that the service asked for with this HTTP status.
    RetryAfter(u16),
}

/// Who is at fault for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The batch, since others succeed: it is charged with an attempt.
    Batch,
    /// The service, since nothing has succeeded: everybody waits, no attempt is charged.
    Service,
}

impl Throttle {
    /// The throttle of everybody in this process who uses this endpoint and token.
    pub fn shared(key: Key) -> Arc<Throttle> {
        let mut throttles = THROTTLES.lock();
        if let Some((_, throttle)) = throttles.iter().find(|(k, _)| *k == key) {
            return throttle.clone();
        }
        if throttles.len() >= KEPT {
            // A delay that the service asked for must be kept until its end.
            let now = Instant::now();
            throttles.retain(|(_, throttle)| Arc::strong_count(throttle) > 1 || throttle.is_delayed(now));
        }
        let throttle = Arc::new(Throttle { key, ..Throttle::default() });
        throttles.push((key, throttle.clone()));
        throttle
    }

    /// From now on the rate limit is shared with all processes of this user, by a file in `dir` or in the usual place.
    /// If that can't be, [`Throttle::problem`] says why.
    pub fn share_with_host(&self, dir: Option<&Path>) {
        let mut state = self.state();
        if state.host.as_ref().is_some_and(|host| host.is_current(dir)) {
            return;
        }
        match Host::open(dir, &self.key) {
            Ok(host) => (state.host, state.problem) = (Some(host), None),
            Err(problem) => (state.host, state.problem) = (None, Some(problem)),
        }
    }

    /// Why the rate limit is not shared with other processes although it should be.
    pub fn problem(&self) -> Option<String> {
        let problem = self.state().problem.clone()?;
        Some(format!("the rate limit is kept in this process alone, not on this host: {problem}"))
    }

    fn is_delayed(&self, now: Instant) -> bool {
        let state = self.state();
        state.delay.is_some_and(|delay| delay.until > now)
            || state.pacer.check_delay(self.clock.time(now)).is_err()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Permission to send now, or when to ask again.
    pub fn admit(self: &Arc<Throttle>, now: Instant, interval: Interval) -> Result<Permit, Delay> {
        self.permit(now, interval, true)
    }

    /// The same for a request that only reads: it waits like any other, but is never the probe of an outage, which it
    /// would keep from the runs.
    pub fn admit_read(self: &Arc<Throttle>, now: Instant, interval: Interval) -> Result<Permit, Delay> {
        self.permit(now, interval, false)
    }

    fn permit(self: &Arc<Throttle>, now: Instant, interval: Interval, probes: bool) -> Result<Permit, Delay> {
        let mut state = self.state();
        let (clock, time) = (&self.clock, self.clock.time(now));
        let delayed = |(until, reason)| Delay { until: clock.instant(until), reason };
        let own = state.delay.filter(|delay| delay.until > now);
        let in_outage = probes && (state.failures_in_a_row > 0 || state.unauthorized > 0);
        let probed = in_outage && state.probing;
        state.paced(time, |pacer| {
            let shared = pacer.check_delay(time).map_err(delayed).err();
            if let Some(delay) = own.into_iter().chain(shared).max_by_key(|delay| delay.until) {
                return Err(delay);
            }
            if probed {
                return Err(Delay { until: now + ASK_AGAIN, reason: Waiting::Service });
            }
            pacer.admit(time, interval).map_err(delayed)
        })?;
        state.probing |= in_outage;
        let allowed = interval.map(|interval| 1.0 / interval.as_secs_f64());
        Ok(Permit { throttle: self.clone(), sent_at: now, allowed, probe: in_outage })
    }

    /// Whether any request with this token has ever succeeded.
    pub fn has_succeeded(&self) -> bool {
        self.state().last_success.is_some()
    }

    /// How many failures in a row there were without a success between them. Above 0 there is an outage.
    pub fn failures_in_a_row(&self) -> u32 {
        self.state().failures_in_a_row
    }

    /// The rate that the service seems to allow, in requests per second.
    #[cfg(test)]
    pub fn ceiling(&self, now: Instant, allowed: Option<f64>) -> Option<f64> {
        self.state().pacer.ceiling.rate(self.clock.time(now), allowed)
    }
}

impl Permit {
    pub fn sent_at(&self) -> Instant {
        self.sent_at
    }

    /// The service responded and accepted the token.
    pub fn succeeded(self, now: Instant) {
        let mut state = self.throttle.state();
        state.last_success = Some(now);
        state.failures_in_a_row = 0;
        // A response to a request from before the first 401 says nothing about the time since.
        if state.is_news(self.sent_at) {
            state.unauthorized = 0;
        }
        if state.pacer.learns() {
            let (now, sent_at) = (self.throttle.clock.time(now), self.throttle.clock.time(self.sent_at));
            state.paced(now, |pacer| pacer.succeeded(now, sent_at));
        }
    }

    /// The attempt failed in a way that may pass. `since` is when this batch was first sent without success.
    /// In an outage the wait is not longer than `longest`.
    pub fn failed(self, now: Instant, since: Instant, longest: Duration, rng: &mut Rng) -> Blame {
        let mut state = self.throttle.state();
        if state.last_success.is_some_and(|success| success > since) {
            return Blame::Batch;
        }
        if state.is_news(self.sent_at) {
            state.failures_in_a_row += 1;
            state.outage_at = Some(now);
            let wait = backoff(state.failures_in_a_row, rng).min(longest);
            state.delay_until(now + wait, Waiting::Service);
        }
        Blame::Service
    }

    /// 429, or another status with `Retry-After`: everybody waits.
    pub fn throttled(self, now: Instant, status: u16, retry_after: Option<Duration>, rng: &mut Rng) {
        let clock = &self.throttle.clock;
        let times = (clock.time(now), clock.time(self.sent_at));
        self.throttle
            .state()
            .paced(times.0, |pacer| pacer.throttled(times, self.allowed, status, retry_after, rng));
    }

    /// 401. `Err` if it is final: nothing has ever succeeded, or three probes failed.
    pub fn unauthorized(self, now: Instant) -> Result<(), ()> {
        let mut state = self.throttle.state();
        if state.last_success.is_none() {
            return Err(());
        }
        if state.is_news(self.sent_at) {
            let Some(wait) = PROBES_AFTER_401.get(state.unauthorized as usize) else {
                return Err(());
            };
            state.unauthorized += 1;
            state.outage_at = Some(now);
            state.delay_until(now + *wait, Waiting::Service);
        }
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.probe {
            self.throttle.state().probing = false;
        }
    }
}

impl State {
    /// Lets `work` change the pacer, which may be shared with other processes.
    fn paced<T>(&mut self, now: Duration, work: impl FnOnce(&mut Pacer) -> T) -> T {
        let Some(host) = &self.host else { return work(&mut self.pacer) };
        let (done, result) = host.locked(now, &mut self.pacer, work);
        if let Err(problem) = result {
            (self.host, self.problem) = (None, Some(problem));
        }
        done
    }

    fn delay_until(&mut self, until: Instant, reason: Waiting) {
        if self.delay.is_none_or(|delay| delay.until < until) {
            self.delay = Some(Delay { until, reason });
        }
    }

    /// Whether a request sent at `sent_at` says more than is known already.
    fn is_news(&self, sent_at: Instant) -> bool {
        self.outage_at.is_none_or(|at| sent_at >= at)
    }
}
