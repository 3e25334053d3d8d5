/* Who owns what, what NULL does, and whose the last error is: the rules at the top of the header. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "sandbox.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void frees_take_null(void) {
    mark_last_error();
    uc_options_free(NULL);
    uc_run_options_free(NULL);
    uc_client_free(NULL);
    uc_cancel_free(NULL);
    uc_report_free(NULL);
    uc_cancel_request(NULL);
    CHECK(last_error_is_marked());
}

static void accessors_take_null(void) {
    mark_last_error();
    CHECK_INT(uc_report_status(NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK(strcmp(uc_report_message(NULL), "") == 0);
    CHECK_INT(uc_report_total(NULL), 0);
    CHECK_INT(uc_report_confirmed(NULL), 0);
    CHECK_INT(uc_report_rejected(NULL), 0);
    CHECK_INT(uc_report_unknown(NULL), 0);
    CHECK_INT(uc_report_not_attempted(NULL), 0);
    CHECK_INT(uc_report_requests(NULL), 0);
    CHECK_INT(uc_report_state(NULL, 0), -1);
    CHECK_INT(uc_report_failure_count(NULL), 0);
    CHECK(strcmp(uc_report_text(NULL), "") == 0);
    CHECK(is_json(uc_report_json(NULL)));
    CHECK_INT(uc_progress_done(NULL), 0);
    CHECK_INT(uc_progress_total(NULL), 0);
    CHECK_INT(uc_progress_confirmed(NULL), 0);
    CHECK_INT(uc_progress_rejected(NULL), 0);
    CHECK_INT(uc_progress_requests(NULL), 0);
    CHECK_INT(uc_progress_expected_rejected(NULL), 0);
    CHECK_INT(uc_progress_requests_left(NULL), 0);
    CHECK_INT(uc_progress_time_left_ms(NULL), 0);
    CHECK_INT(uc_progress_waiting_ms(NULL), 0);
    CHECK(last_error_is_marked()); /* accessors leave it alone */
    /* Those that return a status are no accessors. */
    uint8_t state;
    CHECK_INT(uc_report_states(NULL, &state, 1), UC_STATUS_INVALID_ARGUMENT);
    CHECK_INT(uc_report_failure(NULL, 0, NULL, NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
}

static void versions_and_messages(void) {
    static const int known[] = {
        UC_STATUS_OK, UC_STATUS_PARTIAL, UC_STATUS_CANCELLED, UC_STATUS_DEADLINE, UC_STATUS_DRY_RUN,
        UC_STATUS_INVALID_ARGUMENT, UC_STATUS_UNAUTHORIZED, UC_STATUS_RATE_LIMITED, UC_STATUS_REJECTED,
        UC_STATUS_SERVER, UC_STATUS_WRONG_ENDPOINT, UC_STATUS_REQUEST_LIMIT, UC_STATUS_TRANSPORT,
        UC_STATUS_BAD_RESPONSE, UC_STATUS_TLS, UC_STATUS_JOURNAL, UC_STATUS_FORKED, UC_STATUS_BUSY,
        UC_STATUS_INTERNAL,
    };
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", UC_VERSION_MAJOR, UC_VERSION_MINOR, UC_VERSION_PATCH);
    CHECK(strcmp(uc_library_version(), version) == 0);
    CHECK_INT(uc_abi_version(), UC_ABI_VERSION);
    enum { N = sizeof known / sizeof known[0] };
    for (size_t i = 0; i < N; i++) {
        CHECK(uc_status_message(known[i])[0] != '\0');
        CHECK(strcmp(uc_status_message(known[i]), uc_status_message(-1)) != 0);
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(uc_status_message(known[i]), uc_status_message(known[j])) != 0);
    }
    CHECK_TEXT(uc_status_message(12345), "later version");
}

/* ---- the last error -------------------------------------------------------------------------------- */

