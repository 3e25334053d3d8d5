"""Set one attribute of many User.com users, with a report that says what is known of each id.

    import usercom

    usercom.mass_update("acme", token, [10, 15, 22, 23], "plan", "pro")

`mass_update` is one call with all defaults. For options, progress, cancelling and other kinds of ids there is
`Client`. Whatever goes wrong is an `Error`; its `report` knows the state of every id.
"""

from . import _exceptions
from ._call import Progress
from ._cancel import Cancel
from ._client import Client, mass_update
from ._error_base import Error
from ._errors import InvalidType
from ._exceptions import *  # noqa: F403
from ._failures import Failure, Failures, Mismatched
from ._generated import ClientOptions, IdState, RunOptions, Status
from ._library import lib as _lib
from ._read import Check, CheckLine, User, Users
from ._report import Report
from ._values import Json

__version__: str = _lib.uc_library_version().decode()

__all__ = [
    "Cancel", "Check", "CheckLine", "Client", "ClientOptions", "Error", "Failure", "Failures", "IdState", "InvalidType",
    "Json", "Mismatched", "Progress", "Report", "RunOptions", "Status", "User", "Users", "mass_update",
]  # fmt: skip
__all__ += _exceptions.__all__
