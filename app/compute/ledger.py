"""Which work is under way for whom, and what is next: bookkeeping alone, under one lock that is never held long."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any, Final, NamedTuple

from cachetools import LRUCache, TTLCache

from .cluster import CrowdedError
from .job import Job, Work
from .question import Question

AGAIN: Final = 1.0  # seconds before what is missing is looked for again
WORKS: Final = 64  # that are waited for at once
MANY: Final = "From here {} long computations are under way already: this one begins when another ends."
CROWDED: Final = "As many long computations are under way as fit: this one begins when another ends."
GONE: Final = 60.0  # seconds for which who has cancelled is not heard

Futures = list[Future[Any]]


@dataclass(eq=False)
class Flight:
    """A chunk that is under way."""

    chunk: Question[Any]
    future: Future[Any] | None = None  # None: about to be sent
    was_stopped: bool = False
    is_lost: bool = False


class Crowd(NamedTuple):
    """How much long work there is: works that somebody waits for, their askers, results under way."""

    works: int
    askers: int
    flights: int


class Ledger:
    """Works, those who wait for them, and the chunks that are under way; works may share chunks."""

    def __init__(self) -> None:
        self._jobs: dict[Work, Job] = {}
        self._flights: dict[str, Flight] = {}  # by the chunk's key
        self._clients: LRUCache[str, str] = LRUCache(2000)  # of each asker
        self._gone: TTLCache[str, bool] = TTLCache(1000, ttl=GONE)
        self._turns, self._lock = count(1), Lock()

    def known(self, work: Work) -> Job | None:
        """The job of a work; others that nobody waits for are forgotten."""
        with self._lock:
            flying = set(self._flights)
            for old, job in list(self._jobs.items()):
                if old != work and job.is_over() and flying.isdisjoint(job.missing):
                    del self._jobs[old]
            return self._jobs.get(work)

    def enter(self, work: Work, made: Job) -> Job:
        """The job of a work: the one that is there, else this."""
        with self._lock:
            return self._jobs.setdefault(work, made)

    def join(
        self, work: Work, found: Job, asker: str, client: str = "", at_most: int = WORKS
    ) -> tuple[Job, bool]:
        """Let an asker wait; the job (it may have been forgotten since it was found), and whether he is heard.

        Parameters
        ----------
        work, found : Work, Job
            What he waits for, and its job as far as the caller knows.
        asker : str
            His name.
        client : str
            Who he is one of: clients have equal shares.
        at_most : int
            Works that all askers of his client may wait for at once.

        Raises
        ------
        CrowdedError
            If nobody waits for it yet, and so many others are waited for; or by others of the same client.
        """
        with self._lock:
            job = self._jobs.setdefault(work, found)
            if job.is_over() and self._crowd(asker) >= WORKS:
                raise CrowdedError(CROWDED)
            if asker not in job.askers and self._share(client, asker, job) >= at_most:
                raise CrowdedError(MANY.format(at_most))
            self._clients[asker] = client
            is_heard = asker not in self._gone
            if is_heard:
                job.join(asker)
            return job, is_heard

    def pause(self, job: Job, asker: str) -> Futures:
        """Let an asker have only what is under way; what nobody waits for unless it has begun."""
        with self._lock:
            job.pause(asker)
            return self._futures(lambda key: not self._is_asked_for(key))

    def cancel(self, asker: str) -> Futures:
        """Hear an asker no more; what is under way and nobody wants now."""
        with self._lock:
            self._gone[asker] = True
        return self.leave(asker)

    def leave(self, asker: str, *, but: Job | None = None) -> Futures:
        """Take an asker off every job but one; what is under way and nobody wants now."""
        with self._lock, self._without() as unwanted:
            for job in self._jobs.values():
                if job is not but:
                    job.part(asker)
        return unwanted

    def is_wanted(self, key: str) -> bool:
        """Whether somebody waits for a chunk; also asked by threads that compute, without the lock."""
        return any(job.wants(key) for job in list(self._jobs.values()))

    @property
    def crowd(self) -> Crowd:
        """What is under way; without the lock, since it is only looked at."""
        askers = [len(job.askers) for job in list(self._jobs.values())]
        return Crowd(sum(map(bool, askers)), sum(askers), len(self._flights))

    @property
    def present(self) -> set[str]:
        """Who waits for something that is not there yet, or for what was under way when he paused."""
        return {asker for job in list(self._jobs.values()) if job.missing for asker in job.present}

    def named(self, name: str) -> Job | None:
        """The job that other processes call so, if it is here."""
        return next((job for job in list(self._jobs.values()) if job.name == name), None)

    def next(self, room: int, passed: set[str]) -> Flight | None:
        """Begin with the next chunk, if there is room: of the job with the fewest under way, or that waits longest."""
        with self._lock:
            if len(self._flights) >= room:
                return None
            waiting = [job for job in self._jobs.values() if not job.error and not job.is_over()]
            for job in sorted(waiting, key=self._place):
                for key, chunk in job.missing.items():
                    if key not in self._flights and key not in passed:
                        job.turn = next(self._turns)
                        return self._flights.setdefault(key, Flight(chunk))
            return None

    def ended(self, flight: Flight) -> None:
        """A chunk is under way no more."""
        with self._lock:
            self._flights.pop(flight.chunk.key, None)

    def arrived(self, chunk: Question[Any], value: Any, *, unsaved: bool = False) -> None:
        """A result is there, for all who wait for it."""
        with self._lock:
            for job in self._jobs.values():
                if chunk.key in job.missing:
                    job.arrived(chunk.key, value)
                    job.unsaved |= unsaved

    def failed(self, chunk: Question[Any], why: str) -> None:
        """A result cannot be had."""
        with self._lock:
            for job in self._jobs.values():
                if chunk.key in job.missing:
                    job.error = job.error or why

    def absent(self, job: Job, at_most: int) -> list[Question[Any]]:
        """The first of a job's chunks that are neither there nor under way; now and then, else none."""
        with self._lock:
            now = clock.monotonic()
            if now - job.looked < AGAIN:
                return []
            job.looked = now
            return [chunk for key, chunk in job.missing.items() if key not in self._flights][:at_most]

    def _place(self, job: Job) -> tuple[int, int, int]:
        """Its client's results under way, its own, and when it had its turn: the least comes first."""
        clients = set(map(self._client_of, job.askers))
        return min(map(self._load, clients), default=0), self._under_way([job]), job.turn

    def _load(self, client: str) -> int:
        return self._under_way(
            [job for job in self._jobs.values() if client in map(self._client_of, job.askers)]
        )

    def _under_way(self, jobs: list[Job]) -> int:
        return sum(any(key in job.missing for job in jobs) for key in self._flights)

    def _client_of(self, asker: str) -> str:
        return str(self._clients.get(asker, ""))

    def _share(self, client: str, but: str, besides: Job) -> int:
        """Works that others of a client wait for."""
        others = [job for job in self._jobs.values() if job is not besides]
        return sum(
            any(self._client_of(asker) == client for asker in job.askers if asker != but) for job in others
        )

    def _crowd(self, but: str) -> int:
        """Works that somebody waits for, besides one who is about to leave his own."""
        return sum(not job.is_over(but) for job in self._jobs.values())

    def _is_asked_for(self, key: str) -> bool:
        return any(key in job.missing and not job.is_over() for job in self._jobs.values())

    @contextmanager
    def _without(self) -> Iterator[Futures]:
        """What is wanted before, and not after."""
        unwanted: Futures = []
        before = {key for key in self._flights if self.is_wanted(key)}
        yield unwanted
        unwanted += self._futures(lambda key: key in before and not self.is_wanted(key))

    def _futures(self, chosen: Callable[[str], bool]) -> Futures:
        found = [(flight.future, key) for key, flight in self._flights.items()]
        return [future for future, key in found if future is not None and chosen(key)]
