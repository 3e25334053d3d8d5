/* Everything that is invalid as an argument: the status, the message, the report, and that nothing was sent. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "check.h"
#include "sandbox.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sandbox sandbox;
static uc_client *client;

static const int64_t IDS[] = {10, 15, 22};
static const char *const CUSTOM_IDS[] = {"u-1", "u-2", "u-3"};
static const uint32_t INDEX[] = {0, 0, 0};

/* The call is invalid: the message begins with the argument's name and contains `says`. */
#define INVALID(call, argument, says) \
    (CHECK_STATUS(call, UC_STATUS_INVALID_ARGUMENT), check_message(uc_last_error(), argument, says, __LINE__))

static int check_message(const char *message, const char *argument, const char *says, int line) {
    int held = strncmp(message, argument, strlen(argument)) == 0 && strstr(message, says) != NULL;
    if (!held)
        fprintf(stderr, "%s:%d: \"%s\" should begin with \"%s\" and say \"%s\"\n", __FILE__, line, message, argument,
                says);
    return check_that(held, __FILE__, line, "the message");
}

static void check_nothing_sent(const char *what) {
    if (!CHECK_INT(sandbox_requests(&sandbox), 0)) {
        fprintf(stderr, "sent after: %s\n", what);
        exit(1);
    }
}

/* The report of a run that did not start says so, and has no ids. */
static void check_invalid_report(uc_report *report) {
    if (!CHECK(report != NULL))
        return;
    CHECK_INT(uc_report_status(report), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_report_message(report), uc_last_error());
    CHECK_INT(uc_report_total(report), 0);
    CHECK_INT(uc_report_confirmed(report) + uc_report_rejected(report), 0);
    CHECK_INT(uc_report_unknown(report) + uc_report_not_attempted(report), 0);
    CHECK_INT(uc_report_requests(report), 0);
    CHECK_INT(uc_report_failure_count(report), 0);
    CHECK_INT(uc_report_state(report, 0), -1);
    CHECK_INT(uc_report_states(report, NULL, 0), UC_STATUS_OK);
    CHECK_TEXT(uc_report_text(report), "invalid_argument: ");
    CHECK_TEXT(uc_report_json(report), "\"status\":\"invalid_argument\"");
    CHECK(is_json(uc_report_json(report)));
    uc_report_free(report);
}

static char *repeat(const char *unit, size_t times) {
    size_t length = strlen(unit);
    char *text = malloc(length * times + 1);
    if (text == NULL)
        abort();
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, unit, length);
    text[length * times] = '\0';
    return text;
}

/* ---- subdomain and token ------------------------------------------------------------------------- */

