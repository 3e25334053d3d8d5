/* The C interface, loaded as a binding loads it. Arguments: the library, the base URL, the work of a call, and the
 * number of calls; without a number as protocol.h says. */
#include <dlfcn.h>
#include "protocol.h"
#include "usercom.h"

#define FUNCTIONS(X) X(uc_options_new) X(uc_options_set_base_url) X(uc_options_set_rate_limit) X(uc_client_new) \
    X(uc_options_set_batch_size) X(uc_client_mass_update) X(uc_client_mass_update_custom_ids) X(uc_client_mass_update_rows) \
    X(uc_last_error) X(uc_client_free) X(uc_options_free)
#define DECLARE(name) static __typeof__(&name) p_##name;
FUNCTIONS(DECLARE)

static uc_client *client;
static struct work work;

static int call(void)
{
    int status =
        work.kind == ROWS ? p_uc_client_mass_update_rows(client, work.ids, work.plan, work.n, work.plans, PLANS, "plan", NULL, NULL)
        : work.kind == CUSTOM ? p_uc_client_mass_update_custom_ids(client, work.custom, work.n, "plan", "\"pro\"", NULL, NULL)
        : p_uc_client_mass_update(client, work.ids, work.n, "plan", "\"pro\"", NULL, NULL);
    if (status != UC_STATUS_OK) {
        fprintf(stderr, "%s\n", p_uc_last_error());
    }
    return status;
}

int main(int argc, char **argv)
{
    void *library = argc >= 6 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (library == NULL || read_work(&work, argv + 3) != 0) {
        fprintf(stderr, "%s\n", argc >= 6 ? dlerror() : "library, URL and work?");
        return 1;
    }
#define LOAD(name) if ((*(void **)&p_##name = dlsym(library, #name)) == NULL) { return 1; }
    FUNCTIONS(LOAD)
    uc_options *options = p_uc_options_new();
    int failed = p_uc_options_set_base_url(options, argv[2]) != UC_STATUS_OK
        || p_uc_options_set_rate_limit(options, 0, 1000) != UC_STATUS_OK
        || p_uc_options_set_batch_size(options, work.batch) != UC_STATUS_OK
        || p_uc_client_new("acme", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", options, &client)
            != UC_STATUS_OK;
    if (failed) {
        fprintf(stderr, "%s\n", p_uc_last_error());
    } else if (argc > 6) {
        for (long n = atol(argv[6]); n > 0 && !failed; n--) {
            failed = call();
        }
    } else {
        failed = serve(call);
    }
    p_uc_client_free(client);
    p_uc_options_free(options);
    return failed;
}
