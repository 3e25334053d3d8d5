/* Progress, cancel, deadline and log: on which thread, how often, and what they bring about. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "sandbox.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* What a progress callback has seen. */
struct seen {
    pthread_t caller;
    int calls, foreign_calls, shrunk;
    double last, longest_gap;
    size_t done, total, confirmed, rejected, requests, expected_rejected, left, most_left;
    uint64_t waiting, time_left, longest_left;
    int stop_after; /* calls; 0 = never */
    uint8_t *heartbeat;
};

static int look(void *userdata, const uc_progress *progress) {
    struct seen *seen = userdata;
    double now = seconds();
    if (seen->calls > 0 && now - seen->last > seen->longest_gap)
        seen->longest_gap = now - seen->last;
    seen->last = now;
    seen->calls++;
    seen->foreign_calls += !pthread_equal(pthread_self(), seen->caller);
    seen->shrunk += uc_progress_done(progress) < seen->done || uc_progress_requests(progress) < seen->requests;
    seen->done = uc_progress_done(progress);
    seen->total = uc_progress_total(progress);
    seen->confirmed = uc_progress_confirmed(progress);
    seen->rejected = uc_progress_rejected(progress);
    seen->requests = uc_progress_requests(progress);
    seen->expected_rejected = uc_progress_expected_rejected(progress);
    seen->left = uc_progress_requests_left(progress);
    seen->time_left = uc_progress_time_left_ms(progress);
    if (seen->left > seen->most_left)
        seen->most_left = seen->left;
    if (seen->time_left > seen->longest_left)
        seen->longest_left = seen->time_left;
    if (uc_progress_waiting_ms(progress) > seen->waiting)
        seen->waiting = uc_progress_waiting_ms(progress);
    return seen->stop_after > 0 && seen->calls >= seen->stop_after;
}

static struct seen seen_by_me(void) {
    struct seen seen;
    memset(&seen, 0, sizeof seen);
    seen.caller = pthread_self();
    return seen;
}

static uc_run_options *watched_by(struct seen *seen) {
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_progress(options, look, seen), UC_STATUS_OK);
    return options;
}

/* One response that takes 1.2 s: the callback is called at least four times a second meanwhile. */
static void progress_is_called_while_waiting(const struct sandbox *slow) {
    uc_client *client = sandbox_client(slow);
    struct seen seen = seen_by_me();
    uc_run_options *options = watched_by(&seen);
    const int64_t ids[] = {1, 2, 2};
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "slow", "1", options, NULL), UC_STATUS_OK);
    CHECK(seen.calls >= 5);
    CHECK(seen.longest_gap <= 0.25);
    CHECK_INT(seen.foreign_calls, 0);
    CHECK_INT(seen.shrunk, 0);
    CHECK_INT(seen.total, 2); /* a duplicated id counts once */
    CHECK_INT(seen.done, 2); /* the last call has the final numbers */
    CHECK_INT(seen.confirmed, 2);
    CHECK_INT(seen.rejected, 0);
    CHECK_INT(seen.requests, 1);
    CHECK_INT(seen.expected_rejected, 0);
    CHECK_INT(seen.left, 0);
    CHECK_INT(seen.time_left, 0);
    uc_run_options_free(options);
    uc_client_free(client);
}

/* While the rate limit makes the run wait, the progress says for how long. */
static void progress_tells_the_wait(const struct sandbox *sandbox) {
    uc_options *options = sandbox_options(sandbox);
    CHECK_STATUS(uc_options_set_rate_limit(options, 2, 1000), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_batch_size(options, 1), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    struct seen seen = seen_by_me();
    uc_run_options *run_options = watched_by(&seen);
    const int64_t ids[] = {1, 2};
    CHECK_STATUS(uc_client_mass_update(client, ids, 2, "limited", "1", run_options, NULL), UC_STATUS_OK);
    CHECK(seen.waiting > 0 && seen.waiting <= 500);
    /* What is left then is at least the second request, and some time. */
    CHECK(seen.most_left == 1 || seen.most_left == 2);
    CHECK(seen.longest_left > 0);
    CHECK(seen.longest_gap <= 0.25);
    uc_run_options_free(run_options);
    uc_options_free(options);
    uc_client_free(client);
}

static void progress_stops_the_run(const struct sandbox *slow) {
    enum { N = 5000 };
    int64_t *ids = ids_up_to(N);
    uc_client *client = sandbox_client(slow);
    struct seen seen = seen_by_me();
    seen.stop_after = 3;
    uc_run_options *options = watched_by(&seen);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "stopped", "1", options, &report), UC_STATUS_CANCELLED);
    CHECK_TEXT(uc_last_error(), "cancelled");
    CHECK(seen.requests < 5);
    CHECK(uc_report_not_attempted(report) > 0);
    CHECK_INT(uc_report_confirmed(report), sandbox_applied_once(slow, "stopped"));
    uc_report_free(report);
    uc_run_options_free(options);
    uc_client_free(client);
    free(ids);
}

