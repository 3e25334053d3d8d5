//! The check of everything that an update needs.

use std::ffi::{CString, c_char, c_int};
use std::ptr::null_mut;
use std::sync::OnceLock;

use super::client::{uc_client, usable};
use super::pointers::{free, give, handle, optional_text, put, texts};
use super::report::c_string;
use super::{Failure, guard, look};
use crate::interface::Status;
use crate::read::{Check, Finding};
use crate::update::Value;

/// What `uc_client_check` found: a line for each thing that it looked at. Freed by `uc_check_free`; outlives the
/// client. Immutable: any number of threads may read it. Every text that its functions return is borrowed from it.
pub struct uc_check {
    check: Check,
    /// What each line is about, and its sentence.
    lines: Vec<(CString, CString)>,
    text: OnceLock<CString>,
    json: OnceLock<CString>,
}

/// Looks at everything that an update needs, in order: name, connection, certificate, clock, token, what the key may do;
/// with an `attribute` (NULL: none) also whether it exists and whether `json_values`, `n` JSON values, fit its type.
/// Only reads, in a few requests at the client's rate limit; blocks until it is done, each request within its limits.
/// Writes the result to `*out`, which is set to NULL first. What does not work is a line of the result, and the function
/// returns `UC_STATUS_OK`: see `uc_check_status`. Invalid arguments and a forked client return their status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_check(
    client: *const uc_client,
    attribute: *const c_char,
    json_values: *const *const c_char,
    n: usize,
    out: *mut *mut uc_check,
) -> c_int {
    guard(|| {
        if out.is_null() {
            return Err(Failure::invalid("out", "is NULL"));
        }
        // SAFETY: not NULL; the caller gives room, a live handle, and strings that end with a NUL.
        let (client, attribute, values) = unsafe {
            put(out, null_mut());
            (usable(client)?, optional_text(attribute, "attribute")?, texts(json_values, n, "values")?)
        };
        let value =
            |(at, text): (usize, &&str)| Value::json(text).map_err(|error| error.of_entry("values", at));
        let values = values.iter().enumerate().map(value).collect::<Result<Vec<_>, _>>()?;
        let check = client.check(attribute, &values)?;
        let line = |line: &crate::read::CheckLine| (c_string(line.about), c_string(&line.text));
        let lines = check.lines().iter().map(line).collect();
        // SAFETY: as above.
        unsafe { put(out, give(uc_check { check, lines, text: OnceLock::new(), json: OnceLock::new() })) };
        Ok(())
    })
}

/// `UC_STATUS_OK` if nothing failed, also with warnings; otherwise the `uc_status` with which an update would probably
/// end. NULL: `UC_STATUS_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_check_status(check: *const uc_check) -> c_int {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { check.as_ref() }.map_or(Status::InvalidArgument.code(), |handle| handle.check.status().code())
}

/// The number of lines. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_check_count(check: *const uc_check) -> usize {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { check.as_ref() }.map_or(0, |handle| handle.lines.len())
}

/// The `k`-th line, counted from 0: what was found (0 ok, 1 warning, 2 failed), what it is about, such as `token`, and
/// a sentence with what to do. Each out-parameter may be NULL; the texts live as long as the check. If there is no
/// `k`-th, it returns `UC_STATUS_INVALID_ARGUMENT` and writes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_check_line(
    check: *const uc_check,
    k: usize,
    finding: *mut c_int,
    about: *mut *const c_char,
    text: *mut *const c_char,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle or NULL.
        let handle = unsafe { handle(check, "check") }?;
        let (Some(line), Some(texts)) = (handle.check.lines().get(k), handle.lines.get(k)) else {
            return Err(Failure::invalid("k", format!("there is no line {k} (counted from 0)")));
        };
        let found = match line.finding {
            Finding::Ok => 0,
            Finding::Warning => 1,
            Finding::Failed => 2,
        };
        // SAFETY: the caller gives room for each, or NULL.
        unsafe {
            put(finding, found);
            put(about, texts.0.as_ptr());
            put(text, texts.1.as_ptr());
        }
        Ok(())
    })
}

/// All lines for people, each with its finding in front. Never NULL, "" for NULL; lives as long as the check.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_check_text(check: *const uc_check) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    let Some(check) = (unsafe { check.as_ref() }) else { return c"".as_ptr() };
    look(c"".as_ptr(), || check.text.get_or_init(|| c_string(&check.check.to_string())).as_ptr())
}

/// The check as JSON: `status`, `code`, `passed` and `lines`, each with `about`, `finding` (`ok`, `warning` or `failed`)
/// and `text`. Never NULL, "{}" for NULL; lives as long as the check.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_check_json(check: *const uc_check) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    let Some(check) = (unsafe { check.as_ref() }) else { return c"{}".as_ptr() };
    look(c"{}".as_ptr(), || check.json.get_or_init(|| c_string(&check.check.to_json())).as_ptr())
}

/// Frees a check. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_check_free(check: *mut uc_check) {
    // SAFETY: the caller gives back what `uc_client_check` gave.
    unsafe { free(check) };
}
