"""The C library: where it is found, and what it gives."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any, Optional

from ._generated import ABI_VERSION, FUNCTIONS


def _candidates() -> list[str]:
    """The paths to try, in order. If USERCOM_LIBRARY is set, nothing else is tried."""
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

    Raises ImportError, with every path that was tried, if it isn't found, has another version of the
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
        if os.environ.get("USERCOM_LIBRARY"):
            problem = "USERCOM_LIBRARY names no library that can be loaded here"
        else:
            problem = "the C library is missing, or does not fit this system"
        raise ImportError(
            f"usercom: {problem}. Tried:\n" + "\n".join(tried) + "\n"
            "Install the wheel with pip (x86_64 Linux with glibc), or the sdist, which compiles the library with cargo; "
            "or run `make lib` in a clone of the repository and set USERCOM_LIBRARY to the path of target/lib/libusercom.so"
        )
    try:
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError as error:
        raise ImportError(f"usercom: {path} is not the library that this package needs: {error}") from None
    if library.uc_abi_version() != ABI_VERSION:
        raise ImportError(
            f"usercom: {path} has version {library.uc_abi_version()} of the interface, "
            f"this package needs {ABI_VERSION}: install the two from the same release"
        )
    return library


lib = load()


class Handle:
    """Owns a pointer from the library. A call keeps a reference to it, so that closing a client never frees
    what a run of another thread still uses. `keeps` lives as long: what the library was given pointers to."""

    def __init__(self, pointer: Optional[int], free: Any, keeps: object = None) -> None:
        if not pointer:
            raise MemoryError("usercom: no memory")
        self.pointer = pointer
        self.keeps = keeps
        self._free = free

    def __del__(self) -> None:
        if hasattr(self, "_free"):
            self._free(self.pointer)

    def __reduce__(self) -> Any:
        raise TypeError("usercom: memory of the C library can't be pickled or copied")


def text_of(borrowed: Optional[bytes]) -> str:
    """A text that is borrowed from the library, as str."""
    return (borrowed or b"").decode("utf-8", "replace")
