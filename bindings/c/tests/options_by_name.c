/* uc_options_set and uc_run_options_set: every option by its name, what they reject, and that the option then stays
 * as it was. tests/usercom_json.py checks that usercom.json has the same names. */
#include "check.h"
#include "sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct handles {
    uc_options *options;
    uc_run_options *run_options;
};

struct option {
    char of; /* 'c': of a client, 'r': of a run */
    const char *name, *good, *wrong_type, *says_type;
    const char *outside, *says_bounds; /* NULL: every value of its type is fine */
};

static const struct option OPTIONS[] = {
    {'c', "base_url", "\"https://eu.example.com\"", "7", "is 7; use a text", "\"ftp://x\"", "https://"},
    {'c', "rate_limit_scope", "\"process\"", "1", "is 1; use a text", "\"all\"",
     "is neither \"process\" nor \"host\""},
    {'c', "rate_limit_dir", "\"/nowhere\"", "1", "is 1; use the text of a path", "\"\"", "is empty"},
    {'c', "method", "\"POST\"", "true", "is true; use a text", "\"GET\"", "is neither \"PUT\" nor \"POST\""},
    {'c', "api_version", "2", "\"2\"", "use a whole number", "4294967296", "is outside"},
    {'c', "request_timeout_ms", "3600000", "\"1 s\"", "use a number of milliseconds", "0", "is outside 1 ms to 1 h"},
    {'c', "batch_size", "10000", "1.5", "is 1.5; use a whole number", "10001", "is outside 1 to 10,000 ids"},
    {'c', "workers", "32", "[1]", "is a list; use a whole number", "33", "is outside 1 to 32 workers"},
    {'c', "rate_limit", "{\"requests\":5,\"per_ms\":1000}", "5", "use {\"requests\": 5, \"per_ms\": 1000}",
     "{\"requests\":1001,\"per_ms\":1000}", "is outside 0.1 to 1,000 requests per second"},
    {'c', "max_attempts", " 20 ", "{}", "is an object; use a whole number", "0", "is outside 1 to 20 attempts"},
    {'c', "proxy", "\"http://user:pa%40ss@proxy:1\"", "false", "is false; use a text", "\"socks5://u:hunter2@x:1\"",
     "http://[user:password@]host:port"},
    {'c', "ca_file", NULL, "1", "is 1; use the text of a path", "\"/nowhere/to/be/found.pem\"", "/nowhere"},
    {'r', "deadline_ms", "18446744073709551615", "-1", "is -1; use whole milliseconds from 0 on", NULL, NULL},
    {'r', "stall_timeout_ms", "86400000", "1e3", "use whole milliseconds from 0 on", "999", "is outside 1 s to 24 h"},
    {'r', "max_requests", "18446744073709551615", "18446744073709551616", "use a whole number from 0 on", "0",
     "is outside 1 and more requests"},
    {'r', "journal_dir", "\"/nowhere/\\u00e9\"", "[]", "is a list; use the text of a path", "\"\"", "is empty"},
    {'r', "journal_max_age_ms", "2592000000", "\"\"", "use a number of milliseconds", "2592000001",
     "is outside 1 s to 30 days"},
    {'r', "standard_attributes", "true", "1", "is 1; use true or false", NULL, NULL},
    {'r', "allow_null", "false", "\"true\"", "is a text; use true or false", NULL, NULL},
    {'r', "dry_run", "true", "0", "is 0; use true or false", NULL, NULL},
};
enum { N_OPTIONS = sizeof OPTIONS / sizeof OPTIONS[0] };

static int set(const struct handles *handles, char of, const char *name, const char *json) {
    return of == 'c' ? uc_options_set(handles->options, name, json)
                     : uc_run_options_set(handles->run_options, name, json);
}

/* The message is `name: `, with the name as it was passed, and what is wrong. */
static void check_rejected(const struct handles *handles, char of, const char *name, const char *json,
                           const char *says) {
    char begin[80];
    snprintf(begin, sizeof begin, "%s: ", name);
    CHECK_STATUS(set(handles, of, name, json), UC_STATUS_INVALID_ARGUMENT);
    if (!CHECK(strncmp(uc_last_error(), begin, strlen(begin)) == 0))
        fprintf(stderr, "\"%s\" should begin with \"%s\"\n", uc_last_error(), begin);
    CHECK_TEXT(uc_last_error(), says);
    CHECK(strstr(uc_last_error(), "hunter2") == NULL); /* a proxy's password */
}

static struct handles new_handles(void) {
    return (struct handles){uc_options_new(), uc_run_options_new()};
}

