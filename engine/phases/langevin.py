"""Phases of Langevin dynamics at T > 0: where it recovers the signal, where it is glassy, where paramagnetic."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from ..checks import Floats, Values, as_values, check_range
from ..equilibrium import stable_states
from ..model import Model
from ..words import say
from .regions import BAYES_TEMPERATURE, WEAK_OVERLAP, Phase

# 1 - q, increasing: dense at q = 1, where a cold bath has its threshold
_COLD: Final = 1e-8  # T/σ from which on the threshold is that of T = 0 to rounding
_DISTANCES: Final = np.union1d(np.geomspace(1e-12, 1.0, 3000), np.linspace(0.0, 1.0, 3001)[1:])


def paramagnet_line(temperature: float) -> Values:
    """Return Δ₂ = 1/T of the line between paramagnet and signal, where no glass lies between them.

    Parameters
    ----------
    temperature : float
        T from 0 to 2, in units of the Bayes-optimal one.

    Returns
    -------
    float
        Δ₂; inf at T = 0.

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.

    Examples
    --------
    >>> paramagnet_line(2.0)
    0.5
    """
    T = check_range("temperature", temperature)
    return as_values(np.asarray(1 / T if T > 0 else math.inf))


def turning_points(p: int, temperature: float) -> list[float]:
    """Δ₂ at which Δp of the Langevin line is stationary: (p-1)T x² - (1+pT) x + 2 = 0."""
    c2, c1 = (p - 1) * temperature, 1 + p * temperature
    discriminant = c1 * c1 - 8 * c2
    if discriminant <= 0:
        return []
    roots = (4 / (c1 + math.sqrt(discriminant)), (c1 + math.sqrt(discriminant)) / (2 * c2))
    end = min(1.0, 1 / temperature)
    return [x for x in roots if 0 < x < end]


def langevin_noises(p: int, delta_p: float, temperature: float) -> Iterator[float]:
    """Yield every Δ₂ of the Langevin line at this Δp, smallest first: the first is the hard/easy line."""
    end = min(1.0, 1 / temperature)
    ends = [0.0, *turning_points(p, temperature), end]
    at_end = math.inf if temperature < 1 else (2.0 if p == 3 and temperature == 1 else 0.0)

    def height(x: float) -> float:
        return at_end if x == end else (p - 1) * (1 - temperature * x) ** (p - 2) * x * x / (1 - x)

    for lower, upper in itertools.pairwise(ends):
        rising = height(upper) > height(lower)
        if not min(height(lower), height(upper)) < delta_p <= max(height(lower), height(upper)):
            continue
        for _ in range(80):
            middle = (lower + upper) / 2
            if (height(middle) < delta_p) == rising:
                lower = middle
            else:
                upper = middle
        yield (lower + upper) / 2


def threshold_overlap(model: Model, *, temperature: float) -> float:
    """Return the overlap q of threshold states with themselves.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float
        0 to 2.

    Returns
    -------
    float
        Largest root of Q″(q)(1-q)² = T²; 1 at T = 0, NaN where the temperature leaves no threshold states.

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.

    Notes
    -----
    The marginal states of [CugliandoloKurchan1993]. Of several roots the largest belongs to the states that hold the
    flow in every run tried (tests/physics/test_flow_langevin.py): a heuristic.

    Examples
    --------
    >>> round(threshold_overlap(Model(p=4, delta_2=0.95, delta_p=0.2), temperature=1.0), 4)
    0.6138
    """
    T = check_range("temperature", temperature)
    return 1 - T * _response(model.inverse_delta_2, model.inverse_delta_p, model.p, T)


def threshold_multiplier(model: Model, *, temperature: float) -> float:
    """Return the multiplier μ = T/(1-q) + [Q'(1) - Q'(q)]/T of threshold states; 2σ at T = 0, NaN without any.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float
        0 to 2.

    Returns
    -------
    float
        In units of rate.

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.
    """
    T, p = check_range("temperature", temperature), model.p
    if _COLD * model.sigma > T:
        return 2 * model.sigma
    x = T * _response(model.inverse_delta_2, model.inverse_delta_p, p, T)
    powers = -math.expm1((p - 1) * math.log1p(-x)) if x < 1 else 1.0  # 1 - q^(p-1), also for a cold bath
    return T / x + (model.inverse_delta_2 * x + model.inverse_delta_p * powers) / T


def _response(a: float, b: float, p: int, temperature: float) -> float:
    """χ = (1-q)/T of threshold states, 1/σ at T = 0: a cold bath is no special case. NaN without any."""
    sigma = math.sqrt(a + (p - 1) * b)
    if temperature < _COLD * sigma:
        return 1 / sigma
    x = _DISTANCES

    def excess(x: Floats) -> Floats:
        excess: Floats = (a + (p - 1) * b * (1 - x) ** (p - 2)) * x * x - temperature * temperature
        return excess

    above = np.flatnonzero(excess(x) >= 0)
    if not above.size:
        return math.nan
    low, high = np.array([x[max(above[0] - 1, 0)]]), np.array([x[above[0]]])
    for _ in range(60):
        middle = (low + high) / 2
        reached = excess(middle) >= 0
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return float(high[0]) / temperature


def langevin_phase(model: Model, temperature: float) -> tuple[Phase, str, str, dict[str, float]]:
    """Return the phase at T > 0, its sentence, the inequality behind it, and 1/Δ₂ of the lines by name.

    A heuristic, equation (20) of docs/theory/landscape.md: threshold states hold the dynamics where they are stable
    towards the signal, 1 - q <= TΔ₂; without any the state without signal does, for 1/Δ₂ <= T.
    """
    p, a, b, T = model.p, model.inverse_delta_2, model.inverse_delta_p, temperature
    chi = _response(a, b, p, T)
    q = 1 - T * chi
    noises = [x for x in langevin_noises(p, model.delta_p, T) if is_threshold(p, x, model.delta_p, T)]
    lines = {f"langevin_line{k or ''}": 1 / noise for k, noise in enumerate(noises)}
    if not lines or (T >= 1 and math.isnan(_response(T, b, p, T * (1 + 1e-12)))):
        lines["paramagnet_line"] = T
    if math.isnan(q):
        none = "Q″(q)(1−q)² < T² at every q: there are no threshold states"
        if a <= T:
            return Phase.PARAMAGNET, Phase.PARAMAGNET.sentence, f"{none}, and 1/Δ₂ ≤ T.", lines
        return Phase.RECOVERS, _recovery(model, T), f"{none}, and 1/Δ₂ > T.", lines
    reason = f"Threshold states have q = {say(q, 4)}; (1 − q)/T = {say(chi, 4)} is {{}} Δ₂ = {say(model.delta_2, 4)}."
    if chi > model.delta_2:
        return Phase.RECOVERS, _recovery(model, T), reason.format("above"), lines
    return Phase.GLASSY, Phase.GLASSY.sentence, reason.format("not above"), lines


def is_threshold(p: int, delta_2: float, delta_p: float, temperature: float) -> bool:
    """Whether a point of the Langevin line is about the threshold states: q = 1 - TΔ₂ is the largest root there."""
    chi = _response(1 / delta_2, 1 / delta_p, p, temperature)
    return abs(chi / delta_2 - 1) < 1e-4


def _recovery(model: Model, temperature: float) -> str:
    """What is recovered from scratch: the stable state of the least overlap, and whether it is the best one."""
    overlaps = stable_states(model, temperature, mirror=False)[:, 0]
    overlaps = overlaps[overlaps > 0]
    said = Phase.RECOVERS.sentence
    if overlaps.size > 1:
        return f"{said} {WEAK_OVERLAP.format(overlaps[0], overlaps[-1])}"
    if overlaps.size and temperature == 1:
        return f"{said} {BAYES_TEMPERATURE}"
    return said
