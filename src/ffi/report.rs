//! The report of a run, with texts that C can read.

use std::ffi::{CString, c_char, c_int};
use std::sync::OnceLock;

use super::pointers::{array, free, handle, put};
use super::{Failure, guard, look};
use crate::interface::Status;
use crate::report::{Mismatch, Report};

/// The result of a run and of each of its ids. Freed by `uc_report_free`; outlives the client. Immutable: any number
/// of threads may read it. Every text that its functions return is borrowed from it.
pub struct uc_report {
    report: Report,
    message: CString,
    /// One text for each reason, made on first use.
    reasons: OnceLock<Vec<CString>>,
    /// The values of the mismatches, sent and stored, made on first use.
    mismatches: OnceLock<Vec<(CString, CString)>>,
    /// The ids of the failures, made on first use.
    failure_ids: OnceLock<FailureIds>,
    text: OnceLock<CString>,
    json: OnceLock<CString>,
}

/// Texts for C in one piece of memory, each with its NUL.
struct FailureIds {
    texts: String,
    starts: Vec<usize>,
}

impl FailureIds {
    fn of(report: &Report) -> FailureIds {
        let mut ids = FailureIds { texts: String::new(), starts: Vec::with_capacity(report.failure_count()) };
        for id in report.failure_ids() {
            ids.starts.push(ids.texts.len());
            ids.texts.push_str(&id.replace('\0', "\\0"));
            ids.texts.push('\0');
        }
        ids
    }
}

/// Text for C. A NUL inside would end it and is written as two characters.
pub(super) fn c_string(text: &str) -> CString {
    let with_nul = |_| CString::new(text.replace('\0', "\\0")).unwrap_or_default();
    CString::new(text).unwrap_or_else(with_nul)
}

impl From<Report> for uc_report {
    fn from(report: Report) -> uc_report {
        uc_report {
            message: c_string(report.message()),
            report,
            reasons: OnceLock::new(),
            mismatches: OnceLock::new(),
            failure_ids: OnceLock::new(),
            text: OnceLock::new(),
            json: OnceLock::new(),
        }
    }
}

impl uc_report {
    fn mismatches(&self) -> &[(CString, CString)] {
        let values = |mismatch: &Mismatch| (c_string(&mismatch.sent), c_string(&mismatch.stored));
        self.mismatches.get_or_init(|| self.report.mismatches().iter().map(values).collect())
    }

    /// The status and the message.
    pub(super) fn outcome(&self) -> (Status, &str) {
        (self.report.status(), self.report.message())
    }

    fn reasons(&self) -> &[CString] {
        self.reasons
            .get_or_init(|| self.report.reasons().iter().map(|reason| c_string(&reason.message)).collect())
    }
}

/// Every accessor: `fallback` for NULL.
///
/// # Safety
/// `report` is NULL or a live handle.
unsafe fn read<T>(report: *const uc_report, fallback: T, field: impl FnOnce(&Report) -> T) -> T {
    // SAFETY: the caller of the accessor promises it.
    unsafe { report.as_ref() }.map_or(fallback, |handle| field(&handle.report))
}

/// How the run ended: a `uc_status`. NULL: `UC_STATUS_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_status(report: *const uc_report) -> c_int {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, Status::InvalidArgument.code(), |r| r.status().code()) }
}

/// How the run ended, in one line. Never NULL, "" for NULL; lives as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_message(report: *const uc_report) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { report.as_ref() }.map_or(c"".as_ptr(), |r| r.message.as_ptr())
}

/// The number of ids in the input, duplicates included. It is the sum of confirmed, rejected, unknown and not attempted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_total(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::total) }
}

/// Ids in requests that the service accepted with a complete, understood 2xx response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_confirmed(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::confirmed) }
}

/// Ids that the service rejected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_rejected(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::rejected) }
}

/// Ids that were sent at least once, without proof that the value was applied or that it was not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_unknown(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::unknown) }
}

/// Ids that were not sent, or sent only in requests that were rejected for a reason that concerns the whole run. Of
/// rows, also the earlier positions of an id that a later row sets. `uc_report_states` says which ids these are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_not_attempted(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::not_attempted) }
}

/// Requests that were sent; in a dry run, requests that would be sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_requests(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, |r| r.requests() as usize) }
}

/// Ids that were read back and had the value that was sent. 0 without the option `verify`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_verified(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::verified) }
}

/// Ids that were read back and had another value, also after some time. `uc_report_mismatch` gives
/// the first ten.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_mismatched(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::mismatched) }
}

