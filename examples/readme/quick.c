#include <stdio.h>
#include <stdlib.h>
#include <usercom.h>

int main(void) {
    const int64_t ids[] = {10, 15, 22, 23};
    int status = uc_mass_update("acme", getenv("USERCOM_TOKEN"), ids, 4, "plan", "\"pro\"");
    if (status != UC_STATUS_OK)
        fprintf(stderr, "%d: %s\n", status, uc_last_error());
    return status;
}
