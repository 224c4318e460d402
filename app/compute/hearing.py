"""What other processes have heard of those who wait here: that they want something else, or nothing any more.

Notices only ever stop work. One that is heard too late costs a repeat, since a page that still waits asks again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Final

from cachetools import LRUCache

from .board import Board
from .job import Job
from .ledger import Futures, Ledger

log = logging.getLogger(__name__)

OFTEN: Final = 1.0  # seconds between two looks at the board
AGAIN: Final = 60.0  # seconds after which somebody who still asks says so again
ASKS, PAUSED, LEFT, CANCELLED = "asks", "paused", "left", "cancelled"


class Hearing:
    """Posts what is heard here, and heeds what is posted elsewhere, by a thread that runs while anybody waits.

    Parameters
    ----------
    board : Board
        Where it is said.
    ledger : Ledger
        Who waits here.
    stop, idle : callable
        Are given what nobody waits for any more: at all, or after a pause, which lets end what has begun.
    """

    def __init__(
        self,
        board: Board,
        ledger: Ledger,
        stop: Callable[[Futures], None],
        idle: Callable[[Futures], None],
    ) -> None:
        self._board, self._ledger = board, ledger
        self._stop, self._idle = stop, idle
        self._heard: LRUCache[str, tuple[str, float]] = LRUCache(
            2000
        )  # the last notice of each, and since when
        self._lock, self._is_listening = Lock(), False

    def heed(self, asker: str) -> None:
        """Somebody is about to ask: see whether he has cancelled elsewhere."""
        if self._board.read(_cancelled(asker)):
            self._stop(self._ledger.cancel(asker))

    def asked(self, job: Job, asker: str, *, is_new: bool) -> None:
        """Somebody waits here for a job: he has left all others, also elsewhere."""
        if not self._board.is_shared:
            return
        said = f"{ASKS} {job.name}"
        with self._lock:
            known, since = self._heard.get(asker, ("", 0.0))
            is_due = is_new or known != said or time.monotonic() - since > AGAIN
        if is_due:
            self._post(asker, said)
        with self._lock:
            was_listening, self._is_listening = self._is_listening, True
        if not was_listening:
            Thread(target=self._listen, name="hearing", daemon=True).start()

    def paused(self, job: Job, asker: str) -> None:
        """Somebody wants no more of a job than what is under way."""
        self._replace(asker, f"{PAUSED} {job.name}")

    def left(self, asker: str) -> None:
        """Somebody has gone; nothing is said of one who has never been there."""
        self._replace(asker, LEFT)

    def cancelled(self, asker: str) -> None:
        """Somebody is not to be heard; under a name of its own, which what he asks elsewhere does not replace."""
        self._board.post(_cancelled(asker), CANCELLED)

    def _replace(self, asker: str, said: str) -> None:
        if self._board.read(asker) not in ("", said):
            self._post(asker, said)

    def _post(self, asker: str, said: str) -> None:
        with self._lock:  # first: what the thread reads from now on is no news
            self._heard[asker] = said, time.monotonic()
        self._board.post(asker, said)

    def _listen(self) -> None:
        while True:
            time.sleep(OFTEN)
            present = self._ledger.present
            with self._lock:
                self._is_listening = bool(present)
            if not present:
                return
            for asker in present:
                try:
                    self._apply(asker)
                except Exception:  # the thread must go on for the others
                    log.exception("A notice could not be heeded.")

    def _apply(self, asker: str) -> None:
        self.heed(asker)
        said = self._board.read(asker)
        with self._lock:
            if not said or said == self._heard.get(asker, ("", 0.0))[0]:
                return
            self._heard[asker] = said, time.monotonic()
        what, _, name = said.partition(" ")
        job = self._ledger.named(name) if what in (ASKS, PAUSED) else None
        self._stop(self._ledger.leave(asker, but=job))
        if job is not None and what == PAUSED:
            self._idle(self._ledger.pause(job, asker))


def _cancelled(asker: str) -> str:
    return f"{CANCELLED} {asker}"
