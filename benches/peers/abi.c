/* The C interface, loaded as a binding loads it. Arguments: the library, the base URL, and the number of calls;
 * without a number as protocol.h says. */
#include <dlfcn.h>
#include "protocol.h"
#include "usercom.h"

#define FUNCTIONS(X) X(uc_options_new) X(uc_options_set_base_url) X(uc_options_set_rate_limit) X(uc_client_new) \
    X(uc_client_mass_update) X(uc_last_error) X(uc_client_free) X(uc_options_free)
#define DECLARE(name) static __typeof__(&name) p_##name;
FUNCTIONS(DECLARE)

static uc_client *client;

static int call(void)
{
    static const int64_t ids[] = {10, 15, 22, 23};
    int status = p_uc_client_mass_update(client, ids, 4, "plan", "\"pro\"", NULL, NULL);
    if (status != UC_STATUS_OK) {
        fprintf(stderr, "%s\n", p_uc_last_error());
    }
    return status;
}

int main(int argc, char **argv)
{
    void *library = argc >= 3 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (library == NULL) {
        fprintf(stderr, "%s\n", argc >= 3 ? dlerror() : "library and URL?");
        return 1;
    }
#define LOAD(name) if ((*(void **)&p_##name = dlsym(library, #name)) == NULL) { return 1; }
    FUNCTIONS(LOAD)
    uc_options *options = p_uc_options_new();
    int failed = p_uc_options_set_base_url(options, argv[2]) != UC_STATUS_OK
        || p_uc_options_set_rate_limit(options, 0, 1000) != UC_STATUS_OK
        || p_uc_client_new("acme", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", options, &client)
            != UC_STATUS_OK;
    if (failed) {
        fprintf(stderr, "%s\n", p_uc_last_error());
    } else if (argc > 3) {
        for (long n = atol(argv[3]); n > 0 && !failed; n--) {
            failed = call();
        }
    } else {
        failed = serve(call);
    }
    p_uc_client_free(client);
    p_uc_options_free(options);
    return failed;
}
