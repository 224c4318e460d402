"""Fixed points of message passing in the state-evolution limit, of a model or of any landscape.

Maximum likelihood: m = S'(m)/√(Q'(1) + S'(m)²). Bayes-optimal: q = Q_B'(q)/(1 + Q_B'(q)) with the information
Q_B = Σ b_k² x^k/(k a_k). A model's are bracketed by the stationary points of one curve; a landscape's by a scan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from ._kernels import message_passing as kernels
from .checks import Floats
from .equilibrium import roots
from .errors import ParameterError
from .landscape import Landscape
from .model import AnyLandscape
from .temperatures import Terms, derivative

__all__ = ["bayes_point", "information", "informed_overlap", "ml_point"]

# Distances from 0 and from 1 that fixed points can have: strong signals have them near 1, weak ones near 0.
_NEAR: Final = np.geomspace(1e-9, 0.5, 1500)
_OVERLAPS: Final = np.union1d(_NEAR, 1 - _NEAR)


def informed_overlap(model: AnyLandscape) -> float:
    """Largest fixed point of maximum-likelihood message passing; 0 where there is none."""
    return ml_point(model, informed=True)


def ml_point(model: AnyLandscape, *, informed: bool) -> float:
    """The fixed point of maximum likelihood that is reached from m = 1, or from m → 0+."""
    if not isinstance(model, Landscape):
        terms = (model.inverse_delta_2, model.inverse_delta_p, model.p)
        return float(kernels.fixed_point(kernels.ML, *terms, informed))
    noise = float(model.q_prime(1.0))

    def excess(m: Floats) -> Floats:
        """(S'(m)/m)²(1 - m²) - Q'(1), with the sign of S'."""
        slope = derivative(model.signal, m, 1) / m
        up: Floats = np.where(slope > 0, slope**2 * (1 - m) * (1 + m), 0.0) - noise
        return up

    return _reached(excess, informed)


def bayes_point(model: AnyLandscape, *, informed: bool) -> float:
    """The same of Bayes-optimal message passing; `ParameterError` where the signal is seen without noise."""
    if not isinstance(model, Landscape):
        terms = (model.inverse_delta_2, model.inverse_delta_p, model.p)
        return float(kernels.fixed_point(kernels.BAYES, *terms, informed))
    terms_b = information(model)
    return _reached(lambda q: derivative(terms_b, q, 1) / q * (1 - q) - 1, informed)


def information(model: AnyLandscape) -> Terms:
    """Couplings λ_k = b_k²/a_k of Q_B, in which the weights of a mistrusted tensor drop out.

    Parameters
    ----------
    model : Model or Landscape

    Raises
    ------
    ParameterError
        If an order carries signal but no noise: then the signal can be read off it.
    """
    landscape = model.landscape
    a = dict(landscape.noise)
    if any(k not in a for k, _ in landscape.signal):
        raise ParameterError(
            "signal",
            "Bayes-optimal inference is defined where every order of the signal has noise.",
        )
    return tuple((k, b * b / a[k]) for k, b in landscape.signal)


def _reached(excess: Callable[[Floats], Floats], informed: bool) -> float:
    """Where an iteration ends that moves up where the excess is positive: the largest root, or the first from 0."""
    found = roots(excess, _OVERLAPS)
    if informed:
        return float(found[-1]) if found.size else 0.0
    return float(found[0]) if found.size and excess(_OVERLAPS[:1])[0] > 0 else 0.0
