//! The C functions, with the types that they have in `usercom::ffi`, which does not export them yet.
// Each test binary uses a part of this, and the fuzz target nearly all. The names are those that C sees.
#![allow(dead_code, non_camel_case_types, unsafe_code)]

use std::ffi::{c_char, c_int, c_void};

macro_rules! handles {
    ($($name:ident),*) => { $(#[repr(C)] pub struct $name([u8; 0]);)* };
}

handles!(uc_options, uc_client, uc_cancel, uc_progress, uc_run_options, uc_report);
pub type uc_log_fn = Option<unsafe extern "C" fn(*mut c_void, c_int, *const c_char)>;
pub type uc_progress_fn = Option<unsafe extern "C" fn(*mut c_void, *const uc_progress) -> c_int>;

#[rustfmt::skip]
unsafe extern "C" {
    pub safe fn uc_options_new() -> *mut uc_options;
    pub fn uc_options_free(options: *mut uc_options);
    pub fn uc_options_set_base_url(options: *mut uc_options, url: *const c_char) -> c_int;
    pub fn uc_options_set_method(options: *mut uc_options, method: *const c_char) -> c_int;
    pub fn uc_options_set_api_version(options: *mut uc_options, version: u32) -> c_int;
    pub fn uc_options_set_request_timeout_ms(options: *mut uc_options, ms: u64) -> c_int;
    pub fn uc_options_set_batch_size(options: *mut uc_options, ids: usize) -> c_int;
    pub fn uc_options_set_workers(options: *mut uc_options, workers: u32) -> c_int;
    pub fn uc_options_set_rate_limit(options: *mut uc_options, requests: u32, per_ms: u64) -> c_int;
    pub fn uc_options_set_max_attempts(options: *mut uc_options, attempts: u32) -> c_int;
    pub fn uc_options_set_proxy(options: *mut uc_options, url: *const c_char) -> c_int;
    pub fn uc_options_set_ca_file(options: *mut uc_options, pem_path: *const c_char) -> c_int;
    pub fn uc_options_set_log(options: *mut uc_options, log: uc_log_fn, userdata: *mut c_void, max_level: c_int) -> c_int;
    pub fn uc_client_new(subdomain: *const c_char, token: *const c_char, options: *const uc_options, out: *mut *mut uc_client) -> c_int;
    pub fn uc_client_shared(subdomain: *const c_char, token: *const c_char, out: *mut *mut uc_client) -> c_int;
    pub fn uc_client_free(client: *mut uc_client);
    pub safe fn uc_shutdown();
    pub safe fn uc_cancel_new() -> *mut uc_cancel;
    pub fn uc_cancel_request(cancel: *mut uc_cancel);
    pub fn uc_cancel_free(cancel: *mut uc_cancel);
    pub fn uc_progress_done(progress: *const uc_progress) -> usize;
    pub fn uc_progress_total(progress: *const uc_progress) -> usize;
    pub fn uc_progress_confirmed(progress: *const uc_progress) -> usize;
    pub fn uc_progress_rejected(progress: *const uc_progress) -> usize;
    pub fn uc_progress_requests(progress: *const uc_progress) -> usize;
    pub fn uc_progress_waiting_ms(progress: *const uc_progress) -> u64;
    pub safe fn uc_run_options_new() -> *mut uc_run_options;
    pub fn uc_run_options_free(run_options: *mut uc_run_options);
    pub fn uc_run_options_set_deadline_ms(run_options: *mut uc_run_options, ms: u64) -> c_int;
    pub fn uc_run_options_set_patience_ms(run_options: *mut uc_run_options, ms: u64) -> c_int;
    pub fn uc_run_options_set_max_requests(run_options: *mut uc_run_options, requests: u64) -> c_int;
    pub fn uc_run_options_set_journal_dir(run_options: *mut uc_run_options, dir: *const c_char) -> c_int;
    pub fn uc_run_options_set_journal_max_age_ms(run_options: *mut uc_run_options, ms: u64) -> c_int;
    pub fn uc_run_options_set_standard_attributes(run_options: *mut uc_run_options, on: c_int) -> c_int;
    pub fn uc_run_options_set_allow_null(run_options: *mut uc_run_options, on: c_int) -> c_int;
    pub fn uc_run_options_set_dry_run(run_options: *mut uc_run_options, on: c_int) -> c_int;
    pub fn uc_run_options_set_progress(run_options: *mut uc_run_options, progress: uc_progress_fn, userdata: *mut c_void) -> c_int;
    pub fn uc_run_options_set_cancel(run_options: *mut uc_run_options, cancel: *const uc_cancel) -> c_int;
    pub fn uc_mass_update(subdomain: *const c_char, token: *const c_char, ids: *const i64, n: usize, attr: *const c_char, json_value: *const c_char) -> c_int;
    pub fn uc_client_mass_update(client: *const uc_client, ids: *const i64, n: usize, attr: *const c_char, json_value: *const c_char, run_options: *const uc_run_options, report: *mut *mut uc_report) -> c_int;
    pub fn uc_client_mass_update_custom_ids(client: *const uc_client, custom_ids: *const *const c_char, n: usize, attr: *const c_char, json_value: *const c_char, run_options: *const uc_run_options, report: *mut *mut uc_report) -> c_int;
    pub fn uc_client_mass_update_rows(client: *const uc_client, ids: *const i64, value_index: *const u32, n: usize, json_values: *const *const c_char, n_values: usize, attr: *const c_char, run_options: *const uc_run_options, report: *mut *mut uc_report) -> c_int;
    pub fn uc_client_mass_update_rows_custom_ids(client: *const uc_client, custom_ids: *const *const c_char, value_index: *const u32, n: usize, json_values: *const *const c_char, n_values: usize, attr: *const c_char, run_options: *const uc_run_options, report: *mut *mut uc_report) -> c_int;
    pub fn uc_report_status(report: *const uc_report) -> c_int;
    pub fn uc_report_message(report: *const uc_report) -> *const c_char;
    pub fn uc_report_total(report: *const uc_report) -> usize;
    pub fn uc_report_confirmed(report: *const uc_report) -> usize;
    pub fn uc_report_rejected(report: *const uc_report) -> usize;
    pub fn uc_report_unknown(report: *const uc_report) -> usize;
    pub fn uc_report_not_attempted(report: *const uc_report) -> usize;
    pub fn uc_report_requests(report: *const uc_report) -> usize;
    pub fn uc_report_state(report: *const uc_report, index: usize) -> c_int;
    pub fn uc_report_states(report: *const uc_report, out: *mut u8, n: usize) -> c_int;
    pub fn uc_report_failure_count(report: *const uc_report) -> usize;
    pub fn uc_report_failure(report: *const uc_report, k: usize, index: *mut usize, http_status: *mut c_int, message: *mut *const c_char) -> c_int;
    pub fn uc_report_json(report: *const uc_report) -> *const c_char;
    pub fn uc_report_free(report: *mut uc_report);
    pub safe fn uc_last_error() -> *const c_char;
    pub safe fn uc_status_message(status: c_int) -> *const c_char;
    pub safe fn uc_library_version() -> *const c_char;
    pub safe fn uc_abi_version() -> u32;
}
