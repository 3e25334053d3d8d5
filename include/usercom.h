/*
 * usercom - set one attribute of many User.com users, and know of every single id whether it was updated.
 *
 * Two doors. uc_mass_update() is one call with all defaults. For settings, progress, cancelling and a state for
 * every single id: uc_client_new(), uc_client_mass_update() and the uc_report functions.
 *
 * Link with -lusercom (pkg-config: usercom). Generated from src/ffi by `make header`; do not edit.
 *
 * RETURN VALUES. Functions that can fail return int: a number of enum uc_status, 0 for success. For everything
 * but UC_STATUS_OK, uc_last_error() says more: which argument (of a setter: which setting), what was wrong, what
 * to do. Its pointer never changes, so this prints the right text whatever is evaluated first:
 *     printf("%d %s", uc_mass_update(...), uc_last_error());
 *
 * OWNERSHIP. What a _new function or an out-parameter gives is yours: free it with the _free function of its
 * type, once. Every const char * that is returned is borrowed: never free it. What you hand over is read during
 * the call and never kept, except userdata pointers. _free(NULL) is a no-op, and no _free does any I/O. An
 * out-parameter is set to NULL before anything else happens. Where there is no memory left the process aborts.
 *
 * NULL. Where NULL is not named as allowed it gives UC_STATUS_INVALID_ARGUMENT and a message that names the
 * argument; accessors give 0, -1 or "". NULL with a count of 0 is an empty list. A setter takes NULL as "the
 * default".
 *
 * SETTERS check at once. What they refuse gives UC_STATUS_INVALID_ARGUMENT, and what was set before stays.
 *
 * THREADS. A pointer to const may be used by any number of threads at once, and so may a uc_cancel; other handles
 * by one thread at a time. Callbacks run on the thread that made the call, and so does the log. No thread of the library outlives
 * the call that started it: a process may end at any time, and dlclose() is harmless.
 *
 * CALLBACKS must return normally: no longjmp, no C++ exception.
 *
 * FORK. A client made before fork() gives UC_STATUS_FORKED in the child; freeing it there only frees memory. Make
 * another one in the child. One-shot calls work in a child right away: it shares nothing with its parent, and what
 * other threads of the parent were doing at the time does not matter. A child of vfork() may only exec.
 *
 * SIGNALS. SIGPIPE never kills the process on account of this library, and interrupted system calls lose
 * nothing. In a signal handler only uc_cancel_request() may be called.
 *
 * TEXT is UTF-8; paths are bytes on Unix. Ids are User.com's own numeric ids unless a name says custom_ids.
 */

#ifndef USERCOM_H
#define USERCOM_H

#include <stddef.h>
#include <stdint.h>

#define UC_VERSION_MAJOR 0
#define UC_VERSION_MINOR 1
#define UC_VERSION_PATCH 0

/**
 * The version of this interface. Additions do not change it.
 */
#define UC_ABI_VERSION 1

/**
 * What a function returns. Functions return `int`: later versions may add numbers, none ever changes.
 */
typedef enum uc_status {
  /**
   * Done; a run: ran to its end, every id confirmed.
   */
  UC_STATUS_OK = 0,
  /**
   * Ran to its end, some ids rejected or unknown.
   */
  UC_STATUS_PARTIAL = 1,
  /**
   * Stopped because it was asked to.
   */
  UC_STATUS_CANCELLED = 2,
  /**
   * Stopped because its time was up.
   */
  UC_STATUS_DEADLINE = 3,
  /**
   * Nothing was sent: the report says what would have been.
   */
  UC_STATUS_DRY_RUN = 4,
  /**
   * An argument was refused before the run began. Nothing was sent.
   */
  UC_STATUS_INVALID_ARGUMENT = 10,
  /**
   * Stopped: the token was refused.
   */
  UC_STATUS_UNAUTHORIZED = 20,
  /**
   * Stopped: the service asked for a longer wait than the run's patience.
   */
  UC_STATUS_RATE_LIMITED = 21,
  /**
   * Stopped: attribute or value refused, or none of the ids exist.
   */
  UC_STATUS_REJECTED = 22,
  /**
   * Stopped: the service kept failing.
   */
  UC_STATUS_SERVER = 23,
  /**
   * Stopped: this is not the service, or not with this method.
   */
  UC_STATUS_WRONG_ENDPOINT = 24,
  /**
   * Stopped: more requests than a job of this size should need.
   */
  UC_STATUS_REQUEST_LIMIT = 25,
  /**
   * Stopped: no connection, or none that lasted.
   */
  UC_STATUS_TRANSPORT = 30,
  /**
   * Stopped: answers that can't be understood.
   */
  UC_STATUS_BAD_RESPONSE = 31,
  /**
   * No trusted connection: certificate, handshake, or no trust store on this machine.
   */
  UC_STATUS_TLS = 32,
  /**
   * Stopped: the journal can't be written.
   */
  UC_STATUS_JOURNAL = 40,
  /**
   * The client was made before `fork()` and this is the child.
   */
  UC_STATUS_FORKED = 41,
  /**
   * Nothing was sent: the same update is running already.
   */
  UC_STATUS_BUSY = 42,
  /**
   * A bug in this library.
   */
  UC_STATUS_INTERNAL = 99,
} uc_status;

