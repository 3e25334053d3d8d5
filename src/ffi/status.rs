//! Numbers that C sees, and what they mean.

use std::ffi::{CStr, c_char, c_int};

/// The version of this interface. Additions do not change it.
pub const UC_ABI_VERSION: u32 = 1;

/// What a function returns. Functions return `int`: later versions may add numbers, none ever changes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum uc_status {
    /// Done; a run: ran to its end, every id confirmed.
    UC_STATUS_OK = 0,
    /// Ran to its end, some ids rejected or unknown.
    UC_STATUS_PARTIAL = 1,
    /// Stopped because it was asked to.
    UC_STATUS_CANCELLED = 2,
    /// Stopped because its time was up.
    UC_STATUS_DEADLINE = 3,
    /// Nothing was sent: the report says what would have been.
    UC_STATUS_DRY_RUN = 4,
    /// An argument was refused before the run began. Nothing was sent.
    UC_STATUS_INVALID_ARGUMENT = 10,
    /// Stopped: the token was refused.
    UC_STATUS_UNAUTHORIZED = 20,
    /// Stopped: the service asked for a longer wait than the run's patience.
    UC_STATUS_RATE_LIMITED = 21,
    /// Stopped: attribute or value refused, or none of the ids exist.
    UC_STATUS_REJECTED = 22,
    /// Stopped: the service kept failing.
    UC_STATUS_SERVER = 23,
    /// Stopped: this is not the service, or not with this method.
    UC_STATUS_WRONG_ENDPOINT = 24,
    /// Stopped: more requests than a job of this size should need.
    UC_STATUS_REQUEST_LIMIT = 25,
    /// Stopped: no connection, or none that lasted.
    UC_STATUS_TRANSPORT = 30,
    /// Stopped: answers that can't be understood.
    UC_STATUS_BAD_RESPONSE = 31,
    /// No trusted connection: certificate, handshake, or no trust store on this machine.
    UC_STATUS_TLS = 32,
    /// Stopped: the journal can't be written.
    UC_STATUS_JOURNAL = 40,
    /// The client was made before `fork()` and this is the child.
    UC_STATUS_FORKED = 41,
    /// Nothing was sent: the same update is running already.
    UC_STATUS_BUSY = 42,
    /// A bug in this library.
    UC_STATUS_INTERNAL = 99,
}

/// What has become of an id.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum uc_id_state {
    /// Never sent, or not applied for a reason that concerns the whole run.
    UC_ID_NOT_ATTEMPTED = 0,
    /// In a batch that the service accepted. That does not prove that the user exists.
    UC_ID_CONFIRMED = 1,
    /// Refused, with a reason.
    UC_ID_REJECTED = 2,
    /// Sent at least once, and nothing proves that it was applied or that it wasn't.
    UC_ID_UNKNOWN = 3,
}

/// What a status means, in one line. Never NULL; a static string.
#[unsafe(no_mangle)]
pub extern "C" fn uc_status_message(status: c_int) -> *const c_char {
    message(status).as_ptr()
}

fn message(status: c_int) -> &'static CStr {
    match status {
        0 => c"ok: every id confirmed",
        1 => c"partial: the run came to its end, some ids are rejected or unknown",
        2 => c"cancelled on request",
        3 => c"the deadline passed",
        4 => c"dry run: nothing was sent",
        10 => c"an argument was refused, nothing was sent",
        20 => c"the token was refused",
        21 => c"the service asked for a longer wait than the run's patience",
        22 => c"attribute or value refused, or none of the ids exist",
        23 => c"the service kept failing",
        24 => c"this is not the service, or not with this method",
        25 => c"more requests than a job of this size should need",
        30 => c"no connection, or none that lasted",
        31 => c"answers that can't be understood",
        32 => c"no trusted connection",
        40 => c"the journal can't be written",
        41 => c"the client was made before fork() and this is the child",
        42 => c"the same update is running already",
        99 => c"a bug in usercom",
        _ => c"a status of a later version of usercom",
    }
}

/// The library's version, such as "0.1.0". A static string.
#[unsafe(no_mangle)]
pub extern "C" fn uc_library_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// The version of the interface that the library was built with. A program compares it with
/// `UC_ABI_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn uc_abi_version() -> u32 {
    UC_ABI_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::{IdState, Status};

    #[test]
    fn numbers_are_those_of_the_core() {
        for status in [
            Status::Ok,
            Status::Partial,
            Status::Cancelled,
            Status::Deadline,
            Status::DryRun,
            Status::Unauthorized,
            Status::RateLimited,
            Status::Rejected,
            Status::Server,
            Status::WrongEndpoint,
            Status::RequestLimit,
            Status::Transport,
            Status::BadResponse,
            Status::Tls,
            Status::Journal,
            Status::Busy,
            Status::Internal,
        ] {
            assert_ne!(message(status.code()), message(-1), "{status:?} has no message");
        }
        assert_eq!(uc_status::UC_STATUS_REJECTED as c_int, Status::Rejected.code());
        assert_eq!(uc_status::UC_STATUS_BUSY as c_int, Status::Busy.code());
        assert_eq!(uc_id_state::UC_ID_CONFIRMED as u8, IdState::Confirmed as u8);
        assert_eq!(uc_id_state::UC_ID_REJECTED as u8, IdState::Rejected as u8);
        assert_eq!(uc_id_state::UC_ID_UNKNOWN as u8, IdState::Unknown as u8);
    }
}