static int beat_twice(void *userdata, const uc_progress *progress) {
    struct seen *seen = userdata;
    (void)progress;
    if (++seen->calls <= 2)
        *seen->heartbeat = 1;
    return 0;
}

/* A progress function that no longer sets the byte stops the run, whatever it returns. */
static void a_missing_heartbeat_stops_the_run(const struct sandbox *slow) {
    enum { N = 5000 };
    int64_t *ids = ids_up_to(N);
    uc_client *client = sandbox_client(slow);
    uint8_t beat = 7;
    struct seen seen = seen_by_me();
    seen.heartbeat = &beat;
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_progress(options, beat_twice, &seen), UC_STATUS_OK);
    CHECK_STATUS(uc_run_options_set_heartbeat(options, &beat), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "beat", "1", options, NULL), UC_STATUS_CANCELLED);
    CHECK(seen.calls >= 3);
    CHECK_STATUS(uc_run_options_set_heartbeat(options, NULL), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, ids, 1, "beat", "1", options, NULL), UC_STATUS_OK);
    uc_run_options_free(options);
    uc_client_free(client);
    free(ids);
}

/* ---- cancel ------------------------------------------------------------------------------------------- */

static void *cancel_soon(void *cancel) {
    sleep_ms(200);
    uc_cancel_request(cancel);
    return NULL;
}

static void cancel_from_another_thread(const struct sandbox *sandbox) {
    enum { N = 2000 };
    int64_t *ids = ids_up_to(N);
    uc_options *options = sandbox_options(sandbox);
    CHECK_STATUS(uc_options_set_rate_limit(options, 20, 1000), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_batch_size(options, 1), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    uc_cancel *cancel = uc_cancel_new();
    uc_run_options *run_options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_cancel(run_options, cancel), UC_STATUS_OK);
    pthread_t thread;
    if (!CHECK(pthread_create(&thread, NULL, cancel_soon, cancel) == 0))
        return;
    uc_report *report = NULL;
    double start = seconds();
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "cancelled", "1", run_options, &report), UC_STATUS_CANCELLED);
    CHECK(seconds() - start < 2);
    pthread_join(thread, NULL);
    CHECK(uc_report_confirmed(report) > 0);
    CHECK(uc_report_not_attempted(report) > N / 2);
    CHECK_INT(uc_report_confirmed(report) + uc_report_unknown(report), sandbox_applied_once(sandbox, "cancelled"));
    uc_report_free(report);

    /* It stays requested: the next run with it does not begin to send. */
    long before = sandbox_requests(sandbox);
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "cancelled", "1", run_options, NULL), UC_STATUS_CANCELLED);
    CHECK_INT(sandbox_requests(sandbox), before);
    /* Taken out of the settings, it stops nothing more. */
    CHECK_STATUS(uc_run_options_set_cancel(run_options, NULL), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, ids, 1, "cancelled", "1", run_options, NULL), UC_STATUS_OK);
    uc_cancel_free(cancel);
    uc_run_options_free(run_options);
    uc_options_free(options);
    uc_client_free(client);
    free(ids);
}

/* Back to the tests' own alarm. One that is still on its way is dropped: it would be taken for that one. */
static void end_alarms(const struct itimerval *timer, const struct sigaction *action) {
    const struct itimerval none = {{0, 0}, {0, 0}};
    CHECK(setitimer(ITIMER_REAL, &none, NULL) == 0);
    signal(SIGALRM, SIG_IGN);
    CHECK(sigaction(SIGALRM, action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, timer, NULL) == 0);
}

static uc_cancel *cancel_on_signal;

static void on_alarm(int signal) {
    (void)signal;
    uc_cancel_request(cancel_on_signal);
}

/* The handler may run on the very thread that waits in the call. */
static void cancel_from_a_signal_handler(const struct sandbox *slow) {
    enum { N = 5000 };
    int64_t *ids = ids_up_to(N);
    uc_client *client = sandbox_client(slow);
    cancel_on_signal = uc_cancel_new();
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    CHECK(sigaction(SIGALRM, &action, &before) == 0);
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_cancel(options, cancel_on_signal), UC_STATUS_OK);
    struct itimerval soon = {{0, 0}, {0, 300000}}, old;
    CHECK(setitimer(ITIMER_REAL, &soon, &old) == 0);
    double start = seconds();
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "signalled", "1", options, NULL), UC_STATUS_CANCELLED);
    double took = seconds() - start;
    CHECK(took >= 0.25 && took < 6);
    end_alarms(&old, &before);
    uc_run_options_free(options);
    uc_cancel_free(cancel_on_signal);
    uc_client_free(client);
    free(ids);
}

static atomic_int interruptions; /* on whatever thread a signal arrives */

