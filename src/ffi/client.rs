//! Clients and runs.

use std::ffi::{c_char, c_int};
use std::ops::ControlFlow;

use super::cancel::uc_progress;
use super::options::uc_options;
use super::pointers::{array, free, give, handle, optional_text, put, text, texts};
use super::report::uc_report;
use super::run_options::uc_run_options;
use super::{Failure, guard, last_error, look};
use crate::client::Client;
use crate::interface::Status;
use crate::options::RunOptions;
use crate::report::Report;
use crate::run::{Hooks, ProgressFn};
use crate::throttle::generation;
use crate::update::{Ids, Update, Value};

/// One User.com account. Made by `uc_client_new` or `uc_client_shared`, freed by `uc_client_free`. Immutable:
/// any number of threads may use it at once. Do not use it in the child after `fork()`: it returns
/// `UC_STATUS_FORKED` there; make another one in the child.
pub struct uc_client {
    client: Client,
    /// Of the process that made it.
    generation: u32,
}

/// Sets attribute `attr` of `n` users to a value, in one call with all defaults.
///
/// `subdomain` is the `acme` of `https://acme.user.com`; `token` the 64-character REST API key; `ids` are
/// User.com's own ids, above 0 (NULL with `n` 0 is an empty list: nothing is sent); `attr` has 1 to 255
/// characters; `json_value` is one JSON value, sent as written: `true`, `3`, `"pro"`, `"2026-11-23"`. An id that comes
/// more than once is sent once.
///
/// Blocks until the run completes or stops early. Calls with the same subdomain and token share connections and the
/// rate limit, on any thread. The environment variable `USERCOM_BASE_URL` may name a loopback address to send to
/// instead; of the other functions only the two `uc_client_shared` ones read it. Returns a `uc_status`; `uc_last_error` says more for
/// everything but `UC_STATUS_OK`. To learn which ids
/// were not confirmed, use `uc_client_mass_update`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_mass_update(
    subdomain: *const c_char,
    token: *const c_char,
    ids: *const i64,
    n: usize,
    attr: *const c_char,
    json_value: *const c_char,
) -> c_int {
    // SAFETY: the caller gives strings that end with a NUL, and `n` ids.
    let call = || unsafe {
        let client = Client::shared(text(subdomain, "subdomain")?, text(token, "token")?)?;
        let update = one_value(attr, json_value)?;
        let ids = Ids::Numeric(array(ids, n, "ids")?);
        Ok(client.execute(&update, ids, &RunOptions::default(), Hooks::default())?)
    };
    run(std::ptr::null_mut(), call)
}

/// Makes a client with these options (NULL: all defaults) and writes it to `*out`, which is set to NULL first.
/// Returns `UC_STATUS_INVALID_ARGUMENT` if the subdomain or the token is invalid, and `UC_STATUS_TLS` if this machine
/// has no trusted certificates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_new(
    subdomain: *const c_char,
    token: *const c_char,
    options: *const uc_options,
    out: *mut *mut uc_client,
) -> c_int {
    // SAFETY: the caller gives strings that end with a NUL, and a live handle or NULL.
    let make = || unsafe {
        let mut builder = Client::builder(text(subdomain, "subdomain")?, text(token, "token")?);
        if let Some(handle) = options.as_ref() {
            builder = builder.with(handle.options.clone(), handle.log.clone());
        }
        Ok(builder.build()?)
    };
    // SAFETY: the caller gives room for a pointer, or NULL.
    unsafe { give_client(out, make) }
}

/// The client that one-shot calls share, written to `*out`. Free the handle like any other; the client itself is kept
/// for the next call, until `uc_shutdown` or until eight others have been used. Fails like `uc_client_new`, and if
/// `USERCOM_BASE_URL` names anything but a loopback address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_shared(
    subdomain: *const c_char,
    token: *const c_char,
    out: *mut *mut uc_client,
) -> c_int {
    // SAFETY: the caller gives strings that end with a NUL, and room for a pointer or NULL.
    unsafe { give_client(out, || Ok(Client::shared(text(subdomain, "subdomain")?, text(token, "token")?)?)) }
}

