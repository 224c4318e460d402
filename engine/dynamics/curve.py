"""The rows of a run as a curve in time that can be evaluated anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._kernels.dynamics_flow import Couplings, Stop, overlap, signal_terms
from ..checks import Floats
from .interpolation import N_STENCIL, interpolate
from .march import March
from .units import Units


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One-time quantities at the solver's rows, times in units of the bare flow.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Knots, 0 first; the last may lie beyond t_max.
    values : ndarray, shape (3 + K, k)
        ln|m|, d ln|m|/dt, Lagrange multiplier, and the energies by order.
    sign : float
        Sign of the overlap; 0 without signal.
    is_held : bool
        Whether the curve stays at its end: constant, with ln|m| linear at slope `decay`.
    decay : float
        Nonzero only where the overlap dies out in a paramagnet.
    """

    time: Floats
    values: Floats
    sign: float
    is_held: bool
    decay: float

    @property
    def t_end(self) -> float:
        """Last knot."""
        return float(self.time[-1])

    def at(self, time: Floats) -> Floats:
        """Values, shape (3 + K, n): polynomials in t in the first instants, in ln t later, NaN beyond the end."""
        late = self.time[N_STENCIL]
        inside = np.clip(time, 0.0, self.t_end)
        is_early = inside < late
        values = np.empty((time.size, len(self.values)))
        with np.errstate(under="ignore"):  # powers of an overlap that dies
            if is_early.any():
                first = slice(N_STENCIL + 1)
                values[is_early] = interpolate(self.time[first], self.values.T[first], inside[is_early])
            if not is_early.all():
                is_late = ~is_early
                values[is_late] = interpolate(
                    np.log(self.time[1:]), self.values.T[1:], np.log(inside[is_late])
                )
        values = values.T
        beyond = time > self.t_end
        if not self.is_held:
            values[:, beyond & (time > self.t_end * (1 + 1e-12))] = np.nan
        else:
            values[0, beyond] += self.decay * (time - self.t_end)[beyond]
            values[1, beyond] = self.decay
        return values

    def shown_times(self, t_max: float) -> Floats:
        """Knots up to ``t_max`` and ``t_max`` itself if the curve goes so far."""
        if self.t_end <= t_max:
            return self.time.copy()
        return np.append(self.time[self.time < t_max * (1 - 1e-9)], t_max)


def _at_zero(couplings: Couplings, y_0: float) -> Floats:
    m = overlap(y_0, couplings.live)
    signal, _, _, _, drive, _ = signal_terms(couplings, y_0)
    mu = couplings.T + signal
    return np.array([y_0, drive - mu, mu, *(-couplings.b * m**couplings.order / couplings.order)])


def curve_of(march: March, *, units: Units, sign: float) -> Curve:
    """The rows of a run in bare units, and how it goes on from there."""
    with np.errstate(under="ignore"):  # powers of an overlap that dies
        return _curve(march, units, sign)


def _curve(march: March, units: Units, sign: float) -> Curve:
    knots, columns = [np.zeros(1)], [_at_zero(march.couplings, march.y_0)[:, None]]
    for chapter in march.chapters():
        rows = slice(chapter.first, chapter.n)
        knots.append(chapter.times()[rows])
        stored = chapter.rows
        columns.append(np.vstack([stored.Y[rows], stored.DY[rows], stored.MU[rows], stored.E[rows].T]))
    time = units.bare_time(np.concatenate(knots))
    values = np.hstack(columns)
    values[1:] = units.bare_rate(values[1:])
    slope = (values[0, -1] - values[0, -2]) / (time[-1] - time[-2])
    time.setflags(write=False)
    values.setflags(write=False)
    decay = float(slope) if march.stop is Stop.DYING_OUT else 0.0
    return Curve(time=time, values=values, sign=sign, is_held=march.stop.is_rest, decay=decay)