/**
 * What has become of an id.
 */
typedef enum uc_id_state {
  /**
   * Never sent, or not applied for a reason that concerns the whole run.
   */
  UC_ID_NOT_ATTEMPTED = 0,
  /**
   * In a batch that the service accepted. That does not prove that the user exists.
   */
  UC_ID_CONFIRMED = 1,
  /**
   * Refused, with a reason.
   */
  UC_ID_REJECTED = 2,
  /**
   * Sent at least once, and nothing proves that it was applied or that it wasn't.
   */
  UC_ID_UNKNOWN = 3,
} uc_id_state;

/**
 * Stops runs from any thread or from a signal handler. Made by `uc_cancel_new`, freed by `uc_cancel_free`
 * after every run that was given it has returned. Any thread, any number of runs.
 */
typedef struct uc_cancel uc_cancel;

/**
 * One User.com account. Made by `uc_client_new` or `uc_client_shared`, freed by `uc_client_free`. Immutable:
 * any number of threads may use it at once. Not across `fork()`: used in the child, it gives
 * `UC_STATUS_FORKED`; make another one there.
 */
typedef struct uc_client uc_client;

/**
 * Settings of a client. Made by `uc_options_new`, freed by `uc_options_free`; a client copies what it needs,
 * so they may be freed or used again right after `uc_client_new`. One thread at a time.
 */
typedef struct uc_options uc_options;

/**
 * How far a run has come. Valid during the callback only.
 */
typedef struct uc_progress uc_progress;

/**
 * What became of a run and of each of its ids. Freed by `uc_report_free`; outlives the client. Immutable:
 * any number of threads may read it. Every text it gives is borrowed from it.
 */
typedef struct uc_report uc_report;

/**
 * Settings of one run. Made by `uc_run_options_new`, freed by `uc_run_options_free`; may be used for any
 * number of runs, also at the same time, as long as no setter is called meanwhile.
 */
typedef struct uc_run_options uc_run_options;

/**
 * Receives log lines: 1 error, 2 warning, 3 info, 4 debug, 5 trace. Called on the thread that runs the
 * update, never two at a time for one run. It must return normally: no longjmp, no C++ exception.
 */
typedef void (*uc_log_fn)(void *userdata, int level, const char *message);

/**
 * Called on the thread that started the run, at least four times a second, also while it waits. Non-zero
 * cancels the run. It must return normally: no longjmp, no C++ exception. It may start another run.
 */
typedef int (*uc_progress_fn)(void *userdata, const struct uc_progress *progress);



#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * A handle that hasn't been requested. Never NULL.
 */
struct uc_cancel *uc_cancel_new(void);

/**
 * Asks every run with this handle, now and later, to stop. Async-signal-safe. The runs return within 6 s;
 * ids under way end unknown. Only looking up the host's name, for which the system sets the limit, and
 * connecting, up to 10 s, can't be cut short. NULL is a no-op.
 */
void uc_cancel_request(struct uc_cancel *cancel);

/**
 * Frees the handle. NULL is a no-op.
 */
void uc_cancel_free(struct uc_cancel *cancel);

/**
 * Ids that are settled: confirmed or rejected.
 */
size_t uc_progress_done(const struct uc_progress *progress);

/**
 * Ids that are sent in this run; an id that comes twice counts once.
 */
size_t uc_progress_total(const struct uc_progress *progress);

/**
 * Ids in batches that the service accepted.
 */
size_t uc_progress_confirmed(const struct uc_progress *progress);

/**
 * Ids that were refused.
 */
size_t uc_progress_rejected(const struct uc_progress *progress);

/**
 * Requests sent so far.
 */
size_t uc_progress_requests(const struct uc_progress *progress);

/**
 * How long the run will still hold back before it sends again, in milliseconds; 0 while requests are under
 * way.
 */
