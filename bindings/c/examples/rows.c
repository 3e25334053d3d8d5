/*
 * A value for each user: reads lines of "id,spent" and sets a tier for everybody. Users of one tier are sent
 * together, so three tiers of up to a thousand users cost three requests, not one for each user.
 *
 *     cc rows.c -o rows -lusercom
 *     export USERCOM_TOKEN=...
 *     ./rows acme tier spent.csv
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usercom.h>

/* JSON as it is sent: text has its quotes. */
static const char *const TIERS[] = {"\"bronze\"", "\"silver\"", "\"gold\""};
enum { BRONZE, SILVER, GOLD, TIER_COUNT };

static uint32_t tier_of(double spent) {
    return spent >= 1000 ? GOLD : spent >= 100 ? SILVER : BRONZE;
}

struct rows {
    int64_t *ids;
    uint32_t *tiers; /* of the id at the same position, an index into TIERS */
    size_t n, room;
};

static int append(struct rows *rows, int64_t id, uint32_t tier) {
    if (rows->n == rows->room) {
        size_t room = rows->room == 0 ? 1024 : 2 * rows->room;
        int64_t *ids = realloc(rows->ids, room * sizeof *ids);
        if (ids != NULL)
            rows->ids = ids;
        uint32_t *tiers = realloc(rows->tiers, room * sizeof *tiers);
        if (tiers != NULL)
            rows->tiers = tiers;
        if (ids == NULL || tiers == NULL)
            return 0;
        rows->room = room;
    }
    rows->ids[rows->n] = id;
    rows->tiers[rows->n++] = tier;
    return 1;
}

static int read_rows(const char *path, struct rows *rows) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 0;
    }
    char line[128];
    int good = 1;
    for (unsigned long number = 1; good && fgets(line, sizeof line, file) != NULL; number++) {
        long long id;
        double spent;
        if (sscanf(line, "%lld,%lf", &id, &spent) != 2) {
            fprintf(stderr, "%s:%lu: is not \"id,spent\"\n", path, number);
            good = 0;
        } else if (!append(rows, id, tier_of(spent))) {
            perror("realloc");
            good = 0;
        }
    }
    fclose(file);
    return good;
}

int main(int argc, char **argv) {
    const char *token = getenv("USERCOM_TOKEN");
    if (argc != 4 || token == NULL) {
        fprintf(stderr,
                "usage: USERCOM_TOKEN=... %s SUBDOMAIN ATTRIBUTE SPENT_CSV\n"
                "such as: %s acme tier spent.csv\n",
                argv[0], argv[0]);
        return 2;
    }
    struct rows rows = {NULL, NULL, 0, 0};
    uc_client *client = NULL;
    uc_report *report = NULL;
    int exit_code = 2;
    if (!read_rows(argv[3], &rows))
        goto done;
    /* All defaults; USERCOM_BASE_URL may name a sandbox on this machine. */
    if (uc_client_shared(argv[1], token, &client) != UC_STATUS_OK) {
        fprintf(stderr, "%s\n", uc_last_error());
        goto done;
    }

    int status = uc_client_mass_update_rows(client, rows.ids, rows.tiers, rows.n, TIERS, TIER_COUNT, argv[2],
                                            NULL, &report);

    printf("%s; %zu requests\n", uc_report_message(report), uc_report_requests(report));
    /* The last line of a duplicated id wins: the earlier ones are not attempted. */
    for (size_t i = 0; i < uc_report_total(report); i++)
        if (uc_report_state(report, i) != UC_ID_CONFIRMED)
            printf("line %zu, id %lld: not confirmed\n", i + 1, (long long)rows.ids[i]);
    exit_code = status == UC_STATUS_OK ? 0 : 1;

done:
    uc_report_free(report);
    uc_client_free(client);
    free(rows.ids);
    free(rows.tiers);
    return exit_code;
}
