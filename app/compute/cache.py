"""Two shelves of results: the recent ones in memory, more of them on one that processes share (files, or Redis).

Nothing that happens to the lower shelf is ever an error: what is missing there is computed again.
"""

from __future__ import annotations

import dataclasses
import logging
import warnings
from collections.abc import Iterator
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np
from cachetools import LRUCache

from .counts import Counts
from .serializer import UnknownResultError

log = logging.getLogger(__name__)
OVERHEAD = 512  # bytes of an entry beside its arrays, roughly
LONGEST = 200  # characters of a reason


class Shelf(Protocol):
    """A lower shelf."""

    @property
    def name(self) -> str:
        """What it is, for a sentence."""

    def get(self, key: str) -> Any:
        """Return the value, or None."""

    def set(self, key: str, value: Any) -> bool:
        """Keep the value; whether it is there."""

    def check(self, value: Any) -> None:
        """Raise `UnknownResultError` if it could not keep the value."""

    def is_there(self) -> bool:
        """Whether it can be used now; may take as long as whatever is below it hangs."""


class UnregisteredResultWarning(UserWarning):
    """A result has a type that no card has named: it is not kept on disk. A fault of the program, loud in the tests."""


class Found(NamedTuple):
    """A value and the name of the shelf it stood on, such as ``"memory"`` or ``"disk"``."""

    value: Any
    shelf: str


class _Held(NamedTuple):
    value: Any
    size: int


class ResultCache:
    """Memory over a shelf that lasts.

    Parameters
    ----------
    lower : Shelf
        Shared by processes.
    memory : int
        Bytes of results kept in memory at most.

    Attributes
    ----------
    lower : Shelf
        The shelf below.
    counts : Counts
        What has been found where.
    is_in_trouble : bool
        Whether the shelf below has refused a result, and taken none since.
    """

    def __init__(self, lower: Shelf, *, memory: int) -> None:
        self.lower = lower
        self.counts, self.is_in_trouble = Counts(), False
        self._memory: LRUCache[str, _Held] = LRUCache(memory, getsizeof=lambda held: held.size)
        self._lock = Lock()
        self._said: set[str] = set()  # complaints are told once, then whispered

    def get(self, key: str) -> Found | None:
        """The value under ``key`` and where it was found, or None."""
        with self._lock:
            held = self._memory.get(key)
        if held is not None:
            self.counts.hit("memory")
            return Found(held.value, "memory")
        try:
            value = self.lower.get(key)
        except Exception as error:  # a broken shelf is an empty shelf
            self._complain("read", error)
            value = None
        if value is None:
            return None
        self._remember(key, value)
        self.counts.hit(self.lower.name)
        return Found(value, self.lower.name)

    @property
    def held(self) -> int:
        """Bytes of results in memory."""
        return int(self._memory.currsize)

    def set(self, key: str, value: Any, *, brief: bool = False, cheap: bool = False) -> bool:
        """Keep ``value`` on both shelves; in memory only if it is wanted briefly, or is made faster than read.

        Returns
        -------
        bool
            Whether it is on the lower one.
        """
        self._remember(key, value)
        if brief:
            return False
        try:
            if cheap:
                self.lower.check(value)  # must be known all the same: another time it may take longer
            else:
                is_kept = bool(self.lower.set(key, value))
                if is_kept:
                    self.is_in_trouble = False
                return is_kept
        except UnknownResultError as error:
            warnings.warn(str(error), UnregisteredResultWarning, stacklevel=2)
        except Exception as error:  # a full or vanished shelf costs a repeat, not an answer
            self.is_in_trouble = True
            self._complain("written", error)
        return False

    def _complain(self, what: str, error: Exception) -> None:
        is_known, where = what in self._said, self.lower.name
        self._said.add(what)
        level = logging.INFO if is_known else logging.WARNING
        text = "Results cannot be %s (%s: %s): while that lasts they are kept in memory alone."
        log.log(level, text, what, where, why(error))

    def _remember(self, key: str, value: Any) -> None:
        held = _Held(value, size_of(value))
        with self._lock:
            if held.size <= self._memory.maxsize:
                self._memory[key] = held


def why(error: Exception) -> str:
    """What has gone wrong, in a line."""
    said = error.strerror if isinstance(error, OSError) else None
    return (said or str(error) or type(error).__name__).splitlines()[0][:LONGEST]


def size_of(value: Any) -> int:
    """Bytes a result takes in memory, counted through its arrays."""
    return OVERHEAD + sum(array.nbytes for array in _arrays(value))


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _arrays(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _arrays(getattr(value, field.name))
