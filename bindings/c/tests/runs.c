/* Runs that begin: what is sent, what is reported, and that the two agree with the sandbox's ledger. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The four states partition the input, one by one and in the totals. */
static void check_sums(const uc_report *report, size_t total) {
    size_t counts[4] = {0, 0, 0, 0};
    CHECK_INT(uc_report_total(report), total);
    uint8_t *states = malloc(total + 1);
    if (states == NULL)
        abort();
    CHECK_INT(uc_report_states(report, states, total), UC_STATUS_OK);
    int agree = 1;
    for (size_t i = 0; i < total; i++) {
        agree &= states[i] <= UC_ID_UNKNOWN && states[i] == uc_report_state(report, i);
        counts[states[i] & 3]++;
    }
    free(states);
    CHECK(agree);
    CHECK_INT(uc_report_not_attempted(report), counts[UC_ID_NOT_ATTEMPTED]);
    CHECK_INT(uc_report_confirmed(report), counts[UC_ID_CONFIRMED]);
    CHECK_INT(uc_report_rejected(report), counts[UC_ID_REJECTED]);
    CHECK_INT(uc_report_unknown(report), counts[UC_ID_UNKNOWN]);
    CHECK_INT(uc_report_failure_count(report), counts[UC_ID_REJECTED] + counts[UC_ID_UNKNOWN]);
    CHECK(is_json(uc_report_json(report)));
}

/* ---- one value --------------------------------------------------------------------------------------- */

static void one_shot(const struct sandbox *sandbox) {
    enum { N = 2500 };
    int64_t *ids = ids_up_to(N);
    CHECK(setenv("USERCOM_BASE_URL", sandbox->url, 1) == 0);
    long before = sandbox_requests(sandbox);
    CHECK_STATUS(uc_mass_update("acme", TOKEN, ids, N, "newsletter", "false"), UC_STATUS_OK);
    CHECK_INT(sandbox_requests(sandbox) - before, 3);
    CHECK_INT(sandbox_applied_once(sandbox, "newsletter"), N);
    CHECK(sandbox_has(sandbox, "newsletter", "2500,false,1"));
    /* Nobody to update is no mistake, and nothing is sent. */
    CHECK_STATUS(uc_mass_update("acme", TOKEN, NULL, 0, "newsletter", "true"), UC_STATUS_OK);
    CHECK_STATUS(uc_mass_update("acme", TOKEN, ids, 0, "newsletter", "true"), UC_STATUS_OK);
    CHECK_INT(sandbox_requests(sandbox) - before, 3);
    /* The shared client is the same one, freed as any other; it comes back after uc_shutdown. */
    uc_client *shared = NULL;
    CHECK_STATUS(uc_client_shared("acme", TOKEN, &shared), UC_STATUS_OK);
    uc_shutdown();
    CHECK_STATUS(uc_client_mass_update(shared, ids, 1, "newsletter", "true", NULL, NULL), UC_STATUS_OK);
    uc_client_free(shared);
    CHECK_STATUS(uc_client_shared_with_scope("acme", TOKEN, "host", &shared), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(shared, ids, 1, "newsletter", "true", NULL, NULL), UC_STATUS_OK);
    uc_client_free(shared);
    CHECK_STATUS(uc_mass_update("acme", TOKEN, ids, 1, "newsletter", "false"), UC_STATUS_OK);
    CHECK(sandbox_has(sandbox, "newsletter", "1,false,4"));
    uc_shutdown();
    CHECK(unsetenv("USERCOM_BASE_URL") == 0);
    free(ids);
}

