"""Annealed Kac-Rice complexity of a Gaussian landscape on the sphere.

Notation as in [SaraoMannelli2019b], with Q of the noise and S of the signal: Q1 = Q'(1), Q2 = Q''(1), V = Q1 + Q2,
σ = √Q2, t = μ/σ, and t = s + 1/s with s >= 1 outside the bulk. S stands in every mean, Q in every variance. ``k`` is
the index asked for: -1 all stationary points, 0 minima.

More than 250 lines in one file because numba's cache on disk does not see edits of a helper in another file.
"""

from __future__ import annotations

from math import inf, log, log1p, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[np.float64]

EDGE = 2.0 - 1e-9  # t = 2 computed in floating point may fall a hair below it
EXACT_ZERO = 1e-8  # the isolated zero at a good minimum is not a band
NO_NOISE = 1e-12  # by which a channel without noise may miss its energy: rounding


class Terms(NamedTuple):
    """A landscape of K orders.

    Attributes
    ----------
    parts : ndarray, shape (3, K)
        Orders, increasing, and couplings a and b of noise and signal: Q = Σ a x^k/k, S = Σ b m^k/k. One array, since
        each counts its references in every call.
    Q0, Q1, Q2 : float
        Q, Q' and Q'' at 1.
    rise : float
        Q2 - Q1, without cancellation.
    w : float
        Variance of μ at given energy; 0 if one order alone carries noise.
    """

    parts: Floats
    Q0: float
    Q1: float
    Q2: float
    rise: float
    w: float


@kernel
def root_of(t: float) -> float:
    """Solve t = s + 1/s for s >= 1, given t >= 2."""
    return 0.5 * (t + sqrt((t - 2) * (t + 2)))


@kernel
def log_determinant(t: float) -> float:
    """Φ(t) = ∫ρ(y) ln|t - y| dy + 1/2 of the semicircle of radius 2."""
    x = abs(t)
    if x <= 2:
        return 0.25 * x * x
    s = root_of(x)
    return 0.5 + 0.5 / (s * s) + log(s)


@kernel
def bulk_cost(s: float) -> float:
    """I1(t), the cost of pulling one eigenvalue of the bulk down to zero."""
    return 0.25 * (s * s - 1 / (s * s)) - log(s)


@kernel
def spike_cost(theta: float, s: float) -> float:
    """Cost of moving the spike's eigenvalue to zero, up to a constant; zero with zero slope at s = θ."""
    x = theta / s
    return 0.25 * (theta - s) ** 2 - 0.5 * (x - 1 - log(x))


@kernel
def index_cost(theta: float, s: float, k: int) -> float:
    """Rate of the event that exactly k eigenvalues are negative, at t = s + 1/s."""
    if k == 0:
        return spike_cost(theta, s) if s < theta else 0.0
    if theta > 1:
        first = spike_cost(theta, s) if s > theta else 0.0
    elif theta * s <= 1:
        first = bulk_cost(s)
    else:
        first = bulk_cost(1 / theta) + spike_cost(theta, s) - spike_cost(theta, 1 / theta)
    return first + (k - 1) * bulk_cost(s)


@kernel
def spectral_part(theta: float, t: float, k: int) -> float:
    """Φ minus the cost of the index; -inf where the index is extensive."""
    if k < 0:
        return log_determinant(t)
    if t < EDGE:
        return -inf
    t = max(t, 2.0)
    return log_determinant(t) - index_cost(theta, root_of(t), k)


@kernel
def local_part(terms: Terms, m: float) -> tuple[float, float, float, float]:
    """Volume of the slice and density of the gradient; also S(m), S'(m) and θ(m)."""
    r = (1 - m) * (1 + m)
    S = S1 = S2 = 0.0
    x, e = 1.0, 0.0  # x = m^e, raised from order to order
    parts = terms.parts
    for i in range(parts.shape[1]):
        k, b = parts[0, i], parts[2, i]
        while e < k - 2:
            x *= m
            e += 1.0
        force = b * x * m if k > 1 else b
        S += force * m / k
        S1 += force
        if k > 1:
            S2 += (k - 1) * b * x
    theta = S2 * r / sqrt(terms.Q2)
    value = 0.5 * log1p(terms.rise / terms.Q1) + 0.5 * log1p(-m * m) - S1 * S1 * r / (2 * terms.Q1)
    return value, S, S1, theta


@kernel
def complexity_at(terms: Terms, m: Floats, mu: Floats, k: int, out: Floats) -> None:
    """Σ(m, μ), energies integrated out; m, mu, out : shape (n,)."""
    V, sigma = terms.Q1 + terms.Q2, sqrt(terms.Q2)
    for i in range(m.size):
        value, _, q1, theta = local_part(terms, m[i])
        out[i] = value - (mu[i] - m[i] * q1) ** 2 / (2 * V) + spectral_part(theta, mu[i] / sigma, k)


