//! Settings of one run.

use std::ffi::{c_char, c_int, c_void};
use std::time::Duration;

use super::cancel::{uc_cancel, uc_progress_fn};
use super::options::path;
use super::pointers::{free, give, handle_mut};
use super::{Failure, guard, look};
use crate::options::RunOptions;
use crate::update::AttributeKind;

/// Settings of one run. Made by `uc_run_options_new`, freed by `uc_run_options_free`; may be used for any
/// number of runs, also at the same time, as long as no setter is called meanwhile.
#[derive(Default)]
pub struct uc_run_options {
    pub(super) options: RunOptions,
    pub(super) progress: uc_progress_fn,
    pub(super) userdata: Userdata,
}

/// The caller's pointer. Nothing in here looks at it.
#[derive(Clone, Copy)]
pub(super) struct Userdata(pub *mut c_void);

impl Default for Userdata {
    fn default() -> Userdata {
        Userdata(std::ptr::null_mut())
    }
}

/// New settings, all defaults. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn uc_run_options_new() -> *mut uc_run_options {
    look(std::ptr::null_mut(), || give(uc_run_options::default()))
}

/// Frees settings. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_free(run_options: *mut uc_run_options) {
    // SAFETY: the caller gives back what `uc_run_options_new` gave.
    unsafe { free(run_options) };
}

/// Every setter: find the settings, change them.
///
/// # Safety
/// `run_options` is NULL or a live handle that no other thread uses now.
unsafe fn set(
    run_options: *mut uc_run_options,
    change: impl FnOnce(&mut uc_run_options) -> Result<(), Failure>,
) -> c_int {
    guard(|| {
        // SAFETY: the caller of the setter promises it.
        change(unsafe { handle_mut(run_options, "run_options") }?)
    })
}

/// How long the whole call may take, waits and retries included, in milliseconds; requests that are under
/// way then get up to 5 s more. The run ends with `UC_STATUS_DEADLINE`. 0: no limit (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_deadline_ms(run_options: *mut uc_run_options, ms: u64) -> c_int {
    let change = |o: &mut uc_run_options| {
        o.options.deadline = (ms > 0).then(|| Duration::from_millis(ms));
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}

/// The run stops when no batch was confirmed or refused for so long, 1,000 to 86,400,000 milliseconds. Its status
/// says what was in the way. Defaults to 120,000; never less than 21 requests take at the pace that is set, 4.2 s at
/// 5 a second. As with every stop but a cancel or a deadline, nothing more is sent
/// then, and requests under way are waited for within the limits of `uc_options_set_request_timeout_ms`: their answers
/// say what became of their ids.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_patience_ms(run_options: *mut uc_run_options, ms: u64) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, |o| Ok(o.options.set_patience(Duration::from_millis(ms))?)) }
}

/// Most requests of the run, 1 or more. Defaults to twenty times what the job needs when all goes well, at
/// least 1,000. A run that reaches it stops with `UC_STATUS_REQUEST_LIMIT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_max_requests(
    run_options: *mut uc_run_options,
    requests: u64,
) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, |o| Ok(o.options.set_max_requests(requests)?)) }
}

/// Keeps a journal in this directory: the very same call, made again after a crash, a full disk or a cancel, goes
/// on where this one stopped. A finished run removes its journal. One that is running already gives
/// `UC_STATUS_BUSY`, one that can't be written `UC_STATUS_JOURNAL`. The directory is made if it isn't there. NULL:
/// no journal (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_journal_dir(
    run_options: *mut uc_run_options,
    dir: *const c_char,
) -> c_int {
    let change = |o: &mut uc_run_options| {
        // SAFETY: the caller gives a string or NULL.
        Ok(o.options.set_journal_dir(unsafe { path(dir, "journal_dir") }?)?)
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}

/// How old an unfinished journal may be to be gone on with, 1,000 to 2,592,000,000 milliseconds (30 days). An
/// older one is set aside, because another run may have written newer values since. Defaults to 43,200,000
/// (12 h).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_journal_max_age_ms(
    run_options: *mut uc_run_options,
    ms: u64,
) -> c_int {
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, |o| Ok(o.options.set_journal_max_age(Duration::from_millis(ms))?)) }
}

/// Non-zero: the attribute is one that every profile has, such as `first_name`. Defaults to 0, custom
/// attributes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_standard_attributes(
    run_options: *mut uc_run_options,
    on: c_int,
) -> c_int {
    let change = |o: &mut uc_run_options| {
        o.options.kind = if on == 0 { AttributeKind::Custom } else { AttributeKind::Standard };
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}

/// Non-zero: `null` may be sent, about which the vendor documents nothing. Defaults to 0: it is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_allow_null(run_options: *mut uc_run_options, on: c_int) -> c_int {
    let change = |o: &mut uc_run_options| {
        o.options.allow_null = on != 0;
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}

/// Non-zero: everything but the network, for `UC_STATUS_DRY_RUN`; the report has requests, bytes and seconds.
/// Defaults to 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_dry_run(run_options: *mut uc_run_options, on: c_int) -> c_int {
    let change = |o: &mut uc_run_options| {
        o.options.dry_run = on != 0;
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}

/// A function that is told how far the run is, with `userdata`. Where it returns anything but 0 the run ends with
/// `UC_STATUS_CANCELLED`. NULL: none (default).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_progress(
    run_options: *mut uc_run_options,
    progress: uc_progress_fn,
    userdata: *mut c_void,
) -> c_int {
    let change = |o: &mut uc_run_options| {
        o.progress = progress;
        o.userdata = Userdata(userdata);
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}

/// A handle that stops the run from elsewhere, with `UC_STATUS_CANCELLED`. NULL: none (default). The handle must
/// live until the run returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_cancel(
    run_options: *mut uc_run_options,
    cancel: *const uc_cancel,
) -> c_int {
    let change = |o: &mut uc_run_options| {
        // SAFETY: the caller gives a live handle or NULL.
        o.options.cancel = unsafe { cancel.as_ref() }.map(|cancel| cancel.0.clone());
        Ok(())
    };
    // SAFETY: the caller gives a live handle.
    unsafe { set(run_options, change) }
}
