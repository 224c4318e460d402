"""Transitions of Bayes-optimal inference: spinodals and the first-order transition.

Notation: 1/Δ₂ = h(q) = 1/(1-q) - b q^(p-2) on the branch of stationary points, b = 1/Δp, and
φ(q) = [Q(q) + q + log(1-q)]/2 the free entropy ([Lesieur2017], [SaraoMannelli2018]).
"""

from __future__ import annotations

from math import log1p

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[np.float64]


@kernel
def branch(b: float, p: int, q: float) -> float:
    """h(q), the 1/Δ₂ at which q is stationary."""
    return 1 / (1 - q) - b * q ** (p - 2)


@kernel
def spinodal(b: float, p: int, lower: float, upper: float) -> float:
    """Solve b(p-2) q^(p-3) (1-q)² = 1 between the crest (p-3)/(p-1) and one of the ends."""
    for _ in range(200):
        q = 0.5 * (lower + upper)
        if q in (lower, upper):
            break
        if b * (p - 2) * q ** (p - 3) * (1 - q) ** 2 > 1:
            lower = q
        else:
            upper = q
    return 0.5 * (lower + upper)


@kernel
def on_branch(b: float, p: int, a: float, lower: float, upper: float) -> float:
    """Q between the two with h(q) = a, on a rising branch."""
    for _ in range(200):
        q = 0.5 * (lower + upper)
        if q in (lower, upper):
            break
        if branch(b, p, q) < a:
            lower = q
        else:
            upper = q
    return 0.5 * (lower + upper)


@kernel
def entropy(a: float, b: float, p: int, q: float) -> float:
    """2φ(q)."""
    return 0.5 * a * q * q + b * q**p / p + q + log1p(-q)


@kernel
def gain(b: float, p: int, a: float, q_low: float, q_high: float) -> float:
    """φ of the informed branch minus that of the uninformed one, which is q = 0 while a <= 1; grows with a."""
    low = on_branch(b, p, a, 0.0, q_low) if a > 1 else 0.0
    high = on_branch(b, p, a, q_high, 1.0 - 1e-16)
    return entropy(a, b, p, high) - entropy(a, b, p, low)


@kernel
def transitions(p: int, b: Floats, out: Floats) -> None:
    """1/Δ₂ of (dynamic, information, algorithmic); b : shape (n,), out : shape (n, 3). NaN, NaN, 1 if continuous."""
    crest = (p - 3) / (p - 1)
    for i in range(b.size):
        if b[i] * (p - 2) * crest ** (p - 3) * (1 - crest) ** 2 <= 1:
            out[i, 0] = out[i, 1] = np.nan
            out[i, 2] = 1.0
            continue
        q_high = spinodal(b[i], p, crest, 1.0)
        q_low = spinodal(b[i], p, crest, 0.0) if p > 3 else 0.0
        lower, upper = branch(b[i], p, q_high), branch(b[i], p, q_low)
        out[i, 0], out[i, 2] = lower, upper
        for _ in range(200):
            a = 0.5 * (lower + upper)
            if a in (lower, upper):
                break
            if gain(b[i], p, a, q_low, q_high) < 0:
                lower = a
            else:
                upper = a
        out[i, 1] = 0.5 * (lower + upper)
