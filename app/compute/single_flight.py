"""Equal requests in progress are computed once; the others wait for that answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any


class SingleFlight:
    """Shares work between threads that ask the same question at the same time."""

    def __init__(self) -> None:
        self._flights: dict[str, Future[Any]] = {}
        self._lock = Lock()

    def do(self, key: str, work: Callable[[], Any]) -> tuple[Any, bool]:
        """Return ``work()`` and whether this caller did the work.

        Parameters
        ----------
        key : str
            What makes two requests equal.
        work : callable
            Called by the first of them only; what it raises, all of them get.
        """
        with self._lock:
            flight = self._flights.get(key)
            first = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if not first:
            return flight.result(), False
        try:
            flight.set_result(work())
        except BaseException as error:
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
        return flight.result(), True
