"""Gradient descent on one instance of any size, by the numbers its path depends on.

Notation as in docs/theory/simulation.md: the unit vector x/√N has coordinates a[0..k-1] on the visited directions,
a[0] = m. Of each noise tensor S of order p two tables are known, with one row for every multiset R of p-1 visited
directions, in colexicographic order (largest member last, so that a new direction only appends rows):

    C[R, q] = S[e_R, e_q],    U[R, j] = weight of row R in the j-th direction that the noise has been asked for.

Off the span of the visited directions row R is s_R Z_R with Z = (1 - UUᵀ)Z' and Z' standard normal. What the point has
outside the span is a combination rho of these rows. Tensors are those of noise variance 1; ``root`` = 1/√Δ scales.

More than 250 lines in one file because numba's cache on disk does not see edits of a helper in another file.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DONE, DIRECTION = 0, 1  # what ``descend`` returns: at its goal, or in need of a new direction
OVERLAP, MULTIPLIER, ENERGY_2, ENERGY_P, GRADIENT = range(5)  # columns of its record
SMALLEST = 1e-18  # squared length of a residual that is rounding only


class Channel(NamedTuple):
    """One noise tensor; a channel that is switched off has ``counts`` 0 throughout.

    Attributes
    ----------
    order : int
        p.
    root : float
        1/√Δ.
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
    counts: Ints
    weight: Floats
    spread: Floats
    spread_new: Floats
    insert: Ints
    C: Floats
    U: Floats
    rho: Floats
    work: Floats


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
def descend(
    i: int,
    n_steps: int,
    rule: Rule,
    span: Span,
    matrix: Channel,
    tensor: Channel,
    point: Point,
    record: Floats,
    path: Floats,
) -> tuple[int, int]:
    """Walk from point i to point n_steps, or to the first point whose residual exceeds the tolerance.

    ``point`` is updated; record : shape (n_steps + 1, 5) and path : shape (n_steps + 1, K), filled from row i on.
    Returns (what stopped it, the point it stands at).
    """
    step, tolerance, n_dim = rule
    k, n_used = span
    a, c_rho = point
    g2, gp, c = np.empty(a.size), np.empty(a.size), np.empty(a.size)
    p = tensor.order
    b_2, b_p = matrix.root**2, tensor.root**2
    n_2, n_p = matrix.counts[1, k], tensor.counts[p - 1, k]
    free = n_dim - k
    while True:
        m = a[0]
        c[:n_used] = 0.0
        square = pull(matrix, k, n_used, a, g2, c) + pull(tensor, k, n_used, a, gp, c)
        g2[0] -= b_2 * m
        gp[0] -= b_p * m ** (p - 1)
        e_2, e_p = inner(g2, a, k) / 2, inner(gp, a, k) / p  # each channel is homogeneous
        mu = -(2 * e_2 + p * e_p)
        square = max(square - inner(c, c, n_used), 0.0) * free
        for r in range(k):
            path[i, r] = a[r]
            g2[r] += gp[r] + mu * a[r]
        record[i, OVERLAP], record[i, MULTIPLIER] = m, mu
        record[i, ENERGY_2], record[i, ENERGY_P] = e_2, e_p
        record[i, GRADIENT] = sqrt(inner(g2, g2, k) + square)
        if i == n_steps:
            return DONE, i
        i += 1
        keep = 1 - step * mu
        for r in range(k):
            a[r] -= step * g2[r]
        for j in range(n_used):
            c_rho[j] = keep * c_rho[j] - step * c[j]
        square = leak(matrix, n_2, keep, step) + leak(tensor, n_p, keep, step)
        square = (square - inner(c_rho, c_rho, n_used)) * free
        if square > max(tolerance**2, SMALLEST):
            return DIRECTION, i
        to_sphere(a, k)


@kernel
def project(
    matrix: Channel, tensor: Channel, n_2: int, n_p: int, n_used: int, z_2: Floats, z_p: Floats
) -> None:
    """Remove the used part of z, z <- (1 - UUᵀ)z, for z = (z_2, z_p) stacked, shapes (n_2,) and (n_p,) at least."""
    c = np.zeros(n_used)
    for R in range(n_2):
        for j in range(n_used):
            c[j] += matrix.U[R, j] * z_2[R]
    for R in range(n_p):
        for j in range(n_used):
            c[j] += tensor.U[R, j] * z_p[R]
    for R in range(n_2):
        z_2[R] -= inner(matrix.U[R], c, n_used)
    for R in range(n_p):
        z_p[R] -= inner(tensor.U[R], c, n_used)


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
    matrix: Channel,
    tensor: Channel,
    z_2: Floats,
    z_p: Floats,
    chi: float,
    a: Floats,
    c_rho: Floats,
) -> None:
    """Visit direction e_k: the one of the residual, of length chi in units of rho; or, chi < 0, one chosen blindly.

    z_2, z_p : standard normals, as many as each channel has rows with k + 1 directions. In the first case
    a[k] is set to the residual's length, which becomes 0, and U gets its column ``n_used``.
    """
    n_2, n_p = matrix.counts[1, k], tensor.counts[tensor.order - 1, k]
    project(matrix, tensor, n_2, n_p, n_used, z_2, z_p)
    if chi >= 0:
        u_2, u_p = matrix.rho, tensor.rho
        project(matrix, tensor, n_2, n_p, n_used, u_2, u_p)
        project(matrix, tensor, n_2, n_p, n_used, u_2, u_p)  # once more: the first one leaves its rounding
        norm = sqrt(inner(u_2, u_2, n_2) + inner(u_p, u_p, n_p))
        for R in range(n_2):
            u_2[R] /= norm
        for R in range(n_p):
            u_p[R] /= norm
        more = chi - inner(u_2, z_2, n_2) - inner(u_p, z_p, n_p)
        for R in range(n_2):
            z_2[R] += more * u_2[R]
            matrix.U[R, n_used] = u_2[R]
            u_2[R] = 0.0
        for R in range(n_p):
            z_p[R] += more * u_p[R]
            tensor.U[R, n_used] = u_p[R]
            u_p[R] = 0.0
        c_rho[:n_used] = 0.0
        a[k] = norm * chi
    enter(matrix, k, z_2)
    enter(tensor, k, z_p)