uint64_t uc_progress_waiting_ms(const struct uc_progress *progress);

/**
 * Sets attribute `attr` of `n` users to a value, in one call with all defaults.
 *
 * `subdomain` is the `acme` of `https://acme.user.com`; `token` the 64-character REST API key; `ids` are
 * User.com's own ids, above 0 (NULL with `n` 0 is an empty list: nothing is sent); `attr` is 1 to 255
 * characters; `json_value` is one JSON value, sent as written: `true`, `3`, `"pro"`, `"2026-11-23"`.
 *
 * Blocks until every id is settled or there is a reason to stop. Calls with the same subdomain and token
 * share connections and pace, on whatever thread. `USERCOM_BASE_URL` may name a loopback address to send to
 * instead. Returns a `uc_status`; `uc_last_error` says more for everything but `UC_STATUS_OK`. Which ids were
 * not confirmed is told by `uc_client_mass_update`.
 */
int uc_mass_update(const char *subdomain,
                   const char *token,
                   const int64_t *ids,
                   size_t n,
                   const char *attr,
                   const char *json_value);

/**
 * Makes a client with settings of its own (NULL: all defaults) and writes it to `*out`, which is set to NULL
 * first. `UC_STATUS_INVALID_ARGUMENT` when subdomain, token or a setting is refused, `UC_STATUS_TLS` when this
 * machine has no trusted certificates.
 */
int uc_client_new(const char *subdomain,
                  const char *token,
                  const struct uc_options *options,
                  struct uc_client **out);

/**
 * The client that one-shot calls share, written to `*out`. Free the handle as any other; the client itself
 * stays for the next call, until `uc_shutdown` or until eight others were used since. Fails as `uc_client_new`
 * does, and where `USERCOM_BASE_URL` names anything but a loopback address.
 */
int uc_client_shared(const char *subdomain,
                     const char *token,
                     struct uc_client **out);

/**
 * Frees a client. NULL is a no-op. Never waits; a run of another thread on this client goes on.
 */
void uc_client_free(struct uc_client *client);

/**
 * Drops the shared clients of one-shot calls and wipes their tokens. Runs that use one go on.
 */
void uc_shutdown(void);

/**
 * Sets `attr` of `n` users to one value, as `uc_mass_update`. `run_options` NULL: defaults. `*report`
 * (`report` may be NULL) is set to NULL first, then to a report, also for a run that stopped and for refused
 * arguments (total 0, and the message); free it with `uc_report_free`. Returns the report's status.
 */
int uc_client_mass_update(const struct uc_client *client,
                          const int64_t *ids,
                          size_t n,
                          const char *attr,
                          const char *json_value,
                          const struct uc_run_options *run_options,
                          struct uc_report **report);

/**
 * As `uc_client_mass_update`, for users that are known by your own ids (`/users-by-id/`), each 1 to 1,024 bytes of
 * UTF-8.
 */
int uc_client_mass_update_custom_ids(const struct uc_client *client,
                                     const char *const *custom_ids,
                                     size_t n,
                                     const char *attr,
                                     const char *json_value,
                                     const struct uc_run_options *run_options,
                                     struct uc_report **report);

/**
 * Sets `attr` to a value for each user: the id at position `i` gets `json_values[value_index[i]]`. Ids are
 * grouped by value, so that there are as few requests as there can be. The last value of an id wins; its
 * earlier positions are not attempted. At most 50,000 distinct values. Everything else as in
 * `uc_client_mass_update`.
 */
int uc_client_mass_update_rows(const struct uc_client *client,
                               const int64_t *ids,
                               const uint32_t *value_index,
                               size_t n,
                               const char *const *json_values,
                               size_t n_values,
                               const char *attr,
                               const struct uc_run_options *run_options,
                               struct uc_report **report);

/**
 * As `uc_client_mass_update_rows`, for users that are known by your own ids.
 */
int uc_client_mass_update_rows_custom_ids(const struct uc_client *client,
                                          const char *const *custom_ids,
                                          const uint32_t *value_index,
                                          size_t n,
                                          const char *const *json_values,
                                          size_t n_values,
                                          const char *attr,
                                          const struct uc_run_options *run_options,
                                          struct uc_report **report);

/**
 * This thread's last failure, in words that say which argument or what happened. Never NULL; "" when
 * nothing failed yet. The pointer stays the same for the whole life of the thread; the text is replaced by
 * the next failing call of this thread, at most 1,023 bytes of UTF-8. Success, accessors and `_free` leave
 * it alone.
 */
const char *uc_last_error(void);

