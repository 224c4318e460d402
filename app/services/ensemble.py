"""Many instances of one point: small results, each cached under its own key, made by an executor as long as one asks.

Progress is how many results are there. Nothing is sent to the executor unless somebody has asked lately, so a page that
is closed or looks elsewhere stops its work by itself.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from threading import RLock
from typing import Any, Final

import numpy as np
from cachetools import TTLCache
from numpy.typing import NDArray

from app.sample import Sample
from app.services.compute import Compute
from app.services.instance import FIRST_TIME
from app.state import Parameters
from engine import EngineError, Model, ParameterError, Status, complexity
from engine.simulation import simulate

Floats = NDArray[np.float64]
CHUNK: Final = 5  # instances of one result
LADDER: Final = (100, 1_000, 10_000, 100_000, 1_000_000)
TIMES: Final = 120
PATIENCE: Final = 3.0  # seconds: who has not asked for so long has gone
IN_FLIGHT: Final = 4  # results under way at once
USUAL_SIZE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Members:
    """Some instances that differ in their seed.

    Attributes
    ----------
    time : array, shape (n,)
        Log-spaced times.
    overlap : array, shape (k, n)
        m(t) of each.
    final : array, shape (k,)
        m at the end; NaN for a run that was cut because its directions filled the memory (and m(t) from there on).
    escape_time : array, shape (k,)
        First t with |m| at `escape_level`; NaN where there is none.
    """

    time: Floats
    overlap: Floats
    final: Floats
    escape_time: Floats


class Stopped(Exception):  # noqa: N818
    """The work was cancelled."""


def members(
    model: Model,
    n_dim: int,
    seeds: tuple[int, ...],
    overlap_0: float | None,
    t_max: float,
    stopped: Callable[[], bool] | None = None,
) -> Members:
    """Run some instances; raises `Stopped` soon after ``stopped()`` has become true.

    Parameters
    ----------
    model : Model
    n_dim : int
        N of each.
    seeds : tuple of int
        One for each instance.
    overlap_0 : float or None
        Overlap at t = 0; None: random starts.
    t_max : float
        Final time.
    stopped : callable, optional
        Whether nobody wants the result any more.
    """
    time = np.geomspace(FIRST_TIME, t_max, TIMES)
    level = escape_level(model)

    def stop() -> bool:
        if stopped is not None and stopped():
            raise Stopped  # at once: nothing is made of the part
        return False

    overlap, final, escape = [], [], []
    for seed in seeds:
        run = simulate(model, n_dim=n_dim, seed=seed, overlap_0=overlap_0, t_max=t_max, stop=stop)
        is_cut = run.status is Status.STOPPED_EARLY
        overlap.append(np.interp(time, run.time, run.overlap, right=np.nan if is_cut else None))
        final.append(np.nan if is_cut else run.overlap[-1])
        out = np.flatnonzero(np.abs(run.overlap) >= level)
        escape.append(run.time[out[0]] if out.size else np.nan)
    return Members(time, np.array(overlap), np.array(final), np.array(escape))


def escape_level(model: Model) -> float:
    """The overlap that counts as escaped: min(0.3, m*/2)."""
    good = complexity.good_minimum(model)
    return 0.3 if good is None or not good.is_stable else min(0.3, good.overlap / 2)


@dataclass(frozen=True)
class Question:
    """An ensemble.

    Parameters
    ----------
    parameters : Parameters
        The point.
    sample : Sample
        Size, first seed, start and final time; what follows on the same landscape does not count.
    n_seeds : int
        Instances of each size.
    """

    parameters: Parameters
    sample: Sample
    n_seeds: int

    @property
    def size(self) -> int:
        """The size whose curves are shown."""
        return self.sample.N or USUAL_SIZE

    @property
    def sizes(self) -> tuple[int, ...]:
        """All sizes, the shown one first."""
        return (self.size, *(n for n in LADDER if n != self.size))

    def chunks(self) -> list[tuple[int, tuple[Any, ...]]]:
        """Size and arguments of every result, in the order in which they are made."""
        start = None if self.sample.start == "random" else self.parameters.m0
        first, last = self.sample.seed, self.sample.seed + self.n_seeds
        return [
            (n, (self.parameters.model, n, tuple(range(s, min(s + CHUNK, last))), start, self.sample.until))
            for n in self.sizes
            for s in range(first, last, CHUNK)
        ]


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
    question: Question
    asked: dict[str, float] = field(default_factory=dict)  # when each asker asked last
    flying: dict[tuple[Any, ...], Future[Members]] = field(default_factory=dict)
    results: dict[tuple[Any, ...], Members] = field(default_factory=dict)
    error: str = ""

    def is_over(self) -> bool:
        """Whether nobody waits for it any more."""
        now = clock.monotonic()
        return all(now - asked > PATIENCE for asked in list(self.asked.values()))


class Ensembles:
    """Asks an executor for what is missing.

    Parameters
    ----------
    compute : Compute
        Where results are kept.
    executor : callable
        Makes the executor when it is first needed (a server that forks must not have its threads before). Any will do;
        threads of this process are also stopped in the middle of a result.
    """

    def __init__(self, compute: Compute, executor: Callable[[], Executor]) -> None:
        self._compute, self._executor = compute, cache(executor)
        self._jobs: dict[Question, _Job] = {}
        self._gone: TTLCache[str, bool] = TTLCache(1000, ttl=60)  # askers who have cancelled
        self._lock = RLock()

    def ask(self, question: Question, asker: str) -> Progress:
        """What is there by now; what is missing is under way, as long as somebody asks.

        Parameters
        ----------
        question : Question
            The ensemble.
        asker : str
            Whoever asks, by a name of his own; once he has cancelled, what he still asks starts nothing.

        Raises
        ------
        ParameterError
            At T > 0.
        SchedulerError
            If there is no executor.
        """
        if question.parameters.T > 0:
            raise ParameterError(
                "temperature", "An instance is gradient descent, at T = 0: there is no ensemble at T > 0."
            )
        with self._lock:
            job = self._job(question)
            gone = asker in self._gone
            if not gone:
                job.asked[asker] = clock.monotonic()
            self._refill(job)
            return replace(self._progress(job), is_cancelled=gone)

    def look(self, question: Question) -> Progress:
        """What is there by now; nothing is started."""
        with self._lock:
            return self._progress(self._job(question))

    def _job(self, question: Question) -> _Job:
        for old in [q for q, job in self._jobs.items() if job.is_over() and not job.flying and q != question]:
            del self._jobs[old]
        if question not in self._jobs:
            asked = [arguments for _, arguments in question.chunks()]
            known = {arguments: self._compute.recall(members, *arguments) for arguments in asked}
            there = {arguments: answer.value for arguments, answer in known.items() if answer is not None}
            self._jobs[question] = _Job(question, results=there)
        return self._jobs[question]

    def cancel(self, question: Question, asker: str) -> None:
        """The asker wants no more: work stops if nobody else waits for it; what is there stays."""
        with self._lock:
            self._gone[asker] = True
            job = self._jobs.get(question)
            if job is None:
                return
            job.asked.pop(asker, None)
            if job.is_over():
                for future in list(job.flying.values()):
                    future.cancel()

    def _refill(self, job: _Job) -> None:
        for _, arguments in job.question.chunks():
            if len(job.flying) >= IN_FLIGHT or job.is_over() or job.error:
                return
            if arguments in job.results or arguments in job.flying:
                continue
            executor = self._executor()
            inside = (job.is_over,) if isinstance(executor, ThreadPoolExecutor) else ()
            future = executor.submit(members, *arguments, *inside)
            job.flying[arguments] = future
            future.add_done_callback(partial(self._landed, job, arguments))

    def _landed(self, job: _Job, arguments: tuple[Any, ...], future: Future[Members]) -> None:
        try:
            found = future.result()
        except (Stopped, CancelledError):
            found = None
        except EngineError as error:
            job.error, found = str(error), None
        except Exception:
            job.error, found = "An instance of the ensemble could not be computed.", None
        if found is not None:
            self._compute.keep(found, members, *arguments)
        with self._lock:
            job.flying.pop(arguments, None)
            if found is not None:
                job.results[arguments] = found
            self._refill(job)

    def _progress(self, job: _Job) -> Progress:
        parts: dict[int, list[Members]] = {}
        for n, arguments in job.question.chunks():
            if arguments in job.results:
                parts.setdefault(n, []).append(job.results[arguments])
        together = {n: _together(found) for n, found in parts.items()}
        total = job.question.n_seeds * len(job.question.sizes)
        return Progress(sum(m.final.size for m in together.values()), total, together, job.error)


def _together(parts: list[Members]) -> Members:
    return Members(
        parts[0].time,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("overlap", "final", "escape_time")
        ),
    )
