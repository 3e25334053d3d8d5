/* How every contender talks to the bench: a line with a number comes in, that many calls are made, and a line
 * with the nanoseconds on the clock and on the processor goes out. The last three arguments say what one call has to
 * send: "ids", "custom" (ids) or "rows" (ids with a value each), how many, and how many in a request. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLANS = 100 };
struct work {
    enum { IDS = 'i', CUSTOM = 'c', ROWS = 'r' } kind;
    size_t n, batch;
    int64_t *ids;
    const char **custom;
    uint32_t *plan;              /* of each id: the number of its value */
    const char *plans[PLANS];    /* the values, as JSON */
};

static int read_work(struct work *work, char **words)
{
    static const int64_t small[] = {10, 15, 22, 23};
    work->kind = words[0][0];
    work->n = (size_t)atol(words[1]);
    work->batch = (size_t)atol(words[2]);
    work->ids = calloc(work->n, sizeof *work->ids);
    work->custom = calloc(work->n, sizeof *work->custom);
    work->plan = calloc(work->n, sizeof *work->plan);
    char (*names)[16] = calloc(work->n, sizeof *names), (*values)[16] = calloc(PLANS, sizeof *values);
    if (!work->ids || !work->custom || !work->plan || !names || !values) {
        return 1;
    }
    for (size_t i = 0; i < work->n; i++) {
        work->ids[i] = work->n == 4 ? small[i] : 1000000 + (int64_t)i;
        if (work->kind == CUSTOM) {
            sprintf(names[i], "u-%" PRId64, work->ids[i]);
            work->custom[i] = names[i];
        } else if (work->kind == ROWS) {
            work->plan[i] = (uint32_t)(work->ids[i] % PLANS);
        }
    }
    for (int i = 0; i < PLANS; i++) {
        sprintf(values[i], "\"plan %d\"", i);
        work->plans[i] = values[i];
    }
    return 0;
}

static long long nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int serve(int (*call)(void))
{
    char line[32];
    while (fgets(line, sizeof line, stdin) != NULL) {
        long n = atol(line);
        long long wall = nanoseconds(CLOCK_MONOTONIC), cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
        for (long i = 0; i < n; i++) {
            if (call() != 0) {
                return 1;
            }
        }
        printf("%lld %lld\n", nanoseconds(CLOCK_MONOTONIC) - wall, nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
        fflush(stdout);
    }
    return 0;
}
