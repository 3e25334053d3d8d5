//! Options of a client, and how every setter works.

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::Arc;

use super::pointers::{free, give, handle_mut, optional_text, text};
use super::{Failure, guard, look};
use crate::error::Error;
use crate::options::{ClientOptions, Given, Options, Setting};
use crate::run::Log;

/// Options of a client. Made by `uc_options_new`, freed by `uc_options_free`. A client copies them: they may be
/// freed or used again right after `uc_client_new`. One thread at a time.
#[derive(Default)]
pub struct uc_options {
    pub(crate) options: ClientOptions,
    pub(super) log: Option<Log>,
}

/// Receives log lines: 1 error, 2 warning, 3 info, 4 debug, 5 trace. Called on the thread that runs the
/// update, never two at a time for one run. It must return normally: no longjmp, no C++ exception.
pub type uc_log_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, level: c_int, message: *const c_char)>;

/// A handle with options that are set by name.
pub(super) trait Settable {
    type Options: Options;
    /// The parameter of the setters.
    const NAME: &'static str;

    fn options(&mut self) -> &mut Self::Options;
}

impl Settable for uc_options {
    type Options = ClientOptions;
    const NAME: &'static str = "options";

    fn options(&mut self) -> &mut ClientOptions {
        &mut self.options
    }
}

/// New options, all with their defaults. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn uc_options_new() -> *mut uc_options {
    look(std::ptr::null_mut(), || give(uc_options::default()))
}

/// Frees options. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_free(options: *mut uc_options) {
    // SAFETY: the caller gives back what `uc_options_new` gave.
    unsafe { free(options) };
}

/// Sets an option by its name, such as `batch_size` or `request_timeout_ms`, to a JSON value: a number, a string, true,
/// false, or for `rate_limit` an object such as `{"requests": 5, "per_ms": 1000}`. `null` and NULL are the default,
/// also of numbers, whose setters can't say it. Names, types, units, ranges and defaults are those of the setters below and are listed in `usercom.json`. An
/// unknown name and a value of a wrong type or outside its range return `UC_STATUS_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set(
    options: *mut uc_options,
    name: *const c_char,
    json_value: *const c_char,
) -> c_int {
    // SAFETY: the caller gives a live handle and strings that end with a NUL.
    unsafe { set_by_name(options, name, json_value) }
}

/// # Safety
/// `handle` is NULL or a live handle that no other thread uses now; the others are NULL or strings.
pub(super) unsafe fn set_by_name<H: Settable>(
    handle: *mut H,
    name: *const c_char,
    json_value: *const c_char,
) -> c_int {
    guard(|| {
        // SAFETY: the caller of the exported function promises it.
        let (handle, name) = unsafe { (handle_mut(handle, H::NAME)?, text(name, "name")?) };
        // Messages about the value name the option, as it was passed.
        let shown = name.escape_debug().to_string();
        let invalid = |problem: &str| Failure::invalid(&shown, problem);
        let rows = H::Options::ROWS;
        let Some(option) = rows.iter().find(|option| option.c_name() == name) else {
            let names: Vec<String> = rows.iter().map(|option| option.c_name()).collect();
            return Err(invalid(&format!("is not an option; the options are {}", names.join(", "))));
        };
        // SAFETY: as above.
        let json = unsafe { optional_text(json_value, &shown) }?.unwrap_or("null");
        let given =
            Given::from_json(option.kind, json).map_err(|problem| invalid(&option.with_bounds(problem)))?;
        handle.options().store(Setting { option, given }).map_err(|error| match error {
            Error::InvalidArgument { problem, .. } => invalid(&problem),
            other => other.into(),
        })
    })
}

/// Every setter: find the handle, set the option.
///
/// # Safety
/// `handle` is NULL or a live handle that no other thread uses now.
pub(super) unsafe fn set<H: Settable>(handle: *mut H, name: &str, given: Given<'_>) -> c_int {
    guard(|| {
        // SAFETY: the caller of the setter promises it.
        let handle = unsafe { handle_mut(handle, H::NAME) }?;
        Ok(handle.options().set(name, given)?)
    })
}

/// A setter that takes a text. NULL is the default.
///
/// # Safety
/// As [`set`]; `text` is NULL or a string that ends with a NUL.
pub(super) unsafe fn set_text<H: Settable>(handle: *mut H, name: &str, text: *const c_char) -> c_int {
    guard(|| {
        // SAFETY: the caller of the setter promises it.
        let (handle, text) = unsafe { (handle_mut(handle, H::NAME)?, optional_text(text, name)?) };
        let given = text.map_or(Given::Default, |text| Given::Text(text.into()));
        Ok(handle.options().set(name, given)?)
    })
}

/// A setter that takes a path: bytes on Unix, UTF-8 elsewhere. NULL is the default.
///
/// # Safety
/// As [`set_text`].
pub(super) unsafe fn set_path<H: Settable>(handle: *mut H, name: &str, path: *const c_char) -> c_int {
    if cfg!(not(unix)) || path.is_null() {
        // SAFETY: the caller of the setter promises it.
        return guard(|| unsafe {
            let handle = handle_mut(handle, H::NAME)?;
            let given = optional_text(path, name)?.map(|text| Given::Path(Path::new(text).into()));
            Ok(handle.options().set(name, given.unwrap_or(Given::Default))?)
        });
    }
    // SAFETY: not NULL; the caller promises that it ends with a NUL.
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes();
    // SAFETY: on Unix any bytes are an `OsStr`.
    let path = Path::new(unsafe { OsStr::from_encoded_bytes_unchecked(bytes) });
    // SAFETY: the caller of the setter promises it.
    unsafe { set(handle, name, Given::Path(path.into())) }
}

/// A function for log lines up to `max_level` (1 error to 5 trace). NULL: none (default). `userdata` is
/// passed to it and must outlive every client made with these options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_options_set_log(
    options: *mut uc_options,
    log: uc_log_fn,
    userdata: *mut c_void,
    max_level: c_int,
) -> c_int {
    guard(|| {
        // SAFETY: the caller gives a live handle.
        let options = unsafe { handle_mut(options, uc_options::NAME) }?;
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
        options.log = log.map(|write| Log {
            level,
            write: Arc::new(move |level, message| sink.write(write, level, message)),
        });
        Ok(())
    })
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
