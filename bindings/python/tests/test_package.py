"""The declarations against the header, the versions against each other, and how the library is found."""

from __future__ import annotations

import ast
import ctypes
import graphlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from conftest import ROOT

import usercom
from usercom import _generated

PACKAGE = Path(__file__).parents[1]
HEADER = (ROOT / "include/usercom.h").read_text()
CODE = re.sub(r"/\*.*?\*/|//[^\n]*", "", HEADER, flags=re.DOTALL)


def c_type(text: str) -> Any:
    """What ctypes must say for a type of the header."""
    text = re.sub(r"\b(const|struct)\b", "", text).replace(" ", "")
    scalars = {
        "int": ctypes.c_int, "int64_t": ctypes.c_int64, "size_t": ctypes.c_size_t, "uint32_t": ctypes.c_uint32, "uint64_t": ctypes.c_uint64,
        "void": None, "void*": ctypes.c_void_p, "char*": ctypes.c_char_p, "int64_t*": ctypes.c_void_p,
        "char**": ctypes.POINTER(ctypes.c_char_p), "uint32_t*": ctypes.POINTER(ctypes.c_uint32),
        "uint8_t*": ctypes.POINTER(ctypes.c_uint8), "size_t*": ctypes.POINTER(ctypes.c_size_t),
        "int*": ctypes.POINTER(ctypes.c_int), "uc_log_fn": _generated.LOG, "uc_progress_fn": _generated.PROGRESS,
    }  # fmt: skip
    if text in scalars:
        return scalars[text]
    return ctypes.POINTER(ctypes.c_void_p) if text.endswith("**") else ctypes.c_void_p


def test_every_function_of_the_header_is_declared_as_there() -> None:
    found = re.findall(r"^((?:const )?(?:struct )?\w+ \*?)(uc_\w+)\(([^)]*)\);", CODE, flags=re.MULTILINE)
    header = {}
    for result, name, arguments in found:
        types = [re.sub(r"\w+$", "", one.strip()) for one in arguments.split(",") if one.strip() != "void"]
        header[name] = (c_type(result), [c_type(one) for one in types])
    assert set(header) == set(re.findall(r"\b(uc_\w+)\(", CODE))
    assert header == _generated.FUNCTIONS


def test_the_numbers_of_the_header() -> None:
    statuses = {name: int(number) for name, number in re.findall(r"UC_STATUS_(\w+) = (\d+)", CODE)}
    assert statuses == {status.name: status.value for status in usercom.Status}
    states = {name: int(number) for name, number in re.findall(r"UC_ID_(\w+) = (\d+)", CODE)}
    assert states == {state.name: state.value for state in usercom.IdState}
    assert f"#define UC_ABI_VERSION {_generated.ABI_VERSION}\n" in HEADER


def test_the_version_is_that_of_the_library() -> None:
    assert f'\nversion = "{usercom.__version__}"\n' in (PACKAGE / "pyproject.toml").read_text()
    assert all(hasattr(usercom, name) for name in usercom.__all__)


def test_no_module_imports_a_module_above_it() -> None:
    imports = {}
    for path in (PACKAGE / "usercom").glob("*.py"):
        nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        names = [name for node in nodes if node.level for name in [node.module, *[one.name for one in node.names]]]
        imports[path.stem] = [name for name in names if (PACKAGE / f"usercom/{name}.py").exists()]
    order = list(graphlib.TopologicalSorter(imports).static_order())  # raises CycleError for a circle
    assert order[-1] == "__init__" and {"_client", "_generated"} < set(order)


def import_it(**environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "USERCOM_LIBRARY"}
    done = subprocess.run(
        [sys.executable, "-c", "import usercom"],
        capture_output=True, text=True, env={**kept, "PYTHONPATH": str(PACKAGE), **environment},
    )  # fmt: skip
    return done.stderr


def test_a_missing_library_is_told_with_the_paths() -> None:
    said = import_it(USERCOM_LIBRARY="/nowhere/libusercom.so")
    assert "ImportError" in said and "/nowhere/libusercom.so" in said and "set USERCOM_LIBRARY" in said
    if not (PACKAGE / "usercom/libusercom.so").exists():
        said = import_it()
        assert str(PACKAGE / "usercom/libusercom.so") in said and "libusercom.so.0" in said


def test_another_library_is_an_error(tmp_path: Path) -> None:
    assert "is not the library" in import_it(USERCOM_LIBRARY="libc.so.6")
    functions = "".join(f"int {name}(void) {{ return 2; }}\n" for name in _generated.FUNCTIONS)
    (tmp_path / "later.c").write_text(functions)
    later = str(tmp_path / "later.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", later, str(tmp_path / "later.c")], check=True)
    assert "has version 2 of the interface, this package needs 1" in import_it(USERCOM_LIBRARY=later)


def test_types() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "usercom", "examples", "tests/typing_options.py"],
        cwd=PACKAGE, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
