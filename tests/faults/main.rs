//! The fault matrix: what the other side, the network and the system can do to a run. INDEX.md finds the tests of each
//! row.

// Signals and limits can only be set through C.
#![allow(unsafe_code)]

mod callers;
mod cancel;
mod connection;
mod framing;
mod index;
mod parts;
mod process;
mod proxies;
mod rate_limit;
mod rejected_ids;
mod responses;
mod retries;
mod soak;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod waits;

// What most of the files use.
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use connection::{fill_the_queue, silent_port};
use rate_limit::check_rate;
use rejected_ids::rejected;
use socket2::{Domain, Socket, Type};
use support::exchange::content_length;
use support::process::{peak_memory, preload, succeed_as_test};
use support::{
    APIS, AnyCancel, Api, Exchange, Outcome, Request, Server, Then, cancelled, check, child, ids, impatient,
    ms, s, server, side_by_side, texts, through_each, undisturbed, until,
};
use usercom::{Client, Failure, IdState, Report, Status, Update};
use waits::{all_unknown, bulky};

const HTML: &str = "<!DOCTYPE html><html><head><title>Log in</title></head><body>…</body></html>";