@kernel
def complexity_at_energies(terms: Terms, m: Floats, energies: Floats, k: int, out: Floats) -> None:
    """Σ(m, ε); m, out : shape (n,), energies : shape (n, K)."""
    for i in range(m.size):
        value, _, _, theta = local_part(terms, m[i])
        mu = 0.0
        for j in range(terms.parts.shape[1]):
            order, a = terms.parts[0, j], terms.parts[1, j]
            mean = terms.parts[2, j] * m[i] ** int(order) / order  # minus that of the energy
            excess = energies[i, j] + mean
            mu -= order * energies[i, j]
            if a > 0:
                value -= order * excess * excess / (2 * a)
            elif abs(excess) > NO_NOISE * abs(mean):
                value = -inf
        out[i] = value + spectral_part(theta, mu / sqrt(terms.Q2), k)


@kernel
def quadratic_root(c2: float, c1: float, c0: float) -> float:
    """Larger root of c2 s² - c1 s + c0."""
    return (c1 + sqrt(max(c1 * c1 - 4 * c2 * c0, 0.0))) / (2 * c2)


@kernel
def best_t(A: float, B: float, theta: float, k: int) -> float:
    """Maximise Φ(t) - cost(t) + A t - B t²/2 over t; concave, and a quadratic in s on each piece."""
    if k < 0:
        x = abs(A)
        if x == 0:
            return 0.0
        if x < 2 * B - 1:
            return A / (B - 0.5)
        s = quadratic_root(B, x, B - 1)
        return s + 1 / s if A > 0 else -(s + 1 / s)
    n = 0.5 * (k - 1) if k > 0 else 0.0  # (k - 1) eigenvalues of the bulk, (s - 1/s)/2 each
    if k == 0:
        turn = theta
        low, high = (B + 0.5, A + 0.5 * theta, B - 1), (B, A, B - 1)
    elif theta > 1:
        turn = theta
        low, high = (B + n, A, B - 1 - n), (B + n + 0.5, A + 0.5 * theta, B - 1 - n)
    else:
        turn = 1 / theta if theta > 0 else inf
        low, high = (B + n + 0.5, A, B - 1.5 - n), (B + n + 0.5, A + 0.5 * theta, B - 1 - n)
    first = low if turn > 1 else high
    if first[1] <= first[0] + first[2]:  # the slope at t = 2 is not positive
        return 2.0
    s = quadratic_root(first[0], first[1], first[2])
    if 1 < turn < s:
        s = max(quadratic_root(high[0], high[1], high[2]), turn)
    return s + 1 / s


@kernel
def maximum(terms: Terms, m: float, k: int) -> tuple[float, float]:
    """Return max over μ of Σ(m, μ), and that μ."""
    V, sigma = terms.Q1 + terms.Q2, sqrt(terms.Q2)
    value, _, q1, theta = local_part(terms, m)
    t = best_t(sigma * m * q1 / V, sigma * sigma / V, theta, k)
    return value - (sigma * t - m * q1) ** 2 / (2 * V) + spectral_part(theta, t, k), sigma * t


@kernel
def maxima(terms: Terms, m: Floats, k: int, out: Floats, out_mu: Floats) -> None:
    """Σ(m) maximised over μ, and the maximising μ; m, out, out_mu : shape (n,)."""
    for i in range(m.size):
        out[i], out_mu[i] = maximum(terms, m[i], k)


@kernel
def of_energy(terms: Terms, local: tuple[float, float, float, float], m: float, e: float, k: int) -> float:
    """Σ(m, e), maximised over the split of the energy, that is over μ at fixed e; with what `local_part` says of m."""
    Q0, Q1, sigma, w = terms.Q0, terms.Q1, sqrt(terms.Q2), terms.w
    value, q, q1, theta = local
    value -= (e + q) ** 2 / (2 * Q0)
    mu = m * q1 - Q1 * (e + q) / Q0  # the mean of μ given e, and below its variance
    if w == 0:
        return value + spectral_part(theta, mu / sigma, k)
    t = best_t(sigma * mu / w, sigma * sigma / w, theta, k)
    return value - (sigma * t - mu) ** 2 / (2 * w) + spectral_part(theta, t, k)


@kernel
def complexity_at_energy(terms: Terms, m: Floats, e: Floats, k: int, out: Floats) -> None:
    """Σ(m, e); m, e, out : shape (n,). A map has many energies at each overlap."""
    for i in range(m.size):
        if i == 0 or m[i] != m[i - 1]:
            local = local_part(terms, m[i])
        out[i] = of_energy(terms, local, m[i], e[i], k)


@kernel
def energy_edge(terms: Terms, m: float, k: int, inside: float, step: float) -> float:
    """Energy at which Σ(m, e) turns negative, going from ``inside`` in the direction of ``step``; Σ is concave."""
    local = local_part(terms, m)
    outside = inside + step
    while of_energy(terms, local, m, outside, k) > 0:
        step *= 2
        outside = inside + step
    for _ in range(100):
        middle = 0.5 * (inside + outside)
        if middle in (inside, outside):
            break
        if of_energy(terms, local, m, middle, k) > 0:
            inside = middle
        else:
            outside = middle
    return inside


