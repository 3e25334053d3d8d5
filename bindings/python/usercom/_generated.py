"""The C functions, the statuses, the states of an id, and the options.

Generated from src/interface and src/ffi by `make generate`; do not edit.
"""

import enum
import os
from collections.abc import Mapping
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from datetime import timedelta
from typing import Any, Optional, SupportsFloat, SupportsIndex, TypedDict, Union

ABI_VERSION = 1

LOG = CFUNCTYPE(None, c_void_p, c_int, c_char_p)
PROGRESS = CFUNCTYPE(c_int, c_void_p, c_void_p)

# An undeclared function would take and return int, which truncates pointers.
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "uc_mass_update": (c_int, [c_char_p, c_char_p, c_void_p, c_size_t, c_char_p, c_char_p]),
    "uc_client_new": (c_int, [c_char_p, c_char_p, c_void_p, POINTER(c_void_p)]),
    "uc_client_shared": (c_int, [c_char_p, c_char_p, POINTER(c_void_p)]),
    "uc_client_shared_with_scope": (c_int, [c_char_p, c_char_p, c_char_p, POINTER(c_void_p)]),
    "uc_client_free": (None, [c_void_p]),
    "uc_shutdown": (None, []),
    "uc_client_mass_update": (
        c_int,
        [c_void_p, c_void_p, c_size_t, c_char_p, c_char_p, c_void_p, POINTER(c_void_p)],
    ),
    "uc_client_mass_update_custom_ids": (
        c_int,
        [c_void_p, POINTER(c_char_p), c_size_t, c_char_p, c_char_p, c_void_p, POINTER(c_void_p)],
    ),
    "uc_client_mass_update_rows": (
        c_int,
        [
            c_void_p,
            c_void_p,
            POINTER(c_uint32),
            c_size_t,
            POINTER(c_char_p),
            c_size_t,
            c_char_p,
            c_void_p,
            POINTER(c_void_p),
        ],
    ),
    "uc_client_mass_update_rows_custom_ids": (
        c_int,
        [
            c_void_p,
            POINTER(c_char_p),
            POINTER(c_uint32),
            c_size_t,
            POINTER(c_char_p),
            c_size_t,
            c_char_p,
            c_void_p,
            POINTER(c_void_p),
        ],
    ),
    "uc_client_mass_update_arrow": (
        c_int,
        [c_void_p, c_void_p, c_char_p, c_char_p, c_char_p, c_void_p, POINTER(c_void_p)],
    ),
    "uc_options_new": (c_void_p, []),
    "uc_options_free": (None, [c_void_p]),
    "uc_options_set": (c_int, [c_void_p, c_char_p, c_char_p]),
    "uc_options_set_log": (c_int, [c_void_p, LOG, c_void_p, c_int]),
    "uc_run_options_new": (c_void_p, []),
    "uc_run_options_free": (None, [c_void_p]),
    "uc_run_options_set": (c_int, [c_void_p, c_char_p, c_char_p]),
    "uc_run_options_set_progress": (c_int, [c_void_p, PROGRESS, c_void_p]),
    "uc_run_options_set_heartbeat": (c_int, [c_void_p, POINTER(c_uint8)]),
    "uc_run_options_set_cancel": (c_int, [c_void_p, c_void_p]),
    "uc_options_set_base_url": (c_int, [c_void_p, c_char_p]),
    "uc_options_set_method": (c_int, [c_void_p, c_char_p]),
    "uc_options_set_api_version": (c_int, [c_void_p, c_uint32]),
    "uc_options_set_request_timeout_ms": (c_int, [c_void_p, c_uint64]),
    "uc_options_set_batch_size": (c_int, [c_void_p, c_size_t]),
    "uc_options_set_workers": (c_int, [c_void_p, c_uint32]),
    "uc_options_set_rate_limit": (c_int, [c_void_p, c_uint32, c_uint64]),
    "uc_options_set_rate_limit_scope": (c_int, [c_void_p, c_char_p]),
    "uc_options_set_rate_limit_dir": (c_int, [c_void_p, c_char_p]),
    "uc_options_set_max_attempts": (c_int, [c_void_p, c_uint32]),
    "uc_options_set_proxy": (c_int, [c_void_p, c_char_p]),
    "uc_options_set_ca_file": (c_int, [c_void_p, c_char_p]),
    "uc_run_options_set_deadline_ms": (c_int, [c_void_p, c_uint64]),
    "uc_run_options_set_stall_timeout_ms": (c_int, [c_void_p, c_uint64]),
    "uc_run_options_set_max_requests": (c_int, [c_void_p, c_uint64]),
    "uc_run_options_set_max_rejected": (c_int, [c_void_p, c_uint64]),
    "uc_run_options_set_journal_dir": (c_int, [c_void_p, c_char_p]),
    "uc_run_options_set_journal_max_age_ms": (c_int, [c_void_p, c_uint64]),
    "uc_run_options_set_standard_attributes": (c_int, [c_void_p, c_int]),
    "uc_run_options_set_allow_null": (c_int, [c_void_p, c_int]),
    "uc_run_options_set_dry_run": (c_int, [c_void_p, c_int]),
    "uc_run_options_set_preflight": (c_int, [c_void_p, c_int]),
    "uc_run_options_set_verify": (c_int, [c_void_p, c_size_t]),
    "uc_run_options_set_verify_strict": (c_int, [c_void_p, c_int]),
    "uc_cancel_new": (c_void_p, []),
    "uc_cancel_request": (None, [c_void_p]),
    "uc_cancel_free": (None, [c_void_p]),
    "uc_progress_done": (c_size_t, [c_void_p]),
    "uc_progress_total": (c_size_t, [c_void_p]),
    "uc_progress_confirmed": (c_size_t, [c_void_p]),
    "uc_progress_rejected": (c_size_t, [c_void_p]),
    "uc_progress_requests": (c_size_t, [c_void_p]),
    "uc_progress_expected_rejected": (c_size_t, [c_void_p]),
    "uc_progress_requests_left": (c_size_t, [c_void_p]),
    "uc_progress_time_left_ms": (c_uint64, [c_void_p]),
    "uc_progress_waiting_ms": (c_uint64, [c_void_p]),
    "uc_report_status": (c_int, [c_void_p]),
    "uc_report_message": (c_char_p, [c_void_p]),
    "uc_report_total": (c_size_t, [c_void_p]),
    "uc_report_confirmed": (c_size_t, [c_void_p]),
    "uc_report_rejected": (c_size_t, [c_void_p]),
    "uc_report_unknown": (c_size_t, [c_void_p]),
    "uc_report_not_attempted": (c_size_t, [c_void_p]),
    "uc_report_requests": (c_size_t, [c_void_p]),
    "uc_report_verified": (c_size_t, [c_void_p]),
    "uc_report_mismatched": (c_size_t, [c_void_p]),
    "uc_report_mismatch": (
        c_int,
        [c_void_p, c_size_t, POINTER(c_size_t), POINTER(c_char_p), POINTER(c_char_p)],
    ),
    "uc_report_state": (c_int, [c_void_p, c_size_t]),
    "uc_report_states": (c_int, [c_void_p, POINTER(c_uint8), c_size_t]),
    "uc_report_failure_count": (c_size_t, [c_void_p]),
    "uc_report_failure": (c_int, [c_void_p, c_size_t, POINTER(c_size_t), POINTER(c_int), POINTER(c_char_p)]),
    "uc_report_failure_id": (c_char_p, [c_void_p, c_size_t]),
    "uc_report_text": (c_char_p, [c_void_p]),
    "uc_report_json": (c_char_p, [c_void_p]),
    "uc_report_free": (None, [c_void_p]),
    "uc_client_check": (c_int, [c_void_p, c_char_p, POINTER(c_char_p), c_size_t, POINTER(c_void_p)]),
    "uc_check_status": (c_int, [c_void_p]),
    "uc_check_count": (c_size_t, [c_void_p]),
    "uc_check_line": (c_int, [c_void_p, c_size_t, POINTER(c_int), POINTER(c_char_p), POINTER(c_char_p)]),
    "uc_check_text": (c_char_p, [c_void_p]),
    "uc_check_json": (c_char_p, [c_void_p]),
    "uc_check_free": (None, [c_void_p]),
    "uc_client_users": (
        c_int,
        [c_void_p, POINTER(c_char_p), c_size_t, c_char_p, c_void_p, POINTER(c_void_p)],
    ),
    "uc_users_next": (c_int, [c_void_p, POINTER(c_char_p)]),
    "uc_users_id": (c_int64, [c_void_p]),
    "uc_users_custom_id": (c_char_p, [c_void_p]),
    "uc_users_email": (c_char_p, [c_void_p]),
    "uc_users_attribute": (c_char_p, [c_void_p, c_char_p]),
    "uc_users_cursor": (c_char_p, [c_void_p]),
    "uc_users_free": (None, [c_void_p]),
    "uc_last_error": (c_char_p, []),
    "uc_status_message": (c_char_p, [c_int]),
    "uc_library_version": (c_char_p, []),
    "uc_abi_version": (c_uint32, []),
}


