/* Repeating the identical call resumes the run, and only one process runs it at a time. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "sandbox.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 30 };

static int files_in(const char *path) {
    DIR *dir = opendir(path);
    int count = 0;
    if (dir == NULL)
        return -1;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static int stop_at_ten(void *userdata, const uc_progress *progress) {
    (void)userdata;
    return uc_progress_confirmed(progress) >= 10;
}

static void interrupted_and_resumed(const struct sandbox *sandbox, const uc_client *client, const char *dir) {
    int64_t *ids = ids_up_to(N);
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_journal_dir(options, dir), UC_STATUS_OK);
    CHECK_STATUS(uc_run_options_set_progress(options, stop_at_ten, NULL), UC_STATUS_OK);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "resumed", "1", options, &report), UC_STATUS_CANCELLED);
    size_t first = uc_report_confirmed(report);
    CHECK(first >= 10 && first < N);
    CHECK_INT(uc_report_unknown(report), 0);
    CHECK_INT(files_in(dir), 1);
    uc_report_free(report);

    CHECK_STATUS(uc_run_options_set_progress(options, NULL, NULL), UC_STATUS_OK);
    CHECK_STATUS(uc_client_mass_update(client, ids, N, "resumed", "1", options, &report), UC_STATUS_OK);
    CHECK_INT(uc_report_total(report), N);
    CHECK_INT(uc_report_confirmed(report), N);
    CHECK_INT(uc_report_requests(report), N - first); /* one id a request: only what was left */
    CHECK_INT(sandbox_applied_once(sandbox, "resumed"), N);
    CHECK_INT(files_in(dir), 0); /* finished: the same call is a new run from now on */
    uc_report_free(report);
    uc_run_options_free(options);
    free(ids);
}

struct twin {
    const uc_client *client;
    uc_run_options *options;
    const int64_t *ids;
    int calls;
};

static int the_same_call(void *userdata, const uc_progress *progress) {
    struct twin *twin = userdata;
    (void)progress;
    if (twin->calls++ == 0) {
        uc_report *report = NULL;
        CHECK_STATUS(uc_client_mass_update(twin->client, twin->ids, N, "busy", "1", twin->options, &report),
                     UC_STATUS_BUSY);
        CHECK_INT(uc_report_total(report), N);
        CHECK_INT(uc_report_not_attempted(report), N);
        CHECK_INT(uc_report_requests(report), 0);
        uc_report_free(report);
    }
    return 0;
}

static void busy(const struct sandbox *sandbox, const uc_client *client, const char *dir) {
    int64_t *ids = ids_up_to(N);
    struct twin twin = {client, uc_run_options_new(), ids, 0};
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_journal_dir(options, dir), UC_STATUS_OK);
    CHECK_STATUS(uc_run_options_set_journal_dir(twin.options, dir), UC_STATUS_OK);
    CHECK_STATUS(uc_run_options_set_progress(options, the_same_call, &twin), UC_STATUS_OK);
    CHECK_INT(uc_client_mass_update(client, ids, N, "busy", "1", options, NULL), UC_STATUS_OK);
    CHECK(twin.calls > 0);
    CHECK_INT(sandbox_applied_once(sandbox, "busy"), N);
    uc_run_options_free(twin.options);
    uc_run_options_free(options);
    free(ids);
}

static void nowhere_to_write(const struct sandbox *sandbox, const uc_client *client, const char *file) {
    const int64_t id = 1;
    long before = sandbox_requests(sandbox);
    uc_run_options *options = uc_run_options_new();
    CHECK_STATUS(uc_run_options_set_journal_dir(options, file), UC_STATUS_OK);
    uc_report *report = NULL;
    CHECK_STATUS(uc_client_mass_update(client, &id, 1, "plan", "1", options, &report), UC_STATUS_JOURNAL);
    CHECK_INT(uc_report_not_attempted(report), 1);
    CHECK_INT(sandbox_requests(sandbox), before);
    uc_report_free(report);
    uc_run_options_free(options);
}

void journal(void) {
    char dir[] = "/tmp/usercom-c-journal-XXXXXX";
    if (!CHECK(mkdtemp(dir) != NULL))
        return;
    struct sandbox sandbox = sandbox_start(NULL);
    uc_options *options = sandbox_options(&sandbox);
    CHECK_STATUS(uc_options_set_batch_size(options, 1), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_workers(options, 1), UC_STATUS_OK);
    CHECK_STATUS(uc_options_set_rate_limit(options, 50, 1000), UC_STATUS_OK);
    uc_client *client = NULL;
    CHECK_STATUS(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    interrupted_and_resumed(&sandbox, client, dir);
    busy(&sandbox, client, dir);
    nowhere_to_write(&sandbox, client, getenv("USERCOM_PROGRAM")); /* a file, no directory */
    uc_client_free(client);
    uc_options_free(options);
    sandbox_stop(&sandbox);
    CHECK_INT(files_in(dir), 0);
    rmdir(dir);
}
