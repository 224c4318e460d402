"""One piece of long work: the many small results it is made of, and who waits for them."""

from __future__ import annotations

import time as clock
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from .file_shelf import digest
from .question import Question

PATIENCE: Final = (
    90.0  # seconds: who has not asked for so long has gone; a hidden tab's clock ticks once a minute
)
RECENT: Final = 30  # results from which the rate is told
UNSAVED: Final = "Not all of it could be saved on disk: it is kept in memory for now."


class Work(Protocol):
    """What `Jobs` can be asked for: a frozen object, equal to another where their chunks are the same."""

    def __hash__(self) -> int:
        """Tell it from other work."""

    def chunks(self) -> Sequence[Question[Any]]:
        """The questions of its results, in the order in which they are made.

        Their functions take an optional argument ``stop`` besides: a callable that is asked now and then, and is true
        once nobody wants the result any more; the function then raises whatever it likes.

        Raises
        ------
        EngineError
            If there is no such work.
        """


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there of some work.

    Parameters
    ----------
    done, total : int
        Chunks that are there, and all of them.
    results : mapping of Question to object
        What is there; chunks that are not are left out.
    error : str
        Why it cannot be computed; empty if it can.
    is_cancelled : bool
        Whether who asks has cancelled it.
    rate : float or None
        Chunks per second lately; None if none has come since somebody began to wait.
    unsaved : bool
        Whether some of it could not be kept on disk: it is there for as long as this process remembers it.
    """

    done: int
    total: int
    results: Mapping[Question[Any], Any]
    error: str = ""
    is_cancelled: bool = False
    rate: float | None = None
    unsaved: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.total


class Job:
    """A work that somebody waits for, or has waited for.

    Parameters
    ----------
    chunks : sequence of Question
        All of it, in order.
    there : mapping of Question to object
        What is there already.

    Attributes
    ----------
    missing : dict of str to Question
        What is not there, by key, in order.
    turn : int
        When it was served last, by any count.
    name : str
        What other processes call it too: made of its chunks alone.
    looked : float
        When what is missing was last looked for on the shelf.
    """

    def __init__(self, chunks: Sequence[Question[Any]], there: Mapping[Question[Any], Any]) -> None:
        self.results: dict[Question[Any], Any] = dict(there)
        self.missing = {chunk.key: chunk for chunk in chunks if chunk not in self.results}
        self.name = digest("\n".join(chunk.key for chunk in chunks))
        self.error, self.unsaved = "", False
        self.turn, self.looked = 0, clock.monotonic()
        self._asked: dict[str, float] = {}  # when each asker asked last
        self._paused: dict[str, float] = {}  # since when each has waited for no more than is under way
        self._arrivals: deque[float] = deque(
            maxlen=RECENT
        )  # after the moment at which somebody began to wait

    def join(self, asker: str) -> None:
        """Somebody waits for it; whoever comes anew tries again what failed."""
        now = clock.monotonic()
        if (
            now - self._asked.get(asker, now - 2 * PATIENCE) > PATIENCE
        ):  # he has been told what failed, or never asked
            self.error = ""
        if self.is_over():
            self._arrivals.clear()
            self._arrivals.append(now)
        self._paused.pop(asker, None)
        self._asked = {other: asked for other, asked in self._asked.items() if now - asked <= PATIENCE}
        self._asked[asker] = now

    def pause(self, asker: str) -> None:
        """Somebody wants no more of it than what is under way."""
        if self._asked.pop(asker, None) is not None:
            now = clock.monotonic()
            self._paused = {other: since for other, since in self._paused.items() if now - since <= PATIENCE}
            self._paused[asker] = now

    def part(self, asker: str) -> None:
        """Somebody wants nothing of it any more."""
        self._asked.pop(asker, None)
        self._paused.pop(asker, None)

    def is_over(self, but: str = "") -> bool:
        """Whether nobody waits for it any more; one asker may be left out of account."""
        now = clock.monotonic()
        return all(now - asked > PATIENCE for asker, asked in list(self._asked.items()) if asker != but)

    @property
    def askers(self) -> list[str]:
        """Who waits for it."""
        now = clock.monotonic()
        return [asker for asker, asked in list(self._asked.items()) if now - asked <= PATIENCE]

    @property
    def present(self) -> list[str]:
        """Who waits for it, or has paused lately."""
        now = clock.monotonic()
        paused = [asker for asker, since in list(self._paused.items()) if now - since <= PATIENCE]
        return self.askers + paused

    def wants(self, key: str) -> bool:
        """Whether somebody still wants this result, if it is under way."""
        return key in self.missing and bool(self._paused or not self.is_over())

    def arrived(self, key: str, value: Any) -> None:
        """Take a result."""
        chunk = self.missing.pop(key, None)
        if chunk is not None:
            self.results[chunk] = value
            self._arrivals.append(clock.monotonic())

    def progress(self, *, is_cancelled: bool = False) -> Progress:
        """What is there."""
        results = dict(self.results)
        total = len(results) + len(self.missing)
        return Progress(
            len(results), total, results, self.error, is_cancelled, self._rate(), unsaved=self.unsaved
        )

    def _rate(self) -> float | None:
        times = list(self._arrivals)
        elapsed = clock.monotonic() - times[0] if len(times) > 1 else 0.0
        return (len(times) - 1) / elapsed if elapsed > 0 else None