static void free_handles(struct handles handles) {
    uc_options_free(handles.options);
    uc_run_options_free(handles.run_options);
}

static void every_option(void) {
    const struct handles handles = new_handles();
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &OPTIONS[i];
        CHECK_STATUS(set(&handles, o->of, o->name, o->good), UC_STATUS_OK);
        check_rejected(&handles, o->of, o->name, o->wrong_type, o->says_type);
        if (o->outside != NULL)
            check_rejected(&handles, o->of, o->name, o->outside, o->says_bounds);
        static const char *const malformed[] = {
            "", " ", "tru", "1 2", "{\"requests\":", "\"", "nul", "NaN", "'x'", "[1,]",
        };
        for (size_t m = 0; m < sizeof malformed / sizeof malformed[0]; m++)
            check_rejected(&handles, o->of, o->name, malformed[m], "is not JSON");
        check_rejected(&handles, o->of, o->name, "\"\xff\"", "is not UTF-8");
        CHECK_STATUS(set(&handles, o->of, o->name, "null"), UC_STATUS_OK);
        CHECK_STATUS(set(&handles, o->of, o->name, " null\n"), UC_STATUS_OK);
        CHECK_STATUS(set(&handles, o->of, o->name, NULL), UC_STATUS_OK);
    }
    free_handles(handles);
}

static void texts_with_nul(void) {
    const struct handles handles = new_handles();
    check_rejected(&handles, 'c', "base_url", "\"https://eu.example.com\\u0000\"", "host");
    check_rejected(&handles, 'c', "method", "\"PUT\\u0000\"", "is neither");
    check_rejected(&handles, 'c', "proxy", "\"http://proxy:1\\u0000\"", "host:port");
    check_rejected(&handles, 'c', "ca_file", "\"/etc\\u0000/x\"", "has a NUL character");
    check_rejected(&handles, 'r', "journal_dir", "\"/tmp\\u0000/x\"", "has a NUL character");
    free_handles(handles);
}

static void rate_limits(void) {
    const struct handles handles = new_handles();
    static const char *const good[] = {
        "{\"requests\":1000,\"per_ms\":1000}",
        "{ \"per_ms\": 10000, \"requests\": 1 }",
        "{\"requests\":0,\"per_ms\":0}",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK_STATUS(uc_options_set(handles.options, "rate_limit", good[i]), UC_STATUS_OK);
    static const struct {
        const char *json, *says;
    } bad[] = {
        {"{}", "requests"},
        {"{\"requests\":5}", "per_ms"},
        {"{\"per_ms\":5}", "requests"},
        {"{\"requests\":5,\"per_ms\":1000,\"per\":1}", "per"},
        {"{\"requests\":5.5,\"per_ms\":1000}", "5.5"},
        {"{\"requests\":-5,\"per_ms\":1000}", "-5"},
        {"{\"requests\":4294967296,\"per_ms\":1000}", "4294967296"},
        {"{\"requests\":\"5\",\"per_ms\":1000}", "\"5\""},
        {"{\"requests\":null,\"per_ms\":1000}", "null"},
        {"{\"requests\":1,\"per_ms\":0}", "is outside"},
        {"{\"requests\":1,\"per_ms\":10001}", "is outside"},
        {"[5,1000]", "is a list"},
        {"\"5/s\"", "is a text"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_rejected(&handles, 'c', "rate_limit", bad[i].json, bad[i].says);
    free_handles(handles);
}

static void names_and_handles(void) {
    const struct handles handles = new_handles(), none = {NULL, NULL};
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &OPTIONS[i];
        char other[64];
        /* Of the other kind of options, and with or without the unit. */
        check_rejected(&handles, o->of == 'c' ? 'r' : 'c', o->name, o->good, "is not an option; the options are ");
        snprintf(other, sizeof other, "%s_ms", o->name);
        if (strlen(o->name) > 3 && strcmp(o->name + strlen(o->name) - 3, "_ms") == 0)
            other[strlen(o->name) - 3] = '\0';
        check_rejected(&handles, o->of, other, o->good, o->name);
        CHECK_STATUS(set(&none, o->of, o->name, o->good), UC_STATUS_INVALID_ARGUMENT);
        CHECK_TEXT(uc_last_error(), o->of == 'c' ? "options: is NULL" : "run_options: is NULL");
    }
    for (const char *of = "cr"; *of; of++) {
        check_rejected(&handles, *of, "", "1", "is not an option");
        check_rejected(&handles, *of, "WORKERS", "1", "is not an option");
        check_rejected(&handles, *of, " dry_run", "true", "is not an option");
        check_rejected(&handles, *of, "stall-timeout-ms", "1000", "is not an option");
        CHECK_STATUS(set(&handles, *of, NULL, "1"), UC_STATUS_INVALID_ARGUMENT);
        CHECK_TEXT(uc_last_error(), "name: is NULL");
        CHECK_STATUS(set(&handles, *of, "\xff", "1"), UC_STATUS_INVALID_ARGUMENT);
        CHECK_TEXT(uc_last_error(), "name: is not UTF-8");
        CHECK_STATUS(set(&handles, *of, "a\nb", "1"), UC_STATUS_INVALID_ARGUMENT);
        CHECK_TEXT(uc_last_error(), "a\\nb: is not an option");
    }
    free_handles(handles);
}

/* ---- what was set is what a run does ----------------------------------------------------------------- */

static const int64_t IDS[] = {10, 15, 22};

/* Each wrong value of the option is rejected; what was set before is tried afterwards. */
static void try_wrong_values(const struct handles *handles, const char *name) {
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &OPTIONS[i];
        if (strcmp(o->name, name) != 0)
            continue;
        check_rejected(handles, o->of, name, o->wrong_type, o->says_type);
        check_rejected(handles, o->of, name, "nul", "is not JSON");
        if (o->outside != NULL)
            check_rejected(handles, o->of, name, o->outside, o->says_bounds);
    }
}

static void set_then_try_wrong(const struct handles *handles, char of, const char *name, const char *json) {
    CHECK_STATUS(set(handles, of, name, json), UC_STATUS_OK);
    try_wrong_values(handles, name);
}

static int run(const struct handles *handles, const char *attribute, const char *value) {
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, handles->options, &client), UC_STATUS_OK);
    int status = uc_client_mass_update(client, IDS, 3, attribute, value, handles->run_options, NULL);
    uc_client_free(client);
    return status;
}

