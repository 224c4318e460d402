"""Something is found out aside: nobody waits for it longer than a moment, whatever hangs."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from typing import Final, Generic, TypeVar

T = TypeVar("T")
PATIENCE: Final = 0.25  # seconds from the beginning of an attempt for which anybody waits
FRESH: Final = 1.0  # seconds for which an answer is not asked for again
STALE: Final = 15.0  # seconds for which the last answer counts while the next one is waited for


class Aside(Generic[T]):
    """Asks in a thread of its own, one at a time.

    Parameters
    ----------
    find : callable
        Finds it out; may hang. What it raises is no answer.
    """

    def __init__(self, find: Callable[[], T]) -> None:
        self._find = find
        self._attempt: Future[T] | None = None
        self._begun = 0.0
        self._last: tuple[T, float] | None = None  # and when it came
        self._lock = Lock()

    def begin(self) -> None:
        """See that it is being found out, unless it has been just now."""
        now = time.monotonic()
        with self._lock:
            is_under_way = self._attempt is not None and not self._attempt.done()
            if is_under_way or (self._last is not None and now - self._last[1] < FRESH):
                return
            attempt: Future[T] = Future()
            self._attempt, self._begun = attempt, now
        Thread(target=self._run, args=(attempt,), name="probe", daemon=True).start()

    def answer(self) -> T | None:
        """What was found out, waiting until `PATIENCE` after the beginning; None: nothing that counts."""
        self.begin()
        attempt = self._attempt
        if attempt is not None:
            with suppress(Exception):
                return attempt.result(max(0.0, self._begun + PATIENCE - time.monotonic()))
        last = self._last
        return last[0] if last is not None and time.monotonic() - last[1] < STALE else None

    def _run(self, attempt: Future[T]) -> None:
        try:
            found = self._find()
        except Exception as error:
            self._last = None
            attempt.set_exception(error)
        else:
            self._last = found, time.monotonic()
            attempt.set_result(found)
