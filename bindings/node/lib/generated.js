'use strict';
// The C functions, the statuses, the states of an id, and the options.
// Generated from src/interface and src/ffi by `make generate`; do not edit.

exports.ABI_VERSION = 1;

// As koffi reads them. Handles, ids and tables of texts are addresses or typed arrays.
exports.CALLBACKS = [
  'void uc_log_fn(void *userdata, int level, const char *message)',
  'int uc_progress_fn(void *userdata, void *progress)',
];
exports.FUNCTIONS = [
  'int uc_mass_update(const char *subdomain, const char *token, void *ids, size_t n, const char *attr, const char *json_value)',
  'int uc_client_new(const char *subdomain, const char *token, void *options, _Out_ void **out)',
  'int uc_client_shared(const char *subdomain, const char *token, _Out_ void **out)',
  'void uc_client_free(void *client)',
  'void uc_shutdown()',
  'int uc_client_mass_update(void *client, void *ids, size_t n, const char *attribute, const char *json_value, void *run_options, _Out_ void **report)',
  'int uc_client_mass_update_custom_ids(void *client, void *custom_ids, size_t n, const char *attribute, const char *json_value, void *run_options, _Out_ void **report)',
  'int uc_client_mass_update_rows(void *client, void *ids, void *value_index, size_t n, void *json_values, size_t n_values, const char *attribute, void *run_options, _Out_ void **report)',
  'int uc_client_mass_update_rows_custom_ids(void *client, void *custom_ids, void *value_index, size_t n, void *json_values, size_t n_values, const char *attribute, void *run_options, _Out_ void **report)',
  'void *uc_options_new()',
  'void uc_options_free(void *options)',
  'int uc_options_set(void *options, const char *name, const char *json_value)',
  'int uc_options_set_log(void *options, uc_log_fn *log, void *userdata, int max_level)',
  'void *uc_run_options_new()',
  'void uc_run_options_free(void *run_options)',
  'int uc_run_options_set(void *run_options, const char *name, const char *json_value)',
  'int uc_run_options_set_progress(void *run_options, uc_progress_fn *progress, void *userdata)',
  'int uc_run_options_set_heartbeat(void *run_options, void *heartbeat)',
  'int uc_run_options_set_cancel(void *run_options, void *cancel)',
  'int uc_options_set_base_url(void *options, const char *url)',
  'int uc_options_set_method(void *options, const char *method)',
  'int uc_options_set_api_version(void *options, uint32_t version)',
  'int uc_options_set_request_timeout_ms(void *options, uint64_t ms)',
  'int uc_options_set_batch_size(void *options, size_t ids)',
  'int uc_options_set_workers(void *options, uint32_t workers)',
  'int uc_options_set_rate_limit(void *options, uint32_t requests, uint64_t per_ms)',
  'int uc_options_set_max_attempts(void *options, uint32_t attempts)',
  'int uc_options_set_proxy(void *options, const char *url)',
  'int uc_options_set_ca_file(void *options, const char *pem_path)',
  'int uc_run_options_set_deadline_ms(void *run_options, uint64_t ms)',
  'int uc_run_options_set_stall_timeout_ms(void *run_options, uint64_t ms)',
  'int uc_run_options_set_max_requests(void *run_options, uint64_t requests)',
  'int uc_run_options_set_journal_dir(void *run_options, const char *dir)',
  'int uc_run_options_set_journal_max_age_ms(void *run_options, uint64_t ms)',
  'int uc_run_options_set_standard_attributes(void *run_options, int on)',
  'int uc_run_options_set_allow_null(void *run_options, int on)',
  'int uc_run_options_set_dry_run(void *run_options, int on)',
  'void *uc_cancel_new()',
  'void uc_cancel_request(void *cancel)',
  'void uc_cancel_free(void *cancel)',
  'size_t uc_progress_done(void *progress)',
  'size_t uc_progress_total(void *progress)',
  'size_t uc_progress_confirmed(void *progress)',
  'size_t uc_progress_rejected(void *progress)',
  'size_t uc_progress_requests(void *progress)',
  'uint64_t uc_progress_waiting_ms(void *progress)',
  'int uc_report_status(void *report)',
  'const char *uc_report_message(void *report)',
  'size_t uc_report_total(void *report)',
  'size_t uc_report_confirmed(void *report)',
  'size_t uc_report_rejected(void *report)',
  'size_t uc_report_unknown(void *report)',
  'size_t uc_report_not_attempted(void *report)',
  'size_t uc_report_requests(void *report)',
  'int uc_report_state(void *report, size_t index)',
  'int uc_report_states(void *report, void *out, size_t n)',
  'size_t uc_report_failure_count(void *report)',
  'int uc_report_failure(void *report, size_t k, _Out_ size_t *index, _Out_ int *http_status, _Out_ const char **message)',
  'const char *uc_report_text(void *report)',
  'const char *uc_report_json(void *report)',
  'void uc_report_free(void *report)',
  'const char *uc_last_error()',
  'const char *uc_status_message(int status)',
  'const char *uc_library_version()',
  'uint32_t uc_abi_version()',
];

exports.Status = Object.freeze({
  OK: 0,
  PARTIAL: 1,
  CANCELLED: 2,
  DEADLINE: 3,
  DRY_RUN: 4,
  INVALID_ARGUMENT: 10,
  UNAUTHORIZED: 20,
  RATE_LIMITED: 21,
  REJECTED: 22,
  SERVER: 23,
  WRONG_ENDPOINT: 24,
  REQUEST_LIMIT: 25,
  TRANSPORT: 30,
  BAD_RESPONSE: 31,
  TLS: 32,
  JOURNAL: 40,
  FORKED: 41,
  BUSY: 42,
  INTERNAL: 99,
});

exports.IdState = Object.freeze({
  NOT_ATTEMPTED: 0,
  CONFIRMED: 1,
  REJECTED: 2,
  UNKNOWN: 3,
});

// The statuses of a run that completed.
exports.COMPLETED = [0, 1, 4];

// Each option: its name in C and its kind.
exports.CLIENT_OPTIONS = {
  baseUrl: ['base_url', 'text'],
  method: ['method', 'text'],
  apiVersion: ['api_version', 'count'],
  requestTimeoutMs: ['request_timeout_ms', 'time'],
  batchSize: ['batch_size', 'count'],
  workers: ['workers', 'count'],
  rateLimit: ['rate_limit', 'rate'],
  maxAttempts: ['max_attempts', 'count'],
  proxy: ['proxy', 'text'],
  caFile: ['ca_file', 'path'],
};
exports.RUN_OPTIONS = {
  deadlineMs: ['deadline_ms', 'time'],
  stallTimeoutMs: ['stall_timeout_ms', 'time'],
  maxRequests: ['max_requests', 'count'],
  journalDir: ['journal_dir', 'path'],
  journalMaxAgeMs: ['journal_max_age_ms', 'time'],
  standardAttributes: ['standard_attributes', 'flag'],
  allowNull: ['allow_null', 'flag'],
  dryRun: ['dry_run', 'flag'],
};
