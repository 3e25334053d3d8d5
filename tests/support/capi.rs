//! The C functions as a C program sees them: by name, every handle a pointer to nothing in particular.
// Each test binary uses a part of this, and the fuzz target for them nearly all.
#![allow(dead_code)]
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};

#[allow(non_camel_case_types)]
pub type ptr = *mut c_void;
pub type Text = *const c_char;
pub type LogFn = Option<unsafe extern "C" fn(userdata: ptr, level: c_int, message: Text)>;
pub type ProgressFn = Option<unsafe extern "C" fn(userdata: ptr, progress: *const c_void) -> c_int>;

unsafe extern "C" {
    pub fn uc_options_new() -> ptr;
    pub fn uc_options_free(options: ptr);
    pub fn uc_options_set_base_url(options: ptr, url: Text) -> c_int;
    pub fn uc_options_set_method(options: ptr, method: Text) -> c_int;
    pub fn uc_options_set_api_version(options: ptr, version: u32) -> c_int;
    pub fn uc_options_set_request_timeout_ms(options: ptr, ms: u64) -> c_int;
    pub fn uc_options_set_batch_size(options: ptr, ids: usize) -> c_int;
    pub fn uc_options_set_workers(options: ptr, workers: u32) -> c_int;
    pub fn uc_options_set_rate_limit(options: ptr, requests: u32, per_ms: u64) -> c_int;
    pub fn uc_options_set_max_attempts(options: ptr, attempts: u32) -> c_int;
    pub fn uc_options_set_proxy(options: ptr, url: Text) -> c_int;
    pub fn uc_options_set_ca_file(options: ptr, pem_path: Text) -> c_int;
    pub fn uc_options_set_log(options: ptr, log: LogFn, userdata: ptr, max_level: c_int) -> c_int;

    pub fn uc_client_new(subdomain: Text, token: Text, options: ptr, out: *mut ptr) -> c_int;
    pub fn uc_client_shared(subdomain: Text, token: Text, out: *mut ptr) -> c_int;
    pub fn uc_client_free(client: ptr);
    pub fn uc_shutdown();

    pub fn uc_cancel_new() -> ptr;
    pub fn uc_cancel_request(cancel: ptr);
    pub fn uc_cancel_free(cancel: ptr);

    pub fn uc_progress_done(progress: *const c_void) -> usize;
    pub fn uc_progress_total(progress: *const c_void) -> usize;
    pub fn uc_progress_confirmed(progress: *const c_void) -> usize;
    pub fn uc_progress_rejected(progress: *const c_void) -> usize;
    pub fn uc_progress_requests(progress: *const c_void) -> usize;
    pub fn uc_progress_waiting_ms(progress: *const c_void) -> u64;

    pub fn uc_run_options_new() -> ptr;
    pub fn uc_run_options_free(run_options: ptr);
    pub fn uc_run_options_set_deadline_ms(run_options: ptr, ms: u64) -> c_int;
    pub fn uc_run_options_set_patience_ms(run_options: ptr, ms: u64) -> c_int;
    pub fn uc_run_options_set_max_requests(run_options: ptr, requests: u64) -> c_int;
    pub fn uc_run_options_set_journal_dir(run_options: ptr, dir: Text) -> c_int;
    pub fn uc_run_options_set_journal_max_age_ms(run_options: ptr, ms: u64) -> c_int;
    pub fn uc_run_options_set_standard_attributes(run_options: ptr, on: c_int) -> c_int;
    pub fn uc_run_options_set_allow_null(run_options: ptr, on: c_int) -> c_int;
    pub fn uc_run_options_set_dry_run(run_options: ptr, on: c_int) -> c_int;
    pub fn uc_run_options_set_progress(run_options: ptr, progress: ProgressFn, userdata: ptr) -> c_int;
    pub fn uc_run_options_set_cancel(run_options: ptr, cancel: ptr) -> c_int;

    pub fn uc_mass_update(
        subdomain: Text,
        token: Text,
        ids: *const i64,
        n: usize,
        attr: Text,
        json_value: Text,
    ) -> c_int;
    pub fn uc_client_mass_update(
        client: ptr,
        ids: *const i64,
        n: usize,
        attr: Text,
        json_value: Text,
        run_options: ptr,
        report: *mut ptr,
    ) -> c_int;
    pub fn uc_client_mass_update_custom_ids(
        client: ptr,
        custom_ids: *const Text,
        n: usize,
        attr: Text,
        json_value: Text,
        run_options: ptr,
        report: *mut ptr,
    ) -> c_int;
    pub fn uc_client_mass_update_rows(
        client: ptr,
        ids: *const i64,
        value_index: *const u32,
        n: usize,
        json_values: *const Text,
        n_values: usize,
        attr: Text,
        run_options: ptr,
        report: *mut ptr,
    ) -> c_int;
    pub fn uc_client_mass_update_rows_custom_ids(
        client: ptr,
        custom_ids: *const Text,
        value_index: *const u32,
        n: usize,
        json_values: *const Text,
        n_values: usize,
        attr: Text,
        run_options: ptr,
        report: *mut ptr,
    ) -> c_int;

    pub fn uc_report_status(report: ptr) -> c_int;
    pub fn uc_report_message(report: ptr) -> Text;
    pub fn uc_report_total(report: ptr) -> usize;
    pub fn uc_report_confirmed(report: ptr) -> usize;
    pub fn uc_report_rejected(report: ptr) -> usize;
    pub fn uc_report_unknown(report: ptr) -> usize;
    pub fn uc_report_not_attempted(report: ptr) -> usize;
    pub fn uc_report_requests(report: ptr) -> usize;
    pub fn uc_report_state(report: ptr, index: usize) -> c_int;
    pub fn uc_report_states(report: ptr, out: *mut u8, n: usize) -> c_int;
    pub fn uc_report_failure_count(report: ptr) -> usize;
    pub fn uc_report_failure(
        report: ptr,
        k: usize,
        index: *mut usize,
        http_status: *mut c_int,
        message: *mut Text,
    ) -> c_int;
    pub fn uc_report_json(report: ptr) -> Text;
    pub fn uc_report_free(report: ptr);

    pub fn uc_last_error() -> Text;
    pub fn uc_status_message(status: c_int) -> Text;
    pub fn uc_library_version() -> Text;
    pub fn uc_abi_version() -> u32;
}
