"""Phases of Langevin dynamics at T > 0: where it recovers the signal, where it is glassy, where paramagnetic."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..checks import Values, as_values, check_range
from ..equilibrium import stable_states
from ..model import Model
from ..words import fixed, say
from .lines import langevin_line
from .regions import BAYES_TEMPERATURE, WEAK_OVERLAP, Phase
from .threshold import response_of

_INSIDE: Final = np.linspace(0.0, 1.0, 401)[:-1]


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


def is_langevin_boundary(p: int, delta_2: ArrayLike, *, temperature: float) -> NDArray[np.bool_]:
    """Return whether points of `langevin_line` bound a phase; broadcasts over Δ₂, False where there is no line.

    There 1 - TΔ₂ must be the largest root q of Q″(q)(1-q)² = T²: elsewhere other threshold states hold the dynamics.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_2 : array_like
        Noise variance of the matrix. Dimensionless.
    temperature : float
        0 to 2.

    Returns
    -------
    ndarray of bool
        Of the shape of ``delta_2``.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """
    noise = np.asarray(delta_2, dtype=np.float64)[..., None]
    with np.errstate(all="ignore"):
        b = 1 / np.asarray(langevin_line(p, noise, temperature))
        q = 1 - temperature * noise * _INSIDE
        inside = (1 / noise + (p - 1) * b * q ** (p - 2)) * (noise * _INSIDE) ** 2  # Q″(q)(1-q)²/T²
    return np.asarray((inside < 1).all(axis=-1))


def langevin_phase(model: Model, temperature: float) -> tuple[Phase, str, str, dict[str, float]]:
    """Return the phase at T > 0, its sentence, the inequality behind it, and 1/Δ₂ of the lines by name.

    A heuristic, equation (20) of docs/theory/landscape.md: threshold states hold the dynamics where they are stable
    towards the signal, 1 - q <= TΔ₂; without any the state without signal does, for 1/Δ₂ <= T.
    """
    p, a, b, T = model.p, model.inverse_delta_2, model.inverse_delta_p, temperature
    chi = response_of(a, b, p, T)
    q = 1 - T * chi
    noises = [x for x in langevin_noises(p, model.delta_p, T) if is_langevin_boundary(p, x, temperature=T)]
    lines = {f"langevin_line{k or ''}": 1 / noise for k, noise in enumerate(noises)}
    if not lines or (T >= 1 and math.isnan(response_of(T, b, p, T * (1 + 1e-12)))):
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


def _recovery(model: Model, temperature: float) -> str:
    """What is recovered from scratch: the stable state of the least overlap, and whether it is the best one."""
    overlaps = stable_states(model, temperature, mirror=False)[:, 0]
    overlaps = overlaps[overlaps > 0]
    said = Phase.RECOVERS.sentence
    if overlaps.size > 1:
        return f"{said} {WEAK_OVERLAP.format(fixed(overlaps[0]), fixed(overlaps[-1]))}"
    if overlaps.size and temperature == 1:
        return f"{said} {BAYES_TEMPERATURE}"
    return said
