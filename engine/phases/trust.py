"""How much a loss should trust its tensors: weights f_k on the parts of a likelihood.

Notation as in docs/theory/landscapes.md: a tensor of order k with signal-to-noise ratio λ_k = 1/Δ_k has weight f_k, the
matrix weight 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..fixed_points import bayes_point
from ..landscape import Landscape

__all__ = ["OptimalTrust", "optimal_trust", "trust_line"]


@dataclass(frozen=True, slots=True)
class OptimalTrust:
    """Weights with which the good minimum is as near the signal as any method can get.

    Attributes
    ----------
    weights : tuple of (int, float)
        Order k and weight f_k = q^((k-2)/2).
    overlap : float
        √q, the overlap of the good minimum then; the Bayes-optimal one. 0 where nothing can be found.
    self_overlap : float
        q, the overlap of two samples of the posterior.
    stability : float
        Q_B''(q)(1 - q)²; below 1 the minimum has a gap.
    """

    weights: tuple[tuple[int, float], ...]
    overlap: float
    self_overlap: float
    stability: float


def optimal_trust(inverse_delta: Mapping[int, float]) -> OptimalTrust:
    """Return the weights that make the minimum of the loss Bayes-optimal.

    Parameters
    ----------
    inverse_delta : mapping of int to float
        Signal-to-noise ratio 1/Δ_k by order.

    Returns
    -------
    OptimalTrust

    Raises
    ------
    ParameterError
        If an order or a ratio is out of range.

    Notes
    -----
    m²/(1 - m²) = S'(m)²/Q'(1) <= Q_B'(m²) for any weights, with equality for f_k ∝ m^(k-1): equation (15) of
    docs/theory/landscapes.md. The weights are for the informed fixed point q = Q_B'(q)/(1 + Q_B'(q)).

    Examples
    --------
    >>> round(optimal_trust({2: 1.3, 3: 1.0}).overlap, 6)
    0.646445
    """
    likelihood = Landscape.spiked(inverse_delta)
    q = bayes_point(likelihood, informed=True)
    weights = tuple((k, q ** ((k - 2) / 2) if q > 0 else float(k <= 2)) for k in likelihood.orders)
    stability = float(likelihood.q_second(q)) * (1 - q) ** 2
    return OptimalTrust(weights, math.sqrt(q), q, stability)


def trust_line(inverse_delta: Mapping[int, float]) -> float:
    """Return the common weight f of all tensors below which gradient flow from m → 0 finds the signal.

    A statement on N → ∞ and then m → 0: threshold states see the signal, b₂ > σ.

    Parameters
    ----------
    inverse_delta : mapping of int to float
        Signal-to-noise ratio 1/Δ_k by order; the matrix, of order 2, has weight 1.

    Returns
    -------
    float
        NaN for 1/Δ₂ <= 1 or without matrix, where no weight helps; inf without tensors.

    Raises
    ------
    ParameterError
        If an order or a ratio is out of range.

    Notes
    -----
    f² = λ₂(λ₂ - 1)/Σ(k - 1)λ_k over the tensors: equation (16) of docs/theory/landscapes.md.

    Examples
    --------
    >>> round(trust_line({2: 2.0, 3: 1.0}), 12)
    1.0
    """
    likelihood = Landscape.spiked(inverse_delta)
    matrix = dict(likelihood.noise).get(2, 0.0)
    if matrix <= 1:
        return math.nan
    tensors = sum((k - 1) * c for k, c in likelihood.noise if k != 2)
    return math.sqrt(matrix * (matrix - 1) / tensors) if tensors else math.inf
