/* The numbers that compiled programs know. A line is added for a new one; none is ever changed. */
#include <usercom.h>

_Static_assert(UC_ABI_VERSION == 1, "additions do not change it");

_Static_assert(UC_STATUS_OK == 0, "");
_Static_assert(UC_STATUS_PARTIAL == 1, "");
_Static_assert(UC_STATUS_CANCELLED == 2, "");
_Static_assert(UC_STATUS_DEADLINE == 3, "");
_Static_assert(UC_STATUS_DRY_RUN == 4, "");
_Static_assert(UC_STATUS_INVALID_ARGUMENT == 10, "");
_Static_assert(UC_STATUS_UNAUTHORIZED == 20, "");
_Static_assert(UC_STATUS_RATE_LIMITED == 21, "");
_Static_assert(UC_STATUS_REJECTED == 22, "");
_Static_assert(UC_STATUS_SERVER == 23, "");
_Static_assert(UC_STATUS_WRONG_ENDPOINT == 24, "");
_Static_assert(UC_STATUS_REQUEST_LIMIT == 25, "");
_Static_assert(UC_STATUS_TRANSPORT == 30, "");
_Static_assert(UC_STATUS_BAD_RESPONSE == 31, "");
_Static_assert(UC_STATUS_TLS == 32, "");
_Static_assert(UC_STATUS_JOURNAL == 40, "");
_Static_assert(UC_STATUS_FORKED == 41, "");
_Static_assert(UC_STATUS_BUSY == 42, "");
_Static_assert(UC_STATUS_INTERNAL == 99, "");

_Static_assert(UC_ID_NOT_ATTEMPTED == 0, "");
_Static_assert(UC_ID_CONFIRMED == 1, "");
_Static_assert(UC_ID_REJECTED == 2, "");
_Static_assert(UC_ID_UNKNOWN == 3, "");
