"""How many bytes the runs of one process may take together: each takes its share before it begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

from .busy import BusyError

DEFAULT: Final = 2 * 2**30
PATIENCE: Final = 10.0  # seconds that a run waits for others to end
LOOK: Final = 0.2  # seconds between two looks at whether long work is still wanted
RETRY: Final = 5.0
FULL: Final = "The server is busy: its runs fill the memory that they may take. Ask again in a few seconds."


class Budget:
    """So many bytes, taken and given back; who does not fit waits, first come, first served.

    Parameters
    ----------
    total : int
        Bytes in all.
    patience : float
        Seconds that one waits at most.
    """

    def __init__(self, total: int = DEFAULT, patience: float = PATIENCE) -> None:
        self.total, self._patience = total, patience
        self._taken = 0
        self._queue: list[object] = []
        self._changed = Condition()

    @property
    def taken(self) -> int:
        """Bytes that are taken now."""
        with self._changed:
            return self._taken

    @contextmanager
    def share(self, size: int, *, stop: Callable[[], bool] | None = None) -> Iterator[None]:
        """Take so many bytes for as long as the block lasts; all that there are, if it wants more.

        Parameters
        ----------
        size : int
            Bytes.
        stop : callable, optional
            Asked now and then by long work, which waits as long as it has to; returning True ends the waiting.

        Raises
        ------
        BusyError
            If they have not become free in time, or the waiting was ended.
        """
        size, ticket = min(size, self.total), object()
        self._take(size, ticket, stop)
        try:
            yield
        finally:
            with self._changed:
                self._taken -= size
                self._changed.notify_all()

    def _take(self, size: int, ticket: object, stop: Callable[[], bool] | None) -> None:
        until = time.monotonic() + self._patience
        with self._changed:
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._taken + size > self.total:
                    left = LOOK if stop is not None else until - time.monotonic()
                    if left <= 0 or (stop is not None and stop()):
                        raise BusyError(FULL, RETRY)
                    self._changed.wait(left)
                self._taken += size
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()


#: That of this process; `main.create_app` says how many bytes, a worker of a cluster has the default.
RUNS: Final = Budget()
