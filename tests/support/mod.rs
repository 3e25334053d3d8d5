//! Servers that misbehave on purpose, and what must hold of every run.
// Each test binary uses a part of this.
#![allow(dead_code, unused_imports)]

pub mod api;
#[cfg(feature = "capi")]
pub mod c_api;
#[cfg(feature = "capi")]
pub mod capi;
pub mod certificates;
pub mod child;
pub mod exchange;
pub mod oracle;
pub mod process;
pub mod server;
pub mod tls;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use usercom::{Client, Report, Status, Update};

pub use api::{APIS, AnyCancel, AnyClient, Api, Ask, through_each};
pub use exchange::{Exchange, Request, Then};
pub use oracle::{Outcome, check, check_custom};
pub use server::Server;

/// A thread with the name of this one, which is that of its test.
pub fn named() -> thread::Builder {
    thread::Builder::new().name(thread::current().name().unwrap_or_default().to_owned())
}

/// Runs scenarios side by side: most of their time is waiting.
pub fn side_by_side<S: Sync>(scenarios: &[S], run: impl Fn(&S) + Sync) {
    let failed: Vec<usize> = thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = scenarios
            .iter()
            .map(|scenario| named().spawn_scoped(scope, move || run(scenario)).unwrap())
            .collect();
        threads.into_iter().enumerate().filter_map(|(at, t)| t.join().is_err().then_some(at)).collect()
    });
    assert!(failed.is_empty(), "scenarios {failed:?} failed; see above");
}

/// Ends the process when it isn't dropped in time: a hang must fail. Every server here and every [`Ask::send`] has one.
/// No run comes near to this limit, however busy the machine is; but a run that missed its own stall timeout and stopped
/// at the default, after 120 s, would exceed it.
pub struct Watchdog(#[allow(dead_code, reason = "its drop is the message")] Sender<()>);

impl Watchdog {
    pub fn new() -> Watchdog {
        let (alive, gone) = mpsc::channel::<()>();
        let name = thread::current().name().unwrap_or("a scenario").to_owned();
        thread::spawn(move || {
            if gone.recv_timeout(s(110)) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprintln!("{name} hangs");
                std::process::abort();
            }
        });
        Watchdog(alive)
    }
}

/// `plan` becomes `pro`, with the shortest stall timeout that a run may have.
pub fn impatient(client: &Client, ids: &[i64]) -> Report {
    client.run(Update::new("plan", "pro")).ids(ids).stall_timeout(s(1)).send().unwrap()
}

/// Waits until something has happened. A hang is the watchdog's business.
pub fn until(mut happened: impl FnMut() -> bool) {
    while !happened() {
        thread::sleep(ms(2));
    }
}

/// Runs something while other runs with the same client succeed one after the other and notice nothing.
pub fn undisturbed<T>(client: &AnyClient, server: &Server, run: impl FnOnce() -> T) -> T {
    let (others, first, over) =
        ((500_001..=500_060).collect::<Vec<i64>>(), AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            while !over.load(SeqCst) {
                let told = client.run(&server.ask(&others).value("other"));
                assert!(told.is(Status::Ok) && told.retries == 0, "{told}");
                first.store(true, SeqCst);
            }
        });
        until(|| first.load(SeqCst) || others.is_finished());
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(run));
        over.store(true, SeqCst);
        others.join().unwrap();
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Cancels a run as soon as something has happened; gives its outcome, and when it was cancelled.
pub fn cancelled(client: &AnyClient, ask: &Ask<'_>, when: impl Fn() + Sync) -> (Outcome, Instant) {
    let cancel = AnyCancel::new();
    thread::scope(|scope| {
        let requested = scope.spawn(|| {
            when();
            cancel.request();
            Instant::now()
        });
        let told = client.run(&ask.clone().cancel(&cancel));
        assert!(told.is(Status::Cancelled), "{told}");
        (told, requested.join().unwrap())
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