static void count(int signal) {
    (void)signal;
    interruptions++;
}

/* A signal every millisecond, without SA_RESTART: system calls are interrupted, and nothing is lost. */
static void a_storm_of_signals(const struct sandbox *sandbox) {
    enum { N = 300 };
    int64_t *ids = ids_up_to(N);
    uc_options *options = sandbox_options(sandbox);
    CHECK_STATUS(uc_options_set_batch_size(options, 1), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    CHECK(sigaction(SIGALRM, &action, &before) == 0);
    struct itimerval storm = {{0, 1000}, {0, 1000}}, old;
    CHECK(setitimer(ITIMER_REAL, &storm, &old) == 0);
    uc_report *report = NULL;
    int status = uc_client_mass_update(client, ids, N, "storm", "1", NULL, &report);
    end_alarms(&old, &before);
    CHECK_INT(status, UC_STATUS_OK);
    CHECK(interruptions > 0);
    CHECK_INT(uc_report_requests(report), N);
    CHECK_INT(sandbox_applied_once(sandbox, "storm"), N);
    uc_report_free(report);
    uc_options_free(options);
    uc_client_free(client);
    free(ids);
}

static void deadline(const struct sandbox *sandbox) {
    enum { N = 2000 };
    int64_t *ids = ids_up_to(N);
    uc_options *options = sandbox_options(sandbox);
    CHECK_STATUS(uc_options_set_rate_limit(options, 20, 1000), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_batch_size(options, 1), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    uc_run_options *run_options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_deadline_ms(run_options, 300), UC_STATUS_OK);
    uc_report *report = NULL;
    double start = seconds();
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "deadline", "1", run_options, &report), UC_STATUS_DEADLINE);
    double took = seconds() - start;
    CHECK(took >= 0.3 && took < 2);
    CHECK_TEXT(uc_last_error(), "deadline");
    CHECK(uc_report_confirmed(report) > 0 && uc_report_not_attempted(report) > 0);
    CHECK_INT(uc_report_confirmed(report) + uc_report_unknown(report), sandbox_applied_once(sandbox, "deadline"));
    uc_report_free(report);
    uc_run_options_free(run_options);
    uc_options_free(options);
    uc_client_free(client);
    free(ids);
}

/* ---- log ---------------------------------------------------------------------------------------------- */

struct lines {
    pthread_t caller;
    int calls, foreign_calls, levels[6], tokens;
    char last[512];
};

static void take_line(void *userdata, int level, const char *message) {
    struct lines *lines = userdata;
    lines->calls++;
    lines->foreign_calls += !pthread_equal(pthread_self(), lines->caller);
    if (level >= 1 && level <= 5)
        lines->levels[level]++;
    lines->tokens += strstr(message, TOKEN) != NULL;
    snprintf(lines->last, sizeof lines->last, "%s", message);
}

static void log_lines(const struct sandbox *sandbox) {
    enum { N = 3000 };
    int64_t *ids = ids_up_to(N);
    const int levels[] = {5, 1};
    for (size_t i = 0; i < 2; i++) {
        struct lines lines;
        memset(&lines, 0, sizeof lines);
        lines.caller = pthread_self();
        uc_options *options = sandbox_options(sandbox);
        CHECK_STATUS(uc_options_set_log(options, take_line, &lines, levels[i]), UC_STATUS_OK);
        uc_client *client = NULL;
        CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
        CHECK_STATUS(uc_client_mass_update(client, ids, N, "logged", "1", NULL, NULL), UC_STATUS_OK);
        CHECK_INT(lines.foreign_calls, 0);
        CHECK_INT(lines.tokens, 0);
        CHECK_INT(lines.calls, lines.levels[1] + lines.levels[2] + lines.levels[3] + lines.levels[4] + lines.levels[5]);
        if (levels[i] == 5) {
            CHECK(lines.levels[4] >= 6); /* three requests and their responses */
            CHECK_TEXT(lines.last, "3000 ids confirmed");
        } else {
            CHECK_INT(lines.calls, lines.levels[1]);
        }
        uc_client_free(client);
        uc_options_free(options);
    }
    free(ids);
}

void callbacks(void) {
    const char *const switches[] = {"--latency", "1200", NULL};
    struct sandbox sandbox = sandbox_start(NULL), slow = sandbox_start(switches);
    progress_is_called_while_waiting(&slow);
    progress_stops_the_run(&slow);
    a_missing_heartbeat_stops_the_run(&slow);
    cancel_from_a_signal_handler(&slow);
    sandbox_stop(&slow);
    cancel_from_another_thread(&sandbox);
    a_storm_of_signals(&sandbox);
    deadline(&sandbox);
    log_lines(&sandbox);
    /* Last: its low rate limit applies to everybody with this address and token. */
    progress_tells_the_wait(&sandbox);
    sandbox_stop(&sandbox);
}
