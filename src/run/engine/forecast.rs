//! About how many ids are bad, and how many requests and how much time the rest of the run takes.

use std::time::{Duration, Instant};

use super::Engine;
use crate::run::search::Left;
use crate::run::share::cost;

/// How often the log is told, and after how many requests for the first time.
const TOLD_EVERY: Duration = Duration::from_secs(30);
const TOLD_AFTER: u64 = 20;

/// About what is still to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forecast {
    /// Bad ids in the whole run.
    pub bad: usize,
    pub requests: u64,
    pub time: Duration,
}

impl Engine<'_> {
    pub fn forecast(&self) -> Forecast {
        let most = self.batcher.size;
        let (rejected, settled) =
            (self.outcomes.rejected(), self.outcomes.confirmed() + self.outcomes.rejected());
        let ids = (self.outcomes.slots() - settled) as f64;
        // Also what no search has reached yet.
        let waiting = (self.queue.len() + self.in_flight.len() + self.batcher.batches()) as f64;
        let left = if self.tally.named() {
            let each = self.tally.named_requests(self.requests);
            let bad = ids * rejected as f64 / settled.max(1) as f64;
            Left { ids, bad, requests: waiting * each }
        } else if self.share.any_bad() {
            let share = self.searches.likely_share(settled, rejected);
            let searched = self.searches.left(share, most);
            let rest = (ids - searched.ids).max(0.0);
            let requests = (searched.requests + rest * cost(share, most)).max(waiting);
            Left {
                ids,
                bad: (searched.bad + rest * share).min(ids),
                requests: if ids > 0.0 { requests } else { 0.0 },
            }
        } else {
            Left { ids, bad: 0.0, requests: waiting }
        };
        // As fast as until now, which includes the waits that the service asked for.
        let taken = self.now.saturating_duration_since(self.started).as_secs_f64();
        let each = taken / (self.requests.saturating_sub(self.in_flight.len() as u64)).max(1) as f64;
        let each = each.max(self.limits.interval.map_or(0.0, |interval| interval.as_secs_f64()));
        Forecast {
            bad: rejected + left.bad.round() as usize,
            requests: left.requests.ceil() as u64,
            time: Duration::try_from_secs_f64(left.requests * each).unwrap_or(Duration::MAX),
        }
    }

    /// The forecast in words.
    pub fn outlook(&self) -> String {
        let Forecast { bad, requests, time } = self.forecast();
        let (all, settled) = (self.outcomes.slots(), self.outcomes.confirmed() + self.outcomes.rejected());
        let share = 100.0 * bad as f64 / all.max(1) as f64;
        format!(
            "about {share:.1} % of the ids are bad, and the remaining {} ids would take about {requests} more requests, \
             {}",
            all - settled,
            in_words(time)
        )
    }

    /// What the log should say now: how many ids are bad, now and then.
    pub fn news(&mut self, now: Instant) -> Option<String> {
        let due = self.told_at.is_none_or(|at| now >= at + TOLD_EVERY);
        if !due || self.stop.is_some() || self.requests < TOLD_AFTER || !self.share.any_bad() {
            return None;
        }
        self.told_at = Some(now);
        Some(self.outlook())
    }
}

fn in_words(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 120.0 => format!("{s:.0} seconds"),
        s if s < 7200.0 => format!("{:.0} minutes", s / 60.0),
        s => format!("{:.1} hours", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_words() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7199, "120 minutes"),
            (7200, "2.0 hours"),
            (9000, "2.5 hours"),
        ] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
    }
}