/**
 * New settings, all defaults. Never NULL.
 */
struct uc_options *uc_options_new(void);

/**
 * Frees settings. NULL is a no-op.
 */
void uc_options_free(struct uc_options *options);

/**
 * Another address than `https://<subdomain>.user.com`: scheme, host and port only. `http` is taken for
 * loopback addresses only. NULL: the default.
 */
int uc_options_set_base_url(struct uc_options *options, const char *url);

/**
 * `"PUT"` (default, also NULL) or `"POST"`. There is never a silent change from one to the other.
 */
int uc_options_set_method(struct uc_options *options, const char *method);

/**
 * Asks for a version of the API in the `Accept` header. 0: ask for none (default).
 */
int uc_options_set_api_version(struct uc_options *options, uint32_t version);

/**
 * How long the first byte of an answer may take, 1 to 3,600,000 milliseconds. Defaults to 60,000. The other
 * phases of a request are fixed: 10 s to connect, 30 s to send, 30 s for the rest of the answer.
 */
int uc_options_set_request_timeout_ms(struct uc_options *options, uint64_t ms);

/**
 * Ids per request, 1 to 10,000. Defaults to 1,000. A body is never larger than 256 KiB.
 */
int uc_options_set_batch_size(struct uc_options *options, size_t ids);

/**
 * Most requests under way at once, 1 to 32. Defaults to 8. Threads are started only when needed and end
 * with the run.
 */
int uc_options_set_workers(struct uc_options *options, uint32_t workers);

/**
 * At most `requests` in `per_ms` milliseconds, evenly spaced: 0.1 to 1,000 a second. Defaults to 5 in
 * 1,000. `requests` 0: as fast as it goes. Everything in this process that uses the same endpoint and token
 * shares the pace.
 */
int uc_options_set_rate_limit(struct uc_options *options, uint32_t requests, uint64_t per_ms);

/**
 * How often a batch is tried while others succeed, 1 to 20. Defaults to 8.
 */
int uc_options_set_max_attempts(struct uc_options *options, uint32_t attempts);

/**
 * A proxy, `http://[user:password@]host:port`; `""`: none. NULL (default): `HTTPS_PROXY` and `NO_PROXY` of
 * the environment when the client is made, for https only.
 */
int uc_options_set_proxy(struct uc_options *options, const char *url);

/**
 * A PEM file with the certificates to trust instead of this machine's. It is read at once. NULL (default):
 * this machine's.
 */
int uc_options_set_ca_file(struct uc_options *options, const char *pem_path);

/**
 * A function for log lines up to `max_level` (1 error to 5 trace). NULL: none (default). `userdata` is
 * handed on to it and must outlive every client made with these settings.
 */
int uc_options_set_log(struct uc_options *options, uc_log_fn log, void *userdata, int max_level);

/**
 * How the run ended: a `uc_status`. NULL: `UC_STATUS_INVALID_ARGUMENT`.
 */
int uc_report_status(const struct uc_report *report);

/**
 * One line on how the run ended. Never NULL; lives as long as the report.
 */
const char *uc_report_message(const struct uc_report *report);

/**
 * How many positions there were. confirmed + rejected + unknown + not attempted = total.
 */
size_t uc_report_total(const struct uc_report *report);

/**
 * Ids in batches that the service accepted.
 */
size_t uc_report_confirmed(const struct uc_report *report);

/**
 * Ids that were refused.
 */
size_t uc_report_rejected(const struct uc_report *report);

/**
 * Ids that were sent without proof either way.
 */
size_t uc_report_unknown(const struct uc_report *report);

/**
 * Ids that were not sent.
 */
size_t uc_report_not_attempted(const struct uc_report *report);

/**
 * Requests that were sent; in a dry run, that would be.
 */
size_t uc_report_requests(const struct uc_report *report);

/**
 * The `uc_id_state` of the id at position `index` of the input; -1 out of range.
 */
int uc_report_state(const struct uc_report *report, size_t index);

/**
 * The `uc_id_state` of every position at once. `out` has room for `n` bytes, and `n` must be the total:
 * `UC_STATUS_INVALID_ARGUMENT` otherwise, and nothing is written.
 */
int uc_report_states(const struct uc_report *report, uint8_t *out, size_t n);

/**
 * How many ids are rejected or unknown.
 */
size_t uc_report_failure_count(const struct uc_report *report);

/**
 * The `k`-th rejected or unknown id, in input order: its position, the HTTP status that decided it (0 where
 * there was no answer), and why, at most 256 characters with control characters escaped. Each out-parameter
 * may be NULL; the message lives as long as the report. `UC_STATUS_INVALID_ARGUMENT` when there is no `k`-th.
 */
