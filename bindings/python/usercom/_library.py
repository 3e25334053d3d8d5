"""The C library: where it is found, and the declaration of every function of include/usercom.h."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from ctypes import POINTER, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Optional

ABI = 1

PROGRESS = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
LOG = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_char_p)

# Texts and handles are opaque here. An undeclared function would take and return int, which cuts pointers.
_handle = c_void_p
_text = c_char_p
_out = POINTER(c_void_p)
_texts = POINTER(c_char_p)
_ids = c_void_p
_index = POINTER(c_uint32)

DECLARATIONS: dict[str, tuple[Any, list[Any]]] = {
    "uc_abi_version": (c_uint32, []),
    "uc_library_version": (_text, []),
    "uc_last_error": (_text, []),
    "uc_status_message": (_text, [c_int]),
    "uc_mass_update": (c_int, [_text, _text, _ids, c_size_t, _text, _text]),
    "uc_shutdown": (None, []),
    "uc_cancel_new": (_handle, []),
    "uc_cancel_request": (None, [_handle]),
    "uc_cancel_free": (None, [_handle]),
    "uc_progress_done": (c_size_t, [_handle]),
    "uc_progress_total": (c_size_t, [_handle]),
    "uc_progress_confirmed": (c_size_t, [_handle]),
    "uc_progress_rejected": (c_size_t, [_handle]),
    "uc_progress_requests": (c_size_t, [_handle]),
    "uc_progress_waiting_ms": (c_uint64, [_handle]),
    "uc_options_new": (_handle, []),
    "uc_options_free": (None, [_handle]),
    "uc_options_set_base_url": (c_int, [_handle, _text]),
    "uc_options_set_method": (c_int, [_handle, _text]),
    "uc_options_set_api_version": (c_int, [_handle, c_uint32]),
    "uc_options_set_request_timeout_ms": (c_int, [_handle, c_uint64]),
    "uc_options_set_batch_size": (c_int, [_handle, c_size_t]),
    "uc_options_set_workers": (c_int, [_handle, c_uint32]),
    "uc_options_set_rate_limit": (c_int, [_handle, c_uint32, c_uint64]),
    "uc_options_set_max_attempts": (c_int, [_handle, c_uint32]),
    "uc_options_set_proxy": (c_int, [_handle, _text]),
    "uc_options_set_ca_file": (c_int, [_handle, _text]),
    "uc_options_set_log": (c_int, [_handle, LOG, c_void_p, c_int]),
    "uc_client_new": (c_int, [_text, _text, _handle, _out]),
    "uc_client_shared": (c_int, [_text, _text, _out]),
    "uc_client_free": (None, [_handle]),
    "uc_run_options_new": (_handle, []),
    "uc_run_options_free": (None, [_handle]),
    "uc_run_options_set_deadline_ms": (c_int, [_handle, c_uint64]),
    "uc_run_options_set_patience_ms": (c_int, [_handle, c_uint64]),
    "uc_run_options_set_max_requests": (c_int, [_handle, c_uint64]),
    "uc_run_options_set_journal_dir": (c_int, [_handle, _text]),
    "uc_run_options_set_journal_max_age_ms": (c_int, [_handle, c_uint64]),
    "uc_run_options_set_standard_attributes": (c_int, [_handle, c_int]),
    "uc_run_options_set_allow_null": (c_int, [_handle, c_int]),
    "uc_run_options_set_dry_run": (c_int, [_handle, c_int]),
    "uc_run_options_set_progress": (c_int, [_handle, PROGRESS, c_void_p]),
    "uc_run_options_set_cancel": (c_int, [_handle, _handle]),
    "uc_client_mass_update": (c_int, [_handle, _ids, c_size_t, _text, _text, _handle, _out]),
    "uc_client_mass_update_custom_ids": (c_int, [_handle, _texts, c_size_t, _text, _text, _handle, _out]),
    "uc_client_mass_update_rows": (
        c_int, [_handle, _ids, _index, c_size_t, _texts, c_size_t, _text, _handle, _out]),
    "uc_client_mass_update_rows_custom_ids": (
        c_int, [_handle, _texts, _index, c_size_t, _texts, c_size_t, _text, _handle, _out]),
    "uc_report_status": (c_int, [_handle]),
    "uc_report_message": (_text, [_handle]),
    "uc_report_total": (c_size_t, [_handle]),
    "uc_report_confirmed": (c_size_t, [_handle]),
    "uc_report_rejected": (c_size_t, [_handle]),
    "uc_report_unknown": (c_size_t, [_handle]),
    "uc_report_not_attempted": (c_size_t, [_handle]),
    "uc_report_requests": (c_size_t, [_handle]),
    "uc_report_state": (c_int, [_handle, c_size_t]),
    "uc_report_states": (c_int, [_handle, POINTER(c_uint8), c_size_t]),
    "uc_report_failure_count": (c_size_t, [_handle]),
    "uc_report_failure": (
        c_int, [_handle, c_size_t, POINTER(c_size_t), POINTER(c_int), POINTER(c_char_p)]),
    "uc_report_text": (_text, [_handle]),
    "uc_report_json": (_text, [_handle]),
    "uc_report_free": (None, [_handle]),
}


def _candidates() -> list[str]:
    """What is tried, in order. USERCOM_LIBRARY is an order, not a suggestion: nothing else is tried then."""
    named = os.environ.get("USERCOM_LIBRARY")
    if named:
        return [named]
    beside, installed = {
        "darwin": ("libusercom.dylib", "libusercom.0.dylib"),
        "win32": ("usercom.dll", "usercom.dll"),
    }.get(sys.platform, ("libusercom.so", "libusercom.so.0"))
    return [str(Path(__file__).parent / beside), installed]


def load() -> ctypes.CDLL:
    """Loads the library and declares its functions.

    Raises ImportError, with every path that was tried, when it isn't found, is another version of the
    interface, or lacks a function.
    """
    library: Optional[ctypes.CDLL] = None
    tried = []
    for path in _candidates():
        try:
            library = ctypes.CDLL(path)
            break
        except OSError as error:
            tried.append(f"  {path}: {error}")
    if library is None:
        raise ImportError(
            "usercom: the C library was not found. Tried:\n" + "\n".join(tried) + "\n"
            "Copy it next to this package's files, install it where the system looks for libraries, "
            "or set USERCOM_LIBRARY to its path"
        )
    try:
        for name, (result, arguments) in DECLARATIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError as error:
        raise ImportError(f"usercom: {path} is not the library that this package needs: {error}") from None
    if library.uc_abi_version() != ABI:
        raise ImportError(
            f"usercom: {path} has version {library.uc_abi_version()} of the interface, "
            f"this package needs {ABI}: install the two from the same release"
        )
    return library


lib = load()


class Handle:
    """Owns a pointer from the library. Whoever uses it in a call holds on to it, so that closing a client
    never frees what another thread's run still works with. `keeps` lives as long: what the pointer points to."""

    def __init__(self, pointer: Optional[int], free: Any, keeps: object = None) -> None:
        if not pointer:
            raise MemoryError("usercom: no memory")
        self.pointer = pointer
        self.keeps = keeps
        self._free = free

    def __del__(self) -> None:
        if hasattr(self, "_free"):
            self._free(self.pointer)


def text_of(borrowed: Optional[bytes]) -> str:
    """A text that the library lent, as str."""
    return (borrowed or b"").decode("utf-8", "replace")


def words_of(borrowed: Optional[bytes]) -> str:
    """A message that the library lent, where the arguments that C names differently are called as they are here."""
    words = re.sub(r"^attr:", "attribute:", text_of(borrowed))
    # Which of several values it was can't be told: equal ones were made one.
    return re.sub(r"^json_values?: (entry \d+ \(counted from 0\): )?", "value: ", words)