class Status(enum.IntEnum):
    """How a run ended. The numbers never change; those of a later library get a made-up name."""

    OK = 0
    """Completed: every id is confirmed."""
    PARTIAL = 1
    """Completed: some ids are rejected or unknown."""
    CANCELLED = 2
    """Stopped early: the caller cancelled the run."""
    DEADLINE = 3
    """Stopped early: the deadline passed."""
    DRY_RUN = 4
    """Dry run: nothing was sent. The report says what would be sent."""
    MISMATCH = 5
    """Completed: the service holds other values than those that were sent, of ids that it accepted."""
    INVALID_ARGUMENT = 10
    """Nothing was sent: an argument is invalid. The message says which one and what to do."""
    UNAUTHORIZED = 20
    """Stopped early: the service does not accept the token."""
    RATE_LIMITED = 21
    """Stopped early: the service limits requests for longer than the stall timeout."""
    REJECTED = 22
    """Stopped early: the service rejects the attribute or the value, or none of these ids exist."""
    SERVER = 23
    """Stopped early: the service kept failing."""
    WRONG_ENDPOINT = 24
    """Stopped early: this is not the service, or it does not take this method."""
    REQUEST_LIMIT = 25
    """Stopped early: the run reached its maximum number of requests."""
    TOO_MANY_REJECTED = 26
    """Stopped early: more ids were rejected than the run allows."""
    TRANSPORT = 30
    """Stopped early: no connection, or none that lasted."""
    BAD_RESPONSE = 31
    """Stopped early: the responses can't be understood."""
    TLS = 32
    """Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no
    trusted certificates."""
    JOURNAL = 40
    """Stopped early or nothing was sent: the journal can't be used."""
    FORKED = 41
    """Nothing was sent: the client was made before fork() and this is the child process."""
    BUSY = 42
    """Nothing was sent: another process or thread is running the identical job (only with a journal)."""
    INTERNAL = 99
    """A bug in usercom. The ids that it concerns are unknown."""

    @property
    def completed(self) -> bool:
        """Whether every id was tried as often as it may be."""
        return self in (Status.OK, Status.PARTIAL, Status.DRY_RUN, Status.MISMATCH)

    @classmethod
    def _missing_(cls, value: object) -> "Optional[Status]":
        if not isinstance(value, int):
            return None
        later = int.__new__(cls, value)
        later._name_, later._value_ = f"STATUS_{value}", value
        return later

    # By number: some versions of Python pickle the name, which a status of a later library does not have.
    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(self), (int(self),)