/* JSON is sent as written, to the byte. */
static void values_keep_their_text(const struct sandbox *sandbox, const uc_client *client) {
    static const struct {
        const char *json, *ledger;
    } table[] = {
        {"9007199254740993", "1,9007199254740993,1"},
        {"0.10", "1,0.10,1"},
        {"1e3", "1,1e3,1"},
        {"-0.0", "1,-0.0,1"},
        {"1e308", "1,1e308,1"},
        {"[[[[[[[[{\"a\":[]}]]]]]]]]", "1,\"[[[[[[[[{\"\"a\"\":[]}]]]]]]]]\",1"},
        {" true\n", "1,true,1"},
        {"\"2026-11-23\"", "1,\"\"\"2026-11-23\"\"\",1"},
        {"[\"a\",\"b\"]", "1,\"[\"\"a\"\",\"\"b\"\"]\",1"},
    };
    const int64_t id = 1;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char attribute[32];
        snprintf(attribute, sizeof attribute, "text_%zu", i);
        CHECK_STATUS(uc_client_mass_update(client, &id, 1, attribute, table[i].json, NULL, NULL), UC_STATUS_OK);
        CHECK(sandbox_has(sandbox, attribute, table[i].ledger));
    }
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_allow_null(options, 1), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "nothing", "null", options, NULL), UC_STATUS_OK);
    CHECK(sandbox_has(sandbox, "nothing", "1,null,1"));
    uc_run_options_free(options);
}

static void the_largest_id(const struct sandbox *sandbox, const uc_client *client) {
    const int64_t ids[] = {INT64_MAX, 1};
    CHECK_STATUS(uc_client_mass_update(client, ids, 2, "largest", "1", NULL, NULL), UC_STATUS_OK);
    CHECK(sandbox_has(sandbox, "largest", "9223372036854775807,1,1"));
    /* 255 characters, each of four bytes. */
    char attribute[255 * 4 + 1];
    for (size_t i = 0; i < 255; i++)
        memcpy(attribute + 4 * i, "\xf0\x9f\x98\x80", 5);
    CHECK_STATUS(uc_client_mass_update(client, ids, 2, attribute, "1", NULL, NULL), UC_STATUS_OK);
}

static void twice_the_same_id(const struct sandbox *sandbox, const uc_client *client) {
    const int64_t ids[] = {7, 3, 7, 7, 9};
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, 5, "twice", "1", NULL, &report), UC_STATUS_OK);
    check_sums(report, 5);
    CHECK_INT(uc_report_confirmed(report), 5);
    CHECK_INT(uc_report_requests(report), 1);
    CHECK(sandbox_has(sandbox, "twice", "7,1,1"));
    uc_report_free(report);
}

static void custom_ids(const struct sandbox *sandbox, const uc_client *client) {
    const char *const ids[] = {"u-1", "zo\xc3\xab \"x\"", "u-1"};
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update_custom_ids(client, ids, 3, "by_custom", "\"pro\"", NULL, &report), UC_STATUS_OK);
    check_sums(report, 3);
    CHECK_INT(uc_report_confirmed(report), 3);
    uc_report_free(report);
    /* Two users, who are made up there because nobody had these ids. */
    CHECK_INT(sandbox_applied_once(sandbox, "by_custom"), 2);
    char *requests = sandbox_get(sandbox, "/_sandbox/requests");
    CHECK_TEXT(requests, "/api/public/users-by-id/mass_update_custom_attributes/");
    free(requests);
    CHECK_STATUS(uc_client_mass_update_custom_ids(client, NULL, 0, "by_custom", "1", NULL, NULL), UC_STATUS_OK);
}

static void rows(const struct sandbox *sandbox, const uc_client *client) {
    const int64_t ids[] = {1, 2, 3, 4, 2};
    const uint32_t index[] = {0, 1, 0, 2, 2};
    const char *const values[] = {"\"gold\"", "\"silver\"", "\"bronze\"", "\"never used\""};
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update_rows(client, ids, index, 5, values, 4, "tier", NULL, &report), UC_STATUS_OK);
    check_sums(report, 5);
    /* The last value of an id wins; its earlier position is not attempted, and the report says so. */
    CHECK_INT(uc_report_confirmed(report), 4);
    CHECK_INT(uc_report_state(report, 1), UC_ID_NOT_ATTEMPTED);
    CHECK_INT(uc_report_requests(report), 2);
    CHECK_TEXT(uc_report_json(report), "position 1 was superseded by position 4");
    uc_report_free(report);
    CHECK(sandbox_has(sandbox, "tier", "1,\"\"\"gold\"\"\",1"));
    CHECK(sandbox_has(sandbox, "tier", "2,\"\"\"bronze\"\"\",1"));
    CHECK(sandbox_has(sandbox, "tier", "3,\"\"\"gold\"\"\",1"));
    CHECK(sandbox_has(sandbox, "tier", "4,\"\"\"bronze\"\"\",1"));

    const char *const custom[] = {"a", "b"};
    CHECK_STATUS(
        uc_client_mass_update_rows_custom_ids(client, custom, index, 2, values, 2, "custom_tier", NULL, &report),
        UC_STATUS_OK);
    check_sums(report, 2);
    CHECK_INT(uc_report_requests(report), 2);
    uc_report_free(report);
    CHECK_INT(sandbox_applied_once(sandbox, "custom_tier"), 2);
    CHECK_STATUS(uc_client_mass_update_rows(client, NULL, NULL, 0, NULL, 0, "tier", NULL, NULL), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update_rows_custom_ids(client, NULL, NULL, 0, NULL, 0, "tier", NULL, NULL),
                 UC_STATUS_OK);
}

