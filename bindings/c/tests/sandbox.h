/* A sandbox of its own for a test: `usercom sandbox` as a child process, and what it has seen. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "check.h"
#include <sys/types.h>

struct sandbox {
    pid_t pid;
    int port;
    int output; /* kept open, so that it never writes into nothing */
    char url[64];
};

/* Starts it with these switches, such as "--latency", "100", NULL; expects TOKEN. Gives up loudly. */
struct sandbox sandbox_start(const char *const *switches);
void sandbox_stop(struct sandbox *sandbox);

/* The body of the response to a GET, to be freed. */
char *sandbox_get(const struct sandbox *sandbox, const char *path);

/* How many requests have come, whatever became of them. */
long sandbox_requests(const struct sandbox *sandbox);

/* How many users have a value of the attribute that was set by exactly one request. */
long sandbox_applied_once(const struct sandbox *sandbox, const char *attribute);

/* How many users have this value, however many requests have set it. */
long sandbox_holds(const struct sandbox *sandbox, const char *attribute, const char *value);

/* Whether the ledger has this line: `10,"""pro""",1` says that one request has set user 10 to "pro". */
int sandbox_has(const struct sandbox *sandbox, const char *attribute, const char *line);

/* Options for it: its address, no rate limit. To be freed. */
uc_options *sandbox_options(const struct sandbox *sandbox);
uc_client *sandbox_client(const struct sandbox *sandbox);

#endif
