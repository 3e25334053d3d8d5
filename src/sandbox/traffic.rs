//! How often requests arrive: the rate limit, the burst window, the busiest second.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const SECOND: Duration = Duration::from_secs(1);
/// How long every response is 401 after a burst.
const BURST_WINDOW: Duration = Duration::from_secs(3);

/// The requests of the last second.
#[derive(Default)]
pub(super) struct Traffic {
    arrived: VecDeque<Instant>,
    accepted: VecDeque<Instant>,
    unauthorized_until: Option<Instant>,
    peak: usize,
}

impl Traffic {
    /// Counts a request; to be called once for each.
    pub(super) fn arrive(&mut self, now: Instant) {
        forget(&mut self.arrived, now);
        self.arrived.push_back(now);
        self.peak = self.peak.max(self.arrived.len());
    }

    /// Whether too many arrived at once, now or a short while ago.
    pub(super) fn burst(&mut self, now: Instant, limit: u32) -> bool {
        if self.unauthorized_until.is_some_and(|until| now < until) {
            return true;
        }
        let burst = self.arrived.len() > limit as usize;
        self.unauthorized_until = burst.then(|| now + BURST_WINDOW);
        burst
    }

    /// Accepts a request, or gives the seconds until it may be sent again.
    pub(super) fn throttle(&mut self, now: Instant, rate: u32) -> Result<(), u64> {
        forget(&mut self.accepted, now);
        match self.accepted.front() {
            Some(&oldest) if self.accepted.len() >= rate as usize => {
                Err((oldest + SECOND - now).as_secs_f64().ceil() as u64)
            }
            _ => {
                self.accepted.push_back(now);
                Ok(())
            }
        }
    }

    /// The most requests that arrived in any second.
    pub(super) fn peak(&self) -> usize {
        self.peak
    }
}

fn forget(times: &mut VecDeque<Instant>, now: Instant) {
    while times.front().is_some_and(|&time| now.duration_since(time) >= SECOND) {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_peak_is_that_of_any_second() {
        let (mut traffic, start) = (Traffic::default(), Instant::now());
        for milliseconds in [0, 900, 999, 1000, 1950, 4000] {
            traffic.arrive(at(start, milliseconds));
        }
        assert_eq!(traffic.peak(), 3);
    }

    #[test]
    fn the_rate_limit_counts_accepted_requests() {
        let (mut traffic, start) = (Traffic::default(), Instant::now());
        assert_eq!(traffic.throttle(at(start, 0), 2), Ok(()));
        assert_eq!(traffic.throttle(at(start, 400), 2), Ok(()));
        assert_eq!(traffic.throttle(at(start, 500), 2), Err(1));
        assert_eq!(traffic.throttle(at(start, 1000), 2), Ok(()));
        assert_eq!(traffic.throttle(at(start, 1001), 2), Err(1));
    }

    #[test]
    fn a_burst_is_followed_by_three_seconds_of_401() {
        let (mut traffic, start) = (Traffic::default(), Instant::now());
        let mut burst = |milliseconds| {
            traffic.arrive(at(start, milliseconds));
            traffic.burst(at(start, milliseconds), 2)
        };
        assert_eq!([0, 10, 20, 2000, 3019].map(&mut burst), [false, false, true, true, true]);
        assert!(!burst(3020));
    }
}
