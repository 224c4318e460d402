"""Whose request a thread is answering: what the work done in it has to heed, without being handed it by everybody."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field

from .busy import GoneError, LateError

LATE = "This takes longer than one request may. What is there is kept: ask again, and it goes on."
WITHOUT_LIMIT = 10**6
SOON = 1.0  # seconds after which asking again makes sense


def _stays() -> bool:
    return False


def _for_nothing() -> None:
    """What asking costs whoever has no budget."""


@dataclass(slots=True, eq=False)
class Visit:
    """One request, from its arrival to its answer.

    Parameters
    ----------
    client : str
        Who asks: a browser, or an address. Clients are served in turns.
    works : int
        How many long works its client may wait for at once.
    until : float
        When the time for it is over, by `time.monotonic`.
    gone : callable
        Whether nobody waits for its answer any more.
    patience : float
        Seconds for which it waits for slots, all in all; what it gets none for is left out (`busy.HurryError`).
    charge : callable
        Called when something has to be computed for it, once; raises `busy.SpentError` if the client has none left.

    Attributes
    ----------
    turns : int
        How often it has been given a slot.
    """

    client: str = ""
    works: int = WITHOUT_LIMIT
    until: float = math.inf
    patience: float = math.inf
    gone: Callable[[], bool] = _stays
    charge: Callable[[], None] = _for_nothing
    turns: int = field(default=0, init=False)
    _has_paid: bool = field(default=False, init=False)

    @property
    def left(self) -> float:
        """Seconds that are left for it."""
        return self.until - time.monotonic()

    def check(self) -> None:
        """Let it go on, or end it.

        Raises
        ------
        GoneError
            If nobody waits for it.
        LateError
            If its time is over.
        """
        if self.gone():
            raise GoneError
        if self.left <= 0:
            raise LateError(LATE, SOON)

    def pay(self) -> None:
        """Something has to be computed for it."""
        if not self._has_paid:
            self.charge()
            self._has_paid = True


_of_this_thread: ContextVar[Visit] = ContextVar("visit")


def current() -> Visit:
    """The request that this thread is answering; where there is none, one that has all the time in the world."""
    return _of_this_thread.get(None) or Visit()


def begin(visit: Visit) -> Token[Visit]:
    """Let this thread answer a request from now on; what is returned ends that (`end`)."""
    return _of_this_thread.set(visit)


def end(token: Token[Visit]) -> None:
    """Let this thread answer it no more."""
    _of_this_thread.reset(token)
