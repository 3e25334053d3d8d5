//! The numbers that C sees, and a setter for each option. Generated from src/interface by `make generate`; do not edit.

use std::ffi::{CStr, c_char, c_int};
use std::time::Duration;

use super::options::{set, set_path, set_text, uc_options};
use super::run_options::uc_run_options;
use crate::options::Given;

/// What a function returns. Functions return `int`: later versions may add numbers, none ever changes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum uc_status {
    /// Completed: every id is confirmed.
    UC_STATUS_OK = 0,
    /// Completed: some ids are rejected or unknown.
    UC_STATUS_PARTIAL = 1,
    /// Stopped early: the caller cancelled the run.
    UC_STATUS_CANCELLED = 2,
    /// Stopped early: the deadline passed.
    UC_STATUS_DEADLINE = 3,
    /// Dry run: nothing was sent. The report says what would be sent.
    UC_STATUS_DRY_RUN = 4,
    /// Completed: the service holds other values than those that were sent, of ids that it accepted.
    UC_STATUS_MISMATCH = 5,
    /// Nothing was sent: an argument is invalid. The message says which one and what to do.
    UC_STATUS_INVALID_ARGUMENT = 10,
    /// Stopped early: the service does not accept the token.
    UC_STATUS_UNAUTHORIZED = 20,
    /// Stopped early: the service limits requests for longer than the stall timeout.
    UC_STATUS_RATE_LIMITED = 21,
    /// Stopped early: the service rejects the attribute or the value, or none of these ids exist.
    UC_STATUS_REJECTED = 22,
    /// Stopped early: the service kept failing.
    UC_STATUS_SERVER = 23,
    /// Stopped early: this is not the service, or it does not take this method.
    UC_STATUS_WRONG_ENDPOINT = 24,
    /// Stopped early: the run reached its maximum number of requests.
    UC_STATUS_REQUEST_LIMIT = 25,
    /// Stopped early: more ids were rejected than the run allows.
    UC_STATUS_TOO_MANY_REJECTED = 26,
    /// Stopped early: no connection, or none that lasted.
    UC_STATUS_TRANSPORT = 30,
    /// Stopped early: the responses can't be understood.
    UC_STATUS_BAD_RESPONSE = 31,
    /// Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no
    /// trusted certificates.
    UC_STATUS_TLS = 32,
    /// Stopped early or nothing was sent: the journal can't be used.
    UC_STATUS_JOURNAL = 40,
    /// Nothing was sent: the client was made before fork() and this is the child process.
    UC_STATUS_FORKED = 41,
    /// Nothing was sent: another process or thread is running the identical job (only with a journal).
    UC_STATUS_BUSY = 42,
    /// A bug in usercom. The ids that it concerns are unknown.
    UC_STATUS_INTERNAL = 99,
}

/// What became of an id.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum uc_id_state {
    /// Not sent, or sent only in requests that were rejected for a reason that concerns the whole run.
    UC_ID_NOT_ATTEMPTED = 0,
    /// In a request that the service accepted with a complete, understood 2xx response. That does not prove
    /// that the user exists.
    UC_ID_CONFIRMED = 1,
    /// Rejected by the service, with a reason.
    UC_ID_REJECTED = 2,
    /// Sent at least once, without proof that it was applied or that it was not.
    UC_ID_UNKNOWN = 3,
}

/// The sentence of a status.
pub(super) fn message(status: c_int) -> &'static CStr {
    match status {
        0 => c"Completed: every id is confirmed.",
        1 => c"Completed: some ids are rejected or unknown.",
        2 => c"Stopped early: the caller cancelled the run.",
        3 => c"Stopped early: the deadline passed.",
        4 => c"Dry run: nothing was sent. The report says what would be sent.",
        5 => c"Completed: the service holds other values than those that were sent, of ids that it accepted.",
        10 => c"Nothing was sent: an argument is invalid. The message says which one and what to do.",
        20 => c"Stopped early: the service does not accept the token.",
        21 => c"Stopped early: the service limits requests for longer than the stall timeout.",
        22 => c"Stopped early: the service rejects the attribute or the value, or none of these ids exist.",
        23 => c"Stopped early: the service kept failing.",
        24 => c"Stopped early: this is not the service, or it does not take this method.",
        25 => c"Stopped early: the run reached its maximum number of requests.",
        26 => c"Stopped early: more ids were rejected than the run allows.",
        30 => c"Stopped early: no connection, or none that lasted.",
        31 => c"Stopped early: the responses can't be understood.",
        32 => c"Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no trusted certificates.",
        40 => c"Stopped early or nothing was sent: the journal can't be used.",
        41 => c"Nothing was sent: the client was made before fork() and this is the child process.",
        42 => c"Nothing was sent: another process or thread is running the identical job (only with a journal).",
        99 => c"A bug in usercom. The ids that it concerns are unknown.",
        _ => c"A status of a later version of usercom.",
    }
}

