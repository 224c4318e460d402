"""Who makes an ensemble's results: an executor, for as long as somebody asks.

Progress is how many results are there. Nothing is sent to the executor unless somebody has asked lately: a page that is
closed says so, and one that could not (a lost network, another process of the server) counts as gone some time later.
The lock is held for bookkeeping only: files are read and a scheduler is connected outside it.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock, RLock
from typing import Final

from cachetools import TTLCache

from ..compute.cluster import Cluster, SchedulerError
from ..compute.compute import Door
from ..compute.question import Question
from ..physics import EngineError, ParameterError
from .ensemble import Ensemble, Members, Stopped, together

PATIENCE: Final = (
    90.0  # seconds: who has not asked for so long has gone; a hidden tab's clock ticks once a minute
)
IN_FLIGHT: Final = 4  # results under way at once
WARM: Final = "An instance is gradient descent, at T = 0: there is no ensemble at T > 0."

Chunk = Question[Members]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there of an ensemble.

    Parameters
    ----------
    done, total : int
        Instances that are there, and all of them.
    members : dict of int to Members
        What is there, by size.
    error : str
        Why it cannot be computed; empty if it can.
    is_cancelled : bool
        Whether who asks has cancelled it.
    """

    done: int
    total: int
    members: dict[int, Members]
    error: str = ""
    is_cancelled: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.total


@dataclass
class _Job:
    ensemble: Ensemble
    chunks: list[tuple[int, Chunk]]
    asked: dict[str, float] = field(default_factory=dict)  # when each asker asked last
    flying: dict[Chunk, Future[Members]] = field(default_factory=dict)
    results: dict[Chunk, Members] = field(default_factory=dict)
    error: str = ""

    def is_over(self) -> bool:
        """Whether nobody waits for it any more."""
        now = clock.monotonic()
        return all(now - asked > PATIENCE for asked in list(self.asked.values()))

    def lacks_something(self) -> bool:
        """Whether there is still something to be computed."""
        return len(self.results) < len(self.chunks)


class Jobs:
    """Asks an executor for what is missing.

    Parameters
    ----------
    door : Door
        Where results are kept.
    executor : callable
        Makes the executor when it is first needed (a server that forks must not have its threads before). Any will do;
        threads of this process are also stopped in the middle of a result.
    """

    def __init__(self, door: Door, executor: Callable[[], Executor]) -> None:
        self._door, self._make = door, executor
        self._executor: Executor | None = None
        self._jobs: dict[Ensemble, _Job] = {}
        self._gone: TTLCache[str, bool] = TTLCache(1000, ttl=60)  # askers who have cancelled
        self._lock, self._connecting = RLock(), Lock()

    def ask(self, ensemble: Ensemble, asker: str) -> Progress:
        """What is there by now; what is missing is under way, as long as somebody asks.

        Parameters
        ----------
        ensemble : Ensemble
            What is asked for.
        asker : str
            Whoever asks, by a name of his own; once he has cancelled, what he still asks starts nothing.

        Raises
        ------
        ParameterError
            At T > 0.
        SchedulerError
            If there is no executor; a `NoConnectionError` if there may be one soon.
        """
        if ensemble.point.parameters.T > 0:
            raise ParameterError("temperature", WARM)
        job = self._job(ensemble)
        with self._lock:
            gone = asker in self._gone
            if not gone:
                job.asked[asker] = clock.monotonic()
        executor = self._connected() if job.lacks_something() and not gone else None
        with self._lock:
            if executor is not None:
                self._refill(job, executor)
        return replace(_progress(job), is_cancelled=gone)

    def look(self, ensemble: Ensemble) -> Progress:
        """What is there by now; nothing is started."""
        return _progress(self._job(ensemble))

    def cancel(self, ensemble: Ensemble, asker: str) -> None:
        """The asker wants no more: work stops if nobody else waits for it; what is there stays."""
        with self._lock:
            self._gone[asker] = True
            job = self._jobs.get(ensemble)
            if job is None:
                return
            unwanted = _without(job, asker)
        for future in unwanted:
            future.cancel()

    def leave(self, asker: str) -> None:
        """The asker has gone, whatever he asked for; should he come back and ask, he is answered as before."""
        with self._lock:
            unwanted = [future for job in self._jobs.values() for future in _without(job, asker)]
        for future in unwanted:
            future.cancel()

    def _connected(self) -> Executor:
        """The executor, made once; a cluster is asked whether it is there while nobody waits for a lock."""
        with self._connecting:
            if self._executor is None:
                self._executor = self._make()
            executor = self._executor
        if isinstance(executor, Cluster):
            executor.connect()
        return executor

    def _job(self, ensemble: Ensemble) -> _Job:
        with self._lock:
            for old in [
                e for e, job in self._jobs.items() if job.is_over() and not job.flying and e != ensemble
            ]:
                del self._jobs[old]
            known = self._jobs.get(ensemble)
        if known is not None:
            return known
        chunks = ensemble.chunks()
        answers = {chunk: self._door.recall(chunk) for _, chunk in chunks}
        there = {chunk: answer.value for chunk, answer in answers.items() if answer is not None}
        with self._lock:  # somebody else may have read the same files meanwhile
            return self._jobs.setdefault(ensemble, _Job(ensemble, chunks, results=there))

    def _refill(self, job: _Job, executor: Executor) -> None:
        for _, chunk in job.chunks:
            if len(job.flying) >= IN_FLIGHT or job.is_over() or job.error:
                return
            if chunk in job.results or chunk in job.flying:
                continue
            inside = (job.is_over,) if isinstance(executor, ThreadPoolExecutor) else ()
            future = executor.submit(chunk.function, *chunk.arguments, *inside)
            job.flying[chunk] = future
            future.add_done_callback(partial(self._landed, job, chunk, executor))

    def _landed(self, job: _Job, chunk: Chunk, executor: Executor, future: Future[Members]) -> None:
        found, error = _outcome(future)
        is_lost = isinstance(_error_of(future), SchedulerError)
        if found is not None:
            self._door.keep(chunk, found)
        with self._lock:
            job.error = job.error or error
            job.flying.pop(chunk, None)
            if found is not None:
                job.results[chunk] = found
            if not is_lost:  # else whoever asks next asks for it again
                self._refill(job, executor)


def _error_of(future: Future[Members]) -> BaseException | None:
    return None if future.cancelled() else future.exception()


def _without(job: _Job, asker: str) -> list[Future[Members]]:
    """Take an asker off a job; what is under way and nobody waits for any more."""
    if job.asked.pop(asker, None) is None or not job.is_over():
        return []
    return list(job.flying.values())


def _outcome(future: Future[Members]) -> tuple[Members | None, str]:
    """The result, and why there is none."""
    try:
        return future.result(), ""
    except (Stopped, CancelledError, SchedulerError):
        return None, ""
    except EngineError as error:
        return None, str(error)
    except Exception:
        return None, "An instance of the ensemble could not be computed."


def _progress(job: _Job) -> Progress:
    results = dict(job.results)
    parts: dict[int, list[Members]] = {}
    for n, chunk in job.chunks:
        if chunk in results:
            parts.setdefault(n, []).append(results[chunk])
    made = {n: together(found) for n, found in parts.items()}
    total = job.ensemble.n_seeds * len(job.ensemble.sizes)
    return Progress(sum(m.final.size for m in made.values()), total, made, job.error)
