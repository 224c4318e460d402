"""Gradient descent on one instance of any size, by the numbers its path depends on.

Notation as in docs/theory/simulation.md: the unit vector x/√N has coordinates a[0..k-1] on the visited directions,
a[0] = m. Of each noise tensor S of order p two tables are known, with one row for every multiset R of p-1 visited
directions, in colexicographic order (largest member last, so that a new direction only appends rows):

    C[R, q] = S[e_R, e_q],    U[R, j] = weight of row R in the j-th direction that the noise has been asked for.

Off the span of the visited directions row R is s_R Z_R with Z = (1 - UUᵀ)Z' and Z' standard normal. What the point has
outside the span is a combination rho of these rows. Tensors are those of noise variance 1; ``root`` = √a scales them,
and the signal of the same order enters by its mean alone, with a factor ``signal`` = b of its own.

More than 250 lines in one file because numba's cache on disk does not see edits of a helper in another file.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DONE, DIRECTION = 0, 1  # what ``descend`` returns: at its goal, or in need of a new direction
OVERLAP, MULTIPLIER, GRADIENT, ENERGIES = range(
    4
)  # columns of its record, the last the first of one a channel
SMALLEST = 1e-18  # squared length of a residual that is rounding only


class Channel(NamedTuple):
    """One order of the loss; where no noise is on it ``counts`` are 0 throughout.

    Attributes
    ----------
    order : int
        p.
    root : float
        √a, the standard deviation of the noise.
    signal : float
        b, the factor of the signal.
    counts : ndarray of int, shape (order, K + 2)
        [d, k]: multisets of size d out of k directions; K is the number of directions that fit, n that of rows.
    weight : ndarray, shape (n,)
        Multinomial coefficient of row R in x^(p-1).
    spread : ndarray, shape (n,)
        Standard deviation s_R of S[R, f], f not yet visited.
    spread_new : ndarray, shape (n,)
        Standard deviation of S[R, e], e the largest member of R.
    insert : ndarray of int, shape (·, K)
        Row of B ∪ {q}, B a multiset of size p-2.
    C, U : ndarray, shape (n, K)
    rho, work : ndarray, shape (n,)
    """

    order: int
    root: float
    signal: float
    counts: Ints
    weight: Floats
    spread: Floats
    spread_new: Floats
    insert: Ints
    C: Floats
    U: Floats
    rho: Floats
    work: Floats


Channels: TypeAlias = tuple[Channel, ...]
Stacked: TypeAlias = tuple[Floats, ...]


class Span(NamedTuple):
    """Number k of visited directions, and of those that the noise has been asked for."""

    k: int
    n_used: int


class Point(NamedTuple):
    """Where a path stands.

    Attributes
    ----------
    a : ndarray, shape (K,)
        Coordinates on the visited directions.
    c_rho : ndarray, shape (K,)
        Uᵀrho.
    """

    a: Floats
    c_rho: Floats


class Rule(NamedTuple):
    """How a path walks.

    Attributes
    ----------
    step : float
        Time step.
    tolerance : float
        Largest residual, in units of √N.
    n_dim : float
        N.
    """

    step: float
    tolerance: float
    n_dim: float


@kernel
def monomials(counts: Ints, d: int, k: int, a: Floats, out: Floats) -> None:
    """Products of a over every multiset of size d out of k, in place: from the largest down nothing is overwritten."""
    out[0] = 1.0
    for e in range(1, d + 1):
        for q in range(k - 1, -1, -1):
            start = counts[e, q]
            for i in range(counts[e - 1, q + 1] - 1, -1, -1):
                out[start + i] = out[i] * a[q]


@kernel
def pull(channel: Channel, k: int, n_used: int, a: Floats, g: Floats, c: Floats) -> float:
    """Gradient of the noise at a: g : shape (K,) on the span; weights W on the rows off it, left in ``work``.

    Adds UᵀW to c : shape (K,) and returns |W|².
    """
    p = channel.order
    n = channel.counts[p - 1, k]
    W = channel.work
    monomials(channel.counts, p - 1, k, a, W)
    g[:k] = 0.0
    square = 0.0
    for R in range(n):
        f = -p * channel.root * channel.weight[R] * W[R]
        for q in range(k):
            g[q] += f * channel.C[R, q]
        f *= channel.spread[R]
        for j in range(n_used):
            c[j] += f * channel.U[R, j]
        square += f * f
        W[R] = f
    return square


@kernel
def leak(channel: Channel, n: int, keep: float, step: float) -> float:
    """Let the residual follow the step, rho <- keep rho - step W, and return its square."""
    square = 0.0
    for R in range(n):
        channel.rho[R] = keep * channel.rho[R] - step * channel.work[R]
        square += channel.rho[R] ** 2
    return square


@kernel
def inner(x: Floats, y: Floats, n: int) -> float:
    """Scalar product of the first n entries."""
    total = 0.0
    for i in range(n):
        total += x[i] * y[i]
    return total


@kernel
def to_sphere(a: Floats, k: int) -> None:
    """Rescale the coordinates to a unit vector."""
    scale = 1 / sqrt(inner(a, a, k))
    for r in range(k):
        a[r] *= scale


@kernel
def look(channels: Channels, span: Span, a: Floats, g: Floats, c: Floats, row: Floats) -> float:
    """Gradient at a, and what is recorded there but for the path.

    g : shape (K + 1, k at least), the gradient of every channel on the span, in the last row all of it on the sphere; c
    as in `pull`, from 0; row : shape (3 + K,), of the record. Returns the square of what the gradient has off the span,
    per direction there and before what is known of it is taken out.
    """
    k, n_used = span
    c[:n_used] = 0.0
    square, mu, total = 0.0, 0.0, g[len(channels)]
    for i in range(len(channels)):
        channel = channels[i]
        square += pull(channel, k, n_used, a, g[i], c)
        g[i, 0] -= channel.signal * a[0] ** (channel.order - 1)
        row[ENERGIES + i] = inner(g[i], a, k) / channel.order  # each channel is homogeneous
        mu -= channel.order * row[ENERGIES + i]
    for r in range(k):
        total[r] = mu * a[r]
        for i in range(len(channels) - 1, -1, -1):
            total[r] += g[i, r]
    row[OVERLAP], row[MULTIPLIER] = a[0], mu
    return square


@kernel
def descend(
    i: int,
    n_steps: int,
    rule: Rule,
    span: Span,
    channels: Channels,
    point: Point,
    record: Floats,
    path: Floats,
) -> tuple[int, int]:
    """Walk from point i to point n_steps, or to the first point whose residual exceeds the tolerance.

    ``point`` is updated; record : shape (n_steps + 1, 3 + K) for K channels and path : shape (n_steps + 1, k at least),
    filled from row i on. Returns (what stopped it, the point it stands at).
    """
    step, tolerance, n_dim = rule
    k, n_used = span
    a, c_rho = point
    g, c = np.empty((len(channels) + 1, a.size)), np.empty(a.size)
    total = g[len(channels)]
    free = n_dim - k
    while True:
        square = look(channels, span, a, g, c, record[i])
        square = max(square - inner(c, c, n_used), 0.0) * free
        for r in range(k):
            path[i, r] = a[r]
        record[i, GRADIENT] = sqrt(inner(total, total, k) + square)
        if i == n_steps:
            return DONE, i
        keep = 1 - step * record[i, MULTIPLIER]
        i += 1
        for r in range(k):
            a[r] -= step * total[r]
        for j in range(n_used):
            c_rho[j] = keep * c_rho[j] - step * c[j]
        square = 0.0
        for channel in channels:
            square += leak(channel, channel.counts[channel.order - 1, k], keep, step)
        square = (square - inner(c_rho, c_rho, n_used)) * free
        if square > max(tolerance**2, SMALLEST):
            return DIRECTION, i
        to_sphere(a, k)


@kernel
def project(channels: Channels, k: int, n_used: int, z: Stacked) -> None:
    """Remove the used part of z, z <- (1 - UUᵀ)z, for z stacked from one array a channel, as long as it has rows."""
    c = np.zeros(n_used)
    for i in range(len(channels)):
        channel = channels[i]
        for R in range(channel.counts[channel.order - 1, k]):
            for j in range(n_used):
                c[j] += channel.U[R, j] * z[i][R]
    for i in range(len(channels)):
        channel = channels[i]
        for R in range(channel.counts[channel.order - 1, k]):
            z[i][R] -= inner(channel.U[R], c, n_used)


@kernel
def enter(channel: Channel, k: int, z: Floats) -> None:
    """Give the new direction e_k its components: z : the rows' own, then a standard normal for each new row."""
    p = channel.order
    n = channel.counts[p - 1, k]
    n_new = channel.counts[p - 2, k + 1] if channel.counts[p - 1, k + 1] > n else 0
    for R in range(n):
        channel.C[R, k] = channel.spread[R] * z[R]
    for R in range(n, n + n_new):
        channel.C[R, k] = channel.spread_new[R] * z[R]
    for B in range(n_new):
        for q in range(k):  # by symmetry
            channel.C[n + B, q] = channel.C[channel.insert[B, q], k]


