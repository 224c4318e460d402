"""The gradient-flow line, measured: where the growth of an infinitesimal overlap ceases to be exponential."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..checks import Floats, check_noise, check_order, read_only
from ..dynamics import escape_gain
from ..errors import ConvergenceError, ParameterError
from ..model import Model

DURATION: Final = 1e4  # of a run, in units of 1/σ
WINDOW: Final = 2.0  # factor in time between the two readings of a run
RELATIVE_ERROR: Final = 5e-5  # of Λ, by the solver
NEAREST: Final = 0.1  # √(Λ - 2) of the run next to the line
FARTHEST: Final = 0.7  # and of the one farthest from it
N_RUNS: Final = 13
DEGREE: Final = 3  # of the polynomial
_N_BISECT: Final = 12
_HIGHEST: Final = 1e4  # 1/Δ₂: the model's own limit


@dataclass(frozen=True, kw_only=True)
class MeasuredLine:
    """The gradient-flow line at one Δp, extrapolated from runs above it; arrays are read-only.

    Attributes
    ----------
    delta_p : float
    inverse_delta_2 : float
        1/Δ₂ of the line.
    error : float
        Of 1/Δ₂: how far it moves if each run errs by its own error, all in the worst direction, plus what the last
        power of the polynomial changes.
    delta_2, delta_2_error : float
        The same, in Δ₂.
    run_inverse_delta_2 : ndarray, shape (k,)
        1/Δ₂ of the runs.
    growth, growth_error : ndarray, shape (k,)
        Λ of each and its error: the change over the window, and the solver's.
    time, earlier_time : ndarray, shape (k,)
        The window in which Λ was read: the end of each run and the time before, in units of the bare flow.
    coefficients : ndarray, shape (d + 1,)
        Of the polynomial ln(1/Δ₂) = c₀ + c₁ ln θ + … with Λ = θ + 1/θ, from c₀ on.
    """

    delta_p: float
    inverse_delta_2: float
    error: float
    run_inverse_delta_2: Floats
    growth: Floats
    growth_error: Floats
    time: Floats
    earlier_time: Floats
    coefficients: Floats

    @property
    def delta_2(self) -> float:
        """Δ₂ of the line."""
        return 1 / self.inverse_delta_2

    @property
    def delta_2_error(self) -> float:
        """The error of Δ₂."""
        return self.error / self.inverse_delta_2**2


def measured_line(p: int, delta_p: float) -> MeasuredLine:
    """Measure the gradient-flow line at one Δp from the flow alone, without the formula of the line.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : float
        Noise of the tensor, finite.

    Returns
    -------
    MeasuredLine

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    ConvergenceError
        If a run was cut, or none grows fast enough up to 1/Δ₂ = 10⁴.

    Notes
    -----
    Λ = (d ln m/dt + μ)/σ of an infinitesimal overlap (`engine.dynamics.escape_gain`) tends to θ + 1/θ above the line
    and to 2 below. Runs with s = √(Λ - 2) = √θ - 1/√θ between 0.1 and 0.7 are found by bisection, and ln(1/Δ₂), a
    smooth function of ln θ = 2 arsinh(s/2), is extrapolated to ln θ = 0 (docs/theory/atlas.md).

    Examples
    --------
    >>> found = measured_line(3, 1.0)
    >>> abs(found.inverse_delta_2 - 2.0) < found.error < 0.02
    True
    """
    p, delta_p = check_order(p), check_noise("delta_p", delta_p)
    if math.isinf(delta_p):
        raise ParameterError("delta_p", "The measured line needs a tensor: Δp must be finite.")
    runs = _Runs(p, delta_p)
    low, high = runs.bracket()
    near, far = runs.find(NEAREST, low, high), runs.find(FARTHEST, low, high)
    inverse = np.geomspace(near, far, N_RUNS)
    growth, error, end, earlier = np.array([runs.growth(float(a)) for a in inverse]).T
    log_theta = 2 * np.arcsinh(np.sqrt(growth - 2) / 2)
    log_theta_error = error / (2 * np.sinh(log_theta))  # dΛ = (θ - 1/θ) d ln θ
    weights = _extrapolation(log_theta, log_theta_error, DEGREE)
    coefficients = weights @ np.log(inverse)
    slope = np.abs(np.polynomial.Polynomial(coefficients).deriv()(log_theta))
    coarser = _extrapolation(log_theta, log_theta_error, DEGREE - 1)[0] @ np.log(inverse)
    spread = float(np.abs(weights[0]) @ (slope * log_theta_error)) + abs(float(coefficients[0] - coarser))
    at = math.exp(coefficients[0])
    return MeasuredLine(
        delta_p=delta_p,
        inverse_delta_2=at,
        error=at * spread,
        run_inverse_delta_2=read_only(inverse),
        growth=read_only(growth),
        growth_error=read_only(error),
        time=read_only(end),
        earlier_time=read_only(earlier),
        coefficients=read_only(coefficients),
    )


def _extrapolation(x: Floats, x_error: Floats, degree: int) -> Floats:
    """Weights of the runs in each coefficient of the weighted least-squares polynomial, shape (degree + 1, k)."""
    powers = np.vander(x, degree + 1, increasing=True) / x_error[:, None]
    weights: Floats = np.linalg.pinv(powers) / x_error
    return weights


class _Runs:
    """Gain runs at one Δp."""

    def __init__(self, p: int, delta_p: float) -> None:
        self.p, self.delta_p = p, delta_p

    def growth(self, inverse_delta_2: float) -> tuple[float, float, float, float]:
        """Λ at the end of a run, its error, and the times of the two readings."""
        model = Model(p=self.p, delta_2=1 / inverse_delta_2, delta_p=self.delta_p)
        end = min(max(DURATION / model.sigma, 1.0), 1e6)
        gain = escape_gain(model, t_max=end)
        gain.raise_for_status()
        last, before = float(gain.growth[-1]), float(np.interp(end / WINDOW, gain.time, gain.growth))
        return last, abs(last - before) + RELATIVE_ERROR * last, end, end / WINDOW

    def s(self, inverse_delta_2: float) -> float:
        """√(Λ - 2), 0 where there is none."""
        return math.sqrt(max(self.growth(inverse_delta_2)[0] - 2, 0.0))

    def bracket(self) -> tuple[float, float]:
        """1/Δ₂ below the nearest run and above the farthest one."""
        low, high = 1.0, 2.0  # no tensor lowers the line below that of the matrix alone, 1/Δ₂ = 1
        while self.s(high) < FARTHEST:
            low, high = high, 2 * high
            if high > _HIGHEST:
                raise ConvergenceError("No overlap grows exponentially up to 1/Δ₂ = 10⁴.")
        while low > 1.0 and self.s(low) > NEAREST:
            low /= 2
        return low, high

    def find(self, s: float, low: float, high: float) -> float:
        """1/Δ₂ at which √(Λ - 2) has a value, roughly."""
        for _ in range(_N_BISECT):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if self.s(middle) < s else (low, middle)
        return high