static void accounts(void) {
    char *long_label = repeat("a", 64), *long_token = repeat("k", 65), *short_token = repeat("k", 63);
    char *line_end = repeat("k", 64), *space = repeat("k", 64), *not_ascii = repeat("k", 64);
    line_end[63] = '\n';
    space[0] = ' ';
    memcpy(not_ascii + 62, "\xc3\xa9", 2);
    const struct {
        const char *subdomain, *token, *argument, *says;
    } table[] = {
        {NULL, TOKEN, "subdomain: ", "is NULL"},
        {"", TOKEN, "subdomain: ", "is empty"},
        {"acme.user.com", TOKEN, "subdomain: ", "\"acme\""},
        {"https://acme.user.com/api/public/", TOKEN, "subdomain: ", "\"acme\""},
        {"https://acme.user.com:443", TOKEN, "subdomain: ", "\"acme\""},
        {" acme ", TOKEN, "subdomain: ", "\"acme\""},
        {"acme/", TOKEN, "subdomain: ", "\"acme\""},
        {"-acme", TOKEN, "subdomain: ", "hyphen"},
        {"acme-", TOKEN, "subdomain: ", "hyphen"},
        {"a_b", TOKEN, "subdomain: ", "letters, digits"},
        {"a\r\nb", TOKEN, "subdomain: ", "letters, digits"},
        {"user@evil", TOKEN, "subdomain: ", "letters, digits"},
        {"..", TOKEN, "subdomain: ", "letters, digits"},
        {"\xc5\xbc\xc3\xb3\xc5\x82w", TOKEN, "subdomain: ", "letters, digits"},
        {"a\xff", TOKEN, "subdomain: ", "is not UTF-8"},
        {long_label, TOKEN, "subdomain: ", "63"},
        {"acme", NULL, "token: ", "is NULL"},
        {"acme", "", "token: ", "is empty"},
        {"acme", "abc123", "token: ", "app key"},
        {"acme", short_token, "token: ", "has 63"},
        {"acme", long_token, "token: ", "has 65"},
        {"acme", line_end, "token: ", "character 64"},
        {"acme", space, "token: ", "character 1 "},
        {"acme", not_ascii, "token: ", "character 63"},
        {"acme", "\xff", "token: ", "is not UTF-8"},
    };
    uc_options *options = sandbox_options(&sandbox);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *subdomain = table[i].subdomain, *token = table[i].token;
        const char *argument = table[i].argument, *says = table[i].says;
        INVALID(uc_mass_update(subdomain, token, IDS, 3, "plan", "\"pro\""), argument, says);
        uc_client *made = client;
        INVALID(uc_client_new(subdomain, token, options, &made), argument, says);
        CHECK(made == NULL);
        made = client;
        INVALID(uc_client_shared(subdomain, token, &made), argument, says);
        INVALID(uc_client_shared_with_scope(subdomain, token, "host", &made), argument, says);
        CHECK(made == NULL);
        CHECK(token == NULL || strlen(token) < 8 || strstr(uc_last_error(), token) == NULL);
        check_nothing_sent(says);
    }
    INVALID(uc_client_new("acme", TOKEN, options, NULL), "out: ", "is NULL");
    INVALID(uc_client_shared("acme", TOKEN, NULL), "out: ", "is NULL");
    INVALID(uc_client_shared_with_scope("acme", TOKEN, NULL, NULL), "out: ", "is NULL");
    uc_client *none = client;
    INVALID(uc_client_shared_with_scope("acme", TOKEN, "machine", &none), "rate_limit_scope: ", "\"host\"");
    CHECK(none == NULL);
    uc_options_free(options);
    char *texts[] = {long_label, long_token, short_token, line_end, space, not_ascii};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
}

/* ---- attribute and value, through every function that takes them ----------------------------------- */

static void check_update_invalid(const char *attr, const char *value, const uc_run_options *options,
                                 const char *argument, const char *says) {
    uc_report *report = NULL;
    /* Where there are many values it says which: values[0] by its pointer, entry 0 by its JSON. */
    const char *in_rows = strcmp(argument, "value: ") == 0 ? "values" : argument;
    if (options == NULL)
        INVALID(uc_mass_update("acme", TOKEN, IDS, 3, attr, value), argument, says);
    INVALID(uc_client_mass_update(client, IDS, 3, attr, value, options, &report), argument, says);
    check_invalid_report(report);
    INVALID(uc_client_mass_update_custom_ids(client, CUSTOM_IDS, 3, attr, value, options, &report), argument, says);
    check_invalid_report(report);
    INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, &value, 1, attr, options, &report), in_rows, says);
    check_invalid_report(report);
    INVALID(uc_client_mass_update_rows_custom_ids(client, CUSTOM_IDS, INDEX, 3, &value, 1, attr, options, &report),
            in_rows, says);
    check_invalid_report(report);
    INVALID(uc_client_mass_update(client, IDS, 3, attr, value, options, NULL), argument, says);
    check_nothing_sent(says);
}

