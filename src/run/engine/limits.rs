//! What a run may use, and when it gives up.

use std::time::Duration;

use crate::options::{ClientOptions, RunOptions};
use crate::throttle::Interval;

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
        }
    }
}
