//! Set one attribute of many [User.com](https://user.com) users to a value. Afterwards the report says of **every
//! single id** whether it was confirmed, rejected, unknown or never attempted.
//!
//! ```no_run
//! # fn main() -> usercom::Result<()> {
//! # let token = "";
//! let client = usercom::Client::new("acme", token)?;
//! let report = client.mass_update(&[10, 15, 22, 23], "plan", "pro")?;
//! println!("{report}");
//! for failure in report.failures() {
//!     println!("{}: {}", failure.id, failure.message);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Calls block. Ids are sent in batches, evenly spaced, over kept connections. Failed requests are retried, bad ids are
//! isolated and named, and a run stops at once if a retry can't help.
//!
//! # Logging
//! Through the `log` crate, with the target `usercom` and never with the token. The HTTP libraries log with their own
//! targets: at TRACE `ureq_proto` logs the bytes that it sends, **including the token**. If your program logs at TRACE,
//! set `ureq` and `ureq_proto` to INFO.
//!
//! # Features
//! * `capi`: the C functions of `include/usercom.h`.
//! * `cli`: the `usercom` program.
//! * `sandbox`: a replacement of the service on loopback, for tests.

#![deny(missing_docs)]

#[cfg(all(feature = "capi", panic = "abort"))]
compile_error!("the C interface turns panics into error codes, which panic = \"abort\" makes impossible");

mod account;
mod client;
mod error;
#[cfg(feature = "capi")]
// The only place where pointers of C come in.
#[allow(unsafe_code)]
pub mod ffi;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
#[allow(dead_code, unused_imports, reason = "the generator reads more of it than the crate")]
mod interface;
mod journal;
mod options;
mod read;
mod report;
mod run;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod throttle;
mod update;
mod wire;

pub use client::{Client, ClientBuilder, Run};
pub use error::{Error, Result};
pub use interface::{IdState, Status};
// For the program only.
#[doc(hidden)]
pub use journal::{JobJournal, Kept};
pub use options::{Method, RateLimitScope};
pub use read::{Check, CheckLine, Finding, User, Users};
pub use report::{Failure, Mismatch, Report};
pub use run::{Cancel, Progress};
pub use update::{AttributeKind, Update, Value};
