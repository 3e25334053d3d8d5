"""A report's failures as tables of other packages, and for notebooks. The packages are imported when asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from ._failures import Failure
from ._generated import IdState

_STATES = [state.name.lower() for state in sorted(IdState)]
_SHOWN = 10


def _package(name: str, method: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        problem = f"usercom: Report.{method}() needs {name}, which can't be imported: pip install {name}"
        raise ImportError(problem, name=name) from error


def to_pandas(failures: Sequence[Failure], custom: bool) -> Any:
    pandas = _package("pandas", "to_pandas")
    every = list(failures)
    columns = {
        "id": pandas.Series([failure.id for failure in every], dtype="str" if custom else "int64"),
        "state": pandas.Categorical.from_codes([int(failure.state) for failure in every], categories=_STATES),
        "http_status": pandas.array([failure.http_status for failure in every], dtype="Int64"),
        "message": pandas.Series([failure.message for failure in every], dtype="str"),
    }
    frame = pandas.DataFrame(columns)
    frame.index = pandas.Index([failure.index for failure in every], name="index", dtype="int64")
    return frame


def to_arrow(failures: Sequence[Failure], custom: bool) -> Any:
    arrow = _package("pyarrow", "to_arrow")
    every = list(failures)
    states = arrow.array([int(failure.state) for failure in every], arrow.int8())
    return arrow.table(
        {
            "index": arrow.array([failure.index for failure in every], arrow.int64()),
            "id": arrow.array([failure.id for failure in every], arrow.string() if custom else arrow.int64()),
            "state": arrow.DictionaryArray.from_arrays(states, arrow.array(_STATES)),
            "http_status": arrow.array([failure.http_status for failure in every], arrow.int16()),
            "message": arrow.array([failure.message for failure in every], arrow.string()),
        }
    )


def _row(cells: Iterable[object], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"


def html(title: str, numbers: Iterable[tuple[str, int]], notes: Iterable[str], failures: Sequence[Failure]) -> str:
    names, counts = zip(*numbers)
    out = f"<p><strong>{escape(title)}</strong></p>"
    out += f"<table>{_row(names, 'th')}{_row(format(count, ',') for count in counts)}</table>"
    out += "".join(f"<p>note: {escape(note)}</p>" for note in notes)
    if failures:
        shown = failures[:_SHOWN]
        rows = ((f.index, f.id, f.state.name.lower(), f.http_status or "", f.message) for f in shown)
        heads = _row(("position", "id", "state", "http status", "message"), "th")
        more = len(failures) - len(shown)
        out += f"<table>{heads}{''.join(map(_row, rows))}</table>" + (f"<p>and {more:,} more</p>" if more else "")
    return out


def html_table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    return f"<table>{_row(heads, 'th')}{''.join(map(_row, rows))}</table>"