static void a_rejected_value_changes_nothing(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    const struct handles handles = new_handles();
    char url[80];
    snprintf(url, sizeof url, "\"%s\"", sandbox.url);
    set_then_try_wrong(&handles, 'c', "base_url", url);
    set_then_try_wrong(&handles, 'c', "method", "\"POST\"");
    set_then_try_wrong(&handles, 'c', "batch_size", "1");
    set_then_try_wrong(&handles, 'c', "rate_limit", "{\"requests\":1,\"per_ms\":10000}");
    set_then_try_wrong(&handles, 'r', "dry_run", "true");
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_DRY_RUN);
    CHECK_TEXT(uc_last_error(), "3 requests");
    CHECK_TEXT(uc_last_error(), "20.0 s");
    /* The defaults are back. */
    CHECK_STATUS(set(&handles, 'c', "batch_size", "null"), UC_STATUS_OK);
    CHECK_STATUS(set(&handles, 'c', "rate_limit", NULL), UC_STATUS_OK);
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_DRY_RUN);
    CHECK_TEXT(uc_last_error(), "1 request");

    set_then_try_wrong(&handles, 'r', "standard_attributes", "true");
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "attribute: ");
    CHECK_STATUS(set(&handles, 'r', "standard_attributes", "false"), UC_STATUS_OK);
    CHECK_STATUS(run(&handles, "plan", "null"), UC_STATUS_INVALID_ARGUMENT);
    set_then_try_wrong(&handles, 'r', "allow_null", "true");
    CHECK_STATUS(run(&handles, "plan", "null"), UC_STATUS_DRY_RUN);
    CHECK_INT(sandbox_requests(&sandbox), 0);

    CHECK_STATUS(set(&handles, 'r', "dry_run", NULL), UC_STATUS_OK);
    CHECK_STATUS(set(&handles, 'c', "batch_size", "1"), UC_STATUS_OK);
    CHECK_STATUS(set(&handles, 'c', "rate_limit", "{\"requests\":0,\"per_ms\":0}"), UC_STATUS_OK);
    set_then_try_wrong(&handles, 'r', "max_requests", "2");
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_REQUEST_LIMIT);
    CHECK_INT(sandbox_requests(&sandbox), 2);
    CHECK_STATUS(set(&handles, 'r', "max_requests", "null"), UC_STATUS_OK);
    CHECK_STATUS(set(&handles, 'c', "rate_limit", "{\"requests\":1,\"per_ms\":10000}"), UC_STATUS_OK);
    set_then_try_wrong(&handles, 'r', "deadline_ms", "50");
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_DEADLINE);
    CHECK_STATUS(set(&handles, 'r', "deadline_ms", "0"), UC_STATUS_OK); /* no default, as null is that */
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_DEADLINE);
    CHECK_STATUS(set(&handles, 'r', "deadline_ms", "null"), UC_STATUS_OK);
    CHECK_STATUS(set(&handles, 'c', "rate_limit", "{\"requests\":0,\"per_ms\":0}"), UC_STATUS_OK);
    CHECK_STATUS(run(&handles, "plan", "1"), UC_STATUS_OK);
    CHECK_INT(sandbox_holds(&sandbox, "plan", "1"), 3);
    free_handles(handles);
    sandbox_stop(&sandbox);
}