class IdState(enum.IntEnum):
    """What became of an id."""

    NOT_ATTEMPTED = 0
    """Not sent, or sent only in requests that were rejected for a reason that concerns the whole run."""
    CONFIRMED = 1
    """In a request that the service accepted with a complete, understood 2xx response. That does not prove
    that the user exists."""
    REJECTED = 2
    """Rejected by the service, with a reason."""
    UNKNOWN = 3
    """Sent at least once, without proof that it was applied or that it was not."""


class ClientOptions(TypedDict, total=False):
    """The options of a client. None is the default.

    - `base_url` (str): Another address for the service: scheme, host and port only. Plain http is accepted
      for loopback addresses only. One-shot calls and the `usercom` command also read a loopback address from
      USERCOM_BASE_URL; a client that you make does not. Default: `https://SUBDOMAIN.user.com`.
    - `method` (str): The HTTP method. The vendor's page says PUT, its code samples send POST. The library
      never changes from one to the other on its own. Range: PUT or POST. Default: PUT.
    - `api_version` (int): The version of the API to ask for in the Accept header. Range: 0 to
      4,294,967,295. Default: none (0).
    - `request_timeout` (seconds or timedelta): Maximum wait for the first byte of a response. The other
      phases of a request have fixed limits: 10 s to connect, 30 s to send, 30 s for the rest of the response.
      Range: 1 ms to 1 h. Default: 60 s.
    - `batch_size` (int): Maximum number of ids per request. A request body is never larger than 256 KiB.
      Range: 1 to 10,000 ids. Default: 1,000 ids.
    - `workers` (int): Maximum number of requests in flight at once. Threads start only when they are needed
      and end with the run. Range: 1 to 32 workers. Default: 8 workers.
    - `rate_limit` (requests per second, or (requests, seconds)): Maximum number of requests per unit of
      time, evenly spaced. All clients and threads of the process that use the same host and token share it. A
      wait that the service asks for is obeyed in any case; one longer than the stall timeout ends the run
      with `Status.RATE_LIMITED` after a 429, else with `Status.SERVER`. Range: 0.1 to 1,000 requests per
      second; 0 is no limit. Default: 5 requests per second.
    - `rate_limit_scope` (str): Who shares the rate limit and the waits that the service asks for: with
      `process` this process, with `host` all processes of this user on this machine that use the same host
      and token. They share a small file. If it can't be used, a note in the report says why, and the process
      keeps the rate limit alone. Range: process or host. Default: process.
    - `rate_limit_dir` (path): The directory of the shared file when the rate limit scope is `host`. It must
      belong to this user alone, mode 0700; it is created if its parent exists. Default: /run/user/UID/usercom
      if /run/user/UID exists, else /tmp/usercom-UID.
    - `max_attempts` (int): Maximum number of attempts per batch. Failures while the whole service is down
      are not counted. Batches that have used up their attempts get the same number once more at the end of
      the run. Range: 1 to 20 attempts. Default: 8 attempts.
    - `proxy` (str): The proxy for https requests: `http://[user:password@]host:port`. An empty string
      connects directly. Default: https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY.
    - `ca_file` (path): A PEM file with the certificates to trust instead of this machine's. It is read when
      the option is set. Default: the certificates of this machine.
    """

    base_url: Optional[str]
    method: Optional[str]
    api_version: Optional[SupportsIndex]
    request_timeout: Optional[Union[SupportsFloat, timedelta]]
    batch_size: Optional[SupportsIndex]
    workers: Optional[SupportsIndex]
    rate_limit: Optional[Union[SupportsFloat, tuple[SupportsIndex, Union[SupportsFloat, timedelta]]]]
    rate_limit_scope: Optional[str]
    rate_limit_dir: Optional[Union[str, os.PathLike[str]]]
    max_attempts: Optional[SupportsIndex]
    proxy: Optional[str]
    ca_file: Optional[Union[str, os.PathLike[str]]]


