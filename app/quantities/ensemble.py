"""Many instances of one point, as many small results: what there is to compute, and what one result holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..compute.job import Progress
from ..compute.memory import RUNS
from ..compute.question import Question, question
from ..page.sample import LADDER
from ..page.sample import TIMES as ALLOWED
from ..page.state import Point
from ..physics import Model, ParameterError, Status, complexity, hessian, simulation

Floats = NDArray[np.float64]
CHUNK: Final = 5  # instances of one result
TIMES: Final = 120
FIRST_TIME: Final = 0.1
MEMORY: Final = 512 * 2**20  # bytes of one run: nothing of it is kept but its curve
USUAL_SIZE: Final = 10_000
TIMES_LONGER: Final = 3.0  # an ensemble runs to so many times ln N/λ
NO_RATE: Final = 100.0  # and to this time where nothing grows exponentially
WARM: Final = "An instance is gradient descent, at T = 0: there is no ensemble at T > 0."


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
        First t with |m| at `engine.complexity.escape_level`; NaN where there is none.
    known_until : array, shape (k,)
        Up to when each is known: its end, or where it was cut.
    """

    time: Floats
    overlap: Floats
    final: Floats
    escape_time: Floats
    known_until: Floats

    @property
    def was_cut(self) -> NDArray[np.bool_]:
        """Which of them are not known at the end; shape (k,)."""
        return np.isnan(self.final)

    @property
    def escaped(self) -> NDArray[np.bool_]:
        """Which of them are known to have escaped; shape (k,)."""
        return np.isfinite(self.escape_time)

    @property
    def event_time(self) -> Floats:
        """When each escaped, or up to when it is known not to have; shape (k,)."""
        return np.where(self.escaped, self.escape_time, self.known_until)


class Stopped(Exception):  # noqa: N818
    """The work was cancelled."""


def members(
    model: Model,
    n_dim: int,
    seeds: tuple[int, ...],
    overlap_0: float | None,
    t_max: float,
    stop: Callable[[], bool] | None = None,
) -> Members:
    """Run some instances; raises `Stopped` soon after ``stop()`` has become true.

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
    stop : callable, optional
        Whether nobody wants the result any more.
    """
    time = np.geomspace(FIRST_TIME, t_max, TIMES)
    level = complexity.escape_level(model)

    def asked() -> bool:
        if stop is not None and stop():
            raise Stopped  # at once: nothing is made of the part
        return False

    overlap, final, escape, until = [], [], [], []
    for seed in seeds:
        with RUNS.share(MEMORY, stop=asked):  # nothing is asked of it that would take its slack
            run = simulation.simulate(
                model, n_dim=n_dim, seed=seed, overlap_0=overlap_0, t_max=t_max, memory=MEMORY, stop=asked
            )
        is_cut = run.status is Status.STOPPED_EARLY
        overlap.append(np.interp(time, run.time, run.overlap, right=np.nan if is_cut else None))
        until.append(run.time[-1])
        final.append(np.nan if is_cut else run.overlap[-1])
        out = np.flatnonzero(np.abs(run.overlap) >= level)
        escape.append(run.time[out[0]] if out.size else np.nan)
    return Members(time, np.array(overlap), np.array(final), np.array(escape), np.array(until))


@dataclass(frozen=True)
class Ensemble:
    """Instances of several sizes at one point.

    Parameters
    ----------
    point : Point
        Its parameters; size, first seed, start and final time of its instance (what follows on the same landscape does
        not count).
    n_seeds : int
        Instances of each size.
    chosen : tuple of int
        The sizes; that of the page's instance, if there is one, comes to them.
    """

    point: Point
    n_seeds: int
    chosen: tuple[int, ...] = LADDER

    @property
    def size(self) -> int:
        """The size whose curves are shown."""
        own = self.point.sample.N
        return own or (USUAL_SIZE if USUAL_SIZE in self.chosen else self.chosen[-1])

    @property
    def sizes(self) -> tuple[int, ...]:
        """All sizes, the shown one first."""
        return (self.size, *(n for n in self.chosen if n != self.size))

    def chunks(self) -> list[Question[Members]]:
        """The question of every result, in the order in which they are made: all sizes grow together.

        Raises
        ------
        ParameterError
            At T > 0.
        """
        parameters, sample = self.point
        if parameters.T > 0:
            raise ParameterError("temperature", WARM)
        start = None if sample.start == "random" else parameters.m0
        first, last = sample.seed, sample.seed + self.n_seeds
        return [
            question(members, parameters.model, n, tuple(range(s, min(s + CHUNK, last))), start, sample.until)
            for s in range(first, last, CHUNK)
            for n in self.sizes
        ]


@dataclass(frozen=True, slots=True)
class LongEnough:
    """How long the runs of an ensemble should be.

    Parameters
    ----------
    time : float
        To so long, within what is allowed.
    rate : float or None
        The rate λ of the escape; None at and below the gradient-flow line.
    wanted : float
        `TIMES_LONGER` ln N/λ; infinite without a rate.
    """

    time: float
    rate: float | None
    wanted: float


def long_enough(model: Model, largest: int) -> LongEnough:
    """Return how long the runs of an ensemble should be: some times ln N/λ, by which nearly all that escape have.

    An overlap N^(−1/2), which chance gives to any start, takes ln N/2λ to grow to order 1 at the late rate λ.

    Parameters
    ----------
    model : Model
    largest : int
        The largest N.
    """
    if not float(model.theta(0.0)) > 1:
        return LongEnough(NO_RATE, None, np.inf)
    rate = float(hessian.escape_rate(model))
    wanted = TIMES_LONGER * float(np.log(largest)) / rate
    digits = 10.0 ** (np.floor(np.log10(wanted)) - 1)
    time = float(np.clip(np.ceil(wanted / digits) * digits, 10.0, ALLOWED[1]))
    return LongEnough(time, rate, wanted)


@dataclass(frozen=True, slots=True)
class Instances:
    """What is there of an ensemble.

    Parameters
    ----------
    done, total : int
        Instances that are there, and all of them.
    members : dict of int to Members
        What is there, by size.
    """

    done: int
    total: int
    members: dict[int, Members]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.total


def instances(ensemble: Ensemble, progress: Progress) -> Instances:
    """The instances of the chunks that are there."""
    parts: dict[int, list[Members]] = {}
    for chunk in ensemble.chunks():
        if chunk in progress.results:
            parts.setdefault(chunk.arguments[1], []).append(progress.results[chunk])
    made = {n: together(found) for n, found in parts.items()}
    total = ensemble.n_seeds * len(ensemble.sizes)
    return Instances(sum(found.final.size for found in made.values()), total, made)


def together(parts: list[Members]) -> Members:
    """Results of one size as one."""
    return Members(
        parts[0].time,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("overlap", "final", "escape_time", "known_until")
        ),
    )