/* `call` refuses a value with its bounds. */
#define CHECK_OUTSIDE(call, says)                         \
    do {                                                  \
        CHECK_STATUS(call, UC_STATUS_INVALID_ARGUMENT);   \
        CHECK_TEXT(uc_last_error(), says);                \
    } while (0)

/* Every setter of a number with the largest value of its type: refused with the bounds, or taken without an overflow,
 * which the run would show. By name a number may be even larger, or negative. */
static void largest_values(void) {
    uc_options *options = uc_options_new();
    uc_run_options *run_options = uc_run_options_new();
    CHECK_STATUS(uc_options_set_api_version(options, UINT32_MAX), UC_STATUS_OK);
    CHECK_OUTSIDE(uc_options_set_request_timeout_ms(options, UINT64_MAX), "request_timeout: is outside 1 ms to 1 h");
    CHECK_OUTSIDE(uc_options_set_batch_size(options, SIZE_MAX), "batch_size: is outside 1 to 10,000 ids");
    CHECK_OUTSIDE(uc_options_set_workers(options, UINT32_MAX), "workers: is outside 1 to 32 workers");
    CHECK_OUTSIDE(uc_options_set_rate_limit(options, UINT32_MAX, UINT64_MAX), "rate_limit: is outside 0.1 to 1,000");
    CHECK_OUTSIDE(uc_options_set_rate_limit(options, UINT32_MAX, 1), "rate_limit: is outside 0.1 to 1,000");
    CHECK_OUTSIDE(uc_options_set_rate_limit(options, 1, UINT64_MAX), "rate_limit: is outside 0.1 to 1,000");
    CHECK_OUTSIDE(uc_options_set_max_attempts(options, UINT32_MAX), "max_attempts: is outside 1 to 20 attempts");
    CHECK_OUTSIDE(uc_run_options_set_stall_timeout_ms(run_options, UINT64_MAX), "stall_timeout: is outside 1 s to 24 h");
    CHECK_OUTSIDE(uc_run_options_set_journal_max_age_ms(run_options, UINT64_MAX), "journal_max_age: is outside 1 s");
    CHECK_OUTSIDE(uc_options_set(options, "workers", "-1"), "is -1; use a whole number from 0 on (1 to 32 workers)");
    CHECK_OUTSIDE(uc_options_set(options, "workers", "1e30"), "(1 to 32 workers)");
    CHECK_OUTSIDE(uc_run_options_set(run_options, "stall_timeout_ms", "-1"), "(1 s to 24 h)");
    CHECK_OUTSIDE(uc_options_set(options, "rate_limit", "{\"requests\":-1,\"per_ms\":1}"), "(0.1 to 1,000 requests");

    struct sandbox sandbox = sandbox_start(NULL);
    uc_options_set_base_url(options, sandbox.url);
    CHECK_STATUS(uc_run_options_set_deadline_ms(run_options, UINT64_MAX), UC_STATUS_OK);
    CHECK_STATUS(uc_run_options_set_max_requests(run_options, UINT64_MAX), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    const int64_t id = INT64_MAX;
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "most", "1", run_options, NULL), UC_STATUS_OK);
    CHECK(sandbox_has(&sandbox, "most", "9223372036854775807,1,1"));
    CHECK_OUTSIDE(uc_client_mass_update(client, &id, SIZE_MAX, "most", "1", run_options, NULL), "ids: can't have");
    /* By name, 0 has passed at once: nothing can be confirmed. */
    CHECK_STATUS(uc_run_options_set(run_options, "deadline_ms", "0"), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "least", "1", run_options, NULL), UC_STATUS_DEADLINE);
    CHECK(!sandbox_has(&sandbox, "least", "9223372036854775807,1,1"));
    uc_client_free(client);
    sandbox_stop(&sandbox);
    uc_run_options_free(run_options);
    uc_options_free(options);
}

void options_by_name(void) {
    every_option();
    texts_with_nul();
    rate_limits();
    names_and_handles();
    a_rejected_value_changes_nothing();
    largest_values();
}
