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
            if self.warnings.len() < WARNINGS {
                self.warnings.push((at, warning.to_owned()));
            } else {
                self.more_warnings += 1;
            }
        }
        let waiting = progress.waiting >= Duration::from_secs(1);
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