/// Like `uc_client_shared`, with a rate limit scope, "process" or "host" (NULL: "process"), as of
/// `uc_options_set_rate_limit_scope`. For programs that are many processes by nature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_shared_with_scope(
    subdomain: *const c_char,
    token: *const c_char,
    rate_limit_scope: *const c_char,
    out: *mut *mut uc_client,
) -> c_int {
    // SAFETY: the caller gives strings that end with a NUL, of which the scope may be NULL.
    let make = || unsafe {
        let scope = optional_text(rate_limit_scope, "rate_limit_scope")?.unwrap_or("process");
        Ok(Client::shared_with_scope(text(subdomain, "subdomain")?, text(token, "token")?, scope)?)
    };
    // SAFETY: the caller gives room for a pointer, or NULL.
    unsafe { give_client(out, make) }
}

/// # Safety
/// `out` is NULL or has room for a pointer.
unsafe fn give_client(out: *mut *mut uc_client, make: impl FnOnce() -> Result<Client, Failure>) -> c_int {
    guard(|| {
        if out.is_null() {
            return Err(Failure::invalid("out", "is NULL"));
        }
        // SAFETY: not NULL; the caller gives room.
        unsafe { put(out, std::ptr::null_mut()) };
        let client = make()?;
        // SAFETY: as above.
        unsafe { put(out, give(uc_client { client, generation: generation() })) };
        Ok(())
    })
}

/// Frees a client. NULL is a no-op. Does not wait; a run of another thread on this client continues.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_free(client: *mut uc_client) {
    // SAFETY: the caller gives back what this library gave.
    unsafe { free(client) };
}

/// Drops the shared clients of one-shot calls and wipes their tokens. Runs that use one continue.
#[unsafe(no_mangle)]
pub extern "C" fn uc_shutdown() {
    look((), Client::shutdown_shared);
}

/// Sets `attribute` of `n` users to one value, like `uc_mass_update`. `run_options` NULL: defaults. `*report`
/// (`report` may be NULL) is set to NULL first, then to a report, also for a run that stopped early and for invalid
/// arguments (total 0, and the message); free it with `uc_report_free`. Returns the report's status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_mass_update(
    client: *const uc_client,
    ids: *const i64,
    n: usize,
    attribute: *const c_char,
    json_value: *const c_char,
    run_options: *const uc_run_options,
    report: *mut *mut uc_report,
) -> c_int {
    // SAFETY: the caller gives live handles, strings that end with a NUL, and `n` ids.
    let call = || unsafe {
        let ids = Ids::Numeric(array(ids, n, "ids")?);
        update(client, one_value(attribute, json_value)?, ids, run_options)
    };
    run(report, call)
}

/// Like `uc_client_mass_update`, for users that are identified by your own ids (`/users-by-id/`), each 1 to 1,024 bytes
/// of UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_mass_update_custom_ids(
    client: *const uc_client,
    custom_ids: *const *const c_char,
    n: usize,
    attribute: *const c_char,
    json_value: *const c_char,
    run_options: *const uc_run_options,
    report: *mut *mut uc_report,
) -> c_int {
    // SAFETY: the caller gives live handles, strings that end with a NUL, and `n` of them as ids.
    let call = || unsafe {
        let ids = Ids::Custom(texts(custom_ids, n, "custom_ids")?);
        update(client, one_value(attribute, json_value)?, ids, run_options)
    };
    run(report, call)
}

/// Sets `attribute` to a value for each user: the id at position `i` gets `json_values[value_index[i]]`. Ids are
/// grouped by value, to send as few requests as possible. The last value of an id wins; its earlier positions are not
/// attempted, and the run can still end with `UC_STATUS_OK`. At most 50,000 distinct values. Everything else is like `uc_client_mass_update`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_mass_update_rows(
    client: *const uc_client,
    ids: *const i64,
    value_index: *const u32,
    n: usize,
    json_values: *const *const c_char,
    n_values: usize,
    attribute: *const c_char,
    run_options: *const uc_run_options,
    report: *mut *mut uc_report,
) -> c_int {
    // SAFETY: the caller gives live handles, strings that end with a NUL, and arrays of `n` and `n_values`.
    let call = || unsafe {
        let ids = Ids::Numeric(array(ids, n, "ids")?);
        update(client, rows(value_index, n, json_values, n_values, attribute)?, ids, run_options)
    };
    run(report, call)
}