class RunOptions(TypedDict, total=False):
    """The options of one run. None is the default.

    - `deadline` (seconds or timedelta): Maximum duration of the whole call, waits and retries included.
      Requests in flight then get up to 5 s more. Looking up a host name, for which the system sets the limit,
      and connecting, up to 10 s, can't be interrupted. The run ends with `Status.DEADLINE`. Default: no
      limit.
    - `stall_timeout` (seconds or timedelta): The run stops early after this long without progress: no batch
      was confirmed or rejected. The status is that of the last error: `Status.TRANSPORT`, `Status.SERVER`,
      `Status.BAD_RESPONSE`, `Status.RATE_LIMITED` or `Status.UNAUTHORIZED`. Requests in flight are waited
      for, each within its own limits. A value below the time of 21 requests at the configured rate is raised
      to that time, 4.2 s at 5 per second. Range: 1 s to 24 h. Default: 120 s.
    - `max_requests` (int): Maximum number of requests of the run. A run that reaches it stops early with
      `Status.REQUEST_LIMIT`. The message says about how many ids are bad and what the rest would take. Range:
      1 and more requests. Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at
      least 1,000.
    - `max_rejected` (int): The run stops early with `Status.TOO_MANY_REJECTED` as soon as more ids than
      this are rejected. Use it where many bad ids mean that the list is wrong. Up to `workers` requests are
      in flight then: their ids count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
    - `journal_dir` (path): Keeps a journal in this directory: repeating the identical call after a crash, a
      full disk or a cancel resumes the run. The journal is removed when every id is confirmed or rejected.
      The directory is created if it does not exist. While another process or thread runs the identical job,
      the run ends with `Status.BUSY`; if the journal can't be used, with `Status.JOURNAL`. Default: no
      journal.
    - `journal_max_age` (seconds or timedelta): Maximum age of an unfinished journal. An older one is
      renamed and the run starts from the beginning, because another run may have written newer values since.
      Range: 1 s to 30 days. Default: 12 h.
    - `standard_attributes` (bool): The attribute is one that every profile has, such as first_name, and not
      a custom one. Default: off.
    - `allow_null` (bool): Allows the value null. The vendor does not document what null does. Default: off.
    - `dry_run` (bool): Checks the arguments and reports the requests, bytes and seconds of the run, but
      sends nothing. The run ends with `Status.DRY_RUN`. Default: off.
    - `preflight` (bool): Before the first request, looks up the attribute's type and compares the values
      with it. A value that can't be right ends the call with `Status.INVALID_ARGUMENT`: a text that can't be
      read as the attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are
      notes in the report. It costs one request, of a fixed attribute one more for each 100 attributes, and at
      most 5 s. A key that can't read costs a note. Standard attributes are not looked up. Default: off.
    - `verify` (int): How many confirmed ids to read back after a completed run, spread evenly. Each is
      compared with the value that was sent, as the attribute's type means it. One that differs is read again
      for 30 s before it counts as a mismatch, since the service may apply values later. The report has the
      numbers and the first mismatches; states and status don't change. A key that can't read costs a note. 0
      is none. Range: 0 to 1,000. Default: 0 ids.
    - `verify_strict` (bool): A completed run in which `verify` finds a mismatch ends with
      `Status.MISMATCH`. Default: off.
    """

    deadline: Optional[Union[SupportsFloat, timedelta]]
    stall_timeout: Optional[Union[SupportsFloat, timedelta]]
    max_requests: Optional[SupportsIndex]
    max_rejected: Optional[SupportsIndex]
    journal_dir: Optional[Union[str, os.PathLike[str]]]
    journal_max_age: Optional[Union[SupportsFloat, timedelta]]
    standard_attributes: Optional[bool]
    allow_null: Optional[bool]
    dry_run: Optional[bool]
    preflight: Optional[bool]
    verify: Optional[SupportsIndex]
    verify_strict: Optional[bool]


