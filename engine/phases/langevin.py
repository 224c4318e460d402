"""Phases of Langevin dynamics at T > 0: where it recovers the signal, where it is glassy, where paramagnetic."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from ..checks import Values, as_values, check_range
from ..model import Model
from .lines import langevin_line
from .regions import BAYES_TEMPERATURE, WEAK_OVERLAP, Phase


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


def glass_exists(a: float, b: float, p: int, temperature: float) -> bool:
    """Whether threshold states exist at this temperature: max over q of Q″(q)(1-q)² >= T²."""
    lower, upper = 0.0, 1.0
    best = -math.inf
    for _ in range(3):  # the function is smooth: zoom in on its maximum
        q = np.linspace(lower, upper, 401)
        f = (a + (p - 1) * b * q ** (p - 2)) * (1 - q) ** 2
        i = int(f.argmax())
        best = max(best, float(f[i]))
        lower, upper = float(q[max(i - 1, 0)]), float(q[min(i + 1, 400)])
    return best >= temperature * temperature


def langevin_phase(model: Model, temperature: float) -> tuple[Phase, str, str, dict[str, float]]:
    """Return the phase at T > 0, its sentence, the inequality behind it, and 1/Δ₂ of the lines by name."""
    p, x, T = model.p, model.delta_2, temperature
    noises = list(langevin_noises(p, model.delta_p, T))
    lines = {f"langevin_line{k or ''}": 1 / noise for k, noise in enumerate(noises)}
    if not lines or (T >= 1 and not glass_exists(T, model.inverse_delta_p, p, T * (1 + 1e-12))):
        lines["paramagnet_line"] = T
    line = float(langevin_line(p, x, T))
    if line <= model.delta_p:
        reason = f"Δp = {model.delta_p:.4g} is not below the Langevin line, {line:.4g} at this Δ₂."
        weak = bool(noises) and x > noises[0]
        more = WEAK_OVERLAP if weak else BAYES_TEMPERATURE if T == 1 else ""
        return Phase.RECOVERS, f"{Phase.RECOVERS.sentence} {more}".strip(), reason, lines
    a = model.inverse_delta_2
    if a <= T and not glass_exists(a, model.inverse_delta_p, p, T):
        reason = f"1/Δ₂ = {a:.4g} is not above T = {T:.4g}, and Q″(q)(1-q)² < T² at every q."
        return Phase.PARAMAGNET, Phase.PARAMAGNET.sentence, reason, lines
    if math.isnan(line):
        reason = f"Δ₂ = {x:.4g} is not below {min(1.0, 1 / T):.4g}, where the Langevin line ends."
    else:
        reason = f"Δp = {model.delta_p:.4g} is below the Langevin line, {line:.4g} at this Δ₂."
    return Phase.GLASSY, Phase.GLASSY.sentence, reason, lines
