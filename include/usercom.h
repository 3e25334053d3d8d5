/*
 * usercom - set one attribute of many User.com users, and know of every single id whether it was updated.
 *
 * Two entry points. uc_mass_update() is one call with all defaults. For options, progress, cancelling and a state
 * for every single id: uc_client_new(), uc_client_mass_update() and the uc_report functions.
 *
 * Link with -lusercom (pkg-config: usercom). Generated from src/ffi by `make generate`; do not edit. usercom.json,
 * beside this file, holds the same for programs.
 *
 * RETURN VALUES. Functions that can fail return int: a number of enum uc_status, 0 for success. For everything
 * but UC_STATUS_OK, uc_last_error() says more: which argument (of a setter: which option), what was wrong, what
 * to do. Its pointer never changes, so this prints the right text in any order of evaluation:
 *     printf("%d %s", uc_mass_update(...), uc_last_error());
 *
 * OWNERSHIP. What a _new function or an out-parameter gives is yours: free it with the _free function of its
 * type, once. Every const char * that is returned is borrowed: never free it. The library reads what you pass
 * during the call and never keeps it, except userdata pointers. _free(NULL) is a no-op, and no _free does any I/O.
 * An out-parameter is set to NULL before anything else happens. If there is no memory left, the process aborts.
 *
 * NULL. Unless documented otherwise, NULL returns UC_STATUS_INVALID_ARGUMENT and a message that names the
 * argument; accessors return 0, -1 or "". NULL with a count of 0 is an empty list. A setter takes NULL as the
 * default. Messages call attr attribute, json_value value and json_values values.
 *
 * OPTIONS have a setter each, and can be set by name and JSON with uc_options_set() and uc_run_options_set(). An
 * invalid value returns UC_STATUS_INVALID_ARGUMENT, and the option keeps its value.
 *
 * THREADS. A pointer to const may be used by any number of threads at once, and so may a uc_cancel; other handles
 * by one thread at a time. Callbacks run on the thread that made the call, and so does the log. No thread of the
 * library outlives the call that started it: a process may end at any time, and dlclose() is harmless.
 *
 * CALLBACKS must return normally: no longjmp, no C++ exception.
 *
 * FORK. A client made before fork() gives UC_STATUS_FORKED in the child; freeing it there only frees memory. Make
 * another one in the child. One-shot calls work in a child right away: it shares nothing with its parent, whatever
 * other threads of the parent were doing at the time. A child of vfork() may only exec.
 *
 * SIGNALS. The library never causes SIGPIPE to kill the process, and interrupted system calls lose nothing. In a
 * signal handler only uc_cancel_request() may be called.
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
   * Completed: every id is confirmed.
   */
  UC_STATUS_OK = 0,
  /**
   * Completed: some ids are rejected or unknown.
   */
  UC_STATUS_PARTIAL = 1,
  /**
   * Stopped early: the caller cancelled the run.
   */
  UC_STATUS_CANCELLED = 2,
  /**
   * Stopped early: the deadline passed.
   */
  UC_STATUS_DEADLINE = 3,
  /**
   * Dry run: nothing was sent. The report says what would be sent.
   */
  UC_STATUS_DRY_RUN = 4,
  /**
   * Nothing was sent: an argument is invalid. The message says which one and what to do.
   */
  UC_STATUS_INVALID_ARGUMENT = 10,
  /**
   * Stopped early: the service does not accept the token.
   */
  UC_STATUS_UNAUTHORIZED = 20,
  /**
   * Stopped early: the service asked for a longer wait than the stall timeout.
   */
  UC_STATUS_RATE_LIMITED = 21,
  /**
   * Stopped early: the service rejects the attribute or the value, or none of these ids exist.
   */
  UC_STATUS_REJECTED = 22,
  /**
   * Stopped early: the service kept failing.
   */
  UC_STATUS_SERVER = 23,
  /**
   * Stopped early: this is not the service, or it does not take this method.
   */
  UC_STATUS_WRONG_ENDPOINT = 24,
  /**
   * Stopped early: the run reached its maximum number of requests.
   */
  UC_STATUS_REQUEST_LIMIT = 25,
  /**
   * Stopped early: no connection, or none that lasted.
   */
  UC_STATUS_TRANSPORT = 30,
  /**
   * Stopped early: the responses can't be understood.
   */
  UC_STATUS_BAD_RESPONSE = 31,
  /**
   * No trusted connection: the certificate or the handshake failed, or this machine has no trusted
   * certificates.
   */
  UC_STATUS_TLS = 32,
  /**
   * Stopped early: the journal can't be written.
   */
  UC_STATUS_JOURNAL = 40,
  /**
   * Nothing was sent: the client was made before fork() and this is the child process.
   */
  UC_STATUS_FORKED = 41,
  /**
   * Nothing was sent: the same update is already running.
   */
  UC_STATUS_BUSY = 42,
  /**
   * A bug in usercom. The ids that it concerns are unknown.
   */
  UC_STATUS_INTERNAL = 99,
} uc_status;

