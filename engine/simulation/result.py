"""The path of one instance: what is known of it, and how to go on.

More than 250 lines: a path and the run that makes it need each other (`Simulation.resume`, `Simulation.restart`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .._kernels.simulation import ENERGIES, GRADIENT, MULTIPLIER, OVERLAP, Channels
from ..checks import Floats, check_range, read_only
from ..errors import ConvergenceError, ParameterError, Status
from ..model import AnyLandscape, of_matrix_and_rest
from ..words import say
from .couplings import check_same_noise
from .curvature import hessian_law, lowest_curvature, outliers, work_of_outliers
from .instance import Instance
from .rest import MOVING, End, Rest, draw_lowest, n_draws, rest_of
from .room import MEMORY, largest_capacity
from .settings import Settings, check_length, settings_of
from .spectrum import LARGEST_DRAWN, HessianSample, Moment, is_drawn, limit_of, sample_of
from .starts import Start, begun_again, check_start
from .walk import Track, empty_track, verdict, walk
from .walker import Walker


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A path of gradient descent on one instance; arrays are read-only, quantities per degree of freedom.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Multiples of the time step from 0, in units of the bare flow.
    overlap, energy, energy_2, energy_p, lagrange_multiplier : ndarray, shape (n,)
        Exact at the points of the path; μ = -Σ k ε_k holds to rounding. The overlap of a planted landscape is that
        with the start, C(t, 0); without a signal it is one with some direction.
    energies : ndarray, shape (n, K)
        Energies by order; of a landscape ``energy_2`` is that of order 2 and ``energy_p`` the rest.
    orders : tuple of int
        The K orders.
    gradient_norm : ndarray, shape (n,)
        Norm of the gradient on the sphere divided by √N. What it has outside the directions visited by then enters by
        its mean square, a relative error of order N^(-1/2).
    hessians : tuple of HessianSample
        Spectra at evenly spaced moments, the first at t = 0 and the last at the end (a single one: the end).
    status : Status
    message : str
        What happened in this run, a sentence.
    path : ndarray, shape (n, k)
        Coordinates of x/√N on the visited directions, the signal's first.
    model, settings, instance
        What `resume`, `restart` and `hessian` go on from.
    work : float
        Numbers gone through so far, about half a nanosecond each, by all runs on this noise sample.
    is_paused : bool
        Whether it ended because the ``work`` that it was given is done.
    """

    time: Floats
    overlap: Floats
    energy: Floats
    energy_2: Floats
    energy_p: Floats
    energies: Floats
    orders: tuple[int, ...]
    lagrange_multiplier: Floats
    gradient_norm: Floats
    hessians: tuple[HessianSample, ...]
    status: Status
    message: str
    path: Floats
    model: AnyLandscape
    settings: Settings
    instance: Instance
    work: float = 0.0
    is_paused: bool = False

    @cached_property
    def _outliers(self) -> tuple[Floats, Floats]:
        found = outliers(self.model, self.instance, self.path, self.lagrange_multiplier)
        return read_only(found[0]), read_only(found[1])

    def outlier_at(self, points: Sequence[int] | NDArray[np.int64]) -> Floats:
        """Isolated eigenvalue and its squared overlap at some points of the path.

        Parameters
        ----------
        points : sequence of int
            Their indices.

        Returns
        -------
        ndarray, shape (2, len(points))
            What `outlier` and `outlier_overlap` say there.
        """
        at = np.asarray(points, dtype=np.int64)
        return outliers(self.model, self.instance, self.path[at], self.lagrange_multiplier[at])

    @property
    def work_of_outliers(self) -> tuple[float, float]:
        """What `outlier_at` costs, and each point besides, in the units of ``work``."""
        return work_of_outliers(self.model, self.instance)

    @property
    def outlier(self) -> Floats:
        """Isolated eigenvalue of the Hessian at each point, given the whole path, for N → ∞; shape (n,).

        NaN where none is below μ - 2σ. Computed when first asked for: for a long run that takes longer than the walk.
        """
        return self._outliers[0]

    @property
    def outlier_overlap(self) -> Floats:
        """Squared overlap of its eigenvector with the signal's tangential direction; shape (n,)."""
        return self._outliers[1]

    def raise_for_status(self) -> None:
        """Raise `ConvergenceError` if the run was stopped early.

        Raises
        ------
        ConvergenceError
            If its status is STOPPED_EARLY.
        """
        if self.status is Status.STOPPED_EARLY:
            raise ConvergenceError(self.message)

    def resume(self, t_max: float, *, report: Report | None = None, work: float = math.inf) -> Simulation:
        """Go on to a later time: to the last bit the run that would have gone there at once.

        What is said of the Hessian changes along the whole path: it is given all that is known by then.

        Parameters
        ----------
        t_max : float
            Later final time, 1 to 1e6.
        report : callable, optional
            As in `simulate`.
        work : float, optional
            As in `simulate`: what it may take from here on.

        Returns
        -------
        Simulation

        Raises
        ------
        ParameterError
            If ``t_max`` is out of range or earlier than the end of this run.
        """
        settings = replace(self.settings, t_max=check_range("t_max", t_max))
        if settings.n_steps < self.time.size - 1:
            raise ParameterError("t_max", f"This run has already reached t = {say(self.time[-1], 6)}.")
        check_length(settings)
        return run(self.model, settings, self.instance, report, done=self, work=work, spent=self.work)

    def restart(
        self,
        model: AnyLandscape | None = None,
        *,
        start: str = Start.SAME,
        overlap_0: float | None = None,
        t_max: float | None = None,
        step: float | None = None,
        report: Report | None = None,
        work: float = math.inf,
    ) -> Simulation:
        """Begin a new path on the same noise sample, jointly exact in law with this one.

        Parameters
        ----------
        model : Model or Landscape, optional
            Other noise variances or weights, for which the standardised noise is kept; the same orders.
        start : {"same", "other", "flipped"}, optional
            The same point; another random one; or -x of the point where this run ended.
        overlap_0 : float, optional
            Another initial overlap: on the arc from the signal through the same point, or of the other one. By default
            the same start keeps its overlap and another start has a random one.
        t_max : float, optional
            Final time, by default that of this run; time begins at 0.
        step : float, optional
            Time step, by default that of this run; for another model that model's own default.
        report, work : optional
            As in `simulate`.

        Returns
        -------
        Simulation

        Raises
        ------
        ParameterError
            If the model has another p or other channels, the landscape other orders or another kind of start, a
            parameter is out of range, or the directions of the runs so far leave no memory for another start.
        """
        model = self.model if model is None else model
        check_same_noise(self.model, model)
        overlap_0 = check_start(model, overlap_0)
        settings = settings_of(
            model,
            n_dim=self.instance.n_dim,
            seed=self.settings.seed,
            overlap_0=overlap_0,
            t_max=self.settings.t_max if t_max is None else t_max,
            step=self.settings.step if step is None and model == self.model else step,
            tolerance=self.settings.tolerance,
            n_hessians=self.settings.n_hessians,
            memory=self.settings.memory,
        )
        limit = largest_capacity(model, self.instance.n_dim, settings.n_steps, settings.memory)
        begun = begun_again(model, self.instance, start, overlap_0, limit=limit)
        return run(model, settings, begun, report, work=work, spent=self.work)

    def hessian(self, time: float) -> HessianSample:
        """Spectrum of the Hessian at the point of the path nearest to a time, given the whole path.

        For N up to 100000 an exact draw, the same at every call; jointly exact with the path, and independent of the
        draws at other times given the path. Beyond, and where the path has visited so many directions that a draw
        would take longer than about .6 s (N k² > 2.5·10⁸), the limit N → ∞.

        Parameters
        ----------
        time : float
            From 0 to the end of the run.

        Returns
        -------
        HessianSample

        Raises
        ------
        ParameterError
            If the time is outside the run.
        """
        if not 0 <= time <= self.time[-1] + self.settings.step:
            raise ParameterError("time", f"The time must lie between 0 and {say(self.time[-1], 6)}.")
        return _hessian(self, min(round(time / self.settings.step), self.time.size - 1))


