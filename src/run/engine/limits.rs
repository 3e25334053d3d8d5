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
    /// `None`: twenty times what the job needs without failures, at least a thousand.
    pub max_requests: Option<u64>,
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
            longest_request: longest_request(client.request_timeout),
        }
    }
}
