//! How far a run is.

use std::time::Duration;

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Ids that are confirmed or rejected.
    pub done: usize,
    /// Ids of this run; each id counts once.
    pub total: usize,
    /// Ids in batches that the service accepted.
    pub confirmed: usize,
    /// Ids that were rejected.
    pub rejected: usize,
    /// Ids that were sent without proof either way, and that nothing is tried for at the moment.
    pub unknown: usize,
    /// Requests sent so far.
    pub requests: u64,
    /// About how many ids of the run are bad: those that were rejected, and those that are expected among the others.
    pub expected_rejected: usize,
    /// About how many more requests the run needs.
    pub requests_left: u64,
    /// About how long the rest of the run takes.
    pub time_left: Duration,
    /// How long the run will wait before it sends again; zero while requests are in flight.
    pub waiting: Duration,
}
