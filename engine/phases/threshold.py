"""Threshold states at a temperature: the marginal states that hold the dynamics, and how they respond."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ..checks import Floats, check_range
from ..equilibrium import roots
from ..model import Model

_COLD: Final = 1e-8  # T/σ from which on the threshold is that of T = 0 to rounding
# 1 - q, increasing: dense at q = 1, where a cold bath has its threshold
_DISTANCES: Final = np.union1d(np.geomspace(1e-12, 1.0, 3000), np.linspace(0.0, 1.0, 3001)[1:])


def threshold_response(model: Model, *, temperature: float) -> float:
    """Return the response χ = (1-q)/T of threshold states; they are unstable towards the signal where χ > Δ₂.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float
        0 to 2.

    Returns
    -------
    float
        In units of time, for the largest root q of Q″(q)(1-q)² = T²; 1/σ at T = 0, NaN without threshold states.

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.

    Notes
    -----
    The marginal states of [CugliandoloKurchan1993]. Of several roots the largest belongs to the states that hold the
    flow in every run tried (tests/physics/test_flow_langevin.py): a heuristic, equation (20) of
    docs/theory/landscape.md.
    """
    T = check_range("temperature", temperature)
    return response_of(model.inverse_delta_2, model.inverse_delta_p, model.p, T)


def threshold_overlap(model: Model, *, temperature: float) -> float:
    """Return the overlap q = 1 - Tχ of threshold states with themselves, as `threshold_response`; 1 at T = 0.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float
        0 to 2.

    Returns
    -------
    float
        Dimensionless; NaN without threshold states.

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.

    Examples
    --------
    >>> round(threshold_overlap(Model(p=4, delta_2=0.95, delta_p=0.2), temperature=1.0), 4)
    0.6138
    """
    chi = threshold_response(model, temperature=temperature)
    return 1 - temperature * chi


def threshold_multiplier(model: Model, *, temperature: float) -> float:
    """Return the multiplier μ = 1/χ + [Q'(1) - Q'(q)]/T of threshold states, as `threshold_response`; 2σ at T = 0.

    Parameters
    ----------
    model : Model
        The model.
    temperature : float
        0 to 2.

    Returns
    -------
    float
        In units of rate; NaN without threshold states.

    Raises
    ------
    ParameterError
        If the temperature is not in 0 to 2.

    Examples
    --------
    >>> round(threshold_multiplier(Model(p=3, delta_2=0.5, delta_p=1.0), temperature=0.0), 12)
    4.0
    """
    chi, T, p = threshold_response(model, temperature=temperature), temperature, model.p
    powers = sum((1 - T * chi) ** k for k in range(p - 1))  # (1 - q^(p-1))/(1 - q), also for a cold bath
    return 1 / chi + chi * (model.inverse_delta_2 + model.inverse_delta_p * powers)


def response_of(a: float, b: float, p: int, temperature: float) -> float:
    """χ = (1-q)/T of threshold states, 1/σ at T = 0: a cold bath is no special case. NaN without any."""
    sigma = math.sqrt(a + (p - 1) * b)
    if temperature < _COLD * sigma:
        return 1 / sigma

    def excess(x: Floats) -> Floats:
        excess: Floats = (a + (p - 1) * b * (1 - x) ** (p - 2)) * x * x - temperature * temperature
        return excess

    found = roots(excess, _DISTANCES)
    return float(found[0]) / temperature if found.size else math.nan
