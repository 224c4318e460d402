"""Several web processes on one listening socket; their parent only sees to it that so many are there.

Whoever is free accepts. A process that is busy, halted or gone takes no connection that waits, unlike with a socket for
each (SO_REUSEPORT), where the system deals them out blindly and those that a dead one had not accepted are lost. That
all wake up for one connection costs nothing at so small a number.

Processes are forked after the page has been made, which they share, and before there is any thread or any
connection to a shelf: the parent never has one. Each holds one end of a line, the parent the other. An end that is
closed is the end of its process, however it came, so that nobody has to look whether the other is there.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
import time as clock
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from .serve import PATIENCE, WARM

log = logging.getLogger(__name__)

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
GRACE: Final = PATIENCE + 2.0  # seconds for the processes to end when they are told; then they are killed
STEADY: Final = 10.0  # seconds after which a process that ends has not ended at once
LONGEST_PAUSE: Final = 30.0  # seconds before one that ends at once again and again is replaced


@dataclass(eq=False)
class Place:
    """Where one process is, or is to be.

    Parameters
    ----------
    process : int
        Its number.
    line : socket or None
        The parent's end of the line to it; None where there is none.
    began : float
        When it was started.
    falls : int
        Processes in a row that have ended here at once.
    due : float
        When the next may be started.
    is_told : bool
        Whether it has been told to warm up.
    """

    process: int = 0
    line: socket.socket | None = None
    began: float = 0.0
    falls: int = 0
    due: float = 0.0
    is_told: bool = False


class Supervisor:
    """Keeps so many processes.

    Parameters
    ----------
    work : callable
        What a process does; is given its end of the line, and does not return.
    n : int
        How many.
    listening : socket
        What they all accept from; closed here when they are to end.
    warms : bool
        Whether they are told to warm up: one first, and the others when what it has compiled lies there.
    """

    def __init__(
        self, work: Callable[[socket.socket], NoReturn], n: int, listening: socket.socket, *, warms: bool
    ) -> None:
        self._work, self._listening = work, listening
        self._places = [Place() for _ in range(n)]
        self._warms, self._is_warm = warms, False
        self._orders = 0  # to stop
        self._woken, self._waker = socket.socketpair()  # signals are written there

    def run(self) -> None:
        """Return when it is told to stop and all have ended."""
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno())
        for number in SIGNALS:
            signal.signal(number, self._stop)
        gc.collect()
        gc.freeze()  # else each process would soon copy what it might share
        while not self._orders:
            now = clock.monotonic()
            for place in self._places:
                if place.line is None and place.due <= now:
                    self._start(place)
            self._let_warm_up()
            due = [place.due for place in self._places if place.line is None]
            self._wait(max(0.0, min(due) - now) if due else None)
        self._end()

    def _stop(self, *_: Any) -> None:
        self._orders += 1

    def _start(self, place: Place) -> None:
        ours, its = socket.socketpair()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until they mean the process itself
        try:
            place.process = os.fork()
            if place.process == 0:
                self._become(its, ours)
        except OSError as error:
            ours.close()
            self._postpone(place, f"No web process can be started ({error.strerror})")
        else:
            place.line, place.began, place.is_told = ours, clock.monotonic(), False
        finally:
            its.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _become(self, its: socket.socket, ours: socket.socket) -> NoReturn:
        """Be a process of one's own from now on."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for end in (ours, self._woken, self._waker, *self._lines()):  # the parent's alone
                end.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            self._work(its)
        except BaseException:
            log.exception("This web process cannot go on.")
        finally:
            os._exit(1)

    def _lines(self) -> Iterable[socket.socket]:
        return [place.line for place in self._places if place.line is not None]

    def _let_warm_up(self) -> None:
        """One at a time until one is warm: else each of them would compile the same."""
        there = [place for place in self._places if place.line is not None]
        if not self._warms or (not self._is_warm and any(place.is_told for place in there)):
            return
        for place in there if self._is_warm else there[:1]:
            if not place.is_told and place.line is not None:
                place.is_told = True
                with suppress(OSError):  # it has just ended
                    place.line.send(WARM)

    def _wait(self, seconds: float | None) -> None:
        """Wait for a signal, a word or an end, for so long at most."""
        ready, _, _ = select.select([self._woken, *self._lines()], [], [], seconds)
        for place in self._places:
            if place.line in ready and place.line is not None:
                try:
                    word = place.line.recv(1)
                except OSError:
                    word = b""
                if word:
                    self._is_warm = True
                else:
                    self._ended(place, place.line)
        if self._woken in ready:
            self._woken.recv(64)

    def _ended(self, place: Place, line: socket.socket) -> None:
        line.close()
        place.line = None
        _, status = os.waitpid(place.process, 0)
        if self._orders:
            return
        if clock.monotonic() - place.began >= STEADY:
            place.falls, place.due = 0, 0.0
        code = os.waitstatus_to_exitcode(status)
        how = signal.Signals(-code).name if code < 0 else f"status {code}"
        self._postpone(place, f"Web process {place.process} has ended ({how})")

    def _postpone(self, place: Place, what: str) -> None:
        """Say what has happened, and when there will be another process: at once, unless that has just happened."""
        pause = min(2.0 ** (place.falls - 1), LONGEST_PAUSE) if place.falls else 0.0
        place.falls, place.due = place.falls + 1, clock.monotonic() + pause
        log.warning("%s; another takes its place%s.", what, f" in {pause:.0f} s" if pause else "")

    def _end(self) -> None:
        self._listening.close()
        self._send(signal.SIGTERM)
        end = clock.monotonic() + GRACE
        while self._lines() and self._orders == 1 and clock.monotonic() < end:
            self._wait(end - clock.monotonic())
        self._send(signal.SIGKILL)
        while self._lines():
            self._wait(None)

    def _send(self, number: signal.Signals) -> None:
        for place in self._places:
            if place.line is not None:
                with suppress(OSError):
                    os.kill(place.process, number)