/**
 * What became of an id.
 */
typedef enum uc_id_state {
  /**
   * Not sent, or sent only in requests that were rejected for a reason that concerns the whole run.
   */
  UC_ID_NOT_ATTEMPTED = 0,
  /**
   * In a batch that the service accepted with a complete 2xx response. That does not prove that the user
   * exists.
   */
  UC_ID_CONFIRMED = 1,
  /**
   * Rejected by the service, with a reason.
   */
  UC_ID_REJECTED = 2,
  /**
   * Sent at least once, without proof that it was applied or that it was not.
   */
  UC_ID_UNKNOWN = 3,
} uc_id_state;

/**
 * Cancels runs from any thread or from a signal handler. Made by `uc_cancel_new`, freed by `uc_cancel_free`
 * after every run that uses it has returned. Any thread, any number of runs.
 */
typedef struct uc_cancel uc_cancel;

/**
 * One User.com account. Made by `uc_client_new` or `uc_client_shared`, freed by `uc_client_free`. Immutable:
 * any number of threads may use it at once. Do not use it in the child after `fork()`: it returns
 * `UC_STATUS_FORKED` there; make another one in the child.
 */
typedef struct uc_client uc_client;

/**
 * Options of a client. Made by `uc_options_new`, freed by `uc_options_free`. A client copies them: they may be
 * freed or used again right after `uc_client_new`. One thread at a time.
 */
typedef struct uc_options uc_options;

/**
 * The progress of a run. Valid during the callback only.
 */
typedef struct uc_progress uc_progress;

/**
 * The result of a run and of each of its ids. Freed by `uc_report_free`; outlives the client. Immutable: any number
 * of threads may read it. Every text that its functions return is borrowed from it.
 */
typedef struct uc_report uc_report;

/**
 * Options of a run. Made by `uc_run_options_new`, freed by `uc_run_options_free`. They may be used for any
 * number of runs, also at the same time, but no setter may be called during a run.
 */
typedef struct uc_run_options uc_run_options;

/**
 * Receives log lines: 1 error, 2 warning, 3 info, 4 debug, 5 trace. Called on the thread that runs the
 * update, never two at a time for one run. It must return normally: no longjmp, no C++ exception.
 */
typedef void (*uc_log_fn)(void *userdata, int level, const char *message);

/**
 * Called on the thread that started the run, about every 100 ms while the run lasts, also while it waits, and once at
 * its end. Non-zero cancels the run. It must return normally: no longjmp, no C++ exception. It may start another run.
 */