static void updates(void) {
    char *long_name = repeat("\xc3\xa9", 256), *large = repeat("x", 65536 + 1);
    large[0] = large[65536] = '"'; /* 64 KiB and one byte, with its quotes */
    char *deep = repeat("[", 60000);
    const struct {
        const char *attr, *value, *argument, *says;
    } table[] = {
        {NULL, "1", "attribute: ", "is NULL"},
        {"", "1", "attribute: ", "has 0 characters"},
        {long_name, "1", "attribute: ", "has 256 characters"},
        {"pl\xe4n", "1", "attribute: ", "is not UTF-8"},
        {"plan", "", "value: ", "is empty"},
        {"plan", "  ", "value: ", "is empty"},
        {"plan", "pro", "value: ", "needs quotes"},
        {"plan", "2026-11-23", "value: ", "needs quotes"},
        {"plan", "NaN", "value: ", "do not exist in JSON"},
        {"plan", "Infinity", "value: ", "do not exist in JSON"},
        {"plan", "-Infinity", "value: ", "do not exist in JSON"},
        {"plan", "1 2", "value: ", "not one JSON value"},
        {"plan", "01", "value: ", "not one JSON value"},
        {"plan", "1,", "value: ", "not one JSON value"},
        {"plan", "[1,]", "value: ", "not one JSON value"},
        {"plan", "{\"a\":1", "value: ", "not one JSON value"},
        {"plan", "\"a\nb\"", "value: ", "not one JSON value"},
        {"plan", "'pro'", "value: ", "not one JSON value"},
        {"plan", large, "value: ", "65537 bytes"},
        {"plan", deep, "value: ", "EOF"},
        {"plan", "null", "value: ", "allow_null"},
        {"plan", " null\n", "value: ", "allow_null"},
        {"plan", "\"\xff\"", "value: ", "is not UTF-8"},
        {"plan", NULL, "value: ", "is NULL"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_update_invalid(table[i].attr, table[i].value, NULL, table[i].argument, table[i].says);

    uc_run_options *standard = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_standard_attributes(standard, 1), UC_STATUS_OK);
    check_update_invalid("plan", "1", standard, "attribute: ", "first_name");
    /* Invalid in a dry run, too. */
    CHECK_STATUS(uc_run_options_set_dry_run(standard, 1), UC_STATUS_OK);
    check_update_invalid("plan", "1", standard, "attribute: ", "first_name");
    /* Deep, but whole. */
    memset(deep + 30000, ']', 30000);
    CHECK_STATUS(uc_client_mass_update(client, IDS, 3, "first_name", deep, standard, NULL), UC_STATUS_DRY_RUN);
    uc_run_options_free(standard);
    free(long_name);
    free(large);
    free(deep);
}

/* ---- ids, in each of their forms ------------------------------------------------------------------- */

static void ids(void) {
    uc_report *report = NULL;
    const struct {
        int64_t ids[4];
        const char *says;
    } table[] = {
        {{0, 2, 3, 4}, "position 0 (counted from 0) is 0"},
        {{1, 2, -7, 4}, "position 2 (counted from 0) is -7"},
        {{1, 2, 3, INT64_MIN}, "position 3 (counted from 0) is -9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const uint32_t index[] = {0, 0, 0, 0};
        const char *const value = "1";
        INVALID(uc_mass_update("acme", TOKEN, table[i].ids, 4, "plan", "1"), "ids: ", table[i].says);
        INVALID(uc_client_mass_update(client, table[i].ids, 4, "plan", "1", NULL, &report), "ids: ", table[i].says);
        check_invalid_report(report);
        INVALID(uc_client_mass_update_rows(client, table[i].ids, index, 4, &value, 1, "plan", NULL, &report), "ids: ",
                table[i].says);
        check_invalid_report(report);
        check_nothing_sent(table[i].says);
    }

    char *long_id = repeat("x", 1025);
    const struct {
        const char *id, *argument, *says;
    } custom[] = {
        {NULL, "custom_ids[1]: ", "is NULL"},
        {"", "custom_ids: ", "position 1 (counted from 0) has 0 bytes"},
        {long_id, "custom_ids: ", "position 1 (counted from 0) has 1025 bytes"},
        {"\xff", "custom_ids[1]: ", "is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof custom / sizeof custom[0]; i++) {
        const char *const ids[] = {"u-1", custom[i].id, "u-3"}, *const value = "1";
        INVALID(uc_client_mass_update_custom_ids(client, ids, 3, "plan", "1", NULL, &report), custom[i].argument,
                custom[i].says);
        check_invalid_report(report);
        INVALID(uc_client_mass_update_rows_custom_ids(client, ids, INDEX, 3, &value, 1, "plan", NULL, &report),
                custom[i].argument, custom[i].says);
        check_invalid_report(report);
        check_nothing_sent(custom[i].says);
    }
    free(long_id);
}

/* NULL where something must be, and sizes that no memory has. */
static void pointers_and_sizes(void) {
    const char *const values[] = {"1", "2"};
    const char *const value = "1", *const no_value = NULL;
    uc_report *report = NULL;
#define RUN_INVALID(call, argument, says)  \
    do {                                   \
        INVALID(call, argument, says);     \
        check_invalid_report(report);      \
        check_nothing_sent(#call);         \
    } while (0)
    INVALID(uc_mass_update("acme", TOKEN, NULL, 3, "plan", "1"), "ids: ", "is NULL, but there are 3");
    INVALID(uc_mass_update("acme", TOKEN, NULL, SIZE_MAX, "plan", "1"), "ids: ", "is NULL");
    INVALID(uc_mass_update("acme", TOKEN, IDS, SIZE_MAX, "plan", "1"), "ids: ", "more than memory holds");
    INVALID(uc_mass_update("acme", TOKEN, IDS, SIZE_MAX / 16 + 1, "plan", "1"), "ids: ", "more than memory holds");

    RUN_INVALID(uc_client_mass_update(NULL, IDS, 3, "plan", "1", NULL, &report), "client: ", "is NULL");
    RUN_INVALID(uc_client_mass_update(client, NULL, 3, "plan", "1", NULL, &report), "ids: ", "is NULL");
    RUN_INVALID(uc_client_mass_update(client, IDS, SIZE_MAX, "plan", "1", NULL, &report), "ids: ", "memory");

    RUN_INVALID(uc_client_mass_update_custom_ids(NULL, CUSTOM_IDS, 3, "plan", "1", NULL, &report), "client: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_custom_ids(client, NULL, 3, "plan", "1", NULL, &report), "custom_ids: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_custom_ids(client, CUSTOM_IDS, SIZE_MAX, "plan", "1", NULL, &report),
                "custom_ids: ", "memory");

    RUN_INVALID(uc_client_mass_update_rows(NULL, IDS, INDEX, 3, &value, 1, "plan", NULL, &report), "client: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_rows(client, NULL, INDEX, 3, &value, 1, "plan", NULL, &report), "ids: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, NULL, 3, &value, 1, "plan", NULL, &report), "value_index: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, NULL, 1, "plan", NULL, &report), "values: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, &no_value, 1, "plan", NULL, &report),
                "values[0]: ", "is NULL");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, &value, 1, NULL, NULL, &report), "attribute: ",
                "is NULL");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, SIZE_MAX, &value, 1, "plan", NULL, &report), "ids: ",
                "memory");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, &value, SIZE_MAX, "plan", NULL, &report),
                "values: ", "memory");
    /* One of several values. */
    const char *const third_is_bad[] = {"1", "2", "pro"}, *const second_is_null[] = {"1", "null"};
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, third_is_bad, 3, "plan", NULL, &report),
                "values: ", "entry 2 (counted from 0): is not one JSON value");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, second_is_null, 2, "plan", NULL, &report),
                "values: ", "entry 1 (counted from 0): null is not allowed");
    /* An index that points nowhere, and one without any value. */
    const uint32_t beyond[] = {0, 1, 2};
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, beyond, 3, values, 2, "plan", NULL, &report), "value_index: ",
                "entry 2 (counted from 0) is 2");
    RUN_INVALID(uc_client_mass_update_rows(client, IDS, INDEX, 3, NULL, 0, "plan", NULL, &report), "value_index: ",
                "there are 0 values");

    RUN_INVALID(uc_client_mass_update_rows_custom_ids(NULL, CUSTOM_IDS, INDEX, 3, &value, 1, "plan", NULL, &report),
                "client: ", "is NULL");
    RUN_INVALID(uc_client_mass_update_rows_custom_ids(client, NULL, INDEX, 3, &value, 1, "plan", NULL, &report),
                "custom_ids: ", "is NULL");
    RUN_INVALID(uc_client_mass_update_rows_custom_ids(client, CUSTOM_IDS, NULL, 3, &value, 1, "plan", NULL, &report),
                "value_index: ", "is NULL");
    RUN_INVALID(uc_client_mass_update_rows_custom_ids(client, CUSTOM_IDS, INDEX, 3, NULL, 1, "plan", NULL, &report),
                "values: ", "is NULL");
    RUN_INVALID(uc_client_mass_update_rows_custom_ids(client, CUSTOM_IDS, INDEX, 3, &value, 1, NULL, NULL, &report),
                "attribute: ", "is NULL");
    RUN_INVALID(
        uc_client_mass_update_rows_custom_ids(client, CUSTOM_IDS, INDEX, SIZE_MAX, &value, 1, "plan", NULL, &report),
        "custom_ids: ", "memory");