@kernel
def add_direction(
    k: int,
    n_used: int,
    channels: Channels,
    rho: Stacked,
    z: Stacked,
    chi: float,
    a: Floats,
    c_rho: Floats,
) -> None:
    """Visit direction e_k: the one of the residual, of length chi in units of rho; or, chi < 0, one chosen blindly.

    rho : the channels' own; z : standard normals, as many as each channel has rows with k + 1 directions. In the first
    case a[k] is set to the residual's length, which becomes 0, and U gets its column ``n_used``.
    """
    project(channels, k, n_used, z)
    if chi >= 0:
        project(channels, k, n_used, rho)
        project(channels, k, n_used, rho)  # once more: the first one leaves its rounding
        norm = 0.0
        for i in range(len(channels)):
            norm += inner(rho[i], rho[i], channels[i].counts[channels[i].order - 1, k])
        norm = sqrt(norm)
        more = chi
        for i in range(len(channels)):
            for R in range(channels[i].counts[channels[i].order - 1, k]):
                rho[i][R] /= norm
            more -= inner(rho[i], z[i], channels[i].counts[channels[i].order - 1, k])
        for i in range(len(channels)):
            for R in range(channels[i].counts[channels[i].order - 1, k]):
                z[i][R] += more * rho[i][R]
                channels[i].U[R, n_used] = rho[i][R]
                rho[i][R] = 0.0
        c_rho[:n_used] = 0.0
        a[k] = norm * chi
    for i in range(len(channels)):
        enter(channels[i], k, z[i])
