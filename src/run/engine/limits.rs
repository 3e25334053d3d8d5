//! What a run may use, and when it gives up.

use std::time::Duration;

use crate::options::{ClientOptions, RunOptions};
use crate::throttle::Interval;
use crate::wire::longest_request;

/// What a run may use, and when it gives up.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub batch_size: usize,
    pub workers: usize,
    pub interval: Interval,
    pub max_attempts: u32,
    /// The run stops if no batch is confirmed or rejected for so long.
    pub stall_timeout: Duration,
    /// `None`: see [`Limits::requests`].
    pub max_requests: Option<u64>,
    /// The run stops when more ids are rejected. `None`: no limit.
    pub max_rejected: Option<u64>,
    /// No request takes longer, unless a limit of the HTTP library starts anew with every byte.
    pub longest_request: Duration,
}

impl Limits {
    pub fn new(client: &ClientOptions, run: &RunOptions) -> Limits {
        Limits {
            batch_size: client.batch_size,
            workers: client.workers,
            interval: client.interval(),
            max_attempts: client.max_attempts,
            stall_timeout: run.stall_timeout,
            max_requests: run.max_requests,
            max_rejected: run.max_rejected.filter(|most| *most > 0),
            longest_request: longest_request(client.request_timeout),
        }
    }

    /// The maximum number of requests for so many ids in so many batches. Without a setting it is what it costs to find
    /// 5 % of bad ids, about 0.33 requests an id, with a sixth to spare, and four requests for each batch.
    pub fn requests(&self, ids: usize, batches: usize) -> u64 {
        let search = (ids as u64).saturating_mul(38) / 100;
        let default = search.saturating_add((batches as u64).saturating_mul(4)).max(1000);
        self.max_requests.unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_number_of_requests() {
        let limits = Limits::new(&ClientOptions::default(), &RunOptions::default());
        for (ids, batches, requests) in
            [(0, 0, 1000), (1000, 1, 1000), (10_000, 10, 3840), (100_000, 100, 38_400), (5000, 5000, 21_900)]
        {
            assert_eq!(limits.requests(ids, batches), requests, "{ids} {batches}");
        }
        let set = Limits { max_requests: Some(3), ..limits };
        assert_eq!(set.requests(1_000_000, 1000), 3);
    }
}
