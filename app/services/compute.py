"""The one door from the page to the engine: every answer is cached, and equal questions share one computation."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import engine
from app.services.cache import ResultCache
from app.services.single_flight import SingleFlight

T = TypeVar("T")
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
    """

    value: T
    seconds: float
    cached: bool

    @property
    def note(self) -> str:
        """What the card says of it."""
        return "cached" if self.cached else f"computed in {describe_duration(self.seconds)}"


def describe_duration(seconds: float) -> str:
    """A duration as one says it: ``"0.4 ms"``, ``"84 ms"``, ``"1.2 s"``."""
    if seconds < 0.01:
        return f"{1e3 * seconds:.1f} ms"
    return f"{1e3 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


class Compute:
    """Asks the engine, or remembers.

    Parameters
    ----------
    cache : ResultCache
        Where results are kept.
    """

    def __init__(self, cache: ResultCache) -> None:
        self._cache = cache
        self._flights = SingleFlight()

    def __call__(self, function: Callable[..., T], *arguments: Any, **options: Any) -> Answer[T]:
        """Answer ``function(*arguments, **options)``.

        The arguments must say themselves in full by ``repr``, as numbers, text and `engine.Model` do: together
        with the function's name and the engine's version they are the key of the result.

        Raises
        ------
        EngineError
            What the engine raises, every time it is asked; errors are not cached.
        """
        return self._answer(key_of(function, *arguments, **options), lambda: function(*arguments, **options))

    def briefly(self, function: Callable[..., T], *arguments: Any, **options: Any) -> Answer[T]:
        """Like a call, but the answer is kept in memory only: for what is looked at in passing."""
        key = key_of(function, *arguments, **options)
        return self._answer(key, lambda: function(*arguments, **options), brief=True)

    def shortcut(
        self, work: Callable[[], T], function: Callable[..., T], *arguments: Any, brief: bool = False
    ) -> Answer[T]:
        """Answer ``function(*arguments)`` by ``work``, a shorter way to the same value."""
        return self._answer(key_of(function, *arguments), work, brief=brief)

    def one(self, question: Hashable, work: Callable[[], T]) -> T:
        """``work()``; within one request (`once`) it is done once for a question, whoever asks."""
        del question
        return work()

    def once(self) -> Compute:
        """A door for one request: what several cards ask is answered once, with one and the same note."""
        return _Once(self)

    def recall(self, function: Callable[..., T], *arguments: Any, **options: Any) -> Answer[T] | None:
        """The answer if it is on a shelf, else None; nothing is computed."""
        return self._known(key_of(function, *arguments, **options))

    def keep(self, value: T, function: Callable[..., T], *arguments: Any) -> None:
        """Put the value of ``function(*arguments)``, computed elsewhere, on the shelves."""
        self._cache.set(key_of(function, *arguments), value)

    def _known(self, key: str) -> Answer[Any] | None:
        found = self._cache.get(key)
        return None if found is None else Answer(found.value, 0.0, cached=True)

    def _answer(self, key: str, work: Callable[[], T], *, brief: bool = False) -> Answer[T]:
        known = self._known(key)
        if known is not None:
            return known

        def timed() -> Answer[T]:
            started = time.perf_counter()
            value = work()
            seconds = time.perf_counter() - started
            self._cache.set(key, value, brief=brief or seconds < CHEAP)
            return Answer(value, seconds, cached=False)

        answer: Answer[T] = self._flights.do(key, timed)[0]
        return answer


class _Once(Compute):
    def __init__(self, compute: Compute) -> None:
        self._compute = compute
        self._answers: dict[str, Answer[Any]] = {}
        self._done: dict[Hashable, Any] = {}

    def one(self, question: Hashable, work: Callable[[], T]) -> T:
        if question not in self._done:
            self._done[question] = work()
        done: T = self._done[question]
        return done

    def _known(self, key: str) -> Answer[Any] | None:
        return self._answers.get(key) or self._compute._known(key)

    def _answer(self, key: str, work: Callable[[], T], *, brief: bool = False) -> Answer[T]:
        if key not in self._answers:
            self._answers[key] = self._compute._answer(key, work, brief=brief)
        return self._answers[key]


def key_of(function: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """The content of a question as text."""
    said = [*map(repr, arguments), *(f"{name}={value!r}" for name, value in sorted(options.items()))]
    return f"{engine.__version__}|{function.__module__}.{function.__qualname__}({', '.join(said)})"
