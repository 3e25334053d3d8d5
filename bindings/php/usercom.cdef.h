/* Generated from src/ffi by `make generate`; do not edit. */
enum { UC_ABI_VERSION = 1 };
typedef enum uc_status {
  UC_STATUS_OK = 0,
  UC_STATUS_PARTIAL = 1,
  UC_STATUS_CANCELLED = 2,
  UC_STATUS_DEADLINE = 3,
  UC_STATUS_DRY_RUN = 4,
  UC_STATUS_MISMATCH = 5,
  UC_STATUS_INVALID_ARGUMENT = 10,
  UC_STATUS_UNAUTHORIZED = 20,
  UC_STATUS_RATE_LIMITED = 21,
  UC_STATUS_REJECTED = 22,
  UC_STATUS_SERVER = 23,
  UC_STATUS_WRONG_ENDPOINT = 24,
  UC_STATUS_REQUEST_LIMIT = 25,
  UC_STATUS_TOO_MANY_REJECTED = 26,
  UC_STATUS_TRANSPORT = 30,
  UC_STATUS_BAD_RESPONSE = 31,
  UC_STATUS_TLS = 32,
  UC_STATUS_JOURNAL = 40,
  UC_STATUS_FORKED = 41,
  UC_STATUS_BUSY = 42,
  UC_STATUS_INTERNAL = 99,
} uc_status;
typedef enum uc_id_state {
  UC_ID_NOT_ATTEMPTED = 0,
  UC_ID_CONFIRMED = 1,
  UC_ID_REJECTED = 2,
  UC_ID_UNKNOWN = 3,
} uc_id_state;
typedef struct uc_client uc_client;
typedef struct uc_options uc_options;
typedef struct uc_run_options uc_run_options;
typedef struct uc_cancel uc_cancel;
typedef struct uc_progress uc_progress;
typedef struct uc_report uc_report;
typedef struct uc_check uc_check;
typedef struct uc_users uc_users;
typedef void (*uc_log_fn)(void *userdata, int level, const char *message);
typedef int (*uc_progress_fn)(void *userdata, const uc_progress *progress);
int uc_mass_update(const char *subdomain, const char *token, const int64_t *ids, size_t n, const char *attr, const char *json_value);
int uc_client_new(const char *subdomain, const char *token, const uc_options *options, uc_client **out);
int uc_client_shared(const char *subdomain, const char *token, uc_client **out);
int uc_client_shared_with_scope(const char *subdomain, const char *token, const char *rate_limit_scope, uc_client **out);
void uc_client_free(uc_client *client);
void uc_shutdown(void);
int uc_client_mass_update(const uc_client *client, const int64_t *ids, size_t n, const char *attribute, const char *json_value, const uc_run_options *run_options, uc_report **report);
int uc_client_mass_update_custom_ids(const uc_client *client, const char *const *custom_ids, size_t n, const char *attribute, const char *json_value, const uc_run_options *run_options, uc_report **report);
int uc_client_mass_update_rows(const uc_client *client, const int64_t *ids, const uint32_t *value_index, size_t n, const char *const *json_values, size_t n_values, const char *attribute, const uc_run_options *run_options, uc_report **report);
int uc_client_mass_update_rows_custom_ids(const uc_client *client, const char *const *custom_ids, const uint32_t *value_index, size_t n, const char *const *json_values, size_t n_values, const char *attribute, const uc_run_options *run_options, uc_report **report);
int uc_client_mass_update_arrow(const uc_client *client, struct ArrowArrayStream *stream, const char *attribute, const char *json_value, const char *na, const uc_run_options *run_options, uc_report **report);
uc_options *uc_options_new(void);
void uc_options_free(uc_options *options);
int uc_options_set(uc_options *options, const char *name, const char *json_value);
int uc_options_set_log(uc_options *options, uc_log_fn log, void *userdata, int max_level);
uc_run_options *uc_run_options_new(void);
void uc_run_options_free(uc_run_options *run_options);
int uc_run_options_set(uc_run_options *run_options, const char *name, const char *json_value);
int uc_run_options_set_progress(uc_run_options *run_options, uc_progress_fn progress, void *userdata);
int uc_run_options_set_heartbeat(uc_run_options *run_options, uint8_t *heartbeat);
int uc_run_options_set_cancel(uc_run_options *run_options, const uc_cancel *cancel);
int uc_options_set_base_url(uc_options *options, const char *url);
int uc_options_set_method(uc_options *options, const char *method);
int uc_options_set_api_version(uc_options *options, uint32_t version);
int uc_options_set_request_timeout_ms(uc_options *options, uint64_t ms);
int uc_options_set_batch_size(uc_options *options, size_t ids);
int uc_options_set_workers(uc_options *options, uint32_t workers);
int uc_options_set_rate_limit(uc_options *options, uint32_t requests, uint64_t per_ms);
int uc_options_set_rate_limit_scope(uc_options *options, const char *scope);
int uc_options_set_rate_limit_dir(uc_options *options, const char *dir);
int uc_options_set_max_attempts(uc_options *options, uint32_t attempts);
int uc_options_set_proxy(uc_options *options, const char *url);
int uc_options_set_ca_file(uc_options *options, const char *pem_path);
int uc_run_options_set_deadline_ms(uc_run_options *run_options, uint64_t ms);
int uc_run_options_set_stall_timeout_ms(uc_run_options *run_options, uint64_t ms);
int uc_run_options_set_max_requests(uc_run_options *run_options, uint64_t requests);
int uc_run_options_set_max_rejected(uc_run_options *run_options, uint64_t ids);
int uc_run_options_set_journal_dir(uc_run_options *run_options, const char *dir);
int uc_run_options_set_journal_max_age_ms(uc_run_options *run_options, uint64_t ms);
int uc_run_options_set_standard_attributes(uc_run_options *run_options, int on);
int uc_run_options_set_allow_null(uc_run_options *run_options, int on);
int uc_run_options_set_dry_run(uc_run_options *run_options, int on);
int uc_run_options_set_preflight(uc_run_options *run_options, int on);
int uc_run_options_set_verify(uc_run_options *run_options, size_t ids);
int uc_run_options_set_verify_strict(uc_run_options *run_options, int on);
uc_cancel *uc_cancel_new(void);
void uc_cancel_request(uc_cancel *cancel);
void uc_cancel_free(uc_cancel *cancel);
size_t uc_progress_done(const uc_progress *progress);
size_t uc_progress_total(const uc_progress *progress);
size_t uc_progress_confirmed(const uc_progress *progress);
size_t uc_progress_rejected(const uc_progress *progress);
size_t uc_progress_requests(const uc_progress *progress);
size_t uc_progress_expected_rejected(const uc_progress *progress);
size_t uc_progress_requests_left(const uc_progress *progress);
uint64_t uc_progress_time_left_ms(const uc_progress *progress);
uint64_t uc_progress_waiting_ms(const uc_progress *progress);
int uc_report_status(const uc_report *report);
const char *uc_report_message(const uc_report *report);
size_t uc_report_total(const uc_report *report);
size_t uc_report_confirmed(const uc_report *report);
size_t uc_report_rejected(const uc_report *report);
size_t uc_report_unknown(const uc_report *report);
size_t uc_report_not_attempted(const uc_report *report);
size_t uc_report_requests(const uc_report *report);
size_t uc_report_verified(const uc_report *report);
size_t uc_report_mismatched(const uc_report *report);
int uc_report_mismatch(const uc_report *report, size_t k, size_t *index, const char **sent, const char **stored);
int uc_report_state(const uc_report *report, size_t index);
int uc_report_states(const uc_report *report, uint8_t *out, size_t n);
size_t uc_report_failure_count(const uc_report *report);
int uc_report_failure(const uc_report *report, size_t k, size_t *index, int *http_status, const char **message);
const char *uc_report_failure_id(const uc_report *report, size_t k);
const char *uc_report_text(const uc_report *report);
const char *uc_report_json(const uc_report *report);
void uc_report_free(uc_report *report);
int uc_client_check(const uc_client *client, const char *attribute, const char *const *json_values, size_t n, uc_check **out);
int uc_check_status(const uc_check *check);
size_t uc_check_count(const uc_check *check);
int uc_check_line(const uc_check *check, size_t k, int *finding, const char **about, const char **text);
const char *uc_check_text(const uc_check *check);
const char *uc_check_json(const uc_check *check);
void uc_check_free(uc_check *check);
int uc_client_users(const uc_client *client, const char *const *attributes, size_t n, const char *cursor, const uc_cancel *cancel, uc_users **out);
int uc_users_next(uc_users *users, const char **json);
int64_t uc_users_id(const uc_users *users);
const char *uc_users_custom_id(const uc_users *users);
const char *uc_users_email(const uc_users *users);
const char *uc_users_attribute(uc_users *users, const char *name);
const char *uc_users_cursor(uc_users *users);
void uc_users_free(uc_users *users);
const char *uc_last_error(void);
const char *uc_status_message(int status);
const char *uc_library_version(void);
uint32_t uc_abi_version(void);