static void standard_attributes(const struct sandbox *sandbox, const uc_client *client) {
    const int64_t id = 5;
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_standard_attributes(options, 1), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "first_name", "\"Zo\xc3\xab\"", options, NULL), UC_STATUS_OK);
    CHECK(sandbox_has(sandbox, "first_name", "5,\"\"\"Zo\xc3\xab\"\"\",1"));
    char *requests = sandbox_get(sandbox, "/_sandbox/requests");
    CHECK_TEXT(requests, "/api/public/users/mass_update_standard_attributes/");
    free(requests);
    uc_run_options_free(options);
}

static void dry_run(const struct sandbox *sandbox, const uc_client *client) {
    enum { N = 3500 };
    int64_t *ids = ids_up_to(N);
    long before = sandbox_requests(sandbox);
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_dry_run(options, 1), UC_STATUS_OK);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "plan", "\"pro\"", options, &report), UC_STATUS_DRY_RUN);
    CHECK_TEXT(uc_last_error(), "nothing was sent");
    check_sums(report, N);
    CHECK_INT(uc_report_requests(report), 4);
    CHECK_INT(uc_report_not_attempted(report), N);
    CHECK_INT(sandbox_requests(sandbox), before);
    uc_report_free(report);
    uc_run_options_free(options);
    free(ids);
}

static void settings_show_in_requests(const struct sandbox *sandbox) {
    const int64_t id = 1;
    uc_options *options = sandbox_options(sandbox);
    CHECK_STATUS(uc_options_set_method(options, "POST"), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_api_version(options, 3), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "posted", "1", NULL, NULL), UC_STATUS_OK);
    uc_client_free(client);
    /* NULL is the default again. */
    CHECK_STATUS(uc_options_set_method(options, NULL), UC_STATUS_OK);
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "put", "1", NULL, NULL), UC_STATUS_OK);
    uc_client_free(client);
    uc_options_free(options);
    char *requests = sandbox_get(sandbox, "/_sandbox/requests");
    const char *posted = strstr(requests, "\"method\":\"POST\"");
    CHECK(posted != NULL && strstr(posted + 1, "\"method\":\"POST\"") == NULL);
    CHECK_TEXT(requests, "*/*; version=3");
    CHECK_TEXT(requests, "\"method\":\"PUT\"");
    CHECK_TEXT(requests, "usercom/");
    CHECK(strstr(requests, TOKEN) == NULL);
    free(requests);
}

void normal(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    uc_client *client = sandbox_client(&sandbox);
    one_shot(&sandbox);
    values_keep_their_text(&sandbox, client);
    the_largest_id(&sandbox, client);
    twice_the_same_id(&sandbox, client);
    custom_ids(&sandbox, client);
    rows(&sandbox, client);
    standard_attributes(&sandbox, client);
    dry_run(&sandbox, client);
    settings_show_in_requests(&sandbox);
    uc_client_free(client);
    sandbox_stop(&sandbox);
}

/* ---- runs that do not confirm everything --------------------------------------------------------------- */

