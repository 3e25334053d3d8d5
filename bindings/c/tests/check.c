/* Counts what held, and runs the groups that are named, or all. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned long passed, failed;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void lock_checks(void) {
    pthread_mutex_lock(&lock);
}

void unlock_checks(void) {
    pthread_mutex_unlock(&lock);
}

int check_that(int held, const char *file, int line, const char *what) {
    lock_checks();
    if (held) {
        passed++;
    } else {
        failed++;
        fprintf(stderr, "%s:%d: FAILED: %s\n", file, line, what);
    }
    unlock_checks();
    return held;
}

int check_int(long long actual, long long expected, const char *file, int line, const char *what) {
    if (actual != expected)
        fprintf(stderr, "%s:%d: is %lld, should be %lld\n", file, line, actual, expected);
    return check_that(actual == expected, file, line, what);
}

int check_text(const char *text, const char *part, const char *file, int line, const char *what) {
    int held = text != NULL && strstr(text, part) != NULL;
    if (!held)
        fprintf(stderr, "%s:%d: \"%s\" should have \"%s\" in it\n", file, line, text ? text : "(NULL)", part);
    return check_that(held, file, line, what);
}

int check_status(int actual, int expected, const char *file, int line, const char *what) {
    const char *error = uc_last_error();
    if (actual != expected)
        fprintf(stderr, "%s:%d: status %d, should be %d: %s\n", file, line, actual, expected, error);
    /* Success leaves the last error alone; everything else replaces it by a message without the token. */
    int set = actual == UC_STATUS_OK
                   ? last_error_is_marked()
                   : !last_error_is_marked() && error[0] != '\0' && strstr(error, TOKEN) == NULL;
    if (!set)
        fprintf(stderr, "%s:%d: status %d, and the last error is: %s\n", file, line, actual, error);
    return check_that(actual == expected && set, file, line, what);
}

void mark_last_error(void) {
    uc_report_failure(NULL, 0, NULL, NULL, NULL);
}

int last_error_is_marked(void) {
    return strcmp(uc_last_error(), "report: is NULL") == 0;
}

double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void sleep_ms(unsigned ms) {
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

int64_t *ids_up_to(size_t n) {
    int64_t *ids = malloc((n + 1) * sizeof *ids);
    if (ids == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        ids[i] = (int64_t)i + 1;
    return ids;
}

/* ---- JSON (RFC 8259), only whether it is some ---------------------------------------------------- */

static const char *json_value(const char *at);

static const char *spaces(const char *at) {
    return at + strspn(at, " \t\r\n");
}

static const char *json_string(const char *at) {
    if (*at != '"')
        return NULL;
    for (at++; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at == '\\') {
            at++;
            if (*at == 'u') {
                if (strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                    return NULL;
                at += 4;
            } else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
                return NULL;
            }
        }
    }
    return at + 1;
}

static const char *json_number(const char *at) {
    const char *digits = "0123456789";
    at += *at == '-';
    if (strspn(at, digits) == 0)
        return NULL;
    at += *at == '0' ? 1 : strspn(at, digits);
    if (*at == '.') {
        size_t n = strspn(at + 1, digits);
        if (n == 0)
            return NULL;
        at += 1 + n;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        size_t n = strspn(at, digits);
        if (n == 0)
            return NULL;
        at += n;
    }
    return at;
}

static const char *json_members(const char *at, char end, int named) {
    at = spaces(at + 1);
    if (*at == end)
        return at + 1;
    for (;;) {
        if (named) {
            at = json_string(spaces(at));
            if (at == NULL || *(at = spaces(at)) != ':')
                return NULL;
            at++;
        }
        at = json_value(at);
        if (at == NULL)
            return NULL;
        at = spaces(at);
        if (*at == end)
            return at + 1;
        if (*at++ != ',')
            return NULL;
    }
}

static const char *json_value(const char *at) {
    at = spaces(at);
    switch (*at) {
    case '{': return json_members(at, '}', 1);
    case '[': return json_members(at, ']', 0);
    case '"': return json_string(at);
    case 't': return strncmp(at, "true", 4) == 0 ? at + 4 : NULL;
    case 'f': return strncmp(at, "false", 5) == 0 ? at + 5 : NULL;
    case 'n': return strncmp(at, "null", 4) == 0 ? at + 4 : NULL;
    default: return json_number(at);
    }
}

int is_json(const char *text) {
    const char *end = text == NULL ? NULL : json_value(text);
    return end != NULL && *spaces(end) == '\0';
}

/* ---- main ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*run)(void);
} groups[] = {
    {"invalid_arguments", invalid_arguments}, {"many_values", many_values}, {"options_by_name", options_by_name},
    {"arrow", arrow}, {"ownership", ownership}, {"normal", normal}, {"statuses", statuses}, {"callbacks", callbacks},
    {"journal", journal}, {"threads", threads}, {"forks", forks}, {"fork_among_threads", fork_among_threads},
    {"process", process},
};
enum { GROUPS = sizeof groups / sizeof groups[0] };

/* Arguments are the groups to run, or with a minus those not to run. */
static int is_wanted(const char *name, int argc, char **argv) {
    int others = 1;
    for (int i = 1; i < argc; i++) {
        int minus = argv[i][0] == '-';
        if (strcmp(argv[i] + minus, name) == 0)
            return !minus;
        others &= minus;
    }
    return others;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        int known = 0;
        for (size_t g = 0; g < GROUPS; g++)
            known |= strcmp(groups[g].name, argv[i] + (argv[i][0] == '-')) == 0;
        if (!known) {
            fprintf(stderr, "there is no group \"%s\"\n", argv[i]);
            return 2;
        }
    }
    /* Nothing here may wait for ever. */
    alarm(300);
    /* The environment of whoever runs the tests is no part of them. */
    unsetenv("USERCOM_BASE_URL");
    for (size_t g = 0; g < GROUPS; g++) {
        if (!is_wanted(groups[g].name, argc, argv))
            continue;
        unsigned long before = failed;
        double start = seconds();
        groups[g].run();
        printf("%-18s %s in %.1f s\n", groups[g].name, failed == before ? "passed" : "FAILED", seconds() - start);
        fflush(stdout);
    }
    uc_shutdown();
    printf("%lu passed, %lu failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