typedef int (*uc_progress_fn)(void *userdata, const struct uc_progress *progress);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Sets attribute `attr` of `n` users to a value, in one call with all defaults.
 *
 * `subdomain` is the `acme` of `https://acme.user.com`; `token` the 64-character REST API key; `ids` are
 * User.com's own ids, above 0 (NULL with `n` 0 is an empty list: nothing is sent); `attr` has 1 to 255
 * characters; `json_value` is one JSON value, sent as written: `true`, `3`, `"pro"`, `"2026-11-23"`.
 *
 * Blocks until the run completes or stops early. Calls with the same subdomain and token share connections and the
 * rate limit, on any thread. The environment variable `USERCOM_BASE_URL` may name a loopback address to send to
 * instead. Returns a `uc_status`; `uc_last_error` says more for everything but `UC_STATUS_OK`. To learn which ids
 * were not confirmed, use `uc_client_mass_update`.
 */
int uc_mass_update(const char *subdomain,
                   const char *token,
                   const int64_t *ids,
                   size_t n,
                   const char *attr,
                   const char *json_value);

/**
 * Makes a client with these options (NULL: all defaults) and writes it to `*out`, which is set to NULL first.
 * Returns `UC_STATUS_INVALID_ARGUMENT` if the subdomain or the token is invalid, and `UC_STATUS_TLS` if this machine
 * has no trusted certificates.
 */
int uc_client_new(const char *subdomain,
                  const char *token,
                  const struct uc_options *options,
                  struct uc_client **out);

/**
 * The client that one-shot calls share, written to `*out`. Free the handle like any other; the client itself is kept
 * for the next call, until `uc_shutdown` or until eight others have been used. Fails like `uc_client_new`, and if
 * `USERCOM_BASE_URL` names anything but a loopback address.
 */
int uc_client_shared(const char *subdomain,
                     const char *token,
                     struct uc_client **out);

/**
 * Frees a client. NULL is a no-op. Does not wait; a run of another thread on this client continues.
 */
void uc_client_free(struct uc_client *client);

/**
 * Drops the shared clients of one-shot calls and wipes their tokens. Runs that use one continue.
 */
void uc_shutdown(void);

/**
 * Sets `attribute` of `n` users to one value, like `uc_mass_update`. `run_options` NULL: defaults. `*report`
 * (`report` may be NULL) is set to NULL first, then to a report, also for a run that stopped early and for invalid
 * arguments (total 0, and the message); free it with `uc_report_free`. Returns the report's status.
 */
int uc_client_mass_update(const struct uc_client *client,
                          const int64_t *ids,
                          size_t n,
                          const char *attribute,
                          const char *json_value,
                          const struct uc_run_options *run_options,
                          struct uc_report **report);

/**
 * Like `uc_client_mass_update`, for users that are identified by your own ids (`/users-by-id/`), each 1 to 1,024 bytes
 * of UTF-8.
 */
int uc_client_mass_update_custom_ids(const struct uc_client *client,
                                     const char *const *custom_ids,
                                     size_t n,
                                     const char *attribute,
                                     const char *json_value,
                                     const struct uc_run_options *run_options,
                                     struct uc_report **report);

/**
 * Sets `attribute` to a value for each user: the id at position `i` gets `json_values[value_index[i]]`. Ids are
 * grouped by value, to send as few requests as possible. The last value of an id wins; its earlier positions are not
 * attempted. At most 50,000 distinct values. Everything else is like `uc_client_mass_update`.
 */
int uc_client_mass_update_rows(const struct uc_client *client,
                               const int64_t *ids,
                               const uint32_t *value_index,
                               size_t n,
                               const char *const *json_values,
                               size_t n_values,
                               const char *attribute,
                               const struct uc_run_options *run_options,
                               struct uc_report **report);

/**
 * Like `uc_client_mass_update_rows`, for users that are identified by your own ids.
 */
int uc_client_mass_update_rows_custom_ids(const struct uc_client *client,
                                          const char *const *custom_ids,
                                          const uint32_t *value_index,
                                          size_t n,
                                          const char *const *json_values,
                                          size_t n_values,
                                          const char *attribute,
                                          const struct uc_run_options *run_options,
                                          struct uc_report **report);

/**
 * New options, all with their defaults. Never NULL.
 */
struct uc_options *uc_options_new(void);

/**
 * Frees options. NULL is a no-op.
 */
void uc_options_free(struct uc_options *options);

