#include <stdio.h>
#include <stdlib.h>
#include <usercom.h>

int main(void) {
    const char *token = getenv("USERCOM_TOKEN"); /* the REST API key; it does not belong in the source */
    const int64_t ids[] = {10, 15, 22, 23};      /* User.com's own ids */

    int status = uc_mass_update("acme", token, ids, 4, "plan", "\"pro\"");

    if (status != UC_STATUS_OK) {
        fprintf(stderr, "%s %s\n", uc_status_message(status), uc_last_error());
        return 1;
    }
    puts("4 ids confirmed");
    return 0;
}
