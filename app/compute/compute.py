"""The one door from the page to the engine: every answer is remembered, and equal questions share one computation."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Final, TypeVar

from .admission import Admission
from .board import Board, NoBoard
from .cache import ResultCache
from .claims import Claims, NoClaims
from .door import Answer
from .executor import create_executor
from .jobs import Jobs
from .memo import RequestMemo
from .question import Question
from .single_flight import SingleFlight

T = TypeVar("T")
THREADS = partial(create_executor, None)
CHEAP = 2e-3  # seconds: what takes less is computed again sooner than read from a disk


class Compute:
    """Asks the engine, or remembers.

    Parameters
    ----------
    cache : ResultCache
        Where results are kept.
    claims : Claims, optional
        Says which of the processes that share the cache makes what in long work.
    executor : callable, optional
        Makes the executor of long work, when it is first needed; by default threads of this process.
    admission : Admission, optional
        Says how much is computed at once.
    board : Board, optional
        Where the processes that share the cache tell each other who waits for long work, and who does no more.

    Attributes
    ----------
    board : Board
        As given.
    shelves : ResultCache
        As given.
    counts : Counts
        What has been found and computed.
    """

    def __init__(
        self,
        cache: ResultCache,
        claims: Claims | None = None,
        executor: Callable[[], Executor] = THREADS,
        admission: Admission | None = None,
        board: Board | None = None,
    ) -> None:
        self._cache, self._claims = cache, claims or NoClaims()
        self.board: Board = board or NoBoard()
        self.shelves, self.counts = cache, cache.counts
        self.admission: Final = admission or Admission()
        self._flights, self._jobs = SingleFlight(self.admission.follow), Jobs(self, executor)

    def answer(
        self, asked: Question[T], *, by: Callable[[], T] | None = None, brief: bool = False
    ) -> Answer[T]:
        """See `Door`."""
        key = asked.key
        known = self._known(key)
        if known is not None:
            return known
        self.counts.missed()
        self.admission.admit()

        def fly() -> Answer[T]:
            # an equal flight may have ended between the look and the start of this one
            landed = self._known(key)
            if landed is not None:
                return landed
            with nullcontext() if asked.is_quick else self.admission.slot():
                started = time.perf_counter()
                value = (by or asked)()
                seconds = time.perf_counter() - started
            self.counts.computed(asked.function, seconds)
            self._cache.set(key, value, brief=brief, cheap=seconds < CHEAP)
            return Answer(value, seconds, cached=False)

        found: Answer[T] = self._flights.do(key, fly)[0]
        return found

    def recall(self, asked: Question[T]) -> Answer[T] | None:
        """See `Door`."""
        return self._known(asked.key)

    def keep(self, asked: Question[T], value: T, *, brief: bool = False) -> bool:
        """See `Door`."""
        return self._cache.set(asked.key, value, brief=brief)

    def claim(self, asked: Question[Any]) -> bool:
        """Whether this process may do some long work; it gives it back by `release`."""
        return self._claims.claim(asked.key)

    def release(self, asked: Question[Any]) -> None:
        """The long work is done, or given up."""
        self._claims.release(asked.key)

    def breathe(self) -> None:
        """See `Door`."""
        self.admission.breathe()

    def aside(self) -> AbstractContextManager[None]:
        """Wait for something that is not computed here: others may use what this thread holds."""
        return self.admission.aside()

    @property
    def jobs(self) -> Jobs:
        """See `Door`."""
        return self._jobs

    def one(self, key: Hashable, work: Callable[[], T]) -> T:
        """See `Door`; nothing is remembered from one request to another."""
        del key
        return work()

    def once(self) -> RequestMemo:
        """A door for one request: what several cards ask is answered once, with one and the same note."""
        return RequestMemo(self)

    def _known(self, key: str) -> Answer[Any] | None:
        found = self._cache.get(key)
        return None if found is None else Answer(found.value, 0.0, cached=True)
