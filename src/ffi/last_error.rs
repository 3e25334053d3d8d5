//! This thread's last failure, in a fixed buffer, so that the pointer never changes.

use std::cell::UnsafeCell;
use std::ffi::c_char;

const SIZE: usize = 1024;

thread_local! {
    static BUFFER: UnsafeCell<[u8; SIZE]> = const { UnsafeCell::new([0; SIZE]) };
}

/// Keeps `message` for this thread, truncated at a UTF-8 boundary. The only place that writes.
pub(super) fn set(message: &str) {
    // A message has no NUL: it would end there for C.
    let text = message.replace('\0', "\\0");
    let mut end = text.len().min(SIZE - 1);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    BUFFER.with(|buffer| {
        // SAFETY: the buffer is this thread's own, and no reference into it outlives this block. C may read
        // it through its pointer, but not while this thread is in here.
        let buffer = unsafe { &mut *buffer.get() };
        buffer[..end].copy_from_slice(&text.as_bytes()[..end]);
        buffer[end] = 0;
    });
}

/// This thread's last failure: which argument, or what happened. Never NULL; "" if nothing failed yet. The pointer
/// stays the same for the lifetime of the thread; the next failing call of this thread replaces the text, at most
/// 1,023 bytes of UTF-8. Success, accessors and `_free` don't change it.
#[unsafe(no_mangle)]
pub extern "C" fn uc_last_error() -> *const c_char {
    BUFFER.with(|buffer| buffer.get().cast())
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    #[test]
    fn cut_at_a_character() {
        let before = uc_last_error();
        set(&"é".repeat(600));
        assert_eq!(before, uc_last_error());
        // SAFETY: the buffer always ends with a NUL.
        let text = unsafe { CStr::from_ptr(uc_last_error()) }.to_str().unwrap();
        assert_eq!(text, "é".repeat(511));
        set("a\0b");
        // SAFETY: as above.
        assert_eq!(unsafe { CStr::from_ptr(uc_last_error()) }, c"a\\0b");
    }
}
