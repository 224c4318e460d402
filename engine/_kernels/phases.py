"""Lines of the phase diagram, solved for u = 1/Δ₂ - 1 at given b = 1/Δp.

All lines meet at u = 0 for b → 0, where their residuals vanish like b³: every difference is therefore written without
cancellation (``*_tail`` are series without their leading terms). Notation: a = 1 + u, Q1 = a + b, Q2 = a + (p-1)b,
σ = √Q2, V = Q1 + Q2, z = (Q2 - Q1)/V, d = θ(0) - 1.

More than 250 lines in one file because numba's cache on disk does not see edits of a helper in another file.
"""

from __future__ import annotations

from math import asinh, atanh, cosh, log1p, sinh, sqrt

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[np.float64]

TYPICAL, TRIVIAL, MIRROR, GOOD_WELL, DECAY = 0, 1, 2, 3, 4
INVERSE = 1 / np.arange(1.0, 20.0)  # INVERSE[k - 1] = 1/k: the series of logarithms multiply by it


@kernel
def atanh_tail(z: float) -> float:
    """Atanh z - z."""
    if z > 0.1:
        return atanh(z) - z
    x, total = z * z, 0.0
    for k in range(17, 1, -2):
        total = x * (INVERSE[k - 1] + total)
    return z * total


@kernel
def sinh_tail(x: float) -> float:
    """Sinh x - x."""
    if x > 0.5:
        return sinh(x) - x
    y, total = x * x, 1.0
    for k in range(17, 3, -2):
        total = 1 + total * y / (k * (k - 1))
    return x * y * total / 6


@kernel
def log_tail(d: float) -> float:
    """log1p(d) - d + d²/2."""
    if abs(d) > 0.1:
        return log1p(d) - d + 0.5 * d * d
    total = 0.0
    for k in range(18, 2, -1):
        total = INVERSE[k - 1] - d * total
    return d**3 * total


@kernel
def flow_line(p: int, b: float) -> float:
    """U on the gradient-flow line, (p-1)b = u(1+u); the ML-AMP line is that of p = 2."""
    x = (p - 1) * b
    return 2 * x / (1 + sqrt(1 + 4 * x))


@kernel
def spike_excess(p: int, b: float, u: float) -> float:
    """D = θ(0) - 1."""
    a = 1 + u
    sigma = sqrt(a + (p - 1) * b)
    return (u * a - (p - 1) * b) / (sigma * (a + sigma))


@kernel
def minima_cost(d: float) -> float:
    """Large-deviation cost L at t = 2, d²/4 - (d - ln(1+d))/2 for d > 0."""
    return 0.5 * log_tail(d) if d > 0 else 0.0


@kernel
def equator_all(z: float, w: float) -> float:
    """Σ(0, t) of all stationary points at t = 2 cosh w."""
    return atanh_tail(z) - 0.5 * sinh_tail(2 * w) - z * sinh(w) * sinh(w)


@kernel
def residual(which: int, p: int, b: float, u: float) -> float:
    """Negative below the line (in 1/Δ₂), positive above it."""
    a = 1 + u
    V = 2 * a + p * b
    Q2 = a + (p - 1) * b
    z = (p - 2) * b / V
    if which == TYPICAL:
        return -equator_all(z, log1p(spike_excess(p, b, u)))
    if which == TRIVIAL:
        return minima_cost(spike_excess(p, b, u)) - atanh_tail(z)
    if which == DECAY:
        return a * a * u + a * b * ((p - 3) + (p - 1) * u) - b * b
    gap = (u * a - (p - 1) * b) / (a + sqrt(Q2))  # a - σ
    shift: float = b * ((p - 2) * b / Q2) ** (0.5 * (p - 2))
    return gap - shift if which == MIRROR else gap + shift


@kernel
def solve(which: int, p: int, b: float) -> float:
    """U on the line, NaN where there is none."""
    if b == 0:
        return 0.0
    lower = upper = flow_line(p, b)
    if which == GOOD_WELL:
        lower = -1.0
        if residual(which, p, b, lower) >= 0:
            return np.nan
    elif which == DECAY:
        lower, upper = 0.0, flow_line(2, b)
        if residual(which, p, b, lower) >= 0:
            return 0.0
    else:
        upper *= 1.5
        while residual(which, p, b, upper) < 0:
            upper *= 1.5
    for _ in range(200):
        u = 0.5 * (lower + upper)
        if u in (lower, upper):
            break
        if residual(which, p, b, u) < 0:
            lower = u
        else:
            upper = u
    return 0.5 * (lower + upper)


@kernel
def line(which: int, p: int, b: Floats, out: Floats) -> None:
    """1/Δ₂ on a line; b, out : shape (n,)."""
    for i in range(b.size):
        out[i] = 1 + solve(which, p, b[i])


@kernel
def flow_lines(p: int, b: Floats, out: Floats) -> None:
    """1/Δ₂ on the gradient-flow line (ML-AMP: p = 2); b, out : shape (n,)."""
    for i in range(b.size):
        out[i] = 1 + flow_line(p, b[i])


