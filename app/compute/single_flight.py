"""Equal requests in progress are computed once; the others wait for that answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any

from .busy import PutOffError


def _await(flight: Future[Any]) -> Any:
    return flight.result()


class SingleFlight:
    """Shares work between threads that ask the same question at the same time.

    Parameters
    ----------
    follow : callable, optional
        How a thread waits for another's work, and gets its result.
    """

    def __init__(self, follow: Callable[[Future[Any]], Any] = _await) -> None:
        self._follow = follow
        self._flights: dict[str, Future[Any]] = {}
        self._lock = Lock()

    def do(self, key: str, work: Callable[[], Any]) -> tuple[Any, bool]:
        """Return ``work()`` and whether this caller did the work.

        Parameters
        ----------
        key : str
            What makes two requests equal.
        work : callable
            Called by the first of them only; what it raises, all of them get. But where the first is put off
            (`busy.PutOffError`), another one takes its place.
        """
        flight: Future[Any] | None = None
        try:
            while True:
                with self._lock:
                    flight = self._flights.get(key)
                    first = flight is None
                    if flight is None:
                        flight = self._flights[key] = Future()
                if first:
                    return self._fly(key, flight, work), True
                try:
                    return self._follow(flight), False
                except PutOffError:
                    if not flight.done() or not isinstance(flight.exception(), PutOffError):
                        raise  # it is this one that is put off
        finally:
            flight = None  # an error's traceback holds this frame

    def _fly(self, key: str, flight: Future[Any], work: Callable[[], Any]) -> Any:
        try:
            value = work()
        except BaseException as error:
            self._land(key)  # before anybody who follows looks for another one
            flight.set_exception(error)
        else:
            self._land(key)
            flight.set_result(value)
        try:
            return flight.result()
        finally:
            del flight  # else its error holds this frame, and this frame it, with all that was at hand

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flights[key]