/**
 * Sets an option by its name, such as `batch_size` or `request_timeout_ms`, to a JSON value: a number, a text, true,
 * false, or for `rate_limit` an object such as `{"requests": 5, "per_ms": 1000}`. `null` and NULL are the default.
 * Names, types, units, bounds and defaults are those of the setters below and are listed in `usercom.json`. An
 * unknown name and a value of a wrong type or outside the bounds return `UC_STATUS_INVALID_ARGUMENT`.
 */
int uc_options_set(struct uc_options *options,
                   const char *name,
                   const char *json_value);

/**
 * A function for log lines up to `max_level` (1 error to 5 trace). NULL: none (default). `userdata` is
 * passed to it and must outlive every client made with these options.
 */
int uc_options_set_log(struct uc_options *options, uc_log_fn log, void *userdata, int max_level);

/**
 * New options, all with their defaults. Never NULL.
 */
struct uc_run_options *uc_run_options_new(void);

/**
 * Frees options. NULL is a no-op.
 */
void uc_run_options_free(struct uc_run_options *run_options);

/**
 * Like `uc_options_set`, for the options of a run, such as `deadline_ms` or `dry_run`. A `deadline_ms` of 0 is a
 * deadline that has passed; `null` is none.
 */
int uc_run_options_set(struct uc_run_options *run_options,
                       const char *name,
                       const char *json_value);

/**
 * A function that is called with the progress of the run and `userdata`. If it returns anything but 0, the run ends
 * with `UC_STATUS_CANCELLED`. NULL: none (default).
 */
int uc_run_options_set_progress(struct uc_run_options *run_options,
                                uc_progress_fn progress,
                                void *userdata);

/**
 * A handle that cancels the run from another thread or a signal handler, with `UC_STATUS_CANCELLED`. NULL: none
 * (default). The handle must live until the run returns.
 */
int uc_run_options_set_cancel(struct uc_run_options *run_options,
                              const struct uc_cancel *cancel);

/**
 * Another address for the service: scheme, host and port only. Plain http is accepted for loopback addresses
 * only. NULL is the default: `https://SUBDOMAIN.user.com`.
 */
int uc_options_set_base_url(struct uc_options *options, const char *url);

/**
 * The HTTP method. The vendor's page says PUT, its code samples send POST. The library never changes from
 * one to the other on its own. "PUT" or "POST". NULL is the default: "PUT".
 */
int uc_options_set_method(struct uc_options *options, const char *method);

/**
 * The version of the API to ask for in the Accept header. 0 asks for none. Default: 0.
 */
int uc_options_set_api_version(struct uc_options *options, uint32_t version);

/**
 * Maximum wait for the first byte of a response. The other phases of a request have fixed limits: 10 s to
 * connect, 30 s to send, 30 s for the rest of the response. Range in milliseconds: 1 to 3,600,000 (1 ms to 1
 * h). Default: 60,000 (60 s).
 */
int uc_options_set_request_timeout_ms(struct uc_options *options, uint64_t ms);

/**
 * Maximum number of ids per request. A request body is never larger than 256 KiB. Range: 1 to 10,000 ids.
 * Default: 1,000 ids.
 */
int uc_options_set_batch_size(struct uc_options *options, size_t ids);

/**
 * Maximum number of requests in flight at once. Threads start only when they are needed and end with the
 * run. Range: 1 to 32 workers. Default: 8 workers.
 */
int uc_options_set_workers(struct uc_options *options, uint32_t workers);

/**
 * Maximum number of requests in a time, evenly spaced. Everything in the process that uses the same endpoint
 * and token shares it. Waits that the service asks for are obeyed in any case. Range: 0.1 to 1,000 requests
 * per second; 0 is no limit. Default: 5 requests per second.
 */
int uc_options_set_rate_limit(struct uc_options *options, uint32_t requests, uint64_t per_ms);

/**
 * Maximum number of attempts per batch. Failures while the whole service is down are not counted. Range: 1
 * to 20 attempts. Default: 8 attempts.
 */