@kernel
def energy_bands(terms: Terms, m: Floats, k: int, out: Floats) -> None:
    """Energies with Σ(m, e) >= 0, NaN where there are none; m : shape (n,), out : shape (n, 2)."""
    Q1, V = terms.Q1, terms.Q1 + terms.Q2
    for i in range(m.size):
        value, mu = maximum(terms, m[i], k)
        _, q, q1, _ = local_part(terms, m[i])
        e = -q - (mu - m[i] * q1) * Q1 / V
        step = 0.1 * sqrt(terms.Q0)
        if value < 0:
            out[i, 0] = out[i, 1] = np.nan
        else:
            out[i, 0] = energy_edge(terms, m[i], k, e, -step)
            out[i, 1] = energy_edge(terms, m[i], k, e, step)


@kernel
def overlap_edge(terms: Terms, k: int, inside: float, outside: float) -> float:
    """Overlap between the two at which Σ(m) changes sign."""
    for _ in range(100):
        middle = 0.5 * (inside + outside)
        if middle in (inside, outside):
            break
        if maximum(terms, middle, k)[0] > 0:
            inside = middle
        else:
            outside = middle
    return 0.5 * (inside + outside)


@kernel
def peak(terms: Terms, k: int, left: float, right: float) -> float:
    """Overlap of the highest Σ(m) between the two, by golden section."""
    g = 0.5 * (sqrt(5.0) - 1)
    x, y = right - g * (right - left), left + g * (right - left)
    fx, fy = maximum(terms, x, k)[0], maximum(terms, y, k)[0]
    for _ in range(60):
        if fx > fy:
            right, y, fy = y, x, fx
            x = right - g * (right - left)
            fx = maximum(terms, x, k)[0]
        else:
            left, x, fx = x, y, fy
            y = left + g * (right - left)
            fy = maximum(terms, y, k)[0]
    return 0.5 * (left + right)


@kernel
def overlap_bands(terms: Terms, k: int, m: Floats, out: Floats) -> int:
    """Bands of overlap with Σ(m) > 0; m : shape (n,), increasing, out : shape (n, 2). Return their number.

    A local maximum of the scan that stays below the tolerance is refined before it is dismissed.
    """
    n, count = m.size, 0
    S = np.empty(n)
    x = m.copy()
    for i in range(n):
        S[i] = maximum(terms, m[i], k)[0]
    for i in range(1, n - 1):
        if S[i] <= EXACT_ZERO and S[i] >= S[i - 1] and S[i] >= S[i + 1]:
            y = peak(terms, k, m[i - 1], m[i + 1])
            value = maximum(terms, y, k)[0]
            if value > EXACT_ZERO and x[i - 1] < y < x[i + 1]:
                x[i], S[i] = y, value
    i = 0
    while i < n:
        if S[i] <= EXACT_ZERO:
            i += 1
            continue
        j = i
        while j + 1 < n and S[j + 1] > 0:
            j += 1
        h = i
        while h > 0 and S[h - 1] > 0:
            h -= 1
        out[count, 0] = overlap_edge(terms, k, x[h], x[h - 1]) if h > 0 else x[0]
        out[count, 1] = overlap_edge(terms, k, x[j], x[j + 1]) if j + 1 < n else x[n - 1]
        count += 1
        i = j + 1
    return count


@kernel
def spike(a: float, b: float, p: int, m: float) -> float:
    """θ(m)."""
    return (a + (p - 1) * b * m ** (p - 2)) * (1 - m) * (1 + m) / sqrt(a + (p - 1) * b)


@kernel
def capture_overlap(a: float, b: float, p: int) -> float:
    """Smallest m > 0 with θ(m) = 1; NaN where θ(0) > 1 or θ < 1 everywhere. θ may dip before its top (p >= 5)."""
    if spike(a, b, p, 0.0) > 1 or b == 0:
        return np.nan
    lower, upper = (sqrt((p - 4) / p) if p > 4 else 0.0), 1.0
    for _ in range(60):  # the top of θ: (p-1) b ((p-2) m^(p-4) - p m^(p-2)) = 2 a
        m = 0.5 * (lower + upper)
        if (p - 1) * b * ((p - 2) - p * m * m) * m ** (p - 3) > 2 * a * m:
            lower = m
        else:
            upper = m
    upper = 0.5 * (lower + upper)
    if spike(a, b, p, upper) < 1:
        return np.nan
    lower = 0.0
    for _ in range(100):
        m = 0.5 * (lower + upper)
        if spike(a, b, p, m) > 1:
            upper = m
        else:
            lower = m
    return 0.5 * (lower + upper)