@kernel
def equator_cubic(b: float, u: float, m: float) -> tuple[float, float]:
    """Σ of minima of p = 3 at t = 2 and overlap m, and its derivative in m; exact, without cancellation."""
    a = 1 + u
    Q1, Q2 = a + b, a + 2 * b
    V, sigma = Q1 + Q2, sqrt(Q2)
    gap = (u * a - 2 * b) / (a + sigma)  # a - σ
    twist = (b * b - u * a * (a + 2 * b)) / (Q1 + sigma * a)  # Q1 - σ a
    c2 = -(twist * twist + Q1 * gap * gap) / (2 * Q1 * V)
    c3 = b * (sigma * twist - Q1 * gap) / (Q1 * V)
    c = 0.5 / Q1 - 0.5 / V
    y, x = a + b * m, m * m
    volume = 0.5 * (log_tail(-x) - 0.5 * x * x)  # (log(1-m²) + m²)/2
    value = x * (c2 + c3 * m - 0.5 * b * b * x / Q1 + c * x * y * y) + volume
    change = m * (2 * c2 + 3 * c3 * m - 2 * b * b * x / Q1 + c * x * y * (4 * y + 2 * b * m) - x / (1 - x))
    d = spike_excess(3, b, u) + m * (2 * b - m * (a + 2 * b * m)) / sigma
    if d > 0:
        change -= 0.5 * d * d / (1 + d) * (2 * b - 2 * a * m - 6 * b * x) / sigma
    return value + atanh_tail(b / V) - minima_cost(d), change


@kernel
def equator_top(b: float, u: float) -> float:
    """Overlap m <= 0 of the maximum nearest the equator, p = 3.

    Secants from m = 0: the slope is concave up to its first zero, so no step overshoots it. That matters at small Δp,
    where a minimum follows closely and other maxima lie further away.
    """
    last, m = 0.0, -1e-4 * b / (1 + b)
    f_last, f = equator_cubic(b, u, last)[1], equator_cubic(b, u, m)[1]
    for _ in range(100):
        if f <= f_last or f == 0:
            break
        step = f * (last - m) / (f - f_last)
        last, f_last = m, f
        m = max(m + step, -0.999)
        f = equator_cubic(b, u, m)[1]
        if abs(step) < -1e-7 * m:  # of order 1.6: m is good to 1e-11, and Σ is stationary in it
            break
    return m


@kernel
def equator_solve(b: float) -> float:
    """U at which the maximum nearest the equator vanishes, p = 3."""
    if b == 0:
        return 0.0
    lower = solve(TRIVIAL, 3, b)
    upper = 1.1 * lower
    f_lower = equator_cubic(b, lower, equator_top(b, lower))[0]
    if f_lower <= 0:
        return lower
    f_upper = equator_cubic(b, upper, equator_top(b, upper))[0]
    while f_upper > 0:
        lower, f_lower = upper, f_upper
        upper *= 1.1
        f_upper = equator_cubic(b, upper, equator_top(b, upper))[0]
    u = upper
    for _ in range(80):  # Illinois
        last = u
        u = (lower * f_upper - upper * f_lower) / (f_upper - f_lower)
        f = equator_cubic(b, u, equator_top(b, u))[0]
        if abs(u - last) < 1e-14 * u or f == 0:
            break
        if f > 0:
            lower, f_lower = u, f
            f_upper *= 0.5
        else:
            upper, f_upper = u, f
            f_lower *= 0.5
    return u


@kernel
def equator_line(b: Floats, out: Floats) -> None:
    """1/Δ₂ on the trivialisation line of the equator, p = 3; b, out : shape (n,)."""
    for i in range(b.size):
        out[i] = 1 + equator_solve(b[i])


@kernel
def equator_minima(z: float, d: float, w: float) -> float:
    """Σ(0, t) of minima at t = 2 cosh w."""
    value = equator_all(z, w)
    theta, s = 1 + d, np.exp(w)
    if theta > s:
        value -= 0.25 * (theta - s) ** 2 - 0.5 * ((theta - s) / s - log1p((theta - s) / s))
    return value


@kernel
def equator_bands(a: Floats, b: Floats, p: int, minima: bool, out: Floats) -> None:
    """Band of t with Σ(0, t) >= 0; a, b : shape (n,), out : shape (n, 2)."""
    for i in range(a.size):
        z = (p - 2) * b[i] / (2 * a[i] + p * b[i])
        lower, upper = 0.0, asinh(sqrt(3 * atanh_tail(z) / max(z, 1e-300))) + 1e-300
        for _ in range(200):  # w_max of all stationary points
            w = 0.5 * (lower + upper)
            if w in (lower, upper):
                break
            if equator_all(z, w) > 0:
                lower = w
            else:
                upper = w
        top = 0.5 * (lower + upper)
        out[i, 0], out[i, 1] = -2 * cosh(top), 2 * cosh(top)
        if not minima:
            continue
        d = a[i] / sqrt(a[i] + (p - 1) * b[i]) - 1
        out[i, 0], out[i, 1] = minima_band(z, d, top)


@kernel
def minima_band(z: float, d: float, top: float) -> tuple[float, float]:
    """Lower and upper t with Σ(0, t) of minima >= 0, given w_max of all stationary points; concave in t."""
    start, end = 0.0, top
    for _ in range(200):  # the maximum, by ternary search: Σ is unimodal in w
        x, y = start + (end - start) / 3, end - (end - start) / 3
        if equator_minima(z, d, x) >= equator_minima(z, d, y):
            end = y
        else:
            start = x
        if end - start < 1e-12 * top:
            break
    best = 0.5 * (start + end)
    if equator_minima(z, d, 0.0) >= equator_minima(z, d, best):
        best = 0.0
    if equator_minima(z, d, best) < 0:
        return np.nan, np.nan
    low, high = 0.0, best
    if equator_minima(z, d, 0.0) < 0:
        for _ in range(100):
            w = 0.5 * (low + high)
            if equator_minima(z, d, w) < 0:
                low = w
            else:
                high = w
    else:
        high = 0.0
    lower = high
    low, high = best, top
    for _ in range(100):
        w = 0.5 * (low + high)
        if equator_minima(z, d, w) >= 0:
            low = w
        else:
            high = w
    return 2 * cosh(lower), 2 * cosh(low)
