"""What a run returns: the trajectory, which knows its two-time functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..checks import Floats, check_count, check_times
from ..errors import ConvergenceError, ParameterError, Status
from ..model import of_matrix_and_rest
from .curve import Curve
from .memory import Memory
from .two_time import FluctuationDissipation, TwoTime


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """A solution of the two-time equations; arrays are read-only and one-dimensional, per degree of freedom.

    Attributes
    ----------
    time : ndarray, shape (n,)
        In units of the bare flow; 0 first, then the solver's own steps.
    overlap, energy, energy_2, energy_p, lagrange_multiplier : ndarray, shape (n,)
        NaN only after the cut of a run that was stopped early (see `at`). Of a model ``energy_2`` and ``energy_p`` are
        those of matrix and tensor; of a landscape that of order 2 and the rest. The overlap of a planted landscape is
        its correlation C(t, 0) with the start.
    energies : ndarray, shape (n, K)
        Energies by order.
    orders : tuple of int
        The K orders.
    temperature : float
        Of the run.
    t_max : float
        Time that was asked for.
    t_end : float
        Last time computed; beyond it a flow at rest is held constant (see `at`).
    status : Status
    message : str
        What happened in this run, a sentence.
    curve, memory
        The solver's rows, which `at` and `two_time` interpolate.
    """

    time: Floats
    overlap: Floats
    energy: Floats
    energy_2: Floats
    energy_p: Floats
    energies: Floats
    orders: tuple[int, ...]
    lagrange_multiplier: Floats
    temperature: float
    t_max: float
    t_end: float
    status: Status
    message: str
    curve: Curve
    memory: Memory

    @property
    def hessian_centre(self) -> Floats:
        """-x·∇H/N = -Σ k ε_k = μ - T, by which the Hessian is shifted: what `hessian.spectrum` asks for.

        The multiplier of a thermal run balances the noise as well, by T.
        """
        return self.lagrange_multiplier - self.temperature

    def raise_for_status(self) -> None:
        """Raise `ConvergenceError` if the run was stopped early.

        Raises
        ------
        ConvergenceError
            If its status is STOPPED_EARLY.
        """
        if self.status is Status.STOPPED_EARLY:
            raise ConvergenceError(self.message)

    def at(self, time: ArrayLike) -> Trajectory:
        """The trajectory on the given times, at the accuracy of the solver.

        Parameters
        ----------
        time : array_like, shape (k,)
            0 <= time <= t_max. Once a minimum is reached the values are held; beyond the cut of a run that
            was stopped early they are NaN.

        Returns
        -------
        Trajectory
            Arrays of shape (k,).

        Raises
        ------
        ParameterError
            If a time lies outside [0, t_max].
        """
        t = check_times(time, self.t_max)
        return trajectory_on(
            t,
            self.curve,
            self.memory,
            orders=self.orders,
            temperature=self.temperature,
            t_max=self.t_max,
            status=self.status,
            message=self.message,
        )

    def correlation(self, time: ArrayLike, waiting_time: float = 0.0) -> Floats:
        """C(t, t') of later times with one earlier time, by default with the start.

        Parameters
        ----------
        time : array_like, shape (k,)
            Times t, from ``waiting_time`` to the last one computed (`t_end`); NaN beyond.
        waiting_time : float, optional
            Time t'.

        Returns
        -------
        ndarray, shape (k,)

        Raises
        ------
        ParameterError
            If a time lies outside [0, t_max], or one of them before ``waiting_time``.
        """
        t, s = check_times(time, self.t_max), float(check_times(waiting_time, self.t_max)[0])
        if np.any(t < s):
            raise ParameterError("time", "Times must not lie before the waiting time.")
        earlier = np.array([s])
        found = [
            self.memory.row(float(u), earlier)[0][0] if u <= self.t_end * (1 + 1e-12) else np.nan for u in t
        ]
        return _frozen(np.array(found))

    def two_time(self, n: int) -> TwoTime:
        """Correlation and response on ``n`` log-spaced times up to the last one computed.

        Parameters
        ----------
        n : int
            2 to 2000.

        Returns
        -------
        TwoTime
            Matrices of shape (n, n).

        Raises
        ------
        ParameterError
            If ``n`` is out of range.
        """
        n = check_count("n", n, key="n_times")
        first = self.memory.first_time
        times = np.geomspace(first, max(self.t_end, 2 * first), n)
        times[-1] = max(self.t_end, 2 * first)
        correlation, response = self.memory.two_time(times)
        return TwoTime(time=_frozen(times), correlation=_frozen(correlation), response=_frozen(response))

    def fluctuation_dissipation(self, n: int) -> FluctuationDissipation:
        """χ(t, t') against C(t, t') at the last time computed.

        Parameters
        ----------
        n : int
            Number of waiting times, 50 to 5000; the integral is second order in 1/n.

        Returns
        -------
        FluctuationDissipation
            Arrays of shape (n,).

        Raises
        ------
        ParameterError
            If ``n`` is out of range.

        Notes
        -----
        In equilibrium at temperature T it is the straight line Tχ = 1 - C; while ageing it bends, with a slope that
        Cugliandolo and Kurchan (1993) read as an effective temperature.
        """
        n = check_count("n", n, key="n_waiting_times")
        t, first = self.t_end, self.memory.first_time
        reach = np.log(max(t / first, 10.0))
        u = np.linspace(-reach, reach, n)  # waiting time t/(1 + exp(-u)): geometric from both ends
        share = 1 / (1 + np.exp(-u))
        correlation, response = self.memory.row(t, t * share)
        pieces = response * t * share * (1 - share)
        steps = (pieces[1:] + pieces[:-1]) / 2 * np.diff(u)
        tail = t * (1 - share[-1])  # R = 1 within the last instant
        integrated = np.append(np.cumsum(steps[::-1])[::-1], 0.0) + tail
        return FluctuationDissipation(
            time=float(t),
            waiting_time=_frozen(t * share),
            correlation=_frozen(correlation),
            integrated_response=_frozen(integrated),
        )


def _frozen(array: Floats) -> Floats:
    array.setflags(write=False)
    return array


def trajectory_on(
    time: Floats,
    curve: Curve,
    memory: Memory,
    *,
    orders: tuple[int, ...],
    temperature: float,
    t_max: float,
    status: Status,
    message: str,
) -> Trajectory:
    """Evaluate a curve on ``time`` and wrap it."""
    log_overlap, _, mu, *by_order = curve.at(time)
    energies = np.stack(by_order, axis=1)
    with np.errstate(under="ignore"):
        energy_2, energy_p = of_matrix_and_rest(orders, energies)
        overlap = curve.sign * np.exp(log_overlap)
    return Trajectory(
        time=_frozen(time),
        overlap=_frozen(overlap),
        energy=_frozen(energy_2 + energy_p),
        energy_2=_frozen(energy_2),
        energy_p=_frozen(energy_p),
        energies=_frozen(energies),
        orders=orders,
        lagrange_multiplier=_frozen(mu),
        temperature=temperature,
        t_max=t_max,
        t_end=min(curve.t_end, t_max),
        status=status,
        message=message,
        curve=curve,
        memory=memory,
    )
