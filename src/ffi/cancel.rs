//! Cancel handles, and the progress of a run.

use std::ffi::{c_int, c_void};

use super::look;
use super::pointers::{free, give};
use crate::run::{Cancel, Progress};

/// Cancels runs from any thread or from a signal handler. Made by `uc_cancel_new`, freed by `uc_cancel_free`
/// after every run that uses it has returned. Any thread, any number of runs.
pub struct uc_cancel(pub(super) Cancel);

/// A new handle, not requested yet. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn uc_cancel_new() -> *mut uc_cancel {
    look(std::ptr::null_mut(), || give(uc_cancel(Cancel::new())))
}

/// Cancels every run with this handle, now and later. Async-signal-safe. The runs return within 6 s; ids of requests
/// that are still in flight then end unknown. Two things can't be interrupted: looking up the host name, for which the
/// system sets the limit, and connecting, up to 10 s. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_cancel_request(cancel: *mut uc_cancel) {
    // SAFETY: the caller gives a live handle or NULL. An atomic store is all that happens.
    if let Some(cancel) = unsafe { cancel.as_ref() } {
        cancel.0.request();
    }
}

/// Frees the handle. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_cancel_free(cancel: *mut uc_cancel) {
    // SAFETY: the caller gives back what `uc_cancel_new` gave.
    unsafe { free(cancel) };
}

/// The progress of a run. Valid during the callback only.
pub struct uc_progress(pub(super) Progress);

/// Called on the thread that started the run, about every 100 ms while the run lasts, also while it waits, and once at
/// its end. A result other than 0 cancels the run. It must return normally: no longjmp, no C++ exception. It may start another run.
pub type uc_progress_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, progress: *const uc_progress) -> c_int>;

/// Every accessor: zero for NULL.
///
/// # Safety
/// `progress` is NULL or what the callback was given.
unsafe fn read<T: Default>(progress: *const uc_progress, field: impl FnOnce(&Progress) -> T) -> T {
    // SAFETY: the caller of the accessor promises it.
    unsafe { progress.as_ref() }.map(|p| field(&p.0)).unwrap_or_default()
}

/// Ids that are confirmed or rejected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_done(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.done) }
}

/// Ids to send in this run; a duplicated id counts once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_total(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.total) }
}

/// Ids in requests that the service accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_confirmed(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.confirmed) }
}

/// Ids that the service rejected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_rejected(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.rejected) }
}

/// Requests sent so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_requests(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.requests as usize) }
}

/// About how many ids of the run are bad: those that were rejected, and those that are expected among the others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_expected_rejected(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.expected_rejected) }
}

/// About how many more requests the run needs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_requests_left(progress: *const uc_progress) -> usize {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.requests_left as usize) }
}

/// About how long the rest of the run takes, in milliseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_time_left_ms(progress: *const uc_progress) -> u64 {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| u64::try_from(p.time_left.as_millis()).unwrap_or(u64::MAX)) }
}

/// How long the run still waits before it sends again, in milliseconds; 0 while requests are in flight.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_progress_waiting_ms(progress: *const uc_progress) -> u64 {
    // SAFETY: the caller gives what the callback was given.
    unsafe { read(progress, |p| p.waiting.as_millis() as u64) }
}
