//! The fault matrix: what the other side, the network and the system can do to a run.

// Signals and limits can only be set through C.
#![allow(unsafe_code)]

mod connection;
mod process;
mod responses;
#[path = "../support/mod.rs"]
mod support;
mod tls;
