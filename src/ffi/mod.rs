//! The C interface: pointers in, pointers out, no logic. `include/usercom.h` is generated from here, so
//! the documentation is written for C readers. A program finds the same in `include/usercom.json`.
//!
//! Every function has the same shape: parse the arguments, call the core, write the out-parameters, all
//! inside `guard`, which no panic leaves.

// The names are those that C sees.
#![allow(non_camel_case_types)]
// The header is the manual: its sentences say what each function needs from the caller.
#![allow(clippy::missing_safety_doc)]

mod arrow;
mod cancel;
mod check;
mod client;
#[rustfmt::skip]
mod generated;
mod last_error;
mod options;
mod pointers;
mod report;
mod run_options;
mod status;
mod users;

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;
use crate::interface::Status;
pub use arrow::*;
pub use cancel::*;
pub use check::*;
pub use client::*;
pub use generated::*;
pub use last_error::*;
pub use options::*;
pub use report::*;
pub use run_options::*;
pub use status::*;
pub use users::*;

/// Why a function did not do what it was asked for.
struct Failure {
    status: Status,
    message: String,
}

impl Failure {
    fn invalid(argument: impl std::fmt::Display, problem: impl std::fmt::Display) -> Failure {
        Failure { status: Status::InvalidArgument, message: format!("{argument}: {problem}") }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let status = match error {
            Error::InvalidArgument { .. } => Status::InvalidArgument,
            Error::Tls(_) => Status::Tls,
            Error::Read { status, .. } => status,
            // Nothing in here turns a report into an error.
            Error::Incomplete(_) => Status::Internal,
        };
        Failure { status, message: error.to_string() }
    }
}

/// Runs the body of an exported function. A failure and a panic become a status and this thread's last
/// error; nothing unwinds into C.
fn guard(body: impl FnOnce() -> Result<(), Failure>) -> c_int {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Status::Ok.code(),
        Ok(Err(failure)) => {
            last_error::set(&failure.message);
            failure.status.code()
        }
        Err(_) => {
            last_error::set("internal: a bug in usercom; please report it");
            Status::Internal.code()
        }
    }
}

/// Runs the body of an accessor, which can't fail: what a panic leaves is `fallback`.
fn look<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    #[test]
    fn a_panic_becomes_a_status() {
        let status = guard(|| panic!("on purpose"));
        assert_eq!(status, Status::Internal.code());
        // SAFETY: the buffer always ends with a NUL.
        let said = unsafe { CStr::from_ptr(last_error::uc_last_error()) }.to_str().unwrap();
        assert!(said.starts_with("internal: "), "{said}");
        assert_eq!(look(7, || panic!("on purpose")), 7);
    }
}
