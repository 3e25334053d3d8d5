//! The sentences of the statuses, and the versions.

use std::ffi::{c_char, c_int};

use super::generated::message;

/// The ABI version: that of this interface. Additions do not change it.
pub const UC_ABI_VERSION: u32 = 1;

/// What a status means, in one sentence. Never NULL; a static string.
#[unsafe(no_mangle)]
pub extern "C" fn uc_status_message(status: c_int) -> *const c_char {
    message(status).as_ptr()
}

/// The library's version, such as "0.1.0". A static string.
#[unsafe(no_mangle)]
pub extern "C" fn uc_library_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// The ABI version of the library. Compare it with `UC_ABI_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn uc_abi_version() -> u32 {
    UC_ABI_VERSION
}
