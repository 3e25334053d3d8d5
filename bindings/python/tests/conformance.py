"""Runs the cases of tests/conformance: reads a call per line as JSON, and prints its outcome as a line of JSON.

tests/conformance/main.rs starts it and compares.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

import usercom


class Thrown(Exception):
    """What the callback raises."""


VALUES = {
    "boolean": lambda text: text == "true",
    "integer": int,
    "float": float,
    "float32": np.float32,
    "text": str,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "choices": list,
    "json": usercom.Json,
    "null": lambda nothing: nothing,
}


def value_of(value: dict[str, Any]) -> Any:
    return VALUES[value["type"]](value["value"])


def options_of(options: dict[str, Any]) -> dict[str, Any]:
    """As Python has them: times are timedelta, and a rate is a pair."""
    natural = {}
    for name, value in options.items():
        if name.endswith("_ms"):
            natural[name[: -len("_ms")]] = timedelta(milliseconds=value)
        elif name == "rate_limit":
            natural[name] = (value["requests"], value["per_ms"] / 1000)
        else:
            natural[name] = value
    return natural


def throw(progress: usercom.Progress) -> bool:
    raise Thrown("thrown by the callback")


def hooks(call: dict[str, Any]) -> dict[str, Any]:
    if call["hook"] == "cancel_before":
        cancel = usercom.Cancel()
        cancel.request()
        return {"cancel": cancel}
    if call["hook"] == "stop_in_progress":
        return {"progress": lambda progress: False}
    return {"progress": throw} if call["hook"] == "throw_in_progress" else {}


def update(call: dict[str, Any], client: usercom.Client) -> usercom.Report:
    function = getattr(client, call["function"])
    ids = call["ids"] if "custom_ids" in call["function"] else [int(id) for id in call["ids"]]
    arguments = [ids, call["attribute"], value_of(call["value"])]
    if "rows" in call["function"]:
        arguments = [[(id, value_of(value)) for id, value in zip(ids, call["values"])], call["attribute"]]
    return function(*arguments, **hooks(call), **options_of(call["run"]))


def run(call: dict[str, Any]) -> usercom.Report:
    if call["function"] == "one_shot":
        os.environ["USERCOM_BASE_URL"] = call["url"]
        ids = [int(id) for id in call["ids"]]
        return usercom.mass_update(call["subdomain"], call["token"], ids, call["attribute"], value_of(call["value"]))
    if call["url"]:
        call["client"]["base_url"] = call["url"]
    client = usercom.Client(call["subdomain"], call["token"], **options_of(call["client"]))
    return update(call, client) if not call["fork"] else in_child(lambda: update(call, client))


def told(call: dict[str, Any]) -> dict[str, Any]:
    raised = ""
    try:
        report: Any = run(call)
        status, message = int(report.status), report.message
    except Thrown as error:
        return {"status": None, "message": str(error)}
    except usercom.Error as error:
        report, status, message, raised = error.report, int(error.status), str(error), type(error).__name__
    if report is None or status == usercom.Status.INVALID_ARGUMENT:
        return {"status": status, "message": message, "raised": raised}
    return {
        "status": status,
        "message": message,
        "states": "".join("NCRU"[state] for state in report.states),
        "failures": [[failure.index, failure.http_status or 0, failure.message] for failure in report.failures],
        "raised": raised,
    }


def in_child(call: Any) -> Any:
    """Does it in a forked child, and raises here what was raised there."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            call()
        except usercom.Error as error:
            os.write(writer, f"{type(error).__name__} {error}".encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as said:
        name, message = said.read().split(" ", 1)
    raise getattr(usercom, name)(message)


for line in sys.stdin:
    print(json.dumps(told(json.loads(line))), flush=True)
