#!/usr/bin/env python3
"""Uses the library as a program would that knows nothing but usercom.json: declares every function, sets every
option by its name, runs an update against a sandbox, and compares the numbers and names with the library's."""

import ctypes
import json
import os
import re
import subprocess
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
LIBRARY, PROGRAM = os.environ["USERCOM_LIBRARY"], os.environ["USERCOM_PROGRAM"]
TOKEN = "k" * 64
DESCRIPTION: dict[str, Any] = json.loads((ROOT / "include/usercom.json").read_text())

NUMBERS = {
    "int": c_int, "size_t": c_size_t, "int64_t": c_int64, "uint8_t": c_uint8, "uint32_t": c_uint32,
    "uint64_t": c_uint64, "void": None,
}
HANDLES = {handle["name"] for handle in DESCRIPTION["handles"]}
CALLBACKS: dict[str, Any] = {}


def ctype(text: str) -> Any:
    """`const char *const *` as ctypes has it. An unknown type is an error: the file would be of no use."""
    text = " ".join(text.replace("const", " ").replace("*", " * ").split())
    if text in CALLBACKS or text in NUMBERS:
        return CALLBACKS[text] if text in CALLBACKS else NUMBERS[text]
    name, _, stars = text.partition(" *")
    base = {"char": c_char_p, "void": c_void_p}.get(name)
    if base is None:
        base = c_void_p if name in HANDLES or name.startswith("struct ") else POINTER(NUMBERS[name])
    for _ in range(stars.count("*")):
        base = POINTER(base)
    return base


def signature(entry: dict[str, Any]) -> tuple[Any, list[Any]]:
    return ctype(entry["returns"]), [ctype(parameter["type"]) for parameter in entry["parameters"]]


for callback in DESCRIPTION["callbacks"]:
    result, parameters = signature(callback)
    CALLBACKS[callback["name"]] = ctypes.CFUNCTYPE(result, *parameters)

lib = ctypes.CDLL(LIBRARY)
for function in DESCRIPTION["functions"]:
    declared = getattr(lib, function["name"])
    declared.restype, declared.argtypes = signature(function)

NAMED = {number["name"]: number["number"] for number in DESCRIPTION["statuses"]}


def check(status: int, expected: str, what: object) -> str:
    said: str = lib.uc_last_error().decode()
    assert status == NAMED[expected], f"{what}: status {status}, not {expected}: {said}"
    return said


def functions_and_numbers() -> None:
    exported = subprocess.check_output(["nm", "-D", "--defined-only", LIBRARY], text=True)
    names = {line.split()[-1] for line in exported.splitlines()}
    assert names == {function["name"] for function in DESCRIPTION["functions"]}, "other functions than the library's"
    assert {constant["name"]: constant["value"] for constant in DESCRIPTION["constants"]} == {
        "UC_ABI_VERSION": lib.uc_abi_version()
    }
    assert DESCRIPTION["version"] == lib.uc_library_version().decode()
    for status in DESCRIPTION["statuses"]:
        assert lib.uc_status_message(status["number"]).decode() == status["about"], status
    unknown = lib.uc_status_message(-1)
    known = [n for n in range(1000) if lib.uc_status_message(n) != unknown]
    assert known == sorted(NAMED.values()), "other statuses than the library's"
    header = (ROOT / "include/usercom.h").read_text()
    for entry in [*DESCRIPTION["statuses"], *DESCRIPTION["id_states"]]:
        assert re.search(rf"\b{entry['constant']} = {entry['number']},", header), entry


def set_every_option(setter: Any, handle: Any, options: list[dict[str, Any]]) -> None:
    """Names and bounds are those of the library, and a value of another type is invalid."""
    for option in options:
        try_typed_setter(handle, option)
        name, default = option["name"], option["default"]
        good, bad = [default, None, *option.get("choices", [])], [[], {}]
        if "minimum" in option:
            good.append(option["minimum"])
            bad += [option["minimum"] - 1, option["minimum"] + 0.5, str(option["minimum"])]
        if "maximum" in option:
            good.append(option["maximum"])
            bad.append(option["maximum"] + 1)
        for value in good + [default]:
            check(setter(handle, name.encode(), json.dumps(value).encode()), "OK", (name, value))
        for value in bad:
            said = check(setter(handle, name.encode(), json.dumps(value).encode()), "INVALID_ARGUMENT", (name, value))
            assert said.startswith(f"{name}: "), said
    said = check(setter(handle, b"other", None), "INVALID_ARGUMENT", "an unknown name")
    assert said.split("the options are ")[1].split(", ") == [option["name"] for option in options], said