#undef RUN_INVALID
}

/* 50,001 distinct values are a mistake; the message says what it would cost and what to do. A group of its own, as
 * it takes its time under valgrind. */
void many_values(void) {
    sandbox = sandbox_start(NULL);
    enum { N = 50001 };
    int64_t *many = ids_up_to(N);
    uint32_t *index = malloc(N * sizeof *index);
    char (*texts)[8] = malloc(N * sizeof *texts);
    const char **values = malloc(N * sizeof *values);
    if (index == NULL || texts == NULL || values == NULL)
        abort();
    for (uint32_t i = 0; i < N; i++) {
        snprintf(texts[i], sizeof texts[i], "%u", i % 100000);
        values[i] = texts[i];
        index[i] = i;
    }
    uc_client *limited = NULL;
    uc_options *options = uc_options_new();
    CHECK_STATUS(uc_options_set_base_url(options, sandbox.url), UC_STATUS_OK);
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &limited), UC_STATUS_OK);
    uc_report *report = NULL;
    INVALID(uc_client_mass_update_rows(limited, many, index, N, values, N, "plan", NULL, &report), "values: ", "hours");
    CHECK_TEXT(uc_last_error(), "round the values");
    check_invalid_report(report);
    check_nothing_sent("50,001 values");
    uc_client_free(limited);
    uc_options_free(options);
    free(many);
    free(index);
    free(texts);
    free(values);
    sandbox_stop(&sandbox);
}

