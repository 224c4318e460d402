"""Growth of an infinitesimal overlap: one run serves every initial one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..checks import Floats, Values, check_inside, check_range, check_ranges
from ..errors import ConvergenceError, Status
from ..landscape import Landscape
from ..model import Model
from ..words import say
from .curve import Curve, curve_of
from .march import March
from .question import check_grows, roughness
from .settings import Settings
from .units import Units

_TOLERANCE = 1e-4
_N_BISECT = 60


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Linear growth m(t) = m(0) G(t) of an infinitesimal overlap on the path of the flow without signal.

    Attributes
    ----------
    time : ndarray, shape (n,)
        In units of the bare flow, 0 first.
    log_gain : ndarray, shape (n,)
        ln G.
    growth : ndarray, shape (n,)
        (d ln m/dt + μ)/σ, dimensionless; at T = 0 it tends to θ + 1/θ where θ > 1, and to 2 elsewhere.
    exponent : ndarray, shape (n,)
        d ln m/d ln t.
    lagrange_multiplier : ndarray, shape (n,)
    status : Status
        AGEING, or STOPPED_EARLY where the run was cut.
    message : str
    curve : Curve
        The solver's rows, which `escape_time` interpolates.
    """

    time: Floats
    log_gain: Floats
    growth: Floats
    exponent: Floats
    lagrange_multiplier: Floats
    status: Status
    message: str
    curve: Curve

    def raise_for_status(self) -> None:
        """Raise `ConvergenceError` if the run was stopped early.

        Raises
        ------
        ConvergenceError
            If its status is STOPPED_EARLY.
        """
        if self.status is Status.STOPPED_EARLY:
            raise ConvergenceError(self.message)

    def escape_time(self, overlap_0: ArrayLike, *, overlap: float = 0.3) -> Values:
        """First time at which m(0) G(t) reaches ``overlap``; broadcasts, NaN where not before t_max.

        Parameters
        ----------
        overlap_0 : array_like
            Initial overlap, 1e-100 to 0.999 in size.
        overlap : float, optional
            Target; G is linear theory, so the answer means something up to about 0.3.

        Returns
        -------
        float or ndarray
            In units of the bare flow, of the shape of ``overlap_0``.

        Raises
        ------
        ParameterError
            If an overlap is out of range.
        """
        start = np.abs(check_ranges("overlap_0", overlap_0, magnitude=True))
        wanted = np.log(float(check_inside("overlap", overlap, key="target_overlap")) / start)
        flat = np.array([self._first_time(w) for w in wanted.ravel()]).reshape(wanted.shape)
        return flat[()]

    def _first_time(self, wanted: float) -> float:
        if wanted <= 0:
            return 0.0
        above = np.flatnonzero(self.log_gain >= wanted)
        if above.size == 0:
            return float("nan")
        low, high = self.time[above[0] - 1], self.time[above[0]]
        for _ in range(_N_BISECT):
            middle = (low + high) / 2
            if self.curve.at(np.array([middle]))[0, 0] < wanted:
                low = middle
            else:
                high = middle
        return float((low + high) / 2)


def escape_gain(model: Model | Landscape, *, t_max: float, temperature: float = 0.0) -> Gain:
    """Integrate the flow at overlap 0 with the linear equation of an infinitesimal overlap on top.

    Parameters
    ----------
    model : Model or Landscape
        Neither planted nor with a signal of order 1, which moves any overlap at once.
    t_max : float
        Final time, 1 to 1e6, in units of the bare flow.
    temperature : float, optional
        0 to 2.

    Returns
    -------
    Gain

    Raises
    ------
    ParameterError
        If a parameter is out of range, or the landscape has no infinitesimal overlap.

    Notes
    -----
    Equation (6) of docs/theory/dynamics.md: ṁ = (b₂ - μ)m + ∫₀ᵗ Q''(C)R m ds with the signal b₂ of order 2, of a
    model 1/Δ₂; signals of higher order do not count. The slope of ln G tends to minus the outlier of the threshold
    states' Hessian, if that is below zero.
    """
    t_max = check_range("t_max", t_max)
    temperature = check_range("temperature", temperature)
    landscape = check_grows(model.landscape)
    units = Units.of(landscape, temperature, 0.0)
    march = March(
        couplings=units.couplings(landscape, temperature=temperature, live=0.0),
        settings=Settings.from_tolerance(_TOLERANCE, roughness(model)),
        y_0=0.0,
        t_max=units.natural_time(t_max),
        targets=np.empty((0, 3)),
        gain=True,
    )
    march.run(lambda _: True)
    curve = curve_of(march, units=units, sign=1.0)
    time = curve.shown_times(t_max)
    log_gain, slope, mu = curve.at(time)[:3]
    status, message = Status.AGEING, f"The growth was followed up to t_max = {say(t_max, 6)}."
    if march.stop.is_failure:
        status = Status.STOPPED_EARLY
        message = (
            f"The growth was followed up to t = {say(time[-1], 4)}, where its numbers stop being trustworthy."
        )
    arrays = (time, log_gain, (slope + mu) / model.sigma, slope * time, mu)
    for array in arrays:
        array.setflags(write=False)
    names = ("time", "log_gain", "growth", "exponent", "lagrange_multiplier")
    return Gain(**dict(zip(names, arrays, strict=True)), status=status, message=message, curve=curve)