# The C name and the kind of each option.
CLIENT_OPTIONS: Mapping[str, tuple[str, str]] = {
    "base_url": ("base_url", "text"),
    "method": ("method", "text"),
    "api_version": ("api_version", "count"),
    "request_timeout": ("request_timeout_ms", "time"),
    "batch_size": ("batch_size", "count"),
    "workers": ("workers", "count"),
    "rate_limit": ("rate_limit", "rate"),
    "rate_limit_scope": ("rate_limit_scope", "text"),
    "rate_limit_dir": ("rate_limit_dir", "path"),
    "max_attempts": ("max_attempts", "count"),
    "proxy": ("proxy", "text"),
    "ca_file": ("ca_file", "path"),
}
RUN_OPTIONS: Mapping[str, tuple[str, str]] = {
    "deadline": ("deadline_ms", "time"),
    "stall_timeout": ("stall_timeout_ms", "time"),
    "max_requests": ("max_requests", "count"),
    "max_rejected": ("max_rejected", "count"),
    "journal_dir": ("journal_dir", "path"),
    "journal_max_age": ("journal_max_age_ms", "time"),
    "standard_attributes": ("standard_attributes", "flag"),
    "allow_null": ("allow_null", "flag"),
    "dry_run": ("dry_run", "flag"),
    "preflight": ("preflight", "flag"),
    "verify": ("verify", "count"),
    "verify_strict": ("verify_strict", "flag"),
}
