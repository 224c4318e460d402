"""Fixed points and iterations of message passing: maximum likelihood (T = 0) and Bayes-optimal (T = 1).

Notation as in [SaraoMannelli2019b] with a = 1/Δ₂, b = 1/Δp. Every root is bracketed by the stationary points of the
curve it lies on and bisected to the last bit.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[np.float64]

ML, BAYES = 0, 1


@kernel
def excess(kind: int, a: float, b: float, p: int, m: float, sign: float) -> float:
    """Return (ML) (a ± b m^(p-2))²(1 - m²) - Q1, (Bayes) a - h(m); positive where the iteration moves up."""
    x = m ** (p - 2)
    if kind == BAYES:
        return a + b * x - 1 / (1 - m)
    return (a + sign * b * x) ** 2 * (1 - m) * (1 + m) - (a + b)


@kernel
def slope(kind: int, a: float, b: float, p: int, m: float) -> float:
    """Sign of d excess/dm for m > 0: rising, then falling (p >= 5 or Bayes p >= 4: falling first)."""
    if kind == BAYES:
        return b * (p - 2) * m ** (p - 3) * (1 - m) ** 2 - 1
    if p == 3:
        return b - 2 * b * m * m - a * m
    return b * m ** (p - 4) * ((p - 2) - (p - 1) * m * m) - a


@kernel
def bisect(
    kind: int, a: float, b: float, p: int, sign: float, lower: float, upper: float, of_slope: bool
) -> float:
    """Overlap at which the excess (or its slope) changes sign between the two ends."""
    rising = (slope(kind, a, b, p, upper) if of_slope else excess(kind, a, b, p, upper, sign)) > 0
    for _ in range(200):
        m = 0.5 * (lower + upper)
        if m in (lower, upper):
            break
        value = slope(kind, a, b, p, m) if of_slope else excess(kind, a, b, p, m, sign)
        if (value > 0) == rising:
            upper = m
        else:
            lower = m
    return 0.5 * (lower + upper)


@kernel
def turning_points(kind: int, a: float, b: float, p: int) -> tuple[float, float]:
    """Return (dip, top) of the excess on (0, 1): its minimum and its maximum; (1, 1) if it only falls."""
    crest = (p - 3) / (p - 1) if kind == BAYES else sqrt((p - 4) / (p - 1)) if p > 4 else 0.0
    if slope(kind, a, b, p, crest) <= 0:
        return 1.0, 1.0
    end = 1.0
    dip = bisect(kind, a, b, p, 1.0, 0.0, crest, True) if crest > 0 else 0.0
    return dip, bisect(kind, a, b, p, 1.0, crest, end, True)


@kernel
def fixed_point(kind: int, a: float, b: float, p: int, informed: bool) -> float:
    """Stable fixed point reached from m = 1 (informed) or from m -> 0+; 0 if it is the trivial one."""
    dip, top = turning_points(kind, a, b, p)
    end = 1.0 - 1e-16
    moves = a > 1 if kind == BAYES else a * a > a + b  # m = 0 is unstable
    beyond = top < 1 and excess(kind, a, b, p, top, 1.0) > 0
    if not informed and not moves:
        return 0.0
    if beyond and (informed or dip == 0.0 or excess(kind, a, b, p, dip, 1.0) > 0):
        return bisect(kind, a, b, p, 1.0, top, end, False)
    if not moves:
        return 0.0
    return bisect(kind, a, b, p, 1.0, 0.0, min(dip, end) if dip > 0 else end, False)


@kernel
def mirror_point(a: float, b: float, p: int) -> float:
    """|m| of the mirror fixed point of an odd p, 0 if there is none."""
    if a * a <= a + b:
        return 0.0
    upper = min((a / b) ** (1 / (p - 2)), 1.0) if b > 0 else 1.0
    return bisect(ML, a, b, p, -1.0, 0.0, upper, False)


@kernel
def iterate(kind: int, noise: float, order: NDArray[np.int64], coupling: Floats, out: Floats) -> None:
    """State evolution from out[0] with noise Q'(1); order, coupling : shape (K,), out : shape (n_steps + 1,)."""
    m = out[0]
    for i in range(1, out.size):
        slope = 0.0
        x, e = 1.0, 1
        for j in range(order.size):
            while e < order[j]:
                x *= m
                e += 1
            slope += coupling[j] * x
        m = slope / sqrt(noise + slope * slope) if kind == ML else slope / (1 + slope)
        out[i] = m
