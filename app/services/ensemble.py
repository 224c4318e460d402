"""Many instances of one point: small results, each cached under its own key, made by an executor as long as one asks.

Progress is how many results are there. Nothing is sent to the executor unless somebody has asked lately, so a page that
is closed or looks elsewhere stops its work by itself.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.sample import Sample
from app.services.compute import Compute
from app.state import Parameters
from engine import EngineError, Model, ParameterError, complexity
from engine.simulation import simulate

Floats = NDArray[np.float64]
CHUNK: Final = 5  # instances of one result
LADDER: Final = (100, 1_000, 10_000, 100_000, 1_000_000)
TIMES: Final = 120
FIRST_TIME: Final = 0.1
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
        m at the end.
    escape_time : array, shape (k,)
        First t with |m| at the threshold; NaN where there is none.
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
    """Run some instances; raises `Stopped` soon after ``stopped()`` has become true."""
    time = np.geomspace(FIRST_TIME, t_max, TIMES)
    level = escape_level(model)

    def stop() -> bool:
        if stopped is not None and stopped():
            raise Stopped  # at once: nothing is made of the part
        return False

    overlap, final, escape = [], [], []
    for seed in seeds:
        run = simulate(model, n_dim=n_dim, seed=seed, overlap_0=overlap_0, t_max=t_max, stop=stop)
        overlap.append(np.interp(time, run.time, run.overlap))
        final.append(run.overlap[-1])
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
    """

    done: int
    total: int
    members: dict[int, Members]
    error: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.total


@dataclass
class _Job:
    question: Question
    asked: float
    stop: Event = field(default_factory=Event)
    flying: dict[tuple[Any, ...], Future[Members]] = field(default_factory=dict)
    results: dict[tuple[Any, ...], Members] = field(default_factory=dict)
    error: str = ""


class Ensembles:
    """Asks an executor for what is missing.

    Parameters
    ----------
    compute : Compute
        Where results are kept.
    executor : Executor
        Any executor; threads of this process are also stopped in the middle of a result.
    """

    def __init__(self, compute: Compute, executor: Executor) -> None:
        self._compute, self._executor = compute, executor
        self._jobs: dict[Question, _Job] = {}
        self._lock = Lock()

    def ask(self, question: Question) -> Progress:
        """What is there by now; what is missing is under way, as long as somebody asks.

        Raises
        ------
        ParameterError
            At T > 0.
        """
        if question.parameters.T > 0:
            raise ParameterError(
                "temperature", "An instance is gradient descent, at T = 0: there is no ensemble at T > 0."
            )
        with self._lock:
            now = clock.monotonic()
            for old in [q for q, job in self._jobs.items() if now - job.asked > PATIENCE and not job.flying]:
                del self._jobs[old]
            job = self._jobs.setdefault(question, _Job(question, now))
            job.asked = now
        self._refill(job)
        return self._progress(job)

    def cancel(self, question: Question) -> None:
        """Stop it: what is under way is dropped, what is there stays."""
        with self._lock:
            job = self._jobs.pop(question, None)
        if job is not None:
            job.stop.set()
            for future in list(job.flying.values()):
                future.cancel()

    def _refill(self, job: _Job) -> None:
        for _, arguments in job.question.chunks():
            with self._lock:
                full = len(job.flying) >= IN_FLIGHT or clock.monotonic() - job.asked > PATIENCE
                if full or job.stop.is_set() or job.error:
                    return
                if arguments in job.results or arguments in job.flying:
                    continue
                known = self._compute.recall(members, *arguments)
                if known is not None:
                    job.results[arguments] = known.value
                    continue
                inside = (job.stop.is_set,) if isinstance(self._executor, ThreadPoolExecutor) else ()
                future = self._executor.submit(members, *arguments, *inside)
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
        with self._lock:
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


def wilson(successes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a fraction (Wilson 1927)."""
    z = 1.959963984540054
    share, shrink = successes / total, 1 + z * z / total
    middle = (share + z * z / (2 * total)) / shrink
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / shrink
    return max(0.0, middle - float(half)), min(1.0, middle + float(half))


def fit_line(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Slope, intercept and the slope's standard error (NaN for two points) of the least-squares line."""
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    intercept = float(y.mean() - slope * x.mean())
    residual = y - intercept - slope * x
    free = x.size - 2
    error = float(np.sqrt(residual @ residual / free / (centred @ centred))) if free > 0 else float("nan")
    return slope, intercept, error
