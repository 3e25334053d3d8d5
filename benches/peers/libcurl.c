/* libcurl as one uses it well: one handle for all calls, so that its connection is kept.
 * Arguments: the URL of the call, and the ids of each. */
#include <curl/curl.h>
#include <string.h>
#include "protocol.h"

static CURL *curl;
static char response[4096];
static size_t filled;
static long small[] = {10, 15, 22, 23}, *ids = small;
static size_t all = 4, size, next;

static size_t take(char *data, size_t size, size_t n, void *unused)
{
    (void)unused;
    size_t room = sizeof response - filled;
    size_t taken = size * n < room ? size * n : room;
    memcpy(response + filled, data, taken);
    filled += taken;
    return size * n;
}

static int call(void)
{
    static char body[32 * 1024];
    int at = sprintf(body, "{\"ids\":[");
    for (size_t i = 0; i < size; i++) {
        at += sprintf(body + at, i ? ",%ld" : "%ld", ids[next + i]);
    }
    next = (next + size) % all;
    at += sprintf(body + at, "],\"attribute\":\"plan\",\"value\":\"pro\"}");
    filled = 0;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)at);
    long status = 0;
    if (curl_easy_perform(curl) != CURLE_OK || curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK) {
        return 1;
    }
    return status != 200;
}

int main(int argc, char **argv)
{
    if (argc != 3 || (curl = curl_easy_init()) == NULL) {
        return 1;
    }
    size = (size_t)atol(argv[2]);
    if (size != all) {
        all = 1000000;
        if (size != 1000 || (ids = malloc(all * sizeof *ids)) == NULL) {
            return 1;
        }
        for (size_t i = 0; i < all; i++) {
            ids[i] = 1000000 + (long)i;
        }
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
