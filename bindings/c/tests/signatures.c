/*
 * The interface that programs are compiled against, written down by hand: each function is assigned to a pointer
 * of exactly its type. Compiled with -Werror only. A line is added for a new function; none is ever changed.
 */
#include <usercom.h>

#define IS(name, result, arguments)               \
    do {                                          \
        result(*const function) arguments = name; \
        (void)function;                           \
    } while (0)

void signatures(void);

void signatures(void) {
    IS(uc_mass_update, int, (const char *, const char *, const int64_t *, size_t, const char *, const char *));

    IS(uc_options_new, uc_options *, (void));
    IS(uc_options_free, void, (uc_options *));
    IS(uc_options_set_base_url, int, (uc_options *, const char *));
    IS(uc_options_set_method, int, (uc_options *, const char *));
    IS(uc_options_set_api_version, int, (uc_options *, uint32_t));
    IS(uc_options_set_request_timeout_ms, int, (uc_options *, uint64_t));
    IS(uc_options_set_batch_size, int, (uc_options *, size_t));
    IS(uc_options_set_workers, int, (uc_options *, uint32_t));
    IS(uc_options_set_rate_limit, int, (uc_options *, uint32_t, uint64_t));
    IS(uc_options_set_max_attempts, int, (uc_options *, uint32_t));
    IS(uc_options_set_proxy, int, (uc_options *, const char *));
    IS(uc_options_set_ca_file, int, (uc_options *, const char *));
    IS(uc_options_set_log, int, (uc_options *, void (*)(void *, int, const char *), void *, int));

    IS(uc_client_new, int, (const char *, const char *, const uc_options *, uc_client **));
    IS(uc_client_shared, int, (const char *, const char *, uc_client **));
    IS(uc_client_free, void, (uc_client *));
    IS(uc_shutdown, void, (void));

    IS(uc_cancel_new, uc_cancel *, (void));
    IS(uc_cancel_request, void, (uc_cancel *));
    IS(uc_cancel_free, void, (uc_cancel *));
    IS(uc_progress_done, size_t, (const uc_progress *));
    IS(uc_progress_total, size_t, (const uc_progress *));
    IS(uc_progress_confirmed, size_t, (const uc_progress *));
    IS(uc_progress_rejected, size_t, (const uc_progress *));
    IS(uc_progress_requests, size_t, (const uc_progress *));
    IS(uc_progress_waiting_ms, uint64_t, (const uc_progress *));

    IS(uc_run_options_new, uc_run_options *, (void));
    IS(uc_run_options_free, void, (uc_run_options *));
    IS(uc_run_options_set_deadline_ms, int, (uc_run_options *, uint64_t));
    IS(uc_run_options_set_patience_ms, int, (uc_run_options *, uint64_t));
    IS(uc_run_options_set_max_requests, int, (uc_run_options *, uint64_t));
    IS(uc_run_options_set_journal_dir, int, (uc_run_options *, const char *));
    IS(uc_run_options_set_journal_max_age_ms, int, (uc_run_options *, uint64_t));
    IS(uc_run_options_set_standard_attributes, int, (uc_run_options *, int));
    IS(uc_run_options_set_allow_null, int, (uc_run_options *, int));
    IS(uc_run_options_set_dry_run, int, (uc_run_options *, int));
    IS(uc_run_options_set_progress, int, (uc_run_options *, int (*)(void *, const uc_progress *), void *));
    IS(uc_run_options_set_cancel, int, (uc_run_options *, const uc_cancel *));

    IS(uc_client_mass_update, int,
       (const uc_client *, const int64_t *, size_t, const char *, const char *, const uc_run_options *, uc_report **));
    IS(uc_client_mass_update_custom_ids, int,
       (const uc_client *, const char *const *, size_t, const char *, const char *, const uc_run_options *,
        uc_report **));
    IS(uc_client_mass_update_rows, int,
       (const uc_client *, const int64_t *, const uint32_t *, size_t, const char *const *, size_t, const char *,
        const uc_run_options *, uc_report **));
    IS(uc_client_mass_update_rows_custom_ids, int,
       (const uc_client *, const char *const *, const uint32_t *, size_t, const char *const *, size_t, const char *,
        const uc_run_options *, uc_report **));

    IS(uc_report_status, int, (const uc_report *));
    IS(uc_report_message, const char *, (const uc_report *));
    IS(uc_report_total, size_t, (const uc_report *));
    IS(uc_report_confirmed, size_t, (const uc_report *));
    IS(uc_report_rejected, size_t, (const uc_report *));
    IS(uc_report_unknown, size_t, (const uc_report *));
    IS(uc_report_not_attempted, size_t, (const uc_report *));
    IS(uc_report_requests, size_t, (const uc_report *));
    IS(uc_report_state, int, (const uc_report *, size_t));
    IS(uc_report_states, int, (const uc_report *, uint8_t *, size_t));
    IS(uc_report_failure_count, size_t, (const uc_report *));
    IS(uc_report_failure, int, (const uc_report *, size_t, size_t *, int *, const char **));
    IS(uc_report_text, const char *, (const uc_report *));
    IS(uc_report_json, const char *, (const uc_report *));
    IS(uc_report_free, void, (uc_report *));

    IS(uc_last_error, const char *, (void));
    IS(uc_status_message, const char *, (int));
    IS(uc_library_version, const char *, (void));
    IS(uc_abi_version, uint32_t, (void));
}