/* A file with the users 1 to n; to be removed. */
static void write_users(char path[], unsigned n) {
    int end = mkstemp(path);
    FILE *file = end < 0 ? NULL : fdopen(end, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    fprintf(file, "id,plan\n");
    for (unsigned id = 1; id <= n; id++)
        fprintf(file, "%u,free\n", id);
    fclose(file);
}

static void partial(void) {
    char users[] = "/tmp/usercom-c-users-XXXXXX";
    write_users(users, 3000);
    const char *const switches[] = {"--users", users, "--unknown-ids", "reject", NULL};
    struct sandbox sandbox = sandbox_start(switches);
    unlink(users);
    enum { N = 3000 };
    int64_t *ids = ids_up_to(N);
    ids[4] = 999999;
    ids[1234] = 888888;
    ids[2999] = 777777;
    uc_client *client = sandbox_client(&sandbox);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "plan", "\"pro\"", NULL, &report), UC_STATUS_PARTIAL);
    CHECK_TEXT(uc_last_error(), "2997 of 3000 ids confirmed");
    /* The server's message, and the type that was sent. */
    CHECK_TEXT(uc_last_error(), "Invalid pk \"");
    CHECK_TEXT(uc_last_error(), "value sent as a string");
    CHECK_TEXT(uc_report_message(report), "Invalid pk \"");
    CHECK_INT(uc_report_status(report), UC_STATUS_PARTIAL);
    check_sums(report, N);
    CHECK_INT(uc_report_rejected(report), 3);
    CHECK(strcmp(uc_report_failure_id(report, 0), "999999") == 0);
    CHECK(strcmp(uc_report_failure_id(report, 2), "777777") == 0);
    CHECK(strcmp(uc_report_failure_id(report, 3), "") == 0);
    CHECK(strcmp(uc_report_failure_id(NULL, 0), "") == 0);
    CHECK_INT(sandbox_holds(&sandbox, "plan", "\"\"\"pro\"\"\""), N - 3);

    /* The failures come in input order, each with the server's message about it. */
    static const struct {
        size_t index;
        const char *says;
    } expected[] = {{4, "999999"}, {1234, "888888"}, {2999, "777777"}};
    CHECK_INT(uc_report_failure_count(report), 3);
    for (size_t k = 0; k < 3; k++) {
        size_t index = 0;
        int http_status = 0;
        const char *message = NULL;
        CHECK_STATUS(uc_report_failure(report, k, &index, &http_status, &message), UC_STATUS_OK);
        CHECK_INT(index, expected[k].index);
        CHECK_INT(http_status, 400);
        CHECK_TEXT(message, expected[k].says);
        CHECK_INT(uc_report_state(report, index), UC_ID_REJECTED);
        CHECK_TEXT(uc_report_json(report), expected[k].says);
        /* Each out-parameter may be NULL. */
        CHECK_STATUS(uc_report_failure(report, k, NULL, NULL, NULL), UC_STATUS_OK);
        CHECK_STATUS(uc_report_failure(report, k, NULL, &http_status, NULL), UC_STATUS_OK);
        const char *again = NULL;
        CHECK_STATUS(uc_report_failure(report, k, NULL, NULL, &again), UC_STATUS_OK);
        CHECK(again == message);
    }
    CHECK_TEXT(uc_report_text(report), "partial: 2997 of 3000 ids confirmed");
    CHECK_TEXT(uc_report_text(report), "3000 ids: 2997 confirmed, 3 rejected, 0 unknown, 0 not attempted; requests: ");
    CHECK_TEXT(uc_report_text(report), "id 888888 at position 1234: rejected (http 400): ");
    size_t untouched = 77;
    CHECK_STATUS(uc_report_failure(report, 3, &untouched, NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK_INT(untouched, 77);
    CHECK_STATUS(uc_report_failure(report, SIZE_MAX, NULL, NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    uc_report_free(report);
    uc_client_free(client);
    free(ids);
    sandbox_stop(&sandbox);
}

static void rejected(void) {
    const char *const switches[] = {"--unknown-attributes", "reject", NULL};
    struct sandbox sandbox = sandbox_start(switches);
    enum { N = 5000 };
    int64_t *ids = ids_up_to(N);
    uc_client *client = sandbox_client(&sandbox);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "mistyped", "1", NULL, &report), UC_STATUS_REJECTED);
    CHECK_TEXT(uc_last_error(), "attribute or value rejected");
    check_sums(report, N);
    CHECK_INT(uc_report_confirmed(report), 0);
    CHECK(uc_report_requests(report) <= 4);
    CHECK(sandbox_requests(&sandbox) <= 4);
    uc_report_free(report);
    uc_client_free(client);
    free(ids);
    sandbox_stop(&sandbox);
}

static void unauthorized(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    enum { N = 5000 };
    int64_t *ids = ids_up_to(N);
    uc_options *options = sandbox_options(&sandbox);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", OTHER_TOKEN, options, &client), UC_STATUS_OK);
    uc_options_free(options);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "plan", "1", NULL, &report), UC_STATUS_UNAUTHORIZED);
    CHECK_TEXT(uc_last_error(), "token");
    check_sums(report, N);
    CHECK_INT(uc_report_not_attempted(report), N);
    CHECK_INT(sandbox_requests(&sandbox), 1);
    CHECK(strstr(uc_report_message(report), OTHER_TOKEN) == NULL);
    CHECK(strstr(uc_report_json(report), OTHER_TOKEN) == NULL);
    uc_report_free(report);
    uc_client_free(client);
    free(ids);
    sandbox_stop(&sandbox);
}

