/*
 * The shortest program that does the job: one call with all defaults.
 *
 *     cc one_shot.c -o one_shot -lusercom
 *     export USERCOM_TOKEN=...                         (the 64-character REST API key)
 *     ./one_shot acme plan '"pro"' 10 15 22 23
 *
 * With USERCOM_BASE_URL=http://127.0.0.1:8080 it sends to `usercom sandbox --port 8080` instead of the service.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <usercom.h>

int main(int argc, char **argv) {
    const char *token = getenv("USERCOM_TOKEN");
    if (argc < 5 || token == NULL) {
        fprintf(stderr,
                "usage: USERCOM_TOKEN=... %s SUBDOMAIN ATTRIBUTE JSON_VALUE ID...\n"
                "such as: %s acme plan '\"pro\"' 10 15 22 23\n",
                argv[0], argv[0]);
        return 2;
    }
    const char *subdomain = argv[1], *attribute = argv[2], *json_value = argv[3];

    size_t n = (size_t)argc - 4;
    int64_t *ids = malloc(n * sizeof *ids);
    if (ids == NULL) {
        perror("malloc");
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        char *end;
        errno = 0;
        ids[i] = strtoll(argv[4 + i], &end, 10);
        if (end == argv[4 + i] || *end != '\0' || errno != 0) {
            fprintf(stderr, "\"%s\" is not an id\n", argv[4 + i]);
            free(ids);
            return 2;
        }
    }

    int status = uc_mass_update(subdomain, token, ids, n, attribute, json_value);

    if (status == UC_STATUS_OK)
        printf("%zu ids confirmed\n", n);
    else
        fprintf(stderr, "%s %s\n", uc_status_message(status), uc_last_error());
    free(ids);
    return status == UC_STATUS_OK ? 0 : 1;
}
