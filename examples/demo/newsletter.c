/* Ends the newsletter for users who neither joined nor ordered within the last year: the C part of `make demo`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usercom.h>

/* A year before the last day of the data. Dates in ISO 8601 compare as text. */
#define A_YEAR_AGO "2025-11-23"

enum column { ID, EMAIL, PLAN, SCORE, NEWSLETTER, LAST_ORDER, JOINED_AT, COLUMNS };

/* Splits a line at its commas, in place. strtok would skip empty fields. */
static int split(char *line, char *fields[COLUMNS]) {
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    while (n < COLUMNS) {
        fields[n++] = line;
        line = strchr(line, ',');
        if (line == NULL)
            break;
        *line++ = '\0';
    }
    return n == COLUMNS;
}

static int fail(const char *what) {
    perror(what);
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    const char *token = getenv("USERCOM_TOKEN");
    if (argc != 3 || token == NULL) {
        fprintf(stderr, "usage: USERCOM_TOKEN=... %s users.csv confirmed.txt\n", argv[0]);
        return EXIT_FAILURE;
    }

    FILE *users = fopen(argv[1], "r");
    if (users == NULL)
        return fail(argv[1]);
    int64_t *ids = NULL;
    size_t n = 0, capacity = 0;
    char line[1024], *user[COLUMNS];
    while (fgets(line, sizeof line, users) != NULL) {
        if (!split(line, user) || strcmp(user[NEWSLETTER], "true") != 0)
            continue;
        if (strcmp(user[LAST_ORDER], A_YEAR_AGO) >= 0 || strcmp(user[JOINED_AT], A_YEAR_AGO) >= 0)
            continue;
        if (n == capacity) {
            capacity = capacity == 0 ? 1024 : 2 * capacity;
            int64_t *more = realloc(ids, capacity * sizeof *ids);
            if (more == NULL)
                return fail("realloc");
            ids = more;
        }
        ids[n++] = strtoll(user[ID], NULL, 10);
    }
    fclose(users);
    printf("%zu subscribers neither joined nor ordered within the last year\n", n);

    int status = uc_mass_update("demo", token, ids, n, "newsletter", "false");

    if (status != UC_STATUS_OK) {
        fprintf(stderr, "%s: %s\n", uc_status_message(status), uc_last_error());
        return EXIT_FAILURE;
    }
    printf("%zu of %zu ids confirmed\n", n, n); /* OK means: every single id */
    FILE *confirmed = fopen(argv[2], "w");
    if (confirmed == NULL)
        return fail(argv[2]);
    for (size_t i = 0; i < n; i++)
        fprintf(confirmed, "%lld\n", (long long)ids[i]);
    if (fclose(confirmed) != 0)
        return fail(argv[2]);
    free(ids);
    return EXIT_SUCCESS;
}