/// Another address for the service: scheme, host and port only. Plain http is accepted for loopback addresses
/// only. One-shot calls and the `usercom` command also read a loopback address from USERCOM_BASE_URL; a
/// client that you make does not. NULL is the default: `https://SUBDOMAIN.user.com`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_base_url(options: *mut uc_options, url: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_text(options, "base_url", url) }
}

/// The HTTP method. The vendor's page says PUT, its code samples send POST. The library never changes from
/// one to the other on its own. "PUT" or "POST". NULL is the default: "PUT".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_method(options: *mut uc_options, method: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_text(options, "method", method) }
}

/// The version of the API to ask for in the Accept header. Default: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_api_version(options: *mut uc_options, version: u32) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, "api_version", Given::Integer(version.into())) }
}

/// Maximum wait for the first byte of a response. The other phases of a request have fixed limits: 10 s to
/// connect, 30 s to send, 30 s for the rest of the response. Range in milliseconds: 1 to 3,600,000 (1 ms to 1
/// h). Default: 60,000 (60 s).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_request_timeout_ms(options: *mut uc_options, ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, "request_timeout", Given::Time(Duration::from_millis(ms))) }
}

/// Maximum number of ids per request. A request body is never larger than 256 KiB. Range: 1 to 10,000 ids.
/// Default: 1,000 ids.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_batch_size(options: *mut uc_options, ids: usize) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, "batch_size", Given::Integer(ids as u64)) }
}

/// Maximum number of requests in flight at once. Threads start only when they are needed and end with the
/// run. Range: 1 to 32 workers. Default: 8 workers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_workers(options: *mut uc_options, workers: u32) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, "workers", Given::Integer(workers.into())) }
}

/// Maximum number of requests per unit of time, evenly spaced. All clients and threads of the process that
/// use the same host and token share it. A wait that the service asks for is obeyed in any case; one longer
/// than the stall timeout ends the run with `UC_STATUS_RATE_LIMITED` after a 429, else with
/// `UC_STATUS_SERVER`. Range: 0.1 to 1,000 requests per second; 0 is no limit. Default: 5 requests per
/// second.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_rate_limit(options: *mut uc_options, requests: u32, per_ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, "rate_limit", Given::Rate(requests, Duration::from_millis(per_ms))) }
}

/// Who shares the rate limit and the waits that the service asks for: with `process` this process, with
/// `host` all processes of this user on this machine that use the same host and token. They share a small
/// file. If it can't be used, a note in the report says why, and the process keeps the rate limit alone.
/// "process" or "host". NULL is the default: "process".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_rate_limit_scope(options: *mut uc_options, scope: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_text(options, "rate_limit_scope", scope) }
}

/// The directory of the shared file when the rate limit scope is `host`. It must belong to this user alone,
/// mode 0700; it is created if its parent exists. NULL is the default: /run/user/UID/usercom if /run/user/UID
/// exists, else /tmp/usercom-UID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_rate_limit_dir(options: *mut uc_options, dir: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_path(options, "rate_limit_dir", dir) }
}

/// Maximum number of attempts per batch. Failures while the whole service is down are not counted. Batches
/// that have used up their attempts get the same number once more at the end of the run. Range: 1 to 20
/// attempts. Default: 8 attempts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_max_attempts(options: *mut uc_options, attempts: u32) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, "max_attempts", Given::Integer(attempts.into())) }
}

/// The proxy for https requests: `http://[user:password@]host:port`. An empty string connects directly. NULL
/// is the default: https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_proxy(options: *mut uc_options, url: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_text(options, "proxy", url) }
}

/// A PEM file with the certificates to trust instead of this machine's. It is read when the option is set.
/// NULL is the default: the certificates of this machine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_ca_file(options: *mut uc_options, pem_path: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_path(options, "ca_file", pem_path) }
}

/// Maximum duration of the whole call, waits and retries included. Requests in flight then get up to 5 s
/// more. Looking up a host name, for which the system sets the limit, and connecting, up to 10 s, can't be
/// interrupted. The run ends with `UC_STATUS_DEADLINE`. In milliseconds. 0 is the default: no limit. Set by
/// name, 0 has passed at once, and `null` is no limit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_deadline_ms(run_options: *mut uc_run_options, ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "deadline", if ms == 0 { Given::Default } else { Given::Time(Duration::from_millis(ms)) }) }
}

