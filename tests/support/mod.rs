//! Servers that misbehave on purpose, and what must hold of every run against them.
// Each test binary uses a part of this.
#![allow(dead_code, unused_imports)]

pub mod child;
pub mod oracle;
pub mod preload;
pub mod server;
pub mod tls;

use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use usercom::{Client, Report, Update};

pub use oracle::{check, check_custom};
pub use server::{Exchange, Server, Then};

/// Runs scenarios side by side: most of their time is waiting. Each must end within `limit`.
pub fn side_by_side<S: Sync>(limit: Duration, scenarios: &[S], run: impl Fn(&S) + Sync) {
    let failed: Vec<usize> = thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = scenarios
            .iter()
            .map(|scenario| {
                scope.spawn(move || {
                    let _watchdog = Watchdog::new(limit);
                    run(scenario);
                })
            })
            .collect();
        threads.into_iter().enumerate().filter_map(|(at, t)| t.join().is_err().then_some(at)).collect()
    });
    assert!(failed.is_empty(), "scenarios {failed:?} failed; see above");
}

/// Ends the process when it isn't dropped in time: a hang must fail and not be waited for.
pub struct Watchdog(#[allow(dead_code, reason = "its drop is the message")] Sender<()>);

impl Watchdog {
    pub fn new(limit: Duration) -> Watchdog {
        let (alive, gone) = mpsc::channel::<()>();
        let name = thread::current().name().unwrap_or("a scenario").to_owned();
        let backtrace = std::panic::Location::caller();
        thread::spawn(move || {
            if gone.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprintln!("{name} hangs: not done after {limit:?} ({backtrace})");
                std::process::abort();
            }
        });
        Watchdog(alive)
    }
}

/// `plan` becomes `pro`, with as little patience as a run may have.
pub fn impatient(client: &Client, ids: &[i64]) -> Report {
    client.run(Update::new("plan", "pro")).ids(ids).patience(s(1)).send().unwrap()
}

/// 1 to `n`.
pub fn ids(n: i64) -> Vec<i64> {
    (1..=n).collect()
}

pub const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub const fn s(n: u64) -> Duration {
    Duration::from_secs(n)
}
