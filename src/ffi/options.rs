//! Settings of a client.

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::pointers::{free, give, handle_mut, optional_text};
use super::{Failure, guard, look};
use crate::options::Options;
use crate::run::Log;

/// Settings of a client. Made by `uc_options_new`, freed by `uc_options_free`; a client copies what it needs,
/// so they may be freed or used again right after `uc_client_new`. One thread at a time.
#[derive(Default)]
pub struct uc_options(pub(super) Options);

/// Receives log lines: 1 error, 2 warning, 3 info, 4 debug, 5 trace. Called on the thread that runs the
/// update, never two at a time for one run. It must return normally: no longjmp, no C++ exception.
pub type uc_log_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, level: c_int, message: *const c_char)>;

/// New settings, all defaults. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn uc_options_new() -> *mut uc_options {
    look(std::ptr::null_mut(), || give(uc_options::default()))
}

/// Frees settings. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_free(options: *mut uc_options) {
    // SAFETY: the caller gives back what `uc_options_new` gave.
    unsafe { free(options) };
}

/// Every setter: find the settings, change them.
///
/// # Safety
/// `options` is NULL or a live handle that no other thread uses now.
unsafe fn set(options: *mut uc_options, change: impl FnOnce(&mut Options) -> Result<(), Failure>) -> c_int {
    guard(|| {
        // SAFETY: the caller of the setter promises it.
        let options = unsafe { handle_mut(options, "options") }?;
        change(&mut options.0)
    })
}

/// Another address than `https://<subdomain>.user.com`: scheme, host and port only. `http` is taken for
/// loopback addresses only. NULL: the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_base_url(options: *mut uc_options, url: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set(options, |o| Ok(o.set_base_url(optional_text(url, "base_url")?)?)) }
}

/// `"PUT"` (default, also NULL) or `"POST"`. There is never a silent change from one to the other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_method(options: *mut uc_options, method: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set(options, |o| Ok(o.set_method(optional_text(method, "method")?.unwrap_or("PUT"))?)) }
}

/// Asks for a version of the API in the `Accept` header. 0: ask for none (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_api_version(options: *mut uc_options, version: u32) -> c_int {
    let change = |o: &mut Options| {
        o.http.api_version = (version > 0).then_some(version);
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, change) }
}

/// How long the first byte of an answer may take, 1 to 3,600,000 milliseconds. Defaults to 60,000. The other
/// phases of a request are fixed: 10 s to connect, 30 s to send, 30 s for the rest of the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_request_timeout_ms(options: *mut uc_options, ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, |o| Ok(o.set_request_timeout(Duration::from_millis(ms))?)) }
}

/// Ids per request, 1 to 10,000. Defaults to 1,000. A body is never larger than 256 KiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_batch_size(options: *mut uc_options, ids: usize) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, |o| Ok(o.set_batch_size(ids)?)) }
}

/// Most requests under way at once, 1 to 32. Defaults to 8. Threads are started only when needed and end
/// with the run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_workers(options: *mut uc_options, workers: u32) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, |o| Ok(o.set_workers(workers as usize)?)) }
}

/// At most `requests` in `per_ms` milliseconds, evenly spaced: 0.1 to 1,000 a second. Defaults to 5 in
/// 1,000. `requests` 0: as fast as it goes. Everything in this process that uses the same endpoint and token
/// shares the pace.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_rate_limit(
    options: *mut uc_options,
    requests: u32,
    per_ms: u64,
) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, |o| Ok(o.set_rate_limit(requests, Duration::from_millis(per_ms))?)) }
}

/// How often a batch is tried while others succeed, 1 to 20. Defaults to 8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_max_attempts(options: *mut uc_options, attempts: u32) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, |o| Ok(o.set_max_attempts(attempts)?)) }
}

/// A proxy, `http://[user:password@]host:port`; `""`: none. NULL (default): `HTTPS_PROXY` and `NO_PROXY` of
/// the environment when the client is made, for https only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_proxy(options: *mut uc_options, url: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set(options, |o| Ok(o.set_proxy(optional_text(url, "proxy")?)?)) }
}

/// A PEM file with the certificates to trust instead of this machine's. It is read at once. NULL (default):
/// this machine's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_ca_file(options: *mut uc_options, pem_path: *const c_char) -> c_int {
    // SAFETY: the caller gives a live handle and a string or NULL.
    unsafe { set(options, |o| Ok(o.set_ca_file(path(pem_path, "ca_file")?.as_deref())?)) }
}

/// A path: bytes on Unix, UTF-8 elsewhere.
///
/// # Safety
/// `text` is NULL or points to a NUL-terminated string.
pub(super) unsafe fn path(text: *const c_char, name: &str) -> Result<Option<PathBuf>, Failure> {
    if cfg!(not(unix)) {
        // SAFETY: the caller promises it.
        return Ok(unsafe { optional_text(text, name) }?.map(PathBuf::from));
    }
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL; the caller promises that it ends with a NUL.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    // SAFETY: on Unix any bytes are an `OsStr`.
    Ok(Some(PathBuf::from(unsafe { OsStr::from_encoded_bytes_unchecked(bytes) })))
}

/// A function for log lines up to `max_level` (1 error to 5 trace). NULL: none (default). `userdata` is
/// handed on to it and must outlive every client made with these settings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_log(
    options: *mut uc_options,
    log: uc_log_fn,
    userdata: *mut c_void,
    max_level: c_int,
) -> c_int {
    let change = |o: &mut Options| {
        let level = match max_level {
            1 => log::LevelFilter::Error,
            2 => log::LevelFilter::Warn,
            3 => log::LevelFilter::Info,
            4 => log::LevelFilter::Debug,
            5 => log::LevelFilter::Trace,
            _ if log.is_none() => log::LevelFilter::Off,
            _ => return Err(Failure::invalid("max_level", "is outside 1 (error) to 5 (trace)")),
        };
        let sink = Sink { userdata };
        o.log = log.map(|write| Log {
            level,
            write: Arc::new(move |level, message| sink.write(write, level, message)),
        });
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(options, change) }
}

/// The caller's pointer, which goes with its function from thread to thread.
struct Sink {
    userdata: *mut c_void,
}

// SAFETY: nothing in here looks at the pointer; it is the caller's, who is told on which threads it arrives.
unsafe impl Send for Sink {}
// SAFETY: as above.
unsafe impl Sync for Sink {}

impl Sink {
    fn write(
        &self,
        write: unsafe extern "C" fn(*mut c_void, c_int, *const c_char),
        level: log::Level,
        message: &str,
    ) {
        let message = super::report::c_string(message);
        // SAFETY: the caller set this function for this pointer; the message lives until it returns.
        unsafe { write(self.userdata, level as c_int, message.as_ptr()) };
    }
}
