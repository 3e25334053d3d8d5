/* What belongs to the whole process: SIGPIPE, few threads or files, leaving in the middle of a run, unloading. */
#define _DEFAULT_SOURCE /* setrlimit, syscalls of BSD */
#include "check.h"
#include "sandbox.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static uc_client *client_for(const char *url, size_t batch_size) {
    uc_options *options = uc_options_new();
    uc_client *client = NULL;
    CHECK_STATUS(uc_options_set_base_url(options, url), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_rate_limit(options, 0, 0), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_batch_size(options, batch_size), UC_STATUS_OK);
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    uc_options_free(options);
    return client;
}

/* Runs `body` in a process of its own, which must end well within 20 s. */
static void in_a_child(int (*body)(const struct sandbox *), const struct sandbox *sandbox) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        _exit(body(sandbox));
    }
    int status = -1;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- SIGPIPE ----------------------------------------------------------------------------------------- */

/* Ends its side of a connection at once and slams it in the middle of a request: what is written then gives EPIPE. */
static void *slam(void *listener) {
    for (int end; (end = accept(*(int *)listener, NULL, NULL)) >= 0; close(end)) {
        char begin;
        shutdown(end, SHUT_WR);
        recv(end, &begin, 1, 0);
    }
    return NULL;
}

static void broken_pipes(void) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pthread_t server;
    if (!CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 64) == 0
               && setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int)) == 0
               && getsockname(listener, (struct sockaddr *)&address, &size) == 0
               && pthread_create(&server, NULL, slam, &listener) == 0))
        return;
    /* As in a program that never heard of SIGPIPE: it kills. */
    CHECK(signal(SIGPIPE, SIG_DFL) == SIG_DFL);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    uc_client *client = client_for(url, 10000);
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_stall_timeout_ms(options, 1000), UC_STATUS_OK);
    enum { MANY = 10000 };
    int64_t *ids = ids_up_to(MANY);
    for (size_t i = 0; i < MANY; i++)
        ids[i] += INT64_MAX - MANY; /* long ones, for a body that is not written at once */
    CHECK_STATUS(uc_client_mass_update(client, ids, MANY, "plan", "1", options, NULL), UC_STATUS_TRANSPORT);
    free(ids);
    uc_run_options_free(options);
    uc_client_free(client);
    CHECK(signal(SIGPIPE, SIG_DFL) == SIG_DFL); /* and nobody has changed that */
    shutdown(listener, SHUT_RDWR);
    pthread_join(server, NULL);
    close(listener);
}

/* ---- few threads, few files ---------------------------------------------------------------------------- */

enum { N = 40 };

static int forty(const char *url, const char *attribute, int expected, const char *says) {
    int64_t *ids = ids_up_to(N);
    uc_client *client = client_for(url, 1);
    uc_run_options *options = uc_run_options_new();
    uc_report *report = NULL;
    CHECK_STATUS(uc_run_options_set_stall_timeout_ms(options, 1000), UC_STATUS_OK);
    int held = CHECK_STATUS(uc_client_mass_update(client, ids, N, attribute, "1", options, &report), expected);
    held &= CHECK_TEXT(uc_report_message(report), says);
    held &= CHECK_INT(uc_report_confirmed(report), expected == UC_STATUS_OK ? N : 0);
    held &= CHECK_INT(uc_report_unknown(report), 0);
    uc_report_free(report);
    uc_run_options_free(options);
    uc_client_free(client);
    free(ids);
    return !held;
}

static int without_threads(const struct sandbox *sandbox) {
    const struct rlimit none = {1, 1};
    /* Root has no such limit. */
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || (getuid() == 0 && setuid(54321) != 0))
        return 2;
    pthread_t thread;
    if (!CHECK(pthread_create(&thread, NULL, slam, NULL) != 0))
        return 3;
    return forty(sandbox->url, "threadless", UC_STATUS_OK, "confirmed");
}

static int with_eight_files(const struct sandbox *sandbox) {
    const struct rlimit eight = {8, 8};
    if (setrlimit(RLIMIT_NOFILE, &eight) != 0)
        return 2;
    return forty(sandbox->url, "eight_files", UC_STATUS_OK, "confirmed");
}

