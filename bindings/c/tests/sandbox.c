#define _POSIX_C_SOURCE 200809L
#include "sandbox.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static void give_up(const char *what) {
    perror(what);
    exit(1);
}

struct sandbox sandbox_start(const char *const *switches) {
    const char *program = getenv("USERCOM_PROGRAM");
    if (program == NULL || access(program, X_OK) != 0) {
        fprintf(stderr, "USERCOM_PROGRAM must name the program `usercom`; run `make program` and `make test`\n");
        exit(1);
    }
    enum { MOST = 32 };
    const char *arguments[MOST] = {program, "sandbox", "--port", "0", "--token", TOKEN};
    size_t n = 6;
    for (; switches != NULL && *switches != NULL && n < MOST - 1; switches++)
        arguments[n++] = *switches;
    arguments[n] = NULL;

    struct sandbox sandbox = {0, 0, -1, ""};
    int ends[2];
    if (pipe(ends) != 0)
        give_up("pipe");
    fflush(NULL);
    sandbox.pid = fork();
    if (sandbox.pid < 0)
        give_up("fork");
    if (sandbox.pid == 0) {
#ifdef __linux__
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* it goes with the tests, however they end */
#endif
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(program, (char *const *)arguments);
        _exit(127);
    }
    close(ends[1]);
    sandbox.output = ends[0];
    FILE *said = fdopen(dup(ends[0]), "r");
    char line[256] = "";
    if (said == NULL || fgets(line, sizeof line, said) == NULL
        || sscanf(line, "usercom sandbox listening on http://127.0.0.1:%d", &sandbox.port) != 1) {
        fprintf(stderr, "the sandbox did not start; it said: %s\n", line);
        exit(1);
    }
    fclose(said);
    snprintf(sandbox.url, sizeof sandbox.url, "http://127.0.0.1:%d", sandbox.port);
    return sandbox;
}

void sandbox_stop(struct sandbox *sandbox) {
    kill(sandbox->pid, SIGTERM);
    waitpid(sandbox->pid, NULL, 0);
    close(sandbox->output);
}

char *sandbox_get(const struct sandbox *sandbox, const char *path) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)sandbox->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int end = socket(AF_INET, SOCK_STREAM, 0);
    if (end < 0 || connect(end, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("the sandbox does not respond");
    char request[512];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n\r\n", path);
    if (send(end, request, (size_t)length, 0) != length)
        give_up("send");

    size_t n = 0, room = 65536;
    char *response = malloc(room);
    for (ssize_t got = 1; response != NULL && got > 0; n += (size_t)got) {
        if (room - n < 2) {
            room *= 2;
            response = realloc(response, room);
        }
        if (response == NULL)
            break;
        got = recv(end, response + n, room - n - 1, 0);
        if (got < 0)
            give_up("recv");
    }
    close(end);
    if (response == NULL)
        give_up("malloc");
    response[n] = '\0';
    char *body = strstr(response, "\r\n\r\n");
    if (body == NULL || strncmp(response + 8, " 200", 4) != 0) {
        fprintf(stderr, "GET %s: %.200s\n", path, response);
        exit(1);
    }
    memmove(response, body + 4, strlen(body + 4) + 1);
    return response;
}

long sandbox_requests(const struct sandbox *sandbox) {
    char *body = sandbox_get(sandbox, "/_sandbox/requests");
    long total = -1;
    sscanf(body, "{\"total\":%ld", &total);
    free(body);
    return total;
}

static char *ledger(const struct sandbox *sandbox, const char *attribute) {
    char path[256];
    snprintf(path, sizeof path, "/_sandbox/ledger?attribute=%s", attribute);
    return sandbox_get(sandbox, path);
}

static long ledger_count(const struct sandbox *sandbox, const char *attribute, const char *part) {
    char *body = ledger(sandbox, attribute);
    long count = 0;
    for (const char *at = body; (at = strstr(at, part)) != NULL; at++)
        count++;
    free(body);
    return count;
}

long sandbox_applied_once(const struct sandbox *sandbox, const char *attribute) {
    return ledger_count(sandbox, attribute, ",1\n");
}

long sandbox_holds(const struct sandbox *sandbox, const char *attribute, const char *value) {
    char part[256];
    snprintf(part, sizeof part, ",%s,", value);
    return ledger_count(sandbox, attribute, part);
}

int sandbox_has(const struct sandbox *sandbox, const char *attribute, const char *line) {
    char *body = ledger(sandbox, attribute);
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    int has = strstr(body, whole) != NULL;
    if (!has)
        fprintf(stderr, "the ledger of %s has no line %s; it has %.300s\n", attribute, line, body);
    free(body);
    return has;
}

uc_options *sandbox_options(const struct sandbox *sandbox) {
    uc_options *options = uc_options_new();
    CHECK_INT(uc_options_set_base_url(options, sandbox->url), UC_STATUS_OK);
    CHECK_INT(uc_options_set_rate_limit(options, 0, 0), UC_STATUS_OK);
    return options;
}

uc_client *sandbox_client(const struct sandbox *sandbox) {
    uc_options *options = sandbox_options(sandbox);
    uc_client *client = NULL;
    CHECK_INT(uc_client_new("acme", TOKEN, options, &client), UC_STATUS_OK);
    uc_options_free(options);
    return client;
}
