//! Servers that misbehave on purpose, and what must hold of every run against them.
// Each test binary uses a part of this.
#![allow(dead_code, unused_imports)]

#[cfg(feature = "capi")]
pub mod c_face;
#[cfg(feature = "capi")]
pub mod capi;
pub mod child;
pub mod face;
pub mod oracle;
pub mod preload;
pub mod server;
pub mod tls;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use usercom::{Client, Report, Status, Update};

pub use face::{Account, Ask, FACES, Face, Stop, through_each};
pub use oracle::{Told, check, check_custom};
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

/// Runs something while other runs with the same client go on, one after the other, and notice nothing.
pub fn undisturbed<T>(account: &Account, server: &Server, run: impl FnOnce() -> T) -> T {
    let (others, over) = ((500_001..=500_060).collect::<Vec<i64>>(), AtomicBool::new(false));
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            while !over.load(SeqCst) {
                let told = account.run(&server.ask(&others).value("other"));
                assert!(told.is(Status::Ok) && told.retries == 0, "{told}");
            }
        });
        thread::sleep(ms(100));
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(run));
        over.store(true, SeqCst);
        others.join().unwrap();
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Asks for a stop after a while; gives what came of the run, and how long it took to return from then on.
pub fn cancelled(account: &Account, ask: &Ask<'_>, after: Duration) -> (Told, Duration) {
    let stop = Stop::new();
    thread::scope(|scope| {
        let asked = scope.spawn(|| {
            thread::sleep(after);
            stop.request();
            Instant::now()
        });
        let told = account.run(&ask.clone().cancel(&stop));
        assert!(told.is(Status::Cancelled), "{told}");
        (told, asked.join().unwrap().elapsed())
    })
}

/// 1 to `n`.
pub fn ids(n: i64) -> Vec<i64> {
    (1..=n).collect()
}

/// Ids as the oracle takes them.
pub fn texts(ids: &[i64]) -> Vec<String> {
    ids.iter().map(i64::to_string).collect()
}

pub const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub const fn s(n: u64) -> Duration {
    Duration::from_secs(n)
}