/* ---- options -------------------------------------------------------------------------------------- */

static void base_urls(void) {
    static const char *const good[] = {
        "http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:8080/", "http://[::1]:8080",
        "HTTPS://Eu.Example.COM", "https://eu.example.com:8443/", NULL, /* NULL: the default */
    };
    static const struct {
        const char *url, *says;
    } bad[] = {
        {"", "https://"},
        {"ftp://x", "https://"},
        {"acme.user.com", "https://"},
        {"http://acme.user.com", "must be https"},
        {"http://127.0.0.1.evil.com", "must be https"},
        {"http://localhost.evil.com", "must be https"},
        {"https://user:pw@acme.user.com", "user name"},
        {"http://evil@127.0.0.1", "user name"},
        {"https://acme.user.com/api", "path"},
        {"https://acme.user.com/../x", "path"},
        {"https://acme.user.com?x", "query"},
        {"https://acme.user.com#x", "fragment"},
        {"https://acme.user.com:0", "port"},
        {"https://acme.user.com:65536", "port"},
        {"https://acme.user.com:99999", "port"},
        {"https://acme.user.com:", "port"},
        {"https://acme.user.com:+80", "port"},
        {"https://acme.user.com:000080", "port"},
        {"http://::1:8080", "brackets"},
        {"http://[::1", "brackets"},
        {"http://[zz]:1", "brackets"},
        {"https://", "host"},
        {"https:///", "host"},
        {"https://a b", "host"},
        {"https://\xc5\xbc\xc3\xb3\xc5\x82w.pl", "punycode"},
        {"https://1.2.3", "host"},
        {"https://a..b", "host"},
        {"https://a\r\nb", "host"},
        {"https://\xff", "is not UTF-8"},
    };
    uc_options *options = uc_options_new();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK_STATUS(uc_options_set_base_url(options, good[i]), UC_STATUS_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        INVALID(uc_options_set_base_url(options, bad[i].url), "base_url: ", bad[i].says);
    uc_options_free(options);

    /* The variable that one-shot calls look at is taken for this machine only. */
    CHECK(setenv("USERCOM_BASE_URL", "https://evil.example.com", 1) == 0);
    INVALID(uc_mass_update("acme", TOKEN, IDS, 3, "plan", "1"), "USERCOM_BASE_URL: ", "loopback");
    CHECK(setenv("USERCOM_BASE_URL", "http://127.0.0.1:99999", 1) == 0);
    INVALID(uc_mass_update("acme", TOKEN, IDS, 3, "plan", "1"), "USERCOM_BASE_URL: ", "port");
    CHECK(setenv("USERCOM_BASE_URL", sandbox.url, 1) == 0);
}

static void log_nothing(void *userdata, int level, const char *message) {
    (void)userdata, (void)level, (void)message;
}

#define VALID(call) CHECK_STATUS(call, UC_STATUS_OK)

/* The setters of values are tried by tests/usercom_json.py, which knows each option's bounds. */
static void setters_of_functions(void) {
    uc_options *o = uc_options_new();
    for (int level = 1; level <= 5; level++)
        VALID(uc_options_set_log(o, log_nothing, NULL, level));
    INVALID(uc_options_set_log(o, log_nothing, NULL, 0), "max_level: ", "1 (error) to 5 (trace)");
    INVALID(uc_options_set_log(o, log_nothing, NULL, 6), "max_level: ", "1 (error) to 5 (trace)");
    INVALID(uc_options_set_log(o, log_nothing, NULL, INT_MIN), "max_level: ", "1 (error) to 5 (trace)");
    VALID(uc_options_set_log(o, NULL, NULL, 0));
    uc_options_free(o);
    uc_run_options *run = uc_run_options_new();
    VALID(uc_run_options_set_progress(run, NULL, NULL));
    VALID(uc_run_options_set_cancel(run, NULL));
    VALID(uc_run_options_set_heartbeat(run, NULL));
    uc_run_options_free(run);
    INVALID(uc_options_set_log(NULL, log_nothing, NULL, 1), "options: ", "is NULL");
    INVALID(uc_run_options_set_progress(NULL, NULL, NULL), "run_options: ", "is NULL");
    INVALID(uc_run_options_set_cancel(NULL, NULL), "run_options: ", "is NULL");
    INVALID(uc_run_options_set_heartbeat(NULL, NULL), "run_options: ", "is NULL");
}

static void proxies_and_certificates(void) {
    static const char *const valid[] = {"http://127.0.0.1:8080", "http://user:pa%40ss@proxy:1", "https://proxy:443"};
    static const char *const invalid[] = {
        "nonsense://x", "socks5://127.0.0.1:1", "http://", "http://a b:1", "proxy:99999", "http://127.0.0.1:0",
        "http://127.0.0.1:65536", "http://u:hunter2@", "socks5://user:hunter2@127.0.0.1:1",
        "http://u:hunter2@127.0.0.1:99999", "http://127.0.0.1:hunter2", "::hunter2",
    };
    uc_options *o = uc_options_new();
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++)
        VALID(uc_options_set_proxy(o, valid[i]));
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        INVALID(uc_options_set_proxy(o, invalid[i]), "proxy: ", "http://[user:password@]host:port");
        CHECK(strstr(uc_last_error(), "hunter2") == NULL);
    }
    INVALID(uc_options_set_proxy(o, "\xff"), "proxy: ", "is not UTF-8");
    VALID(uc_options_set_proxy(o, ""));
    VALID(uc_options_set_proxy(o, NULL));

    static const char *const paths[] = {"/nowhere/to/be/found.pem", "/", __FILE__, ""};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        INVALID(uc_options_set_ca_file(o, paths[i]), "ca_file: ", paths[i]);
    VALID(uc_options_set_ca_file(o, NULL));
    uc_options_free(o);
}

