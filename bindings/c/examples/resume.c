/*
 * An update that anything may interrupt: a crash, a reboot, a full disk, Ctrl-C. Repeating the identical call resumes
 * the run, so a cron job or a service can simply start it again.
 *
 *     cc resume.c -o resume -lusercom
 *     export USERCOM_TOKEN=...
 *     ./resume acme plan '"pro"' ids.txt journal
 *
 * Exit code: 0 every id is confirmed, 1 not every one, 2 nothing was sent, 3 stopped early: start it again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usercom.h>

/* One id per line. The call is identical if the ids are the same, in the same order. */
static int64_t *read_ids(const char *path, size_t *n) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    size_t room = 1024;
    int64_t *ids = malloc(room * sizeof *ids);
    long long id;
    int found = 0;
    for (*n = 0; ids != NULL && (found = fscanf(file, "%lld", &id)) == 1; ids[(*n)++] = id) {
        if (*n < room)
            continue;
        int64_t *more = realloc(ids, 2 * room * sizeof *ids);
        if (more == NULL)
            free(ids);
        ids = more;
        room *= 2;
        if (ids == NULL)
            break;
    }
    if (ids == NULL) {
        perror("malloc");
    } else if (found != EOF || ferror(file)) {
        fprintf(stderr, "%s: what comes after %zu ids is not an id\n", path, *n);
        free(ids);
        ids = NULL;
    }
    fclose(file);
    return ids;
}

static int exit_code(int status) {
    switch (status) {
    case UC_STATUS_OK: return 0;
    case UC_STATUS_PARTIAL: return 1; /* completed; the report says which ids failed */
    case UC_STATUS_INVALID_ARGUMENT:
    case UC_STATUS_BUSY: return 2; /* BUSY: another process runs the same update */
    default: return 3;
    }
}

int main(int argc, char **argv) {
    const char *token = getenv("USERCOM_TOKEN");
    if (argc != 6 || token == NULL) {
        fprintf(stderr,
                "usage: USERCOM_TOKEN=... %s SUBDOMAIN ATTRIBUTE JSON_VALUE IDS_FILE JOURNAL_DIR\n"
                "such as: %s acme plan '\"pro\"' ids.txt journal\n",
                argv[0], argv[0]);
        return 2;
    }
    size_t n;
    int64_t *ids = read_ids(argv[4], &n);
    if (ids == NULL)
        return 2;

    uc_run_options *options = uc_run_options_new();
    uc_client *client = NULL;
    uc_report *report = NULL;
    int status = uc_run_options_set_journal_dir(options, argv[5]);
    if (status == UC_STATUS_OK)
        status = uc_client_shared(argv[1], token, &client);
    if (status == UC_STATUS_OK)
        status = uc_client_mass_update(client, ids, n, argv[2], argv[3], options, &report);

    if (report != NULL)
        printf("%zu of %zu ids confirmed, %zu requests this time\n", uc_report_confirmed(report),
               uc_report_total(report), uc_report_requests(report));
    if (status != UC_STATUS_OK)
        fprintf(stderr, "%s %s\n", uc_status_message(status), uc_last_error());

    uc_report_free(report);
    uc_client_free(client);
    uc_run_options_free(options);
    free(ids);
    return exit_code(status);
}