int uc_options_set_max_attempts(struct uc_options *options, uint32_t attempts);

/**
 * The proxy for https requests: `http://[user:password@]host:port`. An empty text connects directly. NULL is
 * the default: HTTPS_PROXY and NO_PROXY of the environment, as curl reads them.
 */
int uc_options_set_proxy(struct uc_options *options, const char *url);

/**
 * A PEM file with the certificates to trust instead of this machine's. It is read when the option is set.
 * NULL is the default: the certificates of this machine.
 */
int uc_options_set_ca_file(struct uc_options *options, const char *pem_path);

/**
 * Maximum duration of the whole call, waits and retries included. Requests in flight then get up to 5 s
 * more. The run ends with `UC_STATUS_DEADLINE`. In milliseconds. 0 is the default: no limit.
 */
int uc_run_options_set_deadline_ms(struct uc_run_options *run_options, uint64_t ms);

/**
 * The run stops early after this long without progress: no batch was confirmed or rejected. It is never less
 * than 21 requests take at the `uc_options_set_rate_limit`, 4.2 s at 5 per second. The status says what was
 * in the way. Requests in flight are waited for, within the limits of `uc_options_set_request_timeout_ms`.
 * Range in milliseconds: 1,000 to 86,400,000 (1 s to 24 h). Default: 120,000 (120 s).
 */
int uc_run_options_set_stall_timeout_ms(struct uc_run_options *run_options, uint64_t ms);

/**
 * Maximum number of requests of the run. A run that reaches it stops early with `UC_STATUS_REQUEST_LIMIT`.
 * Range: 1 and more requests. Default: 20 times what the update needs without errors, at least 1,000.
 */
int uc_run_options_set_max_requests(struct uc_run_options *run_options, uint64_t requests);

/**
 * Keeps a journal in this directory: repeating the identical call after a crash, a full disk or a cancel
 * resumes the run. A completed run removes its journal. The directory is created if it does not exist. While
 * another process runs the same update, the run ends with `UC_STATUS_BUSY`; if the journal can't be written,
 * with `UC_STATUS_JOURNAL`. NULL is the default: no journal.
 */
int uc_run_options_set_journal_dir(struct uc_run_options *run_options, const char *dir);

/**
 * Maximum age of an unfinished journal. An older one is renamed and the run starts from the beginning,
 * because another run may have written newer values since. Range in milliseconds: 1,000 to 2,592,000,000 (1
 * s to 30 days). Default: 43,200,000 (12 h).
 */
int uc_run_options_set_journal_max_age_ms(struct uc_run_options *run_options, uint64_t ms);

/**
 * The attribute is one that every profile has, such as first_name, and not a custom one. Non-zero is on, 0
 * is off (default).
 */
int uc_run_options_set_standard_attributes(struct uc_run_options *run_options, int on);

/**
 * Allows the value null. The vendor does not document what null does. Non-zero is on, 0 is off (default).
 */
int uc_run_options_set_allow_null(struct uc_run_options *run_options, int on);

/**
 * Does everything but the network, and reports requests, bytes and seconds. The run ends with
 * `UC_STATUS_DRY_RUN`. Non-zero is on, 0 is off (default).
 */
int uc_run_options_set_dry_run(struct uc_run_options *run_options, int on);

/**
 * A new handle, not requested yet. Never NULL.
 */
struct uc_cancel *uc_cancel_new(void);

/**
 * Cancels every run with this handle, now and later. Async-signal-safe. The runs return within 6 s; ids of requests
 * that are still in flight then end unknown. Two things can't be interrupted: looking up the host name, for which the
 * system sets the limit, and connecting, up to 10 s. NULL is a no-op.
 */
void uc_cancel_request(struct uc_cancel *cancel);

/**
 * Frees the handle. NULL is a no-op.
 */
void uc_cancel_free(struct uc_cancel *cancel);

/**
 * Ids that are confirmed or rejected.
 */