static int without_files(const struct sandbox *sandbox) {
    const struct rlimit none = {3, 3};
    if (setrlimit(RLIMIT_NOFILE, &none) != 0)
        return 2;
    return forty(sandbox->url, "no_files", UC_STATUS_TRANSPORT, "open files");
}

/* ---- leaving in the middle ------------------------------------------------------------------------------- */

static void *run_for_long(void *client) {
    int64_t *ids = ids_up_to(5000);
    uc_client_mass_update(client, ids, 5000, "left", "1", NULL, NULL);
    free(ids);
    return NULL;
}

/* main returns while another thread is in a run: the process ends, and at once. */
static int leave(const struct sandbox *sandbox) {
    pthread_t thread;
    uc_client *client = client_for(sandbox->url, 1);
    if (pthread_create(&thread, NULL, run_for_long, client) != 0)
        return 2;
    sleep_ms(300);
    exit(0);
}

static void leave_in_the_middle(const struct sandbox *sandbox) {
    long before = sandbox_requests(sandbox);
    double start = seconds();
    in_a_child(leave, sandbox);
    CHECK(seconds() - start < 3);
    CHECK(sandbox_requests(sandbox) > before); /* it was in the middle */
}

/* ---- dlopen and dlclose ------------------------------------------------------------------------------------ */

struct loaded {
    void *library;
    int (*mass_update)(const char *, const char *, const int64_t *, size_t, const char *, const char *);
    void (*shutdown)(void);
    const char *(*last_error)(void);
};

static void *find(void *library, const char *name, void *function, size_t size) {
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, size); /* ISO C knows no cast from one to the other */
    return symbol;
}

static void *use(void *argument) {
    struct loaded *loaded = argument;
    const int64_t ids[] = {1, 2, 3};
    CHECK_INT(loaded->mass_update("acme", TOKEN, ids, 3, "loaded", "1"), UC_STATUS_OK);
    CHECK_INT(loaded->mass_update("acme", TOKEN, ids, 3, "loaded", "x"), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(loaded->last_error(), "value: ");
    loaded->shutdown();
    CHECK_INT(dlclose(loaded->library), 0);
    return NULL; /* what the library keeps for each thread goes after the library was closed */
}

/* Loaded, used and closed, on the thread that continues and on one that ends. */
static int load_and_unload(const struct sandbox *sandbox) {
    int held = setenv("USERCOM_BASE_URL", sandbox->url, 1) == 0;
    for (int round = 0; round < 4; round++) {
        struct loaded loaded = {dlopen(getenv("USERCOM_LIBRARY"), RTLD_NOW | RTLD_LOCAL), NULL, NULL, NULL};
        held &= loaded.library != NULL
                && find(loaded.library, "uc_mass_update", &loaded.mass_update, sizeof loaded.mass_update) != NULL
                && find(loaded.library, "uc_shutdown", &loaded.shutdown, sizeof loaded.shutdown) != NULL
                && find(loaded.library, "uc_last_error", &loaded.last_error, sizeof loaded.last_error) != NULL;
        if (!held) {
            fprintf(stderr, "USERCOM_LIBRARY: %s\n", dlerror());
            return 2;
        }
        pthread_t thread;
        if (round % 2 == 0)
            use(&loaded);
        else if (pthread_create(&thread, NULL, use, &loaded) != 0 || pthread_join(thread, NULL) != 0)
            return 3;
    }
    return 0;
}

void process(void) {
    const char *const switches[] = {"--latency", "20", NULL};
    struct sandbox sandbox = sandbox_start(switches);
    broken_pipes();
    in_a_child(without_threads, &sandbox);
    CHECK_INT(sandbox_applied_once(&sandbox, "threadless"), N);
    in_a_child(with_eight_files, &sandbox);
    CHECK_INT(sandbox_applied_once(&sandbox, "eight_files"), N);
    in_a_child(without_files, &sandbox);
    leave_in_the_middle(&sandbox);
    in_a_child(load_and_unload, &sandbox);
    CHECK(sandbox_has(&sandbox, "loaded", "3,1,4"));
    sandbox_stop(&sandbox);
}