/// The run stops early after this long without progress: no batch was confirmed or rejected. The status is
/// that of the last error: `UC_STATUS_TRANSPORT`, `UC_STATUS_SERVER`, `UC_STATUS_BAD_RESPONSE`,
/// `UC_STATUS_RATE_LIMITED` or `UC_STATUS_UNAUTHORIZED`. Requests in flight are waited for, each within its
/// own limits. A value below the time of 21 requests at the configured rate is raised to that time, 4.2 s at
/// 5 per second. Range in milliseconds: 1,000 to 86,400,000 (1 s to 24 h). Default: 120,000 (120 s).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_stall_timeout_ms(run_options: *mut uc_run_options, ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "stall_timeout", Given::Time(Duration::from_millis(ms))) }
}

/// Maximum number of requests of the run. A run that reaches it stops early with `UC_STATUS_REQUEST_LIMIT`.
/// The message says about how many ids are bad and what the rest would take. Range: 1 and more requests.
/// Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least 1,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_max_requests(run_options: *mut uc_run_options, requests: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "max_requests", Given::Integer(requests)) }
}

/// The run stops early with `UC_STATUS_TOO_MANY_REJECTED` as soon as more ids than this are rejected. Use it
/// where many bad ids mean that the list is wrong. Up to `uc_options_set_workers` requests are in flight
/// then: their ids count, too. Default: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_max_rejected(run_options: *mut uc_run_options, ids: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "max_rejected", Given::Integer(ids)) }
}

/// Keeps a journal in this directory: repeating the identical call after a crash, a full disk or a cancel
/// resumes the run. The journal is removed when every id is confirmed or rejected. The directory is created
/// if it does not exist. While another process or thread runs the identical job, the run ends with
/// `UC_STATUS_BUSY`; if the journal can't be used, with `UC_STATUS_JOURNAL`. NULL is the default: no journal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_journal_dir(run_options: *mut uc_run_options, dir: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set_path(run_options, "journal_dir", dir) }
}

/// Maximum age of an unfinished journal. An older one is renamed and the run starts from the beginning,
/// because another run may have written newer values since. Range in milliseconds: 1,000 to 2,592,000,000 (1
/// s to 30 days). Default: 43,200,000 (12 h).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_journal_max_age_ms(run_options: *mut uc_run_options, ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "journal_max_age", Given::Time(Duration::from_millis(ms))) }
}

/// The attribute is one that every profile has, such as first_name, and not a custom one. Non-zero is on, 0
/// is off (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_standard_attributes(run_options: *mut uc_run_options, on: c_int) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "standard_attributes", Given::Flag(on != 0)) }
}

/// Allows the value null. The vendor does not document what null does. Non-zero is on, 0 is off (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_allow_null(run_options: *mut uc_run_options, on: c_int) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "allow_null", Given::Flag(on != 0)) }
}

/// Checks the arguments and reports the requests, bytes and seconds of the run, but sends nothing. The run
/// ends with `UC_STATUS_DRY_RUN`. Non-zero is on, 0 is off (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_dry_run(run_options: *mut uc_run_options, on: c_int) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "dry_run", Given::Flag(on != 0)) }
}

/// Before the first request, looks up the attribute's type and compares the values with it. A value that
/// can't be right ends the call with `UC_STATUS_INVALID_ARGUMENT`: a text that can't be read as the
/// attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are notes in the
/// report. It costs one request, of a fixed attribute one more for each 100 attributes, and at most 5 s. A
/// key that can't read costs a note. Standard attributes are not looked up. Non-zero is on, 0 is off
/// (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_preflight(run_options: *mut uc_run_options, on: c_int) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "preflight", Given::Flag(on != 0)) }
}

/// How many confirmed ids to read back after a completed run, spread evenly. Each is compared with the value
/// that was sent, as the attribute's type means it. One that differs is read again for 30 s before it counts
/// as a mismatch, since the service may apply values later. The report has the numbers and the first
/// mismatches; states and status don't change. A key that can't read costs a note. 0 is none. Range: 0 to
/// 1,000. Default: 0 ids.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_verify(run_options: *mut uc_run_options, ids: usize) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "verify", Given::Integer(ids as u64)) }
}

/// A completed run in which `uc_run_options_set_verify` finds a mismatch ends with `UC_STATUS_MISMATCH`.
/// Non-zero is on, 0 is off (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_verify_strict(run_options: *mut uc_run_options, on: c_int) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, "verify_strict", Given::Flag(on != 0)) }
}
