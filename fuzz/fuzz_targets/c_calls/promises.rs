//! What the header promises.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

use super::capi::*;

pub const OK: c_int = 0;
pub const CANCELLED: c_int = 2;
pub const DRY_RUN: c_int = 4;
pub const INVALID: c_int = 10;
pub const TLS: c_int = 32;

/// A text of the library's.
pub fn said<'a>(text: *const c_char) -> &'a str {
    assert!(!text.is_null());
    // SAFETY: it ends with a NUL and is looked at while what it belongs to is alive.
    unsafe { CStr::from_ptr(text) }.to_str().expect("UTF-8")
}

fn last_error() -> String {
    static PLACE: AtomicPtr<c_char> = AtomicPtr::new(null_mut());
    let text = uc_last_error();
    let before = PLACE.swap(text.cast_mut(), Relaxed);
    assert!(before.is_null() || before == text.cast_mut(), "it has moved");
    let text = said(text);
    assert!(text.len() < 1024, "{} bytes", text.len());
    text.to_owned()
}

/// Fails with words that were never said before, so that what the next call says can't be taken for them.
fn mark() -> String {
    static INVALID_REPORT: AtomicPtr<uc_report> = AtomicPtr::new(null_mut());
    static MARKS: AtomicUsize = AtomicUsize::new(usize::MAX / 2);
    let mut report = INVALID_REPORT.load(Relaxed);
    // SAFETY: everything may be NULL, and there is room for a report, which is kept for ever.
    unsafe {
        if report.is_null() {
            uc_client_mass_update(null(), null(), 0, null(), null(), null(), &mut report);
            INVALID_REPORT.store(report, Relaxed);
        }
        let k = MARKS.fetch_add(1, Relaxed);
        assert_eq!(uc_report_failure(report, k, null_mut(), null_mut(), null_mut()), INVALID);
    }
    last_error()
}

/// Makes a call that returns a status: it says what was wrong, and nothing where nothing was.
pub fn call(expected: &[c_int], call: impl FnOnce() -> c_int) -> c_int {
    let before = mark();
    let status = call();
    let after = last_error();
    assert!(expected.contains(&status), "{status}: {after}");
    assert_eq!(status == OK, after == before, "{status}: {after}");
    assert!(!after.is_empty());
    status
}

/// Makes a call that leaves the last error alone.
pub fn silent<T>(call: impl FnOnce() -> T) -> T {
    let before = last_error();
    let outcome = call();
    assert_eq!(last_error(), before);
    outcome
}

/// Calls a setter; whether it took what it was given.
pub fn set<T>(handle: *mut T, setter: impl FnOnce() -> c_int) -> bool {
    call(if handle.is_null() { &[INVALID] } else { &[OK, INVALID] }, setter) == OK
}

/// Looks at a report right after its run, which has sent nothing.
///
/// # Safety
/// A live report.
pub unsafe fn report(report: *const uc_report, status: c_int, total: usize) {
    let error = last_error();
    // SAFETY: the caller promises it; there is room for all states.
    unsafe {
        silent(|| {
            let message = said(uc_report_message(report));
            assert!(status == OK || message.starts_with(&error), "{message}\n{error}");
            assert_eq!(uc_report_status(report), status);
            let done = [uc_report_confirmed(report), uc_report_rejected(report), uc_report_unknown(report)];
            let (not_attempted, failures) =
                (uc_report_not_attempted(report), uc_report_failure_count(report));
            assert_eq!(uc_report_total(report), not_attempted + done.iter().sum::<usize>());
            assert_eq!((not_attempted, done, failures), (total, [0; 3], 0), "{status}: {message}");
            let requests = uc_report_requests(report);
            assert_eq!(requests > 0, status == DRY_RUN && total > 0, "{requests} requests: {message}");
        });
        let mut states = vec![7; total];
        call(&[OK], || uc_report_states(report, states.as_mut_ptr(), total));
        assert!(states.iter().all(|state| *state == 0));
    }
}

static RETURNED: [c_int; 2] = [0, 1];

/// What the progress function is to return.
pub fn userdata(value: u64) -> *mut c_void {
    (&raw const RETURNED[value as usize % 2]).cast_mut().cast()
}

pub unsafe extern "C" fn log(own: *mut c_void, level: c_int, message: *const c_char) {
    assert!(own == userdata(0) && (1..=5).contains(&level) && !said(message).is_empty());
}

pub unsafe extern "C" fn progress(own: *mut c_void, progress: *const uc_progress) -> c_int {
    // SAFETY: both are what was given.
    unsafe {
        let (done, total) = (uc_progress_done(progress), uc_progress_total(progress));
        assert_eq!(done, uc_progress_confirmed(progress) + uc_progress_rejected(progress));
        assert!(done <= total && uc_progress_requests(progress) == 0);
        assert!(uc_progress_expected_rejected(progress) <= total);
        uc_progress_requests_left(progress);
        uc_progress_time_left_ms(progress);
        uc_progress_waiting_ms(progress);
        *own.cast()
    }
}