int uc_report_failure(const struct uc_report *report,
                      size_t k,
                      size_t *index,
                      int *http_status,
                      const char **message);

/**
 * The report for people, a line each: how the run ended, the numbers, the notes, the first ten failures with their
 * ids. Never NULL; lives as long as the report.
 */
const char *uc_report_text(const struct uc_report *report);

/**
 * The report as JSON, details of the first 1,000 failures. Never NULL; lives as long as the report.
 */
const char *uc_report_json(const struct uc_report *report);

/**
 * Frees a report. NULL is a no-op.
 */
void uc_report_free(struct uc_report *report);

/**
 * New settings, all defaults. Never NULL.
 */
struct uc_run_options *uc_run_options_new(void);

/**
 * Frees settings. NULL is a no-op.
 */
void uc_run_options_free(struct uc_run_options *run_options);

/**
 * How long the whole call may take, waits and retries included, in milliseconds; requests that are under
 * way then get up to 5 s more. The run ends with `UC_STATUS_DEADLINE`. 0: no limit (default).
 */
int uc_run_options_set_deadline_ms(struct uc_run_options *run_options, uint64_t ms);

/**
 * The run stops when no batch was confirmed or refused for so long, 1,000 to 86,400,000 milliseconds. Its status
 * says what was in the way. Defaults to 120,000; never less than 21 requests take at the pace that is set, 4.2 s at
 * 5 a second. As with every stop but a cancel or a deadline, nothing more is sent
 * then, and requests under way are waited for within the limits of `uc_options_set_request_timeout_ms`: their answers
 * say what became of their ids.
 */
int uc_run_options_set_patience_ms(struct uc_run_options *run_options,
                                   uint64_t ms);

/**
 * Most requests of the run, 1 or more. Defaults to twenty times what the job needs when all goes well, at
 * least 1,000. A run that reaches it stops with `UC_STATUS_REQUEST_LIMIT`.
 */
int uc_run_options_set_max_requests(struct uc_run_options *run_options, uint64_t requests);

/**
 * Keeps a journal in this directory: the very same call, made again after a crash, a full disk or a cancel, goes
 * on where this one stopped. A finished run removes its journal. One that is running already gives
 * `UC_STATUS_BUSY`, one that can't be written `UC_STATUS_JOURNAL`. The directory is made if it isn't there. NULL:
 * no journal (default).
 */
int uc_run_options_set_journal_dir(struct uc_run_options *run_options,
                                   const char *dir);

/**
 * How old an unfinished journal may be to be gone on with, 1,000 to 2,592,000,000 milliseconds (30 days). An
 * older one is set aside, because another run may have written newer values since. Defaults to 43,200,000
 * (12 h).
 */
int uc_run_options_set_journal_max_age_ms(struct uc_run_options *run_options, uint64_t ms);

/**
 * Non-zero: the attribute is one that every profile has, such as `first_name`. Defaults to 0, custom
 * attributes.
 */
int uc_run_options_set_standard_attributes(struct uc_run_options *run_options, int on);

/**
 * Non-zero: `null` may be sent, about which the vendor documents nothing. Defaults to 0: it is refused.
 */
int uc_run_options_set_allow_null(struct uc_run_options *run_options, int on);

/**
 * Non-zero: everything but the network, for `UC_STATUS_DRY_RUN`; the report has requests, bytes and seconds.
 * Defaults to 0.
 */
int uc_run_options_set_dry_run(struct uc_run_options *run_options, int on);

/**
 * A function that is told how far the run is, with `userdata`. Where it returns anything but 0 the run ends with
 * `UC_STATUS_CANCELLED`. NULL: none (default).
 */
int uc_run_options_set_progress(struct uc_run_options *run_options,
                                uc_progress_fn progress,
                                void *userdata);

/**
 * A handle that stops the run from elsewhere, with `UC_STATUS_CANCELLED`. NULL: none (default). The handle must
 * live until the run returns.
 */
int uc_run_options_set_cancel(struct uc_run_options *run_options,
                              const struct uc_cancel *cancel);

/**
 * What a status means, in one line. Never NULL; a static string.
 */
const char *uc_status_message(int status);

/**
 * The library's version, such as "0.1.0". A static string.
 */
const char *uc_library_version(void);

/**
 * The version of the interface that the library was built with. A program compares it with
 * `UC_ABI_VERSION`.
 */
uint32_t uc_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* USERCOM_H */
