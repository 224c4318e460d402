"""Approximate message passing in the state-evolution limit: fixed points and trajectories of the overlap.

Maximum likelihood (ML-AMP) looks for the minimum of the loss, at T = 0; the Bayes-optimal one for the posterior mean,
at T = 1. Equations: docs/theory/landscape.md, [SaraoMannelli2018], [SaraoMannelli2019b].
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from ._kernels import message_passing as kernels
from .checks import Floats, check_count, check_range, read_only
from .errors import ParameterError
from .fixed_points import bayes_point, information, ml_point
from .landscape import Landscape
from .model import Model
from .temperatures import derivative

__all__ = ["bayes_optimum", "bayes_overlap", "iterate", "ml_overlap"]


def ml_overlap(model: Model | Landscape, *, informed: bool) -> float:
    """Return the overlap that maximum-likelihood message passing reaches.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    informed : bool
        True starts at the signal and reaches the good well; False starts at m → 0+ and stays at 0 below the ML-AMP
        line of a model; of a landscape it stays there without signal of order 1 and for b₂² <= Q'(1).

    Returns
    -------
    float
        Overlap, from 0 to 1.

    Notes
    -----
    m = S'(m)/√(Q'(1) + S'(m)²), of a model with S = Q: equation (21). The map is increasing, so that the first
    fixed point met is reached.

    Examples
    --------
    >>> round(ml_overlap(Model(p=3, delta_2=0.36, delta_p=float("inf")), informed=False), 12)
    0.8
    """
    return ml_point(model, informed=bool(informed))


def bayes_overlap(model: Model | Landscape, *, informed: bool) -> float:
    """Return the overlap that Bayes-optimal message passing reaches.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    informed : bool
        True starts at the signal; False starts at m → 0+ and stays at 0 for Δ₂ >= 1.

    Returns
    -------
    float
        Overlap, from 0 to 1; by the Nishimori identity it is also the overlap of two samples of the posterior.

    Raises
    ------
    ParameterError
        If an order of the landscape carries signal but no noise: there the signal is known at once.

    Notes
    -----
    q = Q'(q)/(1 + Q'(q)): equation (22). Of a landscape Q is its information Q_B = Σ b_k² x^k/(k a_k), in which the
    weights of tensors drop out: equation (14) of docs/theory/landscapes.md.

    Examples
    --------
    Without tensor q = 1 - Δ₂:

    >>> round(bayes_overlap(Model(p=3, delta_2=0.25, delta_p=float("inf")), informed=False), 12)
    0.75
    """
    return bayes_point(model, informed=bool(informed))


def bayes_optimum(model: Model | Landscape) -> float:
    """Return the Bayes-optimal overlap, whatever its cost: that of two samples of the posterior.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.

    Returns
    -------
    float
        Of the two fixed points of Bayes-optimal message passing, from scratch and from the signal, the one with the
        larger free entropy; 0 where no method finds anything.

    Raises
    ------
    ParameterError
        As `bayes_overlap`.

    Notes
    -----
    φ(q) = [Q(q) + q + log(1 - q)]/2: equation (25).

    Examples
    --------
    In the hard phase message passing stays at 0:

    >>> model = Model(p=3, delta_2=1.1, delta_p=0.5)
    >>> round(bayes_optimum(model), 3), bayes_overlap(model, informed=False)
    (0.443, 0.0)
    """
    found = [bayes_overlap(model, informed=informed) for informed in (False, True)]
    terms = information(model)

    def entropy(q: float) -> float:
        return float(derivative(terms, np.array(q), 0)) + q + math.log1p(-q)

    return max(found, key=entropy)


def iterate(
    model: Model | Landscape, *, overlap_0: float, n_steps: int, kind: Literal["ml", "bayes"] = "ml"
) -> Floats:
    """Return the overlap after each step of message passing.

    Parameters
    ----------
    model : Model or Landscape
        The landscape.
    overlap_0 : float
        Initial overlap, of a size from 1e-100 to 0.999; its sign is free.
    n_steps : int
        Number of steps, 0 to 100000.
    kind : {"ml", "bayes"}
        Maximum likelihood or Bayes-optimal. The latter starts on the Nishimori line, q = m.

    Returns
    -------
    ndarray, shape (n_steps + 1,)
        Overlaps, the initial one first.

    Raises
    ------
    ParameterError
        If an argument is out of range, or a Bayes-optimal iteration is not defined: with a signal of odd order from a
        negative overlap, or with an order that carries signal but no noise.

    Notes
    -----
    ML: m ← S'(m)/√(Q'(1) + S'(m)²). Bayes: m ← Q'(m)/(1 + Q'(m)); of a landscape with its information for Q. A
    negative overlap is the mirror image at even orders; at odd ones Bayes-optimal message passing is not defined there.

    Examples
    --------
    >>> iterate(Model(p=3, delta_2=1.0, delta_p=float("inf")), overlap_0=0.75, n_steps=1)
    array([0.75, 0.6 ])
    """
    m = check_range("overlap_0", overlap_0, magnitude=True)
    n = check_count("n_steps", n_steps)
    if kind not in ("ml", "bayes"):
        raise ParameterError("kind", 'The kind must be "ml" or "bayes".')
    landscape = model.landscape
    mirrored = kind == "bayes" and m < 0
    if mirrored and any(k % 2 for k, _ in landscape.signal):
        raise ParameterError(
            "overlap_0", "Bayes-optimal message passing at odd orders starts from a positive overlap."
        )
    terms = landscape.signal if kind == "ml" else information(model)
    order, coupling = np.array([k for k, _ in terms], dtype=np.int64), np.array([c for _, c in terms])
    out = np.empty(n + 1)
    out[0] = -m if mirrored else m
    which = kernels.ML if kind == "ml" else kernels.BAYES
    kernels.iterate(which, float(landscape.q_prime(1.0)), order, coupling, out)
    return read_only(-out if mirrored else out)
