//! What C hands over, checked as far as a pointer can be: the only file that makes references of it.

use std::ffi::{CStr, c_char};
use std::fmt::Display;

use super::Failure;

/// A C string as text.
///
/// # Safety
/// `text` is NULL or points to a NUL-terminated string that stays unchanged during the call.
pub(super) unsafe fn text<'a>(text: *const c_char, name: impl Display) -> Result<&'a str, Failure> {
    if text.is_null() {
        return Err(Failure::invalid(name, "is NULL"));
    }
    // SAFETY: the caller of the exported function promises that it ends with a NUL.
    let bytes = unsafe { CStr::from_ptr(text) };
    bytes.to_str().map_err(|e| Failure::invalid(name, format_args!("is not UTF-8: {e}")))
}

/// A C string, or `None` for NULL.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn optional_text<'a>(
    text: *const c_char,
    name: impl Display,
) -> Result<Option<&'a str>, Failure> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller of the exported function promises it.
    unsafe { self::text(text, name) }.map(Some)
}

/// An array as a slice; NULL with no elements is an empty one.
///
/// # Safety
/// `first` is NULL or points to `n` elements that stay unchanged during the call.
pub(super) unsafe fn array<'a, T>(first: *const T, n: usize, name: &str) -> Result<&'a [T], Failure> {
    if n == 0 {
        return Ok(&[]);
    }
    if first.is_null() {
        return Err(Failure::invalid(name, format!("is NULL, but there are {n} elements")));
    }
    if !first.is_aligned() {
        return Err(Failure::invalid(name, "is not aligned as its type must be"));
    }
    if n > isize::MAX as usize / size_of::<T>() {
        return Err(Failure::invalid(
            name,
            format!("can't have {n} elements: that is more than memory holds"),
        ));
    }
    // SAFETY: not NULL, aligned, of a possible size; the caller of the exported function promises the rest.
    Ok(unsafe { std::slice::from_raw_parts(first, n) })
}

/// An array of C strings as texts.
///
/// # Safety
/// As [`array`], and each element as [`text`].
pub(super) unsafe fn texts<'a>(
    first: *const *const c_char,
    n: usize,
    name: &str,
) -> Result<Vec<&'a str>, Failure> {
    // SAFETY: the caller of the exported function promises it.
    let pointers = unsafe { array(first, n, name) }?;
    let one = |(at, pointer): (usize, &*const c_char)| {
        // SAFETY: as above, for each element.
        unsafe { text(*pointer, format_args!("{name}[{at}]")) }
    };
    pointers.iter().enumerate().map(one).collect()
}

/// A handle that must be there.
///
/// # Safety
/// `handle` is NULL or came from this library and was not freed.
pub(super) unsafe fn handle<'a, T>(handle: *const T, name: &str) -> Result<&'a T, Failure> {
    // SAFETY: the caller of the exported function promises it.
    unsafe { handle.as_ref() }.ok_or_else(|| Failure::invalid(name, "is NULL"))
}

/// A handle to change that must be there.
///
/// # Safety
/// As [`handle`], and no other thread uses it during the call.
pub(super) unsafe fn handle_mut<'a, T>(handle: *mut T, name: &str) -> Result<&'a mut T, Failure> {
    // SAFETY: the caller of the exported function promises it.
    unsafe { handle.as_mut() }.ok_or_else(|| Failure::invalid(name, "is NULL"))
}

/// Gives a value to C, which frees it with its `_free`.
pub(super) fn give<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes back what [`give`] gave. NULL is nothing.
///
/// # Safety
/// `handle` is NULL or came from [`give`] and was not freed.
pub(super) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        super::look((), || {
            // SAFETY: from `give`, and nobody else frees it; the caller of the exported function promises it.
            drop(unsafe { Box::from_raw(handle) });
        });
    }
}

/// Writes to an out-parameter that may be NULL.
///
/// # Safety
/// `out` is NULL or points to writable memory for a `T`.
pub(super) unsafe fn put<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: not NULL; the caller of the exported function promises the rest.
        unsafe { out.write(value) };
    }
}