Report = Callable[[Simulation], object]


def run(
    model: AnyLandscape,
    settings: Settings,
    instance: Instance,
    report: Report | None,
    *,
    done: Simulation | None = None,
    stop: Callable[[], bool] | None = None,
    work: float = math.inf,
    spent: float = 0.0,
) -> Simulation:
    """Walk on from an instance, after what is already done, for which so much work was ``spent``."""
    limit = largest_capacity(model, instance.n_dim, settings.n_steps, settings.memory)
    walker = Walker(model, instance, limit)
    track = empty_track(settings.n_steps, walker)
    if done is not None:
        track.last = done.time.size - 1
        known = track.record[: track.last + 1]
        known[:, OVERLAP], known[:, MULTIPLIER] = done.overlap, done.lagrange_multiplier
        known[:, GRADIENT], known[:, _columns(walker)] = done.gradient_norm, done.energies
        track.path[: track.last + 1, : done.path.shape[1]] = done.path
    stopped = False
    for now in walk(walker, settings, track, pauses=report is not None, stop=stop, work=work):
        stopped = now.is_stopped
        if report is not None and now.last < settings.n_steps and not (now.is_cut or stopped):
            message = f"Computed up to t = {say(now.last * settings.step, 4)}; the run goes on."
            partial = _simulation(walker, settings, now, Status.AGEING, message)
            if report(partial) is False:
                stopped = True
                break
    result = _simulation(walker, settings, track, Status.AGEING, "", is_last=True)
    stopped = stopped or (stop is not None and stop())
    last = result.time.size - 1
    status, message = verdict(
        float(result.time[last]),
        float(result.overlap[last]),
        walker.k,
        memory=MEMORY if settings.memory is None else settings.memory,
        is_cut=track.is_cut,
        is_stopped=stopped,
        is_paused=track.is_paused,
        rest=lambda: _rest(result, walker.channels),
    )
    n = settings.n_hessians
    moments = [last] if n == 1 else [round(j * last / (n - 1)) for j in range(n)]
    hessians = tuple(_hessian(result, i) for i in dict.fromkeys(moments))
    return replace(
        result,
        hessians=hessians,
        status=status,
        message=message,
        work=spent + walker.work,
        is_paused=track.is_paused and not stopped,
    )


