#!/usr/bin/env python3
"""conformance.py PROGRAM: gives it the cases of tests/conformance/values.json, and compares what a sandbox received."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

LANGUAGE = "cpp"
cases = json.loads((Path(__file__).parents[3] / "tests/conformance/values.json").read_text())
cases = {f"v{at}": case for at, case in enumerate(cases) if LANGUAGE not in case.get("not_in", {})}


def line(attribute: str, case: dict) -> str:
    values = case["value"] if isinstance(case["value"], list) else [case["value"] or ""]
    # An empty text has a word, too.
    words = [f"x{value.encode().hex()}" for value in values]
    return " ".join([attribute, case["type"], str(int(case.get("allow_null", False))), *words])


url = os.environ["USERCOM_BASE_URL"]
lines = "".join(f"{line(attribute, case)}\n" for attribute, case in cases.items())
run = subprocess.run([sys.argv[1], url], input=lines, stdout=subprocess.PIPE, text=True, check=True)
refused = dict(said.split(" ", 1) for said in run.stdout.splitlines())
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def received(attribute: str) -> str | None:
    ledger = opener.open(f"{url}/_sandbox/ledger?attribute={attribute}").read().decode()
    rows = list(csv.DictReader(ledger.splitlines(keepends=True)))
    return rows[0]["value"] if rows else None


wrong = []
for attribute, case in cases.items():
    invalid = case.get("invalid_in", {}).get(LANGUAGE, case.get("invalid"))
    expected = (case.get("sent"), invalid)
    actual = (received(attribute), refused[attribute].split(": ")[0] if attribute in refused else None)
    if actual != expected:
        wrong.append(f"FAILED: {case['name']}: {actual}, not {expected}; {refused.get(attribute)}")
print("\n".join([*wrong, f"conformance: {len(cases) - len(wrong)} passed, {len(wrong)} failed"]))
sys.exit(1 if wrong or len(cases) < 45 else 0)
