/* Runs the cases of tests/conformance through the C functions: reads a call per line as JSON, and prints its outcome as
 * a line of JSON. tests/conformance/main.rs starts it and compares. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <usercom.h>

static const char *text(const cJSON *call, const char *name) {
    return cJSON_GetStringValue(cJSON_GetObjectItem(call, name));
}

static int stop(void *userdata, const uc_progress *progress) {
    (void)userdata, (void)progress;
    return 1;
}

/* Sets all options of an object by name; gives the first failure. */
#define SET(function, options, object)                                                      \
    for (const cJSON *option = (object)->child; option && status == 0; option = option->next) { \
        char *json = cJSON_PrintUnformatted(option);                                        \
        status = function(options, option->string, json);                                   \
        cJSON_free(json);                                                                   \
    }

/* The texts of a list; of its member `name` if that is not NULL. */
static const char **texts(const cJSON *list, const char *name) {
    const char **all = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *all);
    size_t n = 0;
    for (const cJSON *item = list->child; item; item = item->next)
        all[n++] = name ? text(item, name) : cJSON_GetStringValue(item);
    return all;
}

static int update(const cJSON *call, const uc_client *client, const uc_run_options *run, uc_report **report) {
    const cJSON *ids = cJSON_GetObjectItem(call, "ids"), *values = cJSON_GetObjectItem(call, "values");
    const char *function = text(call, "function"), *attribute = text(call, "attribute");
    const char *value = text(cJSON_GetObjectItem(call, "value"), "json");
    size_t n = (size_t)cJSON_GetArraySize(ids), n_values = (size_t)cJSON_GetArraySize(values);
    const char **custom_ids = texts(ids, NULL), **json_values = texts(values, "json");
    int64_t *numbers = calloc(n + 1, sizeof *numbers);
    uint32_t *index = calloc(n + 1, sizeof *index);
    for (size_t k = 0; k < n; k++) {
        numbers[k] = strtoll(custom_ids[k], NULL, 10);
        index[k] = (uint32_t)k;
    }
    int status;
    if (strcmp(function, "mass_update_custom_ids") == 0)
        status = uc_client_mass_update_custom_ids(client, custom_ids, n, attribute, value, run, report);
    else if (strcmp(function, "mass_update_rows") == 0)
        status = uc_client_mass_update_rows(client, numbers, index, n, json_values, n_values, attribute, run, report);
    else if (strcmp(function, "mass_update_rows_custom_ids") == 0)
        status = uc_client_mass_update_rows_custom_ids(client, custom_ids, index, n, json_values, n_values, attribute,
                                                       run, report);
    else if (strcmp(function, "one_shot") == 0)
        status = uc_mass_update(text(call, "subdomain"), text(call, "token"), numbers, n, attribute, value);
    else
        status = uc_client_mass_update(client, numbers, n, attribute, value, run, report);
    free(custom_ids), free(json_values), free(numbers), free(index);
    return status;
}

static cJSON *told(int status, const uc_report *report) {
    cJSON *told = cJSON_CreateObject(), *failures = cJSON_AddArrayToObject(told, "failures");
    cJSON_AddNumberToObject(told, "status", status);
    cJSON_AddStringToObject(told, "message", report ? uc_report_message(report) : uc_last_error());
    size_t n = report ? uc_report_total(report) : 0;
    char *states = calloc(n + 1, 1);
    for (size_t k = 0; k < n; k++) states[k] = "NCRU"[uc_report_state(report, k)];
    cJSON_AddStringToObject(told, "states", states);
    free(states);
    for (size_t k = 0; report && k < uc_report_failure_count(report); k++) {
        size_t index;
        int http_status;
        const char *message;
        uc_report_failure(report, k, &index, &http_status, &message);
        cJSON *failure = cJSON_CreateArray();
        cJSON_AddItemToArray(failure, cJSON_CreateNumber((double)index));
        cJSON_AddItemToArray(failure, cJSON_CreateNumber(http_status));
        cJSON_AddItemToArray(failure, cJSON_CreateString(message));
        cJSON_AddItemToArray(failures, failure);
    }
    return told;
}

static cJSON *run(const cJSON *call) {
    uc_options *options = uc_options_new();
    uc_run_options *run = uc_run_options_new();
    uc_cancel *cancel = uc_cancel_new();
    uc_client *client = NULL;
    uc_report *report = NULL;
    const char *url = text(call, "url"), *hook = text(call, "hook");
    int one_shot = strcmp(text(call, "function"), "one_shot") == 0;
    int status = *url ? uc_options_set_base_url(options, url) : 0;
    if (one_shot) setenv("USERCOM_BASE_URL", url, 1);
    SET(uc_options_set, options, cJSON_GetObjectItem(call, "client"))
    SET(uc_run_options_set, run, cJSON_GetObjectItem(call, "run"))
    if (hook && strcmp(hook, "stop_in_progress") == 0) uc_run_options_set_progress(run, stop, NULL);
    if (hook && strcmp(hook, "cancel_before") == 0) {
        uc_cancel_request(cancel);
        uc_run_options_set_cancel(run, cancel);
    }
    if (status == 0 && !one_shot) status = uc_client_new(text(call, "subdomain"), text(call, "token"), options, &client);
    if (status == 0) status = update(call, client, run, &report);
    cJSON *outcome = told(status, status == UC_STATUS_INVALID_ARGUMENT ? NULL : report);
    uc_report_free(report);
    uc_client_free(client);
    uc_cancel_free(cancel);
    uc_run_options_free(run);
    uc_options_free(options);
    return outcome;
}

/* Makes the client here, and the call in a child. */
static cJSON *run_in_child(const cJSON *call) {
    uc_options *options = uc_options_new();
    uc_client *client = NULL;
    int ends[2], status = uc_options_set_base_url(options, text(call, "url"));
    char line[4096] = "";
    if (status == 0) status = uc_client_new(text(call, "subdomain"), text(call, "token"), options, &client);
    if (status != 0 || pipe(ends) != 0) abort();
    pid_t child = fork();
    if (child == 0) {
        cJSON *outcome = told(update(call, client, NULL, NULL), NULL);
        cJSON_PrintPreallocated(outcome, line, sizeof line, 0);
        _exit(write(ends[1], line, strlen(line)) < 0);
    }
    close(ends[1]);
    if (read(ends[0], line, sizeof line - 1) < 0) abort();
    close(ends[0]);
    waitpid(child, NULL, 0);
    uc_client_free(client);
    uc_options_free(options);
    return cJSON_Parse(line);
}

int main(void) {
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        cJSON *call = cJSON_Parse(line);
        cJSON *outcome = cJSON_IsTrue(cJSON_GetObjectItem(call, "fork")) ? run_in_child(call) : run(call);
        char *said = cJSON_PrintUnformatted(outcome);
        puts(said);
        fflush(stdout);
        cJSON_free(said);
        cJSON_Delete(outcome);
        cJSON_Delete(call);
    }
    free(line);
    return 0;
}