def _simulation(
    walker: Walker, settings: Settings, track: Track, status: Status, message: str, *, is_last: bool = False
) -> Simulation:
    n = track.last + 1
    overlap, mu, gradient_norm = (
        read_only(track.record[:n, column].copy()) for column in (OVERLAP, MULTIPLIER, GRADIENT)
    )
    orders = walker.model.landscape.orders
    energies = read_only(track.record[:n, _columns(walker)])
    energy_2, energy_p = of_matrix_and_rest(orders, energies)
    return Simulation(
        time=read_only(settings.step * np.arange(n, dtype=np.float64)),
        overlap=overlap,
        energy=read_only(energy_2 + energy_p),
        energy_2=read_only(energy_2),
        energy_p=read_only(energy_p),
        energies=energies,
        orders=orders,
        lagrange_multiplier=mu,
        gradient_norm=gradient_norm,
        hessians=(),
        status=status,
        message=message,
        path=read_only(track.path[:n, : walker.k].copy()),
        model=walker.model,
        settings=settings,
        instance=walker.leave() if is_last else walker.instance(),
    )


def _columns(walker: Walker) -> list[int]:
    """Where the record has the energies of the orders that carry noise or signal."""
    orders = walker.model.landscape.orders
    return [ENERGIES + i for i, channel in enumerate(walker.channels) if channel.order in orders]


def _hessian(run: Simulation, i: int) -> HessianSample:
    """Spectrum at point i of the path."""
    moment = Moment(*(float(values[i]) for values in (run.time, run.overlap, run.lagrange_multiplier)))
    if not is_drawn(run.instance.n_dim, run.instance.n_directions):
        outlier, outlier_overlap = run.outlier_at([i])[:, 0]
        return limit_of(run.model.sigma, float(outlier), float(outlier_overlap), moment)
    return sample_of(hessian_law(run.model, run.instance, run.path[i]), _random_of(run, i), moment)


def _rest(run: Simulation, channels: Channels) -> Rest:
    """How the end of a path stands: hardly any gradient, its own Hessian, the way that is left."""
    sigma, mu = run.model.sigma, float(run.lagrange_multiplier[-1])
    # what is still off the visited directions, up to the tolerance, is pulled back at a rate of about μ
    still = max(1e-3, 5 * run.settings.tolerance) * max(sigma, mu / 2)
    if run.gradient_norm[-1] >= still or run.time.size < 2:
        return MOVING
    end = End(
        n_dim=run.instance.n_dim,
        n_directions=run.instance.n_directions,
        sigma=sigma,
        lagrange_multiplier=mu,
        gradient_norm=float(run.gradient_norm[-1]),
        speed=float(np.linalg.norm(run.path[-1] - run.path[-2])) / run.settings.step,
        lowest=lowest_curvature(
            run.model, run.instance, run.path[-1:], run.lagrange_multiplier[-1:], channels
        ),
    )
    draws = n_draws(run.instance.n_dim, run.instance.n_directions)
    if not end.needs_draw or not draws or run.instance.n_dim > LARGEST_DRAWN:
        return rest_of(end, [])
    law = hessian_law(run.model, run.instance, run.path[-1], channels)
    random, drawn = _random_of(run, run.time.size - 1), []
    for _ in range(draws):
        drawn.append(draw_lowest(law, mu, random))
        if drawn[-1][1]:
            break
    return rest_of(end, drawn)


def _random_of(run: Simulation, i: int) -> np.random.Generator:
    """The random numbers of the Hessian at point i; not the path's own stream."""
    return np.random.default_rng([run.settings.seed, 1, i])
