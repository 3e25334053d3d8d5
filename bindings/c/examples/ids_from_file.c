/*
 * Sets an attribute of all users whose ids are in a file, one per line. Shows the progress, stops cleanly on
 * Ctrl-C, and prints every id that was not confirmed, with the reason.
 *
 *     cc ids_from_file.c -o ids_from_file -lusercom
 *     export USERCOM_TOKEN=...
 *     ./ids_from_file acme newsletter false ids.txt >failures.tsv
 *
 * Exit code: 0 every id is confirmed, 1 not every one, 2 nothing was sent because an argument is invalid, 130 Ctrl-C.
 */
#define _POSIX_C_SOURCE 200809L /* sigaction */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usercom.h>

/* ---- Ctrl-C ------------------------------------------------------------------------------------- */

static uc_cancel *cancel;

static void on_interrupt(int signal) {
    (void)signal;
    uc_cancel_request(cancel); /* the one function that a signal handler may call */
}

static void listen_for_interrupt(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    action.sa_flags = (int)SA_RESETHAND; /* pressed again, it ends the program at once */
    sigaction(SIGINT, &action, NULL);
}

/* ---- progress ----------------------------------------------------------------------------------- */

static int show(void *userdata, const uc_progress *progress) {
    (void)userdata;
    fprintf(stderr, "\r%zu of %zu ids, %zu requests ", uc_progress_done(progress), uc_progress_total(progress),
            uc_progress_requests(progress));
    return 0; /* anything else cancels the run */
}

/* ---- ids ---------------------------------------------------------------------------------------- */

struct ids {
    int64_t *list;
    size_t n, room;
};

static int append(struct ids *ids, int64_t id) {
    if (ids->n == ids->room) {
        size_t room = ids->room == 0 ? 1024 : 2 * ids->room;
        int64_t *list = realloc(ids->list, room * sizeof *list);
        if (list == NULL)
            return 0;
        ids->list = list;
        ids->room = room;
    }
    ids->list[ids->n++] = id;
    return 1;
}

/* One id per line; empty lines are skipped. On an error, prints it and returns 0. */
static int read_ids(const char *path, struct ids *ids) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 0;
    }
    char line[64];
    int good = 1;
    for (unsigned long number = 1; good && fgets(line, sizeof line, file) != NULL; number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0')
            continue;
        char *end;
        errno = 0;
        long long id = strtoll(line, &end, 10);
        if (end == line || *end != '\0' || errno != 0) {
            fprintf(stderr, "%s:%lu: \"%s\" is not an id\n", path, number, line);
            good = 0;
        } else if (!append(ids, id)) {
            perror("realloc");
            good = 0;
        }
    }
    if (ferror(file)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        good = 0;
    }
    fclose(file);
    return good;
}

/* ---- the run ------------------------------------------------------------------------------------ */

static void print_failures(const uc_report *report, const int64_t *ids) {
    for (size_t k = 0; k < uc_report_failure_count(report); k++) {
        size_t index;
        int http_status;
        const char *message;
        uc_report_failure(report, k, &index, &http_status, &message);
        const char *state = uc_report_state(report, index) == UC_ID_REJECTED ? "rejected" : "unknown";
        printf("%lld\t%s\t%d\t%s\n", (long long)ids[index], state, http_status, message);
    }
}

static int run(const uc_client *client, const struct ids *ids, const char *attribute, const char *json_value) {
    uc_run_options *options = uc_run_options_new();
    uc_run_options_set_progress(options, show, NULL);
    uc_run_options_set_cancel(options, cancel);

    uc_report *report;
    int status =
        uc_client_mass_update(client, ids->list, ids->n, attribute, json_value, options, &report);

    fprintf(stderr, "\n%s\n", uc_report_message(report));
    fprintf(stderr, "%zu confirmed, %zu rejected, %zu unknown, %zu not attempted\n",
            uc_report_confirmed(report), uc_report_rejected(report), uc_report_unknown(report),
            uc_report_not_attempted(report));
    print_failures(report, ids->list);
    uc_report_free(report);
    uc_run_options_free(options);

    switch (status) {
    case UC_STATUS_OK: return 0;
    case UC_STATUS_INVALID_ARGUMENT: return 2;
    case UC_STATUS_CANCELLED: return 130;
    default: return 1;
    }
}

int main(int argc, char **argv) {
    const char *token = getenv("USERCOM_TOKEN");
    if (argc != 5 || token == NULL) {
        fprintf(stderr,
                "usage: USERCOM_TOKEN=... %s SUBDOMAIN ATTRIBUTE JSON_VALUE IDS_FILE\n"
                "such as: %s acme newsletter false ids.txt\n",
                argv[0], argv[0]);
        return 2;
    }
    struct ids ids = {NULL, 0, 0};
    if (!read_ids(argv[4], &ids)) {
        free(ids.list);
        return 2;
    }
    cancel = uc_cancel_new();
    listen_for_interrupt();

    uc_options *options = uc_options_new();
    uc_client *client = NULL;
    int status = uc_options_set_base_url(options, getenv("USERCOM_BASE_URL")); /* NULL: the service */
    if (status == UC_STATUS_OK)
        status = uc_options_set_batch_size(options, 500); /* a smaller step for the progress display */
    if (status == UC_STATUS_OK)
        status = uc_client_new(argv[1], token, options, &client);
    uc_options_free(options);

    int exit_code = 2;
    if (status == UC_STATUS_OK)
        exit_code = run(client, &ids, argv[2], argv[3]);
    else
        fprintf(stderr, "%s\n", uc_last_error());
    uc_client_free(client);
    signal(SIGINT, SIG_DFL); /* before the handle that the handler uses is freed */
    uc_cancel_free(cancel);
    free(ids.list);
    return exit_code;
}
