"""Who makes the results of long work: an executor, for as long as somebody asks.

Progress is how many results are there. Nothing is sent to the executor unless somebody has asked lately: a page that is
closed says so, and one that could not (a lost network, another process of the server) counts as gone some time later.
A result is computed once for all who ask, also in other processes that share the shelf. No lock is held while
files are read or a scheduler is connected.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from threading import Lock, local
from typing import Any, Final

from ..physics import EngineError
from .cluster import Cluster, SchedulerError
from .elsewhere import answer_there
from .executor import is_ending, width_of
from .hearing import Hearing
from .job import Job, Progress, Work
from .ledger import Crowd, Flight, Futures, Ledger
from .question import Question
from .sources import digest_of
from .store import Store
from .visit import current

log = logging.getLogger(__name__)

IN_FLIGHT: Final = 4  # results under way at once, or two for each worker if that is more
LOOKS: Final = 64  # entries on the shelf that one call looks for, at most
FAILED: Final = "A part of it could not be computed."


class Jobs:
    """Asks an executor for what is missing; works take turns.

    Parameters
    ----------
    store : Store
        Where results are kept.
    executor : callable
        Makes the executor when it is first needed (a server that forks must not have its threads before). Any will do;
        threads of this process are also stopped in the middle of a result.
    """

    def __init__(self, store: Store, executor: Callable[[], Executor]) -> None:
        self._store, self._make = store, executor
        self._executor: Executor | None = None
        self._ledger, self._connecting, self._here = Ledger(), Lock(), local()
        self._hearing = Hearing(store.board, self._ledger, _cancel, self._cancel_idle)

    def ask(self, work: Work, asker: str, *, patience: float | None = None) -> Progress:
        """What is there by now; what is missing is under way, as long as somebody asks.

        Parameters
        ----------
        work : Work
            What is asked for.
        asker : str
            Whoever asks, by a name of his own. He waits for one work at a time: what else he has asked for, he leaves.
        patience : float, optional
            Seconds for which he waits for a scheduler; by default as long as that may take to answer.

        Raises
        ------
        EngineError
            If there is no such work.
        SchedulerError
            If there is no executor; a `NoConnectionError` if there may be one soon, or so much is waited for already
            that this has to wait too.
        """
        visit, found = current(), self._job(work)
        self._hearing.heed(asker)
        is_new = asker not in found.askers
        job, is_heard = self._ledger.join(work, found, asker, visit.client, visit.works)
        _cancel(self._ledger.leave(asker, but=job))
        if is_heard and job.missing:
            self._hearing.asked(job, asker, is_new=is_new)
        self._look_again(job)
        if is_heard and job.missing:
            self._refill(self.connected(patience))
        return job.progress(is_cancelled=not is_heard)

    def look(self, work: Work) -> Progress:
        """What is there by now; nothing is started."""
        job = self._job(work)
        self._look_again(job)
        return job.progress()

    def pause(self, work: Work, asker: str) -> Progress:
        """The asker wants nothing new for now: what is under way is finished and kept. He goes on by asking."""
        job = self._job(work)
        _cancel(self._ledger.leave(asker, but=job))
        self._cancel_idle(self._ledger.pause(job, asker))
        self._hearing.paused(job, asker)
        return self.look(work)

    def cancel(self, asker: str) -> None:
        """The asker wants no more, for good: what he still asks within minutes starts nothing, by any process.

        What is under way and nobody else wants is stopped; what is there stays.
        """
        _cancel(self._ledger.cancel(asker))
        self._hearing.cancelled(asker)

    def leave(self, asker: str) -> None:
        """The asker has gone, whatever he asked for; should he come back and ask, he is answered as before."""
        _cancel(self._ledger.leave(asker))
        self._hearing.left(asker)

    @property
    def executor(self) -> Executor | None:
        """The executor, if it has been needed."""
        return self._executor

    @property
    def crowd(self) -> Crowd:
        """How much is under way, and for how many."""
        return self._ledger.crowd

    def connected(self, patience: float | None = None) -> Executor:
        """The executor, made once; a cluster is asked whether it is there while nobody waits for a lock.

        Raises
        ------
        SchedulerError
            If it is not.
        """
        with self._connecting:
            if self._executor is None:
                self._executor = self._make()
            executor = self._executor
        if isinstance(executor, Cluster):
            with self._store.aside():
                executor.connect(patience)
        return executor

    def _job(self, work: Work) -> Job:
        known = self._ledger.known(work)
        if known is not None:
            return known
        chunks = work.chunks()
        answers = {chunk: self._store.recall(chunk) for chunk in chunks}
        there = {chunk: answer.value for chunk, answer in answers.items() if answer is not None}
        return self._ledger.enter(work, Job(chunks, there))  # somebody else may have read the same files

    def _look_again(self, job: Job) -> None:
        """See whether other processes have made what is missing; now and then, and some of it at a time."""
        for chunk in self._ledger.absent(job, LOOKS):
            self._found(chunk)

    def _found(self, chunk: Question[Any]) -> bool:
        """Take a result from the shelf, if it is there."""
        answer = self._store.recall(chunk)
        if answer is not None:
            self._ledger.arrived(chunk, answer.value)
        return answer is not None

    def _refill(self, executor: Executor) -> None:
        """Send what is next, as far as there is room."""
        if getattr(self._here, "is_filling", False):  # an executor that does the work where it is asked for
            return
        self._here.is_filling = True
        try:
            passed, looks = set[str](), 0  # nothing is sent twice by one call
            while looks < LOOKS:
                flight = self._ledger.next(max(IN_FLIGHT, 2 * width_of(executor)), passed)
                if flight is None:
                    return
                passed.add(flight.chunk.key)
                looks += not self._launch(flight, executor)
                if flight.is_lost:
                    return
        finally:
            self._here.is_filling = False

    def _launch(self, flight: Flight, executor: Executor) -> bool:
        """Send a chunk, unless it is there by now or another process makes it."""
        chunk, is_claimed = flight.chunk, False
        try:
            is_claimed = not self._found(chunk) and self._store.claim(chunk)
            if is_claimed and not self._found(chunk):  # else another process has made it between two looks
                flight.future = self._sent(flight, executor)
        finally:
            if flight.future is None:
                self._ended(flight, is_claimed=is_claimed)
        if flight.future is None:
            return False
        flight.future.add_done_callback(partial(self._landed, flight, executor))
        if not self._ledger.is_wanted(chunk.key):  # left while it was sent
            flight.future.cancel()
        return True

    def _sent(self, flight: Flight, executor: Executor) -> Future[Any] | None:
        chunk, options = flight.chunk, dict(flight.chunk.options)
        if isinstance(executor, ThreadPoolExecutor):
            options["stop"] = partial(self._stopped, flight)
        try:
            if isinstance(executor, Cluster):
                digest = digest_of(chunk.function)
                return executor.submit(answer_there, chunk.function, chunk.arguments, options, digest)
            return executor.submit(chunk.function, *chunk.arguments, **options)
        except RuntimeError:  # the executor has been shut down
            return None

    def _stopped(self, flight: Flight) -> bool:
        """Whether nobody wants a result any more; asked by the thread that makes it."""
        flight.was_stopped = not self._ledger.is_wanted(flight.chunk.key) or is_ending()
        return flight.was_stopped

    def _landed(self, flight: Flight, executor: Executor, future: Future[Any]) -> None:
        chunk, failure = flight.chunk, None if future.cancelled() else future.exception()
        if failure is None and not future.cancelled():
            is_saved = self._store.keep(chunk, future.result())
            self._ledger.arrived(chunk, future.result(), unsaved=not is_saved)
        elif isinstance(failure, SchedulerError):
            flight.is_lost = True
        elif isinstance(failure, EngineError) and not flight.was_stopped:
            self._ledger.failed(chunk, str(failure))
        elif failure is not None and not flight.was_stopped:
            log.error("%s failed.", chunk.key, exc_info=failure)
            self._ledger.failed(chunk, FAILED)
        self._ended(flight, is_claimed=True)
        if not flight.is_lost:  # else whoever asks next asks for it again
            self._refill(executor)

    def _cancel_idle(self, idle: Futures) -> None:
        if isinstance(self._executor, ThreadPoolExecutor):  # which refuses where it has begun
            _cancel(idle)

    def _ended(self, flight: Flight, *, is_claimed: bool) -> None:
        if is_claimed:
            self._store.release(flight.chunk)
        self._ledger.ended(flight)


def _cancel(futures: Futures) -> None:
    for future in futures:
        future.cancel()
