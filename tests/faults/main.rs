//! The fault matrix: what the other side, the network and the system can do to a run. INDEX.md finds the tests of each
//! row.

// Signals and limits can only be set through C.
#![allow(unsafe_code)]

mod callers;
mod cancel;
mod connection;
mod framing;
mod index;
mod process;
mod proxies;
mod rate_limit;
mod rejected_ids;
mod responses;
mod retries;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod waits;

const HTML: &str = "<!DOCTYPE html><html><head><title>Log in</title></head><body>…</body></html>";
