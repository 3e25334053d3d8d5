"""The cases of tests/conformance/values.json: the same value is the same bytes from every language."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

import usercom
from conftest import ROOT, Sandbox

CASES = [
    case
    for case in json.loads((ROOT / "tests/conformance/values.json").read_text())
    if "python" not in case.get("not_in", {})
]

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


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_conformance(sandbox: Sandbox, client: usercom.Client, case: dict[str, Any]) -> None:
    value = VALUES[case["type"]](case["value"])
    allow_null = case.get("allow_null", False)
    if "sent" in case:
        client.mass_update([1], "v", value, allow_null=allow_null)
        assert sandbox.ledger("v") == {1: case["sent"]}
    else:
        argument = case.get("invalid_in", {}).get("python", case["invalid"])
        with pytest.raises(usercom.InvalidArgument, match=f"^{argument}: "):
            client.mass_update([1], "v", value, allow_null=allow_null)
        assert sandbox.requests() == []


def test_that_there_are_cases() -> None:
    assert len(CASES) >= 45
