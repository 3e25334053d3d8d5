//! The monotonic clock as a number, which all processes of a machine share: [`Instant`] keeps its own to itself.

use std::time::{Duration, Instant};

/// One moment, as an [`Instant`] and as time since the machine started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    instant: Instant,
    time: Duration,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { instant: Instant::now(), time: since_start() }
    }
}

impl Clock {
    pub fn time(&self, at: Instant) -> Duration {
        match at.checked_duration_since(self.instant) {
            Some(since) => self.time + since,
            None => self.time.saturating_sub(self.instant - at),
        }
    }

    pub fn instant(&self, time: Duration) -> Instant {
        match time.checked_sub(self.time) {
            Some(since) => self.instant + since,
            None => self.instant.checked_sub(self.time - time).unwrap_or(self.instant),
        }
    }
}

/// Linux's [`Instant`] is CLOCK_MONOTONIC, which no change of the date moves. It stands still while the machine sleeps:
/// a wait becomes longer then, never shorter.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)] // only the system knows the time
fn since_start() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes to a timespec of ours.
    let known = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) } == 0;
    if known { Duration::new(time.tv_sec as u64, time.tv_nsec as u32) } else { UNKNOWN }
}

#[cfg(not(target_os = "linux"))]
fn since_start() -> Duration {
    UNKNOWN
}

/// Some time after the start, since moments before now are times, too.
const UNKNOWN: Duration = Duration::from_secs(365 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let clock = Clock::default();
        let second = Duration::from_secs(1);
        for at in [clock.instant, clock.instant + 100 * second, clock.instant - second] {
            assert_eq!(clock.instant(clock.time(at)), at);
        }
    }

    #[test]
    fn all_have_the_same_time() {
        // At different times, and some of each, since another program may run between two looks at the clock.
        let some = || [(); 10].map(|()| Clock::default());
        let ones = some();
        std::thread::sleep(Duration::from_millis(120));
        let (others, now) = (some(), Instant::now());
        let apart = |one: &Clock| others.iter().map(|other| one.time(now).abs_diff(other.time(now))).min();
        let apart = ones.iter().filter_map(apart).min();
        assert!(cfg!(not(target_os = "linux")) || apart < Some(Duration::from_millis(100)), "{apart:?}");
    }
}
