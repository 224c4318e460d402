"""Who may do what at once: so that whatever is asked for, threads are left for what is quick.

Longer than most modules, since what is held by a thread is taken, left and taken again here alone.

A request that is being answered either stands at one of few desks (it reads, looks on shelves, evaluates closed forms,
draws: Python, which one thread at a time executes), or computes in one of few slots (kernels, as many as there are
cores), or waits and holds neither. For a slot, or for what an equal request computes, only so many wait as the room
takes: it is smaller than the number of the server's threads, which the others therefore have to themselves.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from threading import Lock, local
from typing import Final, TypeVar

from .busy import BusyError, HurryError, LateError, SpentError
from .executor import cores
from .lane import LOOK, Lane
from .visit import Visit, current

T = TypeVar("T")
DESKS: Final = 4
RESERVED: Final = 8  # threads of the server that never wait for a slot, at least
LARGEST_SHARE: Final = 0.75  # of the room that one client may take
PATIENCE: Final = 10.0  # seconds that one waits for a slot at most
LONGEST: Final = 30.0  # seconds after which asking again always makes sense
TYPICAL: Final = 0.1  # seconds of a computation, before any has been seen
NEW: Final = 0.1  # weight of the last computation in what is typical
BUSY: Final = "The server is busy. Ask again in about {} s."


def shares_of(threads: int, wanted: int) -> tuple[int, int]:
    """Slots and room where so many threads serve: as many slots as wanted, but half of the threads at most.

    Threads are always left that neither compute nor wait: `RESERVED`, or half of them where they are few.
    """
    left = threads - min(RESERVED, threads // 2)
    slots = max(1, min(wanted, left // 2))
    return slots, max(0, left - slots)


class Admission:
    """Desks, slots, and the room for those who wait.

    Parameters
    ----------
    slots : int, optional
        Computations at once; by default as many as cores.
    room : int
        How many may wait for a slot, or for what another computes.
    patience : float
        Seconds that one waits for a slot at most.
    """

    def __init__(self, slots: int | None = None, room: int = 64, patience: float = PATIENCE) -> None:
        self._desks, self._slots = Lane(DESKS), Lane(slots or cores())
        self.room: Final = room
        self._patience = patience
        self._waiting: Counter[str] = Counter()  # by client
        self._refused = Counter({kind.reason: 0 for kind in (BusyError, SpentError, LateError)})
        self._typical = TYPICAL
        self._lock, self._here = Lock(), local()

    @property
    def slots(self) -> int:
        """Computations at once, at most."""
        return self._slots.width

    @property
    def running(self) -> int:
        """Computations that are under way."""
        return self._slots.taken

    @property
    def waiting(self) -> int:
        """How many wait for a slot, or for what another computes."""
        with self._lock:
            return self._waiting.total()

    @property
    def refused(self) -> Mapping[str, int]:
        """How many have been put off since the start, by reason."""
        with self._lock:
            return dict(self._refused)

    def admit(self) -> None:
        """Let something be computed for the request of this thread.

        Raises
        ------
        SpentError
            If its client has let too much be computed.
        GoneError, LateError
            If the request has ended.
        """
        visit = current()
        self._check(visit)
        try:
            visit.pay()
        except SpentError as error:
            self._count(error)
            raise

    def sit_down(self, visit: Visit) -> None:
        """Take a desk for a request; whoever comes here leaves by `stand_up`."""
        self._desks.take(visit.client, heed=partial(self._check, visit))
        self._held = self._desks

    def stand_up(self) -> None:
        """Leave whatever this thread holds."""
        held, self._held = self._held, None
        if held is not None:
            held.leave()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Compute: leave the desk, wait for a slot, give it back, return to a desk. Within another one it is the same.

        Raises
        ------
        BusyError, HurryError
            If too many wait already, or none has become free in time.
        GoneError, LateError
            If the request has ended while it waited.
        """
        before = self._held
        if before is self._slots:
            yield
            return
        visit = current()
        self.stand_up()
        try:
            self._wait_for_slot(visit)
            began = time.monotonic()
            try:
                yield
            finally:
                self.stand_up()
                self._typical += NEW * (time.monotonic() - began - self._typical)
        finally:
            self._return_to(before)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Wait for something else: this thread gives back what it holds for as long as that lasts."""
        before = self._held
        self.stand_up()
        try:
            yield
        finally:
            self._return_to(before)

    def breathe(self) -> None:
        """Between two parts of a long computation: let others in, and end it where its request has ended.

        Raises
        ------
        GoneError, LateError
            If the request has ended.
        """
        visit = current()
        self._check(visit)
        if self._held is self._slots and self._slots.waiting:
            self.stand_up()
            with self._seat(visit, is_sure=True):
                self._take_slot(visit, partial(self._check, visit))

    def follow(self, flight: Future[T]) -> T:
        """Wait for what another thread computes.

        Raises
        ------
        BusyError
            If too many wait already.
        GoneError, LateError
            If the request has ended while it waited.
        """
        visit, computes = current(), self._held is self._slots
        if not flight.done():
            with self.aside(), self._seat(visit, is_sure=computes):
                while not wait([flight], LOOK).done:
                    self._check(visit)
        try:
            return flight.result()
        finally:
            del flight  # else its error holds this frame, and this frame it

    def _check(self, visit: Visit) -> None:
        try:
            visit.check()
        except LateError as error:
            self._count(error)
            raise

    def _wait_for_slot(self, visit: Visit) -> None:
        began = time.monotonic()

        def heed() -> None:
            self._check(visit)
            waited = time.monotonic() - began
            if waited >= visit.patience:
                raise HurryError
            if waited >= self._patience:
                raise self._busy()

        try:
            if self._slots.taken < self._slots.width:
                self._take_slot(visit, heed)
            elif visit.patience <= 0:
                raise HurryError
            else:
                with self._seat(visit):
                    self._take_slot(visit, heed)
        finally:
            visit.patience -= time.monotonic() - began

    def _take_slot(self, visit: Visit, heed: Callable[[], None]) -> None:
        self._slots.take(visit.client, visit.turns, heed=heed, look=min(LOOK, visit.patience / 2))
        self._held = self._slots
        visit.turns += 1

    def _return_to(self, lane: Lane | None) -> None:
        """Take again what was left; nothing may be in the way, since whoever is answered is not to be refused."""
        if lane is not None:
            lane.take(is_back=True)
        self._held = lane

    @contextmanager
    def _seat(self, visit: Visit, *, is_sure: bool = False) -> Iterator[None]:
        """One of the places of the room, of which no client may take all; for whoever has been let in it is sure."""
        with self._lock:
            mine = self._waiting[visit.client]
            is_full = self._waiting.total() >= self.room or mine >= max(1.0, LARGEST_SHARE * self.room)
            if is_sure or not is_full:
                self._waiting[visit.client] += 1
        if is_full and not is_sure:
            raise self._busy()
        try:
            yield
        finally:
            with self._lock:
                self._waiting[visit.client] -= 1
                if not self._waiting[visit.client]:
                    del self._waiting[visit.client]

    def _busy(self) -> BusyError:
        with self._lock:
            seconds = (self._waiting.total() + 1) * self._typical / self.slots
        soon = math.ceil(min(max(seconds, 1.0), LONGEST))
        return self._count(BusyError(BUSY.format(soon), soon))

    def _count(self, error: BusyError) -> BusyError:
        with self._lock:
            self._refused[error.reason] += 1
        return error

    @property
    def _held(self) -> Lane | None:
        held: Lane | None = getattr(self._here, "lane", None)
        return held

    @_held.setter
    def _held(self, lane: Lane | None) -> None:
        self._here.lane = lane
