"""What has been found on which shelf, and what has been computed since the start: numbers for whoever watches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, NamedTuple


class Effort(NamedTuple):
    """How often something has been computed, and the seconds that took together."""

    times: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of one moment.

    Parameters
    ----------
    hits : mapping of str to int
        Results found, by shelf.
    misses : int
        Looks for an answer that found none.
    efforts : mapping of str to Effort
        Computations within requests, by the function that was called.
    """

    hits: Mapping[str, int]
    misses: int
    efforts: Mapping[str, Effort]


class Counts:
    """Counts; any thread may."""

    def __init__(self) -> None:
        self._hits: Counter[str] = Counter()
        self._misses = 0
        self._efforts: defaultdict[str, Effort] = defaultdict(Effort)
        self._lock: Final = Lock()

    def hit(self, shelf: str) -> None:
        """A result was found on a shelf."""
        with self._lock:
            self._hits[shelf] += 1

    def missed(self) -> None:
        """An answer was looked for and not found."""
        with self._lock:
            self._misses += 1

    def computed(self, function: Callable[..., Any], seconds: float) -> None:
        """An answer was computed."""
        name = f"{function.__module__}.{function.__qualname__}"
        with self._lock:
            before = self._efforts[name]
            self._efforts[name] = Effort(before.times + 1, before.seconds + seconds)

    def now(self) -> Counted:
        """What has been counted."""
        with self._lock:
            return Counted(dict(self._hits), self._misses, dict(self._efforts))