def try_typed_setter(handle: Any, option: dict[str, Any]) -> None:
    """The same bounds as by name, up to the limits of the C type; and without options to set."""
    setter, kind = getattr(lib, option["setter"]), option["type"]
    good: list[tuple[Any, ...]]
    bad: list[tuple[Any, ...]] = []
    if kind in ("integer", "milliseconds"):
        largest = 2 ** (8 * ctypes.sizeof(setter.argtypes[1])) - 1
        lowest, highest = option["minimum"], min(option.get("maximum", largest), largest)
        good = [(lowest,), (highest,)]
        bad = [(n,) for n in (lowest - 1, highest + 1, largest) if 0 <= n <= largest and not lowest <= n <= highest]
    elif kind == "rate":
        good = [(1000, 1000), (1, 10_000), (0, 0), (0, 2**64 - 1)]
        bad = [(1001, 1000), (1, 10_001), (1, 0), (2**32 - 1, 2**64 - 1)]
    elif kind == "boolean":
        good = [(0,), (1,), (-1,)]
    else:
        good, bad = [(None,)], [(b"\xff",)] if kind != "path" else []
    if kind == "method":
        good, bad = [*good, (b"PUT",), (b"POST",)], [*bad, (b"put",), (b"",), (b"GET",)]
    if kind == "scope":
        good, bad = [*good, (b"process",), (b"host",)], [*bad, (b"Host",), (b"",), (b"machine",)]
    for values in good:
        check(setter(handle, *values), "OK", (option["setter"], values))
    for values in bad:
        said = check(setter(handle, *values), "INVALID_ARGUMENT", (option["setter"], values))
        assert said.startswith(option["name"].removesuffix("_ms") + ": ") and option["bounds_in_words"] in said \
            or kind in ("url", "method", "scope"), said
    assert check(setter(None, *good[0]), "INVALID_ARGUMENT", option["setter"]).endswith("options: is NULL")


def update(url: str) -> None:
    options, run_options = lib.uc_options_new(), lib.uc_run_options_new()
    set_every_option(lib.uc_options_set, options, DESCRIPTION["client_options"])
    set_every_option(lib.uc_run_options_set, run_options, DESCRIPTION["run_options"])
    check(lib.uc_options_set(options, b"base_url", json.dumps(url).encode()), "OK", "base_url")

    totals: list[int] = []

    def progress(_: Any, state: Any) -> int:
        totals.append(lib.uc_progress_total(state))
        return 0

    kept = CALLBACKS["uc_progress_fn"](progress)
    check(lib.uc_run_options_set_progress(run_options, kept, None), "OK", "progress")
    client, report = c_void_p(), c_void_p()
    check(lib.uc_client_new(b"acme", TOKEN.encode(), options, byref(client)), "OK", "a client")
    ids = (c_int64 * 4)(10, 15, 22, 2**62)
    run = lib.uc_client_mass_update(client, ids, 4, b"plan", b'"pro"', run_options, byref(report))
    check(run, "OK", "an update")
    states = (c_uint8 * 4)()
    check(lib.uc_report_states(report, states, 4), "OK", "states")
    confirmed = next(state["number"] for state in DESCRIPTION["id_states"] if state["name"] == "CONFIRMED")
    assert list(states) == [confirmed] * 4 and totals and set(totals) == {4}, (list(states), totals)
    assert json.loads(lib.uc_report_json(report))["confirmed"] == 4
    lib.uc_report_free(report)
    lib.uc_client_free(client)
    lib.uc_options_free(options)
    lib.uc_run_options_free(run_options)


functions_and_numbers()
command = [PROGRAM, "sandbox", "--port", "0"]
environment = {**os.environ, "USERCOM_TOKEN": TOKEN}
with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as sandbox:
    try:
        assert sandbox.stdout is not None
        update(sandbox.stdout.readline().split()[-1])
    finally:
        sandbox.terminate()
every = len(DESCRIPTION["client_options"]) + len(DESCRIPTION["run_options"])
print(f"usercom.json: {len(DESCRIPTION['functions'])} functions, {every} options, {len(NAMED)} statuses")