size_t uc_progress_done(const struct uc_progress *progress);

/**
 * Ids to send in this run; a duplicated id counts once.
 */
size_t uc_progress_total(const struct uc_progress *progress);

/**
 * Ids in batches that the service accepted.
 */
size_t uc_progress_confirmed(const struct uc_progress *progress);

/**
 * Ids that the service rejected.
 */
size_t uc_progress_rejected(const struct uc_progress *progress);

/**
 * Requests sent so far.
 */
size_t uc_progress_requests(const struct uc_progress *progress);

/**
 * How long the run still waits before it sends again, in milliseconds; 0 while requests are in flight.
 */
uint64_t uc_progress_waiting_ms(const struct uc_progress *progress);

/**
 * How the run ended: a `uc_status`. NULL: `UC_STATUS_INVALID_ARGUMENT`.
 */
int uc_report_status(const struct uc_report *report);

/**
 * How the run ended, in one line. Never NULL; lives as long as the report.
 */
const char *uc_report_message(const struct uc_report *report);

/**
 * The number of ids in the input. confirmed + rejected + unknown + not attempted = total.
 */
size_t uc_report_total(const struct uc_report *report);

/**
 * Ids in batches that the service accepted.
 */
size_t uc_report_confirmed(const struct uc_report *report);

/**
 * Ids that the service rejected.
 */
size_t uc_report_rejected(const struct uc_report *report);

/**
 * Ids that were sent at least once, without proof that they were updated or that they were not.
 */
size_t uc_report_unknown(const struct uc_report *report);

/**
 * Ids that were not sent.
 */
size_t uc_report_not_attempted(const struct uc_report *report);

/**
 * Requests that were sent; in a dry run, requests that would be sent.
 */
size_t uc_report_requests(const struct uc_report *report);

/**
 * The `uc_id_state` of the id at position `index` of the input, or -1 if there is no such position.
 */
int uc_report_state(const struct uc_report *report, size_t index);

/**
 * The `uc_id_state` of every position at once. `out` has room for `n` bytes, and `n` must be the total. Otherwise it
 * returns `UC_STATUS_INVALID_ARGUMENT` and writes nothing.
 */
int uc_report_states(const struct uc_report *report,
                     uint8_t *out,
                     size_t n);

/**
 * The number of rejected and unknown ids.
 */
size_t uc_report_failure_count(const struct uc_report *report);

/**
 * The `k`-th rejected or unknown id, counted from 0, in input order: its position, the HTTP status (0 if there was no
 * response), and the reason, at most 256 characters with control characters escaped. Each out-parameter may be NULL;
 * the message lives as long as the report. Returns `UC_STATUS_INVALID_ARGUMENT` if there is no `k`-th.
 */
int uc_report_failure(const struct uc_report *report,
                      size_t k,
                      size_t *index,
                      int *http_status,
                      const char **message);

/**
 * The report for people, in lines: how the run ended, the numbers, the notes, the first ten failures with their ids.
 * Never NULL; lives as long as the report.
 */
const char *uc_report_text(const struct uc_report *report);

/**
 * The report as JSON, with details of the first 1,000 failures. Never NULL; lives as long as the report.
 */
const char *uc_report_json(const struct uc_report *report);

/**
 * Frees a report. NULL is a no-op.
 */
void uc_report_free(struct uc_report *report);

/**
 * This thread's last failure: which argument, or what happened. Never NULL; "" if nothing failed yet. The pointer
 * stays the same for the lifetime of the thread; the next failing call of this thread replaces the text, at most
 * 1,023 bytes of UTF-8. Success, accessors and `_free` don't change it.
 */
const char *uc_last_error(void);

/**
 * What a status means, in one sentence. Never NULL; a static string.
 */
const char *uc_status_message(int status);

/**
 * The library's version, such as "0.1.0". A static string.
 */
const char *uc_library_version(void);

/**
 * The version of the interface that the library was built with. Compare it with `UC_ABI_VERSION`.
 */
uint32_t uc_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* USERCOM_H */
