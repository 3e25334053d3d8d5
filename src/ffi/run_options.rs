//! Options of one run.

use std::ffi::{c_char, c_int, c_void};

use super::cancel::{uc_cancel, uc_progress_fn};
use super::options::{Settable, set_by_name};
use super::pointers::{free, give, handle_mut};
use super::{guard, look};
use crate::options::RunOptions;
use crate::run::Cancel;

/// Options of a run. Made by `uc_run_options_new`, freed by `uc_run_options_free`. They may be used for any
/// number of runs, also at the same time, but no setter may be called during a run.
#[derive(Default)]
pub struct uc_run_options {
    pub(crate) options: RunOptions,
    pub(super) cancel: Option<Cancel>,
    pub(super) progress: uc_progress_fn,
    pub(super) userdata: Userdata,
    pub(super) heartbeat: Heartbeat,
}

/// The caller's pointer. Nothing in here looks at it.
#[derive(Clone, Copy)]
pub(super) struct Userdata(pub *mut c_void);

impl Default for Userdata {
    fn default() -> Userdata {
        Userdata(std::ptr::null_mut())
    }
}

/// A byte of the caller's that its progress function sets.
#[derive(Clone, Copy)]
pub(super) struct Heartbeat(*mut u8);

impl Default for Heartbeat {
    fn default() -> Heartbeat {
        Heartbeat(std::ptr::null_mut())
    }
}

impl Heartbeat {
    pub(super) fn clear(self) {
        if !self.0.is_null() {
            // SAFETY: the caller of the setter promises a byte that lives until every run has returned.
            unsafe { self.0.write_volatile(0) };
        }
    }

    /// Whether the byte is still clear.
    pub(super) fn is_missing(self) -> bool {
        // SAFETY: as above.
        !self.0.is_null() && unsafe { self.0.read_volatile() } == 0
    }
}

impl Settable for uc_run_options {
    type Options = RunOptions;
    const NAME: &'static str = "run_options";

    fn options(&mut self) -> &mut RunOptions {
        &mut self.options
    }
}

/// New options, all with their defaults. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn uc_run_options_new() -> *mut uc_run_options {
    look(std::ptr::null_mut(), || give(uc_run_options::default()))
}

/// Frees options. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_free(run_options: *mut uc_run_options) {
    // SAFETY: the caller gives back what `uc_run_options_new` gave.
    unsafe { free(run_options) };
}

/// Like `uc_options_set`, for the options of a run, such as `deadline_ms` or `dry_run`. A `deadline_ms` of 0 is a
/// deadline that has passed, unlike that of the setter; `null` is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set(
    run_options: *mut uc_run_options,
    name: *const c_char,
    json_value: *const c_char,
) -> c_int {
    // SAFETY: the caller gives a live handle and strings that end with a NUL.
    unsafe { set_by_name(run_options, name, json_value) }
}

/// A function that is called with the progress of the run and `userdata`. If it returns anything but 0, the run ends
/// with `UC_STATUS_CANCELLED`. NULL: none (default). `userdata` must live until every run with these options has
/// returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_progress(
    run_options: *mut uc_run_options,
    progress: uc_progress_fn,
    userdata: *mut c_void,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle.
        let options = unsafe { handle_mut(run_options, uc_run_options::NAME) }?;
        options.progress = progress;
        options.userdata = Userdata(userdata);
        Ok(())
    })
}

/// A byte that the progress function must set to something other than 0 each time: it is set to 0 before the call, and
/// if it is still 0 afterwards, the run ends with `UC_STATUS_CANCELLED`. For the callbacks of a runtime that may have
/// ended meanwhile, such as a thread of Node.js: what they return then means nothing. Without a progress function it is
/// not used. NULL: none (default). The byte must live until every run with these options has returned, and belongs to
/// one run at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_heartbeat(
    run_options: *mut uc_run_options,
    heartbeat: *mut u8,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle.
        let options = unsafe { handle_mut(run_options, uc_run_options::NAME) }?;
        options.heartbeat = Heartbeat(heartbeat);
        Ok(())
    })
}

/// A handle that cancels the run from another thread or a signal handler, with `UC_STATUS_CANCELLED`. NULL: none
/// (default). The handle must live until every run with these options has returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_run_options_set_cancel(
    run_options: *mut uc_run_options,
    cancel: *const uc_cancel,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle.
        let options = unsafe { handle_mut(run_options, uc_run_options::NAME) }?;
        // SAFETY: the caller gives a live handle or NULL.
        options.cancel = unsafe { cancel.as_ref() }.map(|cancel| cancel.0.clone());
        Ok(())
    })
}
