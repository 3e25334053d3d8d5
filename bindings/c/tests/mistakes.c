/* One mistake on purpose, named by the argument: a tool that does not catch it is not on. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usercom.h>

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static volatile int one = 1;

/* This program reads past its array. */
static int64_t overflow(void) {
    int64_t *volatile ids = calloc(2, sizeof *ids);
    int64_t beyond = ids == NULL ? 0 : ids[2];
    free(ids);
    return beyond;
}

/* The library reads too far, because the count is larger than the array. */
static int64_t short_array(void) {
    int64_t *ids = malloc(2 * sizeof *ids);
    if (ids == NULL)
        return 0;
    ids[0] = 1;
    ids[1] = 2;
    uc_client *client = NULL;
    uc_run_options *options = uc_run_options_new();
    uc_run_options_set_dry_run(options, 1);
    int status = uc_client_new("acme", TOKEN, NULL, &client);
    if (status == UC_STATUS_OK)
        uc_client_mass_update(client, ids, (size_t)2 + (size_t)one, "plan", "1", options, NULL);
    else
        fprintf(stderr, "%s\n", uc_last_error());
    uc_client_free(client);
    uc_run_options_free(options);
    free(ids);
    return status;
}

/* Nobody frees what the library gave. */
static int64_t leak(void) {
    return uc_options_set_workers(uc_options_new(), 3);
}

static int64_t undefined(void) {
    return INT_MAX + one;
}

/* Few calls: ThreadSanitizer reports a race only while it still knows where the first of the two was. */
static void *set(void *options) {
    for (int i = 0; i < 3; i++)
        uc_options_set_batch_size(options, (size_t)i + 1);
    return NULL;
}

/* Two threads change the same settings. */
static int64_t race(void) {
    uc_options *options = uc_options_new();
    pthread_t other;
    int status = pthread_create(&other, NULL, set, options);
    set(options);
    if (status == 0)
        pthread_join(other, NULL);
    uc_options_free(options);
    return status;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int64_t (*make)(void);
    } mistakes[] = {
        {"overflow", overflow}, {"short_array", short_array}, {"leak", leak}, {"undefined", undefined}, {"race", race},
    };
    for (size_t i = 0; argc == 2 && i < sizeof mistakes / sizeof mistakes[0]; i++) {
        if (strcmp(argv[1], mistakes[i].name) == 0) {
            printf("nobody minded: %lld\n", (long long)mistakes[i].make());
            return 0;
        }
    }
    fprintf(stderr, "usage: %s overflow|short_array|leak|undefined|race\n", argv[0]);
    return 2;
}
