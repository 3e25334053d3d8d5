/* libcurl as one uses it well: one handle for all calls, so that its connection is kept.
 * Arguments: the URL of the call, and its work. Talks as protocol.h says. */
#include <curl/curl.h>
#include "protocol.h"

static CURL *curl;
static char response[4096];
static size_t filled;
static struct work work;
static size_t *grouped;    /* rows: their numbers, those with the same value together */

static size_t take(char *data, size_t size, size_t n, void *unused)
{
    (void)unused;
    size_t room = sizeof response - filled;
    size_t taken = size * n < room ? size * n : room;
    memcpy(response + filled, data, taken);
    filled += taken;
    return size * n;
}

/* A request for the ids at these positions; without positions for those from `first` on. */
static int request(const size_t *positions, size_t first, size_t size, const char *value)
{
    static char body[32 * 1024];
    int at = sprintf(body, "{\"ids\":[");
    for (size_t i = first; i < first + size; i++) {
        size_t position = positions ? positions[i] : i;
        const char *comma = i > first ? "," : "";
        at += work.kind == CUSTOM ? sprintf(body + at, "%s\"%s\"", comma, work.custom[position])
                                  : sprintf(body + at, "%s%" PRId64, comma, work.ids[position]);
    }
    at += sprintf(body + at, "],\"attribute\":\"plan\",\"value\":%s}", value);
    filled = 0;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)at);
    long status = 0;
    if (curl_easy_perform(curl) != CURLE_OK || curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK) {
        return 1;
    }
    return status != 200;
}

static int requests(const size_t *positions, size_t first, size_t end, const char *value)
{
    for (; first < end; first += work.batch) {
        if (request(positions, first, end - first < work.batch ? end - first : work.batch, value) != 0) {
            return 1;
        }
    }
    return 0;
}

static int call(void)
{
    if (work.kind != ROWS) {
        return requests(NULL, 0, work.n, "\"pro\"");
    }
    size_t end[PLANS + 1] = {0};    /* of the plan before */
    for (size_t i = 0; i < work.n; i++) {
        end[work.plan[i] + 1]++;
    }
    for (int plan = 0; plan < PLANS; plan++) {
        end[plan + 1] += end[plan];
    }
    for (size_t i = 0; i < work.n; i++) {
        grouped[end[work.plan[i]]++] = i;
    }
    for (int plan = 0; plan < PLANS; plan++) {
        if (requests(grouped, plan ? end[plan - 1] : 0, end[plan], work.plans[plan]) != 0) {
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5 || read_work(&work, argv + 2) != 0 || (curl = curl_easy_init()) == NULL
        || (grouped = calloc(work.n, sizeof *grouped)) == NULL) {
        return 1;
    }
    /* As the program curl does. */
    if (getenv("SSL_CERT_FILE") != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
    }
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers,
        "Authorization: Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    int failed = serve(call);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return failed;
}
