//! What a response means, byte by byte on loopback: the table of responses, row by row, with its neighbours.

mod bodies;
mod server;
mod server_errors;
mod statuses;
mod waits;

use std::thread;
use std::time::Duration;

/// Runs all cases side by side, since most of their time is waiting.
fn side_by_side<C: Sync>(cases: &[C], run: impl Fn(&C) + Sync) {
    let run = &run;
    let failed: Vec<usize> = thread::scope(|scope| {
        let threads: Vec<_> = cases.iter().map(|case| scope.spawn(move || run(case))).collect();
        threads.into_iter().enumerate().filter_map(|(at, t)| t.join().is_err().then_some(at)).collect()
    });
    assert!(failed.is_empty(), "cases {failed:?} failed; see above");
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
