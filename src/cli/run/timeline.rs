//! How a run went, for the page: how far it was when, and what went wrong meanwhile.

use std::time::Duration;

use usercom::Progress;

/// How many points and warnings are kept at most.
const POINTS: usize = 400;
const WARNINGS: usize = 200;

/// The points are some time apart, which doubles when there are too many.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub points: Vec<Point>,
    /// When a request failed, and how.
    pub warnings: Vec<(Duration, String)>,
    pub more_warnings: usize,
    apart: Duration,
    last_warning: String,
    /// The end so far, which the points may not have reached.
    latest: Option<Point>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub at: Duration,
    pub done: usize,
    pub rejected: usize,
    /// Whether the run waited.
    pub waiting: bool,
}

impl Timeline {
    pub fn add(&mut self, at: Duration, progress: &Progress, warning: &str) {
        if warning != self.last_warning {
            self.last_warning = warning.to_owned();
            if is_rejection(warning) {
                // The reasons of rejected ids are told with the ids.
            } else if self.warnings.len() < WARNINGS {
                self.warnings.push((at, warning.to_owned()));
            } else {
                self.more_warnings += 1;
            }
        }
        // A short wait is the rate limit's, or the end of a long one.
        let waited = self.latest.is_some_and(|latest| latest.waiting);
        let long = if waited { Duration::from_millis(1) } else { Duration::from_secs(1) };
        let waiting = progress.waiting >= long;
        let point = Point { at, done: progress.done, rejected: progress.rejected, waiting };
        self.latest = Some(point);
        if self.points.last().is_some_and(|last| at < last.at + self.apart && last.waiting == waiting) {
            return;
        }
        self.points.push(point);
        if self.points.len() > POINTS {
            let mut at = 0;
            self.points.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.apart = (self.apart * 2).max(Duration::from_millis(200));
        }
    }

    /// All points, and the end.
    pub fn all(&self) -> impl Iterator<Item = Point> {
        let end = self.latest.filter(|latest| self.points.last() != Some(latest));
        self.points.iter().copied().chain(end)
    }
}

/// "request 3: rejected (http 400): …".
fn is_rejection(warning: &str) -> bool {
    warning.split_once(": ").is_some_and(|(_, verdict)| verdict.starts_with("rejected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_keeps_few_points_and_its_end() {
        let mut timeline = Timeline::default();
        let mut progress = Progress::default();
        for at in 0..10_000_u64 {
            progress.done = at as usize;
            timeline.add(Duration::from_millis(100 * at), &progress, &format!("request {}: lost", at / 10));
        }
        let points: Vec<Point> = timeline.all().collect();
        assert!((100..=POINTS + 1).contains(&points.len()), "{}", points.len());
        assert_eq!((points[0].done, points.last().unwrap().done), (0, 9_999));
        assert!(points.windows(2).all(|two| two[0].at < two[1].at));
        assert_eq!((timeline.warnings.len(), timeline.more_warnings), (WARNINGS, 1_000 - WARNINGS));
    }

    #[test]
    fn a_wait_lasts_until_something_is_sent() {
        let mut timeline = Timeline::default();
        let mut progress = Progress::default();
        for (at, waiting) in [(0, 0), (1, 200), (2, 3000), (3, 2000), (5, 100), (6, 0), (7, 200)] {
            progress.waiting = Duration::from_millis(waiting);
            timeline.add(Duration::from_secs(at), &progress, "request 1: rejected (http 400): no");
        }
        let waiting: Vec<u64> =
            timeline.all().filter(|point| point.waiting).map(|point| point.at.as_secs()).collect();
        assert_eq!(waiting, [2, 3, 5]);
        assert!(timeline.warnings.is_empty());
    }
}