/// Like `uc_client_mass_update_rows`, for users that are identified by your own ids.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_mass_update_rows_custom_ids(
    client: *const uc_client,
    custom_ids: *const *const c_char,
    value_index: *const u32,
    n: usize,
    json_values: *const *const c_char,
    n_values: usize,
    attribute: *const c_char,
    run_options: *const uc_run_options,
    report: *mut *mut uc_report,
) -> c_int {
    // SAFETY: the caller gives live handles, strings that end with a NUL, and arrays of `n` and `n_values`.
    let call = || unsafe {
        let ids = Ids::Custom(texts(custom_ids, n, "custom_ids")?);
        update(client, rows(value_index, n, json_values, n_values, attribute)?, ids, run_options)
    };
    run(report, call)
}

/// # Safety
/// Both are NULL or strings that end with a NUL.
pub(super) unsafe fn one_value(
    attribute: *const c_char,
    json_value: *const c_char,
) -> Result<Update, Failure> {
    // SAFETY: the caller promises it.
    let (attribute, value) = unsafe { (text(attribute, "attribute")?, text(json_value, "value")?) };
    Ok(Update::new(attribute, Value::json(value)?))
}

/// # Safety
/// NULL or arrays of `n` and `n_values`, and strings that end with a NUL.
unsafe fn rows(
    value_index: *const u32,
    n: usize,
    json_values: *const *const c_char,
    n_values: usize,
    attribute: *const c_char,
) -> Result<Update, Failure> {
    // SAFETY: the caller promises it.
    let (attribute, index, texts) = unsafe {
        (
            text(attribute, "attribute")?,
            array(value_index, n, "value_index")?,
            texts(json_values, n_values, "values")?,
        )
    };
    let value = |(at, text): (usize, &&str)| Value::json(text).map_err(|error| error.of_entry("values", at));
    let values = texts.iter().enumerate().map(value).collect::<Result<_, _>>()?;
    Ok(Update::rows(attribute, values, index.to_vec()))
}

/// # Safety
/// Both are NULL or live handles.
pub(super) unsafe fn update(
    client: *const uc_client,
    update: Update,
    ids: Ids<'_>,
    run_options: *const uc_run_options,
) -> Result<Report, Failure> {
    // SAFETY: the caller promises it.
    let (client, run_options) = unsafe { (usable(client)?, run_options.as_ref()) };
    let Some(run_options) = run_options else {
        return Ok(client.execute(&update, ids, &RunOptions::default(), Hooks::default())?);
    };
    let progress = run_options.progress.map(|call| {
        let (userdata, heartbeat) = (run_options.userdata, run_options.heartbeat);
        let progress: Box<ProgressFn<'_>> = Box::new(move |progress| {
            let progress = uc_progress(*progress);
            heartbeat.clear();
            // SAFETY: the caller set this function for this pointer; the progress lives until it returns.
            match unsafe { call(userdata.0, &progress) } {
                0 if !heartbeat.is_missing() => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        });
        progress
    });
    let mut hooks = Hooks::default();
    hooks.progress = progress;
    hooks.cancel = run_options.cancel.clone();
    // A copy: nothing of the caller's may change while the run lasts.
    let options = run_options.options.clone();
    Ok(client.execute(&update, ids, &options, hooks)?)
}

/// A client that may be used in this process. Another thread may free the handle during the call, so this is a clone.
///
/// # Safety
/// `client` is NULL or a live handle.
pub(super) unsafe fn usable(client: *const uc_client) -> Result<Client, Failure> {
    // SAFETY: the caller promises it.
    let handle = unsafe { handle(client, "client") }?;
    if handle.generation != generation() {
        let message = "client: was made before fork() and this is the child; make another one here".into();
        return Err(Failure { status: Status::Forked, message });
    }
    Ok(handle.client.clone())
}

/// Runs an update, hands out its report, and returns its status.
pub(super) fn run(out: *mut *mut uc_report, call: impl FnOnce() -> Result<Report, Failure>) -> c_int {
    // SAFETY: the caller of the exported function gives room for a pointer, or NULL.
    unsafe { put(out, std::ptr::null_mut()) };
    let mut status = Status::Ok;
    let guarded = guard(|| {
        let report = call().unwrap_or_else(|failure| Report::not_started(failure.status, failure.message));
        let report = uc_report::from(report);
        let message;
        (status, message) = report.outcome();
        if status != Status::Ok {
            last_error::set(message);
        }
        if !out.is_null() {
            // SAFETY: not NULL; the caller gives room.
            unsafe { put(out, give(report)) };
        }
        Ok(())
    });
    if guarded == Status::Ok.code() { status.code() } else { guarded }
}
