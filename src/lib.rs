//! Set one attribute of many [User.com](https://user.com) users to a value, and know of **every single id**
//! afterwards whether it was confirmed, rejected, unknown or never attempted.
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
//! Calls block. Ids go out in batches, evenly paced, over kept connections; lost answers are retried, bad
//! ids are found and named, and a run stops at once on what a retry can't mend.
//!
//! # Logging
//! Through the `log` crate, target `usercom`, never with the token in it. The HTTP libraries below log on
//! targets of their own: at TRACE `ureq_proto` logs the very bytes that it sends, **token included**. A program
//! that logs at TRACE should set `ureq` and `ureq_proto` to INFO.
//!
//! # Features
//! * `capi`: the C functions of `include/usercom.h`.
//! * `cli`: the `usercom` program.
//! * `sandbox`: a look-alike of the service on loopback, for tests.

#![deny(missing_docs)]

#[cfg(all(feature = "capi", panic = "abort"))]
compile_error!("the C interface turns panics into error codes, which panic = \"abort\" makes impossible");

mod account;
mod client;
mod error;
#[cfg(feature = "capi")]
// The one place where C's pointers come in; everything below it is safe Rust.
#[allow(unsafe_code)]
pub mod ffi;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod options;
mod process;
mod run;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod update;
mod wire;

pub use client::{Client, ClientBuilder, Run};
pub use error::{Error, Result};
pub use run::{Cancel, Failure, IdState, Progress, Report, Status};
pub use update::{AttributeKind, Update, Value};
pub use wire::Method;
