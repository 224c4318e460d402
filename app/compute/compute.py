"""The one door from the page to the engine: every answer is remembered, and equal questions share one computation."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

from .admission import Admission
from .cache import ResultCache
from .claims import Claims, NoClaims
from .executor import create_executor
from .jobs import Jobs
from .question import Question
from .single_flight import SingleFlight

T = TypeVar("T")
THREADS = partial(create_executor, None)
CHEAP = 2e-3  # seconds: what takes less is computed again sooner than read from a disk


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A result, and what it cost.

    Parameters
    ----------
    value : T
        The engine's result.
    seconds : float
        Time it took to be computed now; 0 if it was not.
    cached : bool
        Whether it stood on a shelf already.
    preview : bool
        Whether it is coarser than what can be had.
    """

    value: T
    seconds: float
    cached: bool
    preview: bool = False

    @property
    def note(self) -> str:
        """What the card says of it."""
        return "cached" if self.cached else f"computed in {describe_duration(self.seconds)}"


def describe_duration(seconds: float) -> str:
    """A duration as one says it: ``"0.4 ms"``, ``"84 ms"``, ``"1.2 s"``."""
    if seconds < 0.01:
        return f"{1e3 * seconds:.1f} ms"
    return f"{1e3 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


class Door(Protocol):
    """What whoever asks may do: `Compute` for a whole server, `RequestMemo` within one request."""

    def answer(
        self, asked: Question[T], *, by: Callable[[], T] | None = None, brief: bool = False
    ) -> Answer[T]:
        """Answer a question, from a shelf or by work.

        Parameters
        ----------
        asked : Question
            What is asked.
        by : callable, optional
            A shorter way to the same value, such as resuming what is there.
        brief : bool
            Whether the answer is kept in memory only: for what is looked at in passing, or too large for a disk.

        Raises
        ------
        EngineError
            What the engine raises, every time it is asked; errors are not remembered.
        PutOffError
            If it cannot be computed now: the server is busy, or the request is at its end.
        TypeError
            If the question has no key (`Question.key`).
        """

    def recall(self, asked: Question[T]) -> Answer[T] | None:
        """The answer if it is on a shelf, else None; nothing is computed."""

    def keep(self, asked: Question[T], value: T, *, brief: bool = False) -> bool:
        """Keep the answer, computed elsewhere, or in memory only; whether it will outlast this process."""

    def one(self, key: Hashable, work: Callable[[], T]) -> T:
        """``work()``; within one request it is done once for a key, whoever asks."""

    def breathe(self) -> None:
        """Between two parts of a long computation: let others in, and end it where the request is at its end.

        Raises
        ------
        PutOffError
            If whoever asked has gone, or his time is over.
        """

    @property
    def jobs(self) -> Jobs:
        """Who does what takes longer than a request."""


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
    """

    def __init__(
        self,
        cache: ResultCache,
        claims: Claims | None = None,
        executor: Callable[[], Executor] = THREADS,
        admission: Admission | None = None,
    ) -> None:
        self._cache, self._claims = cache, claims or NoClaims()
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


class RequestMemo:
    """What has been answered within one request.

    Parameters
    ----------
    door : Door
        Answers what has not.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._answers: dict[str, Answer[Any]] = {}
        self._done: dict[Hashable, Any] = {}

    def answer(
        self, asked: Question[T], *, by: Callable[[], T] | None = None, brief: bool = False
    ) -> Answer[T]:
        """See `Door`."""
        key = asked.key
        if key not in self._answers:
            self._answers[key] = self._door.answer(asked, by=by, brief=brief)
        return self._answers[key]

    def recall(self, asked: Question[T]) -> Answer[T] | None:
        """See `Door`."""
        return self._answers.get(asked.key) or self._door.recall(asked)

    def keep(self, asked: Question[T], value: T, *, brief: bool = False) -> bool:
        """See `Door`."""
        return self._door.keep(asked, value, brief=brief)

    def breathe(self) -> None:
        """See `Door`."""
        self._door.breathe()

    @property
    def jobs(self) -> Jobs:
        """See `Door`."""
        return self._door.jobs

    def one(self, key: Hashable, work: Callable[[], T]) -> T:
        """See `Door`."""
        if key not in self._done:
            self._done[key] = work()
        done: T = self._done[key]
        return done
