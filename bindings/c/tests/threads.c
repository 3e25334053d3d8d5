/* Many threads on one client, a run inside a run, and processes that fork. */
#define _DEFAULT_SOURCE /* syscall */
#include "check.h"
#include "sandbox.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

enum { THREADS = 8, RUNS = 5, SHOTS = 2, EACH = 200 };

struct worker {
    const uc_client *client; /* NULL: one-shots */
    const char *attribute;
    int64_t first;
    int runs;
};

static void *update(void *argument) {
    const struct worker *worker = argument;
    int64_t ids[EACH];
    for (int run = 0; run < worker->runs; run++) {
        for (int i = 0; i < EACH; i++)
            ids[i] = worker->first + (int64_t)run * EACH + i;
        if (worker->client == NULL) {
            CHECK_STATUS(uc_mass_update("acme", TOKEN, ids, EACH, worker->attribute, "1"), UC_STATUS_OK);
            continue;
        }
        uc_report *report = NULL;
        CHECK_STATUS(uc_client_mass_update(worker->client, ids, EACH, worker->attribute, "1", NULL, &report),
                     UC_STATUS_OK);
        CHECK_INT(uc_report_confirmed(report), EACH);
        uc_report_free(report);
        /* Each thread's last error is its own, also while the others fail differently. */
        ids[run] = -worker->first;
        char expected[64];
        snprintf(expected, sizeof expected, "position %d (counted from 0) is %lld", run, (long long)ids[run]);
        CHECK_STATUS(uc_client_mass_update(worker->client, ids, EACH, worker->attribute, "1", NULL, NULL),
                     UC_STATUS_INVALID_ARGUMENT);
        CHECK_TEXT(uc_last_error(), expected);
    }
    return NULL;
}

static void eight_threads(const uc_client *client, const char *attribute, int runs) {
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (int t = 0; t < THREADS; t++) {
        workers[t] = (struct worker){client, attribute, 1 + (int64_t)t * RUNS * EACH, runs};
        if (pthread_create(&threads[t], NULL, update, &workers[t]) != 0) {
            perror("pthread_create");
            exit(1);
        }
    }
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
}

/* ---- a run inside a progress callback ----------------------------------------------------------------- */

struct inner {
    const uc_client *client;
    int runs;
};

static int run_another(void *userdata, const uc_progress *progress) {
    struct inner *inner = userdata;
    (void)progress;
    if (inner->runs++ > 0)
        return 0;
    const int64_t ids[] = {7, 8, 9};
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(inner->client, ids, 3, "inner", "1", NULL, &report), UC_STATUS_OK);
    CHECK_INT(uc_report_confirmed(report), 3);
    uc_report_free(report);
    /* Its failures are its own, too: the outer run ends well. */
    CHECK_STATUS(uc_client_mass_update(inner->client, ids, 3, "inner", "x", NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    return 0;
}

static void a_run_inside_a_run(const struct sandbox *sandbox, const uc_client *client) {
    const int64_t ids[] = {1, 2, 3};
    struct inner inner = {client, 0};
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_progress(options, run_another, &inner), UC_STATUS_OK);
    CHECK_INT(uc_client_mass_update(client, ids, 3, "outer", "1", options, NULL), UC_STATUS_OK);
    CHECK(inner.runs > 0);
    CHECK_INT(sandbox_applied_once(sandbox, "outer"), 3);
    CHECK_INT(sandbox_applied_once(sandbox, "inner"), 3);
    uc_run_options_free(options);
}

static void *free_it(void *client) {
    uc_client_free(client);
    return NULL;
}

void threads(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    uc_client *client = sandbox_client(&sandbox);
    eight_threads(client, "together", RUNS);
    CHECK_INT(sandbox_applied_once(&sandbox, "together"), THREADS * RUNS * EACH);
    CHECK_INT(sandbox_requests(&sandbox), THREADS * RUNS);
    a_run_inside_a_run(&sandbox, client);
    /* Freed on another thread than the one that made and used it. */
    pthread_t thread;
    if (CHECK(pthread_create(&thread, NULL, free_it, client) == 0))
        pthread_join(thread, NULL);

    /* One-shots of eight threads share one rate limit. */
    CHECK(setenv("USERCOM_BASE_URL", sandbox.url, 1) == 0);
    long before = sandbox_requests(&sandbox);
    double start = seconds();
    eight_threads(NULL, "shots", SHOTS);
    CHECK_INT(sandbox_requests(&sandbox) - before, THREADS * SHOTS);
    double took = seconds() - start;
    CHECK(took >= 2.9 && took < 5); /* sixteen requests, 200 ms apart */
    CHECK_INT(sandbox_applied_once(&sandbox, "shots"), THREADS * SHOTS * EACH);
    CHECK(unsetenv("USERCOM_BASE_URL") == 0);
    uc_shutdown();
    sandbox_stop(&sandbox);
}

/* ---- fork ----------------------------------------------------------------------------------------------- */

/* Ends a child, by another program when all is well, so that valgrind gets no look at its memory: what belongs to
 * threads that are not here, or to the parent, seems lost. */
static void end_child(int held) {
    if (held)
        execlp("true", "true", (char *)NULL);
    _exit(1);
}