/// The `k`-th of the first ten mismatches, counted from 0: its position, and both values as JSON, at most 256 characters
/// with control characters escaped; `null` is stored where there is none. Each out-parameter may be NULL; the texts live
/// as long as the report. If there is no `k`-th, it returns `UC_STATUS_INVALID_ARGUMENT` and writes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_mismatch(
    report: *const uc_report,
    k: usize,
    index: *mut usize,
    sent: *mut *const c_char,
    stored: *mut *const c_char,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle or NULL.
        let handle = unsafe { handle(report, "report") }?;
        let (Some(mismatch), Some(values)) = (handle.report.mismatches().get(k), handle.mismatches().get(k))
        else {
            return Err(Failure::invalid("k", format!("there is no mismatch {k} (counted from 0)")));
        };
        // SAFETY: the caller gives room for each, or NULL.
        unsafe {
            put(index, mismatch.index);
            put(sent, values.0.as_ptr());
            put(stored, values.1.as_ptr());
        }
        Ok(())
    })
}

/// The `uc_id_state` of the id at position `index` of the input, or -1 if there is no such position
/// or `report` is NULL. A duplicate of an id in a list has the state of the id that was sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_state(report: *const uc_report, index: usize) -> c_int {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, -1, |r| r.states().get(index).map_or(-1, |state| *state as c_int)) }
}

/// The `uc_id_state` of every position at once. `out` has room for `n` bytes, and `n` must be the total. Otherwise it
/// returns `UC_STATUS_INVALID_ARGUMENT` and writes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_states(report: *const uc_report, out: *mut u8, n: usize) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle or NULL.
        let report = unsafe { handle(report, "report") }?;
        let states = report.report.states();
        if n != states.len() {
            return Err(Failure::invalid("n", format!("is {n}, the report's total is {}", states.len())));
        }
        // SAFETY: the caller gives room for `n` bytes; this checks for NULL and size.
        unsafe { array(out.cast_const(), n, "out") }?;
        for (at, state) in states.iter().enumerate() {
            // SAFETY: `at` is below `n`, for which the caller gives room.
            unsafe { put(out.add(at), *state as u8) };
        }
        Ok(())
    })
}

/// The number of rejected and unknown ids.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_failure_count(report: *const uc_report) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(report, 0, Report::failure_count) }
}

/// The `k`-th rejected or unknown id, counted from 0, in input order: its position, the HTTP status (0 if there was no
/// response), and the reason, at most 256 characters with control characters escaped. Each out-parameter may be NULL;
/// the message lives as long as the report. If there is no `k`-th, it returns `UC_STATUS_INVALID_ARGUMENT` and writes
/// nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_failure(
    report: *const uc_report,
    k: usize,
    index: *mut usize,
    http_status: *mut c_int,
    message: *mut *const c_char,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle or NULL.
        let handle = unsafe { handle(report, "report") }?;
        let (Some(failure), Some(reason)) = (handle.report.failure(k), handle.report.failure_reason(k))
        else {
            return Err(Failure::invalid("k", format!("there is no failure {k} (counted from 0)")));
        };
        let text = handle.reasons().get(reason).map_or(c"".as_ptr(), |text| text.as_ptr());
        // SAFETY: the caller gives room for each, or NULL.
        unsafe {
            put(index, failure.index);
            put(http_status, failure.http_status.map_or(0, c_int::from));
            put(message, text);
        }
        Ok(())
    })
}

/// The id of the `k`-th failure as text, whichever kind of ids the run had. "" if there is no `k`-th. Never NULL; lives
/// as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_failure_id(report: *const uc_report, k: usize) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    let Some(report) = (unsafe { report.as_ref() }) else { return c"".as_ptr() };
    look(c"".as_ptr(), || {
        let ids = report.failure_ids.get_or_init(|| FailureIds::of(&report.report));
        let start = ids.starts.get(k).and_then(|start| ids.texts.get(*start..));
        start.map_or(c"".as_ptr(), |text| text.as_ptr().cast())
    })
}

/// The report for people, in lines: how the run ended, the numbers, the notes, the first ten failures with their ids.
/// Never NULL, "" for NULL; lives as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_text(report: *const uc_report) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    let Some(report) = (unsafe { report.as_ref() }) else { return c"".as_ptr() };
    look(c"".as_ptr(), || report.text.get_or_init(|| c_string(&report.report.to_string())).as_ptr())
}

/// The report as JSON, with details of the first 1,000 failures. Never NULL, "{}" for NULL; lives as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_json(report: *const uc_report) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    let Some(report) = (unsafe { report.as_ref() }) else { return c"{}".as_ptr() };
    look(c"{}".as_ptr(), || report.json.get_or_init(|| c_string(&report.report.to_json())).as_ptr())
}

/// Frees a report. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_report_free(report: *mut uc_report) {
    // SAFETY: the caller gives back what a run gave.
    unsafe { free(report) };
}