static void *another_thread(void *first_threads_pointer) {
    const char *mine = uc_last_error();
    CHECK(mine != first_threads_pointer);
    CHECK(strcmp(mine, "") == 0); /* nothing failed on this thread yet */
    CHECK_INT(uc_options_set_workers(NULL, 1), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(mine, "options: is NULL");
    CHECK(mine == uc_last_error());
    return NULL;
}

static void last_error(const struct sandbox *sandbox) {
    const char *fixed = uc_last_error();
    CHECK(fixed != NULL);

    /* In any order of evaluation of the arguments: the pointer is the same, the message is new. */
    char line[2048];
    mark_last_error();
    snprintf(line, sizeof line, "%d %s", uc_mass_update("acme.user.com", TOKEN, NULL, 0, "plan", "1"),
             uc_last_error());
    CHECK_TEXT(line, "10 subdomain: ");
    mark_last_error();
    snprintf(line, sizeof line, "%s %d", uc_last_error(), uc_mass_update("acme", "short", NULL, 0, "plan", "1"));
    CHECK_TEXT(line, "token: has 5 characters");
    CHECK(fixed == uc_last_error());

    /* Success leaves it alone, and so do accessors and _free. */
    mark_last_error();
    uc_client *client = sandbox_client(sandbox);
    uc_report *report = NULL;
    const int64_t id = 1;
    CHECK_INT(uc_client_mass_update(client, &id, 1, "plan", "1", NULL, &report), UC_STATUS_OK);
    CHECK_INT(uc_report_status(report), UC_STATUS_OK);
    CHECK_INT(uc_report_state(report, 7), -1);
    CHECK(uc_report_message(report) != NULL && uc_report_text(report) != NULL && uc_report_json(report) != NULL);
    uc_report_free(report);
    uc_client_free(client);
    CHECK(last_error_is_marked());
    CHECK(fixed == uc_last_error());

    /* Each thread has its own. */
    pthread_t thread;
    if (CHECK(pthread_create(&thread, NULL, another_thread, (void *)(uintptr_t)fixed) == 0))
        pthread_join(thread, NULL);
    CHECK(last_error_is_marked());

    /* A long one is cut at a character: an attribute of 255 four-byte characters, quoted. */
    char attribute[255 * 4 + 1];
    for (size_t i = 0; i < 255; i++)
        memcpy(attribute + 4 * i, "\xf0\x9f\x98\x80", 5);
    client = sandbox_client(sandbox);
    uc_run_options *standard = uc_run_options_new();
    CHECK_INT(uc_run_options_set_standard_attributes(standard, 1), UC_STATUS_OK);
    CHECK_INT(uc_client_mass_update(client, &id, 1, attribute, "1", standard, &report), UC_STATUS_INVALID_ARGUMENT);
    size_t length = strlen(fixed);
    CHECK(length <= 1023 && length > 1019);
    CHECK(strcmp(fixed + length - 4, "\xf0\x9f\x98\x80") == 0);
    /* The report has all of it. */
    CHECK(strlen(uc_report_message(report)) > 1023 && strncmp(uc_report_message(report), fixed, length) == 0);
    uc_report_free(report);
    uc_run_options_free(standard);
    uc_client_free(client);
}

/* ---- out-parameters and lifetimes ------------------------------------------------------------------- */

static void out_parameters(const struct sandbox *sandbox) {
    uc_client *client = (uc_client *)(uintptr_t)sandbox; /* anything but NULL */
    CHECK_STATUS(uc_client_new("acme", "short", NULL, &client), UC_STATUS_INVALID_ARGUMENT);
    CHECK(client == NULL);
    client = (uc_client *)(uintptr_t)sandbox;
    CHECK_STATUS(uc_client_shared_with_scope(NULL, NULL, NULL, &client), UC_STATUS_INVALID_ARGUMENT);
    CHECK(client == NULL);
    client = (uc_client *)(uintptr_t)sandbox;
    CHECK_STATUS(uc_client_shared(NULL, NULL, &client), UC_STATUS_INVALID_ARGUMENT);
    CHECK(client == NULL);

    client = sandbox_client(sandbox);
    const int64_t ids[] = {1, 2, 3};
    uc_report *report = (uc_report *)(uintptr_t)sandbox;
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "plan", "\"a\"", NULL, &report), UC_STATUS_OK);
    CHECK(report != NULL && report != (uc_report *)(uintptr_t)sandbox);
    /* NULL for who does not want a report. */
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "plan", "\"b\"", NULL, NULL), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "plan", "b", NULL, NULL), UC_STATUS_INVALID_ARGUMENT);

    /* The report outlives its client. */
    const char *message = uc_report_message(report), *text = uc_report_text(report), *json = uc_report_json(report);
    uc_client_free(client);
    CHECK_INT(uc_report_total(report), 3);
    CHECK(message == uc_report_message(report) && text == uc_report_text(report) && json == uc_report_json(report));
    CHECK(is_json(json));

    /* All states at once: the size must be right, and nothing is written otherwise. */
    uint8_t states[4] = {9, 9, 9, 9};
    CHECK_STATUS(uc_report_states(report, states, 2), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "n: is 2, the report's total is 3");
    CHECK_STATUS(uc_report_states(report, states, 4), UC_STATUS_INVALID_ARGUMENT);
    CHECK_STATUS(uc_report_states(report, states, SIZE_MAX), UC_STATUS_INVALID_ARGUMENT);
    CHECK_INT(states[0], 9);
    CHECK_STATUS(uc_report_states(report, NULL, 3), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "out: is NULL");
    CHECK_STATUS(uc_report_states(report, states, 3), UC_STATUS_OK);
    CHECK_INT(states[0], UC_ID_CONFIRMED);
    CHECK_INT(states[2], UC_ID_CONFIRMED);
    CHECK_INT(states[3], 9);
    CHECK_INT(uc_report_state(report, 3), -1);
    CHECK_INT(uc_report_state(report, SIZE_MAX), -1);
    CHECK_STATUS(uc_report_failure(report, 0, NULL, NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "k: there is no failure 0");
    uc_report_free(report);
}

/* Settings are copied; they may go, or change, as soon as they were used. */
static void settings_are_copied(const struct sandbox *sandbox) {
    const int64_t ids[] = {1, 2, 3};
    uc_options *options = sandbox_options(sandbox);
    CHECK_STATUS(uc_options_set_batch_size(options, 1), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_batch_size(options, 1000), UC_STATUS_OK);
    uc_client *second = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &second), UC_STATUS_OK);
    uc_options_free(options);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, 3, "plan", "1", NULL, &report), UC_STATUS_OK);
    CHECK_INT(uc_report_requests(report), 3);
    uc_report_free(report);
    CHECK_STATUS(uc_client_mass_update(second, ids, 3, "plan", "1", NULL, &report), UC_STATUS_OK);
    CHECK_INT(uc_report_requests(report), 1);
    uc_report_free(report);
    uc_client_free(second);
    uc_client_free(client);
}

void ownership(void) {
    frees_take_null();
    accessors_take_null();
    versions_and_messages();
    struct sandbox sandbox = sandbox_start(NULL);
    last_error(&sandbox);
    out_parameters(&sandbox);
    settings_are_copied(&sandbox);
    sandbox_stop(&sandbox);
}
