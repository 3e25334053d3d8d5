"""Set one attribute of many User.com users, and know of every single id whether it was updated.

    import usercom

    usercom.mass_update("acme", token, [10, 15, 22, 23], "plan", "pro")

`mass_update` is one call with all defaults. For settings, progress, cancelling and other kinds of ids there is
`Client`. Whatever goes wrong is an `Error`; its `report` knows the state of every id.
"""

from ._call import Progress
from ._client import Cancel, Client, mass_update
from ._errors import (
    BadResponse,
    Busy,
    Cancelled,
    DeadlineExceeded,
    Error,
    Forked,
    InternalError,
    InvalidArgument,
    InvalidType,
    JournalError,
    PartialUpdate,
    RateLimited,
    Rejected,
    RequestLimit,
    ServerError,
    Status,
    TlsError,
    TransportError,
    Unauthorized,
    WrongEndpoint,
)
from ._library import lib as _lib
from ._report import Failure, Failures, IdState, Report
from ._values import Json

__version__: str = _lib.uc_library_version().decode()

__all__ = [
    "BadResponse", "Busy", "Cancel", "Cancelled", "Client", "DeadlineExceeded", "Error", "Failure", "Failures",
    "Forked", "IdState", "InternalError", "InvalidArgument", "InvalidType", "Json", "JournalError",
    "PartialUpdate", "Progress", "RateLimited", "Rejected", "Report", "RequestLimit", "ServerError", "Status",
    "TlsError", "TransportError", "Unauthorized", "WrongEndpoint", "mass_update",
]  # fmt: skip