static void wrong_endpoint(void) {
    const char *const switches[] = {"--methods", "post", NULL};
    struct sandbox sandbox = sandbox_start(switches);
    const int64_t ids[] = {1, 2, 3};
    uc_client *client = sandbox_client(&sandbox);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "plan", "1", NULL, &report), UC_STATUS_WRONG_ENDPOINT);
    CHECK_TEXT(uc_last_error(), "405");
    CHECK_TEXT(uc_last_error(), "POST");
    check_sums(report, 3);
    CHECK_INT(uc_report_confirmed(report), 0);
    CHECK_INT(sandbox_requests(&sandbox), 1);
    uc_report_free(report);
    uc_client_free(client);
    sandbox_stop(&sandbox);
}

static void nobody_listens(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    uc_client *client = sandbox_client(&sandbox);
    sandbox_stop(&sandbox); /* its port is free now */
    const int64_t ids[] = {1, 2, 3};
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_stall_timeout_ms(options, 1000), UC_STATUS_OK);
    uc_report *report = NULL;
    double start = seconds();
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "plan", "1", options, &report), UC_STATUS_TRANSPORT);
    CHECK(seconds() - start < 5);
    check_sums(report, 3);
    CHECK_INT(uc_report_not_attempted(report), 3);
    uc_report_free(report);
    uc_run_options_free(options);
    uc_client_free(client);
}

static void request_limit(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    enum { N = 5000 };
    int64_t *ids = ids_up_to(N);
    uc_client *client = sandbox_client(&sandbox);
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_max_requests(options, 2), UC_STATUS_OK);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "plan", "1", options, &report), UC_STATUS_REQUEST_LIMIT);
    check_sums(report, N);
    CHECK_INT(uc_report_requests(report), 2);
    CHECK_INT(uc_report_confirmed(report), 2000);
    CHECK_INT(sandbox_applied_once(&sandbox, "plan"), 2000);
    uc_report_free(report);
    uc_run_options_free(options);
    uc_client_free(client);
    free(ids);
    sandbox_stop(&sandbox);
}

/* A slow response: the ids were sent, whether they were applied is unknown. */
static void timed_out(void) {
    const char *const switches[] = {"--latency", "400", NULL};
    struct sandbox sandbox = sandbox_start(switches);
    const int64_t ids[] = {1};
    uc_options *options = sandbox_options(&sandbox);
    CHECK_STATUS(uc_options_set_request_timeout_ms(options, 100), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_max_attempts(options, 1), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    uc_run_options *run_options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_stall_timeout_ms(run_options, 1000), UC_STATUS_OK);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, 1, "plan", "1", run_options, &report), UC_STATUS_TRANSPORT);
    check_sums(report, 1);
    CHECK_INT(uc_report_unknown(report), 1);
    int http_status = 77;
    const char *message = NULL;
    CHECK_STATUS(uc_report_failure(report, 0, NULL, &http_status, &message), UC_STATUS_OK);
    CHECK_INT(http_status, 0);
    CHECK_TEXT(message, "timed out");
    uc_report_free(report);
    uc_run_options_free(run_options);
    uc_options_free(options);
    uc_client_free(client);
    sandbox_stop(&sandbox);
}

void statuses(void) {
    partial();
    rejected();
    unauthorized();
    wrong_endpoint();
    nobody_listens();
    request_limit();
    timed_out();
}