static int ended_well(pid_t pid) {
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* In the child: the inherited client returns FORKED and may be freed, a new one works. Returns whether all held. */
static int child(const struct sandbox *sandbox, uc_client *inherited) {
    const int64_t ids[] = {11, 12};
    const char *const custom[] = {"c"}, *const value = "1";
    const uint32_t index[] = {0, 0};
    uc_report *report = NULL;
    int held = 1;
    held &= CHECK_STATUS(uc_client_mass_update(inherited, ids, 2, "child", "1", NULL, &report), UC_STATUS_FORKED);
    held &= CHECK_TEXT(uc_last_error(), "fork()");
    held &= CHECK_INT(uc_report_status(report), UC_STATUS_FORKED);
    held &= CHECK_INT(uc_report_total(report), 0);
    held &= CHECK_TEXT(uc_report_json(report), "\"status\":\"forked\"");
    uc_report_free(report);
    held &= CHECK_STATUS(uc_client_mass_update_custom_ids(inherited, custom, 1, "child", "1", NULL, NULL),
                         UC_STATUS_FORKED);
    held &= CHECK_STATUS(uc_client_mass_update_rows(inherited, ids, index, 2, &value, 1, "child", NULL, NULL),
                         UC_STATUS_FORKED);
    held &= CHECK_STATUS(
        uc_client_mass_update_rows_custom_ids(inherited, custom, index, 1, &value, 1, "child", NULL, NULL),
        UC_STATUS_FORKED);
    uc_client_free(inherited);
    uc_client *own = sandbox_client(sandbox);
    held &= CHECK_STATUS(uc_client_mass_update(own, ids, 2, "child", "1", NULL, NULL), UC_STATUS_OK);
    uc_client_free(own);
    /* The one-shot's client starts afresh here, without a word to or from the parent's. */
    const int64_t shot[] = {13};
    held &= CHECK_STATUS(uc_mass_update("acme", TOKEN, shot, 1, "child", "1"), UC_STATUS_OK);
    uc_shutdown();
    return held;
}

/* A process that libc knows nothing of is recognized, too; so is the child of a child. */
static void bare_clone(const uc_client *client) {
#ifdef __linux__
    const int64_t id = 1;
    fflush(NULL);
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        int held = uc_client_mass_update(client, &id, 1, "cloned", "1", NULL, NULL) == UC_STATUS_FORKED;
        uc_client *own = NULL;
        held &= uc_client_shared("acme", TOKEN, &own) == UC_STATUS_OK;
        pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (pid == 0)
            end_child(uc_client_mass_update(own, &id, 1, "cloned", "1", NULL, NULL) == UC_STATUS_FORKED);
        end_child(held && ended_well(pid));
    }
    CHECK(ended_well(pid));
#else
    (void)client;
#endif
}

static atomic_int enough;

static void *take_and_give_back(void *unused) {
    for (unsigned i = 0; !enough; i++) {
        uc_client *client = NULL;
        CHECK_STATUS(uc_client_shared("acme", TOKEN, &client), UC_STATUS_OK);
        uc_client_free(client);
        if (i % 3 == 0)
            uc_shutdown();
    }
    return unused;
}

static void *call_all_the_time(void *unused) {
    for (int64_t id = 1; !enough; id++)
        CHECK_STATUS(uc_mass_update("acme", TOKEN, &id, 1, "meanwhile", "1"), UC_STATUS_OK);
    return unused;
}

/* Forked while other threads are inside of calls and hold locks: the child is not stuck in any of them. A group of its
 * own, as libc's allocator can be used in such a child, and those of the sanitizers can't. */
void fork_among_threads(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    uc_client *client = sandbox_client(&sandbox);
    CHECK(setenv("USERCOM_BASE_URL", sandbox.url, 1) == 0);
    enum { FORKS = 10, OTHERS = 3 };
    pthread_t others[OTHERS];
    for (int t = 0; t < OTHERS; t++)
        CHECK(pthread_create(&others[t], NULL, t == 0 ? call_all_the_time : take_and_give_back, NULL) == 0);
    for (int64_t id = 1; id <= FORKS; id++) {
        sleep_ms(5);
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            alarm(20);
            uc_client_free(client);
            int status = uc_mass_update("acme", TOKEN, &id, 1, "amid", "1");
            uc_shutdown();
            end_child(status == UC_STATUS_OK);
        }
        CHECK(ended_well(pid));
    }
    enough = 1;
    for (int t = 0; t < OTHERS; t++)
        pthread_join(others[t], NULL);
    CHECK_INT(sandbox_applied_once(&sandbox, "amid"), FORKS);
    CHECK(unsetenv("USERCOM_BASE_URL") == 0);
    uc_shutdown();
    uc_client_free(client);
    sandbox_stop(&sandbox);
}

void forks(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    uc_client *client = sandbox_client(&sandbox);
    const int64_t ids[] = {1, 2, 3};
    /* A warm connection, which the child must not touch. */
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "parent", "1", NULL, NULL), UC_STATUS_OK);
    CHECK(setenv("USERCOM_BASE_URL", sandbox.url, 1) == 0);
    CHECK_STATUS(uc_mass_update("acme", TOKEN, ids, 3, "shot", "1"), UC_STATUS_OK);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        end_child(child(&sandbox, client));
    CHECK(ended_well(pid));
    CHECK_INT(sandbox_applied_once(&sandbox, "child"), 3);
    bare_clone(client);
    CHECK_INT(sandbox_applied_once(&sandbox, "cloned"), 0);
    /* The parent is not affected. */
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "parent", "2", NULL, NULL), UC_STATUS_OK);
    CHECK(sandbox_has(&sandbox, "parent", "3,2,2"));
    CHECK_STATUS(uc_mass_update("acme", TOKEN, ids, 3, "shot", "2"), UC_STATUS_OK);
    CHECK(sandbox_has(&sandbox, "shot", "3,2,2"));
    CHECK(unsetenv("USERCOM_BASE_URL") == 0);
    uc_shutdown();
    uc_client_free(client);
    sandbox_stop(&sandbox);
}
