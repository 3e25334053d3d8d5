//! The edges of a run: proxies, TLS and arguments. Whatever goes wrong there is said in a sentence that names the cause
//! and a way out, and nothing that was not sent counts as sent. Tests are named by their row of the fault matrix.

mod arguments;
mod ca_files;
#[path = "../support/certificates.rs"]
#[allow(dead_code)]
mod certificates;
mod child;
mod proxies;
mod servers;
mod tls;

use std::time::Duration;

use usercom::{Client, ClientBuilder, IdState, Report, Update};

/// A token of its own for each test: tests share no rate limit and no outage.
fn token() -> String {
    use std::hash::{BuildHasher, RandomState};
    (0..4).map(|n| format!("{:016x}", RandomState::new().hash_one(n))).collect()
}

/// A client for this address.
fn client(url: &str) -> ClientBuilder {
    Client::builder("acme", &token()).base_url(url).no_rate_limit()
}

/// Updates ids 1 to `n`, which nothing can make last for long.
fn run(client: ClientBuilder, n: i64) -> Report {
    run_for(client, n, Duration::from_secs(30))
}

/// Updates ids 1 to `n`, and stops when there is no progress for so long.
fn run_for(client: ClientBuilder, n: i64, stall_timeout: Duration) -> Report {
    let ids: Vec<i64> = (1..=n).collect();
    let client = client.build().unwrap();
    client.run(Update::new("plan", "pro")).ids(&ids).stall_timeout(stall_timeout).send().unwrap()
}

/// How many ids are in each state: confirmed, rejected, unknown, not attempted.
fn states(report: &Report) -> [usize; 4] {
    let states = [IdState::Confirmed, IdState::Rejected, IdState::Unknown, IdState::NotAttempted];
    states.map(|state| report.states().iter().filter(|s| **s == state).count())
}
