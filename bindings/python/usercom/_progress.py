"""The progress bar of `progress=True`, which tqdm draws."""

from __future__ import annotations

import contextlib
from typing import Any, Optional, Union

from ._call import Progress, ProgressFunction
from ._errors import InvalidType
from ._kinds import kind_of

ShowProgress = Union[bool, ProgressFunction, None]


class Bar:
    """Draws how far a run is. A terminal that can't be written to stops no run."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None

    def __call__(self, progress: Progress) -> None:
        with contextlib.suppress(OSError, ValueError):  # of a closed file
            if self._bar is None:
                self._bar = self._tqdm(total=progress.total, unit="id", unit_scale=True)
            waiting = f"{progress.waiting:.0f} s" if progress.waiting >= 1 else None
            shown = {"rejected": progress.rejected or None, "waiting": waiting}
            self._bar.set_postfix({name: text for name, text in shown.items() if text}, refresh=False)
            self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError, ValueError):
                self._bar.close()


def function_of(progress: ShowProgress) -> Optional[ProgressFunction]:
    """What to call. Raises ImportError for True if tqdm is not installed."""
    if progress is None or progress is False:
        return None
    if progress is True:
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            problem = "progress: True needs tqdm, which can't be imported: pip install tqdm, or give a function"
            raise ImportError(problem, name="tqdm") from error
        return Bar(tqdm)
    if not callable(progress):
        raise InvalidType(f"progress: is {kind_of(progress)}; use a function of a Progress, or True for a bar")
    return progress