/* An invalid value leaves the option as it was; here: a rate limit of one request in ten seconds. */
static void an_invalid_value_changes_nothing(void) {
    uc_options *o = uc_options_new();
    CHECK_STATUS(uc_options_set_base_url(o, sandbox.url), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_rate_limit(o, 1, 10000), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_batch_size(o, 1), UC_STATUS_OK);
    INVALID(uc_options_set_rate_limit(o, 5000, 1000), "rate_limit: ", "0.1 to 1,000");
    INVALID(uc_options_set_batch_size(o, 0), "batch_size: ", "1 to 10,000");
    INVALID(uc_options_set_base_url(o, "https://evil@example.com"), "base_url: ", "user name");
    uc_client *slow = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, o, &slow), UC_STATUS_OK);
    uc_run_options *dry = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_dry_run(dry, 1), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(slow, IDS, 3, "plan", "1", dry, NULL), UC_STATUS_DRY_RUN);
    CHECK_TEXT(uc_last_error(), "3 requests");
    CHECK_TEXT(uc_last_error(), "20.0 s");
    check_nothing_sent("a dry run");
    uc_run_options_free(dry);
    uc_client_free(slow);
    uc_options_free(o);
}

void invalid_arguments(void) {
    sandbox = sandbox_start(NULL);
    client = sandbox_client(&sandbox);
    CHECK(setenv("USERCOM_BASE_URL", sandbox.url, 1) == 0);
    accounts();
    updates();
    ids();
    pointers_and_sizes();
    base_urls();
    setters_of_functions();
    proxies_and_certificates();
    an_invalid_value_changes_nothing();

    /* That nothing came is worth something only where something would have come. */
    check_nothing_sent("all invalid arguments");
    CHECK_STATUS(uc_mass_update("acme", TOKEN, IDS, 3, "plan", "\"pro\""), UC_STATUS_OK);
    CHECK_INT(sandbox_requests(&sandbox), 1);
    CHECK(unsetenv("USERCOM_BASE_URL") == 0);
    uc_shutdown();
    uc_client_free(client);
    sandbox_stop(&sandbox);
}
