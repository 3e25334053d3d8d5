"""Cuts the rows of a task into runs of bounded size, without more requests than one run would send."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Optional

# More would only need more memory: a run of a million ids takes 1,000 requests, 200 s at 5 per second.
MAX_ROWS = 1_000_000
MAX_BYTES = 128 * 2**20


def runs(
    batches: Iterable[Any], batch_size: int, max_rows: int = MAX_ROWS, max_bytes: int = MAX_BYTES
) -> Iterator[Any]:
    """Tables of a task's record batches, whose second column, the values, is sorted.

    Inside of a value it cuts after whole batches of ids, so that the last batch of a run is as full as the others.
    """
    import pyarrow

    waiting: list[Any] = []
    rows = size = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows < max_rows and size < max_bytes:
            continue
        table = pyarrow.Table.from_batches(waiting)
        cut = _cut(table, batch_size)
        yield table.slice(0, cut)
        rest = table.slice(cut)
        waiting, rows, size = rest.to_batches(), rest.num_rows, rest.nbytes
    if rows:
        yield pyarrow.Table.from_batches(waiting)


def _cut(table: Any, batch_size: int) -> int:
    """After how many rows to cut."""
    rows: int = table.num_rows
    of_last = _rows_of_last(table.column(1))
    if of_last is None:
        return rows
    if of_last < batch_size:  # goes to the next run as a whole, if it is not the only one
        return rows - of_last or rows
    return rows - of_last % batch_size


def _rows_of_last(column: Any) -> Optional[int]:
    """How many rows have the last value; None if Arrow can't compare such values."""
    import pyarrow
    import pyarrow.compute

    last = column[-1]
    try:
        same = pyarrow.compute.equal(column, last) if last.is_valid else pyarrow.compute.is_null(column)
    except pyarrow.ArrowNotImplementedError:
        return None
    return int(pyarrow.compute.sum(same).as_py() or 0)


class Distinct:
    """Counts the distinct values of a sorted column that comes in parts."""

    def __init__(self) -> None:
        self.count = 0
        # A digest of the first value and of the last one.
        self.first: Optional[str] = None
        self.last: Optional[str] = None

    def add(self, column: Any) -> None:
        import pyarrow
        import pyarrow.compute

        try:
            self.count += int(pyarrow.compute.count_distinct(column, mode="all").as_py())
        except pyarrow.ArrowNotImplementedError:  # lists and structures
            self.count += len({repr(value) for value in column.to_pylist()})
        first, last = map(_digest, (column[0], column[-1]))
        self.count -= int(first == self.last)
        self.first, self.last = self.first or first, last


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value.as_py()).encode()).hexdigest()
